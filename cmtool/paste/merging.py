"""Several things found in one paste: what belongs together, and what says nothing of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cmtool import catalog
from cmtool.catalog import Origin
from cmtool.paste.base import Answer, Capture, Found, Healthy, Named, Told, Unanswered
from cmtool.paste.clocks import last_before
from cmtool.paste.connection import rank
from cmtool.paste.told import overall

_NEAR = 4000  # characters between the lines of one traceback
_BROKEN = frozenset({"connection_reset", "stream_disconnected"})


def merged(found: Sequence[Found], text: str) -> list[Found]:
    """Give what was found in a text, each error once, with all that is told of it."""
    found = _one_call(sorted(found, key=lambda each: each.place))
    found = _broken_streams(found)
    found = _without_echoes(_with_line_status(found))
    found = _with_status(found)
    if any(not isinstance(each, Healthy) for each in found):
        found = [each for each in found if not isinstance(each, Healthy)]
    common = overall(text)
    return [replace(each, told=_timed(each, text).merged(common)) for each in found]


def _timed(each: Found, text: str) -> Told:
    """Give what is told of an error with the time of the record that it stands in."""
    if each.told.clock is not None:
        return each.told
    moment, clock = last_before(text, each.place)
    return each.told.merged(Told(sent_at=moment, clock=clock))


def _one_call(found: Sequence[Found]) -> list[Found]:
    """Take the lines of one traceback for one failure: the most telling of them."""
    kept: list[Found] = []
    for each in found:
        before = kept[-1] if kept else None
        if isinstance(each, Unanswered) and isinstance(before, Unanswered) and _same(before, each):
            telling = min(before, each, key=lambda one: (one.vague, rank(one.identifier)))
            kept[-1] = replace(telling, end=each.end)
        else:
            kept.append(each)
    return kept


def _same(before: Unanswered, each: Unanswered) -> bool:
    """Say whether two lines are of one call: near each other, and not logged at another time."""
    later = each.told.clock is not None and each.told.clock != before.told.clock
    return each.place - before.end <= _NEAR and not later


def _broken_streams(found: Sequence[Found]) -> list[Found]:
    """Take a connection that broke behind a stream for the end of that stream."""
    kept: list[Found] = []
    for each in found:
        stream = kept[-1] if kept else None
        breaks = isinstance(each, Unanswered) and each.identifier in _BROKEN
        if isinstance(stream, Capture) and isinstance(each, Unanswered) and breaks:
            kept[-1] = replace(stream, broken=each.said)
        else:
            kept.append(each)
    return kept


def _without_echoes(found: Sequence[Found]) -> list[Found]:
    """Leave out what only repeats a part of something that says more."""
    answers = [each for each in found if isinstance(each, Answer) and not each.guessed]
    bodies = [each for each in answers if each.error is not None or each.body]
    codes = {each.error.code for each in bodies if each.error is not None}
    names = {each.identifier for each in found if isinstance(each, Named)}
    named_codes = {name for name in names if catalog.row(name).origin is Origin.CODE}
    firm = [
        each
        for each in found
        if isinstance(each, Capture | Unanswered)
        and not (isinstance(each, Unanswered) and each.vague)
    ]

    def is_echo(each: Found) -> bool:
        match each:
            case Unanswered(vague=True):
                return bool(answers or firm)
            case Answer(guessed=True):
                return bool(answers or firm or any(isinstance(e, Named) for e in found))
            case Answer(error=None, body="", told=told):
                return _said_elsewhere(told.status, each, bodies, answers)
            case Named(identifier=identifier):
                broader = identifier not in named_codes and bool(named_codes)
                return broader or identifier in codes or bool(bodies or firm)
            case _:
                return False

    return [each for each in found if not is_echo(each)]


def _with_line_status(found: Sequence[Found]) -> list[Found]:
    """Give bodies without a status the only one that the lines around them name."""
    named = {each.told.status for each in found if isinstance(each, Answer) and _is_line(each)}
    if len(named) != 1:
        return list(found)
    told = Told(status=named.pop())
    return [
        replace(each, told=each.told.merged(told))
        if isinstance(each, Answer) and each.told.status is None
        else each
        for each in found
    ]


def _is_line(each: Answer) -> bool:
    return not (each.error or each.body or each.guessed)


def _said_elsewhere(
    status: int | None, each: Answer, bodies: Sequence[Answer], answers: Sequence[Answer]
) -> bool:
    """Say whether the status of a line stands with more beside it elsewhere."""
    if any(body.told.status in {status, None} for body in bodies):
        return True
    fuller = [a for a in answers if a.said and a.told.status == status and a is not each]
    return not each.said and bool(fuller)


def _with_status(found: Sequence[Found]) -> list[Found]:
    """Give an identifier that stands alone the only status that is named beside it."""
    named = [each for each in found if isinstance(each, Named)]
    bare = [each for each in found if isinstance(each, Answer) and _is_line(each)]
    if not named or len({each.told.status for each in bare}) > 1:
        return list(found)
    told = bare[-1].told if bare else Told()
    return [
        replace(each, told=each.told.merged(told)) if isinstance(each, Named) else each
        for each in found
        if not (isinstance(each, Answer) and each in bare)
    ]
