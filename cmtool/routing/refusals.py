"""What a status means that a proxy answers to the request for a tunnel (RFC 9110, 9.3.6)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a status means, in templates over ``{host}``, ``{port}`` and ``{variable}``."""

    cause: str
    action: str


_DENIED = Meaning(
    cause=(
        "The proxy was reached and does not allow connections to {host}. The gateway never saw the"
        " request, and the API key is not at fault."
    ),
    action="Ask the owner of the proxy to allow CONNECT to {host} on port {port}.",
)
_NO_PROXY_AT_ALL = Meaning(
    cause=(
        "What answers at the address of the proxy makes no tunnels: it is a web server or a"
        " reverse proxy, or a proxy for plain http only."
    ),
    action="Check the host and the port in {variable}: another service listens there.",
)
_CANNOT_REACH = Meaning(
    cause=(
        "The proxy was reached, and it could not reach {host} itself: its name server, its own way"
        " out or a proxy behind it failed."
    ),
    action=(
        "Check the host of the base URL; if it is right, tell the owner of the proxy that it"
        " cannot reach {host} on port {port}."
    ),
)
_SIGN_IN = Meaning(
    cause=(
        "The proxy answered with a page of its own in place of a tunnel, as the log-in page of a"
        " network does."
    ),
    action="Sign in to the network or to the proxy with a browser first.",
)
_TOO_MANY = Meaning(
    cause="The proxy was reached and takes no more requests from here for the moment.",
    action="Wait, or lower the number of connections at the same time.",
)
_OTHER = Meaning(
    cause="The proxy was reached, and it answered with an error in place of a tunnel to {host}.",
    action="Ask the owner of the proxy what this answer means for {host} on port {port}.",
)
_MEANINGS: dict[int, Meaning] = {
    400: _NO_PROXY_AT_ALL,
    401: _SIGN_IN,
    403: _DENIED,
    404: _NO_PROXY_AT_ALL,
    405: _NO_PROXY_AT_ALL,
    429: _TOO_MANY,
    451: _DENIED,
    501: _NO_PROXY_AT_ALL,
    502: _CANNOT_REACH,
    503: _CANNOT_REACH,
    504: _CANNOT_REACH,
    511: _SIGN_IN,
}
_PAGES = range(200, 400)  # a page of its own, or the way to one


def meaning_of(status: int) -> Meaning:
    """Give the meaning of a status other than 407, which has a module of its own (challenges)."""
    return _MEANINGS.get(status, _SIGN_IN if status in _PAGES else _OTHER)
