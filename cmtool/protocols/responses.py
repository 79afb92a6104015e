"""OpenAI Responses: typed, numbered events; items and parts are opened, fed and closed.

What is fed is told once more as a whole, more than once: each time it has to be the same text.

Facts: https://www.crossmodel.ai/docs/guides/streaming.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cmtool import quantities
from cmtool.documents import count, record, records, text
from cmtool.model import Json, Protocol, Severity
from cmtool.protocols.base import (
    Content,
    Dialect,
    Prompt,
    Signal,
    StreamMachine,
    described,
    stream_error,
)
from cmtool.protocols.joined import (
    VISIBLE,
    WHOLE,
    Joined,
    TextKey,
    Texts,
    texts_of_item,
    texts_of_part,
    visible_texts,
)

_TERMINALS = frozenset({"response.completed", "response.incomplete", "response.failed"})
# Channels that live inside a content part; the others live in their item alone.
_IN_PART = frozenset({VISIBLE, "response.refusal", "response.reasoning_text"})
_INDEX_LIMIT = 1000  # of items and of their parts: what is remembered of them stays small


@dataclass(slots=True)
class _Item:
    """One item of the output: its state, its parts (open or not), the texts that it was fed."""

    id: str | None = None
    open: bool = False
    closed: bool = False
    parts: dict[int, bool] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)


class ResponsesMachine(StreamMachine):
    """Follows a stream of Responses events."""

    terminal_event = "response.completed"
    usage_fields = ("input_tokens", "output_tokens", "total_tokens")

    def __init__(self, shown: Callable[[str], str] = str) -> None:
        super().__init__(shown)
        self._created = False
        self._sequence: int | None = None
        self._last_kind = ""
        self._items: dict[int, _Item] = {}  # by output_index

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
            return self._delta(kind.removesuffix(".delta"), document) or Signal.KEEP_ALIVE
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
                got = "none" if value is None else described(value)
                self.violate("sequence_missing", "a sequence_number", got, Severity.WARNING)
        elif before is not None and number <= before:
            self.violate("sequence_regression", f"sequence_number {before + 1}", str(number))
        elif before is not None and number > before + 1:
            # It still rises: a gateway may leave out events.  Lost text is found by its .done.
            self.violate("sequence_gap", f"sequence_number {before + 1}", str(number),
                         Severity.WARNING)  # fmt: skip

    def _life_cycle(self, kind: str, document: Mapping[str, Any]) -> None:
        match kind:
            case "response.output_item.added":
                self._open_item(kind, document)
            case "response.output_item.done":
                self._close_item(kind, document)
            case "response.content_part.added":
                self._open_part(kind, document)
            case "response.content_part.done":
                self._close_part(kind, document)
            case "response.reasoning_summary_part.done":
                _, item, part = self._place(document)
                self._hold(item, texts_of_part(record(document.get("part")), part), kind)
            case _ if kind.endswith(".done") and kind.removesuffix(".done") in WHOLE:
                self._end_text(kind.removesuffix(".done"), document)

    def _place(self, document: Mapping[str, Any]) -> tuple[int, _Item, int]:
        """Give the index of an event's item, the item, and the index of the part or summary."""
        index = self._index(document, "output_index")
        if (item := self._items.get(index)) is None:
            item = self._items[index] = _Item()
        told = text(document.get("item_id")) or text(record(document.get("item")).get("id"))
        if told is not None and item.id not in {None, told}:
            # Some gateways give every event an ID of its own: one remark for each item will do.
            self.violate("item_id_differs", f"item_id {item.id}", f"item_id {told}",
                         Severity.WARNING)  # fmt: skip
            item.id = None
        name = "summary_index" if "summary_index" in document else "content_index"
        return index, item, self._index(document, name)

    def _index(self, document: Mapping[str, Any], name: str) -> int:
        value = document.get(name)
        index = count(value) if value is not None else 0
        if index is None or index >= _INDEX_LIMIT:
            self.violate("index_invalid", f"{name} below {_INDEX_LIMIT}", described(value))
            return 0
        return index

    def _open_item(self, kind: str, document: Mapping[str, Any]) -> None:
        index, item, _ = self._place(document)
        if item.closed:
            self.violate("item_reopened", f"item {index} to stay closed", kind)
            item = self._items[index] = _Item()
        elif item.open:
            self.violate("item_opened_twice", f"one opening of item {index}", "a second one")
        item.open = True
        item.id = text(record(document.get("item")).get("id"))

    def _close_item(self, kind: str, document: Mapping[str, Any]) -> None:
        index, item, _ = self._place(document)
        if not item.open:
            self.violate("item_never_opened", f"an open item {index}", "its end alone")
        if any(item.parts.values()):
            self.violate("part_left_open", "every part closed before its item", kind)
        self._hold(item, texts_of_item(record(document.get("item"))), kind)
        item.texts.close()
        self._items[index] = _Item(closed=True, texts=item.texts)

    def _open_part(self, kind: str, document: Mapping[str, Any]) -> None:
        index, item, part = self._place(document)
        if not item.open:
            self.violate("part_outside_item", "an open item", kind)
        if part in item.parts:
            name = "part_opened_twice" if item.parts[part] else "part_reopened"
            self.violate(name, f"one opening of part {index, part}", "a second one")
        item.parts[part] = True

    def _close_part(self, kind: str, document: Mapping[str, Any]) -> None:
        index, item, part = self._place(document)
        if not item.parts.get(part):
            self.violate("part_never_opened", f"an open part {index, part}", "its end alone")
        item.parts[part] = False
        self._hold(item, texts_of_part(record(document.get("part")), part), kind)

    def _delta(self, channel: str, document: Mapping[str, Any]) -> Signal | None:
        index, item, part = self._place(document)
        joined = item.texts.at((channel, part)) if channel in WHOLE else None
        if channel in _IN_PART and not item.parts.get(part):
            self.violate("delta_outside_part", f"an open part {index, part}", f"{channel}.delta")
        elif not item.open:
            self.violate("delta_outside_item", f"an open item {index}", f"{channel}.delta")
        elif joined is not None and joined.closed:
            self.violate("delta_after_done", f"nothing after {channel}.done", "another delta")
        delta = document.get("delta")
        if joined is None:  # a channel that nobody documents may hold what it likes
            return self.delta(delta, "delta") if isinstance(delta, str) else None
        if isinstance(delta, str):
            joined.add(delta)
        return self.visible(delta, "delta") if channel == VISIBLE else self.delta(delta, "delta")

    def _end_text(self, channel: str, document: Mapping[str, Any]) -> None:
        _, item, part = self._place(document)
        joined, kind = item.texts.at((channel, part)), f"{channel}.done"
        if joined.closed:
            self.violate("done_repeated", f"one {kind}", "a second one", Severity.WARNING)
        joined.closed = True
        whole = document.get(WHOLE[channel])
        if isinstance(whole, str):
            self._hold(item, [((channel, part), whole)], kind)
        elif whole is not None:
            self.wrong_type(f"a text in {WHOLE[channel]}", whole)

    def _hold(self, item: _Item, told: Iterable[tuple[TextKey, str]], kind: str) -> None:
        for joined, whole in item.texts.differing(told):
            self._differs(joined.chars, len(whole), kind)

    def _differs(self, fed: int, told: int, kind: str) -> None:
        expected = f"the text of the deltas, {quantities.count(fed, 'character')}"
        got = f"another text of {quantities.count(told, 'character')} in {kind}"
        self.violate("text_differs", expected, got)

    def _check_output(self, kind: str, output: object) -> None:
        """Hold the visible texts of the whole response against those that were fed."""
        fed = [each for _, item in sorted(self._items.items()) for each in item.texts.visible()]
        told = visible_texts(output)
        if not isinstance(output, list) or any(joined.differed for joined in fed):
            return  # nothing was told, or what was lost is told already
        if fed and not told:
            if kind == "response.completed":
                self.violate("output_missing", "the text in the output", "none", Severity.WARNING)
        elif len(fed) != len(told) or not all(map(Joined.is_text, fed, told)):
            self._differs(sum(joined.chars for joined in fed), sum(map(len, told)), kind)

    def _terminal(self, kind: str, response: Mapping[str, Any]) -> Signal:
        self.terminal = True
        self.input_tokens, self.output_tokens = self.read_usage(response.get("usage"))
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
        if kind == "response.completed" and any(item.open for item in self._items.values()):
            self.violate("item_left_open", "every item closed before the end", kind)
        self._check_output(kind, response.get("output"))
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
