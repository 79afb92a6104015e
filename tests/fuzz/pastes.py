"""Whatever people paste: what is found in it keeps to the contract, and the time to its size."""

from __future__ import annotations

import json
from collections.abc import Callable

from cmtool.catalog import ROWS, Shape
from cmtool.classify import Evidence, classify, from_error
from cmtool.paste import FORMS, Found, nearest, read
from cmtool.paste.base import BODY_LIMIT, Answer, Capture, Healthy, Named, Unanswered
from cmtool.redact import Redactor
from tests.fuzz.answers import KEY, repeated
from tests.fuzz.contract import renders, report_of, sound
from tests.fuzz.source import Source, seed
from tests.fuzz.streams import BODIES
from tests.fuzz.watch import Target

_MOST = 2000  # findings of one paste
_SAID = 20_000  # characters of what a client said
_WIDTHS = (1, 8)


def pasted(source: Source) -> None:
    """Read a paste, and classify the answers in it as they would be shown."""
    shown = source.number(16) == 15
    content = source.rest() * source.pick(_WIDTHS)
    got = read(content)
    assert got == read(content), "twice the same, twice something else"
    assert len(got.found) <= _MOST
    for each in got.found:
        _holds(each)
        if isinstance(each, Answer):
            _classified(each, shown=shown)
    found = nearest(got.text[:100])
    assert found is None or found[1] in ROWS


def _holds(each: Found) -> None:
    assert each.form in FORMS
    assert 0 <= each.place <= each.end
    told = each.told
    assert told.status is None or 100 <= told.status <= 599
    assert all(name == name.lower() for name in told.headers)
    assert all(isinstance(value, str) for value in told.headers.values())
    assert told.sent_at is None or told.sent_at.tzinfo is not None
    assert all(
        text is None or isinstance(text, str) for text in (told.model, told.url, told.method)
    )
    match each:
        case Unanswered() | Named():
            assert each.identifier in ROWS
            assert len(each.said) <= _SAID
        case Answer():
            assert len(each.body) <= BODY_LIMIT
            assert len(each.said) <= _SAID
        case Capture() | Healthy():
            pass


def _classified(answer: Answer, *, shown: bool) -> None:
    told, redactor = answer.told, Redactor([KEY])
    evidence = Evidence(
        status=told.status,
        headers={name: redactor.text(value) for name, value in told.headers.items()},
        body=redactor.text(answer.body),
        protocol=told.protocol,
        defect="" if answer.whole else "It was cut.",
        model=redactor.text(told.model) if told.model else None,
    )
    error = redactor.scrub(answer.error) if answer.error else None
    finding = from_error(error, evidence) if error else classify(evidence)
    if finding is not None:
        sound(finding)
        if shown:
            renders(report_of(finding, evidence.body), KEY)


def _scaled(source: Source, size: int) -> Callable[[], object]:
    content = repeated(source, size).encode("utf-8", "surrogatepass")
    return lambda: read(content)


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
        seeds=tuple(seed(text, 0, 0) for text in _BYTES),
        words=_WORDS,
        scaled=_scaled,
    ),
)
