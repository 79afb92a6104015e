"""The lines around a report: its first line, the verdict where nothing failed, its last line."""

from __future__ import annotations

from cmtool.errors import ExitCode
from cmtool.model import Check, Exchange, Group, Outcome, Protocol, Report, Status
from cmtool.quantities import count
from cmtool.render import figures
from cmtool.render.human import blocks, findings
from cmtool.render.layout import BLANK, Line, Span, Style, flow
from cmtool.render.view import View

_NO_ID = "no x-request-id came with the answer"
_NOTHING_GENERATED = "nothing was generated"

_FAULTY = "a fault of cmtool itself; what it came to is no verdict on the gateway"
_HELD = "{} of it held back, to stay within the key's requests a minute"


def header(view: View, report: Report) -> list[Line]:
    """Give the line that says what was run against what."""
    spans = [Span(f"cmtool {view.text(report.command)}", Style.STRONG)]
    for part in (report.target.base_url, report.target.model):
        if part:
            spans += [Span(view.ascii(" · "), Style.DIM), Span(view.text(part))]
    return flow(spans, width=view.room, hang=2)


def footer(view: View, report: Report) -> list[Line]:
    """Give the line that says what the run cost and how it exits."""
    spent = report.spent
    tokens = spent.input_tokens + spent.output_tokens
    held = f" ({_HELD.format(figures.seconds(spent.spaced_s * 1000))})" if spent.spaced_s else ""
    text = (
        f"{count(spent.requests, 'request')}, {count(tokens, 'token')}, "
        f"{figures.seconds(report.duration_ms)}{held} · exit {int(report.exit_code)}"
    )
    return flow([Span(view.ascii(text), Style.DIM)], width=view.room)


def verdict(view: View, report: Report) -> list[Line]:
    """Give the lines for a run without a diagnosis: healthy, or working with warnings."""
    others = findings.others(None, report.findings)
    lines = conclusion(view, report, indent=2)
    if others:
        lines.append(BLANK)
    lines += findings.compact(view, others, act=True)
    trace = _trace(view, report)
    return [*lines, BLANK, *trace] if trace else lines


def conclusion(view: View, report: Report, *, indent: int = 0) -> list[Line]:
    """Give the verdict in one sentence; with ``quiet`` it names the warnings."""
    groups = findings.others(None, report.findings)
    if report.outcome is Outcome.HEALTHY:
        mark, word, rest = view.mark(Status.OK), "healthy", _healthy(report)
    elif report.outcome is Outcome.DEGRADED:
        mark, word = view.mark(Status.WARN), "degraded"
        works = _NOTHING_GENERATED if _only_predicts(report) else "it works"
        rest = f"{works}, with {count(len(groups), 'warning')}"
    elif report.exit_code == ExitCode.FAULT:
        mark, word, rest = view.mark(Status.FAIL), "failed", _FAULTY
    else:
        mark, word = view.mark(Status.FAIL), "failed"
        rest = count(len(groups), "finding")
    if view.quiet and groups:
        rest += f": {', '.join(group.first.id for group in groups)}"
    text = [Span(word, mark.style), Span(f": {view.text(rest)}", Style.STRONG)]
    prefix = [Span(" " * indent), mark, Span(" ")]
    return flow(text, width=view.room, prefix=prefix, hang=indent + len(mark.text) + 1)


def _healthy(report: Report) -> str:
    answered = [
        check.id for check in _generating(report) if check.status in {Status.OK, Status.WARN}
    ]
    if answered:
        whole = any(each.check in answered and not each.streamed for each in report.exchanges)
        return f"{figures.listed(answered)} answered{'' if whole else ' and streamed to the end'}"
    if report.streams:
        return f"{count(len(report.streams), 'stream')} delivered whole and by the rules"
    if _only_predicts(report):
        return f"nothing wrong was found, and {_NOTHING_GENERATED}"
    return "nothing wrong was found"


def _generating(report: Report) -> list[Check]:
    return [check for check in report.checks if check.group is Group.INFERENCE]


def _only_predicts(report: Report) -> bool:
    """Say whether something was to be generated and nothing was, as with --no-spend."""
    checks = _generating(report)
    return bool(checks) and all(check.status is Status.SKIP for check in checks)


def _trace(view: View, report: Report) -> list[Line]:
    """Give the trace header of the last request of each protocol."""
    last: dict[Protocol, Exchange] = {}
    for exchange in report.exchanges:
        if exchange.protocol is not None and exchange.status is not None:
            last[exchange.protocol] = exchange
    if not last:
        return []
    entries = [
        (protocol.value, exchange.request_id or _NO_ID) for protocol, exchange in last.items()
    ]
    return [blocks.heading("x-request-id", indent=4), *blocks.pairs(view, entries, indent=6)]
