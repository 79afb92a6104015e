"""Keys in other places than the one that is read: where one lies, and whether it differs.

Keys are compared as they would be sent, and shown by their fingerprint only.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from cmtool.credentials.examination import Elsewhere
from cmtool.credentials.mending import bare
from cmtool.redact import fingerprint
from cmtool.settings import DotEnv, NamedKey, Settings
from cmtool.settings.variables import KEY_VARIABLE, meant_by

OF_OTHER_VENDORS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
"""Variables that the SDKs of other vendors read."""

_MOST = 3  # places that are told


def found_elsewhere(settings: Settings) -> tuple[Elsewhere, ...]:
    """Say where a key lies that nothing reads, and how it comes to where it is read."""
    dotenv = settings.dotenv
    others = sorted(settings.other_keys, key=lambda other: not _is_nearly(other.name))
    return (
        *(_outweighed(settings) if settings.outweighed is not None else ()),
        *(_in_variable(other, first=other is others[0]) for other in others[:_MOST]),
        *(_in_file(dotenv, settings.env_file) if dotenv is not None and dotenv.keys else ()),
    )


def conflicts(settings: Settings, key: str) -> Iterator[str]:
    """Say which places hold another key than the one in use, each in a sentence."""
    used = f"{settings.key_where} holds {fingerprint(key)}"
    for where, other in _rivals(settings):
        rival = bare(other.key.reveal())
        if rival != key and rival:
            yield f"{used}, {where} a different key, {fingerprint(rival)}."


def _rivals(settings: Settings) -> Iterator[tuple[str, NamedKey]]:
    """Give the places from which a program may take a key in place of the one in use."""
    for other in settings.other_keys:
        if _is_read(other.name):
            yield _quoted(other.name), other
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
    name, key = _quoted(other.name), fingerprint(bare(other.key.reveal()))
    nearly = _is_nearly(other.name)
    why = f", a name that is almost {KEY_VARIABLE}," if nearly else ""
    copy = f'export {KEY_VARIABLE}="${other.name}"' if other.name.isidentifier() else None
    then = ", and unset the other" if nearly else ""
    evidence = f"{name}{why} holds a key of this gateway ({key})."
    if not first:
        return Elsewhere(evidence=evidence)
    return Elsewhere(
        evidence=evidence,
        action=f"Set {KEY_VARIABLE} to the key that is in {name}{then}.",
        command=copy,
    )


def _outweighed(settings: Settings) -> Iterator[Elsewhere]:
    yield Elsewhere(
        evidence=(
            f"{settings.env_file} holds a key, but the variable of the environment outweighs it, "
            "empty as it is."
        ),
        action=f"Unset the empty variable: unset {KEY_VARIABLE}",
    )


def _in_file(dotenv: DotEnv, env_file: str | None) -> Iterator[Elsewhere]:
    if env_file is not None and Path(env_file) == Path(dotenv.path):
        return
    named = ", ".join(dotenv.key_variables)
    command = f"cmtool doctor --env-file {shlex.quote(dotenv.path)}"
    yield Elsewhere(
        evidence=f"{dotenv.path} holds a key ({named}), but was not loaded.",
        action=f"Load {dotenv.path}; in bash or zsh: {loading(dotenv.path)}",
        command=command if KEY_VARIABLE in dotenv.key_variables and env_file is None else None,
    )


def loading(path: str) -> str:
    """Give the line that loads a ``.env`` file into a shell and exports what is in it."""
    shown = path if path.startswith(("..", "/")) else f"./{path}"
    return f"set -a; . {shlex.quote(shown)}; set +a"


def _quoted(name: str) -> str:
    return name if name.isidentifier() else repr(name)
