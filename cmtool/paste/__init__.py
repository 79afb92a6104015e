"""Pasted text to evidence: every form is looked for, and what belongs together is joined.

Pure: text in, records out.  Nothing of it is redacted yet.  A form is a function of a text that
gives what it finds, with its place; what one form has taken the next ones do not see.  Adding a
form is adding its file, its name in :mod:`cmtool.paste.forms` and its row here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cmtool.paste import connection, events, har, heads, names, pages, reports, residue, written
from cmtool.paste.base import Answer, Found, Healthy, Hints, Named, Told
from cmtool.paste.errors import inside
from cmtool.paste.forms import BODY, FORMS, LOG
from cmtool.paste.literals import Literal, objects
from cmtool.paste.merging import merged
from cmtool.paste.told import overall
from cmtool.paste.written import form_of

__all__ = ["FORMS", "Found", "Hints", "Pasted", "nearest", "read"]

_VARIED = 256 * 1024  # characters of a text that is read in several ways
_NESTED = 64 * 1024  # characters of a text within an object
_DEEPEST = 3  # texts within objects within texts
_MOST_OBJECTS = 20_000
_FULL = 3  # the weight of an error that is there in full

Finder = Callable[[str], Iterable[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """What a paste comes to: its cleaned text, and everything found in it, in its order."""

    text: str
    found: tuple[Found, ...]


def read(content: bytes) -> Pasted:
    """Find every error in what was pasted, in whatever form; soft wraps and the like are undone."""
    text = residue.cleaned(residue.decoded(content))
    shown = residue.unframed(text)
    found = _read(shown)
    if len(text) <= _VARIED:
        found = max([found, *map(_read, _other_readings(text, shown, found))], key=_knowledge)
    return Pasted(text=text, found=tuple(found))


def nearest(text: str) -> tuple[str, str] | None:
    """Give the word of a text that comes nearest to an identifier, and that identifier."""
    return names.nearest(text)


def _other_readings(text: str, shown: str, found: Sequence[Found]) -> Iterator[str]:
    """Give the other ways to read a text: without the stamps of a log, and with mended lines."""
    unstamped = residue.unstamped(shown)
    if unstamped != shown:
        yield unstamped
    if _weight(found) < _FULL:
        yield from (residue.unframed(variant) for variant in residue.variants(text))


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
    found = list(reports.recordings(text))
    if found:
        return found
    found, rest = _taken([], text, (heads.answers, events.captures))
    found, rest = _of_objects(found, rest, depth)
    early: tuple[Finder, ...] = (pages.pages, pages.texts, connection.connections, names.names)
    found, rest = _taken(found, rest, (*early, written.lines, connection.vague))
    if not found:
        found, _ = _taken([], rest, (written.succeeded, written.in_words))
    return merged(found, overall(text))


def _taken(found: list[Found], text: str, finders: Sequence[Finder]) -> tuple[list[Found], str]:
    """Run finders, each on what the one before has left; gives what they found and the rest."""
    for finder in finders:
        fresh = list(finder(text))
        found = [*found, *fresh]
        # A name may stand within words that tell more, such as its status.
        text = _without(text, (each for each in fresh if not isinstance(each, Named)))
    return found, text


def _without(text: str, found: Iterable[Found]) -> str:
    """Blank out what was taken, so that the places of everything else stay the same."""
    pieces, at = [], 0
    for each in sorted(found, key=lambda one: one.place):
        if each.end > at:
            start = max(each.place, at)
            pieces += [text[at:start], " " * (each.end - start)]
            at = each.end
    return "".join(pieces) + text[at:]


def _of_objects(found: list[Found], text: str, depth: int) -> tuple[list[Found], str]:
    literals: list[Literal] = []
    for literal in objects(text):
        literals.append(literal)
        if len(literals) >= _MOST_OBJECTS:
            break
    if entries := har.entries(literals):
        return [*found, *har.of_entries(entries)], " " * len(text)
    first, last = len(text) - len(text.lstrip()), len(text.rstrip())
    fresh = [
        each
        for literal in literals
        for each in _of_object(
            text, literal, depth, alone=literal.start <= first and literal.end >= last
        )
    ]
    return [*found, *fresh], _without(text, fresh)


def _of_object(text: str, literal: Literal, depth: int, *, alone: bool) -> list[Found]:
    """Give what one object holds: a report, error objects, or texts with errors in them."""
    if own := list(reports.reports(literal)):
        return own
    found = list(written.of_literal(text, literal, alone=alone))
    full = any(isinstance(each, Answer) and each.error and each.error.code for each in found)
    if full or depth >= _DEEPEST or (found and isinstance(found[0], Healthy)):
        return found
    within = _within(text, literal, depth, alone=alone)
    return within if _weight(within) >= max(_weight(found), _FULL - 1) else found


def _within(text: str, literal: Literal, depth: int, *, alone: bool) -> list[Found]:
    """Read the texts in an object as pastes of their own."""
    content = inside(literal.value)
    found: list[Found] = []
    for value, told in content.texts:
        if len(value) > _NESTED or not _may_tell(value):
            continue
        for each in _read(value, depth + 1):
            context = Told(status=told.status).merged(told)
            moved = replace(each, place=literal.start, end=literal.end)
            if each.form is BODY:
                outer = form_of(text, literal, content, alone=alone)
                moved = replace(moved, form=LOG if outer is BODY else outer)
            found.append(replace(moved, told=each.told.merged(context)))
    return [each for each in found if not isinstance(each, Healthy)]


def _may_tell(value: str) -> bool:
    return len(value) >= 3 and not value.isalpha()  # noqa: PLR2004 - the figures of a status
