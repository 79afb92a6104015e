"""The user's files, read as a stranger's: bounded, in time, and with one sentence when it fails."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from cmtool.errors import CmtoolError, UsageError

KEY_FILE_LIMIT = 16 * 1024  # bytes
ENV_FILE_LIMIT = 256 * 1024  # bytes
_PARENTS = 10  # folders above this one in which a .env is looked for


def in_time(read: Callable[[], bytes], timeout_s: float) -> bytes:
    """Read what may be a pipe that nobody writes to, in a thread that nobody waits for."""
    results: list[bytes | CmtoolError] = []

    def run() -> None:
        try:
            results.append(read())
        except CmtoolError as exc:
            results.append(exc)

    thread = threading.Thread(target=run, name="cmtool-reading", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if not results and not thread.is_alive():
        raise RuntimeError("reading a file ended without a result")
    if not results:
        raise UsageError(f"A file was to be read, but nothing came within {timeout_s:g} s.")
    if isinstance(results[0], CmtoolError):
        raise results[0]
    return results[0]


def read_stdin() -> bytes:
    """Give what standard input holds; raises UsageError where it holds too much or is closed."""
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("--api-key-file - reads the key from standard input, which is closed.")
    # Past the buffer: its lock, held by a thread that waits still, aborts the interpreter's end.
    source = getattr(sys.stdin.buffer, "raw", sys.stdin.buffer)
    content = b""
    try:
        while len(content) <= KEY_FILE_LIMIT and (piece := source.read(KEY_FILE_LIMIT + 1)):
            content += piece
    except OSError as exc:
        raise UsageError(f"No key can be read from standard input: {exc.strerror}.") from exc
    return _no_larger(content, "The text on standard input", KEY_FILE_LIMIT)


def read_key_file(path: Path) -> bytes:
    """Give a file that holds a key; raises UsageError where it cannot be one."""
    return read_file(path, f"The key file {path}", KEY_FILE_LIMIT)


def read_file(path: Path, what: str, limit: int) -> bytes:
    """Give a file of at most ``limit`` bytes.

    Raises UsageError, of which ``what`` begins the sentence, for one that cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _no_larger(file.read(limit + 1), what, limit)
    except IsADirectoryError as exc:
        raise UsageError(f"{what} is a directory; name the file in it.") from exc
    except FileNotFoundError as exc:
        raise UsageError(f"{what} does not exist.") from exc
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else exc
        raise UsageError(f"{what} cannot be read: {reason}.") from exc


def _no_larger(content: bytes, what: str, limit: int) -> bytes:
    if len(content) <= limit:
        return content
    if limit == KEY_FILE_LIMIT:
        raise UsageError(f"{what} is too large to hold only a key.")
    raise UsageError(f"{what} is larger than {limit // 1024} KiB.")


def nearest_dotenv() -> tuple[Path, bytes] | None:
    """Give the nearest ``.env`` file and what is in it, up to ``ENV_FILE_LIMIT``; it may be cut.

    It is looked for in this folder and, inside a repository, in those above it up to its root:
    loaders that search upwards go further, but what lies there is seldom meant.
    """
    for folder in _folders():
        path = folder / ".env"
        try:
            if path.is_file():  # a pipe of that name could keep the reader waiting
                with path.open("rb") as file:
                    return path, file.read(ENV_FILE_LIMIT)
        except OSError:
            continue
    return None


def _folders() -> list[Path]:
    """Give this folder and those above it up to the root of the repository; else this alone."""
    try:
        here = Path.cwd()
        above = [here, *here.parents][: _PARENTS + 1]
        root = next((up for up, folder in enumerate(above) if (folder / ".git").exists()), 0)
    except OSError:  # the folder was removed, or may not be looked into
        root = 0
    return [Path(*[".."] * up) for up in range(root + 1)]
