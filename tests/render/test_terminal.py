from __future__ import annotations

import io
import subprocess
import sys

import pytest

from cmtool.render import terminal
from cmtool.render.layout import BLANK, Line, Span, Style, line

DOCS = "https://www.crossmodel.ai/docs/errors"


def printed(lines: list[Line], *, color: bool, width: int = 40) -> str:
    stream = io.StringIO()
    terminal.write(lines, stream, color=color, width=width)
    return stream.getvalue()


def test_plain_text_has_no_escape_sequence() -> None:
    lines = [line(Span("a", Style.FAIL), Span(DOCS, Style.LINK), "  "), BLANK]
    assert printed(lines, color=False) == f"a{DOCS}\n\n"


@pytest.mark.parametrize(
    ("style", "code"),
    [
        pytest.param(Style.OK, "32", id="ok-green"),
        pytest.param(Style.WARN, "33", id="warn-yellow"),
        pytest.param(Style.FAIL, "1;31", id="fail-red"),
        pytest.param(Style.DIM, "2", id="dim"),
        pytest.param(Style.COMMAND, "36", id="command-cyan"),
    ],
)
def test_colours(style: Style, code: str) -> None:
    assert printed([line(Span("text", style))], color=True) == f"\x1b[{code}mtext\x1b[0m\n"


def test_colour_does_not_ask_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[32m" in printed([line(Span("text", Style.OK))], color=True)


@pytest.mark.parametrize(
    ("text", "clickable"),
    [
        pytest.param(DOCS, True, id="address"),
        pytest.param("see the page", False, id="words"),
        pytest.param("file:///etc/passwd", False, id="other-scheme"),
    ],
)
def test_links(text: str, *, clickable: bool) -> None:
    assert ("\x1b]8;" in printed([line(Span(text, Style.LINK))], color=True)) is clickable


def test_markup_and_emoji_codes_are_text() -> None:
    assert printed([line("[bold red]x[/] :smile: 1.2.3.4")], color=True) == (
        "[bold red]x[/] :smile: 1.2.3.4\n"
    )


def test_a_long_line_is_neither_wrapped_nor_cut() -> None:
    command = "cmtool doctor " + "x" * 200
    assert command in printed([line(Span(command, Style.COMMAND))], color=True, width=20)


@pytest.mark.parametrize("color", [False, True], ids=["plain", "colour"])
@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        pytest.param("utf-8", "✓ 余", id="utf-8"),
        pytest.param("cp1252", "\\u2713 \\u4f59", id="cp1252"),
    ],
)
def test_what_cannot_be_encoded_is_escaped(encoding: str, expected: str, *, color: bool) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    terminal.write([line("✓ 余")], stream, color=color, width=40)
    stream.flush()
    assert raw.getvalue().decode(encoding) == f"{expected}\n"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        pytest.param("utf-8", True, id="utf-8"),
        pytest.param("cp1252", False, id="cp1252"),
        pytest.param("ascii", False, id="ascii"),
    ],
)
def test_shows_unicode(encoding: str, *, expected: bool) -> None:
    assert terminal.shows_unicode(io.TextIOWrapper(io.BytesIO(), encoding=encoding)) is expected


def test_rich_is_loaded_for_colour_only() -> None:
    program = (
        "import sys; from cmtool.render import progress, terminal; "
        "from cmtool.render.human import account, report, request, rows, streams; "
        "from cmtool.render.layout import line; import cmtool.render.json; "
        "terminal.write([line('x')], sys.stdout, color=False, width=80); "
        "sys.exit('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert (done.returncode, done.stdout.split()) == (0, [b"x"])


@pytest.mark.parametrize("color", [False, True], ids=["plain", "colour"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("  ::error::x", "  \\x3a:error::x", id="command"),
        pytest.param("a ##vso[x]y", "a \\x23#vso[x]y", id="azure"),
        pytest.param("a::b ## c", "a::b ## c", id="none"),
    ],
)
def test_a_line_is_no_command_for_a_runner(text: str, expected: str, *, color: bool) -> None:
    assert printed([line(text)], color=color) == f"{expected}\n"
