"""OpenAI Responses: typed, numbered events; items and parts are opened, fed and closed.

Facts: https://www.crossmodel.ai/docs/guides/streaming.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from cmtool.documents import count, record, records, text
from cmtool.model import Json, Protocol, Severity
from cmtool.protocols.base import Content, Dialect, Prompt, Signal, StreamMachine, stream_error

_TERMINALS = frozenset({"response.completed", "response.incomplete", "response.failed"})
# Deltas that live inside a content part; the others live in their item alone.
_IN_PART = frozenset(
    {"response.output_text.delta", "response.refusal.delta", "response.reasoning_text.delta"}
)


class ResponsesMachine(StreamMachine):
    """Follows a stream of Responses events."""

    terminal_event = "response.completed"

    def __init__(self, shown: Callable[[str], str] = str) -> None:
        super().__init__(shown)
        self._created = False
        self._sequence: int | None = None
        self._last_kind = ""
        self._closed: set[int] = set()  # items that were closed, by output_index
        self._items: set[int] = set()  # the open ones, by output_index
        # By output_index: the open parts, each with its output_index and content_index.
        self._parts: dict[int, set[tuple[int, int]]] = {}

    def take(self, event_type: str, document: dict[str, Any]) -> Signal:
        """Take one event."""
        kind = text(document.get("type")) or event_type
        untyped = text(document.get("type")) is None
        if "error" in {kind, event_type} or (untyped and document.get("error")):
            return self.fail(stream_error(document, self.shape))
        if self.terminal:
            self.violate("event_after_end", "nothing after the terminal event", kind)
            return Signal.PROGRESS
        self._check_frame(kind, event_type, document)
        if kind in _TERMINALS:
            return self._terminal(kind, record(document.get("response")))
        if kind.endswith(".delta"):
            return self._delta(kind, document) or Signal.KEEP_ALIVE
        self._life_cycle(kind, document)
        return self._moved_on(kind)

    def _moved_on(self, kind: str) -> Signal:
        """Tell the next step of a life cycle from a state that is only told again."""
        again = kind == self._last_kind or not kind.startswith("response.")
        self._last_kind = kind
        return Signal.KEEP_ALIVE if again else Signal.PROGRESS

    def finish(self) -> None:
        """All is checked by then."""

    def _check_frame(self, kind: str, event_type: str, document: Mapping[str, Any]) -> None:
        if event_type not in {kind, "message"}:
            self.violate("event_name_differs", f"event: {kind}", f"event: {event_type}",
                         Severity.WARNING)  # fmt: skip
        if kind == "response.created":
            if self._created:
                self.violate("created_repeated", "one response.created", "a second one")
        elif not self._created:
            self.violate("created_missing", "response.created first", kind)
        self._created = True
        self._check_sequence(document.get("sequence_number"))

    def _check_sequence(self, value: object) -> None:
        number = count(value)
        before = self._sequence
        # An event without a number is taken to have the next one.
        self._sequence = number if number is not None or before is None else before + 1
        if number is None:
            if before is not None or self.index == 0:
                self.violate("sequence_missing", "a sequence_number", "none", Severity.WARNING)
        elif before is not None and number <= before:
            self.violate("sequence_regression", f"sequence_number {before + 1}", str(number))
        elif before is not None and number > before + 1:
            self.violate("sequence_gap", f"sequence_number {before + 1}", str(number))

    def _life_cycle(self, kind: str, document: Mapping[str, Any]) -> None:
        item = count(document.get("output_index")) or 0
        part = (item, count(document.get("content_index")) or 0)
        match kind:
            case "response.output_item.added":
                if item in self._closed:
                    self.violate("item_reopened", f"item {item} to stay closed", kind)
                self._open(self._items, item, "item")
            case "response.output_item.done":
                self._close(self._items, item, "item")
                self._closed.add(item)
                if self._parts.pop(item, None):
                    self.violate("part_left_open", "every part closed before its item", kind)
            case "response.content_part.added":
                if item not in self._items:
                    self.violate("part_outside_item", "an open item", kind)
                self._open(self._parts.setdefault(item, set()), part, "part")
            case "response.content_part.done":
                self._close(self._parts.get(item, set()), part, "part")

    def _open(self, opened: set[Any], what: object, name: str) -> None:
        if what in opened:
            self.violate(f"{name}_opened_twice", f"one opening of {name} {what}", "a second one")
        opened.add(what)

    def _close(self, opened: set[Any], what: object, name: str) -> None:
        if what not in opened:
            self.violate(f"{name}_never_opened", f"an open {name} {what}", "its end alone")
        opened.discard(what)

    def _delta(self, kind: str, document: Mapping[str, Any]) -> Signal | None:
        item = count(document.get("output_index")) or 0
        part = (item, count(document.get("content_index")) or 0)
        if kind in _IN_PART and part not in self._parts.get(item, ()):
            self.violate("delta_outside_part", f"an open part {part}", kind)
        elif item not in self._items:
            self.violate("delta_outside_item", f"an open item {item}", kind)
        delta = document.get("delta")
        return self.visible(delta) if kind == "response.output_text.delta" else self.delta(delta)

    def _terminal(self, kind: str, response: Mapping[str, Any]) -> Signal:
        self.terminal = True
        usage = record(response.get("usage"))
        self.input_tokens = count(usage.get("input_tokens"))
        self.output_tokens = count(usage.get("output_tokens"))
        if kind == "response.failed" or response.get("status") == "failed":
            return self.fail(stream_error(response, self.shape))
        incomplete = record(response.get("incomplete_details")).get("reason")
        self.finish_reason = text(incomplete) or kind.removeprefix("response.")
        status = text(response.get("status"))
        if status is not None and status != kind.removeprefix("response."):
            self.violate("status_differs", f"status {kind.removeprefix('response.')}",
                         f"status {status}", Severity.WARNING)  # fmt: skip
        if not response:
            self.violate("response_missing", "the whole response", "none", Severity.WARNING)
        if self._items and kind == "response.completed":
            self.violate("item_left_open", "every item closed before the end", kind)
        return Signal.TERMINAL


class Responses(Dialect):
    """``POST /v1/responses``."""

    protocol: ClassVar = Protocol.RESPONSES
    path = "/responses"
    key_header = "authorization"

    def body(self, prompt: Prompt) -> dict[str, Json]:
        """Give the request."""
        body: dict[str, Json] = {
            "model": prompt.model,
            "input": prompt.text,
            "max_output_tokens": prompt.max_tokens,
        }
        return body | {"stream": True} if prompt.stream else body

    def read(self, document: Any) -> Content | None:
        """Read a ``response``."""
        output = record(document).get("output")
        if not isinstance(output, list):
            return None
        parts = [part for item in records(output) for part in records(item.get("content"))]
        usage = record(document.get("usage"))
        incomplete = record(document.get("incomplete_details")).get("reason")
        return Content(
            text="".join(text(part.get("text")) or "" for part in parts),
            finish_reason=text(incomplete) or text(document.get("status")),
            input_tokens=count(usage.get("input_tokens")),
            output_tokens=count(usage.get("output_tokens")),
        )

    def machine(self, shown: Callable[[str], str] = str) -> StreamMachine:
        """Give a fresh machine for one stream."""
        return ResponsesMachine(shown)
