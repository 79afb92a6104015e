"""What is told while the checks run, and the kind that shows nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self, TextIO

from cmtool.model import Check, Group


class Progress(Protocol):
    """What the runner of the checks tells while it runs; a context manager."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, whatever happened, and leave the terminal as it was."""
        ...

    def started(self, check_id: str) -> None:
        """Show that a check runs now."""
        ...

    def advanced(self, check_id: str, told: str) -> None:
        """Show how far a check has come."""
        ...

    def finished(self, check: Check) -> None:
        """Show what a check came to."""
        ...


class SilentChecks:
    """Shows nothing: for pipes, files and ``--quiet``."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def started(self, check_id: str) -> None:
        """Show nothing."""

    def advanced(self, check_id: str, told: str) -> None:
        """Show nothing."""

    def finished(self, check: Check) -> None:
        """Show nothing."""


def progress(  # noqa: PLR0913 - what a terminal is like
    stream: TextIO,
    *,
    plan: Mapping[str, Group],
    width: int,
    moving: bool,
    color: bool = True,
    ascii_only: bool = False,
) -> Progress:
    """Give the progress for this stream: it moves only when ``moving``, which is for terminals."""
    if not moving:
        return SilentChecks()
    from cmtool.render.live import LiveChecks  # noqa: PLC0415 - rich costs start-up time

    return LiveChecks(stream, plan=plan, width=width, color=color, ascii_only=ascii_only)
