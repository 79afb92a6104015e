"""What Cloudflare's own error codes mean, and what helps.

https://developers.cloudflare.com/support/troubleshooting/http-status-codes/ (5xx and 1xxx).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudflareCode:
    """One code: what happened, and what to do before anything else; "" where nothing is special."""

    meaning: str
    action: str = ""


_ITS_OWNER = (
    "Wait for the server behind Cloudflare to come back: nothing on this side is wrong. Ask again "
    "after a while."
)
_BLOCKED = (
    "Try from another network and without a VPN: Cloudflare judges by the address that a request "
    "comes from."
)
_NO_SUCH_HOST = "Check the host of the base URL: Cloudflare knows it, but nothing is behind it."

CHALLENGE = CloudflareCode(
    meaning=(
        "It is a challenge: Cloudflare wants proof that a person with a browser is asking, which "
        "no program can give."
    ),
    action=(
        "Check that the base URL has the host of the API and not that of a website, then try from "
        "another network: a challenge goes by the address that a request comes from."
    ),
)

CODES = {
    520: CloudflareCode(meaning="the server behind it gave an answer that it cannot pass on"),
    521: CloudflareCode(meaning="the server behind it refused the connection", action=_ITS_OWNER),
    522: CloudflareCode(
        meaning="the server behind it did not accept the connection in time", action=_ITS_OWNER
    ),
    523: CloudflareCode(meaning="it found no way to the server behind it", action=_ITS_OWNER),
    524: CloudflareCode(
        meaning="the server behind it took the request and gave no answer in time",
        action=(
            "Stream the generation, or make it shorter: a long one without streaming sends nothing "
            "for so long that Cloudflare gives up."
        ),
    ),
    525: CloudflareCode(
        meaning="it could not agree on TLS with the server behind it", action=_ITS_OWNER
    ),
    526: CloudflareCode(
        meaning="it does not trust the certificate of the server behind it", action=_ITS_OWNER
    ),
    530: CloudflareCode(meaning="it could not reach the server behind it", action=_ITS_OWNER),
    1000: CloudflareCode(
        meaning="the name leads to an address that is not allowed", action=_NO_SUCH_HOST
    ),
    1001: CloudflareCode(meaning="it cannot look up the host", action=_NO_SUCH_HOST),
    1003: CloudflareCode(
        meaning="it was asked by address, not by name",
        action="Put the host name of the gateway into the base URL, not an IP address.",
    ),
    1005: CloudflareCode(
        meaning="the network that the request came from is banned", action=_BLOCKED
    ),
    1006: CloudflareCode(
        meaning="the address that the request came from is banned", action=_BLOCKED
    ),
    1007: CloudflareCode(
        meaning="the address that the request came from is banned", action=_BLOCKED
    ),
    1008: CloudflareCode(
        meaning="the address that the request came from is banned", action=_BLOCKED
    ),
    1009: CloudflareCode(
        meaning="the country or region that the request came from is banned", action=_BLOCKED
    ),
    1010: CloudflareCode(
        meaning="the kind of client is banned, by what it shows of itself",
        action="Try with curl, to see whether it is this client alone; then from another network.",
    ),
    1011: CloudflareCode(meaning="linking to it from elsewhere is not allowed"),
    1012: CloudflareCode(meaning="the request was refused as unwanted", action=_BLOCKED),
    1013: CloudflareCode(meaning="the host of the connection and that of the request differ"),
    1014: CloudflareCode(
        meaning="the name leads to a name of another account", action=_NO_SUCH_HOST
    ),
    1015: CloudflareCode(
        meaning="too many requests came from this address",
        action="Send fewer requests at once, and wait a minute, or as long as Retry-After says.",
    ),
    1016: CloudflareCode(
        meaning="it cannot look up the server behind the host", action=_NO_SUCH_HOST
    ),
    1018: CloudflareCode(meaning="it cannot find the host", action=_NO_SUCH_HOST),
    1020: CloudflareCode(meaning="a firewall rule refused the request", action=_BLOCKED),
    1023: CloudflareCode(meaning="it cannot find the host", action=_NO_SUCH_HOST),
    1033: CloudflareCode(
        meaning="the tunnel to the server behind it is not running",
        action=(
            "If the tunnel is yours, start cloudflared again on the machine behind it; else check "
            "the host of the base URL."
        ),
    ),
    1101: CloudflareCode(meaning="a Worker, a program of its owner's, failed"),
    1102: CloudflareCode(meaning="a Worker, a program of its owner's, used up its time or memory"),
    1200: CloudflareCode(meaning="too many requests wait for the server behind it"),
}
