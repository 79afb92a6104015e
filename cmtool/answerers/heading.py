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
    for tag in ("title", "h1", "h2", "h3", "pre")
)
_XML = tuple(
    re.compile(rf"<(?:\w{{1,20}}:)?{tag}\b[^>]{{0,200}}>([^<]{{1,300}})<", re.IGNORECASE)
    for tag in ("message", "faultstring", "detail", "reason", "text", "code")
)
_EMPTY = frozenset({"error", "errors", "document", "untitled", "page"})
_TAG = re.compile(r"<[^<>]{0,300}>?")
# What frameworks and gateways call the sentence that says what is wrong.
_FIELDS = (
    "detail",
    "message",
    "error",
    "title",
    "error_msg",
    "error_description",
    "errors",
    "msg",
    "Message",
)


def heading(body: str) -> str:
    """Give the title of a page, the message of a JSON answer or the first line of a text.

    One line of at most 120 characters, safe to show; "" where there is none.
    """
    start = body[:_LOOKED_AT]
    found = _of_page(start) if is_page(start) else _of_json(body) or _of_xml(start)
    found = found or ("" if is_page(start) else _of_text(start))
    line = visible(" ".join(found.split()))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _of_page(page: str) -> str:
    """Give the first heading that says something, else one that says nothing."""
    found = [_in(pattern, page) for pattern in _HEADING]
    telling = (text for text in found if text and text.lower() not in _EMPTY)
    return next(telling, "") or next(filter(None, found), "")


def _in(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    return html.unescape(_TAG.sub(" ", found[1])).strip() if found is not None else ""


def _of_xml(text: str) -> str:
    """Give the message of an error in XML, else its code."""
    if not text.lstrip().startswith("<"):
        return ""
    found = (_in(pattern, text) for pattern in _XML)
    return next(filter(None, found), "")


def _of_json(body: str) -> str:
    try:
        return _said(json.loads(body))
    except (ValueError, RecursionError):
        return ""


def _said(document: Any, depth: int = 0) -> str:
    if isinstance(document, list) and document:
        document = document[0]
    if not isinstance(document, dict) or depth > 1:
        return ""
    for name in _FIELDS:
        value = document.get(name)
        text = value if isinstance(value, str) else _said(value, depth + 1)
        if text.strip():
            return text
    return ""


def _of_text(text: str) -> str:
    if text.lstrip()[:1] in {"{", "[", "<"} or _is_binary(text[:_LONGEST]):
        return ""
    return next((line for line in text[:2000].splitlines() if line.strip()), "")


def _is_binary(start: str) -> bool:
    """Say whether a text is none: a fifth of it cannot be read, or nobody would write it."""
    odd = sum(c == "\N{REPLACEMENT CHARACTER}" or (c < " " and not c.isspace()) for c in start)
    return odd * 5 > len(start)
