"""Reports of cmtool as it shows them: the page of a terminal, Markdown, JUnit."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping

from cmtool import catalog
from cmtool.model import Severity
from cmtool.paste import forms
from cmtool.paste.base import Found, Healthy, Told
from cmtool.paste.clocks import clock_of
from cmtool.paste.reports import as_found
from cmtool.paste.told import status_value

_MARKS = (
    "cmtool",
    "healthy: ",
    "degraded: ",
)  # without them none of this is looked at, nor compiled
_COMMANDS = "doctor|request|stream-test|explain|balance|models"
_PAGE = (
    rf"(?m)^\W{{0,4}}cmtool (?:{_COMMANDS}) [·-] "
    r"|^\d+ requests?, \d+ tokens?, [^\n]{1,80} [·-] exit \d{1,3}\s*$"
)
_PAGE_FAILURE = r"(?m)^[ \t]*(?:✗|x) {1,2}(?:(\d{3}) )?([a-z_]{4,40}): \S"
_VERDICT = r"[ \t]*(?:✓|ok|!) {1,2}(?:healthy|degraded): \S"  # with --quiet the whole page
_PAGE_HEALTHY = rf"(?m)^{_VERDICT}"
_PAGE_FACT = r"(?m)\b(x-request-id|time|model|status) {2,}(\S+(?: \S+)*)"  # two fit in one line
_PAGE_BODY = r"(?m)^([ \t]*)body {2,}(\S[^\n]*(?:\n\1 {10,}\S[^\n]*)*)"
_SUPPORT = "For support"

_MARKDOWN = rf"(?m)^## \S{{1,3}} cmtool (?:{_COMMANDS}): (\w+)"
_MARKDOWN_FAILURE = r"(?m)^### (?:(\d{3}) )?`?([a-z_]{4,40})`?: \S"
_MARKDOWN_FACT = r"(?m)^\| (x-request-id|time|model|status) \| `?([^|\n]*?)`? \|$"
_MARKDOWN_BODY = r"(?s)\n\| body \| below \|\n(.*?)(?=\n### |\Z)"

_JUNIT = r'<testsuites name="cmtool"'
_JUNIT_FAILURE = r'<(?:failure|error) type="([a-z_]{4,40})"[^>]{0,2000}>(?:(\d{3}) )?'
_JUNIT_FACT = r'<property name="(model|started_at)" value="([^"\n]{0,300})"'
_NAMES = {"started_at": "time"}

_MOST = 20  # failures of one report


def shown(text: str) -> Iterator[Found]:
    """Give the diagnosis of a report in any form for people or runners, or that it is healthy."""
    if not any(mark in text for mark in _MARKS):
        return
    for sign, read in _READERS:
        if re.search(sign, text):
            yield from read(text)
            return


def _page(text: str) -> Iterator[Found]:
    failure = _known(_PAGE_FAILURE, text)
    if failure is not None:
        _, _, support = text[failure.end() :].partition(_SUPPORT)
        facts = dict(re.findall(_PAGE_FACT, support))
        body = re.search(_PAGE_BODY, support)
        facts["body"] = _joined(body[2]) if body else ""
        yield _found(failure[2], failure[1], facts, failure)
    elif healthy := re.search(_PAGE_HEALTHY, text):
        yield _healthy(healthy)


def _markdown(text: str) -> Iterator[Found]:
    failure, head = _known(_MARKDOWN_FAILURE, text), re.search(_MARKDOWN, text)
    if failure is not None:
        facts = dict(re.findall(_MARKDOWN_FACT, text))
        body = re.search(_MARKDOWN_BODY, text)
        yield _found(failure[2], failure[1], {**facts, "body": body[1] if body else ""}, failure)
    elif head is not None and head[1] in {"healthy", "degraded"}:
        yield _healthy(head)


def _junit(text: str) -> Iterator[Found]:
    facts = {_NAMES.get(n, n): html.unescape(v) for n, v in re.findall(_JUNIT_FACT, text)}
    failures = [x for x in re.finditer(_JUNIT_FAILURE, text) if x[1] in catalog.ROWS]
    for failure in failures[:_MOST]:
        yield _found(failure[1], failure[2], facts, failure)
    if not failures and (head := re.search(_JUNIT, text)):
        yield _healthy(head)


_READERS: tuple[tuple[str, Callable[[str], Iterator[Found]]], ...] = (
    (_JUNIT, _junit),
    (_MARKDOWN, _markdown),
    (_PAGE, _page),
    (rf"\A\s*{_VERDICT}", _page),
)


def _known(pattern: str, text: str) -> re.Match[str] | None:
    """Give the first headline that names a failure of the catalogue."""
    return next(
        (
            found
            for found in re.finditer(pattern, text)
            if found[2] in catalog.ROWS and catalog.row(found[2]).severity is Severity.ERROR
        ),
        None,
    )


def _found(
    identifier: str, status: str | None, facts: Mapping[str, str], at: re.Match[str]
) -> Found:
    moment, clock = clock_of(facts.get("time", ""))
    named, model = facts.get("x-request-id", ""), facts.get("model", "")
    told = Told(
        status=status_value(status) or status_value(facts.get("status")),
        headers={"x-request-id": named} if named.startswith("req_") else {},
        model=model if model and not model.startswith("none:") else None,
        sent_at=moment,
        clock=clock,
    )
    body = facts.get("body", "").strip()
    said = "" if body.startswith("none:") else body
    return as_found(identifier, told, said, (at.start(), at.end()))


def _healthy(at: re.Match[str]) -> Healthy:
    return Healthy(form=forms.REPORT, place=at.start(), end=at.end(), told=Told())


def _joined(value: str) -> str:
    """Join the lines of a value: those that fill the width were broken within a word."""
    lines = [line.strip() for line in value.split("\n")]
    width = max(map(len, lines))
    return "".join(line if len(line) == width else f"{line} " for line in lines).strip()
