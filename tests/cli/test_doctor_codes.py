"""The doctor against each of the documented codes: what it says, what it sends, how it ends."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cmtool import catalog
from cmtool.catalog.wording import CONTACT_SUPPORT
from cmtool.render.json import schema
from cmtool.retry import DELAYS_S, JITTER
from tests.cli.conftest import InProcess, Served

VALIDATOR = Draft202012Validator(schema())
MODEL = "z-ai/glm-5"
CHEAP = "deepseek/deepseek-v4-flash"
POSTS = ("/v1/chat/completions", "/v1/responses", "/v1/messages")
GETS = ("/v1/models", "/v1/credits", "/v1/usage")
BEHIND_AUTH = {"balance", "model", "chat", "responses", "messages", "trace"}

# Code, status, exit code, step of the documented order, and how often each POST is made.
CODES = [
    pytest.param("missing_api_key", 401, 4, 1, 0, id="missing-api-key"),
    pytest.param("invalid_api_key", 401, 4, 1, 0, id="invalid-api-key"),
    pytest.param("api_key_inactive", 401, 4, 1, 0, id="api-key-inactive"),
    pytest.param("user_inactive", 401, 4, 1, 0, id="user-inactive"),
    pytest.param("insufficient_balance", 402, 5, 2, 1, id="insufficient-balance"),
    pytest.param("no_wallet", 402, 5, 2, 1, id="no-wallet"),
    pytest.param("model_not_found", 404, 6, 3, 1, id="model-not-found"),
    pytest.param("rate_limit_exceeded", 429, 7, 4, 5, id="rate-limit-exceeded"),
    pytest.param("provider_error", 502, 8, 5, 5, id="provider-error"),
    pytest.param("model_unavailable", 503, 8, 5, 5, id="model-unavailable"),
    pytest.param("internal_error", 500, 8, 5, 5, id="internal-error"),
    pytest.param("db_error", 500, 8, 5, 5, id="db-error"),
    pytest.param("invalid_json", 400, 10, None, 1, id="invalid-json"),
    pytest.param("invalid_messages", 400, 10, None, 1, id="invalid-messages"),
    pytest.param("unsupported_parameter", 400, 10, None, 1, id="unsupported-parameter"),
    pytest.param(
        "unsupported_responses_feature", 400, 10, None, 1, id="unsupported-responses-feature"
    ),
]


def scenario(code: str) -> str:
    return code.replace("_", "-")


def check_support(report: dict[str, Any], status: int, model: str | None) -> None:
    """The five facts that the vendor asks for, each of them from one and the same answer."""
    support = report["support"]
    assert support["request_id"].startswith("req_cm_")
    (exchange,) = [e for e in report["exchanges"] if e["request_id"] == support["request_id"]]
    assert support["request_time"] == exchange["sent_at"]
    assert exchange["check"] == report["diagnosis"]["check"]
    assert support["status"] == exchange["status"] == status
    assert support["model"] == (model or "none: the request named no model")
    assert json.loads(support["body"])["error"]["message"] == report["diagnosis"]["message"]


def check_diagnosis(report: dict[str, Any], code: str, status: int, step: int | None) -> None:
    diagnosis = report["diagnosis"]
    row = catalog.row(code).told_by(diagnosis["message"])
    assert (diagnosis["id"], diagnosis["status"], diagnosis["step"]) == (code, status, step)
    assert diagnosis["documented"] is True
    assert diagnosis["predicted"] is False
    told = catalog.fill(row, model=report["target"]["model"])
    # What no retry has cured is for support: then the general sentence gives way to the way there.
    persisted = row.retryable
    assert set(told.actions) - {CONTACT_SUPPORT} <= set(diagnosis["actions"])
    assert any("has persisted through 5 attempts" in a for a in diagnosis["actions"]) == persisted
    # In the embedded sandbox a command also says so, to ask the same gateway again.
    aimed = [line.partition(" --sandbox ")[0] for line in diagnosis["commands"]]
    again = f"cmtool doctor {report['target']['model']}"
    ticket = [f"{again} --report ticket.md"] if persisted else []
    assert [line for line in told.commands if not (persisted and line == again)] + ticket == aimed
    assert told.cause == diagnosis["cause"]


@pytest.mark.parametrize(("code", "status", "exit_code", "step", "posts"), CODES)
def test_against_a_gateway_by_key_and_base_url(
    *,
    cmtool: InProcess,
    gateway: Served,
    code: str,
    status: int,
    exit_code: int,
    step: int | None,
    posts: int,
) -> None:
    ended = cmtool("doctor", MODEL, "-f", "json", **gateway.environment(scenario(code)))
    report = ended.json()
    VALIDATOR.validate(report)
    assert (ended.code, report["exit_code"]) == (exit_code, exit_code)
    assert (ended.err, report["outcome"]) == ("", "failed")
    check_diagnosis(report, code, status, step)
    check_support(report, status, MODEL)
    wanted = dict.fromkeys(GETS, 1) | dict.fromkeys(POSTS, posts)
    if status == 401:
        wanted = {"/v1/models": 2}
    seen = Counter(request.path for request in gateway.requests(sum(wanted.values())))
    assert seen == wanted
    assert report["spent"]["requests"] == len(report["exchanges"]) == sum(wanted.values())
    statuses = {check["id"]: check["status"] for check in report["checks"]}
    blockers = {c["id"]: c["blocked_by"] for c in report["checks"] if c["status"] == "skip"}
    if status == 401:
        assert blockers == dict.fromkeys(BEHIND_AUTH, "auth")
    else:
        assert {name for name, came_to in statuses.items() if came_to == "fail"} == {
            "chat",
            "responses",
            "messages",
        }
        assert blockers == {}


@pytest.mark.parametrize(("code", "status", "exit_code", "step", "posts"), CODES)
def test_in_the_embedded_sandbox_for_a_person(
    *, cmtool: InProcess, code: str, status: int, exit_code: int, step: int | None, posts: int
) -> None:
    ended = cmtool("doctor", "--sandbox", scenario(code), "--report", "r.json")
    with open("r.json", encoding="utf-8") as file:  # noqa: PTH123 - the folder is the current one
        report = json.load(file)
    VALIDATOR.validate(report)
    check_diagnosis(report, code, status, step)
    check_support(report, status, None if status == 401 else CHEAP)
    assert ended.code == exit_code
    title = catalog.row(code).told_by(report["diagnosis"]["message"]).title
    assert f"✗ {status} {code}: {title}" in ended.prose
    assert f"exit {exit_code}" in ended.prose
    assert ("of the debugging order" in ended.prose) == (step is not None)
    if step is not None:
        assert f"step {step} of the debugging order" in ended.prose
    unbroken = "".join(ended.out.split())
    for action in report["diagnosis"]["actions"]:
        assert "".join(action.split()) in unbroken
    for fact in ("request_id", "request_time", "model", "body"):
        assert "".join(report["support"][fact].split()) in unbroken
    if status == 401:
        assert ended.out.count("needs auth") == len(BEHIND_AUTH)
    assert len(cmtool.naps) == (1 if status == 401 else 3 * max(0, posts - 1))


def test_waits_as_documented(cmtool: InProcess, gateway: Served) -> None:
    cmtool("doctor", MODEL, "-p", "chat", **gateway.environment("provider-error"))
    assert len(cmtool.naps) == len(DELAYS_S)
    for waited, documented in zip(cmtool.naps, DELAYS_S, strict=True):
        assert documented <= waited <= documented * (1 + JITTER)


def test_waits_as_long_as_the_gateway_asks(cmtool: InProcess, gateway: Served) -> None:
    ended = cmtool("doctor", MODEL, "-p", "chat", **gateway.environment("retry-after"))
    assert ended.code == 0
    assert cmtool.naps == [1.0]


def test_a_model_not_found_says_what_the_list_says(cmtool: InProcess, gateway: Served) -> None:
    wrong = "anthropic/claude-sonnet-4.6"
    ended = cmtool("doctor", wrong, "-f", "json", **gateway.environment())
    diagnosis = ended.json()["diagnosis"]
    assert ended.code == 6
    assert diagnosis["id"] == "model_not_found"
    assert diagnosis["predicted"] is False
    assert diagnosis["actions"][0].startswith("Use anthropic/claude-sonnet-4-6, the nearest ID")
    check_support(ended.json(), 404, wrong)
    assert f"{wrong} is not in the live list of 55." in diagnosis["evidence"]
