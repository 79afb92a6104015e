"""What must hold for every finding, and for a report that is made of it, whatever led there."""

from __future__ import annotations

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from cmtool.catalog import ROWS
from cmtool.errors import ExitCode
from cmtool.model import (
    Check,
    Exchange,
    Finding,
    Group,
    Outcome,
    Report,
    Severity,
    Status,
    StreamResult,
    Support,
    Target,
)
from cmtool.render import github
from cmtool.render.human.report import report_lines
from cmtool.render.json import report_json, schema
from cmtool.render.junit import report_junit
from cmtool.render.markdown import report_markdown

_VALIDATOR = Draft202012Validator(schema())
_READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
_AT = datetime(2026, 11, 22, 10, 0, 0, 412_000, tzinfo=UTC)
_OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_ACTIVE = re.compile(r"[@#<>`|\\\[\]*_~]|://|www\.|:[a-z]+:")
_OUR_LINKS = re.compile(r"<https://(?:www\.)?crossmodel\.ai[A-Za-z0-9/_-]*>")
_INLINE = {"text", "code_inline", "strong_open", "strong_close"}
_LONGEST = 20_000


def sound(finding: Finding) -> None:
    """Hold a finding to the catalogue."""
    row = ROWS[finding.id]
    assert finding.exit_code is row.exit_code, "the exit code belongs to another identifier"
    assert finding.exit_code not in {ExitCode.FAULT, ExitCode.INTERRUPTED}
    assert finding.title, "no title"
    assert finding.cause, "no cause"
    assert finding.actions, "nothing to do"
    assert all(told(finding)), "an empty sentence"
    assert all(len(text) <= _LONGEST for text in told(finding)), "a text that goes on and on"


def told(finding: Finding) -> list[str]:
    """Give every sentence of a finding."""
    told = (finding.title, finding.cause, finding.message or "–")
    return [*told, *finding.actions, *finding.commands, *finding.evidence]


def silent(finding: Finding, *secrets: str) -> None:
    """Hold a finding to saying none of these."""
    for secret in secrets:
        assert not any(secret in text for text in told(finding)), "a secret is told"


def report_of(finding: Finding, body: str = "", stream: StreamResult | None = None) -> Report:
    """Give a report in which a finding stands in every place where one can."""
    fails = finding.severity is Severity.ERROR
    exchange = Exchange(
        check="chat",
        protocol=None,
        streamed=False,
        attempt=1,
        method="POST",
        url="https://api.crossmodel.ai/v1/chat/completions",
        sent_at=_AT,
        status=finding.status,
        body=body,
        failure=finding.id,
    )
    check = Check(
        id="chat",
        group=Group.INFERENCE,
        title="chat",
        status=Status.FAIL if fails else Status.WARN,
        summary=f"{finding.status} {finding.type} {finding.code}",
    )
    support = Support(
        request_id="none",
        request_time="then",
        model="m",
        status=finding.status,
        body=body,
    )
    return Report(
        command="stream-test" if stream else "explain",
        cmtool_version="0",
        started_at=_AT,
        duration_ms=1.0,
        target=Target(base_url="https://api.crossmodel.ai/v1"),
        outcome=Outcome.FAILED if fails else Outcome.DEGRADED,
        exit_code=finding.exit_code if fails else ExitCode.HEALTHY,
        diagnosis=finding if fails else None,
        findings=(replace(finding, severity=Severity.WARNING),),
        checks=(check,),
        exchanges=(exchange,),
        streams=(stream,) if stream else (),
        support=support if body else None,
    )


def renders(report: Report, *secrets: str) -> None:
    """Hold a report to every format; none of them may hold a secret."""
    for text in (_json(report), _junit(report), _markdown(report), *_human(report)):
        assert not any(secret in text for secret in secrets), "a secret is shown"
    for line in github.annotations(report):
        assert not _obeyed(line)


def _json(report: Report) -> str:
    text = report_json(report)
    assert text.isascii()
    wrong = [error.message for error in _VALIDATOR.iter_errors(json.loads(text))]
    assert not wrong, wrong[0]
    return text


def _junit(report: Report) -> str:
    text = report_junit(report)
    root = ET.fromstring(text)  # noqa: S314 - it is our own
    assert root.tag == "testsuites"
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    return text


def _markdown(report: Report) -> str:
    text = report_markdown(report)
    assert not _obeyed(text.replace("\n", ""))
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    tokens = _READER.parse(_OUR_LINKS.sub("", text))
    children = [child for token in tokens for child in token.children or ()]
    kinds = {child.type for child in children}
    assert kinds <= _INLINE, f"active markup: {kinds - _INLINE}"
    active = " ".join(child.content for child in children if child.type == "text")
    assert not _ACTIVE.search(active), f"active text: {_ACTIVE.search(active)}"
    return text


def _human(report: Report) -> list[str]:
    shown = []
    for width, ascii_only in ((80, False), (60, True)):
        lines = report_lines(report, width=width, ascii_only=ascii_only, verbose=ascii_only)
        for line in lines:
            assert not _obeyed(line.text)
            assert line.text.isascii() or not ascii_only
        shown.append("\n".join(line.text for line in lines))
    return shown


def _obeyed(text: str) -> bool:
    """Say whether a terminal would do something other than show the text."""
    if text.isascii() and text.isprintable():
        return False
    return any(unicodedata.category(char) in _OBEYED for char in text)
