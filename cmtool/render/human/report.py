"""A whole report as a person reads it: what was run, the tree of checks, what it came to."""

from __future__ import annotations

from cmtool.model import Report
from cmtool.render.human.outcome import brief, outcome
from cmtool.render.human.streams import stream_table
from cmtool.render.human.tree import tree
from cmtool.render.human.verdict import header
from cmtool.render.layout import BLANK, Line
from cmtool.render.view import View


def report_lines(
    report: Report,
    *,
    width: int,
    ascii_only: bool = False,
    verbose: bool = False,
    quiet: bool = False,
) -> list[Line]:
    """Give the report of a run; with ``quiet`` no more than the diagnosis in brief."""
    view = View(width=width, ascii_only=ascii_only, verbose=verbose, quiet=quiet)
    if quiet:
        return brief(view, report)
    checks = tree(view, report.checks)
    streams = stream_table(view, report.streams) if verbose else []
    return [
        *header(view, report),
        BLANK,
        *([*checks, BLANK] if checks else ()),
        *([*streams, BLANK] if streams else ()),
        *outcome(view, report),
    ]
