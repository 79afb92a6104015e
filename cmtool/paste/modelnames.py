"""Which model a paste is about: the one that its request, its error or its record names."""

from __future__ import annotations

import re

_ID = r"[A-Za-z0-9][\w.-]{0,80}(?:/[\w.:-]{1,120}){1,2}"
_FIELD = r"\bmodel(?:_?name|_?id|_?slug)?"
# A field in whatever notation, with or without quotes; words of a message; a header.
_NAMED = re.compile(
    rf"(?i){_FIELD}[\\\"']{{0,8}}\s{{0,3}}(?:=>|[:=])\s{{0,3}}[\\\"'`]{{0,8}}({_ID})"
    rf"|\bmodel:? {{1,2}}[\"'`“‘]({_ID})[\"'`”’]"
)
# An ID without the name of a vendor is one only where it cannot be anything else.
_BARE = re.compile(
    rf"(?i){_FIELD}[\\\"']{{0,8}}\s{{0,3}}(?:=>|[:=])\s{{0,3}}[\\]{{0,7}}([\"'])([\w.:-]{{2,100}})[\\]{{0,7}}\1"
)
_MOST = 500  # names of one text that are looked at


def only_model(text: str) -> str | None:
    """Give the model that a text names, when it is one alone; else None."""
    named = {(a or b).rstrip(".:") for a, b in _first(_NAMED, text)}
    if not named:
        named = {name for _, name in _first(_BARE, text)}
    return named.pop() if len(named) == 1 else None


def _first(pattern: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    return [
        (found[1] or "", found[2] or "")
        for found, _ in zip(pattern.finditer(text), range(_MOST), strict=False)
    ]
