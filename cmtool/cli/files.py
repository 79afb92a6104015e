"""Writing files: whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from cmtool.errors import UsageError

_PERMISSIONS = 0o777
_STREAMS = ((1, "standard output"), (2, "standard error"))

# What the system says of a file that can be written to but not be replaced: it is a mount of its
# own, as containers have them, or nothing new may be made in its folder.
_KEEPS_ITS_PLACE = frozenset({errno.EBUSY, errno.EACCES, errno.EPERM, errno.EROFS})

_IN_OTHER_WORDS = {errno.ENXIO: "nobody reads from it"}  # of a pipe


def check_writable(path: str, what: str) -> None:
    """Raise UsageError for a file that could not be written; ``what`` names its kind."""
    if not path:
        raise UsageError(f"The {what} cannot be written: its name is empty.")
    with _told(path, what):
        found = _status(Path(path))
        if found is not None and stat.S_ISDIR(found.st_mode):
            raise UsageError(f"The {what} {path} is a directory; name a file.")
        if found is not None and (stream := _stream_of(found)):
            raise UsageError(f"The {what} {path} is the file that {stream} goes to; name another.")
        if found is None or stat.S_ISREG(found.st_mode):
            _try(_followed(Path(path)), exists=found is not None)


def check_apart(written: Iterable[tuple[str, str]], read: Iterable[tuple[str, str]] = ()) -> None:
    """Raise UsageError when a file would be written twice, or be read and written over.

    Both hold pairs of an option, as the user knows it, and a path.  A device or a pipe may be
    named as often as one likes.
    """
    seen = {_identity(path): option for option, path in read}
    for option, path in written:
        other = seen.get(_identity(path))
        if other is not None and not _is_special(path):
            both = f"{other} and {option}" if other != option else f"Two of {option}"
            raise UsageError(f"{both} name the same file; name two.")
        seen[_identity(path)] = option


def write_whole(path: Path, text: str, what: str = "report") -> None:
    """Write a file whole or not at all; raises UsageError when it cannot be written.

    A link is followed; a device or a pipe is written to as it is, and a reader of it that goes
    away is no failure.  A file that cannot be replaced is written over, and is empty when that
    fails.
    """
    with _told(str(path), what):
        found = _status(path)
        if found is not None and not stat.S_ISREG(found.st_mode):
            _pass_on(path, text)
            return
        place = _followed(path)
        try:
            replace(place, text)
        except OSError as exc:
            if found is None or exc.errno not in _KEEPS_ITS_PLACE:
                raise
            _overwrite(place, text)


def replace(path: Path, text: str) -> None:
    """Put a file in the place of another, whole or not at all; raises OSError.

    It gets the permissions of the old one; a new one has those that the umask leaves.
    """
    old = _status(path, follow=False)
    with _beside(path) as temporary:
        with temporary.open("x", encoding="utf-8") as file:
            if old is not None and stat.S_ISREG(old.st_mode):
                temporary.chmod(old.st_mode & _PERMISSIONS)
            file.write(text)
        temporary.replace(path)


def append_whole(path: Path, text: str) -> None:
    """Add a text to the end of a file, whole or not at all; raises OSError."""
    before = path.stat().st_size if path.exists() else 0
    try:
        with path.open("ab") as file:
            file.write(text.encode("utf-8"))
    except BaseException:
        with contextlib.suppress(OSError):
            os.truncate(path, before)
        raise


@contextlib.contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Give the name of a new file in the same folder, which is gone at the end."""
    temporary = place.with_name(f".cmtool-{os.urandom(6).hex()}.tmp")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _told(path: str, what: str) -> Iterator[None]:
    """Turn what the system says into a sentence about the file."""
    try:
        yield
    except OSError as exc:
        why = _IN_OTHER_WORDS.get(exc.errno or 0) or exc.strerror or exc
        raise UsageError(f"The {what} {path} cannot be written: {why}.") from exc
    except ValueError as exc:  # a name that no file can have
        raise UsageError(f"The {what} {path} cannot be written: {exc}.") from exc


def _status(path: Path, *, follow: bool = True) -> os.stat_result | None:
    """Look at a file; None when there is none.  Raises OSError for a name that leads nowhere."""
    try:
        return path.stat(follow_symlinks=follow)
    except FileNotFoundError:
        return None


def _stream_of(found: os.stat_result) -> str | None:
    """Name the standard stream that goes to a file; to a device more may be written than that."""
    for number, name in () if stat.S_ISCHR(found.st_mode) else _STREAMS:
        with contextlib.suppress(OSError):  # it is closed
            if os.path.samestat(found, os.fstat(number)):
                return name
    return None


def _try(place: Path, *, exists: bool) -> None:
    """Find out whether a file can be put there; raises OSError or UsageError when it cannot."""
    if not place.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, _no_folder(place))
    if exists:
        with place.open("r+b"):
            pass
    try:
        with _beside(place) as temporary:
            temporary.touch(exist_ok=False)
    except OSError as exc:
        if not exists or exc.errno not in _KEEPS_ITS_PLACE:
            raise


def _no_folder(place: Path) -> str:
    if place.parts[0].startswith("~"):
        return f"there is no folder {place.parts[0]!r} here; write the home directory out"
    return "its folder does not exist"


def _is_special(path: str) -> bool:
    """Say whether a path is that of a device or a pipe, which is written to and never replaced."""
    return os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113 - never raise


def _identity(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _followed(path: Path) -> Path:
    """Give the file that a link leads to; what is no link stays as it was written."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _pass_on(path: Path, text: str) -> None:
    """Write to a device or a pipe; where nobody has it open to read, that is an error at once."""
    at_once = getattr(os, "O_NONBLOCK", 0)  # Windows has none, and no such pipes among its files
    descriptor = os.open(path, os.O_WRONLY | at_once)
    if at_once:
        os.set_blocking(descriptor, True)
    with contextlib.suppress(BrokenPipeError), open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)


def _overwrite(place: Path, text: str) -> None:
    try:
        place.write_text(text, encoding="utf-8")
    except BaseException:
        with contextlib.suppress(OSError):
            os.truncate(place, 0)
        raise
