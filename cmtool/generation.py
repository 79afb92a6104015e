"""One generation: asked for in one protocol, followed to its end, measured and judged.

A stream is healthy when it ended with its terminal event, carried some delta and broke no rule;
anything else is a failed generation (https://www.crossmodel.ai/docs/guides/streaming).
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from cmtool import catalog
from cmtool.classify import Evidence, classify, from_error
from cmtool.faults import TransportError
from cmtool.gateway import SHOWN_BODY, Ask, Attempt, Gateway, Reading
from cmtool.meter import Meter
from cmtool.model import Finding, Phase, Severity, StreamResult
from cmtool.protocols import Content, Dialect, Prompt, Signal, StreamMachine
from cmtool.sse import EventDecoder, EventTooLongError
from cmtool.transport import Answer

DEFAULT_PROMPT = "Reply with the single word: pong"
DEFAULT_MAX_TOKENS = 16
IDLE_S = 30.0
_AFTER_END_S = 0.5  # how long a stream may take to close behind its terminal event
_NOTABLE_SILENCE_S = 5.0  # at the deadline, less than that is a stream that goes on
_HEAD_LIMIT_S = 600.0  # a generation may think long before it answers; the deadline rules
_CAPPED = frozenset({"length", "max_output_tokens", "max_tokens"})
_MOVED_ON = frozenset({Signal.TEXT, Signal.DELTA, Signal.PROGRESS, Signal.TERMINAL, Signal.ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which generation is wanted.  ``idle_s`` bounds the silence of the model, not of the wire."""

    dialect: Dialect
    prompt: Prompt
    check: str
    idle_s: float = IDLE_S
    repetition: int = 1
    keep_body: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A stream that was followed as far as it went."""

    meter: Meter
    machine: StreamMachine


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


async def stream(gateway: Gateway, plan: Plan) -> list[Generation]:
    """Stream a generation, afresh as often as its failure allows; gives every attempt."""
    ask = _ask(gateway, plan)
    attempts = await gateway.persist(ask, lambda answer: _read_stream(gateway, plan, ask, answer))
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
    return Ask(
        check=plan.check,
        path=dialect.path,
        headers={**dialect.headers(prompt), **gateway.key_headers(dialect.key_header)},
        method="POST",
        content=dialect.content(prompt),
        protocol=dialect.protocol,
        streamed=prompt.stream,
        model=prompt.model,
        limit_s=_HEAD_LIMIT_S,
        keep_body=plan.keep_body,
    )


async def _read_stream(
    gateway: Gateway, plan: Plan, ask: Ask, answer: Answer
) -> Reading[Followed | None]:
    evidence = gateway.evidence_of(answer, ask)
    if not _is_stream(evidence):
        return await _read_other(gateway, ask, answer)
    followed = Followed(
        meter=Meter(answer.started_at), machine=plan.dialect.machine(gateway.redactor.text)
    )
    follower = _Follower(gateway, plan, followed)
    ending = await follower.follow(answer)
    evidence = dataclasses.replace(evidence, phase=Phase.STREAM)
    finding: Finding | None
    if (error := followed.machine.error) is not None:
        finding = _with(from_error(gateway.redactor.scrub(error), evidence), _progress(followed))
    else:
        finding = _judge(followed, ending, evidence)
    meter = followed.meter
    return Reading(
        value=followed,
        finding=finding,
        body=gateway.redactor.text(follower.body),
        first_byte_ms=meter.ms(meter.first_byte_at),
    )


def _is_stream(evidence: Evidence) -> bool:
    succeeded = evidence.status is not None and 200 <= evidence.status < 300  # noqa: PLR2004
    return succeeded and evidence.content_type == "text/event-stream"


async def _read_other(gateway: Gateway, ask: Ask, answer: Answer) -> Reading[Followed | None]:
    async with asyncio.timeout(gateway.remaining_s()):
        evidence, first_byte_ms = await gateway.evidence(answer, ask)
    finding = classify(evidence)
    if finding is None or (finding.id in {"malformed_response", "not_the_gateway"} and
                           _meant_as_stream(evidence)):  # fmt: skip
        kind = evidence.content_type or "no content type"
        said = f"The answer is {kind}, not text/event-stream."
        finding = gateway.found("stream_not_sse", ask, said)
        finding = dataclasses.replace(finding, phase=Phase.STREAM, status=evidence.status)
    return Reading(value=None, finding=finding, body=evidence.body, first_byte_ms=first_byte_ms)


def _meant_as_stream(evidence: Evidence) -> bool:
    ok = evidence.status is not None and 200 <= evidence.status < 300  # noqa: PLR2004
    events = evidence.body.lstrip().startswith(("data:", "event:", ":"))
    return ok and (evidence.traced or events) and not evidence.cut_short


@dataclass(frozen=True, slots=True)
class _Ending:
    """Why reading a stream came to its end, where it was not the stream's own end."""

    identifier: str
    why: str


class _Follower:
    """Reads one stream to its end, or to the end of anybody's patience."""

    def __init__(self, gateway: Gateway, plan: Plan, followed: Followed) -> None:
        self._monotonic: Callable[[], float] = gateway.clock.monotonic
        self._gateway = gateway
        self._idle_s = plan.idle_s
        self._meter = followed.meter
        self._machine = followed.machine
        self._decoder = EventDecoder()
        self._moved_on_at = self._monotonic()
        self._last_data = ""
        self._kept = bytearray() if plan.keep_body else None

    @property
    def body(self) -> str:
        """What there is to show: the stream as it came if that is wanted, else its last event."""
        if self._kept is None:
            return self._last_data
        return self._kept.decode("utf-8", "replace")

    async def follow(self, answer: Answer) -> _Ending | None:
        """Feed the machine until the stream ends; gives why, unless it ended by itself."""
        chunks = answer.chunks()
        try:
            while True:
                async with asyncio.timeout(self._patience_s()):
                    arrived_at, chunk = await anext(chunks)
                self._take(arrived_at, chunk)
        except StopAsyncIteration:
            return None
        except TimeoutError:
            return self._impatience()
        except EventTooLongError:
            return _Ending("stream_malformed", "One event is longer than 1 MiB.")
        except TransportError as exc:
            return _Ending(exc.identifier, " ".join(exc.details))
        finally:
            await _close(chunks)
            self._machine.finish()

    def _take(self, arrived_at: float, chunk: bytes) -> None:
        meter, machine = self._meter, self._machine
        meter.first_byte_at = meter.first_byte_at or arrived_at
        if self._kept is not None and len(self._kept) <= SHOWN_BODY:
            self._kept += chunk
        for event in self._decoder.feed(chunk):
            signal = machine.feed(event.type, event.data)
            self._last_data = event.data
            meter.event(signal, arrived_at)
            if signal in _MOVED_ON:
                self._moved_on_at = self._monotonic()

    def _patience_s(self) -> float:
        """Seconds until the model has been silent for too long, or time is up."""
        limit = _AFTER_END_S if self._over else self._idle_s
        silent = self._monotonic() - self._moved_on_at
        return max(0.0, min(limit - silent, self._gateway.remaining_s()))

    @property
    def _over(self) -> bool:
        return self._machine.terminal or self._machine.error is not None

    def _impatience(self) -> _Ending | None:
        if self._over:
            return None
        silent_s = self._monotonic() - self._moved_on_at
        at_deadline = self._gateway.remaining_s() <= 0
        if at_deadline and silent_s < min(_NOTABLE_SILENCE_S, self._idle_s):
            return _Ending("threshold_exceeded", "The stream was still going on at the deadline.")
        after = f"after {self._machine.deltas} deltas" if self._machine.deltas else "from the start"
        alive = self._decoder.comments > 0 or self._meter.events > 0
        kept = " while the connection stayed open" if alive else ""
        return _Ending(
            "stream_stalled", f"The model was silent for {silent_s:.0f} s {after}{kept}."
        )


async def _close(chunks: AsyncIterator[Any]) -> None:
    close = getattr(chunks, "aclose", None)
    if close is not None:
        await close()


def _judge(followed: Followed, ending: _Ending | None, evidence: Evidence) -> Finding | None:
    wrong = ending if not followed.machine.terminal else None
    wrong = wrong or _verdict(followed)
    if wrong is None:
        return None
    return _with(_stream_finding(wrong.identifier, evidence), wrong.why, _progress(followed))


def _verdict(followed: Followed) -> _Ending | None:
    """Judge a stream that ended by itself."""
    machine = followed.machine
    broken = [v for v in machine.violations if v.severity is Severity.ERROR]
    if broken:
        first = broken[0]
        where = f"Event {first.event}" if first.event is not None else "The end"
        return _Ending(
            "stream_malformed",
            f"{where} broke a rule ({first.name}): expected {first.expected}, got {first.got}.",
        )
    if followed.meter.events == 0:
        return _Ending("stream_empty", "The stream ended without a single event.")
    if not machine.terminal:
        return _Ending("stream_truncated", f"The stream ended without {machine.terminal_event}.")
    if machine.deltas == 0 and machine.finish_reason not in _CAPPED:
        return _Ending("stream_empty", "The stream ended by its rules, but brought no output.")
    return None


def _stream_finding(identifier: str, evidence: Evidence) -> Finding:
    filled = catalog.fill(
        catalog.row(identifier),
        model=evidence.model,
        base_url=evidence.base_url,
        check=evidence.check,
    )
    return dataclasses.replace(filled, phase=Phase.STREAM, status=evidence.status)


def _progress(followed: Followed) -> str:
    machine = followed.machine
    if not machine.deltas:
        return "Nothing of the answer had come by then."
    return f"By then {machine.deltas} deltas with {machine.text_chars} characters had come."


def _with(finding: Finding, *evidence: str) -> Finding:
    return dataclasses.replace(finding, evidence=(*finding.evidence, *evidence))


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
    return result if attempt.value is None else _measured(result, attempt.value)


def _measured(result: StreamResult, followed: Followed) -> StreamResult:
    meter, machine = followed.meter, followed.machine
    return dataclasses.replace(
        result,
        violations=tuple(machine.violations),
        events=meter.events,
        deltas=machine.deltas,
        text_chars=machine.text_chars,
        finish_reason=machine.finish_reason,
        first_event_ms=meter.ms(meter.first_event_at),
        first_delta_ms=meter.ms(meter.first_delta_at),
        ttft_ms=meter.ms(meter.first_text_at),
        duration_ms=meter.ms(meter.ended_at),
        gaps=meter.gaps(),
        buffered=meter.came_at_once(),
        profile=meter.profile(),
        input_tokens=machine.input_tokens,
        output_tokens=machine.output_tokens,
        tokens_per_second=meter.tokens_per_second(machine.output_tokens),
    )
