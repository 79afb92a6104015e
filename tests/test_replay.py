"""A stream recorded over a real socket comes to the same when it is replayed from its file."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cmtool.clock import Clock, Deadline
from cmtool.gateway import Gateway
from cmtool.generation import Generation, Plan, stream
from cmtool.model import Gaps, Protocol, Secret, StreamResult
from cmtool.protocols import DIALECTS, Prompt
from cmtool.redact import Redactor
from cmtool.replay import replay
from cmtool.retry import Patience
from cmtool.sandbox import SCENARIOS, Sandbox, key_for
from cmtool.sandbox.scenarios import codes, streams
from cmtool.streaming.recording import End, Recorded, head_line, read, stream_lines
from cmtool.transport import Transport

IDLE_S = 0.12
MODEL = "z-ai/glm-5"
# Answers that are no stream, whatever they are called: nothing of theirs is played.
IN_PLACE = {"not-sse", "html-as-stream", "error-as-stream"}
STREAMING = [
    s.name
    for s in (SCENARIOS["healthy"], *streams.BROKEN, *codes.STREAM_CODES, *streams.LAWFUL)
    if s.name not in IN_PLACE
]
FIGURES = (
    "headers_ms",
    "first_byte_ms",
    "first_event_ms",
    "first_delta_ms",
    "ttft_ms",
    "duration_ms",
    "tokens_per_second",
)
HEADERS = {"content-type": "text/event-stream"}


@asynccontextmanager
async def gateway(base_url: str, key: str, timeout_s: float = 10.0) -> AsyncIterator[Gateway]:
    clock = Clock(monotonic=time.monotonic, now=lambda: datetime.now(UTC), sleep=asyncio.sleep)
    patience = Patience(
        clock=clock, deadline=Deadline.after(clock, timeout_s), jitter=lambda: 0.0, retries=0
    )
    async with Transport(monotonic=time.monotonic, user_agent="t", trust=None) as transport:
        yield Gateway(
            transport=transport,
            patience=patience,
            redactor=Redactor([key]),
            base_url=base_url,
            key=Secret(key),
        )


def plan(protocol: Protocol, kept: list[Recorded], idle_s: float = IDLE_S) -> Plan:
    return Plan(
        dialect=DIALECTS[protocol],
        prompt=Prompt(model=MODEL, text="Say hello", max_tokens=64, stream=True),
        check=protocol.value,
        idle_s=idle_s,
        recorder=kept.append,
    )


def through_a_file(kept: list[Recorded]) -> list[Recorded]:
    lines = [head_line("1.2.3")]
    for number, recorded in enumerate(kept):
        lines += stream_lines(number, recorded)
    return read("\n".join(lines).encode())


async def both(protocol: Protocol, name: str) -> tuple[Generation, Generation, list[Recorded]]:
    """Give a stream of a scenario as it was followed live, and as it was replayed."""
    kept: list[Recorded] = []
    timeout_s = 0.3 if name == "endless" else 10.0
    idle_s = IDLE_S if SCENARIOS[name].expects == "stream_stalled" else 5.0  # as it may be slow
    pace: dict[str, Any] = {"token_s": 0.001, "reply_tokens": 8}
    async with (
        Sandbox(**pace) as sandbox,
        gateway(sandbox.base_url, key_for(name), timeout_s) as asked,
    ):
        (live,) = await stream(asked, plan(protocol, kept, idle_s))
    (recorded,) = through_a_file(kept)
    return live, await replay(recorded, idle_s), kept


def same(live: StreamResult, replayed: StreamResult) -> None:
    assert replace(replayed, **untimed(replayed)) == replace(live, **untimed(live))
    for name in FIGURES:
        assert getattr(replayed, name) == pytest.approx(getattr(live, name)), name
    assert replayed.profile == pytest.approx(live.profile, abs=1e-6)
    for name in ("p50", "p90", "p99", "max"):
        expected = getattr(live.gaps, name)
        assert getattr(replayed.gaps, name) == pytest.approx(expected, abs=1e-6), name


def untimed(result: StreamResult) -> dict[str, Any]:
    """Take out what is compared to the rounding of the file."""
    known = dict.fromkeys(FIGURES)
    return known | {"gaps": Gaps(), "profile": (), "diagnosis": None, "model": result.model}


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("name", STREAMING)
async def test_live_and_replayed(protocol: Protocol, name: str) -> None:
    live, replayed, _ = await both(protocol, name)
    if live.finding is None:
        assert replayed.finding is None
    else:
        assert replayed.finding is not None
        assert replayed.finding.id == live.finding.id
        assert replayed.finding.exit_code is live.finding.exit_code
        assert replayed.finding.message == live.finding.message
        assert replayed.finding.status == live.finding.status
        assert len(replayed.finding.evidence) == len(live.finding.evidence)
    same(live.result, replayed.result)
    assert replayed.result.buffered is (name == "buffered")
    assert replayed.text == live.text
    exchange = replayed.attempt.exchange
    assert exchange.request_id == live.attempt.exchange.request_id
    assert exchange.headers == live.attempt.exchange.headers
    assert exchange.failure == live.attempt.exchange.failure
    assert exchange.sent_at is not None
    assert live.attempt.exchange.sent_at is not None
    told = abs((exchange.sent_at - live.attempt.exchange.sent_at).total_seconds())
    assert told < 0.5


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("name", ["html-as-stream", "error-as-stream"])
async def test_live_and_replayed_in_place_of_a_stream(protocol: Protocol, name: str) -> None:
    live, replayed, _ = await both(protocol, name)
    assert live.finding is not None
    assert replayed.finding is not None
    assert replayed.finding.id == live.finding.id


async def test_each_way_to_end_is_kept() -> None:
    ends = {
        "healthy": End.CLOSED,
        "truncated": End.CLOSED,
        "disconnected": End.BROKEN,
        "stalled": End.SILENT,
        "only-pings": End.SILENT,
        "endless": End.DEADLINE,
    }
    for name, end in ends.items():
        _, _, (recorded,) = await both(Protocol.CHAT, name)
        assert recorded.end is end, name
        assert recorded.end_ms is not None
        assert recorded.end_ms >= (recorded.chunks[-1][0] or 0.0)


@pytest.mark.parametrize("protocol", Protocol)
async def test_neither_the_key_nor_a_request_header_is_kept(protocol: Protocol) -> None:
    _, _, kept = await both(protocol, "healthy")
    said = "\n".join(line for recorded in kept for line in stream_lines(0, recorded))
    for word in (key_for("healthy"), "uthorization", "x-api-key", "user-agent", "Say hello"):
        assert word not in said
    assert {"content-type", "x-request-id"} <= set(kept[0].headers)


KEY = "cm-canary-Zx9Qw8+Er7/Ty6Ui5Op4"


@pytest.mark.parametrize("cut", [1, 2, 5, 1000])
async def test_a_key_that_the_server_repeats_in_pieces_is_not_kept(cut: int) -> None:
    """Wherever the chunks are cut, and whether it stands in a header, a comment or the data."""
    said = f': {KEY}\n\ndata: {{"error": "I know {KEY} and Bearer {KEY}"}}\n\n'.encode()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nserver: {KEY}\r\n"
        writer.write(f"{head}x-request-id: {KEY}\r\nconnection: close\r\n\r\n".encode())
        for at in range(0, len(said), cut):
            writer.write(said[at : at + cut])
            await writer.drain()
        writer.close()

    kept: list[Recorded] = []
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with gateway(f"http://127.0.0.1:{port}/v1", KEY) as asked:
            await stream(asked, plan(Protocol.CHAT, kept))
    (recorded,) = kept
    whole = b"".join(chunk for _, chunk in recorded.chunks)
    assert len(whole) == len(said)
    assert whole.startswith(b": " + b"*" * len(KEY))
    for part in ("Zx9Qw8", "Er7", "Ty6Ui5", "Op4"):
        assert part.encode() not in whole
        assert part not in repr(recorded)
    replayed = await replay(through_a_file(kept)[0], IDLE_S)
    assert replayed.finding is not None
    assert replayed.finding.id == "stream_error"


# What a model that takes its time before it begins looks like.


def slow(headers_ms: float, delta_ms: float) -> Recorded:
    choice = {"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    document = {"id": "c", "object": "chat.completion.chunk", "choices": [choice]}
    said = b"data: " + json.dumps(document).encode() + b"\n\ndata: [DONE]\n\n"
    return Recorded(
        protocol=Protocol.CHAT, headers=HEADERS, headers_ms=headers_ms, chunks=((delta_ms, said),)
    )


async def test_silence_counts_from_the_head_of_the_answer_as_it_does_live() -> None:
    assert (await replay(slow(25_000.0, 35_000.0), 30.0)).finding is None
    late = (await replay(slow(1_000.0, 35_000.0), 30.0)).finding
    assert late is not None
    assert late.id == "stream_stalled"


async def test_a_stricter_limit_can_be_tried_on_a_recording() -> None:
    recorded = slow(100.0, 2_000.0)
    assert (await replay(recorded, 3.0)).finding is None
    stricter = (await replay(recorded, 1.0)).finding
    assert stricter is not None
    assert stricter.id == "stream_stalled"


async def test_what_arrived_at_once_is_measured_from_zero() -> None:
    result = (await replay(slow(0.0, 0.0), 1.0)).result
    assert (result.first_byte_ms, result.ttft_ms, result.duration_ms) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("head", [False, True], ids=["bare", "curl-i"])
@pytest.mark.parametrize("protocol", Protocol)
async def test_a_plain_capture_gives_the_verdict_and_the_counts(
    *, protocol: Protocol, head: bool
) -> None:
    live, _, kept = await both(protocol, "healthy")
    body = b"".join(chunk for _, chunk in kept[0].chunks)
    fields = "".join(f"{name}: {value}\r\n" for name, value in kept[0].headers.items())
    content = f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode() + body if head else body
    (captured,) = read(content)
    result = (await replay(captured, IDLE_S)).result
    assert result.protocol is protocol
    assert result.diagnosis is None
    assert result.violations == ()
    for name in ("events", "deltas", "text_chars", "finish_reason", "output_tokens"):
        assert getattr(result, name) == getattr(live.result, name)
    assert [getattr(result, name) for name in FIGURES] == [None] * len(FIGURES)
    assert result.gaps == Gaps()
    assert result.profile == ()
    assert not result.buffered
    assert result.request_id == (live.result.request_id if head else None)


@pytest.mark.parametrize("protocol", Protocol)
async def test_a_capture_that_ends_in_the_middle_is_truncated(protocol: Protocol) -> None:
    _, _, kept = await both(protocol, "truncated")
    body = b"".join(chunk for _, chunk in kept[0].chunks)
    found = (await replay(read(body)[0], IDLE_S)).finding
    assert found is not None
    assert found.id == "stream_truncated"


@pytest.mark.parametrize(
    ("content", "identifier"),
    [
        pytest.param(
            b"HTTP/2 402 \r\ncontent-type: application/json\r\n\r\n"
            b'{"error": {"message": "m", "type": "billing_error", "code": "insufficient_balance"}}',
            "insufficient_balance",
            id="a-documented-error",
        ),
        pytest.param(
            b"HTTP/1.1 502 Bad Gateway\r\nserver: nginx\r\ncontent-type: text/html\r\n\r\n<html>",
            "intermediary_error",
            id="a-page-of-a-proxy",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_cm_1\r\n\r\n"
            b'{"id": "c", "object": "chat.completion", "choices": []}',
            "stream_not_sse",
            id="a-complete-answer",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", "stream_empty", id="nothing"),
    ],
)
async def test_a_captured_answer_that_is_no_stream(content: bytes, identifier: str) -> None:
    (captured,) = read(content, Protocol.CHAT)
    generation = await replay(captured, IDLE_S)
    assert generation.finding is not None
    assert generation.finding.id == identifier
    assert generation.result.diagnosis == generation.finding
    assert generation.attempt.exchange.failure == identifier
