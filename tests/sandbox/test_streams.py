"""Streams: complete in the three protocols, broken and odd as the scenarios declare."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cmtool.catalog import ROWS
from cmtool.sandbox import Sandbox
from tests.sandbox.conftest import Client, Got

CHAT, RESPONSES, MESSAGES = "/v1/chat/completions", "/v1/responses", "/v1/messages"
POSTS = (CHAT, RESPONSES, MESSAGES)
LAWFUL = (
    "healthy",
    "odd-crlf",
    "odd-cr",
    "odd-bom",
    "odd-bytes",
    "odd-comments",
    "odd-content-type",
    "odd-blocks",
    "odd-data-lines",
)


def deltas(path: str, got: Got) -> list[Any]:
    """The deltas of visible text."""
    events = got.documents()
    if path == RESPONSES:
        return [e["delta"] for e in events if e["type"] == "response.output_text.delta"]
    if path == MESSAGES:
        found = [e["delta"] for e in events if e["type"] == "content_block_delta"]
        return [delta["text"] for delta in found if delta["type"] == "text_delta"]
    choices = [choice for e in events for choice in e.get("choices", [])]
    return [c["delta"]["content"] for c in choices if c["delta"].get("content")]


def terminal(path: str, got: Got) -> bool:
    data = got.blocks()[-1]["data"]
    if path == CHAT:
        return data == "[DONE]"
    kind = json.loads(data)["type"]
    return kind in {"response.completed", "response.incomplete", "message_stop"}


def whole_text(path: str, got: Got) -> str:
    """The text of a complete answer."""
    document = got.json()
    if path == CHAT:
        return str(document["choices"][0]["message"]["content"])
    if path == MESSAGES:
        return str(document["content"][0]["text"])
    return str(document["output"][0]["content"][0]["text"])


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("name", LAWFUL)
async def test_lawful_streams_carry_the_text_of_the_complete_answer(
    client: Client, name: str, path: str
) -> None:
    complete = await client.post(path)
    got = await client.post(path, scenario=name, stream=True)
    assert "".join(deltas(path, got)) == whole_text(path, complete)
    assert len(deltas(path, got)) == 24
    assert terminal(path, got)
    assert got.ended
    assert got.headers["x-crossmodel-model"] == "z-ai/glm-5"
    assert got.headers["transfer-encoding"] == "chunked"


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        pytest.param("odd-crlf", b"\r\n\r\n", id="crlf"),
        pytest.param("odd-cr", b"\r\r", id="cr"),
        pytest.param("odd-bom", b"\xef\xbb\xbf", id="bom"),
        pytest.param("odd-comments", b"\n\n: ", id="comments"),
        pytest.param("odd-blocks", b"\n\nid: 7\nretry: 1000\n\n", id="blocks"),
        pytest.param("odd-separators", "\u2028".encode(), id="line-separator"),
        pytest.param("odd-separators", "\u0085".encode(), id="next-line"),
        pytest.param("odd-data-lines", b"{\ndata:", id="data-lines"),
    ],
)
async def test_odd_bytes_are_really_there(client: Client, name: str, inside: bytes) -> None:
    odd = await client.post(CHAT, scenario=name, stream=True)
    plain = await client.post(CHAT, stream=True)
    assert inside in odd.body
    assert inside not in plain.body


async def test_lone_cr_holds_no_line_feed(client: Client) -> None:
    assert b"\n" not in (await client.post(CHAT, scenario="odd-cr", stream=True)).body


async def test_odd_content_type(client: Client) -> None:
    got = await client.post(CHAT, scenario="odd-content-type", stream=True)
    assert got.headers["content-type"] == "Text/Event-Stream; Charset=ISO-8859-1"


async def test_bytes_come_one_at_a_time(client: Client) -> None:
    got = await client.post(CHAT, scenario="odd-bytes", stream=True, body={"max_tokens": 2})
    assert {len(chunk) for chunk in got.chunks} == {1}


@pytest.mark.parametrize("path", POSTS)
async def test_an_event_is_a_chunk(client: Client, path: str) -> None:
    got = await client.post(path, stream=True)
    assert len(got.chunks) == len(got.blocks())


@pytest.mark.parametrize("path", POSTS)
async def test_separators_are_text_and_nothing_else(client: Client, path: str) -> None:
    got = await client.post(path, scenario="odd-separators", stream=True)
    assert "one\u2028line\u0085" in "".join(deltas(path, got))


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("name", "ended"),
    [
        pytest.param("truncated", True, id="truncated"),
        pytest.param("disconnected", False, id="disconnected"),
    ],
)
async def test_streams_that_end_early(client: Client, name: str, path: str, *, ended: bool) -> None:
    got = await client.post(path, scenario=name, stream=True)
    assert len(deltas(path, got)) == 4
    assert not terminal(path, got)
    assert got.ended is ended


@pytest.mark.parametrize("path", POSTS)
async def test_a_short_reply_is_broken_as_well(client: Client, path: str) -> None:
    cap = {"max_completion_tokens": 2, "max_output_tokens": 2, "max_tokens": 2}
    got = await client.post(path, scenario="truncated", stream=True, body=cap)
    assert len(deltas(path, got)) == 2
    assert not terminal(path, got)


@pytest.mark.parametrize("path", POSTS)
async def test_a_stalled_stream_stays_open(client: Client, path: str) -> None:
    got = await client.post(path, scenario="stalled", stream=True, patience_s=0.1)
    assert len(deltas(path, got)) == 4
    assert not got.ended


@pytest.mark.parametrize(
    ("path", "sign"),
    [
        pytest.param(CHAT, b": keep-alive\n\n", id="chat"),
        pytest.param(RESPONSES, b": keep-alive\n\n", id="responses"),
        pytest.param(MESSAGES, b"event: ping\n", id="messages"),
    ],
)
async def test_a_silent_model_with_bytes_that_go_on(client: Client, path: str, sign: bytes) -> None:
    got = await client.post(path, scenario="keepalive-stalled", stream=True, enough=12)
    assert len(deltas(path, got)) == 4
    assert got.body.count(sign) >= 3
    assert not got.ended


@pytest.mark.parametrize("path", POSTS)
async def test_an_empty_life_cycle_is_complete(client: Client, path: str) -> None:
    got = await client.post(path, scenario="stream-empty", stream=True)
    assert deltas(path, got) == []
    kinds = {event.get("type", "chunk") for event in got.documents()}
    assert not kinds & {"content_block_delta", "response.output_text.delta"}
    assert terminal(path, got)


@pytest.mark.parametrize("path", POSTS)
async def test_a_line_that_is_not_json(client: Client, path: str) -> None:
    got = await client.post(path, scenario="stream-malformed", stream=True)
    broken = [b["data"] for b in got.blocks() if b["data"] == '{"choices": [{"delta": ']
    assert len(broken) == 1
    assert terminal(path, got)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("stream-error", "upstream_hiccup", id="undocumented"),
        pytest.param("stream-provider-error", "provider_error", id="provider"),
        pytest.param("stream-model-unavailable", "model_unavailable", id="unavailable"),
        pytest.param("stream-rate-limit-exceeded", "rate_limit_exceeded", id="rate-limit"),
        pytest.param("stream-internal-error", "internal_error", id="internal"),
        pytest.param("stream-insufficient-balance", "insufficient_balance", id="balance"),
    ],
)
async def test_an_error_in_the_protocols_own_form(
    client: Client, name: str, code: str, path: str
) -> None:
    got = await client.post(path, scenario=name, stream=True)
    last, event = got.documents()[-1], got.blocks()[-1].get("event")
    error_type = ROWS[code].type if code in ROWS else "upstream_error"
    assert len(deltas(path, got)) == 4
    if path == CHAT:
        assert event is None
        assert last["error"]["code"] == code
        assert last["error"]["type"] == error_type
    elif path == RESPONSES:
        assert event == last["type"] == "error"
        assert last["code"] == code
        assert last["sequence_number"] == len(got.documents()) - 1
    else:
        assert event == last["type"] == "error"
        assert last["error"]["type"] == error_type


@pytest.mark.parametrize("name", ["stream-error", "response-failed"])
async def test_waiting_takes_no_number(client_of: Callable[[Sandbox], Client], name: str) -> None:
    async def sleep(_seconds: float) -> None:
        pass

    async with Sandbox(token_s=1, sleep=sleep) as running:
        got = await client_of(running).post(RESPONSES, scenario=name, stream=True)
    events = got.documents()
    assert [event["sequence_number"] for event in events] == list(range(len(events)))


async def test_response_failed(client: Client) -> None:
    got = await client.post(RESPONSES, scenario="response-failed", stream=True)
    last = got.documents()[-1]
    assert last["type"] == "response.failed"
    assert last["response"]["status"] == "failed"
    assert last["response"]["error"]["code"] == "upstream_hiccup"


@pytest.mark.parametrize("path", POSTS)
async def test_complete_json_where_a_stream_was_asked_for(client: Client, path: str) -> None:
    got = await client.post(path, scenario="not-sse", stream=True)
    assert got.headers["content-type"] == "application/json"
    assert whole_text(path, got)


@pytest.mark.parametrize("path", POSTS)
async def test_a_buffered_stream_comes_in_one_burst(client: Client, path: str) -> None:
    got = await client.post(path, scenario="buffered", stream=True, body={"max_tokens": 2})
    assert len(got.chunks) == 1
    assert terminal(path, got)


@pytest.mark.parametrize("path", POSTS)
async def test_reasoning_comes_before_the_text(client: Client, path: str) -> None:
    got = await client.post(path, scenario="reasoning", stream=True)
    first = {
        CHAT: b'"reasoning_content"',
        RESPONSES: b"response.reasoning_summary_text.delta",
        MESSAGES: b'"thinking_delta"',
    }[path]
    text = {CHAT: b'"content":"The"', RESPONSES: b"output_text", MESSAGES: b"text_delta"}[path]
    assert 0 < got.body.index(first) < got.body.index(text)
    assert len(deltas(path, got)) == 24


@pytest.mark.parametrize(
    ("path", "sign", "end"),
    [
        pytest.param(CHAT, b'"tool_calls"', b'"finish_reason":"tool_calls"', id="chat"),
        pytest.param(
            RESPONSES, b"response.function_call_arguments.delta", b"completed", id="responses"
        ),
        pytest.param(MESSAGES, b"input_json_delta", b'"stop_reason":"tool_use"', id="messages"),
    ],
)
async def test_a_tool_call_only(client: Client, path: str, sign: bytes, end: bytes) -> None:
    got = await client.post(path, scenario="tool-call", stream=True)
    assert sign in got.body
    assert end in got.body
    assert deltas(path, got) == []


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize(
    ("path", "cap", "sign"),
    [
        pytest.param(CHAT, "max_completion_tokens", b'"finish_reason":"length"', id="chat"),
        pytest.param(CHAT, "max_tokens", b'"finish_reason":"length"', id="chat-legacy"),
        pytest.param(
            RESPONSES, "max_output_tokens", b'"reason":"max_output_tokens"', id="responses"
        ),
        pytest.param(MESSAGES, "max_tokens", b'"stop_reason":"max_tokens"', id="messages"),
    ],
)
async def test_the_cap_cuts_the_reply(
    client: Client, path: str, cap: str, sign: bytes, *, stream: bool
) -> None:
    got = await client.post(path, stream=stream, body={cap: 3})
    assert sign in got.body
    if stream:
        assert len(deltas(path, got)) == 3


async def test_usage_chunk_only_when_asked_for(client: Client) -> None:
    without = await client.post(CHAT, stream=True)
    asked = {"stream_options": {"include_usage": True}}
    got = await client.post(CHAT, stream=True, body=asked)
    assert b"usage" not in without.body
    assert got.documents()[-1]["choices"] == []
    assert got.documents()[-1]["usage"]["completion_tokens"] == 24


async def test_responses_events_are_numbered_without_a_gap(client: Client) -> None:
    events = (await client.post(RESPONSES, stream=True)).documents()
    assert [e["sequence_number"] for e in events] == list(range(len(events)))
    assert events[-1]["response"]["usage"]["output_tokens"] == 24


async def test_the_first_token_waits_and_the_others_in_turn(
    client_of: Callable[[Sandbox], Client],
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async with Sandbox(
        delay_s=0.7, first_token_s=0.5, token_s=0.25, reply_tokens=3, sleep=sleep
    ) as running:
        await client_of(running).post(CHAT, stream=True)
        await client_of(running).post(CHAT, stream=True, scenario="slow")
    assert waited == [0.7, 0.5, 0.25, 0.25] * 2


async def test_slow_waits_by_itself(client_of: Callable[[Sandbox], Client]) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async with Sandbox(token_s=0, reply_tokens=3, sleep=sleep) as running:
        await client_of(running).post(CHAT, stream=True, scenario="slow")
        await client_of(running).get("/v1/models", scenario="slow")
    assert waited == [0.3, 0.5, 0.3]
