"""The stream test: how many streams, what each is held to, and what it deserves a remark for."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cmtool import catalog
from cmtool.clients import view_of
from cmtool.gateway import Gateway
from cmtool.generation import Generation, Plan, stream
from cmtool.model import Finding, Severity, StreamResult
from cmtool.streaming.thresholds import NO_LIMITS, Thresholds

_SEEN_WITH_A_FINISH = frozenset({"stream_empty", "stream_malformed"})
_TOLD_RULES = 3  # of the rules that a stream breaks without harm


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one protocol is put to: the same plan ``repeat`` times, each held to the limits."""

    plan: Plan
    repeat: int = 1
    limits: Thresholds = NO_LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a trial came to.

    ``streams`` holds, for each repetition, its attempts; ``left_out`` how many repetitions the
    deadline left no time for; ``remarks`` the warnings about those that were delivered;
    ``probes`` what was asked for besides, to tell causes apart.
    """

    streams: tuple[tuple[Generation, ...], ...]
    left_out: int
    remarks: tuple[Finding, ...]
    probes: tuple[Generation, ...] = ()

    @property
    def failed(self) -> tuple[Generation, ...]:
        """The last attempt of each repetition that failed."""
        return tuple(attempts[-1] for attempts in self.streams if attempts[-1].finding is not None)


async def put(gateway: Gateway, trial: Trial, advanced: Callable[[str], None]) -> Tried:
    """Put one protocol on trial; the gateway's gate says how many streams are open at once.

    ``advanced`` hears, after every stream, how far the trial has come.
    """
    tally = _Tally(trial.repeat, gateway.clock.monotonic)

    async def one(number: int) -> list[Generation]:
        async with gateway.gate.place(trial.plan.check):
            tally.begin()
            attempts = await _stream(gateway, trial.plan, number)
        tally.add(attempts)
        advanced(tally.told())
        return attempts

    results = await asyncio.gather(*(one(number) for number in range(1, trial.repeat + 1)))
    streams = [attempts for attempts in results if attempts]
    probes = await _without_compression(gateway, trial.plan) if _burst(streams) else []
    if trial.limits.expect is None:
        return judged(trial, streams, probes)
    # An expression may take long; the other protocols' streams are measured meanwhile.
    return await asyncio.to_thread(judged, trial, streams, probes)


class _Tally:
    """How many streams of a trial are done and how many of them failed, and the time left."""

    def __init__(self, planned: int, monotonic: Callable[[], float]) -> None:
        self._planned = planned
        self._monotonic = monotonic
        self._start: float | None = None
        self._done = 0
        self._failed = 0

    def begin(self) -> None:
        """Take note that a stream begins; the first one starts the clock."""
        if self._start is None:
            self._start = self._monotonic()

    def add(self, attempts: Sequence[Generation]) -> None:
        """Take note that a stream is over; without attempts it was never started."""
        self._done += 1
        self._failed += bool(attempts) and attempts[-1].finding is not None

    def told(self) -> str:
        """Give the state in a few words."""
        failed = f", {self._failed} failed" if self._failed else ""
        took_s = self._monotonic() - (self._start or 0.0)
        left_s = took_s / self._done * (self._planned - self._done)
        left = f", about {left_s:.0f} s left" if left_s >= 1 else ""
        return f"{self._done} of {self._planned} streams{failed}{left}"


def judged(
    trial: Trial,
    streams: Sequence[Sequence[Generation]],
    probes: Sequence[Generation] = (),
) -> Tried:
    """Hold streams that have been followed to the limits of a trial.

    ``probes`` is what was asked for besides, after a burst.
    """
    held = tuple(
        tuple(_with_client_view(_held_to(trial.limits, generation)) for generation in attempts)
        for attempts in streams
    )
    last = [attempts[-1] for attempts in held]
    told = [_remark(trial.plan, identifier, said) for identifier, said in _remarkable(last)]
    if burst := _burst(streams):
        told.append(_buffered(trial.plan, burst, probes))
    return Tried(
        streams=held,
        left_out=trial.repeat - len(held),
        remarks=tuple(told),
        probes=tuple(probes),
    )


def _burst(streams: Sequence[Sequence[Generation]]) -> StreamResult | None:
    """Give the first stream that came all at once, None when there is none."""
    return next((a[-1].result for a in streams if a[-1].result.buffered), None)


async def _stream(gateway: Gateway, plan: Plan, number: int) -> list[Generation]:
    if not await gateway.gate.space(gateway.remaining_s()):
        return []
    attempts = await stream(gateway, dataclasses.replace(plan, repetition=number))
    # Before a limit quotes the text: no secret may be cut in two.
    return [dataclasses.replace(g, text=gateway.redactor.text(g.text)) for g in attempts]


def _held_to(limits: Thresholds, generation: Generation) -> Generation:
    """Give the generation with a failure when it was delivered but breaks a limit."""
    if generation.finding is not None:
        return generation
    broken = limits.broken(generation.result, generation.text)
    if not broken:
        return generation
    exchange = generation.attempt.exchange
    finding = catalog.fill(
        catalog.row("threshold_exceeded"),
        model=generation.result.model,
        evidence=broken,
        check=exchange.check,
    )
    return generation.failing(dataclasses.replace(finding, status=exchange.status))


def _with_client_view(generation: Generation) -> Generation:
    """Add to a failure what the official client of the protocol makes of such a stream."""
    finding, view = generation.finding, view_of(generation.result)
    if finding is None or view is None or not _was_measured(generation):
        return generation
    return generation.failing(dataclasses.replace(finding, evidence=(*finding.evidence, view)))


def _was_measured(generation: Generation) -> bool:
    """Say whether a failure has a form in which the clients were looked at.

    They were not with an error behind the finish reason, nor with events under another media
    type, which they read all the same.
    """
    body = (generation.attempt.exchange.body or "").lstrip()
    finding = generation.finding
    mislabelled = finding is not None and finding.id == "stream_not_sse" and _is_events(body)
    behind = generation.result.finish_reason is not None and (
        finding is not None and finding.id not in _SEEN_WITH_A_FINISH
    )
    return not (mislabelled or behind)


def _is_events(body: str) -> bool:
    return body.startswith(("data:", "event:", ":"))


def _remarkable(generations: Sequence[Generation]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Find what deserves a remark in streams that were delivered: rules broken without harm."""
    rules = Counter(
        f"{violation.name}: expected {violation.expected}, got {violation.got}"
        for generation in generations
        if generation.finding is None
        for violation in generation.result.violations
        if violation.severity is Severity.WARNING
    )
    if rules:
        yield "stream_remark", tuple(f"{rule}." for rule, _ in rules.most_common(_TOLD_RULES))


async def _without_compression(gateway: Gateway, plan: Plan) -> list[Generation]:
    """Ask once more, for an answer that is not compressed: the burst may be its doing."""
    async with gateway.gate.place(plan.check):
        if not await gateway.gate.space(gateway.remaining_s()):
            return []
        return await stream(gateway, dataclasses.replace(plan, identity=True, recorder=None))


def _buffered(plan: Plan, result: StreamResult, probes: Sequence[Generation]) -> Finding:
    waited = f"{result.first_delta_ms:.0f} ms" if result.first_delta_ms is not None else "a while"
    said = [f"All {result.deltas} deltas came at once, after {waited}."]
    if probes:
        said.append(f"Asked once more with Accept-Encoding: identity, {_told_by(probes[-1])}")
    return _remark(plan, "stream_buffered", tuple(said))


def _told_by(probe: Generation) -> str:
    if probe.finding is not None:
        return f"the stream failed ({probe.finding.id}), which tells nothing."
    if probe.result.buffered:
        return "it came at once again: something on the way collects the whole answer."
    return "it came in pieces: the compression on the way holds it back."


def _remark(plan: Plan, identifier: str, said: tuple[str, ...]) -> Finding:
    row = catalog.row(identifier)
    return catalog.fill(row, model=plan.prompt.model, evidence=said, check=plan.check)
