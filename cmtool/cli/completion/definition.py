"""The command line as the completion scripts see it: commands, options, and what follows them."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cmtool.catalog import ROWS


class Kind(StrEnum):
    """What a word may be.  ``TEXT`` is anything, so that nothing is offered."""

    TEXT = "text"
    CHOICE = "choice"
    FILE = "file"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What an option or an argument takes; ``choices`` are the words of a closed set.

    ``word`` is what stands for it in the help; ``name`` is there for a large set that several
    places share.
    """

    kind: Kind
    word: str = ""
    choices: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option: its names, the long one first; ``value`` is None for one that stands alone."""

    names: tuple[str, ...]
    help: str
    value: Value | None = None
    repeatable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command; ``argument`` is what its one argument may be, None when it takes none."""

    name: str
    help: str
    options: tuple[Option, ...]
    argument: Value | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """The whole program: its own options and its commands."""

    options: tuple[Option, ...]
    commands: tuple[Command, ...]

    def shared(self) -> dict[str, tuple[str, ...]]:
        """Give the large sets by their names."""
        options = (option.value for command in self.commands for option in command.options)
        values = (*options, *(command.argument for command in self.commands))
        return {value.name: value.choices for value in values if value is not None and value.name}


def definition() -> Definition:
    """Read the command line from the application that parses it."""
    import typer.main  # noqa: PLC0415 - the application is what asks for this module

    from cmtool.cli.app import app  # noqa: PLC0415 - likewise

    program: Any = typer.main.get_command(app)
    return Definition(
        options=tuple(_options(program)),
        commands=tuple(_command(name, each) for name, each in program.commands.items()),
    )


def _command(name: str, command: Any) -> Command:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    return Command(
        name=name,
        help=_sentence(command.help or ""),
        options=tuple(_options(command)),
        argument=_value(arguments[0]) if arguments else None,
    )


def _options(command: Any) -> Iterator[Option]:
    for param in command.params:
        if param.param_type_name == "option" and not param.hidden:
            yield Option(
                names=tuple(sorted(param.opts, key=len, reverse=True)),
                help=_sentence(param.help or ""),
                value=None if param.is_flag else _value(param),
                repeatable=param.multiple,
            )
    yield Option(names=("--help", "-h"), help="Show this message and exit")


def filled(words: Iterable[str], indent: str, break_: str = "") -> str:
    """Give words in lines of a readable length, each but the last ended by ``break_``."""
    lines = textwrap.wrap(" ".join(words), 96, break_long_words=False, break_on_hyphens=False)
    return f"{break_}\n{indent}".join(lines)


def _sentence(text: str) -> str:
    """Give the first line of a help text, without the stop at its end, in ASCII.

    What a script holds else, a shell of another encoding would show as something else.
    """
    line = text.partition("\n")[0].removesuffix(".")
    return unicodedata.normalize("NFKD", line).encode("ascii", "ignore").decode("ascii")


def _value(param: Any) -> Value:
    """Tell what may follow from the type, else from the word that stands for it in the help."""
    choices: Sequence[str] = getattr(param.type, "choices", ())
    word = (param.metavar or param.name).strip("[]")
    if choices:
        return Value(kind=Kind.CHOICE, word=word, choices=tuple(str(choice) for choice in choices))
    if word in _SETS:
        name, words = _SETS[word]
        return Value(kind=Kind.CHOICE, word=word, choices=tuple(words()), name=name)
    return Value(kind=_KINDS.get(word, Kind.TEXT), word=word)


def _scenarios() -> Iterable[str]:
    from cmtool.sandbox import SCENARIOS  # noqa: PLC0415 - slow to load, and only for the scripts

    return SCENARIOS


def _errors() -> Iterable[str]:
    statuses = sorted({status for row in ROWS.values() for status in row.statuses})
    return (*ROWS, *map(str, statuses))


_KINDS = {
    "PATH": Kind.FILE,
    "FILE": Kind.FILE,
    "ID": Kind.MODEL,
    "MODEL": Kind.MODEL,
    "PATTERN": Kind.MODEL,
}
_SETS: dict[str, tuple[str, Callable[[], Iterable[str]]]] = {
    "SCENARIO": ("scenarios", _scenarios),
    "NAME": ("scenarios", _scenarios),
    "ID or STATUS": ("errors", _errors),
}
