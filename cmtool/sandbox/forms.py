"""Unusual but lawful ways to write a stream, and buffering: transformations of its bytes.

The rules: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TypeAlias

from cmtool.sandbox.wire import Pause, Raw, WireStep

WireForm: TypeAlias = Callable[[Iterator[WireStep]], Iterator[WireStep]]

_BOM = b"\xef\xbb\xbf"
_COMMENT = b": the gateway is still here\n\n"
_BLOCKS = b"\n\nevent: nothing\n\nid: 7\nretry: 1000\n\n"


def replaced(old: bytes, new: bytes) -> WireForm:
    """Make the form in which some bytes are written as others."""

    def form(steps: Iterator[WireStep]) -> Iterator[WireStep]:
        for step in steps:
            if isinstance(step, Raw):
                yield Raw(step.data.replace(old, new), step.text)
            else:
                yield step

    return form


def followed_by(extra: bytes) -> WireForm:
    """Make the form in which every block has something behind it."""

    def form(steps: Iterator[WireStep]) -> Iterator[WireStep]:
        for step in steps:
            yield step
            if isinstance(step, Raw):
                yield Raw(extra)

    return form


crlf = replaced(b"\n", b"\r\n")
lone_cr = replaced(b"\n", b"\r")
comments = followed_by(_COMMENT)
blocks = followed_by(_BLOCKS)


def bom(steps: Iterator[WireStep]) -> Iterator[WireStep]:
    """Begin with a byte order mark."""
    yield Raw(_BOM)
    yield from steps


def single_bytes(steps: Iterator[WireStep]) -> Iterator[WireStep]:
    """Write one byte at a time."""
    for step in steps:
        if isinstance(step, Raw):
            for place in range(len(step.data)):
                yield Raw(step.data[place : place + 1], step.text)
        else:
            yield step


def data_lines(steps: Iterator[WireStep]) -> Iterator[WireStep]:
    """Spread the JSON of an event over several ``data`` lines."""
    for step in steps:
        if isinstance(step, Raw):
            lines = step.data.decode().split("\n")
            yield Raw("\n".join(map(_spread, lines)).encode(), step.text)
        else:
            yield step


def _spread(line: str) -> str:
    if not line.startswith("data: {"):
        return line
    document = json.loads(line.removeprefix("data: "))
    return "data: " + json.dumps(document, ensure_ascii=False, indent=1).replace("\n", "\ndata:")


def buffered(steps: Iterator[WireStep]) -> Iterator[WireStep]:
    """Hold everything back while time passes, then send it in one burst."""
    held = bytearray()
    for step in steps:
        if isinstance(step, Raw):
            held += step.data
        elif isinstance(step, Pause):
            yield step
        else:
            yield Raw(bytes(held), text=True)
            held.clear()
            yield step
    yield Raw(bytes(held), text=True)
