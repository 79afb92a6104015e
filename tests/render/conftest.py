"""Reports built by hand, one for each situation; a test that takes ``situation`` gets them all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cmtool.errors import ExitCode
from cmtool.model import (
    Balance,
    Check,
    Exchange,
    Finding,
    Gaps,
    Group,
    ModelInfo,
    Outcome,
    Phase,
    Protocol,
    Report,
    Severity,
    Spent,
    Status,
    StreamResult,
    Support,
    Target,
    Timings,
    UsagePeriod,
    Violation,
)

URL = "https://api.crossmodel.ai/v1"
MODEL = "deepseek/deepseek-v4-flash"
AT = datetime(2026, 11, 22, 10, 0, 0, 412_000, tzinfo=UTC)
OK, WARN, FAIL, SKIP = Status.OK, Status.WARN, Status.FAIL, Status.SKIP
PATHS = {
    Protocol.CHAT: "/chat/completions",
    Protocol.RESPONSES: "/responses",
    Protocol.MESSAGES: "/messages",
}
BODY_402 = (
    '{"error": {"message": "Insufficient balance. Top up to continue.", "type": "billing_error", '
    '"param": null, "code": "insufficient_balance"}}'
)


def request_id(number: int) -> str:
    return f"req_cm_01JD8ZK3T5V9W2X4Y6A8B0C{number:02d}"


def check(
    name: str,
    group: Group,
    status: Status,
    summary: str,
    ms: float | None = None,
    *,
    blocked_by: str | None = None,
) -> Check:
    details = {"asked": name, "took_ms": ms} if status is OK else {}
    return Check(
        id=name,
        group=group,
        title=f"the {name}",
        status=status,
        summary=summary,
        duration_ms=ms,
        blocked_by=blocked_by,
        details=details,
    )


def setup(balance: Check | None = None) -> tuple[Check, ...]:
    return (
        check("key", Group.CONFIGURATION, OK, "cm-…9f3c from CROSSMODEL_API_KEY"),
        check("base-url", Group.CONFIGURATION, OK, "https, API host, one /v1"),
        check("environment", Group.CONFIGURATION, OK, "nothing in the way"),
        check("connection", Group.NETWORK, OK, "lookup 4 ms · TCP 12 ms · TLS 1.3 21 ms", 37.2),
        check("auth", Group.ACCOUNT, OK, "GET /v1/models 200 · 53 models", 96.4),
        balance or check("balance", Group.ACCOUNT, OK, "12.34 USD", 91.0),
        check("model", Group.MODEL, OK, f"{MODEL} is listed"),
    )


def inference(
    status: Status, summary: str, ms: float | None, blocked: str | None = None
) -> tuple[Check, ...]:
    return tuple(
        check(
            protocol.value,
            Group.INFERENCE,
            status,
            summary,
            ms and ms + index * 4.6,
            blocked_by=blocked,
        )
        for index, protocol in enumerate(Protocol)
    )


def exchanges(
    status: int | None, *, failure: str | None = None, traced: bool = True
) -> tuple[Exchange, ...]:
    first = Exchange(
        check="auth",
        protocol=None,
        streamed=False,
        attempt=1,
        method="GET",
        url=f"{URL}/models",
        sent_at=AT,
        status=200,
        request_id=request_id(0),
        duration_ms=96.4,
        timings=Timings(lookup_ms=4.0, connect_ms=12.0, tls_ms=21.04, headers_ms=95.0),
    )
    posts = tuple(
        Exchange(
            check=protocol.value,
            protocol=protocol,
            streamed=True,
            attempt=1,
            method="POST",
            url=f"{URL}{PATHS[protocol]}",
            sent_at=AT,
            status=status,
            request_id=request_id(number) if traced and status else None,
            served_model=MODEL if status == 200 else None,
            duration_ms=104.26,
            headers={"content-type": "application/json"},
            body=BODY_402 if status == 402 else None,
            failure=failure,
        )
        for number, protocol in enumerate(Protocol, 1)
    )
    return (first, *posts)


def finding(identifier: str, title: str, exit_code: ExitCode, **more: object) -> Finding:
    base = Finding(
        id=identifier,
        severity=Severity.ERROR,
        title=title,
        phase=Phase.RESPONSE,
        exit_code=exit_code,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def warning(identifier: str, title: str, action: str, name: str) -> Finding:
    return finding(
        identifier,
        title,
        ExitCode.HEALTHY,
        severity=Severity.WARNING,
        actions=(action,),
        check=name,
        cause=f"Why {identifier} was noticed.",
    )


def report(**more: object) -> Report:
    base = Report(
        command="doctor",
        cmtool_version="0.1.0",
        platform="Python 3.12.1 · Linux 6.1.0 x86_64",
        started_at=AT,
        duration_ms=412.44,
        target=Target(
            base_url=URL,
            model=MODEL,
            key_source="env:CROSSMODEL_API_KEY",
            key_fingerprint="cm-…9f3c",
        ),
        outcome=Outcome.FAILED,
        exit_code=ExitCode.HEALTHY,
    )
    return replace(base, **more)  # type: ignore[arg-type]


HEALTHY = report(
    outcome=Outcome.HEALTHY,
    checks=(
        *setup(),
        *inference(OK, "200 · 9 events · first text after 312 ms", 412.0),
        check("trace", Group.TRACING, OK, "x-request-id on every answer, model as asked for"),
    ),
    exchanges=exchanges(200),
    spent=Spent(requests=6, input_tokens=33, output_tokens=48),
    duration_ms=812.4,
)

NO_MONEY = finding(
    "insufficient_balance",
    "the wallet is empty",
    ExitCode.BILLING,
    step=2,
    status=402,
    type="billing_error",
    code="insufficient_balance",
    message="Insufficient balance. Top up to continue.",
    cause="The key works and the model exists; the gateway refuses to generate because the "
    "balance is used up.",
    actions=("Top up at https://crossmodel.ai/console", "Run the doctor once more."),
    commands=(f"cmtool doctor {MODEL}",),
    documented=True,
    docs_url="https://www.crossmodel.ai/docs/billing",
    check="chat",
    evidence=("The wallet holds 0.00 USD, and 0.02 USD are held by requests in flight.",),
)
SUPPORT = Support(
    request_id=request_id(1),
    request_time="2026-11-22T10:00:00.412Z",
    model=MODEL,
    status=402,
    body=BODY_402,
)
BALANCE_WARNING = warning(
    "balance_empty", "the wallet is empty", "Top up at https://crossmodel.ai/console", "balance"
)
EMPTY_WALLET = report(
    exit_code=ExitCode.BILLING,
    checks=(
        *setup(
            check(
                "balance",
                Group.ACCOUNT,
                WARN,
                "0.00 USD, 0.02 USD held by requests in flight",
                91.0,
            )
        ),
        *inference(FAIL, "402 billing_error insufficient_balance", 99.8),
        check("trace", Group.TRACING, OK, "x-request-id on every answer"),
    ),
    diagnosis=NO_MONEY,
    findings=(
        replace(NO_MONEY, check="responses"),
        replace(NO_MONEY, check="messages"),
        BALANCE_WARNING,
    ),
    exchanges=exchanges(402),
    support=SUPPORT,
    spent=Spent(requests=6),
)

BAD_KEY = report(
    exit_code=ExitCode.AUTHENTICATION,
    checks=(
        *setup()[:4],
        check(
            "auth", Group.ACCOUNT, FAIL, "401 authentication_error invalid_api_key, twice", 188.0
        ),
        check("balance", Group.ACCOUNT, SKIP, "", blocked_by="auth"),
        check("model", Group.MODEL, SKIP, "", blocked_by="auth"),
        *inference(SKIP, "", None, "auth"),
        check("trace", Group.TRACING, SKIP, "", blocked_by="auth"),
    ),
    diagnosis=finding(
        "invalid_api_key",
        "the gateway does not know this key",
        ExitCode.AUTHENTICATION,
        step=1,
        status=401,
        cause="The key has the right form, but no account has it.",
        actions=(
            "Make a new key at https://crossmodel.ai/console/api-keys",
            "Set it in CROSSMODEL_API_KEY.",
        ),
        documented=True,
        check="auth",
    ),
    exchanges=exchanges(None, failure="not_sent")[:1],
    support=replace(SUPPORT, status=401, body='{"error": {"code": "invalid_api_key"}}'),
    spent=Spent(requests=2),
)

PREDICTED = replace(
    EMPTY_WALLET,
    checks=(*EMPTY_WALLET.checks[:7], *inference(SKIP, "left out by --no-spend", None)),
    diagnosis=replace(NO_MONEY, predicted=True, status=None, check="balance", message=None),
    findings=(),
    exchanges=EMPTY_WALLET.exchanges[:1],
    support=None,
    spent=Spent(requests=1),
)

DIFFERENTIAL = report(
    exit_code=ExitCode.SERVICE,
    checks=(
        *setup(),
        check("chat", Group.INFERENCE, OK, "200 · 9 events · first text after 312 ms", 412.0),
        check("responses", Group.INFERENCE, OK, "200 · 21 events · first text after 330 ms", 423.0),
        check("messages", Group.INFERENCE, FAIL, "502 provider_error, 4 attempts", 9_740.0),
    ),
    diagnosis=finding(
        "provider_error",
        "the model service could not complete the request",
        ExitCode.SERVICE,
        step=5,
        status=502,
        cause="The same model answers on chat and responses; only messages fails. They differ in "
        "the header that carries the key and in the path.",
        actions=("Use another protocol meanwhile.", "Try again in a few minutes."),
        retryable=True,
        documented=True,
        docs_url="https://www.crossmodel.ai/docs/errors",
        check="messages",
    ),
    findings=(
        warning("clock_skew", "this computer's clock is 4 min off", "Set the clock.", "connection"),
    ),
    exchanges=exchanges(200),
    support=replace(SUPPORT, status=502, body="<html><h1>502 Bad Gateway</h1></html>\n" * 30),
    spent=Spent(requests=9, input_tokens=22, output_tokens=32),
    duration_ms=12_044.0,
)

DEGRADED = report(
    outcome=Outcome.DEGRADED,
    checks=HEALTHY.checks,
    findings=(
        warning(
            "recovered",
            "the first attempt failed, a later one worked",
            "Retry 503 as documented.",
            "chat",
        ),
        warning(
            "recovered",
            "the first attempt failed, a later one worked",
            "Retry 503 as documented.",
            "messages",
        ),
        warning(
            "proxy_in_use",
            "requests go through a proxy",
            "Unset HTTPS_PROXY to go without.",
            "environment",
        ),
    ),
    exchanges=exchanges(200),
    spent=Spent(requests=8, input_tokens=33, output_tokens=48),
)

UNTRACED = replace(
    DEGRADED,
    findings=(
        warning(
            "trace_missing",
            "an answer came without x-request-id",
            "Ask who answers there.",
            "trace",
        ),
    ),
    exchanges=exchanges(200, traced=False),
)

KEY_MISSING = report(
    exit_code=ExitCode.CONFIGURATION,
    target=Target(base_url=URL),
    checks=(
        check("key", Group.CONFIGURATION, FAIL, "CROSSMODEL_API_KEY is not set"),
        check("base-url", Group.CONFIGURATION, OK, "https, API host, one /v1"),
        check("connection", Group.NETWORK, OK, "lookup 4 ms · TCP 12 ms · TLS 1.3 21 ms", 0.4),
        check("auth", Group.ACCOUNT, SKIP, "", blocked_by="key"),
        *inference(SKIP, "", None, "key"),
    ),
    diagnosis=finding(
        "key_missing",
        "there is no key",
        ExitCode.CONFIGURATION,
        phase=Phase.LOCAL,
        step=1,
        cause="CROSSMODEL_API_KEY is not set, and no --api-key-file was named.",
        actions=(
            "Make a key at https://crossmodel.ai/console/api-keys",
            "Export it, then run again.",
        ),
        commands=("read -rs CROSSMODEL_API_KEY && export CROSSMODEL_API_KEY", "cmtool doctor"),
        check="key",
    ),
    duration_ms=61.0,
)

EVIL = (
    "\x1b[31mred\x1b[0m [bold red]markup[/] :smile:\r\nsecond line\u202egnp.exe\x07 \u2028\t\ud800"
)
HOSTILE = replace(
    EMPTY_WALLET,
    target=Target(base_url=URL, model=EVIL),
    checks=(*setup(), *inference(FAIL, f"402 {EVIL}", 99.8)),
    diagnosis=replace(
        NO_MONEY, title=EVIL, message=EVIL, cause=EVIL, evidence=(EVIL,), actions=(EVIL,)
    ),
    findings=(replace(BALANCE_WARNING, title=EVIL),),
    support=replace(SUPPORT, request_id=EVIL, model=EVIL, body=EVIL * 9),
    exchanges=tuple(replace(each, request_id=EVIL) for each in exchanges(402)),
)

LONG = f"org-{'9f3c' * 40}"
LONG_WORDS = replace(
    EMPTY_WALLET,
    target=Target(base_url=f"https://gateway.{'inner.' * 14}example/v1", model=f"vendor/{LONG}"),
    checks=(*setup(), *inference(FAIL, f"402 {'a rather long summary ' * 6}{LONG}", 12_345.6)),
    diagnosis=replace(NO_MONEY, title="a title that goes on and on " * 4, evidence=(LONG,)),
    support=replace(SUPPORT, request_id=LONG, body=LONG * 8),
)

WIDE = replace(
    EMPTY_WALLET,
    target=Target(base_url=URL, model="供应商/模型-聊天"),
    checks=(*setup(), *inference(FAIL, "402 余额不足" * 9, 99.8)),
    diagnosis=replace(
        NO_MONEY, cause="余额已用完，网关拒绝生成。" * 8, evidence=("🎉 e\u0301 ﾊﾝｶｸ",)
    ),
    support=replace(SUPPORT, model="供应商/模型-聊天", body="余额不足" * 40),
)

STREAM = StreamResult(
    protocol=Protocol.CHAT,
    model=MODEL,
    repetition=1,
    attempt=1,
    events=52,
    deltas=49,
    text_chars=211,
    finish_reason="stop",
    headers_ms=201.2,
    first_byte_ms=290.0,
    first_event_ms=290.5,
    first_delta_ms=300.1,
    ttft_ms=312.04,
    duration_ms=1_240.0,
    gaps=Gaps(p50=12.0, p90=21.0, p99=40.0, max=80.0),
    input_tokens=11,
    output_tokens=50,
    tokens_per_second=54.21,
    request_id=request_id(1),
    served_model=MODEL,
)
CUT = finding(
    "stream_truncated",
    "the stream ended without its terminal event",
    ExitCode.STREAM,
    phase=Phase.STREAM,
    cause="The connection was closed in an orderly way, but message_stop never came.",
    actions=("Treat the text as failed and ask again from the start.",),
    check="messages",
)
CUT_STREAM = replace(
    STREAM,
    protocol=Protocol.MESSAGES,
    repetition=2,
    attempt=2,
    diagnosis=CUT,
    finish_reason=None,
    tokens_per_second=None,
    gaps=Gaps(),
    violations=(
        Violation(name="terminal_event", event=None, expected="message_stop", got="end of stream"),
    ),
)
STREAMS = report(
    command="stream-test",
    exit_code=ExitCode.STREAM,
    diagnosis=CUT,
    streams=(STREAM, replace(STREAM, protocol=Protocol.RESPONSES, repetition=2), CUT_STREAM),
    support=replace(SUPPORT, status=200, body="event: ping"),
    spent=Spent(requests=3, input_tokens=33, output_tokens=1),
    duration_ms=2_400.0,
)
STREAMS_HEALTHY = replace(
    STREAMS,
    outcome=Outcome.HEALTHY,
    exit_code=ExitCode.HEALTHY,
    diagnosis=None,
    support=None,
    streams=(STREAM, replace(STREAM, protocol=Protocol.RESPONSES)),
)

DAY = UsagePeriod(
    cost_micro=123_400,
    prompt_tokens=10_000,
    completion_tokens=2_345,
    total_tokens=12_345,
    request_count=60,
    success_count=59,
)
MONEY = report(
    command="balance",
    outcome=Outcome.HEALTHY,
    target=Target(base_url=URL),
    balance=Balance(
        currency="USD",
        balance_micro=1_012_340_001,
        uncollected_micro=20_000,
        daily=DAY,
        weekly=replace(DAY, cost_micro=2_000_000, total_tokens=1_234_567, success_count=60),
        monthly=replace(DAY, request_count=0, success_count=0, cost_micro=0, total_tokens=0),
    ),
    spent=Spent(requests=2),
)
MODELS = report(
    command="models",
    outcome=Outcome.HEALTHY,
    target=Target(base_url=URL),
    models=(
        ModelInfo(id="openai/gpt-5.5", owned_by="openai", created=1_767_225_600),
        ModelInfo(id=MODEL, owned_by="deepseek", created=1_764_547_200),
        ModelInfo(id="my-alias"),
    ),
    spent=Spent(requests=1),
)


class Reports(dict[str, Report]):
    """The reports by the name of their situation, short where hypothesis prints its arguments."""

    def __repr__(self) -> str:
        return "reports"


SITUATIONS = Reports(
    {
        "healthy": HEALTHY,
        "empty-wallet": EMPTY_WALLET,
        "bad-key": BAD_KEY,
        "predicted": PREDICTED,
        "differential": DIFFERENTIAL,
        "degraded": DEGRADED,
        "untraced": UNTRACED,
        "key-missing": KEY_MISSING,
        "hostile": HOSTILE,
        "long-words": LONG_WORDS,
        "wide": WIDE,
        "streams": STREAMS,
        "streams-healthy": STREAMS_HEALTHY,
        "balance": MONEY,
        "models": MODELS,
    }
)


@pytest.fixture(params=SITUATIONS)
def situation(request: pytest.FixtureRequest) -> str:
    """The name of one situation after the other."""
    return str(request.param)


@pytest.fixture
def built(situation: str) -> Report:
    """The report of that situation."""
    return SITUATIONS[situation]


@pytest.fixture(scope="session")
def reports() -> dict[str, Report]:
    """Every report by the name of its situation."""
    return SITUATIONS
