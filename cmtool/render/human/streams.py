"""The stream test as a person reads it: a row of figures for each stream, then what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cmtool.model import Report, Severity, Status, StreamResult, Violation
from cmtool.quantities import count
from cmtool.render import figures
from cmtool.render.human import blocks
from cmtool.render.human.outcome import brief, outcome
from cmtool.render.human.picture import picture
from cmtool.render.human.tree import tree
from cmtool.render.human.verdict import header
from cmtool.render.layout import BLANK, Line, Span, Style, cells, line, pad, pad_left
from cmtool.render.view import View

_INDENT = 4
_FEW = 3  # of more streams only those that failed are drawn
_FIGURES = ("TTFT", "total", "gap p50", "gap p99", "gap max", "tokens/s")
_DISPENSABLE = ("gap p50", "gap p99", "total", "gap max")


def stream_lines(
    report: Report,
    *,
    width: int,
    ascii_only: bool = False,
    verbose: bool = False,
    quiet: bool = False,
) -> list[Line]:
    """Give the report of a stream test; with ``quiet`` no more than the diagnosis in brief."""
    view = View(width=width, ascii_only=ascii_only, verbose=verbose, quiet=quiet)
    if quiet:
        return brief(view, report)
    streams = stream_table(view, report.streams)
    checks = tree(view, report.checks) if verbose or not streams else []
    return [
        *header(view, report),
        BLANK,
        *([*checks, BLANK] if checks else ()),
        *([*streams, BLANK] if streams else ()),
        *outcome(view, report),
    ]


def stream_table(view: View, streams: Sequence[StreamResult]) -> list[Line]:
    """Give the figures of every stream in aligned columns, and under each what was wrong.

    Where the room is short the figures that matter least are left out.
    """
    if not streams:
        return []
    several = any(each.repetition != streams[0].repetition for each in streams)
    names = [_name(each, several=several) for each in streams]
    first = max(len("streams"), *map(cells, names))
    start = _INDENT + cells(view.mark(Status.OK).text) + 1
    columns = _fitting(view.room - start - first, streams)
    head = "".join(f"  {pad_left(each.name, each.width)}" for each in columns)
    above = Span(f"{pad('', start + first - len('  streams'))}{head}  finish", Style.DIM)
    lines = [line("  ", Span("streams", Style.HEADING), above)]
    for index, (stream, name) in enumerate(zip(streams, names, strict=True)):
        values = "".join(f"  {pad_left(each.values[index], each.width)}" for each in columns)
        lines += _row(view, stream, pad(name, first) + values)
        if view.verbose or not stream.ok or len(streams) <= _FEW:
            lines += picture(view, stream, indent=start)
        lines += _wrong(view, stream, indent=start)
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    name: str
    values: tuple[str, ...]

    @property
    def width(self) -> int:
        return max(len(self.name), *map(len, self.values))


def _fitting(room: int, streams: Sequence[StreamResult]) -> list[_Column]:
    figures_of = [_figures(each) for each in streams]
    finish = max(len("  finish"), *(len(each.finish_reason or "") + 2 for each in streams))
    columns = {
        name: _Column(name=name, values=tuple(f[name] for f in figures_of)) for name in _FIGURES
    }
    for name in (None, *_DISPENSABLE):
        columns.pop(name or "", None)
        if sum(each.width + 2 for each in columns.values()) + finish <= room:
            break
    return list(columns.values())


def _name(stream: StreamResult, *, several: bool) -> str:
    return f"{stream.protocol.value} {stream.repetition}" if several else stream.protocol.value


def _figures(stream: StreamResult) -> dict[str, str]:
    gaps = stream.gaps
    times = (stream.ttft_ms, stream.duration_ms, gaps.p50, gaps.p99, gaps.max)
    shown = ["-" if time is None else figures.duration(time) for time in times]
    rate = stream.tokens_per_second
    return dict(zip(_FIGURES, (*shown, "-" if rate is None else f"{rate:,.1f}"), strict=True))


def _row(view: View, stream: StreamResult, values: str) -> list[Line]:
    mark = view.mark(Status.OK if stream.ok else Status.FAIL)
    prefix = [Span(" " * _INDENT), mark, Span(f" {values}")]
    finish = Span(f"  {view.text(stream.finish_reason or '-')}", Style.DIM)
    whole = line(*prefix, finish)
    if whole.width <= view.room:
        return [whole]
    start = _INDENT + cells(mark.text) + 1
    return [line(*prefix), *blocks.pairs(view, [("finish", finish.text.strip())], indent=start)]


def _wrong(view: View, stream: StreamResult, *, indent: int) -> list[Line]:
    """Give the diagnosis of a stream, the rules that it broke, and with verbose its counts."""
    lines: list[Line] = []
    if stream.attempt > 1:
        remark = f"attempt {stream.attempt}"
        lines += blocks.paragraph(view, remark, indent=indent, style=Style.DIM)
    if stream.diagnosis is not None:
        text = f"{stream.diagnosis.id}: {stream.diagnosis.title}"
        lines += blocks.paragraph(view, text, indent=indent, style=Style.FAIL)
    lines += [part for each in stream.violations for part in _violation(view, each, indent=indent)]
    if view.verbose:
        lines += blocks.pairs(view, _counts(stream), indent=indent)
    return lines


def _violation(view: View, violation: Violation, *, indent: int) -> list[Line]:
    where = "at the end" if violation.event is None else f"event {violation.event}"
    text = f"{violation.name}, {where}: expected {violation.expected}, got {violation.got}"
    remark = " (warning)" if violation.severity is Severity.WARNING else ""
    return blocks.item(view, view.ascii("·"), text + remark, indent=indent)


def _counts(stream: StreamResult) -> list[tuple[str, str]]:
    """Give the figures for which the table has no room, in the order of the clock."""
    times = {
        "headers": stream.headers_ms,
        "first byte": stream.first_byte_ms,
        "first event": stream.first_event_ms,
        "first delta": stream.first_delta_ms,
        "total": stream.duration_ms,
    }
    gaps = {
        "p50": stream.gaps.p50,
        "p90": stream.gaps.p90,
        "p99": stream.gaps.p99,
        "max": stream.gaps.max,
    }
    parts = (
        count(stream.events, "event"),
        count(stream.deltas, "delta"),
        count(stream.text_chars, "character"),
        f"tokens {_number(stream.input_tokens)} in and {_number(stream.output_tokens)} out",
    )
    return [
        ("times", _joined(times)),
        ("gaps", _joined(gaps)),
        ("parts", ", ".join(parts)),
        ("model", stream.served_model or "not told"),
        ("x-request-id", stream.request_id or "none came"),
    ]


def _joined(times: Mapping[str, float | None]) -> str:
    known = [f"{name} {figures.duration(ms)}" for name, ms in times.items() if ms is not None]
    return ", ".join(known) or "not seen"


def _number(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"
