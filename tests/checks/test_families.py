"""Each family of checks over a real sandbox."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from cmtool.asking import Attempt
from cmtool.checks import account, configuration, network, tracing
from cmtool.checks.facts import Wishes
from cmtool.documents import Usage
from cmtool.model import Exchange, Protocol, Secret, Status, UsagePeriod
from cmtool.sandbox import Sandbox
from cmtool.settings import DotEnv, NamedKey
from tests.checks.conftest import Walk, World

CHEAP = "deepseek/deepseek-v4-flash"
KEY = "cm-0123456789abcdefWXYZ"


@pytest.mark.parametrize(
    ("key", "status", "finding", "blocking"),
    [
        pytest.param(KEY, Status.OK, None, None, id="good"),
        pytest.param(None, Status.FAIL, "key_missing", True, id="missing"),
        pytest.param(f"{KEY}\n", Status.FAIL, "key_malformed", False, id="mended"),
        pytest.param("sk-ant-01234567", Status.FAIL, "key_wrong_vendor", True, id="vendor"),
    ],
)
async def test_key(
    *, world: World, key: str | None, status: Status, finding: str | None, blocking: bool | None
) -> None:
    async with world(key=key) as run:
        result = await configuration.key(run)
    assert result.status is status
    assert [f.id for f in result.findings] == ([finding] if finding else [])
    if finding is None:
        assert result.summary == "cm-…WXYZ from THE_KEY"
    else:
        assert result.blocking is blocking
        assert not result.summary.endswith(".")


@pytest.mark.parametrize(
    ("url", "status", "finding", "blocking"),
    [
        pytest.param("https://api.crossmodel.ai/v1", Status.OK, None, None, id="good"),
        pytest.param("https://api.crossmodel.ai", Status.FAIL, "base_url_path", False, id="no-v1"),
        pytest.param("api crossmodel", Status.FAIL, "base_url_invalid", True, id="none"),
    ],
)
async def test_base_url(
    *, world: World, url: str, status: Status, finding: str | None, blocking: bool | None
) -> None:
    async with world(base_url=url) as run:
        result = await configuration.base_url(run)
    assert result.status is status
    assert [f.id for f in result.findings] == ([finding] if finding else [])
    if finding is not None:
        assert result.blocking is blocking


@pytest.mark.parametrize(
    ("environ", "finding"),
    [
        pytest.param({}, None, id="bare"),
        pytest.param({"SSL_CERT_FILE": "/no/such/file"}, "ca_file_missing", id="ca-missing"),
        pytest.param(
            {"CROSSMODEL_API_URL": "https://a/v1", "CROSSMODEL_BASE_URL": "https://b/v1"},
            "base_url_conflict",
            id="two-urls",
        ),
        pytest.param(
            {"CROSSMODEL_API_URL": "https://a/v1", "CROSSMODEL_BASE_URL": "https://a/v1/"},
            None,
            id="one-url-twice",
        ),
        pytest.param({"OPENAI_API_KEY": KEY}, "key_in_other_variable", id="other-variable"),
        pytest.param({"OPENAI_API_KEY": "sk-0123456789"}, None, id="others-own-key"),
    ],
)
async def test_environment(world: World, environ: dict[str, str], finding: str | None) -> None:
    async with world(environ=environ) as run:
        result = await configuration.environment(run)
    assert [f.id for f in result.findings] == ([finding] if finding else [])
    assert result.status is (Status.WARN if finding else Status.OK)
    assert KEY not in repr(result)


async def test_environment_sees_a_ca_file_that_is_there(world: World, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with world(environ={"SSL_CERT_FILE": str(tmp_path / "ca.pem")}) as run:
        assert (await configuration.environment(run)).status is Status.OK


@pytest.mark.parametrize("key", [None, KEY])
async def test_environment_sees_a_key_that_was_not_exported(world: World, key: str | None) -> None:
    async with world(key=key) as run:
        named = NamedKey(name="CROSSMODEL_API_KEY", key=Secret(KEY))
        dotenv = DotEnv(path=".env", keys=(named,))
        object.__setattr__(run.settings, "dotenv", dotenv)
        result = await configuration.environment(run)
    assert [f.id for f in result.findings] == ([] if key else ["key_not_exported"])


async def test_connection_tells_its_steps(walked: Walk) -> None:
    result = await walked("healthy")
    check = result.done["connection"].check
    assert check.summary.startswith("lookup ")
    assert " · TCP " in check.summary
    assert check.details["address"] == "127.0.0.1"
    assert check.details["tls_ms"] is None
    assert result.findings("connection") == []


async def test_connection_that_nobody_takes(world: World) -> None:
    async with Sandbox() as sandbox:
        gone = sandbox.base_url
    async with world(base_url=gone) as run:
        result = await network.connection(run)
    assert result.status is Status.FAIL
    (finding,) = result.findings
    assert (finding.id, finding.check) == ("connection_refused", "connection")


async def test_connection_compares_the_clocks(walked: Walk) -> None:
    result = await walked("clock-skew")
    assert result.findings("connection") == ["clock_skew"]
    (finding,) = result.done["connection"].findings
    assert "24 hours" in finding.evidence[0]


@pytest.mark.parametrize(
    ("scenario", "status", "findings", "attempts"),
    [
        pytest.param("healthy", "ok", [], 1, id="healthy"),
        pytest.param("invalid-api-key", "fail", ["invalid_api_key"], 2, id="401-asked-again"),
        pytest.param("flaky-auth", "warn", ["recovered"], 2, id="401-once"),
        pytest.param("models-broken", "fail", ["internal_error"], 5, id="500"),
    ],
)
async def test_auth(
    walked: Walk, scenario: str, status: str, findings: list[str], attempts: int
) -> None:
    result = await walked(scenario, model=CHEAP)
    assert result.status("auth") == status
    assert result.findings("auth") == findings
    assert len(result.run.facts.listing) == attempts
    assert (result.status("chat") == "skip") is (scenario == "invalid-api-key")


@pytest.mark.parametrize(
    ("scenario", "no_spend", "status", "findings", "summary"),
    [
        pytest.param("healthy", False, "ok", [], "12.34 USD", id="healthy"),
        pytest.param("no-wallet", False, "warn", ["balance_empty"], "0.00 USD", id="empty"),
        pytest.param(
            "no-wallet", True, "fail", ["insufficient_balance"], "0.00 USD", id="predicted"
        ),
        pytest.param(
            "usage-broken", False, "fail", ["db_error"], "500 api_error db_error", id="500"
        ),
    ],
)
async def test_balance(
    *,
    walked: Walk,
    scenario: str,
    no_spend: bool,
    status: str,
    findings: list[str],
    summary: str,
) -> None:
    result = await walked(scenario, wishes=Wishes(no_spend=no_spend))
    assert result.status("balance") == status
    assert result.findings("balance") == findings
    assert result.done["balance"].check.summary.startswith(summary)
    for finding in result.done["balance"].findings:
        assert finding.predicted is no_spend


@pytest.mark.parametrize(
    ("requests", "succeeded", "remarks"),
    [
        pytest.param(20, 15, ["success_rate_low"], id="low"),
        pytest.param(20, 16, [], id="four-in-five"),
        pytest.param(19, 0, [], id="too-few-to-say"),
    ],
)
def test_balance_judges_the_rate_of_the_day(
    requests: int, succeeded: int, remarks: list[str]
) -> None:
    day = UsagePeriod(
        cost_micro=0,
        prompt_tokens=0,
        completion_tokens=0,
        total_tokens=0,
        request_count=requests,
        success_count=succeeded,
    )
    exchange = Exchange(
        check="balance",
        protocol=None,
        streamed=False,
        attempt=1,
        method="GET",
        url="https://gateway.example/v1/usage",
        sent_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    usage = Usage(daily=day, weekly=day, monthly=day)
    attempt: Attempt[Usage | None] = Attempt(exchange=exchange, value=usage, finding=None)
    assert [f.id for f in account._spend_remarks([attempt])] == remarks


@pytest.mark.parametrize(
    ("model", "wishes", "status", "finding", "predicted"),
    [
        pytest.param(None, Wishes(), "ok", None, False, id="chosen"),
        pytest.param("z-ai/glm-5", Wishes(), "ok", None, False, id="listed"),
        pytest.param("z-ai/glm-55", Wishes(), "warn", "model_not_listed", False, id="unlisted"),
        pytest.param(
            "z-ai/glm-55", Wishes(no_spend=True), "fail", "model_not_found", True, id="predicted"
        ),
        pytest.param(
            "z-ai/glm-55", Wishes(list_decides=True), "fail", "model_not_found", False, id="decided"
        ),
    ],
)
async def test_model(
    *,
    walked: Walk,
    model: str | None,
    wishes: Wishes,
    status: str,
    finding: str | None,
    predicted: bool,
) -> None:
    result = await walked("healthy", model=model, wishes=wishes)
    assert result.status("model") == status
    assert result.run.facts.model == (model or CHEAP)
    assert result.findings("model") == ([finding] if finding else [])
    for found in result.done["model"].findings:
        assert found.predicted is predicted
        assert found.actions[0].startswith("Use z-ai/glm-5")


@pytest.mark.parametrize(
    ("scenario", "statuses", "findings"),
    [
        pytest.param("healthy", ("ok", "ok", "ok"), ([], [], []), id="healthy"),
        pytest.param(
            "one-protocol", ("ok", "ok", "fail"), ([], [], ["invalid_request_error"]), id="one"
        ),
        pytest.param("flaky", ("warn", "warn", "warn"), (["recovered"],) * 3, id="recovered"),
        pytest.param(
            "truncated", ("fail", "fail", "fail"), (["stream_truncated"],) * 3, id="truncated"
        ),
    ],
)
async def test_inference(
    walked: Walk, scenario: str, statuses: tuple[str, ...], findings: tuple[list[str], ...]
) -> None:
    result = await walked(scenario)
    assert tuple(result.status(protocol) for protocol in Protocol) == statuses
    assert tuple(result.findings(protocol) for protocol in Protocol) == findings
    assert [request.protocol for request in result.run.facts.requests] == list(Protocol)
    assert {g.result.protocol for g in result.run.facts.generations} == set(Protocol)


async def test_inference_in_one_piece(walked: Walk) -> None:
    result = await walked("healthy", wishes=Wishes(stream=False, keep_body=True))
    for protocol in Protocol:
        assert result.status(protocol) == "ok"
        assert result.done[protocol].check.summary.startswith("200 · ")
    assert result.run.facts.generations == []
    bodies = [e.body for e in result.run.gateway.journal if e.protocol is not None]
    assert len(bodies) == 3
    assert all(bodies)


async def test_inference_without_a_list_and_a_model_says_what_it_waits_for(walked: Walk) -> None:
    result = await walked("models-broken")
    for protocol in Protocol:
        assert result.done[protocol].check.blocked_by == "auth"
    assert result.verdict.diagnosis.id == "internal_error"


@pytest.mark.parametrize(
    ("scenario", "findings", "summary"),
    [
        pytest.param("healthy", [], "x-request-id on every answer", id="healthy"),
        pytest.param("no-trace", ["trace_missing"], "x-request-id on 0 of 6 answers", id="none"),
        pytest.param(
            "model-substituted", ["model_substituted"], "x-request-id on every answer", id="other"
        ),
    ],
)
async def test_trace(walked: Walk, scenario: str, findings: list[str], summary: str) -> None:
    result = await walked(scenario)
    assert result.findings("trace") == findings
    assert result.done["trace"].check.summary == summary


async def test_trace_without_an_answer(world: World) -> None:
    async with world() as run:
        result = await tracing.trace(run)
    assert (result.status, result.blocked_by) == (Status.SKIP, None)
