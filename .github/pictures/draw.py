"""Draws the README's pictures from real runs in a terminal: `python .github/pictures/draw.py`.

Each run is a process of its own on a pseudo-terminal of 80 columns, against the embedded sandbox;
rich turns what it printed into an SVG file beside this one.  Needs a system with pseudo-terminals.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS, LINES = 80, 60
PICTURES = {
    "healthy.svg": ["doctor", "--sandbox", "healthy"],
    "failing.svg": ["doctor", "--sandbox", "insufficient-balance"],
    "streams.svg": ["stream-test", "--sandbox", "healthy"],
}
# The fonts of the reader's machine: a picture that loads one from elsewhere is no picture.
_SVG = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "font-family: Fira Code, monospace", "font-family: Menlo, Consolas, DejaVu Sans Mono, monospace"
)


def printed(arguments: list[str]) -> str:
    """Run cmtool on a terminal and give what it printed, escape sequences and all."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "TERM"}}
    with subprocess.Popen(
        [sys.executable, "-m", "cmtool", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={**environment, "TERM": "xterm-256color"},
    ):
        os.close(theirs)
        pieces = []
        try:
            while piece := os.read(ours, 65536):
                pieces.append(piece)
        except OSError:  # how Linux says that the other side is gone
            pass
    os.close(ours)
    return b"".join(pieces).decode().replace("\r\n", "\n")


def draw(arguments: list[str]) -> str:
    """Give the picture of a run, its command line above it."""
    title = " ".join(["cmtool", *arguments])
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(printed(arguments)), soft_wrap=True)
    picture = console.export_svg(title=title, theme=MONOKAI, code_format=_SVG, unique_id="cmtool")
    return "\n".join(line.rstrip() for line in picture.splitlines()) + "\n"


if __name__ == "__main__":
    for name, arguments in PICTURES.items():
        Path(__file__).with_name(name).write_text(draw(arguments), encoding="utf-8")
