"""Writing files: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cmtool.errors import UsageError


def check_writable(path: str, what: str) -> None:
    """Raise UsageError for a file that could not be written; ``what`` names its kind."""
    target = Path(path)
    if target.is_dir():
        raise UsageError(f"The {what} {path} is a directory; name a file.")
    if not target.parent.is_dir():
        raise UsageError(f"The {what} {path} cannot be written: its folder does not exist.")
    if _is_special(target):
        return
    try:
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as exc:
        raise UsageError(f"The {what} {path} cannot be written: {exc.strerror or exc}.") from exc


def _is_special(path: Path) -> bool:
    """Say whether a path is a device or a pipe, which is written to and never replaced."""
    return path.exists() and not path.is_file()


def write_whole(path: Path, text: str, what: str = "report") -> None:
    """Write a file whole or not at all; raises UsageError when it cannot be written.

    A link is followed; a device or a pipe is written to as it is.
    """
    try:
        if _is_special(path):
            path.write_text(text, encoding="utf-8")
        else:
            replace(path.resolve(), text)
    except OSError as exc:
        raise UsageError(f"The {what} {path} cannot be written: {exc.strerror or exc}.") from exc


def replace(path: Path, text: str) -> None:
    """Put a file in the place of another, whole or not at all; raises OSError."""
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        with temporary.open("x", encoding="utf-8") as file:
            file.write(text)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
