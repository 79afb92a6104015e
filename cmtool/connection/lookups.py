"""Why a name could not be looked up: the error numbers of every system, in words.

``getaddrinfo`` is RFC 3493, section 6.1; its numbers are negative in glibc, small in musl's and
the BSDs' headers, and Winsock has numbers of its own.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace

from cmtool.redact import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a lookup failed: ``words`` to follow the name, and what to try first."""

    words: str
    action: str


UNKNOWN = Reason(
    words="does not exist: the resolver of this machine answers that there is no such name",
    action=(
        "Compare the name with the one in the documentation letter by letter; a name for inside "
        "use is known only on its own network or VPN."
    ),
)
NO_ADDRESS = Reason(
    words="exists, but has no address of any family that this machine uses",
    action="Check that this is the host of an API, and not only of a website or of mail.",
)
FOR_THE_MOMENT = Reason(
    words="could not be looked up for the moment: no name server answered, so other names fail too",
    action=(
        "Check that this machine is online and which name servers it asks: on Linux they stand in "
        "/etc/resolv.conf, in a container they come from its --dns setting or its host."
    ),
)
REFUSED = Reason(
    words="could not be looked up: the name server answered with a failure of its own",
    action="Let the owner of the name server, or of the VPN that brings it, look at this name.",
)
SILENT = Reason(
    words="could not be looked up: the name server was asked and stayed silent{waited}",
    action=FOR_THE_MOMENT.action,
)
UNUSABLE = Reason(
    words="is no host name: a part between two dots is empty, too long or of other characters",
    action="Correct the host of the base URL.",
)
SYSTEM = Reason(
    words="could not be looked up: the resolver of this machine failed",
    action=FOR_THE_MOMENT.action,
)

_NUMBERS: dict[int, Reason] = {
    # glibc and musl
    -105: UNUSABLE,
    -2: UNKNOWN,
    -3: FOR_THE_MOMENT,
    -4: REFUSED,
    -5: NO_ADDRESS,
    -6: NO_ADDRESS,
    -9: NO_ADDRESS,
    -10: SYSTEM,
    -11: SYSTEM,
    # macOS and the BSDs
    1: NO_ADDRESS,
    2: FOR_THE_MOMENT,
    4: REFUSED,
    5: NO_ADDRESS,
    6: SYSTEM,
    7: NO_ADDRESS,
    8: UNKNOWN,
    11: SYSTEM,
    # Winsock: WSAENETDOWN, WSAENETUNREACH, WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY,
    # WSANO_DATA
    10050: FOR_THE_MOMENT,
    10051: FOR_THE_MOMENT,
    11001: UNKNOWN,
    11002: FOR_THE_MOMENT,
    11003: REFUSED,
    11004: NO_ADDRESS,
}


def reason(cause: BaseException | None, after_s: float | None = None) -> Reason:
    """Say why a lookup failed; None is an answer without any address.

    ``after_s`` are the seconds that it took.
    """
    match cause:
        case None:
            return NO_ADDRESS
        case UnicodeError():
            return UNUSABLE
        case socket.gaierror(errno=number):
            return _NUMBERS.get(number or 0) or _said(cause)
        case TimeoutError():
            waited = f" for {after_s:.2g} s" if after_s else ""
            return replace(SILENT, words=SILENT.words.format(waited=waited))
    return _said(cause)


def _said(cause: BaseException) -> Reason:
    """Give a failure that is in no table in the words of the system, which may be anybody's."""
    said = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return replace(SYSTEM, words=f"{SYSTEM.words} ({visible(said)})") if said else SYSTEM
