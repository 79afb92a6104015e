"""Progress while the checks run: a tree that moves on a terminal, nothing anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, TextIO

from cmtool.model import Check, Group, Status
from cmtool.render.layout import Style, cells
from cmtool.render.view import View, style_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from rich.console import RenderableType
    from rich.live import Live
    from rich.spinner import Spinner

_LOOKS = {Style.OK: "green", Style.WARN: "yellow", Style.FAIL: "bold red", Style.SKIP: "dim"}
_FRAMES_PER_SECOND = 12


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

    def finished(self, check: Check) -> None:
        """Show nothing."""


class LiveChecks:
    """Shows the checks of ``plan`` (identifier to group, in order) with a mark or a spinner each.

    It clears itself at the end, so that the report stands alone, and gives the cursor back on
    every way out.  Checks outside the plan are shown at its end.
    """

    def __init__(
        self, stream: TextIO, *, plan: Mapping[str, Group], width: int, ascii_only: bool = False
    ) -> None:
        from rich.console import Console  # noqa: PLC0415 - start-up time, off a terminal it is not needed

        self._view = View(width=width, ascii_only=ascii_only)
        self._plan = dict(plan)
        self._running: dict[str, Spinner] = {}
        self._done: dict[str, Check] = {}
        self._spinner = "line" if ascii_only else "dots"
        self._console = Console(
            file=stream,
            force_terminal=True,
            width=width,
            markup=False,
            emoji=False,
            highlight=False,
        )
        self._live: Live | None = None

    def __enter__(self) -> Self:
        from rich.live import Live  # noqa: PLC0415 - start-up time, off a terminal it is not needed

        self._live = Live(
            self._tree(),
            console=self._console,
            transient=True,
            refresh_per_second=_FRAMES_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        )
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def started(self, check_id: str) -> None:
        """Show that a check runs now."""
        from rich.spinner import Spinner  # noqa: PLC0415 - start-up time, off a terminal it is not needed

        self._running[check_id] = Spinner(self._spinner, style="cyan")
        self._show()

    def finished(self, check: Check) -> None:
        """Show what a check came to."""
        self._running.pop(check.id, None)
        self._plan.setdefault(check.id, check.group)
        self._done[check.id] = check
        self._show()

    def _show(self) -> None:
        if self._live is not None:
            self._live.update(self._tree())

    def _tree(self) -> RenderableType:
        from rich.table import Table  # noqa: PLC0415 - start-up time, off a terminal it is not needed
        from rich.text import Text  # noqa: PLC0415 - likewise

        names = dict.fromkeys((*self._plan, *self._running))
        tree = Table.grid(padding=(0, 1))
        tree.add_column(width=2, justify="right")
        tree.add_column(min_width=max(map(cells, names), default=0), no_wrap=True)
        tree.add_column(no_wrap=True, overflow="ellipsis")
        for name in names:
            tree.add_row(self._mark(name), Text(self._view.text(name)), self._summary(name))
        return tree

    def _mark(self, name: str) -> RenderableType:
        from rich.text import Text  # noqa: PLC0415 - start-up time, off a terminal it is not needed

        if name in self._done:
            status = self._done[name].status
            return Text(self._view.mark(status).text, _LOOKS[style_of(status)])
        return self._running.get(name, Text(self._view.ascii("·"), "dim"))

    def _summary(self, name: str) -> RenderableType:
        from rich.text import Text  # noqa: PLC0415 - start-up time, off a terminal it is not needed

        if name not in self._done:
            return Text("")
        check = self._done[name]
        return Text(self._view.text(check.summary), "dim" if check.status is Status.SKIP else "")


def progress(
    stream: TextIO, *, plan: Mapping[str, Group], width: int, moving: bool, ascii_only: bool = False
) -> Progress:
    """Give the progress for this stream: it moves only when ``moving``, which is for terminals."""
    if not moving:
        return SilentChecks()
    return LiveChecks(stream, plan=plan, width=width, ascii_only=ascii_only)
