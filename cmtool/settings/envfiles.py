"""A ``.env`` file, read for keys of the gateway and for what keeps loaders from taking them.

Pure.  What loaders do with a line: https://docs.docker.com/reference/cli/docker/container/run/#env
for docker, https://saurabh-kumar.com/python-dotenv/ for python-dotenv, POSIX for a shell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from io import StringIO

from cmtool.model import Secret
from cmtool.settings import NamedKey

_LINE = re.compile(
    r"""(?xm)^[ \t]*
        (?P<off>(?:\#[ \t]*)*)
        (?P<export>(?:export|set)[ \t]+)?
        (?P<name>[A-Za-z_][\w.\-]*)
        (?P<before>[ \t]*) (?P<sign>[=:]) (?P<after>[ \t]*)
        (?P<quote>["'`“‘]?) (?P<value>[ \t]*cm-[^\r\n]*)"""
)
_CLOSES = {"“": "”", "‘": "’"}
_MOST_REMARKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    number: int
    key: NamedKey
    active: bool
    oddities: tuple[str, ...]


def keys_of(text: str) -> tuple[tuple[NamedKey, ...], tuple[str, ...]]:
    """Give the keys of the gateway in a file, and what is odd about it, each in a sentence.

    A key that is commented out is no key of the file.
    """
    lines = [_read(text, found) for found in _LINE.finditer(text)]
    active = [line for line in lines if line.active]
    remarks = dict.fromkeys((*_commented(lines), *_repeated(active), *_odd(active, text)))
    return tuple(line.key for line in active), tuple(remarks)[:_MOST_REMARKS]


def parsed(text: str, file: str, watched: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """Give the variables of a file as python-dotenv reads them, and sentences on its odd lines.

    Nothing is filled in for ``${NAME}``: a value is taken as it stands, and a remark says so where
    its variable is one of ``watched``.
    """
    from dotenv.parser import parse_stream  # noqa: PLC0415 - start-up time: few name a file

    variables: dict[str, str] = {}
    remarks = []
    for binding in parse_stream(StringIO(text, newline="")):
        before = binding.original.string
        line = binding.original.line + before[: len(before) - len(before.lstrip())].count("\n")
        if binding.error:
            remarks.append(f"Line {line} of {file} cannot be read as NAME=value; it was left out.")
        elif binding.key is not None and binding.value is not None:
            variables[binding.key] = binding.value
            if "${" in binding.value and binding.key in watched:
                holds = f"Line {line} of {file} holds ${{…}}"
                remarks.append(f"{holds}, which cmtool does not fill in; some loaders do.")
    return variables, remarks[:_MOST_REMARKS]


def _read(text: str, found: re.Match[str]) -> _Line:
    number = text.count("\n", 0, found.start("name")) + 1
    value, quote = found["value"], found["quote"]
    closing = _CLOSES.get(quote, quote)
    closed = not quote or closing in value
    value = value.partition(closing)[0] if quote else re.split(r"\s+#", value)[0]
    key = NamedKey(name=found["name"], key=Secret(value.strip()), line=number)
    oddities = tuple(says for holds, says in _oddities(found, closed=closed) if holds)
    return _Line(number=number, key=key, active=not found["off"], oddities=oddities)


def _oddities(found: re.Match[str], *, closed: bool) -> Iterator[tuple[bool, str]]:
    yield not closed, "the quote is not closed: python-dotenv skips the line, a shell reads on"
    yield found["sign"] == ":", "a colon stands where the = belongs"
    blanks = bool(found["before"] or found["after"])
    yield blanks, "blanks stand around the =, which a shell and docker do not take"
    yield bool(found["export"]), "the name follows a word like export, which docker does not take"
    quoted = closed and found["quote"] in {'"', "'"}
    yield quoted, "quotes stand around the value, which docker --env-file keeps as part of it"
    typographic = bool(found["quote"]) and not quoted and closed
    yield typographic, "the quotes around the value are none that a loader knows"


def _commented(lines: list[_Line]) -> Iterator[str]:
    active = {line.key.name for line in lines if line.active}
    for line in lines:
        if not line.active and line.key.name not in active:
            yield f"In line {line.number} {line.key.name} is commented out."


def _repeated(lines: list[_Line]) -> Iterator[str]:
    for name in dict.fromkeys(line.key.name for line in lines):
        same = [line for line in lines if line.key.name == name]
        if len({line.key.key.reveal() for line in same}) > 1:
            numbers = " and ".join(str(line.number) for line in same)
            yield f"{name} stands in lines {numbers} with different values; the last one counts."


def _odd(lines: list[_Line], text: str) -> Iterator[str]:
    for line in lines:
        for oddity in line.oddities:
            yield f"In line {line.number} {oddity}."
    if lines and "\r\n" in text:
        yield "Its lines end as on Windows (CR LF), and a shell keeps the CR as part of the value."
