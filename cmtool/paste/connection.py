"""Calls that got no answer: the lines of a text that say so, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cmtool.paste import forms
from cmtool.paste.base import Found, Unanswered
from cmtool.paste.phrases import PHRASES, VAGUE_PHRASES
from cmtool.paste.told import around, last_places, lowered

_QUOTED = 300  # characters of the line that is quoted

VAGUE = "network_unreachable"
"""The identifier where the text leaves open why no connection came about."""

_ORDER = tuple(dict.fromkeys(identifier for identifier, _ in PHRASES))


def connections(text: str) -> Iterator[Found]:
    """Give each line that says why a call got no answer, by the most telling of its texts."""
    lower = lowered(text)
    claimed: dict[int, str] = {}
    for identifier, phrases in PHRASES:
        for phrase in phrases:
            for start in _lines_with(lower, phrase):
                claimed.setdefault(start, identifier)
    for start, identifier in sorted(claimed.items()):
        yield _unanswered(text, start, identifier)


def vague(text: str) -> Iterator[Found]:
    """Give each line that says that a call got no answer, and not why."""
    lower = lowered(text)
    starts = {start for phrase in VAGUE_PHRASES for start in _lines_with(lower, phrase)}
    for start in sorted(starts):
        yield replace(_unanswered(text, start, VAGUE), vague=True)


def rank(identifier: str) -> int:
    """Give the place of an identifier among those of one failed call: the cause comes first."""
    return _ORDER.index(identifier) if identifier in _ORDER else len(_ORDER)


def _lines_with(lower: str, phrase: str) -> Iterator[int]:
    """Give where the last lines begin that hold a phrase; a dash of dots parts two pieces."""
    first, _, second = phrase.partition(" … ")
    for place in last_places(lower, first):
        if _is_inside_a_word(lower, place):  # modul-ENOTFOUND-error
            continue
        start = _line_start(lower, place)
        end = lower.find("\n", place)
        if not second or second in lower[place : end if end >= 0 else len(lower)]:
            yield start


def _is_inside_a_word(lower: str, place: int) -> bool:
    return lower[place].isalpha() and lower[place - 1 : place].isalpha()


def _line_start(text: str, place: int) -> int:
    return max(text.rfind("\n", max(0, place - _QUOTED), place) + 1, place - _QUOTED, 0)


def _unanswered(text: str, start: int, identifier: str) -> Unanswered:
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return Unanswered(
        form=forms.CONNECTION,
        place=start,
        end=end,
        told=around(text, start, end),
        identifier=identifier,
        said=text[start:end].strip()[:_QUOTED],
    )
