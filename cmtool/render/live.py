"""The progress on a terminal: the tree of checks, with a spinner for each that runs.

Loaded by :func:`cmtool.render.progress.progress` alone, and only for a terminal: rich costs more
time to start than all the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, RenderableType
from rich.console import Group as Lines
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from cmtool.model import Check, Group, Status
from cmtool.render.layout import Style, cells, fold, pad
from cmtool.render.view import View

_LOOKS = {Style.OK: "green", Style.WARN: "yellow", Style.FAIL: "bold red", Style.SKIP: "dim"}
_FRAMES_PER_SECOND = 12
_INDENT = 4


class LiveChecks:
    """Shows the checks of ``plan`` (identifier to group, in order) with a mark or a spinner each.

    It clears itself at the end, so that the report stands alone, and gives the cursor back on
    every way out.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        plan: Mapping[str, Group],
        width: int,
        color: bool = True,
        ascii_only: bool = False,
    ) -> None:
        self._view = View(width=width, ascii_only=ascii_only)
        self._width = width
        self._plan = dict(plan)
        self._names = max(map(cells, self._plan), default=0)
        self._running: dict[str, Spinner] = {}
        self._done: dict[str, Check] = {}
        self._spinner = "line" if ascii_only else "dots"
        self._console = Console(
            file=stream,
            force_terminal=True,
            color_system="standard" if color else None,
            no_color=not color,
            width=width,
            markup=False,
            emoji=False,
            highlight=False,
        )
        self._live: Live | None = None

    def __enter__(self) -> Self:
        self._live = Live(
            self._tree(),
            console=self._console,
            transient=True,
            refresh_per_second=_FRAMES_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        )
        try:
            self._live.start()
        except BaseException:  # an interrupt just now: nobody will call __exit__
            self._console.show_cursor()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live is not None:
            live, self._live = self._live, None
            try:
                live.stop()
            except BaseException:  # an interrupt once more
                self._console.show_cursor()
                raise

    def started(self, check_id: str) -> None:
        """Show that a check runs now."""
        text = Text(self._view.text(check_id))
        self._running[check_id] = Spinner(self._spinner, text, style="cyan")
        self._show()

    def advanced(self, check_id: str, told: str) -> None:
        """Show how far a check has come."""
        if spinner := self._running.get(check_id):
            name = pad(self._view.text(check_id), self._names)
            spinner.update(text=Text(f"{name}  {self._view.text(told)}"))

    def finished(self, check: Check) -> None:
        """Show what a check came to."""
        self._running.pop(check.id, None)
        self._done[check.id] = check
        self._show()

    def _show(self) -> None:
        if self._live is not None:
            self._live.update(self._tree())

    def _tree(self) -> RenderableType:
        known = {**self._plan, **{check.id: check.group for check in self._done.values()}}
        unplaced = [name for name in self._running if name not in known]
        lines: list[RenderableType] = [self._row(name) for name in unplaced]
        for group in Group:
            members = [name for name, place in known.items() if place is group]
            if members:
                lines.append(Text(f"  {group.value}", "bold"))
            lines += [self._row(name) for name in members]
        return Lines(*lines)

    def _row(self, name: str) -> RenderableType:
        if name in self._done:
            return self._result(self._done[name])
        if name in self._running:
            return Padding(self._running[name], (0, 0, 0, _INDENT))
        waiting = self._view.mark(Status.SKIP).text
        return Text(f"{' ' * _INDENT}{waiting} {self._view.text(name)}", "dim")

    def _result(self, check: Check) -> RenderableType:
        mark, name = self._view.mark(check.status), pad(self._view.text(check.id), self._names)
        start = _INDENT + cells(mark.text) + 1 + self._names + 2
        room = max(1, self._width - start - 1)
        summary = fold(self._view.text(check.summary), room)[0]
        return Text.assemble(
            " " * _INDENT, (mark.text, _LOOKS[mark.style]), f" {name}  ", summary, no_wrap=True
        )
