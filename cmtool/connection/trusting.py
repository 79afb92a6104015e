"""Who else trusts a certificate that was refused, and which programs therefore fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_UPDATE_SYSTEM = (
    "Install or update the certificates of the system (the package ca-certificates on most Linux "
    "systems); programs that bring their own bundle work meanwhile."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusting:
    """Whether a file of authorities accepts the certificate; ``variable`` is empty for certifi's.

    ``accepts`` is None where that could not be found out.
    """

    variable: str
    readers: str
    accepts: bool | None


def comparison(entries: Sequence[Trusting], *, bundled: bool) -> Iterator[str]:
    """Say who else trusts it, and which programs therefore fail."""
    here = "this system has no certificates of its own" if bundled else "the system's do not"
    for entry in entries:
        if entry.variable and entry.accepts is not None:
            does = "holds its authority" if entry.accepts else "does not hold its authority either"
            yield f"The file that {entry.variable} names {does}; it is read by {entry.readers}."
        elif entry.accepts:
            yield (
                f"The bundle of certifi, which httpx and requests bring along, trusts it; {here}."
            )
        elif entry.accepts is False:
            yield (
                "The bundle of certifi, which httpx and requests bring along, does not trust it"
                + (" either." if not bundled else f", and {here}.")
            )


def way_out(entries: Sequence[Trusting]) -> Iterator[str]:
    """Say how a file that has the authority helps; of several the first."""
    for entry in entries:
        if not entry.accepts:
            continue
        if entry.variable and entry.variable != "SSL_CERT_FILE":
            yield (
                f"Name the file that {entry.variable} names in SSL_CERT_FILE too: it holds the "
                "authority."
            )
            return
        if not entry.variable:
            yield _UPDATE_SYSTEM
            return
