"""The catalogue of errors as a person reads it: one row in full, or the whole table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from cmtool.catalog.filling import fill
from cmtool.catalog.row import Row, Sample
from cmtool.errors import ExitCode
from cmtool.model import Severity
from cmtool.render.human import blocks
from cmtool.render.human.diagnosis import headline
from cmtool.render.layout import BLANK, Line, Span, Style
from cmtool.render.view import View

_TEXT = 4
_LIST = 6
_FEW_STATUSES = 2


def row_lines(
    row: Row, *, width: int, ascii_only: bool = False, verbose: bool = False
) -> list[Line]:
    """Give everything that the catalogue knows of one identifier.

    One sample of each shape is shown, with ``verbose`` all of them.
    """
    view = View(width=width, ascii_only=ascii_only, verbose=verbose)
    status = row.statuses[0] if len(row.statuses) == 1 else None
    finding = replace(fill(row), status=status)
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
        return "warnings · exit 0 unless --strict"
    return f"exit {int(code)} · {_meaning(code)}"


def _short(view: View, row: Row) -> list[Span]:
    return [
        Span(view.text(row.id), Style.STRONG),
        Span(_statuses(row.statuses), Style.DIM),
        Span(view.text(row.title) + (" (retry)" if row.retryable else "")),
    ]


def _statuses(statuses: Sequence[int]) -> str:
    """Give the statuses in short: ``402``, ``500 502``, or ``3xx`` for a class of them."""
    texts = [str(status) for status in statuses]
    if len(texts) > _FEW_STATUSES and len({text[0] for text in texts}) == 1:
        return f"{texts[0][0]}xx"
    return " ".join(texts)


def _commands(view: View, commands: Sequence[str]) -> list[Line]:
    if not commands:
        return []
    lines = blocks.commands(view, commands, indent=_LIST)
    return [BLANK, blocks.heading("Then", indent=_TEXT), *lines]


def _facts(row: Row) -> list[tuple[str, str]]:
    retry = "yes: 0.5, 1, 2, then 4 s, or as Retry-After says" if row.retryable else "no"
    facts = [
        ("retry", retry),
        ("exit", _exit(row)),
        ("status", ", ".join(str(status) for status in row.statuses)),
        ("type", row.type or ""),
        ("phase", row.phase.value),
        ("known from", "the gateway's documentation" if row.documented else "cmtool's own words"),
        ("docs", row.docs_url or ""),
    ]
    return [(name, value) for name, value in facts if value]


def _exit(row: Row) -> str:
    told = f"{int(row.exit_code)} ({_meaning(row.exit_code)})"
    return f"0, with --strict {told}" if row.severity is Severity.WARNING else told


def _meaning(code: ExitCode) -> str:
    return code.name.lower().replace("_", " ")


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
    parts = (
        str(sample.status) if sample.status is not None else "without an answer",
        sample.protocol,
    )
    name = " · ".join(part for part in parts if part)
    return [
        *blocks.paragraph(view, name, indent=_LIST, style=Style.DIM),
        *blocks.body(view, "", sample.body, indent=_LIST, names=0),
    ]
