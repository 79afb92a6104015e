"""Errors as programs write them: an object, or a line of words, with what stands around it.

Python and JavaScript SDKs, frameworks over them, clients in other languages, lines of logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmtool.model import Protocol
from cmtool.paste import forms
from cmtool.paste.base import FOUND_LIMIT, Answer, Form, Found, Healthy, Told
from cmtool.paste.errors import Hit, Inside, bodies, healthy, inside
from cmtool.paste.literals import Literal
from cmtool.paste.told import CLASS, CLASSES, around, status_in_words, status_of, statuses

_BEFORE, _TRACEBACK = 300, 3000  # characters in front of an error that tell its form
_LINE = 2000  # characters of a line that are looked at

# Who printed an error, by what stands before or in it; the first that matches.
_FRAMEWORKS = (
    r"(?i)\blitellm\b|langchain|llama_?index|instructor|\bAI_[A-Z]\w+Error|RetryError\["
    r"|pydantic_ai|crewai|autogen|dspy|semantic.kernel"
)
_JAVASCRIPT = (
    r"\n\s+at .{0,300}(?:\.m?[jt]s|node:|<anonymous>)|\w+Error: [2-5]\d\d[ {]|\bnode_modules\b"
)
_OPENAI = r"\bopenai\.\w*(?:Error|errors)|[/\\]openai[/\\]|\bcom\.openai\b|Error code: \d{3}"
_WRITERS: tuple[tuple[Form, re.Pattern[str]], ...] = tuple(
    (form, re.compile(pattern))
    for form, pattern in (
        (forms.WRAPPED, _FRAMEWORKS),
        (forms.ANTHROPIC, r"\banthropic\.\w*Error|[/\\]anthropic[/\\]|\bcom\.anthropic\b"),
        (forms.JAVASCRIPT, _JAVASCRIPT),
        (forms.OPENAI, _OPENAI),
        (forms.LOG, r"(?:^|\n)[^\n]{0,60}\d\d:\d\d:\d\d|\b(?:ERROR|WARN(?:ING)?|INFO)\b"),
        (forms.EXCEPTION, r"\S"),
    )
)
_NOISE = re.compile(r"^[\s:,\-–—({\[\"']+|[\s\"')}\]]+$")
_LEADING = re.compile(r"(?i)^(?:error code:?|status code|http)?\s*[2-5]\d\d\b(?: status code)?")


def of_literal(text: str, literal: Literal) -> Iterator[Found]:
    """Give the errors that an object in the text holds, or that it is an answer without one."""
    content = inside(literal.value)
    line_start = text.rfind("\n", 0, literal.start) + 1
    start = max(line_start, literal.start - _BEFORE)
    before = text[max(0, literal.start - _TRACEBACK) : literal.start]
    alone = not text[: literal.start].strip() and not text[literal.end :].strip()
    told = _told(text, literal, start, content)
    form = _form(before, literal, content, alone=alone)
    end = literal.end
    if content.hits:
        for hit in content.hits[-FOUND_LIMIT:]:
            yield Answer(
                form=form,
                place=start,
                end=end,
                told=_of_anthropic(form, hit.told.merged(told)),
                body=_body(text, literal, hit),
                whole=literal.whole,
                error=hit.error,
            )
    elif healthy(literal.value) and alone:
        body = text[literal.start : literal.end]
        yield Healthy(form=forms.DOCUMENT, place=start, end=end, told=told, body=body)
    elif told.status and told.status >= 300 and (form is not forms.LOG or bodies(literal.value)):  # noqa: PLR2004
        body = bodies(literal.value) or text[literal.start : literal.end]
        # An object that a client prints is no body; what it says of the error is in its fields.
        own = (literal.json and "status" not in literal.value) or bodies(literal.value)
        yield Answer(
            form=form,
            place=start,
            end=end,
            told=told,
            body=body if own else "",
            said=_message(literal.value) or _words(before),
            whole=literal.whole,
        )


def _body(text: str, literal: Literal, hit: Hit) -> str:
    """Give the body as it was pasted where it stands there as such, else as it must have been."""
    if literal.json and not hit.nested and set(literal.value) <= {"error", "type", "request_id"}:
        return text[literal.start : literal.end]
    return hit.body


def _told(text: str, literal: Literal, start: int, content: Inside) -> Told:
    """Join what the object tells, then its line, then what stands around."""
    line = text[start : literal.start]
    # The words of an SDK are before its object, or in the line above the stack that is between.
    above = text[max(0, literal.start - _TRACEBACK) : literal.start]
    stack = re.search(r"([^\n]*)(?:\n\s+at [^\n]*)+ $", above)
    status = content.told.status or status_of(line) or (status_of(stack[1]) if stack else None)
    named = Told(status=status)
    return content.told.merged(named).merged(around(text, start, literal.end))


def _form(before: str, literal: Literal, content: Inside, *, alone: bool) -> Form:
    if alone and (not content.hits or not content.hits[0].nested):
        return forms.BODY
    if alone:
        return forms.LOG if literal.json else forms.JAVASCRIPT
    return writer(before)


def writer(text: str) -> Form:
    """Say who wrote an error, by the text before and in it."""
    return next((form for form, sign in _WRITERS if sign.search(text)), forms.BODY)


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
        short = form is forms.EXCEPTION and end - start <= 40 and "rror" not in text[start:end]  # noqa: PLR2004
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
    for begin, _, status in statuses(text):
        if status >= 300:  # noqa: PLR2004 - RFC 9110, 15.4
            start = max(text.rfind("\n", 0, begin) + 1, begin - _BEFORE)
            named.setdefault(start, (begin, status, False))
    for found in CLASS.finditer(text):
        start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _BEFORE)
        named.setdefault(start, (found.end(), CLASSES[found[1].lower()], True))
    for start in sorted(named)[-FOUND_LIMIT:]:
        begin, status, guessed = named[start]
        end = text.find("\n", begin)
        yield start, begin, min(end if end >= 0 else len(text), begin + _LINE), status, guessed


def succeeded(text: str) -> Iterator[Found]:
    """Give the last line that names a status of success."""
    named = [found for found in statuses(text) if 200 <= found[2] < 300]  # noqa: PLR2004
    for start, end, status in named[-1:]:
        told = Told(status=status).merged(around(text, start, end))
        yield Healthy(form=forms.STATUS, place=start, end=end, told=told)


def in_words(text: str) -> Iterator[Found]:
    """Give the status whose reason phrase is all that a short text says."""
    bare = text.strip()
    status = status_in_words(bare)
    if status is not None and len(bare) <= 60 and "\n" not in bare:  # noqa: PLR2004
        yield Answer(
            form=forms.STATUS, place=0, end=len(text), told=Told(status=status), guessed=True
        )


def _words(text: str) -> str:
    """Give what a client says of an error, without the figures and the marks around it."""
    words = _NOISE.sub("", _LEADING.sub("", _NOISE.sub("", text.strip())))
    return _NOISE.sub("", words)
