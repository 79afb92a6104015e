"""What the three protocols have in common: the request, the reply, the stream machine's frame."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from io import StringIO
from typing import Any, ClassVar

from cmtool.catalog import Shape
from cmtool.classify import ErrorObject, parse_json
from cmtool.documents import count, record, text
from cmtool.model import Json, Protocol, Severity, Violation
from cmtool.redact import cut

TEXT_LIMIT = 1024 * 1024  # characters of visible text that are kept, for --expect
QUOTE_LIMIT = 80  # characters of what the server said
# A stream that breaks a rule at every event makes its point early.  Errors and warnings count
# apart: no flood of remarks may hide that the generation is broken.
VIOLATION_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is asked: ``max_tokens`` caps the output."""

    model: str
    text: str
    max_tokens: int
    stream: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a complete, unstreamed reply brought."""

    text: str
    finish_reason: str | None
    input_tokens: int | None
    output_tokens: int | None


class Signal(Enum):
    """What an event meant to the one who waits for the answer."""

    TEXT = auto()  # visible text
    DELTA = auto()  # reasoning, a tool's arguments, a refusal
    PROGRESS = auto()  # the life cycle moved on
    KEEP_ALIVE = auto()  # nothing but a sign of life
    TERMINAL = auto()
    ERROR = auto()


def stream_error(document: Mapping[str, Any], shape: Shape) -> ErrorObject:
    """Read the error that an event carried: an object or a text in ``error``, or flat fields."""
    nested = document.get("error")
    fields = nested if isinstance(nested, dict) else document
    kind = text(fields.get("type"))
    return ErrorObject(
        shape=shape,
        message=text(nested) or text(fields.get("message")) or "no message",
        # The type of a flat event is "error", which says nothing about the kind of error.
        type=kind if kind != "error" else None,
        code=text(fields.get("code")),
        param=text(fields.get("param")),
    )


def reported(figure: int | None, before: int | None) -> int | None:
    """Give the later of two reported figures; neither silence nor a zero undoes an earlier one."""
    return before if figure is None else figure or before or 0


def _is_odd(figure: object) -> bool:
    return figure is not None and count(figure) is None


def described(value: object) -> str:
    """Say what came where something else belongs; of a list or an object only that it is one."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return str(value)


class StreamMachine(ABC):
    """Follows one stream, an event at a time, by the rules of its protocol.

    Pure.  After the last event call :meth:`finish`; then ``terminal`` tells whether the stream
    ended by its rules, ``error`` holds the error that it carried, ``violations`` every rule
    that it broke, and the other attributes what it brought.
    """

    terminal_event: ClassVar[str]
    shape: ClassVar[Shape] = Shape.OPENAI  # of the errors in its stream
    usage_fields: ClassVar[tuple[str, ...]]  # the input tokens, the output tokens, and any others

    def __init__(self, shown: Callable[[str], str]) -> None:
        """Start a stream; ``shown`` makes what the server said safe before it is quoted."""
        self._shown = shown
        self.index = -1
        self.deltas = 0
        self.text_chars = 0
        self.finish_reason: str | None = None
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None
        self.terminal = False
        self.error: ErrorObject | None = None
        self.violations: list[Violation] = []
        self._told = dict.fromkeys(Severity, 0)
        self._usage_told = False
        self._text = StringIO()  # a list of short pieces would take fifteen times the room

    @property
    def text(self) -> str:
        """The visible text, at most TEXT_LIMIT characters of it."""
        return self._text.getvalue()

    def feed(self, event_type: str, data: str) -> Signal:
        """Take one event and say what it meant."""
        self.index += 1
        if data.strip() == "[DONE]":
            return self.done_marker()
        try:
            document = parse_json(data)
        except ValueError:
            if event_type == "error":
                return self.fail(ErrorObject(shape=self.shape, message=data))
            self.violate("not_json", "a JSON object in data", data)
            return Signal.KEEP_ALIVE
        if not isinstance(document, dict):
            self.violate("not_an_object", "a JSON object in data", data)
            return Signal.KEEP_ALIVE
        return self.take(event_type, document)

    @abstractmethod
    def take(self, event_type: str, document: dict[str, Any]) -> Signal:
        """Take one event whose data is a JSON object."""

    def done_marker(self) -> Signal:
        """Take ``[DONE]``, which ends only a chat stream."""
        if not self.terminal:
            self.violate("done_before_end", self.terminal_event, "[DONE]", Severity.WARNING)
        return Signal.KEEP_ALIVE

    @abstractmethod
    def finish(self) -> None:
        """Check what can be checked only at the end."""

    def violate(
        self, name: str, expected: str, got: str, severity: Severity = Severity.ERROR
    ) -> None:
        """Record that the current event broke a rule."""
        self._told[severity] += 1
        if self._told[severity] <= VIOLATION_LIMIT:
            index = self.index if self.index >= 0 else None
            self.violations.append(
                Violation(
                    name=name,
                    event=index,
                    expected=cut(self._shown(expected), QUOTE_LIMIT),
                    got=cut(self._shown(got), QUOTE_LIMIT),
                    severity=severity,
                )
            )

    def wrong_type(self, expected: str, value: object) -> None:
        """Record that a field holds what no client can read."""
        self.violate("wrong_type", expected, described(value))

    def delta(self, text: object, field: str) -> Signal | None:
        """Count a delta of a channel other than the visible text; None when it is empty.

        ``field`` names the place of the text, which has to be one.
        """
        if not isinstance(text, str):
            self.wrong_type(f"a text in {field}", text)
            return None
        if not text:
            return None
        self.deltas += 1
        return Signal.DELTA

    def visible(self, text: object, field: str) -> Signal | None:
        """Count a delta of the visible text, as :meth:`delta` does of the others."""
        if not isinstance(text, str):
            self.wrong_type(f"a text in {field}", text)
            return None
        if not text:
            return None
        self.deltas += 1
        self.text_chars += len(text)
        if (room := TEXT_LIMIT - self._text.tell()) > 0:
            self._text.write(text[:room])
        return Signal.TEXT

    def read_usage(self, usage: object) -> tuple[int | None, int | None]:
        """Give the input and the output tokens of a usage, None where it does not tell them.

        A figure that is no number of tokens deserves a remark, once: some gateways send one with
        every chunk.
        """
        if usage is None:
            return None, None
        fields = record(usage)
        odd = [name for name in self.usage_fields if _is_odd(fields.get(name))]
        if not self._usage_told and (odd or not isinstance(usage, dict)):
            self._usage_told = True
            expected = f"a number of tokens in usage.{odd[0]}" if odd else "an object in usage"
            got = described(fields[odd[0]] if odd else usage)
            self.violate("usage_invalid", expected, got, Severity.WARNING)
        taken, given, *_ = self.usage_fields
        return count(fields.get(taken)), count(fields.get(given))

    def fail(self, error: ErrorObject) -> Signal:
        """Take an error that the stream carried; the first one counts."""
        self.error = self.error or error
        return Signal.ERROR


class Dialect(ABC):
    """One protocol: how a request is built and how its answers are read."""

    protocol: ClassVar[Protocol]
    path: ClassVar[str]
    key_header: ClassVar[str]

    @abstractmethod
    def body(self, prompt: Prompt) -> dict[str, Json]:
        """Give the request's JSON object."""

    @abstractmethod
    def read(self, document: Any) -> Content | None:
        """Read a complete reply; None when it has not the documented shape."""

    @abstractmethod
    def machine(self, shown: Callable[[str], str]) -> StreamMachine:
        """Give a fresh machine for one stream; ``shown`` as for :class:`StreamMachine`."""

    def headers(self, prompt: Prompt) -> dict[str, str]:
        """Give the request's headers, without the key."""
        accept = "text/event-stream" if prompt.stream else "application/json"
        return {"accept": accept, "content-type": "application/json"}

    def key_headers(self, key: str) -> dict[str, str]:
        """Give the header that carries the key."""
        bearer = self.key_header == "authorization"
        return {self.key_header: f"Bearer {key}" if bearer else key}

    def content(self, prompt: Prompt) -> bytes:
        """Give the request's body as bytes."""
        return json.dumps(self.body(prompt)).encode()
