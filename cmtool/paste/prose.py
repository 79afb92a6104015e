"""Words alone: what an SDK prints of an error without its status, and what people type of one.

The looser ones are for short texts in which nothing else was found: in a long one they would find
an error in what is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmtool import catalog
from cmtool.catalog import Origin, Row
from cmtool.paste import forms
from cmtool.paste.base import FOUND_LIMIT, Answer, Found, Healthy, Named, Told
from cmtool.paste.told import REASONS, around, lowered, status_in_words
from cmtool.paste.written import writer

_LINE, _SHORT, _SHORTEST = 2000, 300, 60  # characters
_BEFORE = 3000  # characters in front of an error that tell who wrote it
_PLAIN = re.compile(
    rf"(?m)(?<![\w])APIError: (?:\w{{1,30}}Exception - )?(?!\d{{3}}\b)(\S.{{0,{_LINE}}})$"
)
_COMMONPLACE = frozenset({400, 403, 404, 409})  # "command not found" is no status
_ALONE = r"\W*(?:(?:http|api|status|error)\W{1,3}){0,3}"
_STATUS = re.compile(r"(?<![\w.])[45]\d\d(?![\w.%])")
_DOCUMENTED = "|".join(map(str, REASONS))
# "I get a 402", "402 from the API"
_SPOKEN = re.compile(
    r"(?i)\b(?:an?|get|gets|got|getting|returns?|returned|receiv\w{1,4}|gives?|gave|throws?|sees?"
    rf"|saw|with|says?)\s(?:an? )?(?:http )?({_DOCUMENTED}|52\d)"
    r"(?![\d.,]\d|\s?(?:ms|s|[kmg]b|\w*tokens?)\b)"
)
# Python's repr of the objects that the SDKs give back.
_GIVEN_BACK = re.compile(
    r"\b(?:ChatCompletion|Response|Message|Parsed\w{1,40}\[\w{1,40}\])\(id=['\"]"
)


def plain(text: str) -> Iterator[Found]:
    """Give each plain ``APIError`` of an SDK: it came inside a stream, and only its words show."""
    for found in list(_PLAIN.finditer(text))[-FOUND_LIMIT:]:
        form = writer(text[max(0, found.start() - _BEFORE) : found.end()])
        yield Answer(
            form=form,
            place=found.start(),
            end=found.end(),
            told=around(text, found.start(), found.end()),
            said=found[1].strip(),
            streamed=form is not forms.WRAPPED,
        )


def given_back(text: str) -> Iterator[Found]:
    """Give an answer without an error that Python printed as an object of an SDK."""
    if found := _GIVEN_BACK.search(text):
        place, end = found.span()
        yield Healthy(form=forms.DOCUMENT, place=place, end=end, told=around(text, place, end))


def reasons(text: str) -> Iterator[Found]:
    """Give the status whose reason phrase is all that a short text says."""
    bare = text.strip()
    status = status_in_words(bare)
    if status is None or len(bare) > _SHORTEST or "\n" in bare or "{" in bare:
        return
    if status not in _COMMONPLACE or re.fullmatch(rf"(?i){_ALONE}{REASONS[status]}\W*", bare):
        yield _answer(text, status, guessed=True)


def spoken(text: str) -> Iterator[Found]:
    """Give the code that the words of a short text stand for, or the status that they name."""
    bare = text.strip()
    if len(bare) > _SHORT or "{" in bare:
        return
    lower = lowered(bare)
    rows = [row for row in catalog.ROWS.values() if _place(row, lower) >= 0]
    if len(rows) == 1:
        before = bare[: _place(rows[0], lower)].rpartition("\n")[2]
        named = _STATUS.findall(before)
        told = Told(status=int(named[-1]) if named else None).merged(around(text, 0, len(text)))
        yield Named(
            form=forms.WORDS,
            place=0,
            end=len(text),
            told=told,
            identifier=rows[0].id,
            said=f"It says: {bare}",
        )
    elif found := _SPOKEN.search(bare):
        yield _answer(text, int(found[1]))


def _place(row: Row, lower: str) -> int:
    """Give where the words for a code stand in a text; -1 where none do."""
    phrases = row.phrases if row.origin is Origin.CODE else ()
    return max((lower.find(phrase) for phrase in phrases), default=-1)


def _answer(text: str, status: int, *, guessed: bool = False) -> Answer:
    told = Told(status=status).merged(around(text, 0, len(text)))
    return Answer(form=forms.STATUS, place=0, end=len(text), told=told, guessed=guessed)
