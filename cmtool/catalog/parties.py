"""What to do about an answer that the gateway did not write, by the kind of party that wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cmtool.catalog.row import CONTACT
from cmtool.catalog.wording import FOR_ANTHROPIC, PUBLIC_BASE_URL


class Party(StrEnum):
    """Who stands in the gateway's place: each kind is dealt with in its own way."""

    EDGE = "edge"  # a CDN, a load balancer, a reverse proxy
    FILTER = "filter"  # what the user's own network filters with
    PORTAL = "portal"  # the log-in page of a guest network
    SERVER = "server"  # a web server, framework or hosting platform
    GATEWAY = "gateway"  # another gateway for models
    MODEL_SERVER = "model server"  # a program that runs models itself
    VENDOR = "vendor"  # another vendor of models
    WEBSITE = "website"  # the gateway's own website


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Why, and what to do first; templates over ``{who}`` and ``{base_url}``."""

    cause: str
    actions: tuple[str, ...]


SET_BASE_URL = f"Set the base URL to {PUBLIC_BASE_URL} for OpenAI clients and cmtool."
_WRITE = (
    f"When it persists, write to {CONTACT} with the time of the request, the status and what the "
    "evidence holds, by which the owner of that server finds it in its log."
)
_OTHER_HOST = "If the host of {base_url} is not the gateway's, set it to " + PUBLIC_BASE_URL + "."
_OTHER_NETWORK = (
    "Try from another network and without a VPN: such rules often go by the address from which "
    "a request comes."
)
RELAY = (
    "If the base URL is a relay of your own, look in its log at the time of this request: the "
    "error is there."
)
_NOT_THIS_SERVICE = Words(
    cause=(
        "The base URL {base_url} leads to {who}, which is not CrossModel. The API key and the "
        "model IDs of CrossModel mean nothing there."
    ),
    actions=(SET_BASE_URL, FOR_ANTHROPIC, RELAY),
)
_NOT_THERE = Words(
    cause=(
        "The answer was written by {who}, which has nothing at that address: the host or the path "
        "of the base URL is not the gateway's (/v1 missing, doubled, or too much behind it)."
    ),
    actions=(SET_BASE_URL, FOR_ANTHROPIC, RELAY),
)
_FILTERED = Words(
    cause=(
        "The network that this machine is in keeps the request from its goal: the answer was "
        "written by {who}, and the gateway never saw the request."
    ),
    actions=(
        (
            "Ask whoever runs the network (IT, security) to allow the host of {base_url}, with "
            "the text of the block page."
        ),
        "Until then use another network, such as a phone's, if you may.",
    ),
)
_SIGN_IN = Words(
    cause=(
        "The network wants a sign-in before it lets anything through, and shows its own page in "
        "place of every answer. The gateway never saw the request."
    ),
    actions=(
        (
            "Open any page with http:// in the browser, sign in to the network or accept its "
            "terms, then try again."
        ),
        "A machine without a browser (a server, a build) needs another network.",
    ),
)
_ASTRAY = Words(
    cause=(
        "The answer is one of {who}, another vendor: the base URL was not applied to this call, "
        "or {base_url} leads there. A key of CrossModel cannot be valid with it."
    ),
    actions=(
        (
            f"Give the client the base URL {PUBLIC_BASE_URL}, in the place that this client "
            "reads: many read only OPENAI_BASE_URL or ANTHROPIC_BASE_URL, or an argument."
        ),
        FOR_ANTHROPIC,
        "If the key went to that vendor, think of disabling it in the console and making another.",
    ),
)
_WEBSITE = Words(
    cause=(
        "The base URL {base_url} leads to the website for people, which answers with a page. The "
        "gateway for programs has a host of its own."
    ),
    actions=(SET_BASE_URL, FOR_ANTHROPIC),
)
_BROKEN_EDGE = Words(
    cause=(
        "The answer was written by {who}, which stands in front of what {base_url} leads to: it "
        "got no usable answer from behind, or none in time."
    ),
    actions=(
        (
            "Send the request again after a short while: what stands in front of a service "
            "mostly reports a brief outage."
        ),
        _OTHER_HOST,
        _WRITE,
    ),
)
_BROKEN_SERVER = Words(
    cause=(
        "The base URL {base_url} leads to {who}, and the error is its own; the gateway did not "
        "write it. Either the base URL is wrong, or a relay on the way to the gateway fails."
    ),
    actions=("If it is no relay of yours: " + SET_BASE_URL[0].lower() + SET_BASE_URL[1:], RELAY),
)
_REFUSED = Words(
    cause=(
        "The answer was written by {who}, which refused the request by a rule of its own. The "
        "gateway never saw the request."
    ),
    actions=(_OTHER_NETWORK, _OTHER_HOST, _WRITE),
)
_LIMITED = Words(
    cause=(
        "The limit is one of {who}, which counts what comes from this address: another key "
        "changes nothing."
    ),
    actions=(
        "Send fewer requests at once, and wait a minute, or as long as Retry-After says.",
        "Behind a shared address (an office, a VPN, a cloud) others count too: try another one.",
        _WRITE,
    ),
)
_TOO_LARGE = Words(
    cause=(
        "The answer was written by {who}, which takes no request of this size; the gateway never "
        "saw it."
    ),
    actions=(
        "Send less: a shorter prompt, smaller images, fewer messages of the conversation.",
        "If the server is one of yours, raise its limit for the size of a request.",
    ),
)

_NOT_TAKEN = Words(
    cause=(
        "The answer was written by {who}, which holds the request itself to be wrong: it did not "
        "pass it on, and will not when it is sent again. The gateway never saw it."
    ),
    actions=(
        SET_BASE_URL,
        "Try from another network and without a proxy: one on the way may change requests.",
        RELAY,
    ),
)
LOGIN = Words(
    cause=(
        "The answer was written by {who}, which lets nobody in without a login of its own. The "
        "gateway never saw the request, and the API key is not at fault."
    ),
    actions=(
        (
            f"Check the host of the base URL: the public gateway is {PUBLIC_BASE_URL}, and it asks "
            "for the API key alone."
        ),
        (
            "If it is a gate of your own in front of the gateway, let its owner open this path for "
            "programs: its login and the key cannot both stand in the header Authorization."
        ),
    ),
)

NOBODY = "a server that does not name itself"
"""The name of an author that is not known."""

# What an error says, and what the answer says that is no error but comes from the wrong place.
_ERRORS = {
    Party.EDGE: _BROKEN_EDGE,
    Party.FILTER: _FILTERED,
    Party.PORTAL: _SIGN_IN,
    Party.SERVER: _BROKEN_SERVER,
    Party.GATEWAY: _NOT_THIS_SERVICE,
    Party.MODEL_SERVER: _NOT_THIS_SERVICE,
    Party.VENDOR: _ASTRAY,
    Party.WEBSITE: _WEBSITE,
}
_MISPLACED = {**_ERRORS, Party.EDGE: _NOT_THERE, Party.SERVER: _NOT_THERE}
_BY_STATUS = {
    401: _REFUSED,
    403: _REFUSED,
    413: _TOO_LARGE,
    414: _TOO_LARGE,
    429: _LIMITED,
    431: _TOO_LARGE,
    451: _REFUSED,
    511: _SIGN_IN,
}
_AGAIN = frozenset({408, 425})  # RFC 9110, 15.5.9 and RFC 8470, 5.2: it may be sent again as it is

NOT_THE_KEY = "The refusal is not the gateway's: it says nothing about the API key."
NOT_THE_LIMIT = "The limit is not the gateway's: the key's requests a minute are not used up."
REMARKS = {401: NOT_THE_KEY, 403: NOT_THE_KEY, 429: NOT_THE_LIMIT}
"""What has to be said of a status that the gateway uses too, when somebody else sent it."""


def out_of_place(party: Party) -> Words:
    """Give the words for an answer that comes from the wrong place."""
    return _MISPLACED[party]


def words_for(party: Party | None, status: int | None, *, misplaced: bool) -> Words | None:
    """Give the words for an answer; ``misplaced`` is one that comes from the wrong place.

    None where the author is not known (``party`` None) and the status tells nothing either.
    """
    if misplaced:
        return out_of_place(party) if party is not None else None
    if party in _PASSING and (found := _of_status(status)) is not None:
        return found
    return _ERRORS[party] if party is not None else None


_PASSING = frozenset({None, Party.EDGE})  # who mostly passes on what it does not refuse


def _of_status(status: int | None) -> Words | None:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    refused = 400 <= (status or 0) < 500 and status not in _AGAIN  # noqa: PLR2004 - RFC 9110, 15.5
    return _NOT_TAKEN if refused else None
