"""The catalogue of errors as a person reads it: one row in full, or the whole table."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from cmtool.catalog.filling import fill
from cmtool.errors import ExitCode
from cmtool.model import Severity
from cmtool.render.human import blocks
from cmtool.render.human.diagnosis import headline
from cmtool.render.layout import BLANK, Line, Span, Style
from cmtool.render.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmtool.catalog.row import Row, Sample

_TEXT = 4
_LIST = 6


def row_lines(
    row: Row, *, width: int, ascii_only: bool = False, verbose: bool = False
) -> list[Line]:
    """Give everything that the catalogue knows of one identifier.

    One sample of each shape is shown, with ``verbose`` all of them.
    """
    view = View(width=width, ascii_only=ascii_only, verbose=verbose)
    finding = fill(row)
    return [
        *headline(view, finding),
        *blocks.paragraph(view, finding.cause, indent=_TEXT),
        BLANK,
        blocks.heading("Do this", indent=_TEXT),
        *blocks.numbered(view, finding.actions, indent=_LIST),
        *_commands(view, finding.commands),
        BLANK,
        *blocks.pairs(view, _facts(row), indent=_TEXT),
        *_samples(view, row),
    ]


def table_lines(rows: Sequence[Row], *, width: int, ascii_only: bool = False) -> list[Line]:
    """Give one line for each row, under its exit code; warnings stand at the end."""
    view = View(width=width, ascii_only=ascii_only)
    ordered = sorted(rows, key=_place)
    spans = [_short(view, row) for row in ordered]
    lines = blocks.aligned(view, spans, indent=2)
    out: list[Line] = []
    for place, group in groupby(zip(ordered, lines, strict=True), key=lambda pair: _place(pair[0])):
        out += [*([BLANK] if out else ()), blocks.heading(view.ascii(_title(place)), indent=0)]
        out += [part for _, parts in group for part in parts]
    return out


def _place(row: Row) -> tuple[bool, ExitCode]:
    warning = row.severity is Severity.WARNING
    return warning, ExitCode.HEALTHY if warning else row.exit_code


def _title(place: tuple[bool, ExitCode]) -> str:
    warning, code = place
    if warning:
        return "warnings · exit 0, with --strict as their row says"
    return f"exit {int(code)} · {code.name.lower().replace('_', ' ')}"


def _short(view: View, row: Row) -> list[Span]:
    statuses = " ".join(str(status) for status in row.statuses)
    return [
        Span(view.text(row.id), Style.STRONG),
        Span(statuses, Style.DIM),
        Span("retry" if row.retryable else "", Style.DIM),
        Span(view.text(row.title)),
    ]


def _commands(view: View, commands: Sequence[str]) -> list[Line]:
    if not commands:
        return []
    lines = blocks.commands(view, commands, indent=_LIST)
    return [BLANK, blocks.heading("Then", indent=_TEXT), *lines]


def _facts(row: Row) -> list[tuple[str, str]]:
    retry = "yes: 0.5, 1, 2, then 4 s, or as Retry-After says" if row.retryable else "no"
    facts = [
        ("retry", retry),
        ("exit", f"{int(row.exit_code)} ({row.exit_code.name.lower().replace('_', ' ')})"),
        ("status", ", ".join(str(status) for status in row.statuses)),
        ("type", row.type or ""),
        ("phase", row.phase.value),
        ("known from", "the gateway's documentation" if row.documented else "cmtool's own words"),
        ("docs", row.docs_url or ""),
    ]
    return [(name, value) for name, value in facts if value]


def _samples(view: View, row: Row) -> list[Line]:
    samples = row.all_samples()
    shown = samples if view.verbose else _one_of_each(samples)
    lines = [part for sample in shown for part in _sample(view, sample)]
    return [BLANK, blocks.heading("Looks like", indent=_TEXT), *lines] if lines else []


def _one_of_each(samples: Sequence[Sample]) -> list[Sample]:
    return list({(each.protocol, each.content_type): each for each in reversed(samples)}.values())[
        ::-1
    ]


def _sample(view: View, sample: Sample) -> list[Line]:
    parts = (str(sample.status) if sample.status is not None else "no answer", sample.protocol)
    name = " · ".join(part for part in parts if part)
    return [
        *blocks.paragraph(view, name, indent=_LIST, style=Style.DIM),
        *blocks.body(view, "", sample.body, indent=_LIST, names=0),
    ]
