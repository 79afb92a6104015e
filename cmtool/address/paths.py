"""The path of a base URL: exactly one ``/v1`` at its end, and no endpoint behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

ENDPOINT = re.compile(
    r"(?i)/(chat(/completions)?|completions|responses|messages|models(/.*)?|credits|usage|embeddings)$"
)
_VERSION = re.compile(r"/[vV]1(?=/|$)")
_OTHER_VERSION = re.compile(r"(?i)/(v(?:\d+(?:\.\d+)*[-_]?(?:alpha|beta)?\d*|[l|]))$")
_TAIL = re.compile(
    r"(?i)(?:/v1|/chat/completions|/responses|/messages|/models)/?((?:[^\w/%]|%[0-9a-f]{2}){1,6})$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The path as it has to be, and in sentences what was wrong with it."""

    path: str
    notes: tuple[str, ...] = ()


def cut_tail(path: str) -> tuple[str, str]:
    """Part what a sentence or a list left behind the path from it; "" for nothing."""
    found = _TAIL.search(path)
    return (path[: found.start(1)], found[1]) if found else (path, "")


def mended(path: str, *, only_v1: bool) -> Path:
    """Give the path that was meant; ``only_v1`` for a host at which there is no other than /v1."""
    notes = []
    single = re.sub(r"/{2,}", "/", path.replace("\\", "/"))
    if single != path.replace("\\", "/"):
        notes.append("A slash is doubled in its path.")
    if "\\" in path:
        notes.append("A backslash stands where a slash belongs.")
    path = single.rstrip("/")
    whole = path
    while found := ENDPOINT.search(path):
        path = path[: found.start()]
    if path != whole:
        pasted = whole.removeprefix(path)
        notes.append(f"The path of an endpoint ({pasted}) is pasted behind it; clients add it.")
    versions = [found.end() for found in _VERSION.finditer(path)]
    if len(versions) > 1:
        notes.append(f"/v1 stands in it {len(versions)} times.")
        path = f"{path[: versions[0] - 2]}v1"
    elif versions and not path.endswith("/v1"):
        notes.append(f"It ends in {path}, not in /v1.")
        path = f"{path[: versions[0] - 2]}v1"
    elif not versions:
        path = _with_version(path, notes)
    if only_v1 and path != "/v1":
        notes.append(f"The API has no path {path.removesuffix('/v1')}: it is at /v1.")
        path = "/v1"
    return Path(path=path, notes=tuple(notes))


def _with_version(path: str, notes: list[str]) -> str:
    if other := _OTHER_VERSION.search(path):
        notes.append(f"It ends in /{other[1]}; the gateway's version is /v1.")
        return f"{path[: other.start()]}/v1"
    notes.append("/v1 is missing at its end.")
    return f"{path}/v1"
