"""Prints semantic lines: in colour through rich, or as plain text without any escape sequence.

rich is loaded only for a terminal: it costs more time to start than all the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from cmtool.render.inert import inert
from cmtool.render.layout import Line, Span, Style

_LOOKS = {
    Style.PLAIN: "",
    Style.STRONG: "bold",
    Style.DIM: "dim",
    Style.HEADING: "bold",
    Style.OK: "green",
    Style.WARN: "yellow",
    Style.FAIL: "bold red",
    Style.SKIP: "dim",
    Style.LINK: "underline blue",
    Style.COMMAND: "cyan",
}
_MARKS = "✓✗–·…→"


def write(lines: Sequence[Line], stream: TextIO, *, color: bool, width: int) -> None:
    """Print the lines.  ``color`` is for a terminal that shows it; ``width`` is its columns.

    Characters that the stream cannot encode are written as backslash escapes.
    """
    lines = [_disarmed(line) for line in lines]
    if color:
        _write_rich(lines, stream, width)
    else:
        stream.writelines(f"{_encodable(line.text, stream)}\n" for line in lines)


def _disarmed(line: Line) -> Line:
    """Give a line that is no command for a runner either, wherever its text was wrapped."""
    text = line.text
    if "::" not in text and "##" not in text:
        return line
    shown = inert(text)
    return line if shown == text else Line((Span(shown),))


def shows_unicode(stream: TextIO) -> bool:
    """Whether the stream's encoding has the marks of the human format; else use ASCII."""
    try:
        _MARKS.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _encodable(text: str, stream: TextIO) -> str:
    if text.isascii():
        return text
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _write_rich(lines: Sequence[Line], stream: TextIO, width: int) -> None:
    from rich.console import Console  # noqa: PLC0415 - start-up time, off a terminal it is not needed
    from rich.text import Text  # noqa: PLC0415 - likewise

    # The sixteen colours of the user's own theme, whatever the environment says: the caller has
    # decided already.
    console = Console(
        file=stream,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
    )
    for line in lines:
        text = Text(end="\n", no_wrap=True, overflow="ignore")
        for span in line.spans:
            text.append(_encodable(span.text, stream), _look(span))
        if blanks := len(text) - len(text.plain.rstrip(" ")):
            text.right_crop(blanks)
        console.print(text, soft_wrap=True, crop=False)


def _look(span: Span) -> str:
    if span.style is Style.LINK and span.text.startswith("https://") and " " not in span.text:
        return f"{_LOOKS[Style.LINK]} link {span.text}"
    return _LOOKS[span.style]
