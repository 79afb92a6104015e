"""Pages of HTML that a CDN, a proxy or a captive portal wrote, and the short texts of others."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from cmtool.paste import forms
from cmtool.paste.base import BODY_LIMIT, FOUND_LIMIT, Answer, Found, Told
from cmtool.paste.told import around, status_in_words, status_value

_PAGE = re.compile(r"(?i)<!doctype html|<html[\s>]|<head>|<title>")
_END = re.compile(r"(?i)</html>")
_HEADING = re.compile(r"(?is)<(?:title|h1)[^>]{0,200}>(.{0,300}?)</(?:title|h1)>")
_FIGURES = re.compile(r"(?<![\d.])[345]\d\d(?![\d.])")
# What gateways and load balancers answer in place of a page.
_TEXTS = re.compile(
    r"(?im)^(?:<pre>)?(?:error code: (?P<code>5\d\d|1\d{3})"
    r"|upstream (?:connect error|request timeout)[^\n]{0,300}|no healthy upstream"
    r"|404 page not found|default backend - 404|cannot (?:get|post) /[^\s<]{0,200}"
    r"|stream timeout)(?:</pre>)?\s*$"
)
_TEXT_STATUSES = {"404 page": 404, "default ": 404, "cannot g": 404, "cannot p": 404}


def pages(text: str) -> Iterator[Found]:
    """Give every page of HTML in the text."""
    for start, end, whole in deque(_spans(text), maxlen=FOUND_LIMIT):
        body = text[start:end][:BODY_LIMIT]
        told = Told(status=_status(body)).merged(around(text, start, start))
        yield Answer(form=forms.PAGE, place=start, end=end, told=told, body=body, whole=whole)


def _spans(text: str) -> Iterator[tuple[int, int, bool]]:
    """Give where each page begins and ends, and whether its end is there."""
    at = 0
    while (found := _PAGE.search(text, at)) is not None:
        ended = _END.search(text, found.end())
        at = ended.end() if ended else len(text)
        yield found.start(), at, ended is not None


def _status(page: str) -> int | None:
    """Give the status that the title or the heading of a page names."""
    for heading in _HEADING.findall(page[:20_000]):
        if figures := _FIGURES.findall(heading):
            return status_value(figures[0])
        if named := status_in_words(heading):
            return named
    return None


def texts(text: str) -> Iterator[Found]:
    """Give every short text that a server in front of others is known to answer."""
    for found in deque(_TEXTS.finditer(text), maxlen=FOUND_LIMIT):
        named = status_value(found["code"])  # codes of four figures come with various statuses
        status = named or _TEXT_STATUSES.get(found[0].removeprefix("<pre>")[:8].lower())
        told = Told(status=status).merged(around(text, found.start(), found.end()))
        yield Answer(
            form=forms.EXCEPTION,
            place=found.start(),
            end=found.end(),
            told=told,
            body=found[0].strip(),
        )
