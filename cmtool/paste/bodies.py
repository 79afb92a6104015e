"""What the body of an answer comes to: events, an error, something else, or nothing wrong."""

from __future__ import annotations

import re
from dataclasses import replace

from cmtool.classify import parse_json
from cmtool.paste.base import BODY_LIMIT, Answer, Capture, Form, Found, Healthy, Told
from cmtool.paste.errors import inside
from cmtool.paste.literals import objects

FIRST_EVENT = re.compile(
    r'(?m)^(?:data: ?(?:[{"]|\[DONE\])|event: ?(?:response\.|message_|content_block|error$|ping$))'
)
_EVENT_LINE = re.compile(r"(?:data|event|id|retry)(?::|$)|:")
_PAGE_END = re.compile(r"(?i)</html>")
_BLOCKS = re.compile(r"\n[ \t]*\n")


def starts(body: str) -> bool:
    """Say whether a body begins with the lines of an event stream."""
    return FIRST_EVENT.match(body.lstrip()) is not None


def extent(text: str, at: int) -> int:
    """Give where a stream ends: in front of the first line that is of no stream."""
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        if line.strip() and not _EVENT_LINE.match(line):
            break
        at = end + 1
    return min(at, len(text))


def spaced(body: str) -> str:
    """Give a stream the blank lines back that were lost: in logs, and at the end of a paste."""
    if not _BLOCKS.search(body.strip()):
        body = re.sub(r"(?m)^(data:[^\n]*)$", "\\1\n", body)
    return f"{body.rstrip()}\n\n" if _ends_whole(body.rstrip()) else body


def _ends_whole(body: str) -> bool:
    """Say whether the last line is the whole data of an event."""
    field, _, data = body.rpartition("\n")[2].partition(":")
    if field != "data":
        return False
    try:
        parse_json(data)
    except ValueError:
        return data.strip() == "[DONE]"
    return True


def of_answer(body: str, form: Form, told: Told, start: int, end: int) -> Found:
    """Say what the body of an answer is: events, an error, something else, or nothing wrong."""
    streamed = told.headers.get("content-type", "").startswith("text/event-stream")
    succeeded = 200 <= (told.status or 0) < 300  # noqa: PLR2004 - RFC 9110, 15.3
    if succeeded and (streamed or starts(body)):
        body = body.lstrip()
        body = body[: extent(body, 0)] if starts(body) else body
        return Capture(form=form, place=start, end=end, told=told, body=spaced(body))
    return of_body(body, form, told, start, end)


def of_body(body: str, form: Form, told: Told, start: int, end: int) -> Found:
    """Give what the body of an answer with a status comes to.

    A body that breaks off, or that a terminal has changed, is written anew from what can be read.
    """
    body = body.strip()[:BODY_LIMIT]
    if body.startswith("<") and (page_end := _PAGE_END.search(body)):
        body = body[: page_end.end()]
    literal = next(objects(body), None) if body[:1] in {"{", "["} else None
    whole = literal is None or literal.whole
    hits = inside(literal.value).hits if literal is not None else ()
    answer = Answer(form=form, place=start, end=end, told=told, body=body, whole=whole)
    if hits and literal is not None:
        written = body[: literal.end] if literal.json and not hits[0].nested else hits[0].body
        return replace(answer, body=written, error=hits[0].error)
    succeeded = 200 <= (told.status or 0) < 300  # noqa: PLR2004 - RFC 9110, 15.3
    is_document = literal is not None and literal.json and not body[literal.end :].strip()
    if succeeded and (is_document or not body):
        return Healthy(form=form, place=start, end=end, told=told, body=body)
    if literal is not None and literal.json:
        return replace(answer, body=body[: literal.end])
    return answer
