"""The verdict: one root cause, in the documented order, weighed against real evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations

import pytest

from cmtool import catalog
from cmtool.catalog.readings import WITH_MONEY
from cmtool.checks.facts import Facts
from cmtool.checks.graph import Done
from cmtool.checks.verdict import judge, support_for
from cmtool.model import (
    Balance,
    Check,
    Exchange,
    Finding,
    Group,
    ModelInfo,
    Outcome,
    Protocol,
    Severity,
    Status,
)
from cmtool.support import request_time

GROUPS = {
    "key": Group.CONFIGURATION,
    "base-url": Group.CONFIGURATION,
    "environment": Group.CONFIGURATION,
    "connection": Group.NETWORK,
    "auth": Group.ACCOUNT,
    "balance": Group.ACCOUNT,
    "model": Group.MODEL,
    "trace": Group.TRACING,
} | {protocol.value: Group.INFERENCE for protocol in Protocol}
NOON = datetime(2026, 11, 22, 12, 0, 0, 412_999, tzinfo=UTC)


def done(check: str, *identifiers: str, status: Status | None = None) -> Done:
    findings = tuple(finding(name, check) for name in identifiers)
    if status is None:
        failed = any(f.severity is Severity.ERROR for f in findings)
        status = Status.FAIL if failed else Status.WARN if findings else Status.OK
    return Done(
        check=Check(id=check, group=GROUPS[check], title=check, status=status, summary="…"),
        findings=findings,
    )


def finding(identifier: str, check: str) -> Finding:
    row = catalog.row(identifier)
    return catalog.fill(row, model="a/b", check=check)


def exchange(check: str, attempt: int = 1, **more: object) -> Exchange:
    made = Exchange(
        check=check,
        protocol=None,
        streamed=False,
        attempt=attempt,
        method="POST",
        url="https://gateway.example/v1",
        sent_at=NOON,
    )
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "diagnosis"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([("chat", "recovered")], None, id="a-warning"),
        pytest.param(
            [("key", "key_malformed"), ("connection", "dns_failure")],
            "key_malformed",
            id="key-first",
        ),
        pytest.param(
            [("base-url", "base_url_path"), ("auth", "not_the_gateway")],
            "base_url_path",
            id="url-before-network",
        ),
        pytest.param(
            [("connection", "dns_failure"), ("auth", "invalid_api_key")],
            "dns_failure",
            id="network-before-401",
        ),
        pytest.param(
            [("auth", "invalid_api_key"), ("chat", "insufficient_balance")],
            "invalid_api_key",
            id="401-before-402",
        ),
        pytest.param(
            [("chat", "insufficient_balance"), ("messages", "model_not_found")],
            "insufficient_balance",
            id="402-before-404",
        ),
        pytest.param(
            [("chat", "model_not_found"), ("messages", "rate_limit_exceeded")],
            "model_not_found",
            id="404-before-429",
        ),
        pytest.param(
            [("chat", "rate_limit_exceeded"), ("messages", "provider_error")],
            "rate_limit_exceeded",
            id="429-before-5xx",
        ),
        pytest.param(
            [("chat", "internal_error"), ("messages", "invalid_json")],
            "internal_error",
            id="5xx-before-400",
        ),
        pytest.param(
            [("chat", "invalid_json"), ("messages", "undocumented_error")],
            "invalid_json",
            id="400-before-undocumented",
        ),
        pytest.param(
            [("chat", "malformed_response"), ("messages", "stream_truncated")],
            "malformed_response",
            id="undocumented-before-stream",
        ),
        pytest.param(
            [("environment", "proxy_in_use"), ("chat", "stream_truncated")],
            "stream_truncated",
            id="an-error-before-any-warning",
        ),
    ],
)
def test_the_first_failure_of_the_documented_order(
    found: list[tuple[str, str]], diagnosis: str | None
) -> None:
    for order in permutations(found):
        judged = judge([done(*entry) for entry in order], Facts(), strict=False)
        assert (judged.diagnosis.id if judged.diagnosis else None) == diagnosis
        assert len(judged.findings) == len(found) - (diagnosis is not None)
        expected = catalog.row(diagnosis).exit_code if diagnosis else 0
        assert judged.exit_code == expected


@pytest.mark.parametrize(
    ("found", "strict", "outcome", "code"),
    [
        pytest.param([done("chat")], False, Outcome.HEALTHY, 0, id="healthy"),
        pytest.param([done("chat")], True, Outcome.HEALTHY, 0, id="healthy-strict"),
        pytest.param([done("chat", "recovered")], False, Outcome.DEGRADED, 0, id="warned"),
        pytest.param([done("chat", "recovered")], True, Outcome.FAILED, 8, id="warned-strict"),
        pytest.param([done("chat", "no_wallet")], False, Outcome.FAILED, 5, id="failed"),
    ],
)
def test_strict_lets_a_warning_fail(
    found: list[Done], outcome: Outcome, code: int, *, strict: bool
) -> None:
    judged = judge(found, Facts(), strict=strict)
    assert (judged.outcome, judged.exit_code) == (outcome, code)


@pytest.mark.parametrize(
    ("check", "identifier", "works", "status", "left"),
    [
        pytest.param(
            "auth", "internal_error", True, Status.WARN, "catalogue_unavailable", id="list"
        ),
        pytest.param("auth", "internal_error", False, Status.FAIL, None, id="list-unproven"),
        pytest.param("balance", "db_error", True, Status.WARN, "account_unavailable", id="wallet"),
        pytest.param("balance", "balance_empty", True, Status.WARN, "balance_empty", id="zero"),
        pytest.param(
            "model", "model_not_listed", True, Status.WARN, "model_not_listed", id="alias"
        ),
        pytest.param(
            "model", "model_not_listed", False, Status.FAIL, "model_not_listed", id="unlisted"
        ),
        pytest.param("key", "key_malformed", True, Status.FAIL, None, id="the-key-stays"),
    ],
)
def test_real_evidence_beats_prediction(
    check: str, identifier: str, status: Status, left: str | None, *, works: bool
) -> None:
    tried = done("chat") if works else done("chat", "stream_truncated")
    judged = judge([done(check, identifier), tried], Facts(), strict=False)
    assert next(c for c in judged.checks if c.id == check).status is status
    if left is not None:
        (remark,) = [f for f in judged.findings if f.check == check]
        assert (remark.id, remark.severity) == (left, Severity.WARNING)
    if works and left is not None:
        assert judged.diagnosis is None
        assert judged.outcome is Outcome.DEGRADED


@pytest.mark.parametrize(
    ("failing", "told", "differ"),
    [
        pytest.param(
            {"messages"},
            "messages fails, while chat and responses work with the same key and model.",
            "the header of the key (x-api-key against authorization)",
            id="messages",
        ),
        pytest.param(
            {"chat", "responses"},
            "chat and responses fail, while messages works with the same key and model.",
            "the path (/v1/chat/completions against /v1/messages)",
            id="both-openai",
        ),
        pytest.param({"chat", "responses", "messages"}, None, None, id="all"),
    ],
)
def test_the_difference_is_told(failing: set[str], told: str | None, differ: str | None) -> None:
    entries = [done(p, *(["invalid_json"] if p in failing else [])) for p in Protocol]
    diagnosis = judge(entries, Facts(), strict=False).diagnosis
    assert diagnosis is not None
    assert (told in diagnosis.evidence) if told else (diagnosis.evidence == ())
    assert differ is None or any(differ in said for said in diagnosis.evidence)


def test_no_difference_is_told_of_what_is_no_generation() -> None:
    diagnosis = judge([done("key", "key_malformed"), done("chat")], Facts(), strict=False).diagnosis
    assert diagnosis is not None
    assert diagnosis.evidence == ()


@pytest.mark.parametrize(
    ("listed", "action", "said"),
    [
        pytest.param("a/b", "The ID is right", "a/b is in the live list of 1.", id="listed"),
        pytest.param("a/c", "Use a/c, the nearest", "a/b is not in the live list of 1.", id="near"),
    ],
)
def test_a_404_is_compared_with_the_list(listed: str, action: str, said: str) -> None:
    facts = Facts(models=(ModelInfo(id=listed),), model="a/b", nearest=("a/c",))
    diagnosis = judge([done("chat", "model_not_found")], facts, strict=False).diagnosis
    assert diagnosis is not None
    assert diagnosis.actions[0].startswith(action)
    assert diagnosis.evidence[-1] == said


@pytest.mark.parametrize(
    ("entries", "diagnosis", "evidence"),
    [
        pytest.param(["chat"], "response_timeout", "chat", id="one"),
        pytest.param(["chat", "messages"], "response_timeout", "chat and messages", id="two"),
    ],
)
def test_a_run_that_has_not_asked_is_not_healthy(
    entries: list[str], diagnosis: str, evidence: str
) -> None:
    late = [dataclasses.replace(done(name, status=Status.SKIP), in_time=False) for name in entries]
    judged = judge([done("key"), *late], Facts(), strict=False)
    assert judged.diagnosis is not None
    assert judged.diagnosis.id == diagnosis
    assert judged.diagnosis.evidence == (f"The deadline came before {evidence} could be asked.",)
    behind_an_error = judge([done("auth", "no_wallet"), *late], Facts(), strict=False)
    assert behind_an_error.diagnosis is not None
    assert behind_an_error.diagnosis.id == "no_wallet"
    assert behind_an_error.findings == ()


FULL = exchange(
    "chat", status=402, request_id="req_cm_1", model="a/b", body="{}", failure="no_wallet"
)


@pytest.mark.parametrize(
    ("exchanges", "expected"),
    [
        pytest.param([FULL], ("req_cm_1", "a/b", 402, "{}"), id="complete"),
        pytest.param(
            [dataclasses.replace(FULL, request_id=None, model=None, body=None)],
            (
                "none: the answer carried no x-request-id",
                "none: the request named no model",
                402,
                "none: the answer had no body",
            ),
            id="says-what-is-lacking",
        ),
        pytest.param(
            [FULL, exchange("chat", 2, status=200, request_id="req_cm_2")],
            ("req_cm_1", "a/b", 402, "{}"),
            id="the-attempt-that-failed-so",
        ),
        pytest.param(
            [FULL, dataclasses.replace(FULL, attempt=2, request_id="req_cm_2")],
            ("req_cm_2", "a/b", 402, "{}"),
            id="the-last-of-them",
        ),
        pytest.param(
            [FULL, dataclasses.replace(FULL, url="http://gateway/other", request_id="req_cm_2")],
            ("req_cm_1", "a/b", 402, "{}"),
            id="the-first-of-two-requests",
        ),
        pytest.param(
            [
                FULL,
                dataclasses.replace(FULL, attempt=2, failure=None),
                dataclasses.replace(FULL, url="http://gateway/other", request_id="req_cm_2"),
            ],
            ("req_cm_2", "a/b", 402, "{}"),
            id="the-one-that-failed-in-the-end",
        ),
        pytest.param([exchange("chat", failure="no_wallet")], None, id="no-answer"),
        pytest.param([dataclasses.replace(FULL, check="messages")], None, id="another-check"),
        pytest.param([], None, id="nothing-sent"),
    ],
)
def test_support(exchanges: Sequence[Exchange], expected: tuple[str, str, int, str] | None) -> None:
    support = support_for(finding("no_wallet", "chat"), exchanges)
    if expected is None:
        assert support is None
    else:
        assert support is not None
        facts = (support.request_id, support.model, support.status, support.body)
        assert facts == expected
        assert support.request_time == "2026-11-22T12:00:00.412Z"


def test_support_cuts_a_long_body() -> None:
    support = support_for(
        finding("no_wallet", "chat"), [dataclasses.replace(FULL, body="x" * 5000)]
    )
    assert support is not None
    assert support.body == "x" * 2000 + "… (3,000 more characters)"


def test_a_prediction_has_nothing_for_support() -> None:
    predicted = dataclasses.replace(finding("no_wallet", "chat"), predicted=True)
    assert support_for(predicted, [FULL]) is None
    assert support_for(None, [FULL]) is None


def test_request_time_keeps_the_milliseconds() -> None:
    assert request_time(NOON.replace(microsecond=7_000)) == "2026-11-22T12:00:00.007Z"


@pytest.mark.parametrize(
    ("identifier", "micro", "held", "title", "said"),
    [
        pytest.param(
            *("insufficient_balance", 5_000_000, 4_200_000),
            *(WITH_MONEY.title, "5.00 USD, and 4.20 USD held by requests in flight."),
            id="402-with-money",
        ),
        pytest.param(
            *("billing_error", 5_000_000, 0, WITH_MONEY.title, "shows 5.00 USD."),
            id="402-in-the-shape-without-codes",
        ),
        pytest.param(
            *("insufficient_balance", 0, 0, "the wallet is empty", ""), id="402-without-money"
        ),
        pytest.param(
            *("rate_limit_exceeded", 0, 0, "the key is over its rate limit", "shows 0.00 USD."),
            id="429-without-money",
        ),
        pytest.param(
            *("rate_limit_exceeded", 5_000_000, 0, "the key is over its rate limit", ""),
            id="429-with-money",
        ),
    ],
)
def test_the_wallet_is_held_against_a_refusal(
    identifier: str, micro: int, held: int, title: str, said: str
) -> None:
    facts = Facts(balance=Balance(currency="USD", balance_micro=micro, uncollected_micro=held))
    verdict = judge([done("chat", identifier)], facts, strict=False)
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.title == title
    assert said in " ".join(verdict.diagnosis.evidence)
    assert bool(said) is bool(verdict.diagnosis.evidence)
