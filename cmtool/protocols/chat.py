"""OpenAI Chat Completions: chunks of one generation, a finish reason, then ``[DONE]``.

Facts: https://www.crossmodel.ai/docs/guides/streaming.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from cmtool.documents import count, record, records, text
from cmtool.model import Json, Protocol, Severity
from cmtool.protocols.base import (
    Content,
    Dialect,
    Prompt,
    Signal,
    StreamMachine,
    described,
    reported,
    stream_error,
)

_HIDDEN_CHANNELS = ("reasoning_content", "reasoning", "refusal")


class ChatMachine(StreamMachine):
    """Follows a stream of ``chat.completion.chunk`` objects."""

    terminal_event = "[DONE]"
    usage_fields = ("prompt_tokens", "completion_tokens", "total_tokens")

    def __init__(self, shown: Callable[[str], str] = str) -> None:
        super().__init__(shown)
        self._id: str | None = None
        self._finish: dict[int, str | None] = {}  # of each choice that was seen
        self._state: tuple[int, str | None, bool] | None = None

    def done_marker(self) -> Signal:
        """Take the terminal event."""
        if self.terminal:
            self.violate("event_after_end", "nothing after [DONE]", "a second [DONE]")
            return Signal.PROGRESS
        self.terminal = True
        unfinished = [index for index, reason in self._finish.items() if reason is None]
        if unfinished and self.error is None:
            self.violate("finish_reason_missing", "a finish_reason before [DONE]", "none")
        return Signal.TERMINAL

    def take(self, event_type: str, document: dict[str, Any]) -> Signal:
        """Take one chunk."""
        if document.get("error") or event_type == "error":  # the only event that has a name
            return self.fail(stream_error(document, self.shape))
        if self.terminal:
            self.violate("event_after_end", "nothing after [DONE]", "another chunk")
            return Signal.PROGRESS
        self._check_identity(document)
        taken, given = self.read_usage(document.get("usage"))
        self.input_tokens = reported(taken, self.input_tokens)
        self.output_tokens = reported(given, self.output_tokens)
        choices = document.get("choices")
        signals = [self._choice(choice) for choice in self._objects(choices, "choices")]
        moved_on = self._moved_on(document)
        return next((s for s in (Signal.TEXT, Signal.DELTA) if s in signals), moved_on)

    def _moved_on(self, document: Mapping[str, Any]) -> Signal:
        """Tell a chunk that starts or finishes something from one that only keeps alive."""
        state = (len(self._finish), self.finish_reason, document.get("usage") is not None)
        before, self._state = self._state, state
        return Signal.PROGRESS if state != before else Signal.KEEP_ALIVE

    def finish(self) -> None:
        """All is checked by then."""

    def _check_identity(self, document: Mapping[str, Any]) -> None:
        kind, chunk_id = document.get("object"), text(document.get("id"))
        choices = document.get("choices")
        if kind != "chat.completion.chunk":
            # Some gateways send a first chunk of their own, in which all is empty.
            severity = Severity.ERROR if kind or choices else Severity.WARNING
            self.violate("wrong_object", "chat.completion.chunk", text(kind) or "none", severity)
        if not isinstance(choices, list):
            told = Severity.WARNING if document.get("usage") else Severity.ERROR
            self.violate("choices_missing", "a list of choices", "none", told)
        if self._id is None:
            self._id = chunk_id
        elif chunk_id is not None and chunk_id != self._id:
            self.violate("id_changed", f"id {self._id}", f"id {chunk_id}")

    def _objects(self, value: object, name: str) -> list[Mapping[str, Any]]:
        """Give the objects of a list; what else is in it breaks a rule."""
        found = records(value)
        if isinstance(value, list) and len(found) < len(value):
            odd = next(each for each in value if not isinstance(each, dict))
            self.wrong_type(f"an object in {name}", odd)
        return found

    def _choice(self, choice: Mapping[str, Any]) -> Signal | None:
        index = count(choice.get("index"))
        if index is None:
            if choice.get("index") is not None:
                self.violate("index_invalid", "a number", described(choice["index"]))
            index = 0
        delta = record(choice.get("delta"))
        if not delta and choice.get("delta"):
            self.wrong_type("an object in delta", choice["delta"])
        if index not in self._finish:
            self._finish[index] = None
            if "role" not in delta:
                self.violate("role_missing", "a role in the first delta", "none", Severity.WARNING)
        signal = self._delta(delta)
        if signal is not None and self._finish[index] is not None:
            self.violate("delta_after_finish", "nothing after the finish_reason", "another delta")
        self._finish_choice(index, text(choice.get("finish_reason")))
        return signal

    def _delta(self, delta: Mapping[str, Any]) -> Signal | None:
        signals = [self._content(delta.get("content"))]
        signals += [self._hidden(delta, channel) for channel in _HIDDEN_CHANNELS]
        if calls := delta.get("tool_calls"):
            signals += [self._tool_call(call) for call in self._objects(calls, "tool_calls")]
        return next((signal for signal in signals if signal is not None), None)

    def _content(self, content: object) -> Signal | None:
        """Count a piece of the visible text: a text, or parts that hold one, as some vendors do."""
        if content is None:
            return None
        if not isinstance(content, list) or not content:
            return self.visible(content, "content")
        signals = [self._part(part) for part in self._objects(content, "content")]
        return Signal.TEXT if Signal.TEXT in signals else next(iter(filter(None, signals)), None)

    def _part(self, part: Mapping[str, Any]) -> Signal | None:
        if "text" in part:
            return self.visible(part["text"], "content")
        return self.delta(part.get("type"), "content")  # thoughts, a reference, an image

    def _hidden(self, fields: Mapping[str, Any], name: str) -> Signal | None:
        """Count a piece of another channel; many write null where there is nothing to say."""
        value = fields.get(name)
        return None if value is None else self.delta(value, name)

    def _tool_call(self, call: Mapping[str, Any]) -> Signal | None:
        function = record(call.get("function"))
        return self._hidden(function, "arguments") or self._hidden(function, "name")

    def _finish_choice(self, index: int, reason: str | None) -> None:
        if reason is None:
            return
        if self._finish[index] is not None:
            self.violate("finish_reason_repeated", "one finish_reason", reason)
        if reason == "error":
            self.violate("finish_reason_error", "a reason to stop", reason)
        self._finish[index] = self.finish_reason = reason


class Chat(Dialect):
    """``POST /v1/chat/completions``."""

    protocol: ClassVar = Protocol.CHAT
    path = "/chat/completions"
    key_header = "authorization"

    def body(self, prompt: Prompt) -> dict[str, Json]:
        """Give the request; ``max_tokens`` would be the legacy name of the cap."""
        body: dict[str, Json] = {
            "model": prompt.model,
            "messages": [{"role": "user", "content": prompt.text}],
            "max_completion_tokens": prompt.max_tokens,
        }
        if prompt.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body

    def read(self, document: Any) -> Content | None:
        """Read a ``chat.completion``."""
        choices = records(record(document).get("choices"))
        if not choices or not isinstance(choices[0].get("message"), dict):
            return None
        usage = record(document.get("usage"))
        return Content(
            text=text(choices[0]["message"].get("content")) or "",
            finish_reason=text(choices[0].get("finish_reason")),
            input_tokens=count(usage.get("prompt_tokens")),
            output_tokens=count(usage.get("completion_tokens")),
        )

    def machine(self, shown: Callable[[str], str] = str) -> StreamMachine:
        """Give a fresh machine for one stream."""
        return ChatMachine(shown)
