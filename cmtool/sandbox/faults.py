"""What goes wrong inside a stream: transformations of its steps, before they become bytes.

Every fault takes the steps of a healthy stream and the :class:`Story` behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, TypeAlias

from cmtool.sandbox.dialect import Dialect, StreamError, documented
from cmtool.sandbox.wire import Cut, Event, Part, Pause, Raw, Stall, Step

if TYPE_CHECKING:
    from cmtool.sandbox.speech import Generation

_DELTAS_BEFORE = 4
_KEEP_ALIVE_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The generation that a stream tells, and the protocol in which it does."""

    dialect: Dialect
    generation: Generation


StreamFault: TypeAlias = Callable[[Iterator[Step], Story], Iterator[Step]]


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
    for _ in repeat(None):
        yield Pause(_KEEP_ALIVE_S)
        yield story.dialect.keep_alive


def malformed(steps: Iterator[Step], _story: Story) -> Iterator[Step]:
    """Put a block whose data is not JSON into the middle, then go on."""
    rest = iter(steps)
    yield from _head(rest)
    yield Raw(b'data: {"choices": [{"delta": \n\n')
    yield from rest


def errors(error: StreamError) -> StreamFault:
    """Make the fault that ends a stream in the middle with the protocol's error event."""

    def fault(steps: Iterator[Step], story: Story) -> Iterator[Step]:
        sequence = 0
        for step in _head(steps):
            sequence += isinstance(step, Event)
            yield step
        yield story.dialect.failure(error, sequence)

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
