"""What a trial of streams comes to as the result of a check."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cmtool import catalog
from cmtool.checks.facts import Facts
from cmtool.checks.graph import Result
from cmtool.checks.wording import duration_ms, failure, history, recovered, tries
from cmtool.generation import Plan
from cmtool.model import Finding, Severity, Status, StreamResult
from cmtool.streaming.judging import CAPPED
from cmtool.streams import Tried


def result_of(facts: Facts, plan: Plan, tried: Tried) -> Result:
    """Give the result, and add the streams to the facts of the run."""
    facts.generations += [generation for attempts in tried.streams for generation in attempts]
    facts.probes += tried.probes
    remarks = (*tried.remarks, *_left_out(plan, tried), *_recovered(plan, tried))
    if len(tried.streams) == 1:
        return _alone(tried, remarks)
    found = (*_grouped(tried), *remarks)
    return Result(status=_status(found), summary=_many_words(tried), findings=found)


def _status(found: Sequence[Finding]) -> Status:
    if any(finding.severity is Severity.ERROR for finding in found):
        return Status.FAIL
    return Status.WARN if found else Status.OK


def _alone(tried: Tried, remarks: tuple[Finding, ...]) -> Result:
    """Give the result of a single stream in more detail."""
    attempts = [generation.attempt for generation in tried.streams[0]]
    last = tried.streams[0][-1].result
    if last.diagnosis is not None:
        failed = failure(attempts)
        return dataclasses.replace(failed, findings=(*failed.findings, *remarks))
    return Result(
        status=_status(remarks),
        summary=_stream_words(last) + tries(attempts),
        findings=remarks,
        duration_ms=duration_ms(attempts),
    )


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
    if len(tried.streams) == 1 and not tried.failed:
        attempts = [generation.attempt for generation in tried.streams[0]]
        return recovered(attempts, plan.check, plan.prompt.model)
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


def _stream_words(result: StreamResult) -> str:
    end = "the output cap" if result.finish_reason in CAPPED else "its end"
    first = f" · first text {result.ttft_ms:.0f} ms" if result.ttft_ms is not None else ""
    deltas = "1 delta" if result.deltas == 1 else f"{result.deltas} deltas"
    return f"{deltas} to {end}{first}"
