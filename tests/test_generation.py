"""Generations, streamed and whole, over real sockets: judged, measured, limited, never leaking."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from cmtool.catalog import ROWS
from cmtool.catalog.readings import TIME_UP
from cmtool.clock import Clock, Deadline
from cmtool.gateway import Gateway
from cmtool.generation import Generation, Plan, complete, stream
from cmtool.model import Phase, Protocol, Secret, StreamResult
from cmtool.protocols import DIALECTS, Prompt
from cmtool.redact import Redactor
from cmtool.retry import Patience
from cmtool.sandbox import SCENARIOS, Sandbox, key_for
from cmtool.transport import Transport

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
KEY = "cm-canary-0123456789"
MODEL = "z-ai/glm-5"
HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req_cm_1\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
EVERY_PROTOCOL = pytest.mark.parametrize("protocol", Protocol)


async def at_once(_: float) -> None:
    """Stand for sleeping between attempts."""


@asynccontextmanager
async def gateway(
    base_url: str,
    key: str = KEY,
    *,
    timeout_s: float = 10.0,
    retries: int = 0,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Gateway]:
    clock = Clock(monotonic=monotonic, now=lambda: datetime.now(UTC), sleep=at_once)
    deadline = Deadline.after(clock, timeout_s)
    async with Transport(monotonic=monotonic, user_agent="t", trust=None) as transport:
        yield Gateway(
            transport=transport,
            patience=Patience(clock=clock, deadline=deadline, jitter=lambda: 0.0, retries=retries),
            redactor=Redactor([key]),
            base_url=base_url,
            key=Secret(key),
        )


def plan(
    protocol: Protocol = Protocol.CHAT,
    *,
    streamed: bool = True,
    max_tokens: int = 64,
    idle_s: float = 5.0,
    keep_body: bool = False,
) -> Plan:
    prompt = Prompt(model=MODEL, text="Say hello", max_tokens=max_tokens, stream=streamed)
    return Plan(
        dialect=DIALECTS[protocol],
        prompt=prompt,
        check=protocol.value,
        idle_s=idle_s,
        keep_body=keep_body,
    )


@asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[str]:
    """Read a request on each connection, then ``talk``; gives the base URL."""
    tasks: set[asyncio.Task[Any]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.split(b"content-length:")[1].split()[0]))
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def piece(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def chunk(text: str = "", finish: str | None = None, **delta: str) -> bytes:
    fields = {"content": text, **delta} if text or delta else {}
    choice = {"index": 0, "delta": fields, "finish_reason": finish}
    document = {"id": "c1", "object": "chat.completion.chunk", "choices": [choice]}
    return b"data: " + json.dumps(document).encode() + b"\n\n"


ROLE, DONE = chunk(role="assistant"), b"data: [DONE]\n\n"
WHOLE = (ROLE, chunk("Hel"), chunk("lo"), chunk(finish="stop"), DONE)


def sending(*pieces: bytes, end: bytes = b"0\r\n\r\n", head: bytes = HEAD) -> Talk:
    """Send a stream, a piece after the other, and its end."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for data in pieces:
            writer.write(piece(data))
            await writer.drain()
        writer.write(end)

    return talk


def forever(*start: bytes, every: bytes = b"", pause_s: float = 0.01) -> Talk:
    """Send a start and then the same again and again, or nothing more, and never end."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"".join(map(piece, start)))
        while every:
            writer.write(piece(every))
            await asyncio.sleep(pause_s)
        await reader.read()

    return talk


async def streamed(talk: Talk, wanted: Plan | None = None, **more: Any) -> Generation:
    async with serving(talk) as base_url, gateway(base_url, **more) as asked:
        return (await stream(asked, wanted or plan()))[-1]


def found(generation: Generation) -> str | None:
    return generation.finding.id if generation.finding else None


def said(generation: Generation) -> str:
    return " ".join(generation.finding.evidence) if generation.finding else ""


# Every scenario of the sandbox that concerns a generation

POSTED = [
    (name, protocol)
    for name, scenario in SCENARIOS.items()
    if name != "no-answer" and not scenario.pace.delay_s
    for protocol in Protocol
]
# Where the row tells what the first request of a run shows, and a stream shows another side of it.
ASIDE: dict[str, str] = {"malformed": "stream_not_sse", "empty-200": "stream_not_sse"}
# What is broken in some protocols only, as the titles of the rows say.
WHOLE_IN: dict[str, set[Protocol]] = {
    "stream-unopened": {Protocol.CHAT},
    "stream-unfinished": {Protocol.RESPONSES},
    "sequence-gap": {Protocol.CHAT, Protocol.MESSAGES},
}
FAMILIES = {400: "invalid_request_error", 401: "authentication_error", 402: "billing_error"}


def expected_of(name: str, protocol: Protocol) -> set[str | None]:
    """What the scenario's row declares for a generation; the Messages shape carries no code."""
    scenario = SCENARIOS[name]
    path = "/v1/chat/completions" if protocol is Protocol.CHAT else f"/v1/{protocol.value}"
    changed = scenario.fault is not None or not scenario.streams or scenario.speech.silent
    if name == "wallet-runs-dry":
        return {None, scenario.expects, "billing_error"}  # one of the three comes too late
    if protocol in WHOLE_IN.get(name, ()):
        return {None}
    if not changed and not any(path in r.where and r.times is None for r in scenario.rules):
        return {None}  # a fault of another place, or one that passes
    if name in ASIDE or protocol is not Protocol.MESSAGES or scenario.expects is None:
        return {ASIDE.get(name, scenario.expects)}
    row = ROWS[scenario.expects]
    families = {FAMILIES.get(status, "api_error") for status in row.statuses}
    return {scenario.expects, *families} if row.documented else {scenario.expects}


@pytest.fixture(scope="module")
def judged() -> dict[tuple[str, Protocol], Generation]:
    """One generation for each scenario and protocol, some at the same time."""
    some = asyncio.Semaphore(12)

    async def one(base_url: str, name: str, protocol: Protocol) -> Generation:
        expects = SCENARIOS[name].expects
        idle_s = 0.3 if expects == "stream_stalled" else 5.0
        timeout_s = 1.0 if expects in {"response_timeout", "threshold_exceeded"} else 10.0
        key, retries = key_for(name), 2 if "recovered" in SCENARIOS[name].warns else 0
        async with some, gateway(base_url, key, timeout_s=timeout_s, retries=retries) as asked:
            return (await stream(asked, plan(protocol, idle_s=idle_s)))[-1]

    async def everything() -> dict[tuple[str, Protocol], Generation]:
        async with Sandbox(token_s=0) as sandbox:
            got = await asyncio.gather(*(one(sandbox.base_url, *case) for case in POSTED))
        return dict(zip(POSTED, got, strict=True))

    return asyncio.run(everything())


@pytest.mark.parametrize(("name", "protocol"), POSTED)
def test_scenario(
    judged: dict[tuple[str, Protocol], Generation], name: str, protocol: Protocol
) -> None:
    generation = judged[name, protocol]
    assert found(generation) in expected_of(name, protocol)
    assert generation.result.diagnosis == generation.finding
    assert generation.result.ok == (generation.finding is None)
    assert in_order(generation.result)
    assert f"Bearer {key_for(name)}" not in repr(generation)
    if generation.result.ok:
        assert generation.result.deltas > 0


def in_order(result: StreamResult) -> bool:
    """Whether the moments that there are come in their order."""
    moments = [
        result.headers_ms,
        result.first_byte_ms,
        result.first_event_ms,
        result.first_delta_ms,
        result.ttft_ms,
        result.duration_ms,
    ]
    there = [moment for moment in moments if moment is not None]
    return there == sorted(there) and all(moment >= 0 for moment in there)


@EVERY_PROTOCOL
async def test_a_healthy_stream_is_measured(protocol: Protocol) -> None:
    async with (
        Sandbox(token_s=0.001, first_token_s=0.02) as sandbox,
        gateway(sandbox.base_url, "cm-sandbox") as asked,
    ):
        (generation,) = await stream(asked, plan(protocol))
    result = generation.result
    assert None not in (result.first_byte_ms, result.first_event_ms, result.duration_ms)
    assert result.headers_ms is not None
    assert result.ttft_ms is not None
    assert in_order(result)
    assert result.ttft_ms >= 20
    assert result.ttft_ms == result.first_delta_ms
    assert result.deltas == 24
    assert result.events > 24
    assert result.text_chars == len(generation.text) > 0
    gaps = result.gaps
    assert gaps.p50 is not None
    assert gaps.p90 is not None
    assert gaps.p99 is not None
    assert gaps.max is not None
    assert 0 < gaps.p50 <= gaps.p90 <= gaps.p99 <= gaps.max
    assert result.output_tokens == 24
    assert result.input_tokens is not None
    assert result.tokens_per_second is not None
    assert 0 < result.tokens_per_second < 24_000
    assert (result.request_id or "").startswith("req_cm_")
    assert result.served_model == MODEL
    assert not result.buffered
    exchange = generation.attempt.exchange
    assert (exchange.streamed, exchange.protocol, exchange.body) == (True, protocol, None)


async def test_reasoning_is_a_delta_and_no_text() -> None:
    async with (
        Sandbox(token_s=0.001) as sandbox,
        gateway(sandbox.base_url, key_for("reasoning")) as asked,
    ):
        (generation,) = await stream(asked, plan())
    result = generation.result
    assert result.first_delta_ms is not None
    assert result.ttft_ms is not None
    assert result.first_delta_ms < result.ttft_ms


@EVERY_PROTOCOL
async def test_the_cap_is_no_failure(protocol: Protocol) -> None:
    async with Sandbox(token_s=0) as sandbox, gateway(sandbox.base_url, "cm-sandbox") as asked:
        (generation,) = await stream(asked, plan(protocol, max_tokens=2))
    assert generation.finding is None
    assert generation.result.deltas == 2
    assert generation.result.finish_reason in {"length", "max_output_tokens", "max_tokens"}


async def test_a_burst_is_told_from_a_stream() -> None:
    async with (
        Sandbox(token_s=0) as sandbox,
        gateway(sandbox.base_url, key_for("buffered")) as asked,
    ):
        (generation,) = await stream(asked, plan())
    assert generation.finding is None
    assert generation.result.buffered


# Attempts


@EVERY_PROTOCOL
async def test_a_retry_is_a_fresh_request(protocol: Protocol) -> None:
    async with (
        Sandbox(token_s=0) as sandbox,
        gateway(sandbox.base_url, key_for("flaky"), retries=4) as asked,
    ):
        generations = await stream(asked, plan(protocol))
        journal = asked.journal
    assert [found(generation) for generation in generations] == ["model_unavailable"] * 2 + [None]
    assert [generation.result.attempt for generation in generations] == [1, 2, 3]
    assert [exchange.status for exchange in journal] == [503, 503, 200]
    assert [generation.text == "" for generation in generations] == [True, True, False]
    assert len({exchange.request_id for exchange in journal}) == 3


async def test_the_text_of_a_broken_stream_is_never_joined_to_the_next() -> None:
    streams = [
        sending(ROLE, chunk("lost "), b'data: {"error": {"message": "x", "code": "db_error"}}\n\n'),
        sending(*WHOLE),
    ]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await streams.pop(0)(reader, writer)

    async with serving(talk) as base_url, gateway(base_url, retries=4) as asked:
        generations = await stream(asked, plan())
    assert [(found(g), g.text) for g in generations] == [("db_error", "lost "), (None, "Hello")]
    assert generations[0].finding is not None
    assert generations[0].finding.phase is Phase.STREAM
    assert generations[0].finding.status == 200
    assert "1 delta with 5 characters" in said(generations[0])
    assert [g.result.deltas for g in generations] == [1, 2]


# How a stream may end

BROKEN_JSON = b'data: {"choices": \n\n'
UNKNOWN_ERROR = b'data: {"error": {"message": "Hiccup.", "code": "upstream_hiccup"}}\n\n'

ENDS = {
    "whole": (sending(*WHOLE), None),
    "no-last-chunk": (sending(*WHOLE, end=b""), None),
    "reset-after-the-end": (sending(*WHOLE, end=b"no hex\r\n"), None),
    "no-done": (sending(*WHOLE[:-1]), "stream_truncated"),
    "unfinished-done": (sending(*WHOLE[:-1], b"data: [DONE]\n"), "stream_truncated"),
    "no-done-no-last-chunk": (sending(*WHOLE[:-1], end=b""), "stream_disconnected"),
    "bad-chunk": (sending(ROLE, end=b"no hex\r\n"), "stream_disconnected"),
    "nothing": (sending(), "stream_empty"),
    "comments-only": (sending(b": hello\n\n"), "stream_empty"),
    "no-deltas": (sending(ROLE, chunk(finish="stop"), DONE), "stream_empty"),
    "no-deltas-at-the-cap": (sending(ROLE, chunk(finish="length"), DONE), None),
    "not-json": (sending(ROLE, BROKEN_JSON, *WHOLE[1:]), "stream_malformed"),
    "no-finish-reason": (sending(ROLE, chunk("a"), DONE), "stream_malformed"),
    "behind-done": (sending(*WHOLE, chunk("a")), "stream_malformed"),
    "a-warning-only": (sending(*WHOLE[1:]), None),
    "unknown-error": (sending(ROLE, UNKNOWN_ERROR), "stream_error"),
    "error-then-cut": (sending(ROLE, UNKNOWN_ERROR, end=b""), "stream_error"),
    "error-then-done": (sending(ROLE, UNKNOWN_ERROR, DONE), "stream_error"),
    "event-too-long": (sending(b"data: " + b"x" * 1_100_000 + b"\n\n", DONE), "stream_malformed"),
    "two-in-one-piece": (sending(b"".join(WHOLE)), None),
    "byte-by-byte": (sending(*(bytes([byte]) for byte in b"".join(WHOLE))), None),
}


@pytest.mark.parametrize(
    ("talk", "identifier"), [pytest.param(*case, id=name) for name, case in ENDS.items()]
)
async def test_end(talk: Talk, identifier: str | None) -> None:
    generation = await streamed(talk)
    assert found(generation) == identifier
    assert in_order(generation.result)
    if generation.finding is not None:
        assert generation.finding.phase is Phase.STREAM
        assert generation.finding.status == 200
        assert generation.attempt.exchange.failure == identifier


async def test_a_broken_rule_is_named() -> None:
    generation = await streamed(sending(ROLE, BROKEN_JSON, *WHOLE[1:]))
    assert "Event 1 broke a rule (not_json)" in said(generation)
    assert [v.name for v in generation.result.violations] == ["not_json"]


SSE_HEAD = b"HTTP/1.1 200 OK\r\nx-request-id: req_cm_1\r\n"
ERROR = b'{"error": {"message": "Empty.", "type": "billing_error", "code": "insufficient_balance"}}'


@pytest.mark.parametrize(
    ("kind", "body", "identifier"),
    [
        pytest.param("application/json", b'{"choices": []}', "stream_not_sse", id="json"),
        pytest.param("application/json", ERROR, "insufficient_balance", id="error-in-200"),
        pytest.param("text/plain", b"".join(WHOLE), "stream_not_sse", id="events-as-text"),
        pytest.param("text/html", b"<html>", "stream_not_sse", id="traced-page"),
        pytest.param("Text/Event-Stream; Charset=x", b"".join(WHOLE), None, id="capitals"),
    ],
)
async def test_an_answer_of_another_type(kind: str, body: bytes, identifier: str | None) -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = SSE_HEAD + f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        writer.write(head + body)

    assert found(await streamed(talk)) == identifier


@pytest.mark.parametrize(
    ("body", "identifier"),
    [
        pytest.param(ERROR, "insufficient_balance", id="error"),
        pytest.param(b'{"choices": []}', "stream_not_sse", id="json"),
        pytest.param(b"<html>\n<p>data: none</p>", "stream_not_sse", id="page"),
        pytest.param(b"<" + b"x" * 1_100_000, "stream_not_sse", id="long-line"),
        pytest.param(b"retry: 1000\n\n", "stream_empty", id="fields-without-data"),
        pytest.param(b"\xef\xbb\xbf: hello", "stream_empty", id="comment"),
        pytest.param(b"\n\n", "stream_empty", id="blank-lines"),
    ],
)
async def test_what_only_calls_itself_a_stream(body: bytes, identifier: str) -> None:
    generation = await streamed(sending(body))
    assert found(generation) == identifier
    came = body.decode("utf-8-sig").strip()
    assert (generation.attempt.exchange.body or "")[:9] == came[:9]


async def test_a_page_that_is_not_the_gateway_s() -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>Sign in to Wi-Fi")

    assert found(await streamed(talk)) == "not_the_gateway"


# Clocks


@pytest.mark.parametrize(
    ("talk", "protocol", "alive"),
    [
        pytest.param(forever(ROLE, chunk("a")), Protocol.CHAT, True, id="silence"),
        pytest.param(
            forever(ROLE, chunk("a"), every=b": alive\n\n"), Protocol.CHAT, True, id="comments"
        ),
        pytest.param(forever(every=b":\n"), Protocol.CHAT, True, id="comments-from-the-start"),
        pytest.param(
            forever(every=b"event: ping\ndata: {}\n\n"), Protocol.MESSAGES, True, id="pings"
        ),
        pytest.param(forever(every=b"x"), Protocol.CHAT, False, id="bytes-of-one-line"),
        pytest.param(forever(), Protocol.CHAT, False, id="nothing-at-all"),
    ],
)
async def test_what_is_no_progress_does_not_feed_the_idle_clock(
    talk: Talk, protocol: Protocol, *, alive: bool
) -> None:
    start = time.monotonic()
    generation = await streamed(talk, plan(protocol, idle_s=0.15))
    assert found(generation) == "stream_stalled"
    assert 0.14 < time.monotonic() - start < 3
    assert ("stayed open" in said(generation)) == alive


async def test_progress_feeds_the_idle_clock() -> None:
    start = time.monotonic()
    talk = forever(ROLE, every=chunk("a"), pause_s=0.02)
    generation = await streamed(talk, plan(idle_s=0.15), timeout_s=0.6)
    assert found(generation) == "threshold_exceeded"
    assert generation.finding is not None
    assert generation.finding.title == TIME_UP.title
    assert "after the last event of the model" in said(generation)
    assert 0.55 < time.monotonic() - start < 3
    assert generation.result.deltas > 5


async def test_the_deadline_ends_a_stream_that_is_silent_too() -> None:
    generation = await streamed(forever(ROLE), plan(idle_s=0.2), timeout_s=0.1)
    assert found(generation) == "stream_stalled"
    assert "and then the deadline came" in said(generation)


async def test_the_deadline_covers_the_head() -> None:
    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    assert found(await streamed(talk, timeout_s=0.1)) == "response_timeout"


async def test_a_stream_that_stays_open_behind_its_end_is_whole() -> None:
    start = time.monotonic()
    assert found(await streamed(forever(*WHOLE))) is None
    assert time.monotonic() - start < 3


async def test_an_error_ends_a_stream_that_stays_open() -> None:
    assert found(await streamed(forever(ROLE, UNKNOWN_ERROR, every=b":\n"))) == "stream_error"


# What is kept, and what is not


@pytest.mark.parametrize(
    "split", [pytest.param(False, id="whole"), pytest.param(True, id="byte-by-byte")]
)
@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize(
    "events",
    [
        pytest.param([f'data: {{"error": {{"message": "{KEY}"}}}}\n\n'], id="error"),
        pytest.param([f"data: Bearer {KEY}\n\n"], id="not-json"),
        pytest.param([f'data: {{"object": "{KEY}"}}\n\n'], id="violation"),
    ],
)
async def test_a_key_that_comes_back_is_not_kept(
    events: list[str], *, keep: bool, split: bool
) -> None:
    raw = "".join(events).encode()
    pieces = [bytes([byte]) for byte in raw] if split else [raw]
    generation = await streamed(sending(*pieces), plan(keep_body=keep))
    assert generation.finding is not None
    assert "canary" not in repr((generation.attempt.exchange, generation.finding))
    assert "canary" not in repr(generation.result)
    assert "[redacted]" in (generation.attempt.exchange.body or "")


async def test_the_stream_is_kept_on_demand() -> None:
    generation = await streamed(sending(*WHOLE), plan(keep_body=True))
    assert generation.attempt.exchange.body == b"".join(WHOLE).decode()


async def test_a_long_stream_is_kept_up_to_a_limit() -> None:
    generation = await streamed(
        sending(ROLE, *[chunk("x" * 1000)] * 200, *WHOLE[1:]), plan(keep_body=True)
    )
    assert generation.result.text_chars == 200_005
    assert 4000 < len(generation.attempt.exchange.body or "") < 4100


# In one piece


@EVERY_PROTOCOL
async def test_complete(protocol: Protocol) -> None:
    async with Sandbox(token_s=0) as sandbox, gateway(sandbox.base_url, "cm-sandbox") as asked:
        (attempt,) = await complete(asked, plan(protocol, streamed=False))
    assert attempt.finding is None
    assert attempt.value is not None
    assert attempt.value.text
    assert attempt.value.output_tokens == 24
    assert not attempt.exchange.streamed


@EVERY_PROTOCOL
@pytest.mark.parametrize("name", ["malformed", "empty-200"])
async def test_complete_but_broken(name: str, protocol: Protocol) -> None:
    async with Sandbox(token_s=0) as sandbox, gateway(sandbox.base_url, key_for(name)) as asked:
        (attempt,) = await complete(asked, plan(protocol, streamed=False))
    assert attempt.finding is not None
    assert attempt.finding.id == "malformed_response"
    assert attempt.value is None
