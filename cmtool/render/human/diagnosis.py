"""The block of one finding: what happened, why, what to do, and what support will ask for."""

from __future__ import annotations

from collections.abc import Sequence

from cmtool.model import Finding, Support
from cmtool.render import figures
from cmtool.render.human import blocks
from cmtool.render.layout import BLANK, Line, Span, Style, cells, flow, justified, line, pad
from cmtool.render.view import View

_TEXT = 4
_LIST = 6


def block(
    view: View, finding: Finding, *, support: Support | None = None, checks: Sequence[str] = ()
) -> list[Line]:
    """Give the whole block.  ``checks`` names all that found it, shown when they are several."""
    return [
        *headline(view, finding),
        *_remarks(view, finding, checks),
        *(blocks.paragraph(view, finding.cause, indent=_TEXT) if finding.cause else ()),
        *_said(view, finding, support),
        *_part(view, "Evidence", blocks.bulleted(view, finding.evidence, indent=_LIST)),
        *_part(view, "Do this", blocks.numbered(view, finding.actions, indent=_LIST)),
        *_part(view, "Then", blocks.commands(view, finding.commands, indent=_LIST)),
        *_documentation(view, finding),
        *_part(view, "For support", support_lines(view, support) if support else []),
    ]


def brief(view: View, finding: Finding, support: Support | None) -> list[Line]:
    """Give the headline, the first action and the trace header."""
    lines = _title(view, finding, indent=0)
    if finding.actions:
        lines += blocks.paragraph(view, finding.actions[0], indent=2)
    if support is not None:
        lines += blocks.pairs(view, [("x-request-id", support.request_id)], indent=2)
    return lines


def headline(view: View, finding: Finding) -> list[Line]:
    """Give mark, status, identifier and title; the documented step at the right when it fits."""
    lines = _title(view, finding, indent=2)
    if finding.step is None:
        return lines
    right = Span(f"step {finding.step} of the debugging order", Style.DIM)
    if len(lines) == 1 and (whole := justified(lines[0].spans, right, view.room)):
        return [whole]
    return [*lines, line(" " * _TEXT, right)]


def _title(view: View, finding: Finding, *, indent: int) -> list[Line]:
    mark = view.severity(finding.severity)
    prefix = [Span(" " * indent), mark, Span(" ")]
    status = f"{finding.status} " if finding.status is not None else ""
    text = [
        Span(f"{status}{view.text(finding.id)}", mark.style),
        Span(f": {view.text(finding.title)}", Style.STRONG),
    ]
    hang = indent + cells(mark.text) + 1
    return flow(text, width=view.room, prefix=prefix, hang=hang)


def support_lines(view: View, support: Support) -> list[Line]:
    """Give the five things that the vendor asks for, in two columns of pairs when they fit."""
    status = "none: no status is known" if support.status is None else str(support.status)
    left = [("x-request-id", support.request_id), ("model", support.model)]
    right = [("time", support.request_time), ("status", status)]
    two = _two_columns(view, left, right)
    if two is None:
        entries = [left[0], right[0], left[1], right[1]]
        two = blocks.pairs(view, entries, indent=_LIST)
    names = cells("x-request-id")
    return [*two, *blocks.body(view, "body", support.body or "empty", indent=_LIST, names=names)]


def _two_columns(
    view: View, left: list[tuple[str, str]], right: list[tuple[str, str]]
) -> list[Line] | None:
    values = [view.text(value) for _, value in left]
    widest = max(cells(value) for value in values)
    names = cells("x-request-id")
    lines = [
        line(
            " " * _LIST,
            Span(pad(name, names + blocks.GUTTER), Style.DIM),
            pad(value, widest + 4),
            Span(pad(other, cells("status") + blocks.GUTTER), Style.DIM),
            view.text(beside),
        )
        for (name, _), value, (other, beside) in zip(left, values, right, strict=True)
    ]
    return lines if all(each.width <= view.room for each in lines) else None


def _remarks(view: View, finding: Finding, checks: Sequence[str]) -> list[Line]:
    remarks: list[tuple[str, Style]] = []
    if len(checks) > 1:
        remarks.append(
            (f"seen in {figures.listed([view.text(name) for name in checks])}", Style.DIM)
        )
    if finding.predicted:
        remarks.append(("predicted: nothing was spent to prove it", Style.WARN))
    return [
        part
        for text, style in remarks
        for part in blocks.paragraph(view, text, indent=_TEXT, style=style)
    ]


def _said(view: View, finding: Finding, support: Support | None) -> list[Line]:
    """Give the gateway's own words where they stand nowhere else in the block."""
    if not finding.message or (support is not None and not view.verbose):
        return []
    return [
        BLANK,
        blocks.heading("The answer said", indent=_TEXT),
        *blocks.body(view, "", finding.message, indent=_TEXT, names=0),
    ]


def _part(view: View, name: str, lines: list[Line]) -> list[Line]:
    return [BLANK, blocks.heading(view.ascii(name), indent=_TEXT), *lines] if lines else []


def _documentation(view: View, finding: Finding) -> list[Line]:
    if finding.docs_url is None:
        return []
    link = Span(view.text(finding.docs_url), Style.LINK)
    return [BLANK, line(" " * _TEXT, Span("Documentation", Style.HEADING), "  ", link)]
