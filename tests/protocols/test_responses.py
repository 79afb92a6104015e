"""Responses streams: whole ones, broken ones, and errors in every form."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.catalog import Shape
from cmtool.classify import ErrorObject
from cmtool.model import Protocol
from cmtool.protocols import Signal
from cmtool.protocols.joined import Joined
from tests.protocols.conftest import Feed

Event: TypeAlias = tuple[str, Any]
DONE: Event = ("message", "[DONE]")
RESPONSE = {"id": "r1", "usage": {"input_tokens": 7, "output_tokens": 2}}


def event(kind: str, **fields: Any) -> Event:
    return f"response.{kind}", {"type": f"response.{kind}", **fields}


def numbered(*events: Event, start: int = 0) -> list[Event]:
    """The same events with their ``sequence_number``, where they are events at all."""
    return [
        (name, {**data, "sequence_number": number} if isinstance(data, dict) else data)
        for number, (name, data) in enumerate(events, start)
    ]


def item_added(index: int = 0) -> Event:
    return event("output_item.added", output_index=index)


def item_done(index: int = 0) -> Event:
    return event("output_item.done", output_index=index)


def part_added(index: int = 0, part: int = 0) -> Event:
    return event("content_part.added", output_index=index, content_index=part)


def part_done(index: int = 0, part: int = 0) -> Event:
    return event("content_part.done", output_index=index, content_index=part)


def text(delta: str, index: int = 0, part: int = 0) -> Event:
    return event("output_text.delta", output_index=index, content_index=part, delta=delta)


def ended(whole: object, index: int = 0, part: int = 0) -> Event:
    return event("output_text.done", output_index=index, content_index=part, text=whole)


def named(identifier: str, index: int = 0) -> Event:
    return event("output_item.added", output_index=index, item={"id": identifier})


def by(identifier: str, told: Event) -> Event:
    """The same event with the ID of its item."""
    return told[0], {**told[1], "item_id": identifier}


def completed(*texts: str, kind: str = "completed") -> Event:
    """The end, with a message of one part for each text."""
    parts = [{"type": "output_text", "text": each} for each in texts]
    items = [{"type": "message", "content": [part]} for part in parts]
    return event(kind, response={"output": items})


CREATED = event("created", response={"id": "r1"})
COMPLETED = event("completed", response=RESPONSE)
OPEN, CLOSE = (item_added(), part_added()), (part_done(), item_done())
ANSWER = (*OPEN, text("Hel"), text("lo"), *CLOSE)

HEALTHY = {
    "plain": (numbered(CREATED, *ANSWER, COMPLETED), "Hello", 2, "completed", (7, 2)),
    "done-behind": (numbered(CREATED, *ANSWER, COMPLETED, DONE), "Hello", 2, "completed", (7, 2)),
    "numbered-from-one": (
        numbered(CREATED, *ANSWER, COMPLETED, start=1),
        "Hello",
        2,
        "completed",
        (7, 2),
    ),
    "incomplete": (
        numbered(
            CREATED,
            *OPEN,
            text("Hel"),
            event("incomplete", response={"incomplete_details": {"reason": "max_output_tokens"}}),
        ),
        "Hel",
        1,
        "max_output_tokens",
        (None, None),
    ),
    "incomplete-without-reason": (
        numbered(
            CREATED, *ANSWER, event("incomplete", response={"incomplete_details": None, "id": "r"})
        ),
        "Hello",
        2,
        "incomplete",
        (None, None),
    ),
    "reasoning-summary": (
        numbered(
            CREATED,
            item_added(),
            event("reasoning_summary_text.delta", output_index=0, summary_index=0, delta="hm"),
            item_done(),
            item_added(1),
            part_added(1),
            text("Hi", 1),
            part_done(1),
            item_done(1),
            COMPLETED,
        ),
        "Hi",
        2,
        "completed",
        (7, 2),
    ),
    "reasoning-text": (
        numbered(
            CREATED,
            *OPEN,
            event("reasoning_text.delta", output_index=0, content_index=0, delta="hm"),
            *CLOSE,
            COMPLETED,
        ),
        "",
        1,
        "completed",
        (7, 2),
    ),
    "tool-call": (
        numbered(
            CREATED,
            item_added(),
            event("function_call_arguments.delta", output_index=0, delta="{"),
            event("function_call_arguments.done", output_index=0, arguments="{"),
            item_done(),
            COMPLETED,
        ),
        "",
        1,
        "completed",
        (7, 2),
    ),
    "refusal": (
        numbered(
            CREATED,
            *OPEN,
            event("refusal.delta", output_index=0, content_index=0, delta="No."),
            *CLOSE,
            COMPLETED,
        ),
        "",
        1,
        "completed",
        (7, 2),
    ),
    "parallel-items": (
        numbered(
            CREATED,
            item_added(),
            part_added(),
            item_added(1),
            part_added(1),
            text("b", 1),
            text("a"),
            part_done(1),
            item_done(1),
            *CLOSE,
            COMPLETED,
        ),
        "ba",
        2,
        "completed",
        (7, 2),
    ),
    "two-parts": (
        numbered(
            CREATED,
            *OPEN,
            part_added(0, 1),
            text("a"),
            text("b", 0, 1),
            part_done(0, 1),
            *CLOSE,
            COMPLETED,
        ),
        "ab",
        2,
        "completed",
        (7, 2),
    ),
    "unnamed-events": (
        [("message", data) for _, data in numbered(CREATED, *ANSWER, COMPLETED)],
        "Hello",
        2,
        "completed",
        (7, 2),
    ),
    "types-in-the-event-line-only": (
        [
            (name, {k: v for k, v in data.items() if k != "type"})
            for name, data in numbered(CREATED, *ANSWER, COMPLETED)
        ],
        "Hello",
        2,
        "completed",
        (7, 2),
    ),
    "unknown-events": (
        numbered(
            CREATED,
            event("in_progress"),
            event("web_search_call.searching", output_index=0),
            *ANSWER,
            COMPLETED,
        ),
        "Hello",
        2,
        "completed",
        (7, 2),
    ),
    "empty-deltas": (
        numbered(CREATED, *OPEN, text(""), text("Hi"), *CLOSE, COMPLETED),
        "Hi",
        1,
        "completed",
        (7, 2),
    ),
}


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
    fed = feed(Protocol.RESPONSES, events)
    machine = fed.machine
    assert fed.broken == []
    assert machine.error is None
    assert machine.terminal
    assert (machine.text, machine.text_chars, machine.deltas) == (visible, len(visible), deltas)
    assert machine.finish_reason == finish
    assert (machine.input_tokens, machine.output_tokens) == tokens


def test_what_each_event_means(feed: Feed) -> None:
    reasoning = event("reasoning_summary_text.delta", output_index=0, delta="hm")
    events = numbered(CREATED, *OPEN, reasoning, text("a"), text(""), *CLOSE, COMPLETED, DONE)
    assert feed(Protocol.RESPONSES, events).signals == [
        *[Signal.PROGRESS] * 3,
        Signal.DELTA,
        Signal.TEXT,
        Signal.KEEP_ALIVE,
        *[Signal.PROGRESS] * 2,
        Signal.TERMINAL,
        Signal.KEEP_ALIVE,
    ]


def renumbered(*numbers: int | None) -> list[Event]:
    """A whole stream with these sequence numbers at its start, the right ones behind."""
    events = numbered(CREATED, *ANSWER, COMPLETED)
    for (_, data), number in zip(events, numbers, strict=False):
        if number is None:
            del data["sequence_number"]
        else:
            data["sequence_number"] = number
    return events


BROKEN = {
    "created_missing": (numbered(*ANSWER, COMPLETED), [("created_missing", 0, "error")]),
    "created_repeated": (
        numbered(CREATED, CREATED, *ANSWER, COMPLETED),
        [("created_repeated", 1, "error")],
    ),
    "event_name_differs": (
        [
            ("response.done", data) if at == 3 else (name, data)
            for at, (name, data) in enumerate(numbered(CREATED, *ANSWER, COMPLETED))
        ],
        [("event_name_differs", 3, "warning")],
    ),
    "sequence_missing": (renumbered(None), [("sequence_missing", 0, "warning")]),
    "sequence_missing-later": (renumbered(0, 1, None), [("sequence_missing", 2, "warning")]),
    "sequence_regression": (
        renumbered(0, 1, 0),
        [("sequence_regression", 2, "error"), ("sequence_gap", 3, "warning")],
    ),
    "sequence_repeated": (
        renumbered(0, 1, 1),
        [("sequence_regression", 2, "error"), ("sequence_gap", 3, "warning")],
    ),
    "sequence_gap": (
        renumbered(0, 1, 5),
        [("sequence_gap", 2, "warning"), ("sequence_regression", 3, "error")],
    ),
    "sequence_gap-alone": (
        [
            (name, data | {"sequence_number": 2 * data["sequence_number"] if at < 2 else 9 + at})
            for at, (name, data) in enumerate(numbered(CREATED, *ANSWER, COMPLETED))
        ],
        [("sequence_gap", 1, "warning"), ("sequence_gap", 2, "warning")],
    ),
    "sequence_missing-of-another-type": (
        [
            (name, data | {"sequence_number": str(data["sequence_number"])})
            for name, data in numbered(CREATED)
        ],
        [("sequence_missing", 0, "warning")],
    ),
    "index_invalid": (
        numbered(CREATED, *OPEN, event("output_text.done", output_index="0"), *CLOSE, COMPLETED),
        [("index_invalid", 3, "error")],
    ),
    "index_invalid-beyond-all-measure": (
        numbered(CREATED, *OPEN, text("a", part=10**6), *CLOSE, COMPLETED),
        [("index_invalid", 3, "error")],
    ),
    "part_reopened": (
        numbered(CREATED, *OPEN, text("a"), part_done(), part_added(), *CLOSE, COMPLETED),
        [("part_reopened", 5, "error")],
    ),
    "item_id_differs": (
        numbered(
            CREATED,
            named("i1"),
            part_added(),
            *(by(i, text("a")) for i in "xyz"),
            *CLOSE,
            COMPLETED,
        ),
        [("item_id_differs", 3, "warning")],
    ),
    "item_id_differs-at-the-end": (
        numbered(
            CREATED,
            named("i1"),
            part_added(),
            by("i1", text("a")),
            part_done(),
            event("output_item.done", output_index=0, item={"id": "i2"}),
            COMPLETED,
        ),
        [("item_id_differs", 5, "warning")],
    ),
    "done_repeated": (
        numbered(CREATED, *OPEN, text("a"), ended("a"), ended("a"), *CLOSE, COMPLETED),
        [("done_repeated", 5, "warning")],
    ),
    "wrong_type-of-the-whole": (
        numbered(CREATED, *OPEN, text("a"), ended(5), *CLOSE, COMPLETED),
        [("wrong_type", 4, "error")],
    ),
    "usage_invalid": (
        numbered(CREATED, *ANSWER, event("completed", response={"usage": {"input_tokens": -7}})),
        [("usage_invalid", 7, "warning")],
    ),
    "item_opened_twice": (
        numbered(CREATED, item_added(), *ANSWER, COMPLETED),
        [("item_opened_twice", 2, "error")],
    ),
    "item_never_opened": (
        numbered(CREATED, *ANSWER, item_done(), COMPLETED),
        [("item_never_opened", 7, "error")],
    ),
    "item_left_open": (
        numbered(CREATED, *OPEN, text("a"), part_done(), COMPLETED),
        [("item_left_open", 5, "error")],
    ),
    "part_opened_twice": (
        numbered(CREATED, *OPEN, part_added(), text("a"), *CLOSE, COMPLETED),
        [("part_opened_twice", 3, "error")],
    ),
    "part_never_opened": (
        numbered(CREATED, *OPEN, text("a"), part_done(), *CLOSE, COMPLETED),
        [("part_never_opened", 5, "error")],
    ),
    "part_left_open": (
        numbered(CREATED, *OPEN, text("a"), item_done(), COMPLETED),
        [("part_left_open", 4, "error")],
    ),
    "part_outside_item": (
        numbered(CREATED, part_added(), text("a"), part_done(), COMPLETED),
        [("part_outside_item", 1, "error"), ("delta_outside_item", 2, "error")],
    ),
    "delta_outside_part": (
        numbered(CREATED, item_added(), text("a"), item_done(), COMPLETED),
        [("delta_outside_part", 2, "error")],
    ),
    "delta_outside_part-of-another-index": (
        numbered(CREATED, *OPEN, text("a", 0, 1), *CLOSE, COMPLETED),
        [("delta_outside_part", 3, "error")],
    ),
    "delta_outside_item": (
        numbered(CREATED, event("function_call_arguments.delta", delta="{"), COMPLETED),
        [("delta_outside_item", 1, "error")],
    ),
    "item_reopened": (
        numbered(CREATED, *ANSWER, *ANSWER, COMPLETED),
        [("item_reopened", 7, "error")],
    ),
    "status_differs": (
        numbered(
            CREATED, *ANSWER, event("completed", response=RESPONSE | {"status": "incomplete"})
        ),
        [("status_differs", 7, "warning")],
    ),
    "response_missing": (
        numbered(CREATED, *ANSWER, event("completed")),
        [("response_missing", 7, "warning")],
    ),
    "event_after_end": (
        numbered(CREATED, *ANSWER, COMPLETED, event("in_progress")),
        [("event_after_end", 8, "error")],
    ),
    "event_after_end-two-ends": (
        numbered(CREATED, *ANSWER, COMPLETED, event("incomplete")),
        [("event_after_end", 8, "error")],
    ),
    "done_before_end": (
        numbered(CREATED, *ANSWER, DONE),
        [("done_before_end", 7, "warning")],
    ),
    "not_json": (numbered(CREATED, ("message", "{"), start=0), [("not_json", 1, "error")]),
    "not_an_object": (numbered(CREATED, ("message", '"a"')), [("not_an_object", 1, "error")]),
}


# The deltas of a text, and all that tells it once more as a whole.
WHOLE = {
    "as-it-was-fed": ([text("Hel"), text("lo"), ended("Hello"), *CLOSE, completed("Hello")], []),
    "blanks-at-the-ends": (
        [text("\n Hel"), text("lo "), text(" "), ended("Hello"), *CLOSE, completed(" Hello\n")],
        [],
    ),
    "blanks-alone": ([text(" "), ended(""), *CLOSE, completed()], []),
    "blanks-within": (
        [text("Hel "), text(" lo"), ended("Hel lo"), *CLOSE, COMPLETED],
        [("text_differs", 5, "error")],
    ),
    "a-character-in-two-deltas": ([text("\ud83d"), text("\ude42"), ended("🙂"), *CLOSE], []),
    "lost": (
        [text("Hel"), ended("Hello"), *CLOSE, completed("Hello")],
        [("text_differs", 4, "error")],
    ),
    "doubled": (
        [text("Hel"), text("Hel"), text("lo"), ended("Hello"), *CLOSE, completed("Hello")],
        [("text_differs", 6, "error")],
    ),
    "exchanged": (
        [text("lo"), text("Hel"), ended("Hello"), *CLOSE, COMPLETED],
        [("text_differs", 5, "error")],
    ),
    "never-fed": ([ended("Hello"), *CLOSE, COMPLETED], [("text_differs", 3, "error")]),
    "whole-text-missing": ([text("a"), event("output_text.done"), *CLOSE, COMPLETED], []),
    "part-tells": (
        [
            text("Hel"),
            event("content_part.done", part={"type": "output_text", "text": "Hello"}),
            item_done(),
            completed("Hello"),
        ],
        [("text_differs", 4, "error")],
    ),
    "part-says-nothing": (
        [
            text("Hel"),
            event("content_part.done", part={"type": "output_text", "text": ""}),
            item_done(),
            COMPLETED,
        ],
        [],
    ),
    "item-tells": (
        [
            text("Hel"),
            part_done(),
            event(
                "output_item.done",
                item={"type": "message", "content": [{"type": "output_text", "text": "Hello"}]},
            ),
            completed("Hello"),
        ],
        [("text_differs", 5, "error")],
    ),
    "response-tells": (
        [text("Hel"), *CLOSE, completed("Hello")],
        [("text_differs", 6, "error")],
    ),
    "response-tells-though-incomplete": (
        [text("Hel"), *CLOSE, completed("Hello", kind="incomplete")],
        [("text_differs", 6, "error")],
    ),
    "response-tells-another-than-done": (
        [text("Hel"), ended("Hel"), *CLOSE, completed("Hello")],
        [("text_differs", 7, "error")],
    ),
    "response-tells-one-text-more": (
        [text("Hel"), *CLOSE, completed("Hel", "lo")],
        [("text_differs", 6, "error")],
    ),
    "response-has-no-text": (
        [text("Hel"), ended("Hel"), *CLOSE, completed()],
        [("output_missing", 7, "warning")],
    ),
    "response-incomplete-without-its-text": (
        [text("Hel"), ended("Hel"), *CLOSE, completed(kind="incomplete")],
        [],
    ),
    "two-items-fed-at-once": (
        [
            item_added(1),
            part_added(1),
            text("b", 1),
            text("a"),
            *CLOSE,
            part_done(1),
            item_done(1),
            completed("a", "b"),
        ],
        [],
    ),
    "items-and-parts-fed-in-another-order": (
        [
            item_added(2),
            part_added(2),
            text("d", 2),
            item_added(1),
            part_added(1),
            part_added(1, 1),
            text("c", 1, 1),
            text("b", 1),
            part_done(2),
            item_done(2),
            part_done(1, 1),
            part_done(1),
            item_done(1),
            text("a"),
            *CLOSE,
            completed("a", "b", "c", "d"),
        ],
        [],
    ),
    "delta_after_done": (
        [text("Hel"), ended("Hel"), text("lo"), *CLOSE, COMPLETED],
        [("delta_after_done", 5, "error")],
    ),
}


@pytest.mark.parametrize(
    ("events", "broken"), [pytest.param(*case, id=name) for name, case in WHOLE.items()]
)
def test_the_whole_text(
    feed: Feed, events: list[Event], broken: list[tuple[str, int | None, str]]
) -> None:
    assert feed(Protocol.RESPONSES, numbered(CREATED, *OPEN, *events)).broken == broken


CHANNELS = [
    pytest.param("refusal", "refusal", {"content_index": 0}, id="refusal"),
    pytest.param("reasoning_text", "text", {"content_index": 0}, id="reasoning"),
    pytest.param("reasoning_summary_text", "text", {"summary_index": 1}, id="summary"),
    pytest.param("function_call_arguments", "arguments", {}, id="function"),
    pytest.param("mcp_call_arguments", "arguments", {}, id="mcp"),
    pytest.param("custom_tool_call_input", "input", {}, id="custom"),
    pytest.param("code_interpreter_call_code", "code", {}, id="code"),
]


@pytest.mark.parametrize(("channel", "field", "place"), CHANNELS)
def test_every_channel_ends_with_its_text(
    feed: Feed, channel: str, field: str, place: dict[str, int]
) -> None:
    fed, lost = (event(f"{channel}.delta", delta=d, **place) for d in ("Hel", "lo"))
    end = event(f"{channel}.done", **{field: "Hello"}, **place)
    cases: list[tuple[list[Event], list[tuple[str, int, str]]]] = [
        ([fed, lost, end], []),
        ([fed, end], [("text_differs", 4, "error")]),
        ([fed, lost, end, lost], [("delta_after_done", 6, "error")]),
    ]
    for events, broken in cases:
        stream = numbered(CREATED, *OPEN, *events, *CLOSE, COMPLETED)
        assert feed(Protocol.RESPONSES, stream).broken == broken


@pytest.mark.parametrize(
    ("channel", "item"),
    [
        pytest.param(
            "reasoning_summary_text",
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hello"}]},
            id="summary",
        ),
        pytest.param(
            "function_call_arguments",
            {"type": "function_call", "arguments": "Hello"},
            id="function",
        ),
    ],
)
def test_an_item_tells_the_texts_that_are_no_parts(
    feed: Feed, channel: str, item: dict[str, Any]
) -> None:
    fed = event(f"{channel}.delta", delta="Hel")
    end = event("output_item.done", item=item)
    broken = feed(Protocol.RESPONSES, numbered(CREATED, item_added(), fed, end, COMPLETED)).broken
    assert broken == [("text_differs", 3, "error")]


def test_a_part_of_a_summary_tells_its_text(feed: Feed) -> None:
    fed = event("reasoning_summary_text.delta", delta="Hel", summary_index=0)
    part = {"type": "summary_text", "text": "Hello"}
    end = event("reasoning_summary_part.done", part=part, summary_index=0)
    stream = numbered(CREATED, item_added(), fed, end, item_done(), COMPLETED)
    assert feed(Protocol.RESPONSES, stream).broken == [("text_differs", 3, "error")]


def test_a_difference_is_told_in_characters(feed: Feed) -> None:
    stream = numbered(CREATED, *OPEN, text("H"), ended("Hello"))
    (violation,) = feed(Protocol.RESPONSES, stream).machine.violations
    assert violation.expected == "the text of the deltas, 1 character"
    assert violation.got == "another text of 5 characters in response.output_text.done"


@pytest.mark.parametrize("value", [5, True, {}, [], None], ids=repr)
@pytest.mark.parametrize("channel", ["output_text", "function_call_arguments"])
def test_a_delta_that_is_no_text(feed: Feed, channel: str, value: object) -> None:
    odd = event(f"{channel}.delta", delta=value)
    fed = feed(Protocol.RESPONSES, numbered(CREATED, *OPEN, odd, *CLOSE, COMPLETED))
    assert fed.broken == [("wrong_type", 3, "error")]
    assert fed.machine.deltas == 0


def test_a_channel_that_nobody_documents_may_hold_what_it_likes(feed: Feed) -> None:
    values: tuple[Any, ...] = ({}, 5, "glad")
    deltas = [event("mood.delta", delta=value) for value in values]
    fed = feed(Protocol.RESPONSES, numbered(CREATED, *OPEN, *deltas, *CLOSE, COMPLETED))
    assert fed.broken == []
    assert fed.machine.deltas == 1


PIECES = st.lists(st.text(alphabet="a \n🙂\ud83d", max_size=4), max_size=8)


@given(pieces=PIECES, whole=st.text(alphabet="a \n🙂", max_size=8))
def test_joined_pieces_are_their_text_and_no_other(pieces: list[str], whole: str) -> None:
    joined, bare = Joined(), "".join(pieces).strip()
    for piece in pieces:
        joined.add(piece)
    assert joined.is_text(f" {bare}\n")
    assert joined.is_text(whole) == (whole.strip() == bare)
    assert joined.blank == (not bare)


@pytest.mark.parametrize(
    ("events", "broken"), [pytest.param(*case, id=name) for name, case in BROKEN.items()]
)
def test_broken(feed: Feed, events: list[Event], broken: list[tuple[str, int | None, str]]) -> None:
    fed = feed(Protocol.RESPONSES, events)
    assert fed.broken == broken
    assert fed.machine.error is None


def test_done_alone_does_not_end_it(feed: Feed) -> None:
    assert not feed(Protocol.RESPONSES, numbered(CREATED, *ANSWER, DONE)).machine.terminal


def openai(message: str, **more: str) -> ErrorObject:
    return ErrorObject(shape=Shape.OPENAI, message=message, **more)


FLAT = {"type": "error", "code": "rate_limit_exceeded", "message": "Too many.", "param": None}
NESTED = {"code": "rate_limit_exceeded", "type": "rate_limit_error", "message": "Too many."}
FULL = openai("Too many.", code="rate_limit_exceeded", type="rate_limit_error")
BARE = openai("Too many.", code="rate_limit_exceeded")

ERRORS = {
    "flat": (("error", FLAT), BARE),
    "flat-unnamed": (("message", FLAT), BARE),
    "flat-with-its-own-type": (("error", NESTED), FULL),
    "flat-untyped": (("error", {"message": "Too many."}), openai("Too many.")),
    "nested": (("error", {"type": "error", "error": NESTED}), FULL),
    "nested-untyped": (("error", {"error": NESTED}), FULL),
    "nested-unnamed": (("message", {"error": NESTED}), FULL),
    "nested-of-null-type": (("message", {"type": None, "error": NESTED}), FULL),
    "text": (("error", {"error": "Too many."}), openai("Too many.")),
    "plain-text": (("error", "Bad gateway"), openai("Bad gateway")),
    "without-message": (("error", {"type": "error"}), openai("no message")),
}


@pytest.mark.parametrize(
    ("error", "expected"), [pytest.param(*case, id=name) for name, case in ERRORS.items()]
)
def test_error(feed: Feed, error: Event, expected: ErrorObject) -> None:
    fed = feed(Protocol.RESPONSES, [*numbered(CREATED, *OPEN, text("Hel")), error])
    assert fed.machine.error == expected
    assert fed.signals[-1] is Signal.ERROR
    assert fed.broken == []
    assert fed.machine.text == "Hel"
    assert not fed.machine.terminal


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        pytest.param({"error": NESTED}, FULL, id="object"),
        pytest.param(
            {"error": {"code": "server_error", "message": "Oh."}},
            openai("Oh.", code="server_error"),
            id="undocumented-code",
        ),
        pytest.param({"error": None, "status": "failed"}, openai("no message"), id="null"),
        pytest.param(None, openai("no message"), id="no-response"),
    ],
)
def test_failed(feed: Feed, response: object, expected: ErrorObject) -> None:
    fed = feed(Protocol.RESPONSES, numbered(CREATED, event("failed", response=response)))
    assert fed.machine.error == expected
    assert fed.signals[-1] is Signal.ERROR
    assert fed.machine.terminal
    assert fed.broken == []


def test_the_error_field_of_an_event_that_has_a_type_is_no_error(feed: Feed) -> None:
    odd = event("in_progress", error="nothing")
    fed = feed(Protocol.RESPONSES, numbered(CREATED, odd, *ANSWER, COMPLETED))
    assert fed.machine.error is None
    assert fed.broken == []
