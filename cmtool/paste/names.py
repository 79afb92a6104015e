"""Identifiers that stand in a text by themselves, as people type them: ``insufficient_balance``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from cmtool import catalog
from cmtool.catalog import Origin
from cmtool.model import Severity
from cmtool.paste import forms
from cmtool.paste.base import Found, Named
from cmtool.paste.told import around, last_places, lowered

_SHORT = 200  # characters of a text in which any identifier is meant as one
_WORD = re.compile(r"[a-z]{2,20}(?:[_-][a-z]{2,20}){1,4}")
_PART_OF_WORD = re.compile(r"[a-z0-9_-]")
_TYPES = {
    row.type: family.id
    for row in catalog.ROWS.values()
    if row.documented and row.type and (family := catalog.family_or_code(row.type)) is not None
}


def names(text: str) -> Iterator[Found]:
    """Give each identifier in the text: the gateway's codes anywhere, others in a short text."""
    lower = lowered(text)
    given: set[str] = set()  # a type and the only code of it are one thing
    for identifier in _wanted(lower):
        place = _last(lower, identifier)
        if place is not None and _TYPES.get(identifier, identifier) not in given:
            given.add(_TYPES.get(identifier, identifier))
            end = place + len(identifier)
            yield Named(
                form=forms.IDENTIFIER,
                place=place,
                end=end,
                told=around(text, place, end),
                identifier=_TYPES.get(identifier, identifier),
            )


def _wanted(lower: str) -> Iterator[str]:
    short = len(lower.strip()) <= _SHORT
    for row in catalog.ROWS.values():
        if row.origin is Origin.CODE or (short and row.severity is Severity.ERROR):
            yield row.id
    yield from (kind for kind in _TYPES if kind not in catalog.ROWS)


def _last(lower: str, identifier: str) -> int | None:
    """Give the last place at which the identifier is a word of its own."""
    for spelling in (identifier, identifier.replace("_", "-")):
        for place in last_places(lower, spelling):
            around_it = (
                lower[max(0, place - 1) : place]
                + lower[place + len(spelling) : place + len(spelling) + 1]
            )
            if not _PART_OF_WORD.search(around_it):
                return place
    return None


def nearest(text: str) -> tuple[str, str] | None:
    """Give a word of the text and the identifier that it is nearest to."""
    for word in dict.fromkeys(_WORD.findall(text[:4000].lower())):
        meant = difflib.get_close_matches(word.replace("-", "_"), list(catalog.ROWS), 1, 0.75)
        if meant:
            return word, meant[0]
    return None
