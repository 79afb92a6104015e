"""Keys in other places than the one that is read: where one lies, and whether it differs.

Keys are compared as they would be sent, and shown by their fingerprint only.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cmtool.credentials.examination import Elsewhere, examine
from cmtool.credentials.mending import bare, mend
from cmtool.credentials.placing import Place
from cmtool.redact import fingerprint
from cmtool.settings import DotEnv, NamedKey, Settings
from cmtool.settings.variables import KEY_VARIABLE, meant_by

OF_OTHER_VENDORS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
"""Variables that the SDKs of other vendors read."""

_MOST = 3  # places that are told


def found_elsewhere(settings: Settings) -> tuple[Elsewhere, ...]:
    """Say where a key lies that nothing reads, and how it comes to where it is read."""
    keys = (other for other in settings.other_keys if _refusal(other) is None)
    others = sorted(keys, key=lambda other: not _is_nearly(other.name))
    found = (
        *(_outweighed(settings) if settings.outweighed is not None else ()),
        *(_in_variable(other, first=other is others[0]) for other in others[:_MOST]),
        *(_in_named(settings) if not others else ()),
        *_in_file(settings),
    )
    if reads_variable(settings):
        return found
    return tuple(replace(place, action=None, command=None) for place in found)


def reads_variable(settings: Settings) -> bool:
    """Whether the key is looked for in its variable, and not in a file or on standard input."""
    source = settings.key_source
    return source is None or source.startswith("env:") or source == f"file:{settings.env_file}"


def conflicts(settings: Settings, key: str) -> Iterator[str]:
    """Say which places hold another key than the one in use, each in a sentence."""
    used = f"{settings.key_where} holds {fingerprint(key)}"
    for where, other in _rivals(settings):
        rival = bare(other.key.reveal())
        if rival not in {key, ""} and _refusal(other) is None:
            yield f"{used}, {where} a different key, {fingerprint(rival)}."


def misshapen(settings: Settings) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Give the variables of SDKs whose key is not bare, each with what is wrong, in sentences."""
    for other in settings.other_keys:
        if other.name in OF_OTHER_VENDORS:
            source = f"file:{other.file}" if other.file else f"env:{other.name}"
            place = Place(where=_placed(other), source=source)
            problems = [problem.said for problem in mend(other.key.reveal())[1]]
            if refused := _refusal(other):
                yield place, (refused,)
            elif problems:
                yield place, (f"{place.where} holds more than a key.", *problems[:_MOST])


def _rivals(settings: Settings) -> Iterator[tuple[str, NamedKey]]:
    """Give the places from which a program may take a key in place of the one in use."""
    for other in settings.other_keys:
        if _is_read(other.name):
            yield _placed(other), other
    if settings.outweighed is not None:
        yield f"{KEY_VARIABLE} in {settings.env_file}", settings.outweighed
    if settings.dotenv is not None:
        last = {other.name: other for other in settings.dotenv.keys}
        yield from (
            (f"{name} in {settings.dotenv.path}", other)
            for name, other in last.items()
            if name == KEY_VARIABLE or _is_read(name)
        )


def _is_read(name: str) -> bool:
    return name in OF_OTHER_VENDORS or _is_nearly(name)


def _is_nearly(name: str) -> bool:
    return meant_by(name) == KEY_VARIABLE


def _in_variable(other: NamedKey, *, first: bool) -> Elsewhere:
    name, key = _placed(other), fingerprint(bare(other.key.reveal()))
    nearly = _is_nearly(other.name)
    why = f", a name that is almost {KEY_VARIABLE}," if nearly else ""
    copy = f'export {KEY_VARIABLE}="${other.name}"' if other.name.isidentifier() else None
    then = ", and unset the other" if nearly else ""
    evidence = f"{name}{why} holds a key of this gateway ({key})."
    if not first:
        return Elsewhere(evidence=evidence)
    if other.file is not None:
        return Elsewhere(evidence=evidence, action=_renaming(other.file, other.name) + ".")
    return Elsewhere(
        evidence=evidence,
        action=f"Set {KEY_VARIABLE} to the key that is in {name}{then}.",
        command=copy,
    )


def _outweighed(settings: Settings) -> Iterator[Elsewhere]:
    held = settings.key.reveal().strip() if settings.key else ""
    what = "does not hold one" if held else "is empty"
    yield Elsewhere(
        evidence=(
            f"{settings.env_file} holds a key, but the variable of the environment outweighs it, "
            f"though it {what}."
        ),
        action=f"Unset the variable, so that the file counts: unset {KEY_VARIABLE}",
        command=f"unset {KEY_VARIABLE}",
    )


def _in_named(settings: Settings) -> Iterator[Elsewhere]:
    """Say what the file of ``--env-file`` has in place of a key that can be read."""
    named = settings.named
    if named is None or settings.key is not None or settings.outweighed is not None:
        return
    said = " ".join(named.remarks) or f"No line in it sets {KEY_VARIABLE}."
    yield Elsewhere(
        evidence=f"{named.path} was read, and gives no key. {said}",
        action=f"{_write_in(named.path)}.",
    )


def _in_file(settings: Settings) -> Iterator[Elsewhere]:
    dotenv, env_file = settings.dotenv, settings.env_file
    if dotenv is None or (env_file is not None and Path(env_file) == Path(dotenv.path)):
        return
    remarks = "".join(f" {remark}" for remark in dotenv.remarks)
    if not usable(dotenv):
        stand_ins = (_refusal(key) for key in dotenv.keys)
        said = "".join((remarks, *(f" {said}" for said in stand_ins if said)))
        if said:
            yield Elsewhere(
                evidence=f"{dotenv.path} was not loaded, and holds no key to load.{said}",
                action=f"{_write_in(dotenv.path)}, then load it; in bash or zsh: "
                f"{loading(dotenv.path)}",
            )
        return
    named = ", ".join(dotenv.key_variables)
    # A variable outweighs the file, also one that is empty.
    readable = KEY_VARIABLE in dotenv.key_variables and env_file is None and settings.key is None
    yield Elsewhere(
        evidence=f"{dotenv.path} holds a key ({named}), but was not loaded.{remarks}",
        action=how_to_load(dotenv),
        command=f"cmtool doctor --env-file {shlex.quote(dotenv.path)}" if readable else None,
    )


def usable(dotenv: DotEnv) -> tuple[NamedKey, ...]:
    """Give the keys in a file that are no stand-ins, and that are not refused otherwise."""
    return tuple(key for key in dotenv.keys if _refusal(key) is None)


def _refusal(key: NamedKey) -> str | None:
    place = f" in line {key.line}" if key.line else ""
    verdict = examine(key.key.reveal(), f"{key.name}{place}")
    refused = verdict.finding if verdict.key is None else None
    return refused.evidence[0] if refused else None


def how_to_load(dotenv: DotEnv) -> str:
    """Say how a key in a file comes into the environment: what to correct, and how to load it."""
    path, line = dotenv.path, loading(dotenv.path)
    if dotenv.broken:
        return f"Correct {path} first, as told above; then load it, in bash or zsh: {line}"
    if KEY_VARIABLE not in dotenv.key_variables:
        renamed = _renaming(path, dotenv.key_variables[0])
        return f"{renamed}; then load it, in bash or zsh: {line}"
    return f"Load {path}; in bash or zsh: {line}"


def _renaming(path: str, name: str) -> str:
    if _is_nearly(name):
        return f"In {path} correct the name {_quoted(name)} to {KEY_VARIABLE}"
    return f"In {path} give the key the name {KEY_VARIABLE} too, not only {_quoted(name)}"


def _write_in(path: str) -> str:
    return f"Write the key into {path} as a line of its own, {KEY_VARIABLE}=cm-…"


def _placed(other: NamedKey) -> str:
    return f"{_quoted(other.name)} in {other.file}" if other.file else _quoted(other.name)


def loading(path: str) -> str:
    """Give the line that loads a ``.env`` file into a shell and exports what is in it."""
    shown = path if path.startswith(("..", "/")) else f"./{path}"
    return f"set -a; . {shlex.quote(shown)}; set +a"


def _quoted(name: str) -> str:
    return name if name.isidentifier() else repr(name)
