"""What a run came to, the same under every command: diagnosis or verdict, the rest, the cost."""

from __future__ import annotations

from collections.abc import Sequence

from cmtool.model import Report
from cmtool.render.human import diagnosis, findings
from cmtool.render.human.exchanges import exchange_lines
from cmtool.render.human.verdict import conclusion, footer, verdict
from cmtool.render.layout import BLANK, Line, Span, Style, line
from cmtool.render.view import View


def outcome(view: View, report: Report, before_end: Sequence[Line] = ()) -> list[Line]:
    """Give the diagnosis and what was found beside it, or the verdict; then what it cost.

    ``before_end`` goes between the two.
    """
    found = verdict(view, report) if report.diagnosis is None else _failure(view, report)
    return [
        *found,
        *before_end,
        *(exchange_lines(view, report) if view.verbose else ()),
        BLANK,
        *footer(view, report),
    ]


def brief(view: View, report: Report) -> list[Line]:
    """Give the diagnosis in brief, or the verdict in one sentence."""
    if report.diagnosis is None:
        return conclusion(view, report)
    return diagnosis.brief(view, report.diagnosis, report.support)


def _failure(view: View, report: Report) -> list[Line]:
    if report.diagnosis is None:
        return []
    checks = findings.found_by(report.diagnosis, report.findings)
    lines = diagnosis.block(view, report.diagnosis, support=report.support, checks=checks)
    others = findings.others(report.diagnosis, report.findings)
    if others:
        lines += [BLANK, line("  ", Span("Also found", Style.HEADING))]
    return lines + findings.compact(view, others, act=False)
