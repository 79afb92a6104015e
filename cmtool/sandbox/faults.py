"""What goes wrong inside a stream: transformations of its steps, before they become bytes.

Every fault takes the steps of a healthy stream and the :class:`Story` behind them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TypeAlias

from cmtool.model import Json
from cmtool.sandbox.dialect import Dialect, StreamError, documented, dump
from cmtool.sandbox.speech import Generation
from cmtool.sandbox.wire import Cut, Event, Part, Pause, Stall, Step

_DELTAS_BEFORE = 4
_KEEP_ALIVE_S = 0.05
_OPENINGS = ("_item.added", "_part.added", "_block_start")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The generation that a stream tells, and the protocol in which it does."""

    dialect: Dialect
    generation: Generation


StreamFault: TypeAlias = Callable[[Iterator[Step], Story], Iterator[Step]]
ErrorForm: TypeAlias = Callable[[Event, StreamError], Event]


def pace(steps: Iterator[Step], first_token_s: float, token_s: float) -> Iterator[Step]:
    """Put the waiting for the model in front of each delta."""
    wait = first_token_s
    for step in steps:
        if isinstance(step, Event) and step.part is Part.DELTA:
            if wait > 0:
                yield Pause(wait)
            wait = token_s
        yield step


def _head(steps: Iterator[Step]) -> Iterator[Step]:
    """Yield the stream up to its middle: a few deltas, or all of them when there are fewer."""
    deltas = 0
    for step in steps:
        if isinstance(step, Event):
            if deltas and step.part in {Part.CLOSE, Part.TERMINAL}:
                return
            deltas += step.part is Part.DELTA
        yield step
        if deltas == _DELTAS_BEFORE:
            return


def truncated(steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """End cleanly in the middle, without the terminal event."""
    return _head(steps)


def disconnected(steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """Close the connection in the middle, the chunked body unfinished."""
    yield from _head(steps)
    yield Cut()


def stalled(steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """Say nothing more after the middle."""
    yield from _head(steps)
    yield Stall()


def keepalive_stalled(steps: Iterator[Step], story: Story) -> Iterator[Step]:
    """Say nothing more after the middle, but keep the bytes coming: comments, or pings."""
    yield from _head(steps)
    yield from only_keepalive(steps, story)


def only_keepalive(_steps: Iterator[Step], story: Story) -> Iterator[Step]:
    """Send comments, or pings, and never an event of the model."""
    for _ in repeat(None):
        yield Pause(_KEEP_ALIVE_S)
        yield story.dialect.keep_alive


def endless(steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """Repeat the last delta of the middle for ever."""
    event: Event | None = None
    for step in _head(steps):
        event = step if isinstance(step, Event) else event
        yield step
    while event is not None:
        event = _numbered_on(event)
        yield Pause(_KEEP_ALIVE_S)
        yield event


def malformed(steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """Put an event whose data is not JSON into the middle, then go on."""
    rest, name = iter(steps), None
    for step in _head(rest):
        name = step.name if isinstance(step, Event) else name
        yield step
    yield Event('{"choices": [{"delta": ', name)
    yield from rest


def no_events(_steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """End before the first event."""
    return iter(())


def after_end(steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """Send one more delta behind the terminal event."""
    last: Event | None = None
    number: Json = None
    for step in steps:
        if isinstance(step, Event):
            last = step if step.part is Part.DELTA else last
            number = _fields(step).get("sequence_number")
        yield step
    if last is not None:
        yield _numbered_on(last, number)


def lost_delta(steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """Lose a delta where the events are numbered, so that the numbers show it."""
    deltas = 0
    for step in steps:
        if isinstance(step, Event) and step.part is Part.DELTA and "sequence_number" in step.data:
            deltas += 1
            if deltas == _DELTAS_BEFORE:
                continue
        yield step


def unopened(steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """Leave out what opens an item, a part or a block; numbered events are counted afresh."""
    number: Json = -1
    for step in steps:
        if not isinstance(step, Event):
            yield step
        elif step.name is None or not step.name.endswith(_OPENINGS):
            counted = _numbered_on(step, number) if "sequence_number" in step.data else step
            number = _fields(counted).get("sequence_number")
            yield counted


def unfinished(steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """End by the rules, but with the reason of the end left empty."""
    for step in steps:
        yield _without_reason(step) if isinstance(step, Event) else step


def _without_reason(event: Event) -> Event:
    fields = _fields(event)
    match fields:
        case {"choices": [dict() as choice]}:
            choice["finish_reason"] = None
        case {"delta": dict() as delta} if "stop_reason" in delta:
            delta["stop_reason"] = None
        case _:
            return event
    return replace(event, data=dump(fields))


def _fields(event: Event) -> dict[str, Json]:
    """Give the JSON object of an event, an empty one for ``[DONE]``."""
    return {} if event.data == "[DONE]" else dict(json.loads(event.data))


def _numbered_on(event: Event, number: Json = None) -> Event:
    """Give an event with the number behind ``number``, or behind its own, where it has one."""
    fields = _fields(event)
    before = fields.get("sequence_number") if number is None else number
    if not isinstance(before, int):
        return event
    return replace(event, data=dump({**fields, "sequence_number": before + 1}))


def documented_form(event: Event, _error: StreamError) -> Event:
    """Leave the error event as the protocol documents it."""
    return event


def nested_form(event: Event, error: StreamError) -> Event:
    """Put the error into a field of its own, as Responses does not document."""
    fields = _fields(event)
    if "error" in fields:
        return event
    inner: Json = {"type": error.type, "code": fields.pop("code"), "message": error.message}
    return replace(event, data=dump({**fields, "error": inner}))


def unnamed_form(event: Event, _error: StreamError) -> Event:
    """Leave out the ``event:`` line."""
    return replace(event, name=None)


def text_form(event: Event, error: StreamError) -> Event:
    """Make the error a plain text."""
    kind: dict[str, Json] = {"type": event.name} if event.name else {}
    return replace(event, data=dump({**kind, "error": error.message}))


def errors(error: StreamError, form: ErrorForm = documented_form) -> StreamFault:
    """Make the fault that ends a stream in the middle with an error event in some form."""

    def fault(steps: Iterator[Step], story: Story) -> Iterator[Step]:
        sequence = 0
        for step in _head(steps):
            sequence += isinstance(step, Event)
            yield step
        yield form(story.dialect.failure(error, sequence), error)

    return fault


def fails(error: StreamError) -> StreamFault:
    """Make the fault that ends a stream as failed: ``response.failed`` where that exists."""

    def fault(steps: Iterator[Step], story: Story) -> Iterator[Step]:
        sequence = 0
        for step in _head(steps):
            sequence += isinstance(step, Event)
            yield step
        yield story.dialect.failed_response(error, sequence, story.generation)

    return fault


def errors_as(code: str) -> StreamFault:
    """Make the fault that ends a stream in the middle with a documented code."""
    return errors(documented(code))
