"""Reading what is pasted: from standard input or a file, in bounded memory and time."""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cmtool import catalog
from cmtool.errors import UsageError
from cmtool.quantities import count

STDIN = "standard input"
_HALF = 1024 * 1024  # bytes of the beginning, and as many of the end
_MOST_READ = 128 * 1024 * 1024  # bytes of an input that can only be read from its start
_PIECE = 1024 * 1024
_HAR = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:')
_HAR_START = 24 * 1024 * 1024  # bytes of the beginning of a HAR file, of which pictures take most
_NO_TEXT = {
    b"\0": "NUL bytes",
    b"\xef\xbb\xbf\xff\xfe": "a byte order mark",
    b" \t\r\n": "blanks or line ends",
}
_HOW_TO_END = "Ctrl-Z and Enter" if sys.platform == "win32" else "Ctrl-D"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read: its beginning and its end, and how many bytes between them were left out."""

    name: str
    content: bytes
    left_out: int = 0


def pasted(file: str | None) -> Read:
    """Read the named file, or standard input where none or ``-`` is named.

    Raises UsageError for what cannot be read or is empty.
    """
    read = _stdin() if file in {None, "-"} else _file(str(file))
    if not read.content.strip(b"".join(_NO_TEXT)):
        raise UsageError(f"{_came(read)} Pipe the error in, or name its file.")
    return read


def _came(read: Read) -> str:
    """Say what came where it is no text."""
    if not read.content:
        return f"Nothing was pasted: {read.name} is empty."
    kinds = [kind for some, kind in _NO_TEXT.items() if set(some) & set(read.content)]
    left_out = f", {count(read.left_out, 'byte')} between them left out" if read.left_out else ""
    looked_at = f"{count(len(read.content), 'byte')} looked at{left_out}"
    return f"There is no text in {read.name}, only {', '.join(kinds)} ({looked_at})."


def _stdin() -> Read:
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("Standard input is closed: name the file that holds the error.")
    if sys.stdin.isatty() and sys.stderr is not None:
        sys.stderr.write(f"Paste the error, then press Enter and {_HOW_TO_END}.\n")
        sys.stderr.flush()
    try:
        return _ends_of(sys.stdin.buffer, STDIN)
    except OSError as exc:
        raise UsageError(f"Standard input cannot be read: {exc.strerror or exc}.") from exc


def _file(name: str) -> Read:
    path = Path(name)
    try:
        if path.is_dir():
            raise UsageError(f"{name} is a directory: name the file that holds the error.")
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            regular = stat.S_ISREG(status.st_mode)
            return _of_file(file, status.st_size, name) if regular else _ends_of(file, name)
    except FileNotFoundError as exc:
        raise UsageError(f"{name} does not exist. {_instead(name)}") from exc
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else exc
        raise UsageError(f"{name} cannot be read: {reason}.") from exc


def _instead(name: str) -> str:
    """Say what helps when no such file is there: the error itself may have been given."""
    if re.fullmatch(r"[1-5]\d\d", name) or name in catalog.ROWS:
        return f"Of a status or an identifier cmtool errors {name} tells all."
    return "Name a file, or pipe the error into cmtool explain."


def _of_file(file: BinaryIO, size: int, name: str) -> Read:
    start = file.read(_HALF)
    if _HAR.match(start):
        start += file.read(_HAR_START - _HALF)
    at = size - _HALF
    at = max(len(start), at + at % 2)  # the characters of UTF-16 take two bytes
    file.seek(at)
    return _joined(name, start, file.read(_HALF), at - len(start))


def _ends_of(file: BinaryIO, name: str) -> Read:
    """Keep the beginning and the end of what can be read only once."""
    start, end, size, most = b"", b"", 0, _HALF
    while size < _MOST_READ and (piece := file.read(_PIECE)):
        size += len(piece)
        if _HAR.match(start or piece):
            most = _HAR_START
        missing = most - len(start)
        start += piece[: max(0, missing)]
        end += piece[max(0, missing) :]
        if len(end) > 2 * _HALF:
            end = end[-_HALF:]
    left_out = size - len(start) - len(end[-_HALF:])
    return _joined(name, start, end[-_HALF:], left_out)


def _joined(name: str, start: bytes, end: bytes, left_out: int) -> Read:
    between = b"\n" if left_out > 0 and not start.startswith((b"\xff\xfe", b"\xfe\xff")) else b""
    return Read(name=name, content=start + between + end, left_out=left_out)
