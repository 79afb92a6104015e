"""The page of ``cmtool explain``: what the paste was read as, the diagnosis, what is missing."""

from __future__ import annotations

from cmtool.model import Recognised, Report
from cmtool.paste import FORMS, Pasted, Unlike, nearest, unlike
from cmtool.quantities import count
from cmtool.render.human import blocks
from cmtool.render.human.outcome import brief, outcome
from cmtool.render.human.streams import stream_table
from cmtool.render.human.verdict import header
from cmtool.render.layout import BLANK, Line, Span, Style, flow
from cmtool.render.view import View

_UNLIKE = {
    Unlike.PROGRAM: (
        "It ends with {}: the program itself raised that, at the line of its own that stands above"
        " it, and neither the gateway nor an SDK did. Where that line reads an answer, print the"
        " whole answer first, with its status, and paste that."
    ),
    Unlike.KEY: (
        "It is a key and no error. Nothing was sent anywhere. To check the key in"
        " CROSSMODEL_API_KEY, run cmtool doctor."
    ),
    Unlike.ADDRESS: (
        "It is an address and no answer. To ask there, run cmtool doctor with --base-url, or curl"
        " with -i, and paste what comes back."
    ),
    Unlike.BYTES: "It holds bytes that are no text. Of a compressed file paste what is in it.",
    Unlike.COMMAND: (
        "It is a command and no answer. Run it with -i, and paste what it prints behind it."
    ),
}


def explain_lines(
    report: Report,
    *,
    width: int,
    ascii_only: bool = False,
    verbose: bool = False,
    quiet: bool = False,
) -> list[Line]:
    """Give the page; with ``quiet`` no more than the diagnosis in brief."""
    view = View(width=width, ascii_only=ascii_only, verbose=verbose, quiet=quiet)
    if quiet:
        return brief(view, report)
    # A capture knows no times, and the table holds little else.
    timed = any(stream.duration_ms is not None for stream in report.streams)
    streams = stream_table(view, report.streams) if timed or verbose else []
    recognised = report.recognised
    return [
        *header(view, report),
        BLANK,
        *(_read_as(view, recognised) if recognised else ()),
        BLANK,
        *([*streams, BLANK] if streams else ()),
        *outcome(view, report, before_end=_surer(view, recognised) if recognised else ()),
    ]


def _read_as(view: View, recognised: Recognised) -> list[Line]:
    first, *others = recognised.forms
    entries = [("read as", first)]
    if others:
        entries.append(("also", ", ".join(others)))
    looked_at = count(recognised.characters, "character")
    if recognised.left_out > 0:
        looked_at += f"; {count(recognised.left_out, 'byte')} in the middle left out"
    entries.append(("looked at", looked_at))
    if recognised.errors > 1:
        entries.append(("errors", f"{recognised.errors}, of which the decisive one is explained"))
    return blocks.pairs(view, entries, indent=2)


def _surer(view: View, recognised: Recognised) -> list[Line]:
    if not recognised.surer:
        return []
    return [
        BLANK,
        blocks.heading("To be surer", indent=4),
        *blocks.bulleted(view, recognised.surer, indent=6),
    ]


def unrecognised_lines(
    name: str, start: str, pasted: Pasted, *, width: int, ascii_only: bool
) -> list[Line]:
    """Say that nothing was recognised, what was looked for, and what comes nearest.

    ``start`` is the first line of the paste, redacted.
    """
    view = View(width=width, ascii_only=ascii_only)
    looked_at = count(len(pasted.text), "character")
    said = f"cmtool: nothing in {name} was recognised ({looked_at} looked at)."
    entries = [(form.name, form.example) for form in FORMS]
    return [
        *flow([Span(view.text(said), Style.STRONG)], width=view.room),
        *_nearest(view, start, pasted),
        blocks.heading("Looked for", indent=2),
        *(
            part
            for form, example in entries
            for part in blocks.item(view, view.ascii("·"), f"{form}: {example}", indent=4)
        ),
        *blocks.paragraph(
            view,
            "With --status N the paste is taken for the text of an error with that status.",
            indent=2,
        ),
    ]


def _nearest(view: View, start: str, pasted: Pasted) -> list[Line]:
    near, kind = nearest(pasted.text), unlike(pasted.text)
    if kind is not None:
        said = _UNLIKE[kind[0]].format(kind[1])
    elif near is not None:
        said = f"Nearest is {near[0]}, which looks like {near[1]}."
    elif "{" in pasted.text:
        said = "Nearest is an object in it, which holds no error and is no answer of the gateway."
    else:
        said = f"It begins: {start}"
    return blocks.paragraph(view, said, indent=2)
