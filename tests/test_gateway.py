"""Asking the gateway: attempts, limits, redaction and records, over real sockets."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from cmtool.asking import Ask, Attempt, Reading
from cmtool.clock import Clock, Deadline
from cmtool.documents import read_models
from cmtool.gateway import BODY_LIMIT, SHOWN_BODY, Gateway
from cmtool.model import Exchange, Phase, Secret
from cmtool.redact import Redactor
from cmtool.retry import Patience
from cmtool.sandbox import SCENARIOS, Sandbox, key_for
from cmtool.transport import Answer, Transport

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
KEY = "cm-canary-0123456789"
MODELS = b'{"object": "list", "data": [{"id": "z-ai/glm-5", "object": "model"}]}'
TRACE = "x-request-id: req_cm_1"


@asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[str]:
    """Serve on loopback and give the base URL."""
    tasks: set[asyncio.Task[Any]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
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


class Pauses:
    """Stands for sleeping: notes how long, and goes on at once."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def gateway(
    base_url: str,
    *,
    key: str | None = KEY,
    timeout_s: float = 10.0,
    pauses: Pauses | None = None,
    retries: int = 4,
) -> AsyncIterator[Gateway]:
    clock = Clock(monotonic=time.monotonic, now=lambda: datetime.now(UTC), sleep=pauses or Pauses())
    deadline = Deadline.after(clock, timeout_s)
    async with Transport(monotonic=time.monotonic, user_agent="t", trust=None) as transport:
        yield Gateway(
            transport=transport,
            patience=Patience(clock=clock, deadline=deadline, jitter=lambda: 0.0, retries=retries),
            redactor=Redactor([key] if key else []),
            base_url=base_url,
            key=Secret(key) if key else None,
        )


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(*answers: bytes) -> Talk:
    """Answer one request on each connection, each connection the next answer."""
    left = list(answers)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    return talk


async def models(base_url: str, **more: Any) -> tuple[list[Attempt[Any]], list[Exchange]]:
    async with gateway(base_url, **more) as asked:
        attempts = await asked.get("/models", "auth", read_models, "z-ai/glm-5")
        return attempts, asked.journal


async def models_from(*answers: bytes, **more: Any) -> Attempt[Any]:
    async with serving(answering(*answers)) as base_url:
        attempts, _ = await models(base_url, retries=0, **more)
        return attempts[-1]


# One request


async def test_an_answer_is_read_and_recorded() -> None:
    sent = response(MODELS, TRACE, "x-crossmodel-model: z-ai/glm-5", "x-secret: 1", "server: s")
    attempt = await models_from(sent)
    exchange = attempt.exchange
    assert attempt.finding is None
    assert [model.id for model in attempt.value or ()] == ["z-ai/glm-5"]
    assert (exchange.check, exchange.attempt, exchange.method) == ("auth", 1, "GET")
    assert exchange.url.endswith("/v1/models")
    assert (exchange.status, exchange.failure, exchange.streamed) == (200, None, False)
    assert (exchange.request_id, exchange.served_model) == ("req_cm_1", "z-ai/glm-5")
    assert exchange.model == "z-ai/glm-5"
    assert exchange.headers["server"] == "s"
    assert "x-secret" not in exchange.headers
    assert exchange.body is None
    assert attempt.opening is not None
    assert attempt.answered_at is not None
    assert exchange.sent_at is not None
    assert attempt.answered_at >= exchange.sent_at


async def test_the_moments_of_an_answer_are_in_order() -> None:
    timings = (attempt := await models_from(response(MODELS))).exchange.timings
    assert timings.lookup_ms is not None
    assert timings.connect_ms is not None
    assert timings.headers_ms is not None
    assert timings.first_byte_ms is not None
    assert attempt.exchange.duration_ms is not None
    assert 0 <= timings.headers_ms <= timings.first_byte_ms <= attempt.exchange.duration_ms


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("authorization", {"authorization": f"Bearer {KEY}"}, id="bearer"),
        pytest.param("x-api-key", {"x-api-key": KEY}, id="x-api-key"),
    ],
)
async def test_key_headers(name: str, expected: dict[str, str]) -> None:
    async with gateway("http://127.0.0.1:9/v1") as asked:
        assert asked.key_headers(name) == expected


async def test_without_a_key_none_is_sent() -> None:
    heads = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(response(MODELS))

    async with serving(talk) as base_url:
        await models(base_url, key=None)
    assert b"authorization" not in heads[0].lower()
    assert b"x-api-key" not in heads[0].lower()


# What is wrong with an answer

CUT = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n"
NOT_MODELS = b'{"hello": "world"}'


@pytest.mark.parametrize(
    ("sent", "identifier", "said"),
    [
        pytest.param(
            CUT + b"\r\n" + MODELS, "malformed_response", "announced end", id="cut-short-after-json"
        ),
        pytest.param(
            CUT + b"\r\n" + MODELS[:20], "malformed_response", "announced end", id="cut-short"
        ),
        pytest.param(
            response(MODELS[:-1], TRACE), "malformed_response", "not JSON", id="cut-but-framed"
        ),
        pytest.param(response(b"", TRACE), "malformed_response", "empty", id="empty"),
        pytest.param(
            response(NOT_MODELS, TRACE), "malformed_response", "/models", id="another-document"
        ),
        pytest.param(
            response(b'{"data": ' + b"[" * 9000, TRACE), "malformed_response", "", id="nested"
        ),
        pytest.param(response(b"<html>"), "not_the_gateway", "", id="page"),
        pytest.param(
            response(b"", "Location: https://elsewhere.example/", status="302 Found"),
            "redirected",
            "https://elsewhere.example/",
            id="redirect",
        ),
        pytest.param(
            response(MODELS, "Content-Encoding: gzip"), "malformed_response", "Encoding", id="gzip"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Le", "connection_reset", "before any", id="cut-in-head"
        ),
    ],
)
async def test_what_is_wrong(sent: bytes, identifier: str, said: str) -> None:
    attempt = await models_from(sent)
    assert attempt.finding is not None
    assert attempt.finding.id == identifier
    assert attempt.value is None
    assert attempt.exchange.failure == identifier
    assert said in " ".join(attempt.finding.evidence)
    assert attempt.finding.check == "auth"


async def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    assert (await models_from(response(b"\xef\xbb\xbf" + MODELS))).finding is None


async def test_a_body_is_read_up_to_its_limit() -> None:
    sent = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n" + TRACE.encode() + b"\r\n\r\n[")
        while sent < 64 * BODY_LIMIT:
            writer.write(b"1," * 50_000)
            sent += 100_000
            await writer.drain()

    async with serving(talk) as base_url:
        attempts, _ = await models(base_url, retries=0)
    attempt = attempts[-1]
    assert attempt.finding is not None
    assert attempt.finding.id == "malformed_response"
    assert sent < 32 * BODY_LIMIT
    assert attempt.exchange.body is not None
    assert attempt.exchange.body.startswith("[1,1,")
    assert attempt.exchange.body[SHOWN_BODY:].startswith("… (")


# Limits of time


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def trickling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n{")
    await reader.read()


@pytest.mark.parametrize("talk", [silent, trickling])
async def test_the_deadline_ends_the_wait(talk: Talk) -> None:
    async with serving(talk) as base_url:
        attempts, journal = await models(base_url, timeout_s=0.1)
    (attempt,) = attempts
    assert attempt.finding is not None
    assert attempt.finding.id == "response_timeout"
    assert "before the deadline" in attempt.finding.evidence[0]
    assert journal == [attempt.exchange]
    assert attempt.exchange.duration_ms is not None
    assert 90 < attempt.exchange.duration_ms < 2000


async def test_a_request_has_its_own_limit() -> None:
    ask = Ask(check="auth", path="/models", headers={}, limit_s=0.05)

    async def read(answer: Answer) -> Reading[None]:
        raise AssertionError(answer.status)

    async with serving(silent) as base_url, gateway(base_url) as asked:
        attempt = await asked.attempt(ask, 1, read)
    assert attempt.finding is not None
    assert attempt.finding.id == "response_timeout"
    assert "within 0.05 s" in attempt.finding.evidence[0]


# Attempts


async def test_a_failure_that_passes_is_asked_for_again() -> None:
    unavailable = json.dumps(
        {"error": {"message": "Later.", "type": "api_error", "code": "model_unavailable"}}
    ).encode()
    busy = response(unavailable, TRACE, status="503 Service Unavailable")
    pauses = Pauses()
    async with serving(answering(busy, busy, response(MODELS))) as base_url:
        attempts, journal = await models(base_url, pauses=pauses)
    assert [a.exchange.failure for a in attempts] == ["model_unavailable"] * 2 + [None]
    assert [exchange.attempt for exchange in journal] == [1, 2, 3]
    assert [exchange.status for exchange in journal] == [503, 503, 200]
    assert pauses.seconds == [0.5, 1.0]
    assert journal[0].body == unavailable.decode()


async def test_a_dropped_connection_is_asked_for_again() -> None:
    async with serving(answering(b"", response(MODELS))) as base_url:
        attempts, _ = await models(base_url)
    assert [a.exchange.failure for a in attempts] == ["connection_reset", None]
    assert attempts[0].exchange.status is None
    assert attempts[0].finding is not None
    assert attempts[0].finding.phase is Phase.CONNECT


async def test_retry_after_is_honoured() -> None:
    busy = response(b"", "Retry-After: 3", "Server: nginx", status="503 Service Unavailable")
    pauses = Pauses()
    async with serving(answering(busy, response(MODELS))) as base_url:
        await models(base_url, pauses=pauses)
    assert pauses.seconds == [3.0]


async def test_no_pause_reaches_beyond_the_deadline() -> None:
    busy = response(b"", "Retry-After: 30", status="503 Service Unavailable")
    pauses = Pauses()
    async with serving(answering(busy)) as base_url:
        attempts, _ = await models(base_url, pauses=pauses)
    assert len(attempts) == 1
    assert pauses.seconds == []


# Redaction


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([f'{{"error": "{KEY}"}}'], id="whole"),
        pytest.param(['{"error": "cm-canary-01', '23456789"}'], id="split"),
        pytest.param([*f'{{"error": "Bearer {KEY}"}}'], id="byte-by-byte"),
    ],
)
async def test_a_key_that_comes_back_is_not_kept(pieces: list[str]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = ["HTTP/1.1 400 Bad Request", f"server: {KEY}", f"x-request-id: req_cm_{KEY}"]
        writer.write("\r\n".join([*head, "Transfer-Encoding: chunked", "", ""]).encode())
        for piece in pieces:
            writer.write(f"{len(piece):x}\r\n{piece}\r\n".encode())
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    async with serving(talk) as base_url:
        attempts, journal = await models(base_url)
    assert "canary" not in repr((attempts[0].finding, attempts[0].exchange, journal))
    assert "[redacted]" in (journal[0].body or "")
    assert "[redacted]" in journal[0].headers["server"]


async def test_a_key_at_the_cut_of_a_long_body_is_not_kept() -> None:
    body = b"x" * (SHOWN_BODY - 10) + b" " + KEY.encode() + b"x" * 500
    attempt = await models_from(response(body, TRACE, status="400 Bad Request"))
    assert "canary" not in repr((attempt.exchange, attempt.finding))
    assert "cm-can" not in (attempt.exchange.body or "")


# The sandbox, whose rows declare what they are

ANSWERED = [
    name
    for name, scenario in SCENARIOS.items()
    if scenario.expects and scenario.fault is None and scenario.streams and name != "no-answer"
]


@pytest.mark.parametrize("name", ANSWERED)
async def test_the_model_list_in_each_scenario(name: str) -> None:
    async with Sandbox() as sandbox:
        attempts, _ = await models(sandbox.base_url, key=key_for(name), retries=1)
    finding = attempts[-1].finding
    concerned = any("/v1/models" in rule.where for rule in SCENARIOS[name].rules)
    assert (finding.id if finding else None) == (SCENARIOS[name].expects if concerned else None)
