"""What travels between the sockets and the gateway's logic: requests, replies, stream steps.

A stream is a sequence of steps.  The protocols yield :class:`Event`, faults rearrange the steps,
the encoder turns events into :class:`Raw` bytes, and the connection carries them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]

JSON = ("content-type", "application/json")
HTML = ("content-type", "text/html; charset=utf-8")
TEXT = ("content-type", "text/plain; charset=utf-8")
SSE: Headers = (
    ("content-type", "text/event-stream"),
    ("cache-control", "no-cache"),
    ("x-accel-buffering", "no"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, read to its end.

    ``path`` is as sent, percent signs included and the query cut off; header names are in lower
    case.  ``oversized`` says that the body passed the limit and was not kept.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    oversized: bool = False


class Part(Enum):
    """The place of an event in the life cycle of a stream."""

    OPEN = auto()
    DELTA = auto()
    CLOSE = auto()
    TERMINAL = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event; ``text`` says that it carries text a person would see."""

    data: str
    name: str | None = None
    part: Part = Part.OPEN
    text: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes of the body that leave in one write."""

    data: bytes
    text: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that passes, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is closed with the body unfinished."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing more is sent, and the connection stays open until the client goes away."""


WireStep: TypeAlias = Raw | Pause | Cut | Stall
Step: TypeAlias = Event | WireStep


def nothing() -> None:
    """Do nothing: the end of a reply that costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete reply; ``finish`` is called when it is over, however it ended."""

    status: int
    headers: Headers
    body: bytes
    finish: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A reply that is written step by step, in chunks; ``finish`` as with an answer."""

    headers: Headers
    steps: Iterator[WireStep]
    status: int = 200
    finish: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True)
class Silence:
    """No reply at all; the connection stays open until the client goes away."""


@dataclass(frozen=True, slots=True)
class Hangup:
    """No reply: the connection is closed, or with ``reset`` torn down (TCP RST)."""

    reset: bool = False


Reply: TypeAlias = Answer | Stream | Silence | Hangup


def encode(steps: Iterator[Step]) -> Iterator[WireStep]:
    """Turn events into the bytes of their blocks.

    Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
    """
    for step in steps:
        if isinstance(step, Event):
            name = f"event: {step.name}\n" if step.name else ""
            data = step.data.replace("\n", "\ndata: ")
            yield Raw(f"{name}data: {data}\n\n".encode(), step.text)
        else:
            yield step
