"""One generation: asked for in one protocol, streamed or in one piece, as often as it may be."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from cmtool.asking import Ask, Attempt, Reading
from cmtool.gateway import SHOWN_BODY, Gateway
from cmtool.model import Finding, StreamResult
from cmtool.protocols import Content, Dialect, Prompt
from cmtool.streaming.following import Follower, Patience
from cmtool.streaming.instead import holds_no_event, in_place_of_a_stream, is_stream
from cmtool.streaming.judging import Ending, Followed, judge, measured
from cmtool.streaming.recording import RECORDED_LIMIT, End, Recorded
from cmtool.streaming.thresholds import IDLE_S
from cmtool.transport import Answer

_HEAD_LIMIT_S = 600.0  # a generation may think long before it answers; the deadline rules

Recorder = Callable[[Recorded], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which generation is wanted.

    ``idle_s`` bounds the silence of the model, not of the wire.  ``identity`` asks for an answer
    that is not compressed; ``recorder`` is given each stream when it is over.
    """

    dialect: Dialect
    prompt: Prompt
    check: str
    idle_s: float = IDLE_S
    repetition: int = 1
    keep_body: bool = False
    identity: bool = False
    recorder: Recorder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What one attempt at a generation came to; ``text`` is the visible text it brought."""

    result: StreamResult
    attempt: Attempt[Any]
    text: str = ""

    @property
    def finding(self) -> Finding | None:
        """What is wrong with it, None when it was delivered whole."""
        return self.attempt.finding

    def failing(self, finding: Finding) -> Generation:
        """Give the same generation with another finding."""
        return dataclasses.replace(
            self,
            result=dataclasses.replace(self.result, diagnosis=finding),
            attempt=dataclasses.replace(self.attempt, finding=finding),
        )


async def stream(gateway: Gateway, plan: Plan) -> list[Generation]:
    """Stream a generation, afresh as often as its failure allows; gives every attempt."""
    ask = _ask(gateway, plan)
    numbers = count(1)
    attempts = await gateway.persist(
        ask, lambda answer: _read_stream(gateway, plan, ask, answer, next(numbers))
    )
    return [
        Generation(
            result=_result(plan, attempt),
            attempt=attempt,
            text=attempt.value.machine.text if attempt.value else "",
        )
        for attempt in attempts
    ]


async def complete(gateway: Gateway, plan: Plan) -> list[Attempt[Content | None]]:
    """Ask for a generation in one piece, as often as its failure allows; gives every attempt."""
    ask = _ask(gateway, plan)

    async def read(answer: Answer) -> Reading[Content | None]:
        return await gateway.read_document(answer, ask, plan.dialect.read)

    return await gateway.persist(ask, read)


def _ask(gateway: Gateway, plan: Plan) -> Ask:
    dialect, prompt = plan.dialect, plan.prompt
    headers = {**dialect.headers(prompt), **gateway.key_headers(dialect.key_header)}
    if plan.identity:
        headers["accept-encoding"] = "identity"
    return Ask(
        check=plan.check,
        path=dialect.path,
        headers=headers,
        method="POST",
        content=dialect.content(prompt),
        protocol=dialect.protocol,
        streamed=prompt.stream,
        model=prompt.model,
        limit_s=_HEAD_LIMIT_S,
        keep_body=plan.keep_body,
    )


async def _read_stream(
    gateway: Gateway, plan: Plan, ask: Ask, answer: Answer, number: int
) -> Reading[Followed | None]:
    evidence = gateway.evidence_of(answer, ask)
    if not is_stream(evidence):
        return await _read_other(gateway, plan, ask, answer, number)
    kept = _Kept(RECORDED_LIMIT if plan.recorder else SHOWN_BODY if plan.keep_body else 0)
    follower = Follower(
        plan.dialect.machine(gateway.redactor.text),
        answer.started_at,
        Patience(
            monotonic=gateway.clock.monotonic,
            remaining_s=gateway.remaining_s,
            idle_s=plan.idle_s,
        ),
        kept.take if kept.limit else None,
    )
    ending = await follower.follow(answer.chunks())
    if plan.recorder is not None:
        left_at = follower.followed.meter.left_at
        plan.recorder(_recorded(gateway, plan, number, answer, kept.tape(ending, left_at)))
    meter = follower.followed.meter
    if not meter.events and holds_no_event(follower.start, ending):
        start = gateway.redactor.text(follower.start.decode("utf-8-sig", "replace"))
        finding = in_place_of_a_stream(dataclasses.replace(evidence, body=start))
        first_byte_ms = meter.ms(meter.first_byte_at)
        return Reading(value=None, finding=finding, body=start, first_byte_ms=first_byte_ms)
    body = kept.text() if plan.keep_body else follower.last_said
    return Reading(
        value=follower.followed,
        finding=judge(follower.followed, ending, evidence, gateway.redactor.scrub),
        body=gateway.redactor.text(body),
        first_byte_ms=meter.ms(meter.first_byte_at),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tape:
    """What came of an answer and when, in monotonic seconds, and how it ended."""

    chunks: list[tuple[float, bytes]]
    end: End = End.CLOSED
    left_at: float | None = None


class _Kept:
    """The bytes of a stream as they came, up to a limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.chunks: list[tuple[float, bytes]] = []
        self._size = 0

    def take(self, arrived_at: float, chunk: bytes) -> None:
        if self._size <= self.limit:
            self.chunks.append((arrived_at, chunk))
        self._size += len(chunk)

    def text(self) -> str:
        return b"".join(chunk for _, chunk in self.chunks).decode("utf-8", "replace")

    def tape(self, ending: Ending | None, left_at: float | None) -> _Tape:
        end = _ENDS.get(ending.identifier, End.CLOSED) if ending else End.CLOSED
        whole = self._size <= self.limit
        return _Tape(chunks=self.chunks, end=end if whole else End.CUT, left_at=left_at)


_ENDS = {
    "stream_disconnected": End.BROKEN,
    "malformed_response": End.UNREADABLE,
    "stream_stalled": End.SILENT,
    "threshold_exceeded": End.DEADLINE,
}


def _recorded(gateway: Gateway, plan: Plan, number: int, answer: Answer, tape: _Tape) -> Recorded:
    def ms(moment: float) -> float:
        return (moment - answer.started_at) * 1000

    now = gateway.clock.monotonic()
    pieces = gateway.redactor.masked([chunk for _, chunk in tape.chunks])
    return Recorded(
        protocol=plan.dialect.protocol,
        model=plan.prompt.model,
        repetition=plan.repetition,
        attempt=number,
        sent_at=gateway.clock.now() - timedelta(milliseconds=ms(now)),
        status=answer.status,
        headers=gateway.shown_headers(answer),
        headers_ms=answer.timings.headers_ms,
        chunks=tuple((ms(at), piece) for (at, _), piece in zip(tape.chunks, pieces, strict=True)),
        end=tape.end,
        end_ms=ms(tape.left_at or now),
    )


async def _read_other(
    gateway: Gateway, plan: Plan, ask: Ask, answer: Answer, number: int
) -> Reading[Followed | None]:
    body = await gateway.read_body(answer, ask, gateway.remaining_s())
    if plan.recorder is not None:
        chunk = (gateway.clock.monotonic(), body.evidence.body.encode("utf-8", "replace"))
        plan.recorder(_recorded(gateway, plan, number, answer, _Tape(chunks=[chunk])))
    finding = body.finding or in_place_of_a_stream(body.evidence)
    return Reading(
        value=None,
        finding=finding,
        body=body.evidence.body,
        first_byte_ms=body.first_byte_ms,
    )


def _result(plan: Plan, attempt: Attempt[Followed | None]) -> StreamResult:
    exchange = attempt.exchange
    result = StreamResult(
        protocol=plan.dialect.protocol,
        model=plan.prompt.model,
        repetition=plan.repetition,
        attempt=exchange.attempt,
        diagnosis=attempt.finding,
        headers_ms=exchange.timings.headers_ms,
        first_byte_ms=exchange.timings.first_byte_ms,
        request_id=exchange.request_id,
        served_model=exchange.served_model,
    )
    return result if attempt.value is None else measured(result, attempt.value)
