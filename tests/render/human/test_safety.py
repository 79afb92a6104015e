"""Whatever a server says, the lines stay within the width and hold nothing a terminal obeys."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.text import Text

from cmtool.catalog import ROWS, Row
from cmtool.model import Report
from cmtool.render import terminal
from cmtool.render.human.account import balance_lines
from cmtool.render.human.report import report_lines
from cmtool.render.human.rows import row_lines, table_lines
from cmtool.render.human.streams import stream_lines
from cmtool.render.layout import Line, Style, cells

TEXTS = st.text(st.characters(), max_size=90) | st.text("ab [/]\x1b\r\n余🎉", max_size=300)
WIDTHS = st.integers(60, 200)
CHOICES = st.fixed_dictionaries(
    {name: st.booleans() for name in ("ascii_only", "verbose", "quiet")}
)


def assert_fits(line: Line, width: int) -> None:
    """A line is wider than the width only for a command, or a word that was wider by itself."""
    if line.width <= width or any(span.style is Style.COMMAND for span in line.spans):
        return
    words = line.text.split(" ")
    room = width - (len(line.text) - len(line.text.lstrip(" ")))
    hanging = 30  # the deepest column in which a text begins
    assert max(map(cells, words)) > room - hanging


def assert_harmless(lines: list[Line], *, ascii_only: bool) -> None:
    for line in lines:
        assert "\x1b" not in line.text
        assert line.text.isprintable() or not ascii_only
        assert not set(line.text) & set("\n\r\t\x07\u2028\u202e\u2066")
        assert line.text.isascii() or not ascii_only


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("verbose", [False, True], ids=["usual", "verbose"])
def test_every_situation(built: Report, width: int, *, ascii_only: bool, verbose: bool) -> None:
    for render in (report_lines, stream_lines, balance_lines):
        lines = render(built, width=width, ascii_only=ascii_only, verbose=verbose)
        assert_harmless(lines, ascii_only=ascii_only)
        for line in lines:
            assert_fits(line, width)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, other=TEXTS, width=WIDTHS, choices=CHOICES)
def test_any_text(
    reports: dict[str, Report], text: str, other: str, width: int, choices: dict[str, bool]
) -> None:
    base = reports["empty-wallet"]
    assert base.diagnosis is not None
    assert base.support is not None
    report = replace(
        base,
        target=replace(base.target, model=other),
        checks=tuple(replace(each, summary=text, details={text: other}) for each in base.checks),
        diagnosis=replace(
            base.diagnosis,
            title=other,
            cause=text,
            evidence=(text, other),
            actions=(text,),
            message=other,
        ),
        findings=tuple(replace(each, title=text, cause=other) for each in base.findings),
        exchanges=tuple(replace(each, request_id=other, failure=text) for each in base.exchanges),
        support=replace(base.support, request_id=text, model=other, body=text + other),
    )
    lines = report_lines(report, width=width, **choices)
    assert_harmless(lines, ascii_only=choices["ascii_only"])
    for line in lines:
        assert_fits(line, width)


@settings(max_examples=40, deadline=None)
@given(text=TEXTS)
def test_colour_changes_no_text(reports: dict[str, Report], text: str) -> None:
    base = reports["key-missing"]
    assert base.diagnosis is not None
    report = replace(base, diagnosis=replace(base.diagnosis, title=text, cause=text))
    lines = report_lines(report, width=80)
    plain, coloured = io.StringIO(), io.StringIO()
    terminal.write(lines, plain, color=False, width=80)
    terminal.write(lines, coloured, color=True, width=80)
    assert _without_sequences(coloured.getvalue()) == plain.getvalue()


def _without_sequences(text: str) -> str:
    return "".join(f"{Text.from_ansi(each).plain}\n" for each in text.split("\n")[:-1])


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_every_row_of_the_catalogue(row: Row, width: int) -> None:
    lines = row_lines(row, width=width, ascii_only=True, verbose=True)
    assert_harmless(lines, ascii_only=True)
    for line in lines:
        assert_fits(line, width)


def test_the_table_of_errors_fits_eighty_columns() -> None:
    lines = table_lines(tuple(ROWS.values()), width=80)
    assert max(line.width for line in lines) <= 80
    text = "\n".join(line.text for line in lines)
    assert [identifier for identifier in ROWS if identifier not in text] == []
