"""What holds for every stream machine: nothing that a server says can break or flood it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.model import Protocol
from cmtool.protocols import DIALECTS, Signal
from cmtool.protocols.base import (
    QUOTE_LIMIT,
    TEXT_LIMIT,
    VIOLATION_LIMIT,
    described,
    reported,
)
from tests.protocols.conftest import Feed

KINDS = (
    *("message_start", "content_block_start", "content_block_delta", "content_block_stop"),
    *("message_delta", "message_stop", "ping", "error", "text_delta", "input_json_delta"),
    *("response.created", "response.output_item.added", "response.output_item.done"),
    *("response.content_part.added", "response.content_part.done", "response.output_text.delta"),
    *("response.output_text.done", "response.function_call_arguments.done", "output_text"),
    *("response.completed", "response.incomplete", "response.failed", "message", ""),
)
FIELDS = (
    *("type", "error", "choices", "delta", "content", "role", "finish_reason", "usage", "index"),
    *("tool_calls", "function", "arguments", "reasoning", "refusal", "id", "object", "message"),
    *("code", "param", "response", "sequence_number", "output_index", "content_index", "text"),
    *("stop_reason", "incomplete_details", "reason", "input_tokens", "output_tokens"),
    *("prompt_tokens", "completion_tokens", "content_block", "partial_json", "thinking"),
    *("item", "item_id", "part", "output", "summary_index"),
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from((*KINDS, "chat.completion.chunk", "stop"))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5)
    ),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6)
EVERY_PROTOCOL = pytest.mark.parametrize("protocol", Protocol)


@st.composite
def typed(draw: st.DrawFn) -> dict[str, Any]:
    return {**draw(DOCUMENTS), "type": draw(st.sampled_from(KINDS))}


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        (DOCUMENTS | typed()).map(json.dumps) | st.just("[DONE]") | st.text(max_size=8),
    ),
    max_size=12,
)


@EVERY_PROTOCOL
@settings(deadline=None)
@given(events=EVENTS)
def test_no_stream_can_break_it(protocol: Protocol, events: list[tuple[str, str]]) -> None:
    machine = DIALECTS[protocol].machine(str)
    signals = [machine.feed(name, data) for name, data in events]
    machine.finish()
    deltas = sum(signal in {Signal.TEXT, Signal.DELTA} for signal in signals)
    assert machine.deltas >= deltas
    assert machine.text_chars == len(machine.text)
    assert (Signal.ERROR in signals) == (machine.error is not None)
    assert Signal.TERMINAL not in signals or machine.terminal
    for violation in machine.violations:
        assert violation.event in range(len(events))


@EVERY_PROTOCOL
@given(document=VALUES)
def test_no_reply_can_break_its_reader(protocol: Protocol, document: object) -> None:
    content = DIALECTS[protocol].read(document)
    assert content is None or isinstance(content.text, str)


@EVERY_PROTOCOL
@pytest.mark.parametrize("field", ["object", "id", "error", "choices", "type", "delta", "usage"])
def test_nesting_cannot_break_it(protocol: Protocol, field: str) -> None:
    for depth in (5, *range(880, 1000), 100_000):  # around the interpreter's limit above all
        nested = "[" * depth + "]" * depth
        machine = DIALECTS[protocol].machine(str)
        assert machine.feed("message", f'{{"{field}": {nested}}}') in Signal


@EVERY_PROTOCOL
def test_a_number_too_long_to_read_is_not_json(protocol: Protocol) -> None:
    machine = DIALECTS[protocol].machine(str)
    machine.feed("message", '{"index": ' + "9" * 5000 + "}")
    assert [v.name for v in machine.violations] == ["not_json"]


@EVERY_PROTOCOL
def test_violations_do_not_pile_up(protocol: Protocol, feed: Feed) -> None:
    fed = feed(protocol, [("message", "{")] * (VIOLATION_LIMIT + 20))
    assert len(fed.machine.violations) == VIOLATION_LIMIT


def test_no_flood_of_remarks_hides_an_error(feed: Feed) -> None:
    misnamed = [("odd", {"type": "message_delta"})] * (VIOLATION_LIMIT + 20)
    start = ("message_start", {"type": "message_start"})
    broken = feed(Protocol.MESSAGES, [start, *misnamed, start]).broken
    assert broken[0] == ("event_name_differs", 1, "warning")
    assert broken[VIOLATION_LIMIT:] == [("message_start_repeated", VIOLATION_LIMIT + 21, "error")]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param(True, "true", id="bool"),
        pytest.param(-5, "-5", id="number"),
        pytest.param(0.5, "0.5", id="fraction"),
        pytest.param("12", '"12"', id="text"),
        pytest.param([[]], "a list", id="list"),
        pytest.param({"a": 1}, "an object", id="object"),
    ],
)
def test_described(value: object, said: str) -> None:
    assert described(value) == said


def test_what_the_server_said_is_made_safe_and_short_before_it_is_quoted() -> None:
    machine = DIALECTS[Protocol.CHAT].machine(lambda said: said.replace("secret", "***"))
    machine.feed("message", '{"secret": ' + "x" * 500)
    (violation,) = machine.violations
    assert violation.got.startswith('{"***": xxx')
    assert violation.got[QUOTE_LIMIT:].startswith("… (")
    assert len(violation.got) < QUOTE_LIMIT + 40


@pytest.mark.parametrize("size", [1000, TEXT_LIMIT + 5])
def test_the_text_is_kept_up_to_its_limit_and_counted_beyond(feed: Feed, size: int) -> None:
    pieces = 2 * TEXT_LIMIT // size + 2
    chunk = {"choices": [{"delta": {"role": "assistant", "content": "x" * size}}]}
    machine = feed(Protocol.CHAT, [("message", chunk)] * pieces).machine
    assert machine.text == "x" * TEXT_LIMIT
    assert machine.text_chars == size * pieces


@pytest.mark.parametrize(
    ("figure", "before", "after"),
    [
        pytest.param(None, None, None, id="never"),
        pytest.param(0, None, 0, id="zero"),
        pytest.param(None, 3, 3, id="silence-behind"),
        pytest.param(0, 3, 3, id="zero-behind"),
        pytest.param(4, 3, 4, id="later"),
        pytest.param(2, 3, 2, id="smaller"),
    ],
)
def test_reported(figure: int | None, before: int | None, after: int | None) -> None:
    assert reported(figure, before) == after
