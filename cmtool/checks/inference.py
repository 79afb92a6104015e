"""The checks that generate: a small real request in each protocol."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from cmtool.asking import Attempt
from cmtool.checks.facts import Facts, Run
from cmtool.checks.graph import CheckSpec, Done, Result, concluded
from cmtool.checks.secondlook import looked_again
from cmtool.checks.trials import result_of
from cmtool.checks.wording import duration_ms, failure, recovered, tries
from cmtool.curl import sent
from cmtool.generation import Generation, Plan, complete
from cmtool.model import Group, Protocol, Status
from cmtool.protocols import DIALECTS, Content, Prompt
from cmtool.quantities import count
from cmtool.streaming.thresholds import Thresholds
from cmtool.streams import Trial, judged, put


async def infer(run: Run, protocol: Protocol) -> Result:
    """Ask for a small generation in one protocol; with ``no_spend`` only say what would be sent."""
    if protocol not in run.wishes.protocols:
        return Result(status=Status.SKIP, summary="not asked for (--protocol)")
    model = run.facts.model or run.settings.model
    if model is None:
        return Result(status=Status.SKIP, summary="", blocked_by="auth")
    plan = _plan(run, protocol, model)
    run.facts.requests.append(sent(plan.dialect, plan.prompt, run.reached().base_url))
    if run.wishes.no_spend:
        return Result(status=Status.SKIP, summary="not sent (--no-spend)")
    if run.wishes.stream:
        trial = Trial(plan=plan, repeat=run.wishes.repeat, limits=run.wishes.limits)
        tried = await put(run.reached(), trial, lambda told: run.advanced(plan.check, told))
        streams = [[generation.attempt for generation in stream] for stream in tried.streams]
        return await _explained(run, streams, result_of(run.facts, plan, tried))
    attempts = await complete(run.reached(), plan)
    return await _explained(run, [attempts], _whole(run.facts, plan, attempts))


async def _explained(run: Run, asked: Sequence[Sequence[Attempt[Any]]], result: Result) -> Result:
    """Add a second look where the connection failed and no check of it went before."""
    failed = [attempts for attempts in asked if attempts and attempts[-1].fault is not None]
    if run.facts.listing or not failed:
        return result
    return await looked_again(run, failed[0], result)


def _plan(run: Run, protocol: Protocol, model: str) -> Plan:
    wishes = run.wishes
    prompt = Prompt(
        model=model, text=wishes.prompt, max_tokens=wishes.max_tokens, stream=wishes.stream
    )
    return Plan(
        dialect=DIALECTS[protocol],
        prompt=prompt,
        check=protocol.value,
        idle_s=wishes.idle_s,
        keep_body=wishes.keep_body,
        recorder=wishes.recorder,
    )


def replayed(generations: Sequence[Generation], limits: Thresholds, facts: Facts) -> list[Done]:
    """Give the checks that recorded streams come to, one for each protocol among them."""
    done = []
    for spec in CHECKS:
        own = [g for g in generations if g.result.protocol.value == spec.id]
        if own:
            streams = _repetitions(own)
            trial = Trial(plan=_recorded_plan(own[0]), repeat=len(streams), limits=limits)
            result = result_of(facts, trial.plan, judged(trial, streams))
            done.append(concluded(spec, result))
    return done


def _repetitions(generations: Sequence[Generation]) -> list[list[Generation]]:
    """Put the attempts of each repetition together."""
    found: dict[int, list[Generation]] = {}
    for generation in generations:
        found.setdefault(generation.result.repetition, []).append(generation)
    return list(found.values())


def _recorded_plan(generation: Generation) -> Plan:
    result = generation.result
    prompt = Prompt(model=result.model or "", text="", max_tokens=0, stream=True)
    return Plan(dialect=DIALECTS[result.protocol], prompt=prompt, check=result.protocol.value)


def _whole(facts: Facts, plan: Plan, attempts: Sequence[Attempt[Content | None]]) -> Result:
    content = attempts[-1].value
    if content is None:
        return failure(attempts)
    facts.contents.append(content)
    said = f"{attempts[-1].exchange.status} · {count(len(content.text), 'character')}"
    finish = f" · {content.finish_reason}" if content.finish_reason else ""
    remarks = recovered(attempts, plan.check, plan.prompt.model)
    return Result(
        status=Status.WARN if remarks else Status.OK,
        summary=said + finish + tries(attempts),
        findings=remarks,
        duration_ms=duration_ms(attempts),
    )


def _runner(protocol: Protocol) -> Callable[[Run], Awaitable[Result]]:
    return lambda run: infer(run, protocol)


_NAMES = {
    Protocol.CHAT: "Chat Completions",
    Protocol.RESPONSES: "Responses",
    Protocol.MESSAGES: "Messages",
}

CHECKS = tuple(
    CheckSpec(
        id=protocol.value,
        group=Group.INFERENCE,
        title=f"a generation through {_NAMES[protocol]}",
        run=_runner(protocol),
        needs=("key", "base-url", "auth", "model"),
        asks=True,
    )
    for protocol in Protocol
)
