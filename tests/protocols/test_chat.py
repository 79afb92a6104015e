"""Chat Completions streams: whole ones, broken ones, and errors in every form."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from cmtool.catalog import Shape
from cmtool.classify import ErrorObject
from cmtool.model import Protocol
from cmtool.protocols import Signal
from tests.protocols.conftest import Feed

Event: TypeAlias = tuple[str, Any]
DONE: Event = ("message", "[DONE]")


def event(**fields: Any) -> Event:
    return "message", fields


def chunk(*choices: Any, **more: Any) -> Event:
    return event(
        **{"id": "c1", "object": "chat.completion.chunk", "choices": [*choices], **more},
    )


def delta(finish: str | None = None, index: int = 0, **fields: Any) -> Event:
    return chunk({"index": index, "delta": fields, "finish_reason": finish})


def tool(**function: Any) -> Event:
    return delta(tool_calls=[{"index": 0, "function": function}])


ROLE = delta(role="assistant", content="")
A, B, STOP = delta(content="Hel"), delta(content="lo"), delta("stop")
USAGE = chunk(usage={"prompt_tokens": 7, "completion_tokens": 2})

HEALTHY = {
    "plain": ([ROLE, A, B, STOP, USAGE, DONE], "Hello", 2, "stop", (7, 2)),
    "without-usage": ([ROLE, A, STOP, DONE], "Hel", 1, "stop", (None, None)),
    "role-and-text-in-one": (
        [delta(role="assistant", content="Hi"), STOP, DONE],
        "Hi",
        1,
        "stop",
        (None, None),
    ),
    "text-and-finish-in-one": (
        [ROLE, delta("length", content="Hi"), DONE],
        "Hi",
        1,
        "length",
        (None, None),
    ),
    "empty-choices-first": ([chunk(), ROLE, A, STOP, DONE], "Hel", 1, "stop", (None, None)),
    "usage-on-every-chunk": (
        [
            ROLE,
            chunk({"delta": {"content": "a"}}, usage={"prompt_tokens": 7, "completion_tokens": 1}),
            chunk({"delta": {"content": "b"}}, usage={"prompt_tokens": 7, "completion_tokens": 2}),
            STOP,
            DONE,
        ],
        "ab",
        2,
        "stop",
        (7, 2),
    ),
    "usage-null-until-the-end": (
        [chunk({"delta": {"role": "assistant", "content": "a"}}, usage=None), STOP, USAGE, DONE],
        "a",
        1,
        "stop",
        (7, 2),
    ),
    "usage-of-nothing": (
        [ROLE, A, STOP, chunk(usage={"prompt_tokens": 7, "completion_tokens": 0}), DONE],
        "Hel",
        1,
        "stop",
        (7, 0),
    ),
    "usage-zero-behind-a-figure": (
        [ROLE, A, USAGE, STOP, chunk(usage={"prompt_tokens": 0, "completion_tokens": 0}), DONE],
        "Hel",
        1,
        "stop",
        (7, 2),
    ),
    "reasoning-content": (
        [ROLE, delta(reasoning_content="hm"), A, STOP, DONE],
        "Hel",
        2,
        "stop",
        (None, None),
    ),
    "reasoning": ([ROLE, delta(reasoning="hm"), A, STOP, DONE], "Hel", 2, "stop", (None, None)),
    "refusal": (
        [ROLE, delta(content=None, refusal="No."), STOP, DONE],
        "",
        1,
        "stop",
        (None, None),
    ),
    "tool-call": (
        [ROLE, tool(name="look", arguments=""), tool(arguments='{"a"'), delta("tool_calls"), DONE],
        "",
        2,
        "tool_calls",
        (None, None),
    ),
    "two-choices": (
        [
            ROLE,
            delta(index=1, role="assistant", content="x"),
            A,
            STOP,
            delta("stop", index=1),
            DONE,
        ],
        "xHel",
        2,
        "stop",
        (None, None),
    ),
    "error-null": (
        [ROLE, chunk({"delta": {"content": "a"}}, error=None), STOP, DONE],
        "a",
        1,
        "stop",
        (None, None),
    ),
    "unknown-fields": (
        [ROLE, chunk({"delta": {"content": "a", "mood": {}}}, provider="x"), STOP, DONE],
        "a",
        1,
        "stop",
        (None, None),
    ),
    "blanks-around-done": (
        [ROLE, A, STOP, ("message", " [DONE] ")],
        "Hel",
        1,
        "stop",
        (None, None),
    ),
    "silent": ([ROLE, delta("length"), USAGE, DONE], "", 0, "length", (7, 2)),
    "null-in-every-channel": (
        [ROLE, delta(content=None, reasoning=None, refusal=None, tool_calls=None), A, STOP, DONE],
        "Hel",
        1,
        "stop",
        (None, None),
    ),
    "delta-null": (
        [ROLE, A, chunk({"delta": None, "finish_reason": "stop"}), DONE],
        "Hel",
        1,
        "stop",
        (None, None),
    ),
    "content-in-parts": (
        [ROLE, delta(content=[{"type": "text", "text": "a"}, {"text": "b"}]), STOP, DONE],
        "ab",
        2,
        "stop",
        (None, None),
    ),
    "thoughts-in-parts": (
        [ROLE, delta(content=[{"type": "thinking", "thinking": []}]), A, STOP, DONE],
        "Hel",
        2,
        "stop",
        (None, None),
    ),
    "usage-empty": ([ROLE, A, STOP, chunk(usage={}), DONE], "Hel", 1, "stop", (None, None)),
    "usage-of-null": (
        [ROLE, A, STOP, chunk(usage={"prompt_tokens": None, "completion_tokens": 2}), DONE],
        "Hel",
        1,
        "stop",
        (None, 2),
    ),
}


@pytest.mark.parametrize(
    ("events", "text", "deltas", "finish", "tokens"),
    [pytest.param(*case, id=name) for name, case in HEALTHY.items()],
)
def test_healthy(
    feed: Feed,
    *,
    events: list[Event],
    text: str,
    deltas: int,
    finish: str,
    tokens: tuple[int | None, int | None],
) -> None:
    fed = feed(Protocol.CHAT, events)
    machine = fed.machine
    assert fed.broken == []
    assert machine.error is None
    assert machine.terminal
    assert (machine.text, machine.text_chars, machine.deltas) == (text, len(text), deltas)
    assert machine.finish_reason == finish
    assert (machine.input_tokens, machine.output_tokens) == tokens


def test_what_each_event_means(feed: Feed) -> None:
    tools = delta(content="", tool_calls=[{"function": {"arguments": "{"}}])
    both = delta(content="a", reasoning="b")
    fed = feed(Protocol.CHAT, [ROLE, A, delta(reasoning="b"), tools, both, STOP, USAGE, DONE])
    assert fed.signals == [
        Signal.PROGRESS,
        Signal.TEXT,
        Signal.DELTA,
        Signal.DELTA,
        Signal.TEXT,
        Signal.PROGRESS,
        Signal.PROGRESS,
        Signal.TERMINAL,
    ]


OTHER_ID = chunk({"index": 0, "delta": {"content": "x"}}, id="c2")

BROKEN = {
    "role_missing": ([A, STOP, DONE], [("role_missing", 0, "warning")]),
    "not_json": ([ROLE, ("message", '{"choices": ['), A, STOP, DONE], [("not_json", 1, "error")]),
    "not_an_object": ([ROLE, ("message", "[1]"), STOP, DONE], [("not_an_object", 1, "error")]),
    "empty-data": ([ROLE, ("message", ""), STOP, DONE], [("not_json", 1, "error")]),
    "wrong_object": (
        [chunk({"delta": {"role": "assistant"}, "finish_reason": "stop"}, object="x"), DONE],
        [("wrong_object", 0, "error")],
    ),
    "wrong_object-of-an-empty-start": (
        [chunk(object="", id=""), ROLE, A, STOP, DONE],
        [("wrong_object", 0, "warning")],
    ),
    "index_invalid": (
        [ROLE, chunk({"index": "0", "delta": {"content": "a"}}), STOP, DONE],
        [("index_invalid", 1, "error")],
    ),
    "finish_reason_error": (
        [ROLE, A, delta("error"), DONE],
        [("finish_reason_error", 2, "error")],
    ),
    "choices_missing": (
        [ROLE, event(id="c1", object="chat.completion.chunk"), STOP, DONE],
        [("choices_missing", 1, "error")],
    ),
    "id_changed": ([ROLE, A, OTHER_ID, STOP, DONE], [("id_changed", 2, "error")]),
    "finish_reason_missing": ([ROLE, A, DONE], [("finish_reason_missing", 2, "error")]),
    "finish_reason_missing-of-one-choice": (
        [ROLE, delta(index=1, role="assistant"), STOP, DONE],
        [("finish_reason_missing", 3, "error")],
    ),
    "finish_reason_repeated": ([ROLE, STOP, STOP, DONE], [("finish_reason_repeated", 2, "error")]),
    "delta_after_finish": ([ROLE, STOP, A, DONE], [("delta_after_finish", 2, "error")]),
    "event_after_end": ([ROLE, A, STOP, DONE, B], [("event_after_end", 4, "error")]),
    "wrong_type-of-a-choice": ([ROLE, A, chunk("a"), STOP, DONE], [("wrong_type", 2, "error")]),
    "wrong_type-of-a-delta": (
        [ROLE, A, chunk({"delta": "lo"}), STOP, DONE],
        [("wrong_type", 2, "error")],
    ),
    "wrong_type-of-a-tool-call": (
        [ROLE, A, delta(tool_calls=["look"]), STOP, DONE],
        [("wrong_type", 2, "error")],
    ),
    "wrong_type-of-arguments": (
        [ROLE, tool(name="look"), tool(arguments={"a": 1}), STOP, DONE],
        [("wrong_type", 2, "error")],
    ),
    "event_after_end-done": ([ROLE, A, STOP, DONE, DONE], [("event_after_end", 4, "error")]),
}


@pytest.mark.parametrize(
    ("events", "broken"), [pytest.param(*case, id=name) for name, case in BROKEN.items()]
)
def test_broken(feed: Feed, events: list[Event], broken: list[tuple[str, int | None, str]]) -> None:
    fed = feed(Protocol.CHAT, events)
    assert fed.broken == broken
    assert fed.machine.error is None


@pytest.mark.parametrize("channel", ["content", "reasoning_content", "reasoning", "refusal"])
@pytest.mark.parametrize("value", [5, True, {}, [], ["a"], [{"text": 5}], {"text": "a"}], ids=repr)
def test_a_delta_that_is_no_text(feed: Feed, channel: str, value: object) -> None:
    odd = chunk({"index": 0, "delta": {channel: value}})
    fed = feed(Protocol.CHAT, [ROLE, A, odd, STOP, DONE])
    assert fed.broken == [("wrong_type", 2, "error")]
    assert fed.machine.deltas == 1


@pytest.mark.parametrize("name", ["prompt_tokens", "completion_tokens", "total_tokens"])
@pytest.mark.parametrize("figure", [-1, "7", True, 0.5, [], 2**63], ids=repr)
def test_a_figure_that_is_no_count_deserves_one_remark(
    feed: Feed, name: str, figure: object
) -> None:
    odd = chunk(usage={"prompt_tokens": 7, "completion_tokens": 2, name: figure})
    fed = feed(Protocol.CHAT, [ROLE, A, odd, odd, STOP, DONE])
    assert fed.broken == [("usage_invalid", 2, "warning")]
    assert fed.machine.violations[0].expected.endswith(name)


@pytest.mark.parametrize("usage", [5, "none", [], False], ids=repr)
def test_a_usage_that_is_no_object_deserves_a_remark(feed: Feed, usage: object) -> None:
    fed = feed(Protocol.CHAT, [ROLE, A, STOP, chunk(usage=usage), DONE])
    assert fed.broken == [("usage_invalid", 3, "warning")]
    assert (fed.machine.input_tokens, fed.machine.output_tokens) == (None, None)


def test_without_done_it_has_not_ended(feed: Feed) -> None:
    fed = feed(Protocol.CHAT, [ROLE, A, STOP])
    assert not fed.machine.terminal
    assert fed.machine.terminal_event == "[DONE]"


FULL = {
    "message": "Too many.",
    "type": "rate_limit_error",
    "code": "rate_limit_exceeded",
    "param": "model",
}


def openai(message: str, **more: str) -> ErrorObject:
    return ErrorObject(shape=Shape.OPENAI, message=message, **more)


ERRORS = {
    "object": (
        event(error=FULL),
        openai("Too many.", type="rate_limit_error", code="rate_limit_exceeded", param="model"),
    ),
    "in-a-chunk": (
        chunk({"delta": {"content": "x"}}, error={"message": "Too many.", "code": 429}),
        openai("Too many."),
    ),
    "text": (event(error="Too many."), openai("Too many.")),
    "number": (event(error=500), openai("no message")),
    "without-message": (
        event(error={"code": "provider_error", "message": None}),
        openai("no message", code="provider_error"),
    ),
    "named-event": (
        ("error", {"error": FULL}),
        openai("Too many.", type="rate_limit_error", code="rate_limit_exceeded", param="model"),
    ),
    "named-event-flat": (
        ("error", {"message": "Too many.", "code": "rate_limit_exceeded"}),
        openai("Too many.", code="rate_limit_exceeded"),
    ),
    "named-event-of-plain-text": (("error", "Bad gateway"), openai("Bad gateway")),
}


@pytest.mark.parametrize(
    ("error", "expected"), [pytest.param(*case, id=name) for name, case in ERRORS.items()]
)
def test_error(feed: Feed, error: Event, expected: ErrorObject) -> None:
    fed = feed(Protocol.CHAT, [ROLE, A, error])
    assert fed.machine.error == expected
    assert fed.signals[-1] is Signal.ERROR
    assert fed.broken == []
    assert fed.machine.text == "Hel"
    assert not fed.machine.terminal


def test_the_first_error_counts_and_excuses_the_missing_end(feed: Feed) -> None:
    fed = feed(Protocol.CHAT, [ROLE, A, event(error="first"), event(error="second"), DONE])
    assert fed.machine.error == openai("first")
    assert fed.broken == []
    assert fed.machine.terminal


@pytest.mark.parametrize("nothing", [None, "", {}, [], False])
def test_an_empty_error_is_none(feed: Feed, nothing: object) -> None:
    fed = feed(Protocol.CHAT, [ROLE, chunk(error=nothing), A, STOP, DONE])
    assert fed.machine.error is None
    assert fed.broken == []
