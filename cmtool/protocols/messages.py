"""Anthropic Messages: a message is started, its blocks opened, fed and closed, and it is stopped.

Facts: https://www.crossmodel.ai/docs/guides/streaming.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from cmtool.catalog import Shape
from cmtool.documents import count, record, records, text
from cmtool.model import Json, Protocol, Severity
from cmtool.protocols.base import (
    Content,
    Dialect,
    Prompt,
    Signal,
    StreamMachine,
    reported,
    stream_error,
)

ANTHROPIC_VERSION = "2023-06-01"
_HIDDEN_CHANNELS = {"thinking_delta": "thinking", "input_json_delta": "partial_json"}
# The deltas that belong into one kind of block alone.
_DELTAS: dict[str, frozenset[str]] = {
    "text": frozenset({"text_delta", "citations_delta"}),
    "thinking": frozenset({"thinking_delta", "signature_delta"}),
    "tool_use": frozenset({"input_json_delta"}),
}
_KNOWN = frozenset(
    {
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    }
)


class MessagesMachine(StreamMachine):
    """Follows a stream of Messages events; unknown ones are tolerated, as documented."""

    terminal_event = "message_stop"
    shape = Shape.ANTHROPIC
    usage_fields = ("input_tokens", "output_tokens")

    def __init__(self, shown: Callable[[str], str] = str) -> None:
        super().__init__(shown)
        self._started = False
        self._unnamed = False
        self._blocks = 0  # how many have been opened
        self._open: int | None = None
        self._open_type: str | None = None
        self._least = 0  # output tokens, which only rise

    def take(self, event_type: str, document: dict[str, Any]) -> Signal:
        """Take one event."""
        kind = text(document.get("type")) or event_type
        if "error" in {kind, event_type} or document.get("error"):
            return self.fail(stream_error(document, self.shape))
        if kind == "ping":
            return Signal.KEEP_ALIVE
        if self.terminal:
            self.violate("event_after_end", "nothing after message_stop", kind)
            return Signal.PROGRESS
        if event_type == "message" and not self._unnamed:
            # The official client passes over every event that has no name.
            self._unnamed = True
            self.violate("event_name_missing", f"event: {kind}", "none", Severity.WARNING)
        if event_type not in {kind, "message"}:
            self.violate("event_name_differs", f"event: {kind}", f"event: {event_type}",
                         Severity.WARNING)  # fmt: skip
        if kind == "message_start":
            return self._start(record(document.get("message")))
        if kind not in _KNOWN:
            return Signal.KEEP_ALIVE
        if not self._started:
            self.violate("message_start_missing", "message_start first", kind)
            self._started = True
        return self._known(kind, document)

    def finish(self) -> None:
        """All is checked by then."""

    def _known(self, kind: str, document: Mapping[str, Any]) -> Signal:
        match kind:
            case "content_block_start":
                block = record(document.get("content_block"))
                self._start_block(count(document.get("index")), text(block.get("type")))
            case "content_block_delta":
                return self._delta(count(document.get("index")), document.get("delta"))
            case "content_block_stop":
                self._stop_block(count(document.get("index")))
            case "message_delta":
                self._message_delta(document)
            case "message_stop":
                return self._stop()
        return Signal.PROGRESS

    def _start(self, message: Mapping[str, Any]) -> Signal:
        if self._started:
            self.violate("message_start_repeated", "one message_start", "a second one")
        self._started = True
        # Its output tokens only hold the place of those that message_delta tells.
        self._cumulate(message.get("usage"))
        return Signal.PROGRESS

    def _start_block(self, index: int | None, kind: str | None) -> None:
        if self.finish_reason is not None:
            self.violate("block_after_finish", "nothing after the stop_reason", "another block")
        if self._open is not None:
            self.violate("block_left_open", f"block {self._open} closed first", f"block {index}")
        if index != self._blocks:
            self.violate("block_index_gap", f"block {self._blocks}", f"block {index}")
        self._open, self._open_type = index, kind
        self._blocks = (index if index is not None else self._blocks) + 1

    def _delta(self, index: int | None, told: object) -> Signal:
        delta = record(told)
        if not isinstance(told, dict):
            self.wrong_type("an object in delta", told)
        if self._open is None or index != self._open:
            self.violate("delta_outside_block", "a delta of the open block", f"block {index}")
        if self.finish_reason is not None:
            self.violate("delta_after_finish", "nothing after the stop_reason", "another delta")
        kind = text(delta.get("type"))
        others = (kinds for block, kinds in _DELTAS.items() if block != self._open_type)
        if self._open_type in _DELTAS and any(kind in kinds for kinds in others):
            expected = f"a delta of a {self._open_type} block"
            self.violate("delta_of_other_block", expected, kind or "none")
        if kind == "text_delta":
            return self.visible(delta.get("text"), "text") or Signal.KEEP_ALIVE
        channel = _HIDDEN_CHANNELS.get(kind or "")
        return (self.delta(delta.get(channel), channel) if channel else None) or Signal.KEEP_ALIVE

    def _stop_block(self, index: int | None) -> None:
        if self._open is None or index != self._open:
            self.violate("block_never_opened", "the end of the open block", f"block {index}")
        self._open = None

    def _message_delta(self, document: Mapping[str, Any]) -> None:
        reason = text(record(document.get("delta")).get("stop_reason"))
        if reason and self.finish_reason not in {None, reason}:
            self.violate("stop_reason_repeated", f"stop_reason {self.finish_reason}", reason)
        if reason and self.finish_reason is None and self._open is not None:
            self.violate("block_left_open", f"block {self._open} closed before the stop_reason",
                         "message_delta", Severity.WARNING)  # fmt: skip
        self.finish_reason = reason or self.finish_reason
        self.output_tokens = reported(self._cumulate(document.get("usage")), self.output_tokens)

    def _cumulate(self, usage: object) -> int | None:
        """Read a usage, which counts from the start; gives its output tokens."""
        taken, given = self.read_usage(usage)
        self.input_tokens = reported(taken, self.input_tokens)
        if given is not None and given < self._least:
            self.violate("usage_decreased", f"at least {self._least} output tokens",
                         str(given), Severity.WARNING)  # fmt: skip
        self._least = max(self._least, given or 0)
        return given

    def _stop(self) -> Signal:
        self.terminal = True
        if self._open is not None:
            self.violate("block_left_open", f"block {self._open} closed first", "message_stop")
        if self.finish_reason is None:
            self.violate("stop_reason_missing", "a stop_reason before message_stop", "none")
        return Signal.TERMINAL


class Messages(Dialect):
    """``POST /v1/messages``."""

    protocol: ClassVar = Protocol.MESSAGES
    path = "/messages"
    key_header = "x-api-key"

    def headers(self, prompt: Prompt) -> dict[str, str]:
        """Give the request's headers, without the key; the version is required."""
        return {**super().headers(prompt), "anthropic-version": ANTHROPIC_VERSION}

    def body(self, prompt: Prompt) -> dict[str, Json]:
        """Give the request; the cap is required."""
        body: dict[str, Json] = {
            "model": prompt.model,
            "messages": [{"role": "user", "content": prompt.text}],
            "max_tokens": prompt.max_tokens,
        }
        return body | {"stream": True} if prompt.stream else body

    def read(self, document: Any) -> Content | None:
        """Read a ``message``."""
        content = record(document).get("content")
        if not isinstance(content, list):
            return None
        usage = record(document.get("usage"))
        return Content(
            text="".join(text(block.get("text")) or "" for block in records(content)),
            finish_reason=text(document.get("stop_reason")),
            input_tokens=count(usage.get("input_tokens")),
            output_tokens=count(usage.get("output_tokens")),
        )

    def machine(self, shown: Callable[[str], str] = str) -> StreamMachine:
        """Give a fresh machine for one stream."""
        return MessagesMachine(shown)
