"""A ``.env`` file, read for keys of the gateway and for what keeps loaders from taking them.

Pure.  What loaders do with a line: https://docs.docker.com/reference/cli/docker/container/run/#env
for docker, https://saurabh-kumar.com/python-dotenv/ for python-dotenv, POSIX for a shell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from cmtool.model import Secret
from cmtool.settings import DotEnv, NamedKey
from cmtool.settings.variables import KEY_VARIABLE, URL_VARIABLE, meant_by

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


_NAMED = re.compile(
    r"""(?xm)^[ \t]* (?:(?:export|set)[ \t]+)?
        (?P<name>[A-Za-z_][\w.\-]*) [ \t]* [=:] [ \t]* (?P<value>[^\r\n]*)"""
)
_OTHERS = frozenset({URL_VARIABLE, "CROSSMODEL_BASE_URL", "CROSSMODEL_MODEL"})
_REFERENCE = re.compile(r"\$\{(?P<name>[^}:]*)(?::-(?P<default>[^}]*))?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    number: int
    key: NamedKey
    active: bool
    oddities: tuple[_Oddity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Oddity:
    """What is odd about a line; ``breaks`` where a shell does not take the value because of it."""

    said: str
    breaks: bool = True


def read(text: str, path: str, trouble: str | None = None) -> DotEnv:
    """Give what a file says of the gateway, and what is odd about it.

    A key that is commented out is no key of the file.  ``trouble`` is what its encoding gives, the
    rest of a sentence that begins with the file.
    """
    lines = [_read(text, found) for found in _LINE.finditer(text)]
    active = [line for line in lines if line.active]
    keyless = tuple(_keyless(text))
    told = trouble is not None and bool(lines or keyless)
    broken = (*([f"The file {trouble}."] if told else ()), *_odd(active, text, breaks=True))
    remarks = (*broken, *keyless, *_commented(lines), *_repeated(active))
    remarks += tuple(_odd(active, text, breaks=False))
    return DotEnv(
        path=path,
        keys=tuple(line.key for line in active),
        remarks=tuple(dict.fromkeys(remarks))[:_MOST_REMARKS],
        broken=tuple(dict.fromkeys(broken))[:_MOST_REMARKS],
        others={
            line["name"]: line["value"].split(" #")[0].strip(" \t\"'")
            for line in _NAMED.finditer(text)
            if line["name"] in _OTHERS
        },
    )


def parsed(
    text: str, file: str, watched: Collection[str], environ: Mapping[str, str] | None = None
) -> tuple[dict[str, str], list[str]]:
    """Give the variables of a file as python-dotenv reads them, and sentences on its odd lines.

    For ``${NAME}`` stands what ``environ`` has for it, or else a line above; where neither does,
    the value is taken as it stands.  A remark tells it of variables that are ``watched``.
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
            value = _filled(binding.value, {**variables, **(environ or {})})
            variables[binding.key] = value
            if "${" in binding.value and binding.key in watched:
                how = _UNFILLED if "${" in value else _FILLED
                remarks.append(f"Line {line} of {file} holds ${{…}}, {how}.")
    return variables, remarks[:_MOST_REMARKS]


_FILLED = "which was filled in as python-dotenv does; docker --env-file leaves it as it stands"
_UNFILLED = "for which neither the environment nor a line above has a value"


def _filled(value: str, known: Mapping[str, str]) -> str:
    return _REFERENCE.sub(
        lambda found: known.get(found["name"]) or found["default"] or found[0], value
    )


def _read(text: str, found: re.Match[str]) -> _Line:
    number = text.count("\n", 0, found.start("name")) + 1
    value, quote = found["value"], found["quote"]
    closing = _CLOSES.get(quote, quote)
    closed = not quote or closing in value
    value = value.partition(closing)[0] if quote else re.split(r"\s+#", value)[0]
    key = NamedKey(name=found["name"], key=Secret(value.strip()), line=number)
    oddities = tuple(odd for holds, odd in _oddities(found, closed=closed) if holds)
    return _Line(number=number, key=key, active=not found["off"], oddities=oddities)


def _oddities(found: re.Match[str], *, closed: bool) -> Iterator[tuple[bool, _Oddity]]:
    said = "the quote is not closed: python-dotenv skips the line, a shell reads on"
    yield not closed, _Oddity(said=said)
    yield found["sign"] == ":", _Oddity(said="a colon stands where the = belongs")
    blanks = bool(found["before"] or found["after"])
    yield blanks, _Oddity(said="blanks stand around the =, which a shell and docker do not take")
    said = "the name follows a word like export, which docker does not take"
    yield bool(found["export"]), _Oddity(said=said, breaks=False)
    quoted = closed and found["quote"] in {'"', "'"}
    said = "quotes stand around the value, which docker --env-file keeps as part of it"
    yield quoted, _Oddity(said=said, breaks=False)
    typographic = bool(found["quote"]) and not quoted and closed
    yield typographic, _Oddity(said="the quotes around the value are none that a loader knows")


def _keyless(text: str) -> Iterator[str]:
    """Say what the variable of the key holds in lines that hold no key."""
    for line in _NAMED.finditer(text):
        name, value = line["name"], line["value"].strip("\"'`“”‘’ \t")
        if KEY_VARIABLE not in {name, meant_by(name)} or value.startswith("cm-"):
            continue
        number = text.count("\n", 0, line.start("name")) + 1
        empty = not value or value.startswith("#")
        holds = "is empty" if empty else "refers to another variable" if value[0] == "$" else None
        if holds is None:
            inside = "cm-" in value
            holds = "holds more than a key" if inside else "holds nothing that starts with cm-"
        yield f"In line {number} {name} {holds}."


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


def _odd(lines: list[_Line], text: str, *, breaks: bool) -> Iterator[str]:
    for line in lines:
        for oddity in line.oddities:
            if oddity.breaks is breaks:
                yield f"In line {line.number} {oddity.said}."
    if breaks and lines and "\r\n" in text:
        yield "Its lines end as on Windows (CR LF), and a shell keeps the CR as part of the value."
