"""What a stream says in pieces: the strings of its events, joined, and where each piece stands.

A secret that is repeated token by token is in no event, and in their deltas one behind the other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

_FIELD = re.compile(r'"(\w{1,40})"\s*:\s*"((?:[^"\\\r\n]|\\.)*)"')


class Joined:
    """The strings under one name, one behind the other, and the place of each in the whole."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._places: list[int] = []
        self._starts: list[int] = []  # of each piece in the joined text
        self._length = 0

    def add(self, piece: str, place: int) -> None:
        """Take the next string."""
        self._pieces.append(piece)
        self._places.append(place)
        self._starts.append(self._length)
        self._length += len(piece)

    @property
    def text(self) -> str:
        """All of them together."""
        return "".join(self._pieces)

    def scattered(self, found: re.Match[str]) -> list[tuple[int, int]]:
        """Give the places of what was found, beginning and end; none where one piece holds all."""
        first = bisect_right(self._starts, found.start()) - 1
        last = bisect_right(self._starts, found.end() - 1)
        spans = [self._overlap(index, found) for index in range(first, last)]
        return spans if len(spans) > 1 else []

    def _overlap(self, index: int, found: re.Match[str]) -> tuple[int, int]:
        start, place = self._starts[index], self._places[index]
        end = start + len(self._pieces[index])
        return place + max(found.start(), start) - start, place + min(found.end(), end) - start


def may_be_a_stream(text: str) -> bool:
    """Say whether a text holds more than one event, as far as a glance can tell."""
    first = text.find("data:")
    return first >= 0 and text.find("data:", first + 1) >= 0


def joined(text: str) -> Iterable[Joined]:
    """Join the strings of a text by the names under which they stand in its JSON."""
    by_name: defaultdict[str, Joined] = defaultdict(Joined)
    for found in _FIELD.finditer(text):
        if found[2]:
            by_name[found[1]].add(found[2], found.start(2))
    return by_name.values()


def overwritten(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Give the text, of the same length, with asterisks in the places."""
    kept, at = [], 0
    for start, end in sorted(spans):
        kept += [text[at:start], "*" * (end - max(start, at))]
        at = max(at, end)
    return "".join((*kept, text[at:]))
