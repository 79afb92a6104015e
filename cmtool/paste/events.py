"""Captured event streams, with or without the head of their answer, cut anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmtool.paste import forms
from cmtool.paste.base import Capture, Found, Told
from cmtool.paste.bodies import FIRST_EVENT, extent, spaced

_OPENINGS = re.compile(
    r'"type": ?"(?:response\.created|message_start)"|"role": ?"assistant"|"error"|"type": ?"error"'
)
_START = 4000  # characters in which a stream shows how it begins


def captures(text: str) -> Iterator[Found]:
    """Give the event streams in a text; the lines of one are not interrupted by others."""
    at = 0
    while (found := FIRST_EVENT.search(text, at)) is not None:
        start, at = found.start(), extent(text, found.start())
        body = spaced(text[start:at])
        yield Capture(
            form=forms.STREAM,
            place=start,
            end=at,
            told=Told(),
            body=body,
            begins_inside=not _OPENINGS.search(body[:_START]) and body.strip() != "data: [DONE]",
        )
