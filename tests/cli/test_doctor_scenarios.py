"""The doctor against every other scenario: what each declares is what the doctor says."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest
from jsonschema import Draft202012Validator

from cmtool import catalog
from cmtool.checks import registry
from cmtool.checks.facts import Wishes
from cmtool.cli.session import Order, conduct
from cmtool.model import Report, Secret
from cmtool.render.json import schema
from cmtool.render.progress import SilentChecks
from cmtool.sandbox import SCENARIOS, Sandbox, key_for
from cmtool.settings import Settings
from tests.cli.conftest import InProcess, Served

VALIDATOR = Draft202012Validator(schema())
MODELS = {"alias": "my-alias"}
SILENT = [name for name, scenario in SCENARIOS.items() if scenario.expects == "stream_stalled"]
STREAMING = {"token_s": 0.002}  # tokens without any pace are rightly taken for a burst
DEADLINE = ("response_timeout", "threshold_exceeded")  # what only the deadline ends
POSTS = ("chat", "responses", "messages")


@pytest.mark.parametrize(
    ("name", "gateway"),
    [(name, STREAMING if name == "slow" else {}) for name in SCENARIOS if name not in SILENT],
    indirect=["gateway"],
)
def test_says_what_the_scenario_declares(cmtool: InProcess, gateway: Served, name: str) -> None:
    scenario = SCENARIOS[name]
    model = [MODELS[name]] if name in MODELS else []
    patience = ["--timeout", "0.5"] if scenario.expects in DEADLINE else []
    argv = ["doctor", *model, *patience, "-f", "json"]
    ended = cmtool(*argv, **gateway.environment(name))
    report = ended.json()
    VALIDATOR.validate(report)
    assert len(report["checks"]) == len(registry.every())
    if scenario.expects is None:
        assert report["diagnosis"] is None
        assert ended.code == 0
    else:
        assert report["diagnosis"]["id"] == scenario.expects
        assert ended.code == catalog.row(scenario.expects).exit_code
    remarks = {finding["id"] for finding in report["findings"]}
    assert set(scenario.warns) <= remarks
    if scenario.expects is None:
        unasked = {"model_not_listed"} if name == "alias" else set()
        assert remarks == set(scenario.warns) | unasked
        assert report["outcome"] == ("degraded" if remarks else "healthy")


async def _run(name: str, idle_s: float) -> Report:
    async with Sandbox(token_s=0) as sandbox:
        settings = Settings(
            key=Secret(key_for(name)),
            key_where="the test",
            key_source=None,
            base_url=sandbox.base_url,
            base_url_where="the test",
        )
        order = Order(
            command="doctor",
            settings=settings,
            wishes=Wishes(idle_s=idle_s),
            checks=[spec.id for spec in registry.every()],
            timeout_s=60,
        )
        return (await conduct(order, SilentChecks())).report


@pytest.mark.parametrize("name", SILENT)
def test_a_silent_model_is_told_from_a_busy_wire(name: str) -> None:
    report = asyncio.run(_run(name, idle_s=0.3))
    assert report.diagnosis is not None
    assert report.diagnosis.id == SCENARIOS[name].expects == "stream_stalled"
    assert report.exit_code == 11
    assert report.support is not None
    assert report.support.status == 200


@pytest.mark.parametrize("name", SILENT)
def test_a_short_deadline_ends_a_stalled_stream(cmtool: InProcess, name: str) -> None:
    start = time.monotonic()
    ended = cmtool("doctor", "--sandbox", name, "--timeout", "0.7", "-f", "json")
    report = ended.json()
    assert time.monotonic() - start < 5
    assert report["diagnosis"]["id"] == "stream_stalled"
    assert ended.code == 11
    assert {c["id"] for c in report["checks"] if c["status"] == "fail"} == set(POSTS)


def test_an_unanswered_request_ends_at_the_deadline(cmtool: InProcess) -> None:
    start = datetime.now(UTC)
    ended = cmtool("doctor", "--sandbox", "no-answer", "--timeout", "0.3")
    assert (datetime.now(UTC) - start).total_seconds() < 5
    assert ended.code == 9
    assert "response_timeout" in ended.out
    assert "For support" not in ended.out


@pytest.mark.parametrize(
    ("timeout", "unasked"),
    [
        pytest.param("0.000001", "connection", id="before-anything"),
        pytest.param("0.2", "auth", id="before-the-first-answer"),
    ],
)
def test_what_was_not_asked_is_not_called_healthy(
    cmtool: InProcess, timeout: str, unasked: str
) -> None:
    ended = cmtool("doctor", "--sandbox", "slow", "--timeout", timeout, "-f", "json")
    report = ended.json()
    assert ended.code == 9
    assert report["diagnosis"]["id"] == "response_timeout"
    assert report["diagnosis"]["check"] == unasked
    statuses = {check["id"]: check["status"] for check in report["checks"]}
    assert statuses["key"] == statuses["base-url"] == "ok"
    blocked = {c["blocked_by"] for c in report["checks"] if c["group"] == "inference"}
    assert blocked == {unasked}


def test_the_differing_protocol_is_named(cmtool: InProcess, gateway: Served) -> None:
    ended = cmtool("doctor", **gateway.environment("one-protocol"))
    assert ended.code == 10
    assert (
        "messages fails, while chat and responses work with the same key and model." in ended.prose
    )
    assert "/v1/messages against /v1/chat/completions" in ended.prose


def test_a_lying_status_is_mentioned(cmtool: InProcess, gateway: Served) -> None:
    report = cmtool("doctor", "-f", "json", **gateway.environment("lying-status")).json()
    assert report["diagnosis"]["id"] == "insufficient_balance"
    assert report["diagnosis"]["status"] == 401
    assert any("401" in said for said in report["diagnosis"]["evidence"])


def test_recovered_names_the_attempts(cmtool: InProcess, gateway: Served) -> None:
    report = cmtool("doctor", "-p", "chat", "-f", "json", **gateway.environment("flaky")).json()
    (finding,) = report["findings"]
    assert finding["evidence"] == [
        "3 attempts: 503 model_unavailable, 503 model_unavailable, 200 in order."
    ]
    attempts = [e["attempt"] for e in report["exchanges"] if e["check"] == "chat"]
    assert attempts == [1, 2, 3]


@pytest.mark.parametrize("name", ["no-trace", "clock-skew", "flaky", "empty-wallet-works"])
def test_strict_makes_a_warning_fail(cmtool: InProcess, gateway: Served, name: str) -> None:
    (warning,) = SCENARIOS[name].warns
    ended = cmtool("doctor", "--strict", "-f", "json", **gateway.environment(name))
    assert ended.json()["diagnosis"]["id"] == warning
    assert ended.json()["outcome"] == "failed"
    assert ended.code == catalog.row(warning).exit_code != 0
