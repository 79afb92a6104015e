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


_SET_BASE_URL = f"Set the base URL to {PUBLIC_BASE_URL} for OpenAI clients and cmtool."
_WRITE = (
    f"When it persists, write to {CONTACT} with the time of the request, the status and the "
    "reference in the evidence, by which the owner of that server finds it in its log."
)
_OTHER_NETWORK = (
    "Try from another network and without a VPN: such rules often go by the address from which "
    "a request comes."
)
_RELAY = (
    "If the base URL is a relay of your own, look in its log at the time of this request: the "
    "error is there."
)
_NOT_THIS_SERVICE = Words(
    cause=(
        "The base URL {base_url} leads to {who}, which is not CrossModel. The API key and the "
        "model IDs of CrossModel mean nothing there."
    ),
    actions=(_SET_BASE_URL, FOR_ANTHROPIC, _RELAY),
)
_NOT_THERE = Words(
    cause=(
        "The answer was written by {who}, which has nothing at that address: the host or the path "
        "of the base URL is not the gateway's (/v1 missing, doubled, or too much behind it)."
    ),
    actions=(_SET_BASE_URL, FOR_ANTHROPIC, _RELAY),
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
    actions=(_SET_BASE_URL, FOR_ANTHROPIC),
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
        "If the host of {base_url} is not the gateway's, set it to " + PUBLIC_BASE_URL + ".",
        _WRITE,
    ),
)
_BROKEN_SERVER = Words(
    cause=(
        "The base URL {base_url} leads to {who}, and the error is its own; the gateway did not "
        "write it. Either the base URL is wrong, or a relay on the way to the gateway fails."
    ),
    actions=("If it is no relay of yours: " + _SET_BASE_URL[0].lower() + _SET_BASE_URL[1:], _RELAY),
)
_REFUSED = Words(
    cause=(
        "The answer was written by {who}, which refused the request by a rule of its own. The "
        "gateway never saw the request."
    ),
    actions=(_OTHER_NETWORK, _WRITE),
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
}

NOT_THE_KEY = "The refusal is not the gateway's: it says nothing about the API key."
NOT_THE_LIMIT = "The limit is not the gateway's: the key's requests a minute are not used up."
REMARKS = {401: NOT_THE_KEY, 403: NOT_THE_KEY, 429: NOT_THE_LIMIT}
"""What has to be said of a status that the gateway uses too, when somebody else sent it."""


def words_for(party: Party, status: int | None, *, misplaced: bool) -> Words:
    """Give the words for an answer; ``misplaced`` is one that comes from the wrong place."""
    if misplaced:
        return _MISPLACED[party]
    if party is Party.EDGE and status in _BY_STATUS:
        return _BY_STATUS[status]
    return _ERRORS[party]
