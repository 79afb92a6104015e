"""The report as JUnit XML, for the pipelines that show test results.

The format has no standard.  What is written here is what its readers share: the schema of the
Jenkins xUnit plugin (junit-10.xsd), with the ``properties`` of a test case as pytest writes them.
The document is ASCII, so that no encoding on its way can break it.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass

from cmtool.model import Check, Finding, Group, Report, Severity, Status, StreamResult, Violation
from cmtool.render.cases import (
    Repetition,
    failed_repetitions,
    findings_of,
    found,
    is_stream_test,
    repetitions,
)
from cmtool.render.figures import timestamp
from cmtool.render.inert import inert

_FIGURES = (
    *("model", "served_model", "attempt", "finish_reason", "events", "deltas", "text_chars"),
    *("headers_ms", "first_byte_ms", "first_event_ms", "first_delta_ms", "ttft_ms", "duration_ms"),
    *("input_tokens", "output_tokens", "tokens_per_second"),
)
_NOT_STARTED = "streams_left_out"

_Properties = Iterable[tuple[str, str | float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    kind: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One test case.  ``family`` completes the class name, ``told`` are the lines of its output."""

    name: str
    family: str
    took_ms: float | None = None
    properties: tuple[tuple[str, str | float | None], ...] = ()
    failure: _Failure | None = None
    skipped: str | None = None
    told: tuple[str, ...] = ()


def report_junit(report: Report) -> str:
    """Give the report as an XML document in ASCII, with a line end behind it."""
    cases = _cases(report)
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.failure is not None for case in cases)),
        "errors": "0",
    }
    root = ET.Element("testsuites", {"name": "cmtool", **counts, "time": _s(report.duration_ms)})
    suite = ET.SubElement(
        root,
        "testsuite",
        {
            "name": inert(f"cmtool.{report.command}"),
            **counts,
            "skipped": str(sum(case.skipped is not None for case in cases)),
            "time": _s(report.duration_ms),
            "timestamp": timestamp(report.started_at)[: len("2026-11-22T10:00:00")],
        },
    )
    _add_properties(suite, _about(report))
    for case in cases:
        _add_case(suite, case, inert(f"cmtool.{report.command}"))
    _add_output(suite, _remarks(report))
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return text.decode("ascii") + "\n"


def _about(report: Report) -> _Properties:
    return (
        ("base_url", report.target.base_url),
        ("model", report.target.model),
        ("key_fingerprint", report.target.key_fingerprint),
        ("cmtool_version", report.cmtool_version),
        ("platform", report.platform),
        ("started_at", timestamp(report.started_at)),
        ("outcome", report.outcome.value),
        ("exit_code", int(report.exit_code)),
    )


def _cases(report: Report) -> list[_Case]:
    """Give the cases, never none: a run that failed has a failure, one without checks a pass."""
    cases = _stream_cases(report) if is_stream_test(report) else _check_cases(report)
    diagnosis = report.diagnosis
    if diagnosis is not None and not any(_tells(case, diagnosis) for case in cases):
        cases.append(
            _Case(
                name=diagnosis.check or report.command,
                family="outcome",
                took_ms=report.duration_ms,
                failure=_failure(diagnosis),
            )
        )
    return cases or [_Case(name=report.command, family="outcome", took_ms=report.duration_ms)]


def _tells(case: _Case, finding: Finding) -> bool:
    return case.failure is not None and case.failure.kind == finding.id


def _check_cases(report: Report) -> list[_Case]:
    return [_of_check(report, check) for check in report.checks]


def _stream_cases(report: Report) -> list[_Case]:
    """Give a case for every repetition, and for what kept the others from being reached."""
    streams = [_of_stream(report, each) for each in repetitions(report.streams)]
    told = {each.last.protocol.value for each in failed_repetitions(report)}
    others = [check for check in report.checks if _stands_alone(check) and check.id not in told]
    return [
        *streams,
        *(_of_check(report, check) for check in others),
        *(case for check in report.checks for case in _left_out(report, check)),
    ]


def _left_out(report: Report, check: Check) -> Iterable[_Case]:
    """Give a skipped case for the repetitions of a protocol that were not started."""
    for finding in findings_of(report, check.id):
        if finding.id == _NOT_STARTED:
            reason = " ".join(finding.evidence) or finding.title
            yield _Case(name=f"{check.id}, not started", family=check.id, skipped=reason)


def _stands_alone(check: Check) -> bool:
    skipped = check.status is Status.SKIP and check.group is Group.INFERENCE
    return skipped or check.status is Status.FAIL


def _remarks(report: Report) -> Iterable[str]:
    """Give the warnings of a stream test: they are about a protocol, not about one stream."""
    if not is_stream_test(report):
        return
    for each in found(report):
        if not each.fails:
            yield f"{each.finding.id}: {each.finding.title} ({', '.join(each.places)})"
            yield from _account(each.finding)
            yield ""


def _of_check(report: Report, check: Check) -> _Case:
    findings = findings_of(report, check.id)
    failed = check.status is Status.FAIL or report.diagnosis in findings
    return _Case(
        name=check.id,
        family=check.group.value,
        took_ms=check.duration_ms,
        failure=_check_failure(check, findings) if failed else None,
        skipped=_reason(check) if check.status is Status.SKIP and not failed else None,
        told=_warnings(check, findings) if check.status is Status.WARN and not failed else (),
    )


def _check_failure(check: Check, findings: list[Finding]) -> _Failure:
    if not findings:
        return _Failure(kind="failed", title=check.summary or check.title, lines=())
    return _failure(findings[0], before=(check.summary, ""))


def _reason(check: Check) -> str:
    needs = f"needs {check.blocked_by}" if check.blocked_by else ""
    return " · ".join(part for part in (check.summary, needs) if part) or "skipped"


def _warnings(check: Check, findings: list[Finding]) -> tuple[str, ...]:
    return tuple(
        line for each in findings for line in (f"{each.id}: {each.title}", *_account(each), "")
    ) or (check.summary,)


def _of_stream(report: Report, repetition: Repetition) -> _Case:
    last = repetition.last
    failed = None if last.diagnosis is None else _stream_failure(last, last.diagnosis)
    remarks = () if failed else tuple(_rule(each) for each in last.violations)
    return _Case(
        name=repetition.name,
        family=last.protocol.value,
        took_ms=last.duration_ms if last.duration_ms is not None else _sent_for(report, last),
        properties=_figures(last),
        failure=failed,
        told=(*(_attempt(each) for each in repetition.attempts[:-1]), *remarks),
    )


def _sent_for(report: Report, stream: StreamResult) -> float | None:
    """Give how long the request of a stream took that never came to its end."""
    same = [
        exchange
        for exchange in report.exchanges
        if (exchange.protocol, exchange.attempt) == (stream.protocol, stream.attempt)
        and exchange.request_id == stream.request_id
    ]
    return same[0].duration_ms if same else None


def _figures(stream: StreamResult) -> tuple[tuple[str, str | float | None], ...]:
    gaps = stream.gaps
    return (
        ("x-request-id", stream.request_id),
        *((name, getattr(stream, name)) for name in _FIGURES),
        *(("gap_p50_ms", gaps.p50), ("gap_p90_ms", gaps.p90)),
        *(("gap_p99_ms", gaps.p99), ("gap_max_ms", gaps.max)),
    )


def _attempt(stream: StreamResult) -> str:
    came = (
        "in order"
        if stream.diagnosis is None
        else f"{stream.diagnosis.id}: {stream.diagnosis.title}"
    )
    request_id = stream.request_id or "none came"
    rules = "".join(f"; {_rule(each)}" for each in stream.violations)
    return f"attempt {stream.attempt}: {came}; x-request-id {request_id}{rules}"


def _rule(violation: Violation) -> str:
    where = "at the end" if violation.event is None else f"event {violation.event}"
    remark = " (warning)" if violation.severity is Severity.WARNING else ""
    expected = f"expected {violation.expected}, got {violation.got}"
    return f"{violation.name}, {where}: {expected}{remark}"


def _stream_failure(stream: StreamResult, diagnosis: Finding) -> _Failure:
    rules = [f"- {_rule(each)}" for each in stream.violations]
    broken = ("", "Broken rules:", *rules) if rules else ()
    request_id = stream.request_id or "none came"
    return _failure(diagnosis, behind=(*broken, "", f"x-request-id: {request_id}"))


def _failure(
    finding: Finding, *, before: tuple[str, ...] = (), behind: tuple[str, ...] = ()
) -> _Failure:
    lines = (*before, *_account(finding), *behind)
    return _Failure(kind=finding.id, title=finding.title, lines=lines)


def _account(finding: Finding) -> list[str]:
    """Give why a finding was made and what to do, as lines."""
    lines = [finding.cause] if finding.cause else []
    if finding.message:
        lines += ["", f"The answer said: {finding.message}"]
    if finding.evidence:
        lines += ["", "Evidence:", *(f"- {each}" for each in finding.evidence)]
    if finding.actions:
        told = (f"{number}. {each}" for number, each in enumerate(finding.actions, 1))
        lines += ["", "Do this:", *told]
    if finding.commands:
        lines += ["", "Then:", *(f"  {each}" for each in finding.commands)]
    if finding.docs_url:
        lines += ["", f"Documentation: {finding.docs_url}"]
    return lines


def _add_case(suite: ET.Element, case: _Case, prefix: str) -> None:
    """Add a case: properties, then what it came to, then its output, as readers expect them."""
    element = ET.SubElement(
        suite,
        "testcase",
        {
            "name": inert(case.name),
            "classname": inert(f"{prefix}.{case.family}"),
            "time": _s(case.took_ms),
        },
    )
    _add_properties(element, case.properties)
    if case.failure is not None:
        about = {"type": inert(case.failure.kind), "message": inert(case.failure.title)}
        ET.SubElement(element, "failure", about).text = _text(case.failure.lines)
    if case.skipped is not None:
        ET.SubElement(element, "skipped", {"message": inert(case.skipped)})
    _add_output(element, case.told)


def _add_output(parent: ET.Element, lines: Iterable[str]) -> None:
    if text := _text(lines):
        ET.SubElement(parent, "system-out").text = text


def _add_properties(parent: ET.Element, properties: _Properties) -> None:
    known = [(name, shown) for name, value in properties if (shown := _value(value)) is not None]
    if known:
        element = ET.SubElement(parent, "properties")
        for name, shown in known:
            ET.SubElement(element, "property", {"name": name, "value": shown})


def _value(value: str | float | None) -> str | None:
    if isinstance(value, str):
        return inert(value)
    if value is None or not math.isfinite(value):
        return None
    return str(round(value, 3))


def _text(lines: Iterable[str]) -> str:
    """Give lines as one text; a line end inside one of them is shown and ends nothing."""
    return "\n".join(inert(line) for line in lines).strip("\n")


def _s(milliseconds: float | None) -> str:
    """Give seconds with three decimals; what was not measured is nought, as readers take it."""
    known = milliseconds is not None and math.isfinite(milliseconds)
    return f"{max(milliseconds or 0.0, 0.0) / 1000 if known else 0.0:.3f}"
