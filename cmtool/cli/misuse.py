"""What the parser says of a wrong command line, in the words of the rest of the program.

One sentence says what is wrong, one names what was probably meant, one says where help is.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_VALUE = rf"Invalid value for (?P<names>(?:{_QUOTED})(?: / (?:{_QUOTED}))*): "

_REWORDED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), told)
    for pattern, told in (
        (r"No such option: (?P<typed>.*)", "There is no option {typed}."),
        (r"No such command (?P<typed>'.*')\..*", "There is no command {typed}."),
        (r"Option '(?P<name>.*)' requires an argument\.", "{name} takes a value; none is there."),
        (r"Option '(?P<name>.*)' does not take a value\.", "{name} takes no value."),
        (r"Got unexpected extra argument\(s\) \((?P<typed>.*)\)", "Too many arguments: {typed}."),
        (_VALUE + r"(?P<typed>.*) is not one of .*\.", "{name} takes {choices}, not {typed}."),
        (
            _VALUE + r"(?P<typed>.*) is not a valid int.*",
            "{name} takes a whole number, not {typed}.",
        ),
        (_VALUE + r"(?P<typed>.*) is not a valid float.*", "{name} takes a number, not {typed}."),
        (_VALUE + r"(?P<typed>.*) is not in the range .*", "{name} takes {range}, not {typed}."),
        (r"Missing argument '(?P<name>.*?)'\..*", "{name} is missing: {choices}."),
    )
)
"""What the parser says (its own words, told by their form), and how it is said here."""


def refusal(error: Any) -> str:
    """Give the sentences for an error of the parser; in its own words where it is no known one."""
    said = getattr(error, "message", "") if hasattr(error, "possibilities") else ""
    said = said or error.format_message()
    context = getattr(error, "ctx", None)
    param = getattr(error, "param", None)
    for pattern, told in _REWORDED:
        if found := pattern.fullmatch(said):
            words = {"name": _last_name(found), **found.groupdict()}
            words |= {"choices": either(_choices(param)), "range": _range(param)}
            said = told.format(**words)
            said += _meant(words.get("typed", ""), context, param)
            break
    return f"{said}{_where_help_is(context)}"


def did_you_mean(typed: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Give the question that offers the known words nearest to a wrong one; "" without any."""
    near = difflib.get_close_matches(typed, list(known), n=3, cutoff=cutoff)
    return f" Did you mean {either(near)}?" if near else ""


def either(words: Iterable[str]) -> str:
    """Join words that exclude each other: ``a, b or c``."""
    *before, last = list(words) or [""]
    return f"{', '.join(before)} or {last}" if before else last


def _last_name(found: re.Match[str]) -> str:
    """Give the longest of an option's names, as an error lists them: ``'--model' / '-m'``."""
    names = found.groupdict().get("names") or ""
    return max(re.findall(r"[^'\" /]+", names), key=len, default="")


def _choices(param: Any) -> list[str]:
    choices = getattr(getattr(param, "type", None), "choices", ())
    return [str(getattr(choice, "value", choice)) for choice in choices]


def _range(param: Any) -> str:
    """Say what numbers an option takes."""
    bounds = getattr(param, "type", None)
    lowest, highest = getattr(bounds, "min", None), getattr(bounds, "max", None)
    if highest is not None:
        return f"a number from {lowest:g} to {highest:g}"
    at_least = "more than" if getattr(bounds, "min_open", False) else "at least"
    return f"a number of {at_least} {lowest:g}" if lowest is not None else "another number"


def _meant(typed: str, context: Any, param: Any) -> str:
    """Offer what was probably meant, out of what could have stood there."""
    if param is not None:
        return did_you_mean(typed.strip("'\""), _choices(param))
    if context is None:
        return ""
    if typed.startswith("-"):
        names = (name for param in context.command.params for name in param.opts)
        return did_you_mean(typed, (name for name in names if name.startswith("-")))
    return did_you_mean(typed.strip("'\""), getattr(context.command, "commands", ()))


def _where_help_is(context: Any) -> str:
    return f" '{context.command_path} --help' says more." if context is not None else ""
