"""What the border of the program says on standard error, without a secret in it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from typing import TextIO

from cmtool.errors import ExitCode

# What a message of a fault may not show: a run tells it here as soon as it knows the key.
_kept: set[str] = set()


def keep_secret(secrets: Iterable[str]) -> None:
    """Remember what must be taken out of every message."""
    _kept.update(secrets)


def forget() -> None:
    """Begin anew, as a process does."""
    _kept.clear()


def say(sentence: str, code: ExitCode) -> int:
    """Print one sentence for people; what it quotes from them is made safe to show."""
    from cmtool.render.inert import inert  # noqa: PLC0415 - start-up time

    _put(f"cmtool: {inert(_without_secrets(sentence))}\n")
    return code


def show(error: BaseException) -> None:
    """Print where a fault happened, for those who ask for it with ``--verbose``."""
    if {"--verbose", "-v"}.isdisjoint(sys.argv):
        return
    import traceback  # noqa: PLC0415 - start-up time

    from cmtool.render.inert import inert  # noqa: PLC0415 - likewise

    text = _without_secrets("".join(traceback.format_exception(error)))
    _put(inert(text, multiline=True))


def drop_unwritable() -> None:
    """Let what a standard stream can no longer take go nowhere.

    Else the interpreter's own flush at exit fails and takes the exit code with it.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not _flushed(stream):
            with contextlib.suppress(OSError, ValueError):
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, stream.fileno())
                os.close(null)


def _put(text: str) -> None:
    """Write to standard error as far as that is possible."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):  # full, gone or closed
            sys.stderr.write(text)
            sys.stderr.flush()


def _flushed(stream: TextIO) -> bool:
    try:
        stream.flush()
    except (OSError, ValueError):
        return False
    return True


def _without_secrets(text: str) -> str:
    from cmtool.config import environment  # noqa: PLC0415 - start-up time
    from cmtool.redact import Redactor  # noqa: PLC0415 - likewise
    from cmtool.settings.variables import KEY_VARIABLE  # noqa: PLC0415 - likewise

    return Redactor(_kept | {environment().get(KEY_VARIABLE, "")}).text(text)
