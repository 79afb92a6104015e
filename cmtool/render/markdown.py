"""The report as Markdown, for the summary of a pipeline's step and for a ticket to support.

A summary that grows beyond a mebibyte is not shown at all, so long tables are cut:
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands (step isolation
and limits).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from cmtool.catalog.row import CONTACT
from cmtool.model import (
    Balance,
    Check,
    Exchange,
    Finding,
    ModelInfo,
    Outcome,
    Report,
    Severity,
    Status,
    StreamResult,
    Support,
    Violation,
)
from cmtool.quantities import count, money
from cmtool.render import figures
from cmtool.render.cases import Found, found, is_stream_test
from cmtool.render.gfm import bulleted, code, fence, numbered, prose, table

_MOST_ROWS = 200
_MARKS = {Status.OK: "✓", Status.WARN: "!", Status.FAIL: "✗", Status.SKIP: "–"}
_OUTCOMES = {
    Outcome.HEALTHY: "✓",
    Outcome.DEGRADED: "!",
    Outcome.FAILED: "✗",
}
_SEVERITIES = {Severity.ERROR: "✗", Severity.WARNING: "!"}
_NONE = "–"
_NO_ID = "none came"
_SEND = (
    f"This text holds what support asks for and no secret; it can go to {code(CONTACT)} as it is."
)

_T = TypeVar("_T")


def report_markdown(report: Report) -> str:
    """Give the report as Markdown with the tables of GitHub, with a line end behind it."""
    everything = found(report)
    blocks = [
        _headline(report),
        _target(report),
        *_checks(report),
        *_streams(report),
        *_answers(report),
        *_diagnosis(report, everything),
        *_support(report.support),
        *_others(each for each in everything if each.finding is not report.diagnosis),
        *_exchanges(report.exchanges),
        _footer(report),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _headline(report: Report) -> str:
    named = f" · {code(report.diagnosis.id)}" if report.diagnosis else ""
    mark = _OUTCOMES[report.outcome]
    return f"## {mark} cmtool {prose(report.command)}: {report.outcome.value}{named}"


def _target(report: Report) -> str:
    target = report.target
    parts = {
        "": target.base_url,
        "model ": target.model,
        "key ": target.key_fingerprint,
        "from ": target.key_source,
    }
    return " · ".join(f"{name}{code(value)}" for name, value in parts.items() if value)


def _checks(report: Report) -> Iterable[str]:
    """Give the table of checks; a stream test shows its streams instead, once there are some."""
    if not report.checks or (is_stream_test(report) and report.streams):
        return ()
    rows = [
        (_MARKS[each.status], each.group.value, code(each.id), _summary(each), _ms(each))
        for each in report.checks
    ]
    head = ("", "group", "check", "result", "time")
    return ("### Checks", table(head, rows))


def _summary(check: Check) -> str:
    needs = f"needs {code(check.blocked_by)}" if check.blocked_by else ""
    return " · ".join(part for part in (prose(check.summary), needs) if part)


def _streams(report: Report) -> Iterable[str]:
    """Give a row of figures for every attempt at a stream, and the rules that were broken."""
    if not report.streams or not is_stream_test(report):
        return ()
    kept, left = _kept(report.streams, lambda stream: not stream.ok)
    broken = [f"{_name(stream)}: {_rule(each)}" for stream in kept for each in stream.violations]
    rules = ("**Broken rules**", bulleted(broken)) if broken else ()
    return ("### Streams", table(_STREAM_HEAD, map(_stream_row, kept)), left, *rules)


_STREAM_HEAD = (
    *("", "stream", "result", "TTFT", "first delta", "total", "gap p50", "gap p99", "gap max"),
    *("tokens", "tokens/s", "finish", "x-request-id"),
)


def _stream_row(stream: StreamResult) -> Sequence[str]:
    gaps = stream.gaps
    times = (stream.ttft_ms, stream.first_delta_ms, stream.duration_ms, gaps.p50, gaps.p99)
    rate = stream.tokens_per_second
    return (
        _MARKS[Status.OK if stream.ok else Status.FAIL],
        _name(stream),
        "ok" if stream.diagnosis is None else code(stream.diagnosis.id),
        *map(_duration, (*times, gaps.max)),
        _NONE if stream.output_tokens is None else f"{stream.output_tokens:,}",
        _NONE if rate is None else f"{rate:,.1f}",
        code(stream.finish_reason or "") or _NONE,
        code(stream.request_id or "") or _NO_ID,
    )


def _name(stream: StreamResult) -> str:
    attempt = f", attempt {stream.attempt}" if stream.attempt > 1 else ""
    return f"{stream.protocol.value} {stream.repetition}{attempt}"


def _rule(violation: Violation) -> str:
    where = "at the end" if violation.event is None else f"event {violation.event}"
    expected = f"expected {code(violation.expected)}, got {code(violation.got)}"
    remark = " (warning)" if violation.severity is Severity.WARNING else ""
    return f"{code(violation.name)}, {where}: {expected}{remark}"


def _answers(report: Report) -> Iterable[str]:
    """Give what the commands were asked for whose answer is no verdict."""
    if report.models is not None:
        yield "### Models"
        kept, left = _kept(report.models)
        yield table(("model", "owner", "created"), map(_model_row, kept))
        yield left
    if report.balance is not None:
        yield from _balance(report.balance)
    for request in report.requests or ():
        yield f"### Request: {request.protocol.value}"
        yield fence(request.curl, "sh")


def _model_row(model: ModelInfo) -> Sequence[str]:
    created = "" if model.created is None else figures.date(model.created)
    return (code(model.id), code(model.owned_by or ""), created)


def _balance(balance: Balance) -> Iterable[str]:
    amounts = (("balance", balance.balance_micro), ("held", balance.uncollected_micro))
    periods = (("day", balance.daily), ("week", balance.weekly), ("month", balance.monthly))
    yield "### Balance"
    yield table(
        ("", "amount"),
        [
            *((name, prose(money(micro, balance.currency))) for name, micro in amounts),
            *(
                (f"spent this {name}", prose(money(period.cost_micro, balance.currency)))
                for name, period in periods
                if period is not None
            ),
        ],
    )


def _diagnosis(report: Report, everything: Sequence[Found]) -> Iterable[str]:
    finding = report.diagnosis
    if finding is None:
        return
    status = f"{finding.status} " if finding.status is not None else ""
    yield f"### {status}{code(finding.id)}: {prose(finding.title)}"
    yield _remarks(finding, everything[0].places)
    yield prose(finding.cause)
    if finding.message and report.support is None:
        yield f"The answer said: {prose(finding.message)}"
    if finding.evidence:
        yield "**Evidence**"
        yield bulleted(map(prose, finding.evidence))
    yield from _advice(finding)


def _remarks(finding: Finding, places: Sequence[str]) -> str:
    remarks = []
    if finding.step is not None:
        remarks.append(f"step {finding.step} of the debugging order")
    if places:
        remarks.append(f"seen in {figures.listed([code(place) for place in places])}")
    if finding.predicted:
        remarks.append("predicted: nothing was spent to prove it")
    return " · ".join(remarks)


def _advice(finding: Finding) -> Iterable[str]:
    if finding.actions:
        yield "**Do this**"
        yield numbered(map(prose, finding.actions))
    if finding.commands:
        yield fence("\n".join(finding.commands), "sh")
    if finding.docs_url is not None:
        yield f"Documentation: {prose(finding.docs_url)}"


def _support(support: Support | None) -> Iterable[str]:
    """Give the five things that the vendor asks for, ready to paste."""
    if support is None:
        return ()
    status = "none: no status is known" if support.status is None else str(support.status)
    rows = [
        ("x-request-id", code(support.request_id)),
        ("time", code(support.request_time)),
        ("model", code(support.model)),
        ("status", status),
        ("body", "below" if support.body else "empty"),
    ]
    body = (fence(support.body),) if support.body else ()
    return ("### For support", _SEND, table(("fact", "value"), rows), *body)


def _others(others: Iterable[Found]) -> Iterable[str]:
    """Give what was found besides the diagnosis, each with its cause and first action."""
    items = [_other(each) for each in others]
    return ("### Also found", bulleted(items)) if items else ()


def _other(entry: Found) -> str:
    finding = entry.finding
    places = f" ({', '.join(code(place) for place in entry.places)})" if entry.places else ""
    action = f" → {prose(finding.actions[0])}" if finding.actions else ""
    mark = _SEVERITIES[finding.severity]
    return f"{mark} {code(finding.id)}: {prose(finding.title)}{places}{action}"


def _exchanges(exchanges: Sequence[Exchange]) -> Iterable[str]:
    """Give a row for every request that was made or tried."""
    if not exchanges:
        return ()
    kept, left = _kept(exchanges, lambda exchange: exchange.failure is not None)
    head = ("check", "attempt", "request", "status", "time", "failure", "x-request-id", "sent at")
    return ("### Requests", table(head, map(_exchange_row, kept)), left)


def _exchange_row(exchange: Exchange) -> Sequence[str]:
    return (
        code(exchange.check),
        str(exchange.attempt),
        code(f"{exchange.method} {_path(exchange.url)}"),
        _NONE if exchange.status is None else str(exchange.status),
        _duration(exchange.duration_ms),
        code(exchange.failure or ""),
        code(exchange.request_id or "") or _NO_ID,
        _NONE if exchange.sent_at is None else figures.timestamp(exchange.sent_at),
    )


def _path(url: str) -> str:
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        return url


def _footer(report: Report) -> str:
    spent = report.spent
    parts = (
        f"cmtool {prose(report.cmtool_version)}",
        *([prose(report.platform)] if report.platform else []),
        figures.timestamp(report.started_at),
        count(spent.requests, "request"),
        count(spent.input_tokens + spent.output_tokens, "token"),
        figures.seconds(report.duration_ms),
        f"exit {int(report.exit_code)}",
    )
    return " · ".join(parts)


def _kept(
    items: Sequence[_T], matters: Callable[[_T], bool] = lambda _: False
) -> tuple[list[_T], str]:
    """Give the rows that are shown, first those that matter, and a remark on those left out."""
    if len(items) <= _MOST_ROWS:
        return list(items), ""
    chosen = sorted(range(len(items)), key=lambda at: not matters(items[at]))[:_MOST_ROWS]
    left = count(len(items) - _MOST_ROWS, "more row")
    return [items[at] for at in sorted(chosen)], f"{left}: the JSON report has them all."


def _ms(check: Check) -> str:
    return "" if check.duration_ms is None else figures.duration(check.duration_ms)


def _duration(milliseconds: float | None) -> str:
    return _NONE if milliseconds is None else figures.duration(milliseconds)
