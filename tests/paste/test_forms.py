"""The other forms: bodies, logs, HAR files, reports of cmtool, a status or a name alone."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cmtool.errors import ExitCode
from cmtool.model import Finding, Outcome, Phase, Protocol, Report, Severity, Support, Target
from cmtool.paste import Hints, forms
from cmtool.paste.base import Form
from cmtool.render.json import report_json
from tests.paste.case import MODEL, REQUEST_ID, Case, check, explained

AT = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
ERROR = {"message": "Nope.", "type": "billing_error", "param": None, "code": "no_wallet"}
BODY = json.dumps({"error": ERROR})
ANTHROPIC = json.dumps({"type": "error", "error": {"type": "billing_error", "message": "Nope."}})
CHAT, RESPONSES, MESSAGES = Protocol
LOG = forms.LOG


def _case(
    text: str | bytes,
    form: Form = forms.BODY,
    identifier: str | None = "no_wallet",
    status: int | None = None,
    *,
    request_id: str | None = None,
    sent_at: datetime | None = None,
    protocol: Protocol | None = None,
) -> Case:
    return Case(
        text=text,
        form=form,
        identifier=identifier,
        status=status,
        request_id=request_id,
        sent_at=sent_at,
        protocol=protocol,
    )


BODIES = {
    "one-line": BODY,
    "pretty": json.dumps({"error": ERROR}, indent=2),
    "tabs": json.dumps({"error": ERROR}, indent="\t"),
    "cut-at-the-brace": BODY[:-1],
    "cut-in-the-code": BODY[:-3],
    "with-a-line-before": f"The response body:\n{BODY}",
    "fence": f"```json\n{BODY}\n```",
    "quoted": f"> ```\n> {BODY}\n> ```",
    "numbered": "".join(
        f"{n:>4}  {line}\n"
        for n, line in enumerate(json.dumps({"error": ERROR}, indent=2).splitlines(), 1)
    ),
    "diff": "".join(f"+{x}\n" for x in json.dumps({"error": ERROR}, indent=2).splitlines()),
    "smart-quotes": BODY.replace('"', "“"),
    "smart-quote-pairs": BODY.replace('"error"', "“error”").replace('"code"', "“code”"),
    "wrapped": "\n".join(BODY[i : i + 64] for i in range(0, len(BODY), 64)),
    "zero-width": "\u200b".join(BODY),
    "bom": f"\ufeff{BODY}",
    "crlf": json.dumps({"error": ERROR}, indent=2).replace("\n", "\r\n"),
    "colours": f"\x1b[1;31m{BODY[:20]}\x1b[0m{BODY[20:]}\x1b[K",
    "written-colours": f"\\x1b[31m{BODY}\\x1b[0m",
    "no-break-spaces": json.dumps({"error": ERROR}, indent=2).replace(" ", "\u00a0"),
    "twice-encoded": json.dumps(BODY),
    "three-times-encoded": json.dumps(json.dumps(BODY)),
    "single-quotes": str({"error": ERROR}),
    "inner-alone": json.dumps(ERROR),
    "in-an-array": f"[{BODY}]",
    "prefix-of-words": f"Response body: {BODY}.",
    "java-map": "{error={message=Nope., type=billing_error, param=null, code=no_wallet}}",
    "boxed": f"│ {BODY} │\n│ and so on │",
}
ENCODED = {
    "utf-16": BODY.encode("utf-16"),
    "utf-16-le": BODY.encode("utf-16-le"),
    "utf-16-be": BODY.encode("utf-16-be"),
    "utf-8-bom": BODY.encode("utf-8-sig"),
    "nul": BODY.encode() + b"\0\0\0",
    "bad-bytes": b"\xff\xfe\xfd "[2:] + BODY.encode(),
}


@pytest.mark.parametrize("name", [*BODIES, *ENCODED])
def test_a_body(name: str) -> None:
    got = explained((BODIES | ENCODED)[name])
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.id == "no_wallet"
    assert got.diagnosis.message == "Nope."
    assert got.diagnosis.status is None
    assert "--status" in " ".join(got.recognised.surer)
    assert got.support is not None
    assert json.loads(got.support.body)["error"]["code"] == "no_wallet"


LOGS = [
    pytest.param(
        _case(f"2026-11-22T10:00:00Z ERROR app.py:12 402 {BODY}", LOG, status=402, sent_at=AT),
        id="prefix",
    ),
    pytest.param(
        _case(f"2026-11-22 10:00:00,123 - app - ERROR - call failed: {BODY}", LOG), id="zoneless"
    ),
    pytest.param(
        _case(f"2026-11-22T11:00:00+01:00 [error] status=402 body={BODY}", LOG, status=402,
              sent_at=AT),
        id="offset",
    ),
    pytest.param(
        _case(json.dumps({"level": "error", "time": "2026-11-22T10:00:00Z", "status": 402,
                          "err": {"error": ERROR}, "request_id": REQUEST_ID}),
              LOG, status=402, request_id=REQUEST_ID, sent_at=AT),
        id="json",
    ),
    pytest.param(
        _case(json.dumps({"level": 50, "msg": "failed", "response": BODY}), LOG), id="json-string"
    ),
    pytest.param(
        _case(json.dumps({"severity": "ERROR", "message": f"Error code: 402 - {BODY}"}),
              forms.OPENAI, status=402),
        id="json-exception",
    ),
    pytest.param(
        _case(json.dumps({"a": {"b": [{"c": json.dumps({"d": BODY})}]}}), LOG), id="json-deep"
    ),
    pytest.param(
        _case(f"app-1  | starting\napp-1  | call failed {BODY}\napp-1  | bye", forms.EXCEPTION),
        id="compose",
    ),
    pytest.param(
        _case(f'level=error msg="call failed: {json.dumps(BODY)[1:-1]}" attempt=3',
              forms.EXCEPTION),
        id="logfmt",
    ),
    pytest.param(
        _case(f"Nov 22 10:00:00 host app[12]: one\nNov 22 10:00:01 host app[12]: {BODY}",
              LOG),
        id="syslog",
    ),
    pytest.param(
        _case('INFO:httpx:HTTP Request: POST https://api.crossmodel.ai/v1/chat/completions '
              '"HTTP/1.1 402 Payment Required"', LOG, "billing_error", 402, protocol=CHAT),
        id="httpx-log",
    ),
    pytest.param(
        _case('DEBUG:urllib3.connectionpool:https://api.crossmodel.ai:443 "POST /v1/responses '
              'HTTP/1.1" 429 None', forms.EXCEPTION, "rate_limit_exceeded", 429,
              protocol=RESPONSES),
        id="urllib3-log",
    ),
    pytest.param(
        _case('10.0.0.9 - - [22/Nov/2026:10:00:00 +0000] "POST /v1/messages HTTP/1.1" 503 94',
              LOG, "model_unavailable", 503, protocol=MESSAGES, sent_at=AT),
        id="access-log",
    ),
    pytest.param(
        _case(json.dumps({"level": "error", "statusCode": 429, "message": "Too many tokens"}),
              LOG, "rate_limit_exceeded", 429),
        id="json-status-and-words",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", LOGS)
def test_a_log(case: Case) -> None:
    check(case)


def test_a_time_without_a_zone_is_told_as_it_is() -> None:
    got = explained(f"2026-11-22 10:00:00,123 ERROR {BODY}")
    assert got is not None
    assert got.support is not None
    assert got.exchanges[0].sent_at is None
    assert got.support.request_time.startswith("2026-11-22 10:00:00,123 (as pasted")


SHORT = [
    pytest.param("402", "billing_error", 402, forms.STATUS, id="402"),
    pytest.param("  429\n", "rate_limit_exceeded", 429, forms.STATUS, id="blanks"),
    pytest.param("HTTP 429", "rate_limit_exceeded", 429, forms.STATUS, id="http"),
    pytest.param("HTTP/2 503", "model_unavailable", 503, forms.CURL, id="status-line"),
    pytest.param("status code 529", "intermediary_error", 529, forms.STATUS, id="529"),
    pytest.param("status: 401", "authentication_error", 401, forms.STATUS, id="colon"),
    pytest.param("error 500", "api_error", 500, forms.STATUS, id="error"),
    pytest.param("404 Not Found", "model_not_found", 404, forms.STATUS, id="phrase"),
    pytest.param("Payment Required", "billing_error", 402, forms.STATUS, id="words"),
    pytest.param("502 Bad Gateway", "provider_error", 502, forms.STATUS, id="502"),
    pytest.param("405 Method Not Allowed", "not_the_gateway", 405, forms.STATUS, id="405"),
    pytest.param("407", "proxy_auth_required", 407, forms.STATUS, id="407"),
    pytest.param("301", "redirected", 301, forms.STATUS, id="301"),
    pytest.param("413", "intermediary_error", 413, forms.STATUS, id="413"),
    pytest.param("APIStatusError 503", "model_unavailable", 503, forms.EXCEPTION, id="class"),
    pytest.param("RateLimitError", "rate_limit_exceeded", 429, forms.EXCEPTION, id="class-alone"),
    pytest.param("insufficient_balance", "insufficient_balance", None, forms.IDENTIFIER, id="code"),
    pytest.param("insufficient-balance", "insufficient_balance", None, forms.IDENTIFIER, id="dash"),
    pytest.param("INVALID_API_KEY", "invalid_api_key", None, forms.IDENTIFIER, id="capitals"),
    pytest.param("rate_limit_error", "rate_limit_exceeded", None, forms.IDENTIFIER, id="type"),
    pytest.param("dns_failure", "dns_failure", None, forms.IDENTIFIER, id="ours"),
    pytest.param("402 no_wallet", "no_wallet", 402, forms.IDENTIFIER, id="both"),
    pytest.param("code: model_not_found", "model_not_found", None, forms.IDENTIFIER, id="field"),
    pytest.param("I get model_not_found and 404 all the time", "model_not_found", None,
                 forms.IDENTIFIER, id="prose"),
    pytest.param("✗ 402 insufficient_balance: the wallet is empty", "insufficient_balance", 402,
                 forms.IDENTIFIER, id="page-of-ours"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "identifier", "status", "form"), SHORT)
def test_a_few_characters(text: str, identifier: str, status: int | None, form: Form) -> None:
    check(Case(text=text, form=form, identifier=identifier, status=status))


HEALTHY = [
    pytest.param("200", forms.STATUS, id="status"),
    pytest.param("HTTP/1.1 200 OK", forms.CURL, id="status-line"),
    pytest.param('{"object": "list", "data": [{"id": "a/b"}]}', forms.DOCUMENT, id="models"),
    pytest.param('{"id": "x", "object": "chat.completion", "choices": []}', forms.DOCUMENT,
                 id="chat"),
    pytest.param('{"type": "message", "role": "assistant", "content": []}', forms.DOCUMENT,
                 id="messages"),
    pytest.param('{"object": "response", "error": null, "output": []}', forms.DOCUMENT,
                 id="responses"),
    pytest.param('{"currency": "USD", "balance_micro": 1}', forms.DOCUMENT, id="credits"),
    pytest.param(f'HTTP/2 200\nx-request-id: {REQUEST_ID}\n\n{{"object": "list", "data": []}}',
                 forms.CURL, id="with-head"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "form"), HEALTHY)
def test_an_answer_without_an_error_is_healthy(text: str, form: Form) -> None:
    got = check(Case(text=text, form=form, identifier=None))
    assert got.findings == ()
    assert got.support is None


UNKNOWN = [
    "hello",
    "it does not work",
    '{"foo": 1}',
    "{}",
    "12",
    "1024 tokens",
    "\u2603",
    "the 402 bus",
    "[1, 2, 3]",
    "error",
    "Traceback (most recent call last):",
    "{" * 50,
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_tells_nothing_is_not_recognised(text: str) -> None:
    assert explained(text) is None


def test_hints_tell_what_the_paste_does_not() -> None:
    hints = Hints(status=402, protocol=MESSAGES, model=MODEL)
    got = explained(ANTHROPIC, hints)
    assert got is not None
    assert got.support is not None
    assert (got.support.status, got.support.model) == (402, MODEL)
    assert got.exchanges[0].protocol is MESSAGES


def test_the_paste_outweighs_the_hint_of_a_status() -> None:
    got = explained(f"HTTP/2 402\n\n{BODY}", Hints(status=500))
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.status == 402


def test_words_with_a_status_are_taken_for_what_a_client_said() -> None:
    got = explained("You have no wallet, says the tool.", Hints(status=402))
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.id == "no_wallet"


def _entry(url: str, **response: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-11-22T11:00:00.000+01:00",
        "time": 91.0,
        "request": {
            "method": "POST",
            "url": url,
            "headers": [{"name": "Authorization", "value": "Bearer cm-4f9a8b7c6d5e4f3a2b1c0d9e"}],
            "postData": {"mimeType": "application/json", "text": json.dumps({"model": MODEL})},
        },
        "response": {"headers": [{"name": "Set-Cookie", "value": "topsecretcookie"}], **response},
    }


def _har(*entries: dict[str, Any]) -> str:
    log = {"version": "1.2", "creator": {"name": "WebInspector", "version": "1"}}
    return json.dumps({"log": {**log, "entries": entries}}, indent=1)


URL = "https://api.crossmodel.ai/v1/chat/completions"
TRACED = [{"name": "X-Request-Id", "value": REQUEST_ID}]
PLAIN = _entry(URL, status=402, headers=TRACED, content={"text": BODY})
BASE64 = _entry(
    URL,
    status=402,
    headers=TRACED,
    content={"text": base64.b64encode(BODY.encode()).decode(), "encoding": "base64"},
)
PICTURE = _entry("https://example.com/a.png", status=404, content={"text": "nothing here"})
FINE = _entry(URL, status=200, content={"text": '{"object": "chat.completion", "choices": []}'})
GONE = _entry(URL, status=0, content={}, _error="net::ERR_NAME_NOT_RESOLVED")
HARS = [
    pytest.param(_har(PICTURE, PLAIN), "no_wallet", id="plain"),
    pytest.param(_har(FINE, BASE64, PICTURE), "no_wallet", id="base64"),
    pytest.param(_har(PLAIN, PICTURE)[:-400], "no_wallet", id="cut"),
    pytest.param(_har(GONE), "dns_failure", id="no-answer"),
    pytest.param(_har(FINE), None, id="healthy"),
]


@pytest.mark.parametrize(("text", "identifier"), HARS)
def test_a_har(text: str, identifier: str | None) -> None:
    got = explained(text)
    assert got is not None
    assert (got.diagnosis.id if got.diagnosis else None) == identifier
    assert got.recognised.forms == (forms.HAR.name,)
    assert "cm-4f9a8b7c" not in repr(got)
    assert "topsecretcookie" not in repr(got)
    last = got.exchanges[-1]
    assert (last.protocol, last.model, last.url, last.sent_at) == (CHAT, MODEL, URL, AT)
    if identifier == "no_wallet":
        assert got.support == Support(
            request_id=REQUEST_ID,
            request_time="2026-11-22T10:00:00.000Z",
            model=MODEL,
            status=402,
            body=BODY,
        )


def _report(diagnosis: Finding | None, **fields: Any) -> str:
    return report_json(
        Report(
            command="doctor",
            cmtool_version="1",
            started_at=AT,
            duration_ms=1,
            target=Target(base_url="https://api.crossmodel.ai/v1", model=MODEL),
            outcome=Outcome.FAILED if diagnosis else Outcome.HEALTHY,
            exit_code=diagnosis.exit_code if diagnosis else ExitCode.HEALTHY,
            diagnosis=diagnosis,
            **fields,
        )
    )


FINDING = Finding(
    id="no_wallet",
    severity=Severity.ERROR,
    title="x",
    phase=Phase.RESPONSE,
    exit_code=ExitCode.BILLING,
    status=402,
    check="chat",
)
SUPPORT = Support(
    request_id=REQUEST_ID,
    request_time="2026-11-22T10:00:00.000Z",
    model=MODEL,
    status=402,
    body=BODY,
)


def test_a_report_of_cmtool_gives_its_diagnosis_again() -> None:
    got = check(
        Case(
            text=_report(FINDING, support=SUPPORT),
            form=forms.REPORT,
            identifier="no_wallet",
            status=402,
            protocol=CHAT,
            request_id=REQUEST_ID,
            model=MODEL,
            sent_at=AT,
        )
    )
    assert got.support == SUPPORT


def test_a_report_without_an_answer_gives_its_diagnosis_by_name() -> None:
    finding = Finding(
        id="key_placeholder",
        severity=Severity.ERROR,
        title="x",
        phase=Phase.LOCAL,
        exit_code=ExitCode.CONFIGURATION,
        evidence=("It is the word changeme.",),
    )
    got = explained(_report(finding))
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.id == "key_placeholder"
    assert "It is the word changeme." in got.diagnosis.evidence
    assert got.support is None


def test_a_healthy_report_is_healthy() -> None:
    check(Case(text=_report(None), form=forms.REPORT, identifier=None))


SEVERAL = [
    pytest.param(
        f"openai.APIStatusError: Error code: 402 - {BODY}\n" * 3,
        "no_wallet", (), 3, id="retries",
    ),
    pytest.param(
        f"Error code: 402 - {BODY}\nError code: 401 - {{'error': {{'message': 'x', 'code': "
        "'invalid_api_key'}}",
        "invalid_api_key", ("no_wallet",), 2, id="the-key-before-the-wallet",
    ),
    pytest.param(
        f"Error code: 402 - {BODY}\n\ncurl: (6) Could not resolve host: a.example",
        "dns_failure", ("no_wallet",), 2, id="the-network-before-the-wallet",
    ),
    pytest.param(
        "2026-11-22T10:00:00Z Error: connect ECONNREFUSED 127.0.0.1:1\n"
        "2026-11-22T10:00:05Z Error: getaddrinfo ENOTFOUND a.example",
        "connection_refused", ("dns_failure",), 2, id="two-calls-of-a-log",
    ),
    pytest.param(
        f'{{"object": "list", "data": []}}\n{BODY}', "no_wallet", (), 1, id="one-is-healthy"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "identifier", "others", "errors"), SEVERAL)
def test_of_several_errors_the_decisive_one_is_explained(
    text: str, identifier: str, others: tuple[str, ...], errors: int
) -> None:
    got = explained(text)
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.id == identifier
    assert tuple(each.id for each in got.findings) == others
    assert got.recognised.errors == errors


def test_of_retries_the_last_one_counts() -> None:
    other = BODY.replace("Nope.", "Still nope.")
    got = explained(f"1: {BODY} {REQUEST_ID}A\n" + "x" * 700 + f"\n2: {other} {REQUEST_ID}B\n")
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.message == "Still nope."
    assert "2 times" in got.diagnosis.evidence[1]
    assert got.support is not None
    assert got.support.request_id == f"{REQUEST_ID}B"


def test_a_zone_is_taken_into_account() -> None:
    zone = timezone(timedelta(hours=-5))
    said = AT.astimezone(zone).isoformat()
    got = explained(f"{said} ERROR {BODY}")
    assert got is not None
    assert got.exchanges[0].sent_at == AT
