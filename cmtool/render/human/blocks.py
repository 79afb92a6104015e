"""The parts of which the blocks of the human format are built: lists, pairs, tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cmtool.render.layout import Line, Span, Style, cells, flow, fold, line, pad, pad_left
from cmtool.render.view import View

GUTTER = 2
_WIDEST_NAME = 20
_ADDRESS = re.compile(r"(https://\S*[^\s.,;:)])")  # without what ends a sentence
_MOST_BODY_LINES = 6
_MOST_BODY_LINES_VERBOSE = 60


def heading(text: str, *, indent: int) -> Line:
    """Give the line above a part of a block."""
    return line(" " * indent, Span(text, Style.HEADING))


def running(view: View, text: str, style: Style = Style.PLAIN) -> list[Span]:
    """Give a foreign sentence with the addresses in it as links."""
    parts = _ADDRESS.split(view.text(text))
    return [
        Span(part, Style.LINK if index % 2 else style) for index, part in enumerate(parts) if part
    ]


def paragraph(view: View, text: str, *, indent: int, style: Style = Style.PLAIN) -> list[Line]:
    """Give a sentence or several, wrapped."""
    margin = [Span(" " * indent)]
    return flow(running(view, text, style), width=view.room, prefix=margin, hang=indent)


def item(view: View, marker: str, text: str, *, indent: int) -> list[Line]:
    """Give one item of a list, its further lines under its text."""
    prefix = [Span(" " * indent), Span(marker, Style.DIM), Span(" ")]
    hang = indent + cells(marker) + 1
    return flow(running(view, text), width=view.room, prefix=prefix, hang=hang)


def numbered(view: View, texts: Sequence[str], *, indent: int) -> list[Line]:
    """Give a numbered list."""
    widest = len(str(len(texts))) + 1
    return [
        part
        for number, text in enumerate(texts, 1)
        for part in item(view, pad_left(f"{number}.", widest), text, indent=indent)
    ]


def bulleted(view: View, texts: Sequence[str], *, indent: int) -> list[Line]:
    """Give a list without an order."""
    bullet = view.ascii("·")
    return [part for text in texts for part in item(view, bullet, text, indent=indent)]


def commands(view: View, texts: Sequence[str], *, indent: int) -> list[Line]:
    """Give shell lines as they are: never wrapped, so that they can be copied."""
    return [
        line(" " * indent, Span(part, Style.COMMAND)) for text in texts for part in view.lines(text)
    ]


def pairs(view: View, entries: Sequence[tuple[str, str]], *, indent: int) -> list[Line]:
    """Give names and values in two columns; a value that is too long wraps under itself.

    A name that is too long for its column has a line of its own.
    """
    shown = [(view.text(name), value) for name, value in entries]
    names = min(_WIDEST_NAME, max((cells(name) for name, _ in shown), default=0))
    margin, hang = Span(" " * indent), indent + names + GUTTER
    lines: list[Line] = []
    for name, value in shown:
        prefix = [margin, Span(pad(name, names + GUTTER), Style.DIM)]
        if cells(name) > names:
            lines += paragraph(view, name, indent=indent, style=Style.DIM)
            prefix = [Span(" " * hang)]
        lines += flow(running(view, value), width=view.room, prefix=prefix, hang=hang)
    return lines


def body(view: View, name: str, text: str, *, indent: int, names: int) -> list[Line]:
    """Give a body beside its name, folded and cut: a quotation, not something to copy."""
    from_left = indent + names + GUTTER
    most = _MOST_BODY_LINES_VERBOSE if view.verbose else _MOST_BODY_LINES
    room = view.room - from_left
    pieces = [piece for part in view.lines(text.rstrip()) for piece in fold(part, room)]
    shown = pieces[:most]
    left_out = sum(len(piece) for piece in pieces[most:])
    lines = [
        line(
            " " * indent,
            Span(pad("" if index else name, names), Style.DIM),
            " " * GUTTER,
            piece,
        )
        for index, piece in enumerate(shown)
    ]
    if left_out:
        note = f"… {left_out:,} more characters (--format json has them)"
        lines += paragraph(view, note, indent=from_left, style=Style.DIM)
    return lines


def table(view: View, rows: Sequence[Sequence[Span]], *, indent: int) -> list[Line]:
    """Give rows in aligned columns, as :func:`aligned` does, one after the other."""
    return [part for lines in aligned(view, rows, indent=indent) for part in lines]


def aligned(view: View, rows: Sequence[Sequence[Span]], *, indent: int) -> list[list[Line]]:
    """Give the lines of each row; the last cell wraps under itself or moves to the next line.

    Cells are made visible by the caller.  A last cell that is one long word, such as an
    identifier, stays whole.
    """
    columns = len(rows[0]) - 1 if rows else 0
    widths = [max(cells(row[at].text) for row in rows) for at in range(columns)]
    kept = [at for at, width in enumerate(widths) if width]
    hang = indent + sum(widths[at] + GUTTER for at in kept)
    lines: list[list[Line]] = []
    for row in rows:
        prefix = [Span(" " * indent)]
        prefix += [Span(pad(row[at].text, widths[at] + GUTTER), row[at].style) for at in kept]
        lines.append(_with_last(view, prefix, row[-1], hang=hang))
    return lines


def _with_last(view: View, prefix: list[Span], last: Span, *, hang: int) -> list[Line]:
    longest = max((cells(word) for word in last.text.split()), default=0)
    if hang + longest <= view.room:
        return flow([last], width=view.room, prefix=prefix, hang=hang)
    below = cells(prefix[0].text) + GUTTER
    moved = flow([last], width=view.room, prefix=[Span(" " * below)], hang=below)
    return [Line(tuple(prefix)), *moved]
