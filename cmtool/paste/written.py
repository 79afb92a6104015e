"""Errors as programs write them: an object, or a line of words, with what stands around it.

Python and JavaScript SDKs, frameworks over them, clients in other languages, lines of logs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from cmtool.model import Protocol
from cmtool.paste import forms
from cmtool.paste.base import FOUND_LIMIT, Answer, Form, Found, Healthy, Told
from cmtool.paste.errors import Hit, Inside, bodies, healthy, inside, is_foreign
from cmtool.paste.literals import Literal
from cmtool.paste.told import (
    CLASSES,
    REASONS,
    around,
    last_places,
    lowered,
    status_of,
    statuses,
)

_BEFORE, _TRACEBACK = 300, 3000  # characters in front of an error that tell its form
_LINE = 2000  # characters of a line that are looked at

# Who printed an error, by what stands before or in it; the first that matches.
_FRAMEWORKS = (
    r"(?i)\blitellm\b|langchain|llama_?index|instructor|\bAI_[A-Z]\w+Error|RetryError\["
    r"|pydantic_ai|crewai|autogen|dspy|semantic.kernel"
)
_JAVASCRIPT = (
    r"\n\s+at .{0,300}(?:\.m?[jt]s|node:|<anonymous>)|\bnode_modules\b"
    r"|(?<![\w.])\w+Error: [2-5]\d\d[ {]"
)
_OPENAI = r"\bopenai\.[\w.]*(?:Error|errors)|[/\\]openai[/\\]|\bcom\.openai\b|Error code: \d{3}"
_WRITERS: tuple[tuple[Form, str], ...] = (
    (forms.WRAPPED, _FRAMEWORKS),
    (forms.ANTHROPIC, r"\banthropic\.[\w.]*Error|[/\\]anthropic[/\\]|\bcom\.anthropic\b"),
    (forms.JAVASCRIPT, _JAVASCRIPT),
    (forms.OPENAI, _OPENAI),
    (forms.LOG, r"(?:^|\n)[^\n]{0,60}\d\d:\d\d:\d\d|\b(?:ERROR|WARN(?:ING)?|INFO)\b"),
    (forms.EXCEPTION, r"\S"),
)
_TROUBLE = re.compile(r"(?i)error|exception|traceback|fail|refused|timed? ?out")
_NOISE = re.compile(r"^[\s:,\-–—({\[<>\"']+|[\s\"')}\]<>]+$")
_REASON = re.compile(
    r"(?i)(?:(?:client|server) error:? )?[a-z-]+(?: [a-z-]+){0,3} ?"
    r"(?: for url:?.*|, url=.*|: (?:GET|POST) .*|, request id: .*)|message=,? ?url=.*"
    r"|(?:" + "|".join(REASONS.values()) + r")\W*"
)
_STATUS_ALONE = re.compile(
    r"(?i)\W*(?:http(?:/[\d.]+)?|status|error)?[ _]?(?:code)?\W*\d{3}\W*(?:"
    + "|".join(REASONS.values())
    + r")?\W*"
)
_LEADING = re.compile(
    r"(?i)^(?:error code:?|status code|http)?\s*[2-5]\d\d\b(?: status code)?"
    r"(?:, status: \d{3}[a-z -]{0,40}, message: )?"
)


def of_literal(text: str, literal: Literal, *, alone: bool) -> Iterator[Found]:
    """Give the errors that an object in the text holds, or that it is an answer without one.

    ``alone`` says that the text is nothing but this object.
    """
    content = inside(literal.value)
    if content.hits:
        yield from _errors(text, literal, content, alone=alone)
    elif healthy(literal.value) and (alone or not _TROUBLE.search(_around(text, literal))):
        told = _told(text, literal, content)
        body = text[literal.start : literal.end]
        place, end = literal.start, literal.end
        yield Healthy(form=forms.DOCUMENT, place=place, end=end, told=told, body=body)
    else:
        yield from _without_error(text, literal, content, alone=alone)


def _errors(text: str, literal: Literal, content: Inside, *, alone: bool) -> Iterator[Found]:
    told, form = _told(text, literal, content), form_of(text, literal, content, alone=alone)
    for hit in content.hits[-FOUND_LIMIT:]:
        error = hit.error
        if not error.message:  # a JavaScript error shows it above its stack alone
            above = _words(_above_stack(text, _start(text, literal)))
            error = replace(error, message=above.partition(": ")[2] or above)
        yield Answer(
            form=form,
            place=_start(text, literal),
            end=literal.end,
            told=_of_anthropic(form, hit.told.merged(told)),
            body=_body(text, literal, hit),
            whole=literal.whole,
            error=error,
        )


def _without_error(text: str, literal: Literal, content: Inside, *, alone: bool) -> Iterator[Found]:
    """Give an answer with a failing status whose body, or whose record, holds no error object."""
    told = _told(text, literal, content)
    foreign = is_foreign(literal.value)
    if (told.status or 0) < 300 and not (alone and foreign):  # noqa: PLR2004 - RFC 9110, 15.4
        return
    # An object that a client or a log prints is no body; it may hold one, and words.
    record = content.told.status is not None and not foreign
    body = bodies(literal.value) or ("" if record else _written(text, literal))
    yield Answer(
        form=form_of(text, literal, content, alone=alone),
        place=_start(text, literal),
        end=literal.end,
        told=told,
        body=body,
        said="" if body else _message(literal.value),
        whole=literal.whole,
    )


def _around(text: str, literal: Literal) -> str:
    """Give what stands beside an object."""
    return (
        text[max(0, literal.start - _TRACEBACK) : literal.start]
        + text[literal.end : literal.end + _TRACEBACK]
    )


def _start(text: str, literal: Literal) -> int:
    """Give where the words in front of an object begin."""
    return _line_start(text, literal.start)


def _written(text: str, literal: Literal) -> str:
    if literal.json:
        return text[literal.start : literal.end]
    return json.dumps(literal.value, ensure_ascii=False)


def _body(text: str, literal: Literal, hit: Hit) -> str:
    """Give the body as it was pasted where it stands there as such, else as it must have been."""
    if literal.json and not hit.nested and set(literal.value) <= {"error", "type", "request_id"}:
        return text[literal.start : literal.end]
    return hit.body


def _told(text: str, literal: Literal, content: Inside) -> Told:
    """Join what the object tells, then its line, then what stands around."""
    start = _start(text, literal)
    status = content.told.status or status_of(text[start : literal.start + 1])
    named = Told(status=status or status_of(_above_stack(text, start)))
    return content.told.merged(named).merged(around(text, start, literal.end))


def _above_stack(text: str, at: int) -> str:
    """Give the line above the stack that a JavaScript error prints between words and object."""
    lines = text[max(0, at - _TRACEBACK) : at].split("\n")[:-1]
    if not text[at : at + _BEFORE].lstrip().startswith("at "):
        return ""
    while lines and lines[-1].lstrip().startswith("at "):
        lines.pop()
    return lines[-1][:_LINE] if lines else ""


def form_of(text: str, literal: Literal, content: Inside, *, alone: bool) -> Form:
    """Say what printed an object, by what stands in front of it."""
    if not alone:
        return writer(text[max(0, literal.start - _TRACEBACK) : literal.start])
    if content.hits and content.hits[0].nested:
        return forms.LOG if literal.json else forms.JAVASCRIPT
    is_record = content.told.status and not is_foreign(literal.value)
    return forms.LOG if is_record and literal.json else forms.BODY


def writer(text: str) -> Form:
    """Say who wrote an error, by the text before and in it."""
    return next((form for form, sign in _WRITERS if re.search(sign, text)), forms.BODY)


def _of_anthropic(form: Form, told: Told) -> Told:
    return told.merged(Told(protocol=Protocol.MESSAGES if form is forms.ANTHROPIC else None))


def _message(value: dict[str, object]) -> str:
    found = next((value.get(k) for k in ("message", "msg", "detail", "error") if value.get(k)), "")
    return found if isinstance(found, str) else ""


def lines(text: str) -> Iterator[Found]:
    """Give each line that names a failing status in words, and no more than that."""
    for start, place, end, status, guessed in _failing(text):
        context = text[max(0, start - _TRACEBACK) : end]
        form = writer(context)
        short = form is forms.EXCEPTION and _STATUS_ALONE.fullmatch(text, start, end) is not None
        said = _words(text[place:end])
        yield Answer(
            form=forms.STATUS if short else form,
            place=start,
            end=end,
            told=_of_anthropic(form, Told(status=status).merged(around(text, start, end))),
            said="" if short else said,
            guessed=guessed,
        )


def _failing(text: str) -> Iterator[tuple[int, int, int, int, bool]]:
    """Give start, place, end and status of the last lines that name one, in their order."""
    named: dict[int, tuple[int, int, bool]] = {}
    for place, status in statuses(text):
        if status >= 300:  # noqa: PLR2004 - RFC 9110, 15.4
            named.setdefault(_line_start(text, place), (place, status, False))
    for place, status in _classes(text):
        named.setdefault(_line_start(text, place), (place, status, True))
    for start in sorted(named)[-FOUND_LIMIT:]:
        place, status, guessed = named[start]
        end = text.find("\n", place)
        yield start, place, min(end if end >= 0 else len(text), place + _LINE), status, guessed


def _classes(text: str) -> Iterator[tuple[int, int]]:
    """Give where the name of an exception ends that stands for a status, and the status."""
    lower = lowered(text)
    for name, status in CLASSES.items():
        for place in last_places(lower, name):
            end = place + len(name)
            if not (lower[place - 1 : place].isalnum() or lower[end : end + 1].isalnum()):
                yield end, status


def _line_start(text: str, place: int) -> int:
    return max(text.rfind("\n", max(0, place - _BEFORE), place) + 1, place - _BEFORE, 0)


def succeeded(text: str) -> Iterator[Found]:
    """Give the last line that names a status of success."""
    named = [found for found in statuses(text) if 200 <= found[1] < 300]  # noqa: PLR2004
    for place, status in named[-1:]:
        told = Told(status=status).merged(around(text, place, place + 3))
        yield Healthy(form=forms.STATUS, place=place, end=place + 3, told=told)


def _words(text: str) -> str:
    """Give what a client says of an error, without figures, marks and mere reason phrases."""
    words = _NOISE.sub("", _LEADING.sub("", _NOISE.sub("", text.strip())))
    bare = _NOISE.sub("", words)
    return "" if _REASON.fullmatch(bare) else bare
