"""Where the result goes: standard output in one format, and the files that were asked for."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from cmtool.cli.about import running_on
from cmtool.cli.files import append_whole, check_apart, check_writable, write_whole
from cmtool.cli.options import Format, OutputOptions
from cmtool.config import columns, github, plain_terminal
from cmtool.errors import UsageError
from cmtool.model import Group, Report
from cmtool.redact import visible
from cmtool.render import DOCUMENTS, document
from cmtool.render.layout import Line, line
from cmtool.render.progress import Progress, progress
from cmtool.render.terminal import shows_unicode, write

_TESTS = frozenset({"doctor", "stream-test"})  # whose report is of interest also when all is well
_COLUMNS = 80  # where neither a terminal nor the environment names any


class Renderer(Protocol):
    """What turns a report into lines for people."""

    def __call__(
        self, report: Report, *, width: int, ascii_only: bool, verbose: bool, quiet: bool
    ) -> list[Line]:
        """Give the lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The file that the raw streams go to; ``text`` gives what it is to hold."""

    path: str
    text: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One of the two standard streams, and what it can show; ``stream`` is None when closed."""

    stream: TextIO | None
    color: bool
    ascii_only: bool
    width: int
    moving: bool

    @classmethod
    def of(cls, stream: TextIO | None, output: OutputOptions) -> Screen:
        """Look at a stream as it is."""
        terminal = stream is not None and stream.isatty()
        no_color, dumb = plain_terminal()
        return cls(
            stream=stream,
            color=terminal and not (no_color or output.no_color),
            ascii_only=output.ascii or (stream is not None and not shows_unicode(stream)),
            width=_columns(stream if terminal else None),
            moving=terminal and not dumb,
        )

    def show(self, lines: Sequence[Line]) -> None:
        """Print lines."""
        if self.stream is not None:
            with contextlib.suppress(BrokenPipeError):  # its reader has seen enough
                write(lines, self.stream, color=self.color, width=self.width)
                self.stream.flush()

    def print(self, text: str) -> None:
        """Print a document; characters that the stream cannot encode as backslash escapes."""
        if self.stream is not None:
            encoding = self.stream.encoding or "utf-8"
            with contextlib.suppress(BrokenPipeError):
                self.stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
                self.stream.flush()


def _columns(stream: TextIO | None) -> int:
    """Give the columns of the terminal that a stream goes to, which need not be that of another.

    Without a terminal, or with one that does not know, they are those that the environment names.
    """
    try:
        shown = os.get_terminal_size(stream.fileno()).columns if stream is not None else 0
    except (OSError, ValueError):
        shown = 0
    return shown or columns() or _COLUMNS


def stdout(output: OutputOptions) -> Screen:
    """Give standard output."""
    return Screen.of(sys.stdout, output)


def stderr(output: OutputOptions) -> Screen:
    """Give standard error."""
    return Screen.of(sys.stderr, output)


def watching(output: OutputOptions, plan: Mapping[str, Group]) -> Progress:
    """Give the progress display: on standard error, and only on a terminal."""
    screen = stderr(output)
    return progress(
        sys.stderr,
        plan=plan,
        width=screen.width,
        moving=screen.moving and not output.quiet,
        color=screen.color,
        ascii_only=screen.ascii_only,
    )


def emit(
    report: Report, output: OutputOptions, human: Renderer, recording: Recording | None = None
) -> int:
    """Put out a report everywhere it is wanted; gives the exit code.

    The code is the run's own also where the reader of standard output has gone away.  Every place
    gets its report whatever happens at the others.  Raises UsageError for a file that could not
    be written: the run exits with 2 then, whatever it came to, so that no script takes a report of
    last week for that of today; what it came to stands on standard output.
    """
    report = dataclasses.replace(report, platform=running_on())
    troubles: list[str] = []
    with contextlib.ExitStack() as places:  # from the last to the first, each whatever the others
        places.callback(_tell_github, report)
        if recording is not None:
            places.callback(_keep, recording.path, recording.text, "recording", troubles)
        for path in reversed(output.report or ()):
            renderer = document(_format_of(path), ascii_only=output.ascii)
            render = functools.partial(renderer, report)
            places.callback(_keep, path, render, "report", troubles)
        _put_out(report, output, human)
    if troubles:
        raise UsageError(" ".join(troubles))
    return report.exit_code


def _put_out(report: Report, output: OutputOptions, human: Renderer) -> None:
    screen = stdout(output)
    if output.format is not Format.HUMAN:
        screen.print(document(output.format.value, ascii_only=screen.ascii_only)(report))
    else:
        screen.show(_lines(report, output, screen, human))


def _keep(path: str, text: Callable[[], str], what: str, troubles: list[str]) -> None:
    try:
        write_whole(Path(path), text(), what)
    except UsageError as exc:
        troubles.append(str(exc))


def _tell_github(report: Report) -> None:
    """In a GitHub Actions run annotate what was found, and add the report to the step's summary.

    The annotations go to standard error, where the runner reads them as well: standard output
    holds the report and nothing else.  A summary that cannot be written is said and fails nothing:
    nobody asked this run for it.
    """
    active, summary = github()
    tests = report.command in _TESTS or report.diagnosis is not None
    if not (active and tests):
        return
    from cmtool.render.github import annotations  # noqa: PLC0415 - only there

    screen = stderr(OutputOptions())
    screen.print("".join(f"{line}\n" for line in annotations(report)))
    if summary:
        try:
            append_whole(Path(summary), document(Format.MARKDOWN.value)(report))
        except (OSError, ValueError) as exc:
            why = exc.strerror if isinstance(exc, OSError) and exc.strerror else exc
            told = f"cmtool: the step summary {summary} cannot be written: {why}"
            screen.show([line(visible(told))])


def _lines(report: Report, output: OutputOptions, screen: Screen, human: Renderer) -> list[Line]:
    return human(
        report,
        width=screen.width,
        ascii_only=screen.ascii_only,
        verbose=output.verbose,
        quiet=output.quiet,
    )


def check_reports(
    paths: Sequence[str] | None, read: Mapping[str, str | None] | None = None
) -> None:
    """Raise UsageError, before anything is sent, for a report that could not be written.

    ``read`` holds by its option each file that the run reads, which no report may replace.
    """
    for path in paths or ():
        check_writable(path, "report")
        _format_of(path)
    named = [(option, path) for option, path in (read or {}).items() if path]
    check_apart([("--report", path) for path in paths or ()], named)


def _format_of(path: str) -> str:
    ending = Path(path).suffix.lower()
    for name, entry in DOCUMENTS.items():
        if entry.ending == ending:
            return name
    endings = ", ".join(entry.ending for entry in DOCUMENTS.values())
    raise UsageError(f"The report {path} must end in one of: {endings}.")
