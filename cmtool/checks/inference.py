"""The checks that generate: a small real request in each protocol."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from cmtool import catalog
from cmtool.checks.facts import Run
from cmtool.checks.graph import CheckSpec, Result
from cmtool.checks.wording import duration_ms, failure, recovered, tries
from cmtool.curl import sent
from cmtool.gateway import Attempt
from cmtool.generation import Generation, Plan, complete, stream
from cmtool.model import Finding, Group, Protocol, Severity, Status, StreamResult
from cmtool.protocols import DIALECTS, Content, Prompt


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
        return _streamed(run, plan, await stream(run.reached(), plan))
    return _whole(plan, await complete(run.reached(), plan))


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
    )


def _streamed(run: Run, plan: Plan, generations: Sequence[Generation]) -> Result:
    run.facts.generations += generations
    attempts = [generation.attempt for generation in generations]
    last = generations[-1].result
    if last.diagnosis is not None:
        return failure(attempts)
    remarks = (*_remarks(plan, last), *recovered(attempts, plan.check, plan.prompt.model))
    return _success(attempts, _stream_words(last), remarks)


def _whole(plan: Plan, attempts: Sequence[Attempt[Content | None]]) -> Result:
    content = attempts[-1].value
    if content is None:
        return failure(attempts)
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
    end = "the output cap" if result.finish_reason in _CAPPED else "its end"
    first = f" · first text {result.ttft_ms:.0f} ms" if result.ttft_ms is not None else ""
    return f"{result.deltas} deltas to {end}{first}"


_CAPPED = frozenset({"length", "max_tokens", "max_output_tokens"})


def _remarks(plan: Plan, result: StreamResult) -> tuple[Finding, ...]:
    return (*_broken_rules(plan, result), *_buffered(plan, result))


def _buffered(plan: Plan, result: StreamResult) -> tuple[Finding, ...]:
    if not result.buffered:
        return ()
    said = f"All {result.deltas} deltas came at once, after {result.first_delta_ms:.0f} ms."
    row = catalog.row("stream_buffered")
    return (catalog.fill(row, model=plan.prompt.model, evidence=[said], check=plan.check),)


def _broken_rules(plan: Plan, result: StreamResult) -> tuple[Finding, ...]:
    said = [
        f"Event {violation.event} ({violation.name}): expected {violation.expected}, "
        f"got {violation.got}."
        for violation in result.violations
        if violation.severity is Severity.WARNING
    ]
    if not said:
        return ()
    row = catalog.row("stream_remark")
    return (catalog.fill(row, model=plan.prompt.model, evidence=said[:3], check=plan.check),)


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
