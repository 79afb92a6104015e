"""Pasted text to evidence: every form is looked for, and what belongs together is joined.

Pure: text in, records out.  Nothing of it is redacted yet.  A form is a function of a text that
gives what it finds, with its place; what one form has taken the next ones do not see.  Adding a
form is adding its file, its name in :mod:`cmtool.paste.forms` and its row here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from cmtool.paste import (
    connection,
    events,
    har,
    heads,
    names,
    others,
    pages,
    prose,
    renderings,
    reports,
    residue,
    secrecy,
    written,
)
from cmtool.paste.base import FOUND_LIMIT, Answer, Found, Healthy, Hints, Named, Told
from cmtool.paste.errors import inside, is_request
from cmtool.paste.forms import BODY, FORMS, LOG
from cmtool.paste.literals import Literal, objects
from cmtool.paste.merging import merged
from cmtool.paste.others import Unlike
from cmtool.paste.written import form_of

__all__ = ["FORMS", "Found", "Hints", "Pasted", "Unlike", "nearest", "read", "unlike"]

_VARIED = 256 * 1024  # characters of a text that is read in several ways
_VARIED_TWICE = 64 * 1024
_NESTED = 256 * 1024  # characters of the texts within the objects of a text
_SHORTEST = 500  # characters for which a text counts at least: each takes its time
_BESIDE = 60  # characters in front of an object that may tell of an error
_FIGURES = 3  # characters of a status, the shortest text that tells anything
_DEEPEST = 3  # texts within objects within texts
_MOST_OBJECTS = 20_000
_FULL = 3  # the weight of an error that is there in full

# What an object has at least in it that tells of an error or is an answer.
_TELLING = re.compile(
    r"(?i)err|exception|fail|status|message|object|code|balance|daily|type|detail|title|[345]\d\d"
)

Finder = Callable[[str], Iterable[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """What a paste comes to: its cleaned text, and everything found in it, in its order.

    ``secrets`` are the keys, passwords and cookies that stand in the text.
    """

    text: str
    found: tuple[Found, ...]
    secrets: tuple[str, ...] = ()


def read(content: bytes) -> Pasted:
    """Find every error in what was pasted, in whatever form; soft wraps and the like are undone."""
    text = residue.cleaned(residue.decoded(content))
    if found := list(har.har(text)):  # as large as it is, it needs no more than that
        return _pasted(text, found)
    text = residue.ends(text)
    shown = residue.unframed(text)
    found = _read(shown)
    if len(text) <= _VARIED:
        joined = residue.unwrapped(shown)
        if _is_wrapped(shown, found) and _knowledge(mended := _read(joined)) >= _knowledge(found):
            found = mended
        found = max([found, *_other_readings(text, shown, found)], key=_knowledge)
    return _pasted(text, found)


def _pasted(text: str, found: Sequence[Found]) -> Pasted:
    return Pasted(text=text, found=tuple(found), secrets=secrecy.of_paste(text, found))


def unlike(text: str) -> tuple[Unlike, str] | None:
    """Say what a text in which nothing was recognised is instead, and what shows it."""
    return others.unlike(text)


def nearest(text: str) -> tuple[str, str] | None:
    """Give the word of a text that comes nearest to an identifier, and that identifier."""
    return names.nearest(text)


def _is_wrapped(text: str, found: Sequence[Found]) -> bool:
    """Say whether a terminal has broken an error that was read over the end of a line."""
    return any(
        residue.is_wrapped(text, each.place, each.end)
        for each in found
        if isinstance(each, Answer) and each.error is not None
    )


def _other_readings(text: str, shown: str, found: Sequence[Found]) -> Iterator[list[Found]]:
    """Read a text otherwise: without the stamps of a log, and with lines that are mended.

    What is mended may be wrong, so it counts only where it shows an error in full, or anything.
    """
    unstamped = residue.unstamped(shown)
    if unstamped != shown:
        yield _read(unstamped)
    if _weight(found) < _FULL:
        # A frame may stand before the broken lines, or before those that they were broken from.
        bases = dict.fromkeys([shown] if len(text) > _VARIED_TWICE else [shown, text])
        variants = (residue.unframed(v) for base in bases for v in residue.variants(base))
        mended = map(_read, dict.fromkeys(variants))
        yield from (each for each in mended if not found or _weight(each) >= _FULL)


def _knowledge(found: Sequence[Found]) -> int:
    """Give how much a reading tells, to take the one that tells most."""
    return max(
        (
            4 * each.weight + bool(each.told.status) + bool(len(each.told.headers) > 1)
            for each in found
        ),
        default=0,
    )


def _weight(found: Sequence[Found]) -> int:
    return max((each.weight for each in found), default=0)


def _read(text: str, depth: int = 0) -> list[Found]:
    """Look for each form in what the forms before it have left."""
    found = list(reports.recordings(text)) or list(renderings.shown(text))
    if found:
        return found
    found, rest = _taken([], text, (heads.answers, events.captures))
    found, rest = _of_objects(found, rest, depth)
    early: tuple[Finder, ...] = (pages.pages, pages.texts, connection.connections, names.names)
    found, rest = _taken(found, rest, (*early, written.lines, prose.plain, connection.vague))
    for finder in (written.succeeded, prose.given_back, prose.reasons, prose.spoken):
        found = found or list(finder(rest))
    return merged(found, text)


def _taken(found: list[Found], text: str, finders: Sequence[Finder]) -> tuple[list[Found], str]:
    """Run finders, each on what the one before has left; gives what they found and the rest."""
    for finder in finders:
        fresh = list(finder(text))
        found = [*found, *fresh]
        # A name may stand within words that tell more, such as its status.
        taken = [(each.place, each.end) for each in fresh if not isinstance(each, Named)]
        text = _without(text, taken)
    return found, text


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Blank out what was taken, so that the places of everything else stay the same."""
    pieces, at = [], 0
    for place, end in sorted(spans):
        if end > at:
            start = max(place, at)
            pieces += [text[at:start], " " * (end - start)]
            at = end
    return "".join(pieces) + text[at:]


def _of_objects(found: list[Found], text: str, depth: int) -> tuple[list[Found], str]:
    literals = list(islice(objects(text), _MOST_OBJECTS))
    if entries := har.entries(literals):
        return [*found, *har.of_entries(entries)], " " * len(text)
    # What a prompt says of errors is none.
    text = _without(text, [(each.start, each.end) for each in literals if is_request(each.value)])
    literals = [each for each in literals if not is_request(each.value)]
    streams, literals = events.stripped(text, literals)
    found = [*found, *streams]
    first, last = len(text) - len(text.lstrip(" \t\n[")), len(text.rstrip(" \t\n]"))
    telling = [
        each for each in literals if _TELLING.search(text, max(0, each.start - _BESIDE), each.end)
    ]
    fresh: list[Found] = []
    room = _NESTED
    for literal in telling[-FOUND_LIMIT:]:
        alone = literal.start <= first and literal.end >= last
        own = _of_object(text, literal, alone=alone)
        texts = _texts(literal, room) if depth < _DEEPEST and not _is_full(own) else []
        room -= sum(max(len(value), _SHORTEST) for value, _ in texts)
        within = list(_within(text, literal, texts, depth, alone=alone))
        tells_more = _weight(within) >= max(_weight(own), _FULL - 1) or _is_clearer(within, own)
        fresh += within if tells_more else own
    return [*found, *fresh], _without(text, [(each.place, each.end) for each in [*streams, *fresh]])


def _of_object(text: str, literal: Literal, *, alone: bool) -> list[Found]:
    """Give what one object holds as it stands: a report, error objects, an answer."""
    return list(reports.reports(literal)) or list(written.of_literal(text, literal, alone=alone))


def _is_full(found: Sequence[Found]) -> bool:
    """Say whether what was found in an object leaves nothing to look for in its texts."""
    return any(
        isinstance(each, Healthy | Named)
        or (isinstance(each, Answer) and each.error is not None and each.error.code is not None)
        for each in found
    )


def _is_clearer(within: Sequence[Found], own: Sequence[Found]) -> bool:
    """Say whether the texts of a foreign body without a status name a code or a status."""
    foreign = any(
        isinstance(each, Answer) and each.error is None and each.told.status is None for each in own
    )
    return foreign and any(
        isinstance(each, Named) or (isinstance(each, Answer) and not each.guessed)
        for each in within
    )


def _texts(literal: Literal, room: int) -> list[tuple[str, Told]]:
    """Give the texts in an object that may hold errors, as many as there is room for."""
    taken: list[tuple[str, Told]] = []
    for value, told in inside(literal.value).texts:
        if len(value) >= _FIGURES and not value.isalpha() and max(len(value), _SHORTEST) <= room:
            taken.append((value, told))
            room -= max(len(value), _SHORTEST)
    return taken


def _within(
    text: str, literal: Literal, texts: Sequence[tuple[str, Told]], depth: int, *, alone: bool
) -> Iterator[Found]:
    """Read the texts in an object as pastes of their own."""
    for value, told in texts:
        for each in _read(value, depth + 1):
            moved = replace(each, place=literal.start, end=literal.end, told=each.told.merged(told))
            if each.form is BODY:
                outer = form_of(text, literal, inside(literal.value), alone=alone)
                moved = replace(moved, form=LOG if outer is BODY else outer)
            if not isinstance(each, Healthy):
                yield moved
