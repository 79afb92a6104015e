"""The stream test over real sockets: how many, how many at once, held to what, remarked how."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from cmtool.clock import Clock, Deadline
from cmtool.gateway import Gateway
from cmtool.generation import Plan
from cmtool.model import Protocol, Secret, Severity, Violation
from cmtool.pace import UNLIMITED, Gate
from cmtool.protocols import DIALECTS, Prompt
from cmtool.redact import Redactor
from cmtool.retry import Patience
from cmtool.sandbox import Limits, LoggedRequest, Sandbox, key_for
from cmtool.streaming.thresholds import Expectation, Thresholds
from cmtool.streams import Trial, Tried, judged, put
from cmtool.transport import Transport


def expectation(pattern: str) -> Expectation:
    return Expectation(
        pattern=pattern, search=lambda wanted, text: re.search(wanted, text) is not None
    )


FREE = Limits(rpm=10**6, tpm=10**9)
EVERY_PROTOCOL = pytest.mark.parametrize("protocol", Protocol)


@dataclass
class Clockwork:
    """The real clock, moved on by every sleep, which takes no time."""

    ahead_s: float = 0.0
    naps: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead_s

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.ahead_s += seconds
        await asyncio.sleep(0)

    def clock(self) -> Clock:
        return Clock(monotonic=self.monotonic, now=lambda: datetime.now(UTC), sleep=self.sleep)


@asynccontextmanager
async def gateway(
    base_url: str,
    key: str,
    *,
    concurrency: int = UNLIMITED,
    per_minute: int = 60,
    retries: int = 0,
    timeout_s: float = 1e5,
    clockwork: Clockwork | None = None,
) -> AsyncIterator[Gateway]:
    clock = (clockwork or Clockwork()).clock()
    patience = Patience(
        clock=clock,
        deadline=Deadline.after(clock, timeout_s),
        jitter=lambda: 0.0,
        retries=retries,
    )
    async with Transport(monotonic=clock.monotonic, user_agent="t", trust=None) as transport:
        yield Gateway(
            transport=transport,
            patience=patience,
            redactor=Redactor([key]),
            base_url=base_url,
            key=Secret(key),
            gate=Gate(clock, concurrency, per_minute),
        )


def plan(protocol: Protocol = Protocol.CHAT) -> Plan:
    return Plan(
        dialect=DIALECTS[protocol],
        prompt=Prompt(model="z-ai/glm-5", text="Say hello", max_tokens=64, stream=True),
        check=protocol.value,
        idle_s=5.0,
    )


def silent(_: str) -> None:
    """Hear how far a trial has come."""


def most_at_once(log: list[LoggedRequest]) -> int:
    """Give how many requests were open at once, as the server saw it.

    It closes its books a moment after the client has seen the end.
    """
    moments = [(entry.received_at, 1) for entry in log]
    moments += [(entry.received_at + (entry.duration_ms - 3) / 1000, -1) for entry in log]
    most = now = 0
    for _, change in sorted(moments):
        now += change
        most = max(most, now)
    return most


async def tried(
    name: str,
    trial: Trial,
    *,
    sandbox_options: dict[str, object] | None = None,
    **options: object,
) -> tuple[Tried, list[LoggedRequest]]:
    pace: dict[str, object] = {"token_s": 0.0, "reply_tokens": 10, "limits": FREE}
    async with (
        Sandbox(**(pace | (sandbox_options or {}))) as sandbox,  # type: ignore[arg-type]
        gateway(sandbox.base_url, key_for(name), **options) as asked,  # type: ignore[arg-type]
    ):
        return await put(asked, trial, silent), sandbox.log


@EVERY_PROTOCOL
@pytest.mark.parametrize("concurrency", [1, 3])
async def test_never_more_in_flight_than_asked(protocol: Protocol, concurrency: int) -> None:
    found, log = await tried(
        "healthy",
        Trial(plan=plan(protocol), repeat=8),
        concurrency=concurrency,
        sandbox_options={"token_s": 0.002},
    )
    assert [a[-1].result.repetition for a in found.streams] == list(range(1, 9))
    assert found.failed == ()
    assert found.remarks == ()
    assert found.left_out == 0
    assert len(log) == 8
    assert most_at_once(log) == concurrency


async def test_the_probe_of_one_protocol_takes_a_place_from_the_others() -> None:
    pace = {"reply_tokens": 8, "limits": FREE}
    async with (
        Sandbox(**pace) as sandbox,  # type: ignore[arg-type]
        gateway(sandbox.base_url, key_for("buffered"), concurrency=1) as asked,
    ):
        found = await asyncio.gather(
            put(asked, Trial(plan=plan(Protocol.CHAT)), silent),
            put(asked, Trial(plan=plan(Protocol.MESSAGES)), silent),
        )
        assert most_at_once(sandbox.log) == 1
    assert [len(each.probes) for each in found] == [1, 1]


async def test_a_burst_is_remarked_and_looked_at_without_compression() -> None:
    trial = Trial(plan=plan(), repeat=2)
    found, log = await tried("buffered", trial, sandbox_options={"reply_tokens": 8})
    assert found.failed == ()
    (remark,) = found.remarks
    assert remark.id == "stream_buffered"
    assert remark.evidence[0].startswith("All 8 deltas came at once, after ")
    assert "it came at once again" in remark.evidence[1]
    encodings = [entry.headers["accept-encoding"] for entry in log]
    assert len(encodings) == 3
    assert encodings[-1] == "identity"
    assert "identity" not in encodings[:2]
    again = judged(trial, found.streams)  # as in a replay, where nothing can be asked
    assert [(each.id, len(each.evidence)) for each in again.remarks] == [("stream_buffered", 1)]
    assert again.probes == ()


async def test_the_requests_of_a_minute_are_spaced_and_the_wait_is_counted() -> None:
    work = Clockwork()
    async with (
        Sandbox(token_s=0.0, reply_tokens=3, limits=FREE) as sandbox,
        gateway(sandbox.base_url, "cm-sandbox", per_minute=4, clockwork=work) as asked,
    ):
        found = await put(asked, Trial(plan=plan(), repeat=9), silent)
        waited_s = asked.gate.waited_s
    assert found.left_out == 0
    assert found.failed == ()
    assert work.ahead_s >= 119
    assert waited_s == pytest.approx(work.ahead_s, abs=0.5)


async def test_what_the_deadline_leaves_no_time_for_is_left_out() -> None:
    work = Clockwork()
    found, log = await tried(
        "healthy",
        Trial(plan=plan(), repeat=9),
        per_minute=4,
        timeout_s=50.0,
        concurrency=1,
        clockwork=work,
    )
    assert len(found.streams) == len(log) == 4
    assert found.left_out == 5
    assert work.naps == []


async def test_retries_count_as_requests_of_the_minute() -> None:
    work = Clockwork()
    _, log = await tried("flaky", Trial(plan=plan()), per_minute=2, retries=2, clockwork=work)
    assert len(log) == 3
    assert work.ahead_s >= 59


@pytest.mark.parametrize(
    ("name", "retries", "attempts", "identifier"),
    [
        pytest.param("flaky", 2, 3, None, id="recovers"),
        pytest.param("flaky", 1, 2, "model_unavailable", id="not-often-enough"),
        pytest.param("provider-error", 2, 3, "provider_error", id="retryable"),
        pytest.param("insufficient-balance", 2, 1, "insufficient_balance", id="documented-final"),
        pytest.param("disconnected", 2, 3, "stream_disconnected", id="broken-connection"),
        pytest.param("stream-provider-error", 1, 2, "provider_error", id="inside-the-stream"),
        pytest.param("stream-malformed", 2, 1, "stream_malformed", id="broken-rule"),
        pytest.param("stream-empty", 2, 1, "stream_empty", id="empty"),
    ],
)
@EVERY_PROTOCOL
async def test_retries(
    protocol: Protocol, name: str, retries: int, attempts: int, identifier: str | None
) -> None:
    found, log = await tried(name, Trial(plan=plan(protocol)), retries=retries)
    (made,) = found.streams
    assert len(made) == len(log) == attempts
    assert [generation.result.attempt for generation in made] == list(range(1, attempts + 1))
    last = made[-1].finding
    assert (last.id if last else None) == identifier
    assert len(found.failed) == (identifier is not None)
    bodies = {json.dumps(entry.body) for entry in log}
    assert len(bodies) == 1  # each is the same complete request
    ids = [entry.request_id for entry in log]
    assert len(set(ids)) == attempts


async def test_the_text_of_a_failed_attempt_is_joined_to_nothing() -> None:
    found, _ = await tried("disconnected", Trial(plan=plan()), retries=2)
    (made,) = found.streams
    assert len({generation.text for generation in made}) == 1
    assert made[0].result.text_chars == made[-1].result.text_chars == len(made[0].text)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        pytest.param(Thresholds(max_ttft_ms=0.0), "The first text", id="first-text"),
        pytest.param(Thresholds(max_duration_ms=0.0), "The whole stream", id="duration"),
        pytest.param(Thresholds(expect=expectation("^never$")), "does not match", id="expect"),
    ],
)
@EVERY_PROTOCOL
async def test_a_broken_limit_fails_a_stream_that_was_delivered(
    protocol: Protocol, limits: Thresholds, said: str
) -> None:
    found, log = await tried(
        "healthy", Trial(plan=plan(protocol), repeat=2, limits=limits), retries=2
    )
    assert len(log) == 2  # a figure is no reason to ask again
    assert len(found.failed) == 2
    for generation in found.failed:
        assert generation.finding is not None
        assert generation.finding == generation.result.diagnosis
        assert generation.finding.id == "threshold_exceeded"
        assert generation.finding.status == 200
        assert generation.finding.check == protocol.value
        assert said in generation.finding.evidence[0]


async def test_a_failure_stays_what_it_is_whatever_the_limits() -> None:
    limits = Thresholds(max_ttft_ms=0.0, expect=expectation("never"))
    found, _ = await tried("truncated", Trial(plan=plan(), limits=limits))
    (failed,) = found.failed
    assert failed.finding is not None
    assert failed.finding.id == "stream_truncated"


async def test_how_far_the_trial_has_come_is_told_after_every_stream() -> None:
    told: list[str] = []
    async with (
        Sandbox(token_s=0.0, reply_tokens=3, limits=FREE) as sandbox,
        gateway(sandbox.base_url, key_for("truncated"), concurrency=1) as asked,
    ):
        await put(asked, Trial(plan=plan(), repeat=3), told.append)
    assert [re.sub(", about .*", "", each) for each in told] == [
        "1 of 3 streams, 1 failed",
        "2 of 3 streams, 2 failed",
        "3 of 3 streams, 3 failed",
    ]


KEY = "cm-canary+Zx9/Qw8.Er7~Ty6_Ui5"


async def test_no_half_of_a_key_is_quoted_from_the_text() -> None:
    """A quotation that ends inside the key must not show its beginning."""
    delta = {"role": "assistant", "content": "." * 40 + KEY}
    choice = {"index": 0, "delta": delta, "finish_reason": "stop"}
    said = {"id": "c", "object": "chat.completion.chunk", "choices": [choice]}
    body = f"data: {json.dumps(said)}\n\ndata: [DONE]\n\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with gateway(f"http://127.0.0.1:{port}/v1", KEY) as asked:
            limits = Thresholds(expect=expectation("never"))
            found = await put(asked, Trial(plan=plan(), limits=limits), silent)
    (failed,) = found.failed
    assert failed.finding is not None
    assert failed.finding.id == "threshold_exceeded"
    assert "[redacted]" in failed.finding.evidence[0]
    assert "canary" not in repr(failed)


async def test_rules_bent_without_harm_are_remarked_once() -> None:
    found, _ = await tried("healthy", Trial(plan=plan(), repeat=2))
    bent = Violation(
        name="role_missing",
        event=0,
        expected="a role",
        got="none",
        severity=Severity.WARNING,
    )
    streams = [
        [replace(g, result=replace(g.result, violations=(bent,))) for g in attempts]
        for attempts in found.streams
    ]
    (remark,) = judged(Trial(plan=plan(), repeat=2), streams).remarks
    assert remark.id == "stream_remark"
    assert remark.evidence == ("role_missing: expected a role, got none.",)
