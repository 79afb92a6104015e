"""Messages streams: whole ones, broken ones, and errors in every form."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from cmtool.catalog import Shape
from cmtool.classify import ErrorObject
from cmtool.model import Protocol
from cmtool.protocols import Signal
from tests.protocols.conftest import Feed

Event: TypeAlias = tuple[str, Any]


def event(kind: str, **fields: Any) -> Event:
    return kind, {"type": kind, **fields}


def start(**usage: Any) -> Event:
    return event("message_start", message={"id": "m1", "usage": usage or None})


def block_start(index: int = 0, kind: str = "text") -> Event:
    return event("content_block_start", index=index, content_block={"type": kind})


def delta(kind: Any, index: int = 0, **fields: Any) -> Event:
    return event("content_block_delta", index=index, delta={"type": kind, **fields})


def text(words: str, index: int = 0) -> Event:
    return delta("text_delta", index, text=words)


def block_stop(index: int = 0) -> Event:
    return event("content_block_stop", index=index)


def message_delta(reason: str | None = "end_turn", **usage: Any) -> Event:
    return event("message_delta", delta={"stop_reason": reason}, usage=usage or None)


START = start(input_tokens=7, output_tokens=1)
END = message_delta(output_tokens=2)
STOP, PING = event("message_stop"), event("ping")
BLOCK = (block_start(), text("Hel"), text("lo"), block_stop())

HEALTHY = {
    "plain": ([START, *BLOCK, END, STOP], "Hello", 2, "end_turn", (7, 2)),
    "pings-anywhere": (
        [PING, START, PING, block_start(), text("Hi"), PING, block_stop(), END, PING, STOP, PING],
        "Hi",
        1,
        "end_turn",
        (7, 2),
    ),
    "unknown-events": (
        [event("hello"), START, event("mood", index=3), *BLOCK, END, STOP],
        "Hello",
        2,
        "end_turn",
        (7, 2),
    ),
    "unknown-deltas": (
        [START, block_start(), delta("mood_delta", mood="x"), text("a"), block_stop(), END, STOP],
        "a",
        1,
        "end_turn",
        (7, 2),
    ),
    "thinking": (
        [
            START,
            block_start(0, "thinking"),
            delta("thinking_delta", thinking="hm"),
            delta("signature_delta", signature="xyz"),
            block_stop(),
            block_start(1),
            text("Hi", 1),
            block_stop(1),
            END,
            STOP,
        ],
        "Hi",
        2,
        "end_turn",
        (7, 2),
    ),
    "tool-use": (
        [
            START,
            block_start(0, "tool_use"),
            delta("input_json_delta", partial_json=""),
            delta("input_json_delta", partial_json="{}"),
            block_stop(),
            message_delta("tool_use", output_tokens=5),
            STOP,
        ],
        "",
        1,
        "tool_use",
        (7, 5),
    ),
    "usage-at-the-end-only": (
        [start(), *BLOCK, message_delta(input_tokens=9, output_tokens=2), STOP],
        "Hello",
        2,
        "end_turn",
        (9, 2),
    ),
    "usage-zero-behind-a-figure": (
        [START, *BLOCK, message_delta(input_tokens=0, output_tokens=2), STOP],
        "Hello",
        2,
        "end_turn",
        (7, 2),
    ),
    "usage-cumulative": (
        [START, *BLOCK, message_delta(None, output_tokens=3), message_delta(output_tokens=4), STOP],
        "Hello",
        2,
        "end_turn",
        (7, 4),
    ),
    "types-in-the-event-line-only": (
        [
            (name, {k: v for k, v in data.items() if k != "type"})
            for name, data in (START, *BLOCK, END, STOP)
        ],
        "Hello",
        2,
        "end_turn",
        (7, 2),
    ),
    "error-null": (
        [(name, data | {"error": None}) for name, data in (START, *BLOCK, END, STOP)],
        "Hello",
        2,
        "end_turn",
        (7, 2),
    ),
    "silent": ([START, message_delta("max_tokens"), STOP], "", 0, "max_tokens", (7, None)),
}


def test_events_without_a_name_deserve_one_remark(feed: Feed) -> None:
    # The official client passes over each of them.
    fed = feed(Protocol.MESSAGES, [("message", data) for _, data in (START, *BLOCK, END, STOP)])
    assert fed.broken == [("event_name_missing", 0, "warning")]
    assert fed.machine.terminal
    assert fed.machine.text == "Hello"


@pytest.mark.parametrize(
    ("events", "visible", "deltas", "finish", "tokens"),
    [pytest.param(*case, id=name) for name, case in HEALTHY.items()],
)
def test_healthy(
    feed: Feed,
    *,
    events: list[Event],
    visible: str,
    deltas: int,
    finish: str,
    tokens: tuple[int | None, int | None],
) -> None:
    fed = feed(Protocol.MESSAGES, events)
    machine = fed.machine
    assert fed.broken == []
    assert machine.error is None
    assert machine.terminal
    assert (machine.text, machine.text_chars, machine.deltas) == (visible, len(visible), deltas)
    assert machine.finish_reason == finish
    assert (machine.input_tokens, machine.output_tokens) == tokens


def test_what_each_event_means(feed: Feed) -> None:
    thinking = delta("thinking_delta", thinking="hm")
    events = [START, PING, block_start(), thinking, text("a"), text(""), block_stop(), END, STOP]
    assert feed(Protocol.MESSAGES, events).signals == [
        Signal.PROGRESS,
        Signal.KEEP_ALIVE,
        Signal.PROGRESS,
        Signal.DELTA,
        Signal.TEXT,
        Signal.KEEP_ALIVE,
        *[Signal.PROGRESS] * 2,
        Signal.TERMINAL,
    ]


NO_TYPES: tuple[Any, ...] = ([], {}, 1, None)
BROKEN = {
    "message_start_missing": (
        [*BLOCK, message_delta(output_tokens=2), STOP],
        [("message_start_missing", 0, "error")],
    ),
    "message_start_repeated": (
        [START, START, *BLOCK, END, STOP],
        [("message_start_repeated", 1, "error")],
    ),
    "block_left_open": (
        [START, block_start(), text("a"), block_start(1), text("b", 1), block_stop(1), END, STOP],
        [("block_left_open", 3, "error")],
    ),
    "block_left_open-at-the-end": (
        [START, block_start(), text("a"), END, STOP],
        [("block_left_open", 3, "warning"), ("block_left_open", 4, "error")],
    ),
    "block_left_open-at-the-stop-reason": (
        [START, block_start(), text("a"), END, block_stop(), STOP],
        [("block_left_open", 3, "warning")],
    ),
    "block_index_gap": (
        [START, *BLOCK, block_start(2), block_stop(2), END, STOP],
        [("block_index_gap", 5, "error")],
    ),
    "block_index_gap-not-from-zero": (
        [START, block_start(1), text("a", 1), block_stop(1), END, STOP],
        [("block_index_gap", 1, "error")],
    ),
    "block_index_gap-opened-again": (
        [START, *BLOCK, block_start(0), block_stop(0), END, STOP],
        [("block_index_gap", 5, "error")],
    ),
    "delta_outside_block": (
        [START, text("a"), *BLOCK, END, STOP],
        [("delta_outside_block", 1, "error")],
    ),
    "delta_outside_block-of-another-index": (
        [START, block_start(), text("a", 1), block_stop(), END, STOP],
        [("delta_outside_block", 2, "error")],
    ),
    "block_never_opened": (
        [START, *BLOCK, block_stop(), END, STOP],
        [("block_never_opened", 5, "error")],
    ),
    "delta_after_finish": (
        [START, block_start(), END, text("a"), block_stop(), STOP],
        [("block_left_open", 2, "warning"), ("delta_after_finish", 3, "error")],
    ),
    "delta_of_other_block": (
        [
            START,
            block_start(),
            delta("input_json_delta", partial_json="{"),
            block_stop(),
            END,
            STOP,
        ],
        [("delta_of_other_block", 2, "error")],
    ),
    "delta-of-no-type": (
        [START, block_start(), *map(delta, NO_TYPES), block_stop(), END, STOP],
        [],
    ),
    "block_after_finish": (
        [START, *BLOCK, END, block_start(1), block_stop(1), STOP],
        [("block_after_finish", 6, "error")],
    ),
    "stop_reason_repeated": (
        [START, *BLOCK, END, message_delta("max_tokens", output_tokens=2), STOP],
        [("stop_reason_repeated", 6, "error")],
    ),
    "usage_decreased": (
        [START, *BLOCK, message_delta(None, output_tokens=3), message_delta(output_tokens=2), STOP],
        [("usage_decreased", 6, "warning")],
    ),
    "usage_decreased-behind-the-start": (
        [START, *BLOCK, message_delta(output_tokens=0), STOP],
        [("usage_decreased", 5, "warning")],
    ),
    "usage_decreased-told-once-for-each": (
        [START, *BLOCK, *(message_delta(output_tokens=n) for n in (5, 3, 4, 5)), STOP],
        [("usage_decreased", 6, "warning"), ("usage_decreased", 7, "warning")],
    ),
    "usage_invalid": (
        [START, *BLOCK, message_delta(input_tokens="7", output_tokens=2), STOP],
        [("usage_invalid", 5, "warning")],
    ),
    "usage_invalid-at-the-start": (
        [start(input_tokens=7, output_tokens=-1), *BLOCK, END, STOP],
        [("usage_invalid", 0, "warning")],
    ),
    "wrong_type-of-a-delta": (
        [START, block_start(), event("content_block_delta", index=0), block_stop(), END, STOP],
        [("wrong_type", 2, "error")],
    ),
    "stop_reason_missing": (
        [START, *BLOCK, message_delta(None), STOP],
        [("stop_reason_missing", 6, "error")],
    ),
    "event_after_end": ([START, *BLOCK, END, STOP, END], [("event_after_end", 7, "error")]),
    "event_after_end-twice": ([START, *BLOCK, END, STOP, STOP], [("event_after_end", 7, "error")]),
    "event_name_differs": (
        [START, block_start(), ("delta", text("a")[1]), block_stop(), END, STOP],
        [("event_name_differs", 2, "warning")],
    ),
    "done_before_end": (
        [START, *BLOCK, END, ("message", "[DONE]"), STOP],
        [("done_before_end", 6, "warning")],
    ),
    "not_json": (
        [START, ("content_block_delta", "{"), *BLOCK, END, STOP],
        [("not_json", 1, "error")],
    ),
    "not_an_object": (
        [START, ("message", "7"), *BLOCK, END, STOP],
        [("not_an_object", 1, "error")],
    ),
}


@pytest.mark.parametrize(
    ("events", "broken"), [pytest.param(*case, id=name) for name, case in BROKEN.items()]
)
def test_broken(feed: Feed, events: list[Event], broken: list[tuple[str, int | None, str]]) -> None:
    fed = feed(Protocol.MESSAGES, events)
    assert fed.broken == broken
    assert fed.machine.error is None


@pytest.mark.parametrize(
    ("block", "kind", "field"),
    [
        pytest.param("text", "text_delta", "text", id="text"),
        pytest.param("thinking", "thinking_delta", "thinking", id="thinking"),
        pytest.param("tool_use", "input_json_delta", "partial_json", id="tool"),
    ],
)
@pytest.mark.parametrize("value", [5, True, {}, [], None], ids=repr)
def test_a_delta_that_is_no_text(
    feed: Feed, block: str, kind: str, field: str, value: object
) -> None:
    odd = event("content_block_delta", index=0, delta={"type": kind, field: value})
    fed = feed(Protocol.MESSAGES, [START, block_start(0, block), odd, block_stop(), END, STOP])
    assert fed.broken == [("wrong_type", 2, "error")]
    assert fed.machine.deltas == 0


def test_without_message_stop_it_has_not_ended(feed: Feed) -> None:
    assert not feed(Protocol.MESSAGES, [START, *BLOCK, END]).machine.terminal


def test_done_behind_the_end_is_tolerated(feed: Feed) -> None:
    fed = feed(Protocol.MESSAGES, [START, *BLOCK, END, STOP, ("message", "[DONE]")])
    assert fed.broken == []


def anthropic(message: str, **more: str) -> ErrorObject:
    return ErrorObject(shape=Shape.ANTHROPIC, message=message, **more)


INNER = {"type": "rate_limit_error", "message": "Too many."}
FULL = anthropic("Too many.", type="rate_limit_error")

ERRORS = {
    "with-event-line": (("error", {"type": "error", "error": INNER}), FULL),
    "without-event-line": (("message", {"type": "error", "error": INNER}), FULL),
    "untyped": (("message", {"error": INNER}), FULL),
    "openai-shape": (
        ("message", {"error": {**INNER, "code": "rate_limit_exceeded", "param": None}}),
        anthropic("Too many.", type="rate_limit_error", code="rate_limit_exceeded"),
    ),
    "flat": (("error", INNER), FULL),
    "flat-of-type-error": (("error", {"type": "error", "message": "Oh."}), anthropic("Oh.")),
    "text": (("message", {"type": "error", "error": "Oh."}), anthropic("Oh.")),
    "plain-text": (("error", "overloaded"), anthropic("overloaded")),
    "null": (("message", {"type": "error", "error": None}), anthropic("no message")),
}


@pytest.mark.parametrize(
    ("error", "expected"), [pytest.param(*case, id=name) for name, case in ERRORS.items()]
)
def test_error(feed: Feed, error: Event, expected: ErrorObject) -> None:
    fed = feed(Protocol.MESSAGES, [START, block_start(), text("Hel"), error])
    assert fed.machine.error == expected
    assert fed.signals[-1] is Signal.ERROR
    assert fed.broken == []
    assert fed.machine.text == "Hel"
    assert not fed.machine.terminal
