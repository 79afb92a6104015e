"""Which listed model is cheap to ask, told from its name alone: the list carries no prices."""

from __future__ import annotations

from collections.abc import Sequence

from cmtool.modelids.form import problem
from cmtool.modelids.reading import NOT_TEXT, fold, read, word_set

_SMALL = ("flash", "lite", "mini", "nano", "haiku", "small", "air", "turbo")
_UNUSUAL = word_set(
    "vision vl exp experimental preview beta code coder codex build search thinking"
)


def cheap(listed: Sequence[str]) -> str | None:
    """Give the listed ID to ask when the user named none: a small model for general text.

    Without a recognisably small one it is the first in the alphabet that is not special; None
    when nothing listed writes text.  Names tell it, since the list carries no prices.
    """
    candidates = [
        (rank, identifier)
        for identifier in listed
        if (rank := _price_rank(identifier)) is not None and problem(identifier) is None
    ]
    return min(candidates)[1] if candidates else None


def _price_rank(identifier: str) -> tuple[bool, int, bool] | None:
    """Give the place of an ID among the cheap ones, smallest first; None for what writes no text.

    Unusual models come last, then the order of the words for a small model counts; an alias
    of the user (no vendor) comes behind its like.
    """
    reading = read(fold(identifier))
    words = {*reading.words, *reading.marks}
    if not reading.name or words & NOT_TEXT:
        return None
    small = min((place for place, word in enumerate(_SMALL) if word in words), default=len(_SMALL))
    return bool(words & _UNUSUAL), small, not reading.prefixes
