"""Captured event streams, with or without the head of their answer, cut anywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from cmtool.paste import forms
from cmtool.paste.base import Capture, Found, Told
from cmtool.paste.bodies import FIRST_EVENT, extent, spaced
from cmtool.paste.literals import Literal

_OPENINGS = re.compile(
    r'"type": ?"(?:response\.created|message_start)"|"role": ?"assistant"|"error"|"type": ?"error"'
)
_TYPES = re.compile(r"response\.[a-z_.]+|message_(?:start|delta|stop)|content_block_[a-z]+|ping")
_BETWEEN = 300  # characters between two events, such as the stamp of a log
_DONE = "[DONE]"
_START = 4000  # characters in which a stream shows how it begins


def captures(text: str) -> Iterator[Found]:
    """Give the event streams in a text; the lines of one are not interrupted by others."""
    at = 0
    while (found := FIRST_EVENT.search(text, at)) is not None:
        start, at = found.start(), extent(text, found.start())
        yield _capture(spaced(text[start:at]), start, at)


def _capture(body: str, start: int, end: int) -> Capture:
    return Capture(
        form=forms.STREAM,
        place=start,
        end=end,
        told=Told(),
        body=body,
        begins_inside=not _OPENINGS.search(body[:_START]) and body.strip() != f"data: {_DONE}",
    )


def stripped(text: str, literals: Sequence[Literal]) -> tuple[list[Found], list[Literal]]:
    """Give the streams whose events stand in a text as mere objects, and the other objects.

    That is how programs print the events that they get, and what tools leave of ``data:``.
    """
    runs: list[list[Literal]] = []
    others: list[Literal] = []
    for literal in literals:
        last = runs[-1][-1] if runs else None
        follows = last is not None and literal.start - last.end <= _BETWEEN
        if _is_event(literal.value) or (follows and _is_error(literal.value)):
            runs = runs if follows else [*runs, []]
            runs[-1].append(literal)
        else:
            others.append(literal)
    return [_of_run(text, run) for run in runs], others


def _of_run(text: str, run: Sequence[Literal]) -> Capture:
    place = text.find(_DONE, run[-1].end, run[-1].end + _BETWEEN)
    end = place + len(_DONE) if place >= 0 else run[-1].end
    body = "".join(map(_written, run)) + (f"data: {_DONE}\n\n" if place >= 0 else "")
    return _capture(body, run[0].start, end)


def _written(literal: Literal) -> str:
    kind = literal.value.get("type")
    head = f"event: {kind}\n" if isinstance(kind, str) else ""
    return f"{head}data: {json.dumps(literal.value, ensure_ascii=False)}\n\n"


def _is_event(value: dict[str, Any]) -> bool:
    kind = value.get("type")
    chunk = value.get("object") == "chat.completion.chunk"
    return chunk or (isinstance(kind, str) and _TYPES.fullmatch(kind) is not None)


def _is_error(value: dict[str, Any]) -> bool:
    return bool(value.get("error")) or value.get("type") == "error"
