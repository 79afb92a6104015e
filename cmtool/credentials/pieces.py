"""What mending works on: a part of the value that still knows its places, and what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What kind of thing came along; the advice depends on it."""

    DOCUMENT = "document"
    LINE_END = "line end"
    LINE_FEED = "line feed"
    BLANK = "blank"
    QUOTES = "quotes"
    HEADER = "header"
    NAME = "name"
    TAIL = "tail"
    ENCODED = "encoded"
    LOOKALIKE = "look-alike"
    TWICE = "twice"
    INVISIBLE = "invisible"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that came along, told in a sentence."""

    kind: Kind
    said: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the value, with the place of each of its characters in the value as found."""

    text: str
    places: tuple[int, ...]

    def cut(self, start: int, end: int) -> Piece:
        """Give the part from ``start`` up to ``end``, which count from 0 in this piece."""
        return Piece(self.text[start:end], self.places[start:end])

    def mapped(self, change: Callable[[str], str]) -> Piece:
        """Give the piece with each character changed into another, or into none."""
        changed = [(change(c), at) for c, at in zip(self.text, self.places, strict=True)]
        kept = [(c, at) for c, at in changed if c]
        return Piece("".join(c for c, _ in kept), tuple(at for _, at in kept))


Step = Callable[[Piece], "tuple[Piece, list[Problem]]"]
"""One step of mending: what is left of the value, and what was wrong with it."""


def whole(text: str) -> Piece:
    """Give the value as it was found."""
    return Piece(text, tuple(range(1, len(text) + 1)))
