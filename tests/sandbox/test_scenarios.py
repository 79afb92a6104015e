"""Every scenario answers as its row declares."""

from __future__ import annotations

import json

import pytest

from cmtool.catalog import ROWS, Origin, Shape
from cmtool.model import Severity
from cmtool.sandbox import SCENARIOS, key_for
from tests.sandbox.conftest import Client

POSTS = ("/v1/chat/completions", "/v1/responses", "/v1/messages")
GETS = ("/v1/models", "/v1/models/z-ai%2Fglm-5", "/v1/credits", "/v1/usage")
SHAPES = {"authorization": Shape.OPENAI, "x-api-key": Shape.ANTHROPIC}
CODES = [row for row in ROWS.values() if row.origin is Origin.CODE]
EVERYWHERE_401 = [row.id for row in CODES if row.statuses[0] == 401]


def name_of(code: str) -> str:
    return code.replace("_", "-")


def test_the_healthy_scenario_is_the_first() -> None:
    assert next(iter(SCENARIOS)) == "healthy"


def test_every_documented_code_has_a_scenario_of_its_name() -> None:
    assert len(CODES) == 16
    assert {row.id: SCENARIOS[name_of(row.id)].expects for row in CODES} == {
        row.id: row.id for row in CODES
    }


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_a_scenario_expects_is_in_the_catalogue(name: str) -> None:
    scenario = SCENARIOS[name]
    assert scenario.name == name
    assert scenario.title
    assert scenario.expects is None or ROWS[scenario.expects].severity is Severity.ERROR
    assert all(ROWS[warning].severity is Severity.WARNING for warning in scenario.warns)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        pytest.param("healthy", "cm-sandbox", id="healthy"),
        pytest.param("html-502", "cm-sandbox-html-502", id="named"),
    ],
)
def test_the_key_names_the_scenario(name: str, key: str) -> None:
    assert key_for(name) == key


@pytest.mark.parametrize("key", ["cm-sandbox", "cm-sandbox-healthy"])
async def test_the_healthy_scenario_has_its_name_as_well(client: Client, key: str) -> None:
    assert (await client.get("/v1/models", key=key)).status == 200


@pytest.mark.parametrize("header", SHAPES)
@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("code", [row.id for row in CODES])
async def test_a_code_is_answered_from_the_catalogue(
    client: Client, code: str, path: str, header: str
) -> None:
    got = await client.post(path, scenario=name_of(code), header=header)
    assert got.status == ROWS[code].statuses[0]
    assert got.json() == json.loads(ROWS[code].error_body(SHAPES[header]))
    assert got.headers["x-request-id"].startswith("req_cm_")
    assert "x-crossmodel-model" not in got.headers
    assert got.ended


@pytest.mark.parametrize("path", GETS)
@pytest.mark.parametrize("code", [row.id for row in CODES])
async def test_only_a_401_strikes_at_reading(client: Client, code: str, path: str) -> None:
    got = await client.get(path, scenario=name_of(code))
    assert got.status == (401 if code in EVERYWHERE_401 else 200)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        pytest.param("flaky", [503, 503, 200, 200], id="flaky"),
        pytest.param("retry-after", [429, 200, 200], id="retry-after"),
        pytest.param("flaky-drop", [None, 200, 200], id="flaky-drop"),
        pytest.param("wallet-runs-dry", [200, 200, 402, 402], id="wallet-runs-dry"),
        pytest.param("empty-wallet-works", [200, 200, 200], id="empty-wallet-works"),
        pytest.param("rate-limit-tokens", [429, 429], id="rate-limit-tokens"),
        pytest.param("lying-status", [401, 401], id="lying-status"),
        pytest.param("error-200", [200], id="error-200"),
        pytest.param("undocumented", [418], id="undocumented"),
        pytest.param("usage-broken", [200], id="usage-broken"),
        pytest.param("models-broken", [200], id="models-broken"),
        pytest.param("html-502", [502], id="html-502"),
        pytest.param("cloudflare-522", [522], id="cloudflare-522"),
        pytest.param("aws-504", [504], id="aws-504"),
        pytest.param("varnish-503", [503], id="varnish-503"),
        pytest.param("proxy-403", [403], id="proxy-403"),
        pytest.param("proxy-407", [407], id="proxy-407"),
        pytest.param("captive-portal", [200], id="captive-portal"),
        pytest.param("website", [200], id="website"),
        pytest.param("redirect", [301], id="redirect"),
        pytest.param("malformed", [200], id="malformed"),
        pytest.param("empty-200", [200], id="empty-200"),
        pytest.param("drop", [None, None], id="drop"),
        pytest.param("reset", [None], id="reset"),
    ],
)
async def test_statuses_in_a_row(
    client: Client, name: str, statuses: list[int | None], path: str
) -> None:
    assert [(await client.post(path, scenario=name)).status for _ in statuses] == statuses


async def test_flaky_counts_for_each_path_and_key(client: Client) -> None:
    for path in POSTS:
        assert (await client.post(path, scenario="flaky")).status == 503


async def test_flaky_auth_refuses_the_key_once_wherever_it_comes(client: Client) -> None:
    assert (await client.get("/v1/models", scenario="flaky-auth")).status == 401
    assert (await client.get("/v1/credits", scenario="flaky-auth")).status == 200
    assert (await client.post("/v1/messages", scenario="flaky-auth")).status == 200


async def test_retry_after_is_one_second_and_else_is_absent(client: Client) -> None:
    path = "/v1/chat/completions"
    once = await client.post(path, scenario="retry-after")
    always = await client.post(path, scenario="rate-limit-exceeded")
    assert once.headers["retry-after"] == "1"
    assert "retry-after" not in always.headers


@pytest.mark.parametrize(
    ("name", "balance", "uncollected"),
    [
        pytest.param("healthy", 12_340_000, 0, id="healthy"),
        pytest.param("insufficient-balance", 0, 20_000, id="insufficient-balance"),
        pytest.param("no-wallet", 0, 0, id="no-wallet"),
        pytest.param("empty-wallet-works", 0, 0, id="empty-wallet-works"),
    ],
)
async def test_wallet_at_the_start(
    client: Client, name: str, balance: int, uncollected: int
) -> None:
    got = await client.get("/v1/credits", scenario=name)
    assert got.json() == {
        "currency": "USD",
        "balance_micro": balance,
        "uncollected_micro": uncollected,
    }


async def test_an_alias_works_unlisted(client: Client) -> None:
    path = "/v1/chat/completions"
    listed = (await client.get("/v1/models", scenario="alias")).json()["data"]
    assert "my-alias" not in {model["id"] for model in listed}
    assert (await client.post(path, scenario="alias", model="my-alias")).status == 200
    assert (await client.post(path, model="my-alias")).status == 404


async def test_another_model_answers(client: Client) -> None:
    got = await client.post("/v1/responses", scenario="model-substituted")
    assert got.headers["x-crossmodel-model"] == got.json()["model"] != "z-ai/glm-5"


@pytest.mark.parametrize("path", [*POSTS, *GETS])
async def test_no_trace(client: Client, path: str) -> None:
    send = client.post if path in POSTS else client.get
    got = await send(path, scenario="no-trace")
    assert got.status == 200
    assert not {"x-request-id", "x-crossmodel-model"} & set(got.headers)


@pytest.mark.parametrize(
    ("name", "status", "error_type"),
    [
        pytest.param("one-protocol", 400, "invalid_request_error", id="one-protocol"),
        pytest.param("anthropic-overloaded", 529, "overloaded_error", id="overloaded"),
    ],
)
async def test_only_messages_fails(client: Client, name: str, status: int, error_type: str) -> None:
    got = await client.post("/v1/messages", scenario=name, header="x-api-key")
    assert (got.status, got.json()["error"]["type"]) == (status, error_type)
    for path in POSTS[:2]:
        assert (await client.post(path, scenario=name)).status == 200


@pytest.mark.parametrize(
    ("name", "path", "code"),
    [
        pytest.param("usage-broken", "/v1/usage", "db_error", id="usage"),
        pytest.param("usage-broken", "/v1/credits", "db_error", id="credits"),
        pytest.param("models-broken", "/v1/models", "internal_error", id="models"),
    ],
)
async def test_reading_fails(client: Client, name: str, path: str, code: str) -> None:
    got = await client.get(path, scenario=name)
    assert (got.status, got.json()["error"]["code"]) == (500, code)


async def test_undocumented_code_in_the_gateways_shape(client: Client) -> None:
    got = await client.post("/v1/chat/completions", scenario="undocumented")
    assert got.json()["error"]["code"] == "teapot_mode"


async def test_the_key_is_echoed_in_three_places(client: Client) -> None:
    got = await client.post("/v1/chat/completions", scenario="echo-key")
    key = key_for("echo-key")
    assert key in got.json()["error"]["message"]
    assert got.headers["x-crossmodel-model"] == got.headers["x-received-key"] == key


@pytest.mark.parametrize(
    ("name", "content_type", "inside"),
    [
        pytest.param("html-502", "text/html", b"nginx", id="html-502"),
        pytest.param("cloudflare-522", "text/html", b"cf-error-details", id="cloudflare-522"),
        pytest.param("aws-504", "text/html", b"Gateway Time-out", id="aws-504"),
        pytest.param("varnish-503", "text/html", b"Varnish", id="varnish-503"),
        pytest.param("proxy-403", "text/html", b"policy", id="proxy-403"),
        pytest.param("proxy-407", "text/html", b"authentication", id="proxy-407"),
        pytest.param("captive-portal", "text/html", b"sign-in", id="captive-portal"),
        pytest.param("website", "text/html", b"crossmodel.ai/docs", id="website"),
        pytest.param("redirect", "text/plain", b"Moved", id="redirect"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/models", "/v1/chat/completions", "/elsewhere"])
async def test_others_answer_everywhere_without_trace(
    client: Client, name: str, content_type: str, inside: bytes, path: str
) -> None:
    got = await client.get(path, scenario=name)
    assert got.headers["content-type"].startswith(content_type)
    assert inside in got.body
    assert "x-request-id" not in got.headers


async def test_the_redirect_leads_to_another_origin(client: Client) -> None:
    got = await client.get("/v1/models", scenario="redirect")
    assert got.headers["location"] == "http://127.0.0.1:1/v1/models"


@pytest.mark.parametrize("path", [*POSTS, *GETS])
async def test_malformed_is_whole_http_and_half_json(client: Client, path: str) -> None:
    send = client.post if path in POSTS else client.get
    got = await send(path, scenario="malformed")
    assert got.ended
    assert "x-request-id" in got.headers
    with pytest.raises(ValueError, match="Unterminated"):
        got.json()


async def test_no_answer_comes(client: Client) -> None:
    got = await client.get("/v1/models", scenario="no-answer", patience_s=0.05)
    assert (got.status, got.ended) == (None, False)
