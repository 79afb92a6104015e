"""The options that several commands share, declared once.

A command takes a group of options as one argument; :func:`expanded` turns it into the single
options that typer sees.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, get_args, get_type_hints

import typer

from cmtool.errors import UsageError
from cmtool.model import Protocol

_LONGEST_TIMEOUT_S = 86_400.0
_LIMITS, _RECORDINGS = "Limits", "Recordings"


class Format(StrEnum):
    """What standard output gets."""

    HUMAN = "human"
    JSON = "json"
    JUNIT = "junit"
    MARKDOWN = "markdown"


class Shell(StrEnum):
    """A shell for which there is a completion script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


class OptionGroup:
    """The mark of a dataclass whose fields are options; ``HEADING`` is what they stand under."""

    HEADING: ClassVar[str]


@dataclass(frozen=True, slots=True)
class TargetOptions(OptionGroup):
    """Whom to ask, and as whom."""

    HEADING = "Whom to ask"

    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            metavar="URL",
            help="Else CROSSMODEL_API_URL, else the public gateway.",
        ),
    ] = None
    api_key_file: Annotated[
        str | None,
        typer.Option(
            "--api-key-file",
            metavar="PATH",
            help="A file, - for stdin; else CROSSMODEL_API_KEY.",
        ),
    ] = None
    env_file: Annotated[
        str | None,
        typer.Option(
            "--env-file",
            metavar="PATH",
            help="A .env file for what the environment lacks.",
        ),
    ] = None
    sandbox: Annotated[
        str | None,
        typer.Option(
            "--sandbox",
            metavar="SCENARIO",
            help="Ask a local gateway instead: healthy, slow, …",
        ),
    ] = None
    timeout: Annotated[
        float,
        typer.Option("--timeout", metavar="SECONDS", help="Deadline of the whole command."),
    ] = 60.0
    no_spend: Annotated[
        bool,
        typer.Option("--no-spend", help="Ask only what is free; predict the rest."),
    ] = False

    def checked(self) -> None:
        """Raise UsageError for values that cannot be used."""
        if not 0 < self.timeout <= _LONGEST_TIMEOUT_S:
            most = f"{_LONGEST_TIMEOUT_S:.0f}"
            raise UsageError(f"--timeout takes seconds above 0 and up to {most}.")


@dataclass(frozen=True, slots=True)
class AskOptions(OptionGroup):
    """What to ask for."""

    HEADING = "What to ask"

    model_option: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="ID",
            help="Or MODEL; else CROSSMODEL_MODEL, or a cheap one.",
        ),
    ] = None
    protocol: Annotated[
        list[Protocol] | None,
        typer.Option(
            "--protocol",
            "-p",
            metavar="NAME",
            help=f"{', '.join(Protocol)}; all, or repeat it.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class StreamOptions(OptionGroup):
    """What streams are put to: how many, how, and held to which limits."""

    HEADING = "The streams"

    repeat: Annotated[
        int, typer.Option("--repeat", metavar="N", min=1, help="Streams in each protocol.")
    ] = 1
    concurrency: Annotated[
        int,
        typer.Option("--concurrency", metavar="N", min=1, help="Streams open at once."),
    ] = len(Protocol)
    retries: Annotated[
        int,
        typer.Option(
            "--retries",
            metavar="N",
            min=0,
            max=10,
            help="Fresh attempts after what may pass.",
        ),
    ] = 2
    prompt: Annotated[
        str,
        typer.Option(
            "--prompt",
            metavar="TEXT",
            help="What to ask; to count, unless named.",
            show_default=False,
        ),
    ] = "Count from 1 to 30 in digits."
    max_tokens: Annotated[
        int, typer.Option("--max-tokens", metavar="N", min=1, help="Cap of the output, in tokens.")
    ] = 64
    idle_timeout: Annotated[
        float,
        typer.Option(
            "--idle-timeout",
            rich_help_panel=_LIMITS,
            metavar="SECONDS",
            help="Longest silence of the model.",
        ),
    ] = 30.0
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect",
            rich_help_panel=_LIMITS,
            metavar="REGEX",
            help="What the text has to match somewhere.",
        ),
    ] = None
    max_ttft: Annotated[
        float | None,
        typer.Option(
            "--max-ttft",
            rich_help_panel=_LIMITS,
            metavar="MS",
            min=0,
            help="Latest first text.",
        ),
    ] = None
    max_gap: Annotated[
        float | None,
        typer.Option(
            "--max-gap",
            rich_help_panel=_LIMITS,
            metavar="MS",
            min=0,
            help="Longest pause between deltas.",
        ),
    ] = None
    max_duration: Annotated[
        float | None,
        typer.Option(
            "--max-duration",
            rich_help_panel=_LIMITS,
            metavar="MS",
            min=0,
            help="Longest whole stream.",
        ),
    ] = None
    min_tokens_per_second: Annotated[
        float | None,
        typer.Option(
            "--min-tokens-per-second",
            rich_help_panel=_LIMITS,
            metavar="N",
            min=0,
            help="Lowest rate.",
        ),
    ] = None
    record: Annotated[
        str | None,
        typer.Option(
            "--record",
            rich_help_panel=_RECORDINGS,
            metavar="FILE",
            help="Keep the raw bytes with their times.",
        ),
    ] = None
    replay: Annotated[
        str | None,
        typer.Option(
            "--replay",
            rich_help_panel=_RECORDINGS,
            metavar="FILE",
            help="Judge a recording, or a capture of curl -i.",
        ),
    ] = None

    def checked(self) -> None:
        """Raise UsageError for values that cannot be used."""
        if not 0 < self.idle_timeout <= _LONGEST_TIMEOUT_S:
            raise UsageError("--idle-timeout takes seconds above 0.")
        limits = (self.max_ttft, self.max_gap, self.max_duration, self.min_tokens_per_second)
        if not all(limit is None or math.isfinite(limit) for limit in limits):
            raise UsageError("A limit has to be a number that can be reached.")
        if self.record is not None and self.replay is not None:
            raise UsageError("--record and --replay exclude each other: a replay sends nothing.")


@dataclass(frozen=True, slots=True)
class PasteOptions(OptionGroup):
    """What a paste does not tell."""

    HEADING = "What the paste does not tell"

    status: Annotated[
        int | None,
        typer.Option("--status", metavar="N", help="The HTTP status of the answer."),
    ] = None
    protocol: Annotated[
        Protocol | None,
        typer.Option("--protocol", "-p", metavar="NAME", help=f"{', '.join(Protocol)}."),
    ] = None
    model_option: Annotated[
        str | None,
        typer.Option("--model", "-m", metavar="ID", help="The model that was asked for."),
    ] = None

    def checked(self) -> None:
        """Raise UsageError for values that cannot be used."""
        if self.status is not None and not 100 <= self.status <= 599:  # noqa: PLR2004 - RFC 9110
            raise UsageError("--status takes an HTTP status, from 100 to 599.")


@dataclass(frozen=True, slots=True)
class OutputOptions(OptionGroup):
    """Where the result goes, and how it looks."""

    HEADING = "What comes out"

    format: Annotated[
        Format,
        typer.Option(
            "--format",
            "-f",
            metavar="NAME",
            help=f"{', '.join(Format)}.",
            show_default=False,
        ),
    ] = Format.HUMAN
    report: Annotated[
        list[str] | None,
        typer.Option(
            "--report",
            metavar="PATH",
            help="Also to a .json, .xml or .md file; repeatable.",
        ),
    ] = None
    strict: Annotated[bool, typer.Option("--strict", help="A warning fails too.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what matters most.")] = (
        False
    )
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every exchange.")] = False
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colours; NO_COLOR does the same.")
    ] = False
    ascii: Annotated[bool, typer.Option("--ascii", help="Plain ASCII output.")] = False


ModelArgument = Annotated[
    str | None,
    # The help of --model speaks for both.
    typer.Argument(metavar="[MODEL]", hidden=True, show_default=False),
]


def one_model(argument: str | None, option: str | None) -> str | None:
    """Give the model that was named; raises UsageError when two different ones were."""
    if argument is not None and option is not None and argument != option:
        raise UsageError(f"Two models were named, {argument} and {option}; name one.")
    return argument if argument is not None else option


def expanded(command: Callable[..., None]) -> Callable[..., None]:
    """Give the command with each of its groups of options taken apart into single options."""
    groups = {
        name: kind
        for name, kind in get_type_hints(command, include_extras=True).items()
        if inspect.isclass(kind) and issubclass(kind, OptionGroup)
    }
    signature = inspect.signature(command, eval_str=True)
    single = [p for name, p in signature.parameters.items() if name not in groups]
    options = [p for kind in groups.values() for p in _parameters(kind)]

    @functools.wraps(command)
    def run(**values: Any) -> None:
        taken = {
            name: kind(**{f.name: values.pop(f.name) for f in dataclasses.fields(kind)})  # type: ignore[arg-type]
            for name, kind in groups.items()
        }
        command(**values, **taken)

    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*single, *options)]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def _parameters(group: type[OptionGroup]) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for option in dataclasses.fields(group):  # type: ignore[arg-type]
        for info in get_args(hints[option.name])[1:]:
            info.rich_help_panel = info.rich_help_panel or group.HEADING
        yield inspect.Parameter(
            option.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=option.default,
            annotation=hints[option.name],
        )
