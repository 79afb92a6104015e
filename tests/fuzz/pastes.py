"""Whatever people paste: what it comes to keeps to the contract, and the time to its size."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from cmtool.catalog import ROWS, Shape
from cmtool.cli.playing import follow
from cmtool.explaining import Explained, explain
from cmtool.model import Outcome, Protocol
from cmtool.paste import FORMS, Found, Hints, nearest, read
from cmtool.paste.base import Named, Unanswered
from cmtool.redact import Redactor
from cmtool.render.human.explain import explain_lines, unrecognised_lines
from tests.fuzz.answers import KEY, repeated
from tests.fuzz.contract import renders, report_of, silent, sound
from tests.fuzz.source import Source, seed
from tests.fuzz.streams import BODIES
from tests.fuzz.watch import Target

_MOST = 2000  # findings of one paste
_REDACTOR = Redactor([KEY])
_HINTS = (
    Hints(),
    Hints(status=404),
    Hints(status=502, protocol=Protocol.MESSAGES, model="a/b"),
    Hints(status=200, protocol=Protocol.CHAT),
)


def pasted(source: Source) -> None:
    """Read a paste, explain what is in it, and show that."""
    shown, hints = source.number(16) == 15, source.pick(_HINTS)
    content = source.rest() * source.pick((1, 8))
    got = read(content)
    assert got == read(content), "twice the same, twice something else"
    assert len(got.found) <= _MOST
    for each in got.found:
        _holds(each)
    found = nearest(got.text[:100])
    assert found is None or found[1] in ROWS
    explained = explain(got, hints, _REDACTOR, lambda capture: follow(capture, hints.model))
    if explained is not None:
        _keeps(explained, shown=shown)
    else:
        start = _REDACTOR.text(got.text.strip().partition("\n")[0])[:80]
        lines = unrecognised_lines("f", start, got, width=80, ascii_only=True)
        assert all(line.text.isascii() and line.text.isprintable() for line in lines)


def _holds(each: Found) -> None:
    assert each.form in FORMS
    assert 0 <= each.place <= each.end
    told = each.told
    assert told.status is None or 100 <= told.status <= 599
    assert all(name == name.lower() for name in told.headers)
    assert all(isinstance(value, str) for value in told.headers.values())
    assert told.sent_at is None or told.sent_at.tzinfo is not None
    assert not isinstance(each, Unanswered | Named) or each.identifier in ROWS


def _keeps(explained: Explained, *, shown: bool) -> None:
    """Hold what a paste came to to the contract; some are shown in every format besides."""
    findings = (*((explained.diagnosis,) if explained.diagnosis else ()), *explained.findings)
    for finding in findings:
        sound(finding)
        silent(finding, KEY)
    assert len({finding.id for finding in findings}) == len(findings), "one finding, told twice"
    assert explained.recognised.forms
    if not (shown and explained.diagnosis):
        return
    report = replace(
        report_of(explained.diagnosis),
        command="explain",
        checks=(),
        outcome=Outcome.FAILED,
        findings=explained.findings,
        exchanges=explained.exchanges,
        streams=explained.streams,
        support=explained.support,
        recognised=explained.recognised,
    )
    renders(_REDACTOR.scrub(report), KEY)
    lines = explain_lines(report, width=80, ascii_only=True)
    assert all(line.text.isascii() and line.text.isprintable() for line in lines)


def _scaled(source: Source, size: int) -> Callable[[], object]:
    content = repeated(source, size).encode("utf-8", "surrogatepass")
    return lambda: explain(read(content), Hints(), _REDACTOR, lambda each: follow(each, None))


_OPENAI = ROWS["insufficient_balance"].error_body(Shape.OPENAI)
_ANTHROPIC = ROWS["rate_limit_exceeded"].error_body(Shape.ANTHROPIC)
_PYTHON = repr(json.loads(_OPENAI))
_HEAD = "HTTP/1.1 402 Payment Required\r\ncontent-type: application/json\r\n"
_TRACED = f"{_HEAD}x-request-id: req_cm_01JD8ZK3T5\r\ndate: Sun, 22 Nov 2026 10:00:00 GMT\r\n\r\n"
_HAR_ANSWER = {
    "status": 429,
    "headers": [{"name": "X-Request-Id", "value": "req_cm_1"}],
    "content": {"mimeType": "application/json", "text": _ANTHROPIC},
}
_HAR_ENTRY = {
    "startedDateTime": "2026-11-22T10:00:00Z",
    "request": {"method": "POST", "url": "https://api.crossmodel.ai/v1/messages", "headers": []},
    "response": _HAR_ANSWER,
}
_TEXTS = (
    _OPENAI,
    _ANTHROPIC,
    _TRACED + _OPENAI,
    "> POST /v1/messages HTTP/2\n" + "".join(f"< {line}\n" for line in _TRACED.splitlines()),
    f"openai.APIStatusError: Error code: 402 - {_PYTHON}",
    f'  File "a.py", line 3\nanthropic.RateLimitError: Error code: 429 - {_ANTHROPIC}',
    f"AuthenticationError: 401 {_OPENAI}\n    at APIError.generate (a.mjs:3:1)",
    f"litellm.RateLimitError: RateLimitError: OpenAIException - {_OPENAI}",
    f"2026-11-22 10:00:00,123 ERROR app | {json.dumps({'err': _OPENAI, 'status': 402})}",
    json.dumps({"log": {"entries": [_HAR_ENTRY]}}),
    json.dumps({"schema_version": 1, "command": "doctor", "diagnosis": {"id": "key_missing"}}),
    "".join(f"> {line}\n" for line in _OPENAI.split(",")),
    "```json\n" + json.dumps(json.loads(_OPENAI), indent=2) + "\n```",
    json.dumps(json.dumps(json.loads(_OPENAI))),
    "curl: (6) Could not resolve host: api.crossmodel.ai",
    "httpx.ConnectError: [Errno 111] Connection refused",
    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer",
    "Retrying in 4s... status code 503\ninsufficient_balance\nHTTP 429 Too Many Requests",
    "<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>",
    "402",
    "\x1b[31mError: model_not_found\x1b[0m",
)
_BYTES = (*(text.encode() for text in _TEXTS), *BODIES, "‘402’ “no”".encode("utf-16"))
_WORDS = (
    *("{", "}", "[", "]", '"', "'", "\\", ":", ",", "None", "True", "Error code: ", "HTTP/1.1 "),
    *('{"error":', "b'", "'''", '\\"', "\\u007b", "data: ", "event: error\n", "status_code=429"),
    *("< ", "> ", "```\n", "\n| ", "2026-11-22T10:00:00Z ", "\x1b[0m", "req_cm_1", "Error: "),
    *("Connection refused", "timed out", "<html", "</html>", '"log":', '"entries":', KEY),
    *("schema_version", "cmtool-recording", "402 ", "429", "retry-after: 1e999", "\ufeff"),
)

TARGETS = (
    Target(
        name="paste",
        run=pasted,
        seeds=tuple(seed(text, 0, 0, 0) for text in _BYTES),
        words=_WORDS,
        scaled=_scaled,
    ),
)
