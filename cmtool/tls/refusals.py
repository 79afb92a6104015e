"""What a failed TLS handshake is, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a failed handshake is: an identifier, a sentence or none, and what to try first.

    A ``cause`` takes the place of the row's, which would be about something else, and so do the
    actions then.
    """

    identifier: str
    words: str = ""
    actions: tuple[str, ...] = ()
    cause: str = ""
