"""What somebody else's answer says of itself, in one short line."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from cmtool.answerers.signature import is_page
from cmtool.redact import visible

_LOOKED_AT = 32 * 1024
_LONGEST = 120
_HEADING = tuple(
    re.compile(
        rf"<{tag}\b[^>]{{0,200}}>([^<]{{0,300}}(?:<(?!/{tag})[^<]{{0,300}}){{0,5}})</{tag}",
        re.IGNORECASE,
    )
    for tag in ("title", "h1", "h2", "h3")
)
_TAG = re.compile(r"<[^<>]{0,300}>?")
# What frameworks and gateways call the sentence that says what is wrong.
_FIELDS = (
    "detail",
    "message",
    "error",
    "title",
    "error_msg",
    "error_description",
    "msg",
    "Message",
)


def heading(body: str) -> str:
    """Give the title of a page, the message of a JSON answer or the first line of a text.

    One line of at most 120 characters, safe to show; "" where there is none.
    """
    start = body[:_LOOKED_AT]
    found = _of_page(start) if is_page(start) else _of_json(body) or _of_text(start)
    line = visible(" ".join(found.split()))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _of_page(page: str) -> str:
    for pattern in _HEADING:
        found = pattern.search(page)
        if found is not None and (text := html.unescape(_TAG.sub(" ", found[1])).strip()):
            return text
    return ""


def _of_json(body: str) -> str:
    try:
        return _said(json.loads(body))
    except (ValueError, RecursionError):
        return ""


def _said(document: Any, depth: int = 0) -> str:
    if not isinstance(document, dict) or depth > 1:
        return ""
    for name in _FIELDS:
        value = document.get(name)
        text = value if isinstance(value, str) else _said(value, depth + 1)
        if text.strip():
            return text
    return ""


def _of_text(text: str) -> str:
    if text.lstrip()[:1] in {"{", "[", "<"}:
        return ""
    return next((line for line in text[:2000].splitlines() if line.strip()), "")
