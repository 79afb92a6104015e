"""The checks that generate: a small real request in each protocol."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from cmtool import catalog
from cmtool.asking import Attempt
from cmtool.checks.facts import Facts, Run
from cmtool.checks.graph import CheckSpec, Done, Result, concluded
from cmtool.checks.wording import duration_ms, failure, history, recovered, tries
from cmtool.curl import sent
from cmtool.generation import Generation, Plan, complete
from cmtool.judging import CAPPED
from cmtool.model import Finding, Group, Protocol, Severity, Status, StreamResult
from cmtool.protocols import DIALECTS, Content, Prompt
from cmtool.streams import Trial, Tried, judged, put
from cmtool.thresholds import Thresholds


async def infer(run: Run, protocol: Protocol) -> Result:
    """Ask for a small generation in one protocol."""
    if protocol not in run.wishes.protocols:
        return Result(status=Status.SKIP, summary="not asked for (--protocol)")
    if run.wishes.no_spend:
        return Result(status=Status.SKIP, summary="not sent (--no-spend)")
    model = run.facts.model or run.settings.model
    if model is None:
        return Result(status=Status.SKIP, summary="", blocked_by="auth")
    plan = _plan(run, protocol, model)
    run.facts.requests.append(sent(plan.dialect, plan.prompt, run.reached().base_url))
    if run.wishes.stream:
        trial = Trial(plan=plan, repeat=run.wishes.repeat, limits=run.wishes.limits)
        tried = await put(run.reached(), trial, lambda told: run.advanced(plan.check, told))
        return _streamed(run.facts, plan, tried)
    return _whole(run.facts, plan, await complete(run.reached(), plan))


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


def _streamed(facts: Facts, plan: Plan, tried: Tried) -> Result:
    facts.generations += [generation for attempts in tried.streams for generation in attempts]
    facts.probes += tried.probes
    left_out = _left_out(plan, tried)
    if len(tried.streams) == 1:
        return _alone(plan, tried.streams[0], (*tried.remarks, *left_out))
    remarks = (*tried.remarks, *left_out, *_recovered(plan, tried))
    failures = (*_grouped(tried), *(left_out if not tried.streams else ()))
    remarks = tuple(finding for finding in remarks if finding not in failures)
    return Result(
        status=Status.FAIL if failures else Status.WARN if remarks else Status.OK,
        summary=_many_words(tried),
        findings=(*failures, *remarks),
    )


def replayed(generations: Sequence[Generation], limits: Thresholds, facts: Facts) -> list[Done]:
    """Give the checks that recorded streams come to, one for each protocol among them."""
    done = []
    for spec in CHECKS:
        own = [g for g in generations if g.result.protocol.value == spec.id]
        if own:
            streams = _repetitions(own)
            trial = Trial(plan=_recorded_plan(own[0]), repeat=len(streams), limits=limits)
            result = _streamed(facts, trial.plan, judged(trial, streams))
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


def _alone(plan: Plan, generations: Sequence[Generation], remarks: tuple[Finding, ...]) -> Result:
    attempts = [generation.attempt for generation in generations]
    last = generations[-1].result
    if last.diagnosis is not None:
        return failure(attempts)
    remarks = (*remarks, *recovered(attempts, plan.check, plan.prompt.model))
    return _success(attempts, _stream_words(last), remarks)


def _left_out(plan: Plan, tried: Tried) -> tuple[Finding, ...]:
    if not tried.left_out:
        return ()
    said = f"{tried.left_out} of {tried.left_out + len(tried.streams)} streams were not started."
    row = catalog.row("streams_left_out")
    # A protocol in which nothing was tested is no warning: nothing is known about it.
    severity = row.severity if tried.streams else Severity.ERROR
    return (
        catalog.fill(
            row, model=plan.prompt.model, evidence=[said], check=plan.check, severity=severity
        ),
    )


def _recovered(plan: Plan, tried: Tried) -> tuple[Finding, ...]:
    """Give one warning for all streams that were delivered only after a retry."""
    late = [a for a in tried.streams if len(a) > 1 and a[-1].finding is None]
    if not late:
        return ()
    said = [f"{len(late)} of {len(tried.streams)} streams needed a retry."]
    said += [history([generation.attempt for generation in late[0]])]
    row = catalog.row("recovered")
    return (catalog.fill(row, model=plan.prompt.model, evidence=said, check=plan.check),)


def _grouped(tried: Tried) -> tuple[Finding, ...]:
    """Give one finding for each way in which streams failed, and in how many of them."""
    groups: dict[str, list[Finding]] = {}
    for generation in tried.failed:
        if generation.finding is not None:
            groups.setdefault(generation.finding.id, []).append(generation.finding)
    return tuple(_told(group, len(tried.streams)) for group in groups.values())


def _told(group: Sequence[Finding], streams: int) -> Finding:
    said = f"{len(group)} of {streams} streams failed in this way; the first of them is told here."
    return dataclasses.replace(group[0], evidence=(*group[0].evidence, said))


def _many_words(tried: Tried) -> str:
    streams = len(tried.streams)
    if tried.failed:
        names = ", ".join(dict.fromkeys(g.finding.id for g in tried.failed if g.finding))
        return f"{len(tried.failed)} of {streams} streams failed: {names}"
    times = [a[-1].result.ttft_ms for a in tried.streams if a[-1].result.ttft_ms is not None]
    middle = sorted(times)[(len(times) - 1) // 2] if times else 0.0
    first = f" · first text {middle:.0f} ms (median)" if times else ""
    return f"{streams} streams delivered{first}"


def _whole(facts: Facts, plan: Plan, attempts: Sequence[Attempt[Content | None]]) -> Result:
    content = attempts[-1].value
    if content is None:
        return failure(attempts)
    facts.contents.append(content)
    said = f"{attempts[-1].exchange.status} · {len(content.text)} characters"
    finish = f" · {content.finish_reason}" if content.finish_reason else ""
    return _success(attempts, said + finish, recovered(attempts, plan.check, plan.prompt.model))


def _success(attempts: Sequence[Attempt[Any]], said: str, remarks: tuple[Finding, ...]) -> Result:
    return Result(
        status=Status.WARN if remarks else Status.OK,
        summary=said + tries(attempts),
        findings=remarks,
        duration_ms=duration_ms(attempts),
    )


def _stream_words(result: StreamResult) -> str:
    end = "the output cap" if result.finish_reason in CAPPED else "its end"
    first = f" · first text {result.ttft_ms:.0f} ms" if result.ttft_ms is not None else ""
    deltas = "1 delta" if result.deltas == 1 else f"{result.deltas} deltas"
    return f"{deltas} to {end}{first}"


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
