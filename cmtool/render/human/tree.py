"""The tree of checks: groups, marks, summaries, and how long each took."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cmtool.model import Check, Group, Json, Status
from cmtool.render import figures
from cmtool.render.human import blocks
from cmtool.render.layout import Line, Span, Style, cells, flow, line, pad, pad_left
from cmtool.render.view import View

_INDENT = 4
_LEAST_SUMMARY = 20
_EDGE = 80


def tree(view: View, checks: Sequence[Check]) -> list[Line]:
    """Give every check under its group, in the order of the groups."""
    columns = _Columns(view, checks)
    lines: list[Line] = []
    for group in Group:
        members = [check for check in checks if check.group is group]
        if members:
            lines.append(blocks.heading(view.text(group), indent=2))
        for check in members:
            lines += columns.row(check)
    return lines


class _Columns:
    """The columns of one tree: they are the same in every group."""

    def __init__(self, view: View, checks: Sequence[Check]) -> None:
        self._view = view
        self._name = max((cells(view.text(check.id)) for check in checks), default=0)
        self._time = max((cells(_time(check)) for check in checks), default=0)
        mark = cells(view.mark(Status.OK).text)
        self._start = _INDENT + mark + 1 + self._name + blocks.GUTTER
        self._edge = self._right_edge(checks)
        if self._edge - self._start - self._time - blocks.GUTTER < _LEAST_SUMMARY:
            self._time = 0

    def row(self, check: Check) -> list[Line]:
        """Give one check, its summary wrapped under itself, its time at the right edge."""
        view = self._view
        mark, skipped = view.mark(check.status), check.status is Status.SKIP
        name = pad(view.text(check.id), self._name + blocks.GUTTER)
        prefix = [
            Span(" " * _INDENT),
            mark,
            Span(" "),
            Span(name, Style.SKIP if skipped else Style.PLAIN),
        ]
        text = [Span(_summary(view, check), Style.SKIP if skipped else Style.PLAIN)]
        timed = bool(self._time and _time(check))
        room = self._edge - self._time - blocks.GUTTER if timed else view.room
        lines = flow(text, width=room, prefix=prefix, hang=self._start)
        if timed and lines[0].width <= room:
            lines[0] = self._timed(lines[0], check)
        return [*lines, *(_details(view, check, self._start) if view.verbose else ())]

    def _timed(self, first: Line, check: Check) -> Line:
        time = pad_left(_time(check), self._time)
        used = sum(cells(span.text) for span in first.spans)
        gap = " " * (self._edge - used - self._time)
        return line(*first.spans, gap, Span(time, Style.DIM))

    def _right_edge(self, checks: Sequence[Check]) -> int:
        """Give the column where times end: beside the longest summary, within the room."""
        summaries = [cells(_summary(self._view, each)) for each in checks if _time(each)]
        needed = self._start + max(summaries, default=0) + blocks.GUTTER + self._time
        return min(self._view.room, max(needed, _EDGE))


def _time(check: Check) -> str:
    return "" if check.duration_ms is None else figures.duration(check.duration_ms)


def _summary(view: View, check: Check) -> str:
    if check.status is not Status.SKIP or check.blocked_by is None:
        return view.text(check.summary)
    needs = f"needs {check.blocked_by}"
    told = check.blocked_by in check.summary
    return view.text(check.summary if told else f"{check.summary} · {needs}".removeprefix(" · "))


def _details(view: View, check: Check, indent: int) -> list[Line]:
    entries = [(name, _shown(value)) for name, value in check.details.items() if value is not None]
    return blocks.pairs(view, entries, indent=indent)


def _shown(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.1f}"
    return json.dumps(value, ensure_ascii=False)
