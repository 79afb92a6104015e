"""Addresses, authentication, validation and the documents of complete answers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cmtool.sandbox.modellist import MODEL_IDS
from tests.sandbox.conftest import Client

CHAT, RESPONSES, MESSAGES = "/v1/chat/completions", "/v1/responses", "/v1/messages"
POSTS = (CHAT, RESPONSES, MESSAGES)
GETS = ("/v1/models", "/v1/credits", "/v1/usage")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("HEAD", "/v1/models", 405, id="head"),
        pytest.param("POST", "/v1/models", 405, id="post-on-models"),
        pytest.param("GET", CHAT, 405, id="get-on-chat"),
        pytest.param("GET", "/models", 404, id="v1-missing"),
        pytest.param("GET", "/v1/v1/models", 404, id="v1-doubled"),
        pytest.param("POST", "/v1/chat/completions/chat/completions", 404, id="path-pasted"),
        pytest.param("GET", "/", 404, id="root"),
    ],
)
async def test_wrong_addresses_get_a_foreign_answer(
    client: Client, method: str, path: str, status: int
) -> None:
    got = await client.send(method, path)
    assert got.status == status
    assert got.headers["content-type"].startswith("text/plain")
    assert "x-request-id" not in got.headers
    assert got.ended


async def test_unknown_address_has_its_own_words(client: Client) -> None:
    assert (await client.get("/nowhere")).body == b"404 page not found\n"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_query_changes_nothing(client: Client, method: str) -> None:
    got = await client.send(method, "/v1/models?limit=1000")
    assert got.status == (200 if method == "GET" else 405)


@pytest.mark.parametrize(
    ("path", "header", "key", "code"),
    [
        pytest.param("/v1/models", None, "", "missing_api_key", id="no-header"),
        pytest.param("/v1/models", "authorization", "", "missing_api_key", id="bearer-nothing"),
        pytest.param("/v1/models", "x-api-key", "", "missing_api_key", id="blank-x-api-key"),
        pytest.param("/v1/models", "authorization", "cm-x", "invalid_api_key", id="unknown"),
        pytest.param(CHAT, "authorization", "cm-sandbox-x", "invalid_api_key", id="no-scenario"),
    ],
)
async def test_openai_shape_of_a_401(
    client: Client, path: str, header: str | None, key: str, code: str
) -> None:
    method = "POST" if path in POSTS else "GET"
    got = await client.send(method, path, header=header, key=key)
    assert got.status == 401
    assert got.json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("path", "header"),
    [
        pytest.param(MESSAGES, None, id="by-path"),
        pytest.param(MESSAGES, "x-api-key", id="by-header"),
        pytest.param(CHAT, "x-api-key", id="by-header-elsewhere"),
    ],
)
async def test_anthropic_shape_of_a_401(client: Client, path: str, header: str | None) -> None:
    got = await client.send("POST", path, header=header, key="cm-unknown")
    assert got.status == 401
    assert got.json()["type"] == "error"
    assert got.json()["error"]["type"] == "authentication_error"


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
async def test_models_are_the_catalogue(client: Client, header: str) -> None:
    got = await client.get("/v1/models", header=header)
    models = got.json()["data"]
    assert [model["id"] for model in models] == list(MODEL_IDS)
    assert {"id", "object", "created", "owned_by"} == set(models[0])
    assert models[0]["owned_by"] == "anthropic"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/v1/models/z-ai%2Fglm-5", 200, id="escaped"),
        pytest.param("/v1/models/z-ai/glm-5", 200, id="plain"),
        pytest.param("/v1/models/z-ai%2Fglm-99", 404, id="unknown"),
    ],
)
async def test_one_model(client: Client, path: str, status: int) -> None:
    got = await client.get(path)
    assert got.status == status
    if status == 200:
        assert got.json()["id"] == "z-ai/glm-5"
    else:
        assert got.json()["error"]["code"] == "model_not_found"


@pytest.mark.parametrize("path", [*POSTS, *GETS])
async def test_every_success_is_traced(client: Client, path: str) -> None:
    send = client.post if path in POSTS else client.get
    first, second = await send(path), await send(path)
    assert re.fullmatch(r"req_cm_[0-9A-HJKMNP-TV-Z]{26}", first.headers["x-request-id"])
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.headers.get("x-crossmodel-model") == ("z-ai/glm-5" if path in POSTS else None)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff"], ids=repr)
async def test_bodies_that_are_no_json_object(client: Client, path: str, raw: bytes) -> None:
    got = await client.send("POST", path, body=raw)
    assert (got.status, got.json()["error"]["code"]) == (400, "invalid_json")


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        pytest.param(CHAT, {"messages": []}, id="chat-empty"),
        pytest.param(CHAT, {"messages": None}, id="chat-null"),
        pytest.param(CHAT, {"messages": "hi"}, id="chat-text"),
        pytest.param(CHAT, {"messages": ["hi"]}, id="chat-text-inside"),
        pytest.param(CHAT, {"messages": [{"content": "hi"}]}, id="chat-no-role"),
        pytest.param(CHAT, {"messages": [{"role": "user", "content": 1}]}, id="chat-number"),
        pytest.param(RESPONSES, {"input": ""}, id="responses-empty"),
        pytest.param(RESPONSES, {"input": []}, id="responses-empty-list"),
        pytest.param(RESPONSES, {"input": 1}, id="responses-number"),
        pytest.param(MESSAGES, {"messages": []}, id="messages-empty"),
        pytest.param(MESSAGES, {"messages": {"role": "user"}}, id="messages-object"),
    ],
)
async def test_invalid_messages(client: Client, path: str, changes: dict[str, Any]) -> None:
    got = await client.post(path, body=changes)
    assert (got.status, got.json()["error"]["code"]) == (400, "invalid_messages")
    assert got.json()["error"]["param"] in changes


@pytest.mark.parametrize(
    ("path", "changes", "code"),
    [
        pytest.param(CHAT, {"logit_bias": {"1": 1}}, "unsupported_parameter", id="logit_bias"),
        pytest.param(CHAT, {"n": 2}, "unsupported_parameter", id="n"),
        pytest.param(
            RESPONSES,
            {"previous_response_id": "resp_1"},
            "unsupported_responses_feature",
            id="previous_response_id",
        ),
        pytest.param(
            RESPONSES, {"background": True}, "unsupported_responses_feature", id="background"
        ),
        pytest.param(
            RESPONSES, {"conversation": "conv_1"}, "unsupported_responses_feature", id="conv"
        ),
        pytest.param(CHAT, {"max_tokens": 0}, None, id="cap-zero"),
        pytest.param(RESPONSES, {"max_output_tokens": "9"}, None, id="cap-text"),
        pytest.param(MESSAGES, {"max_tokens": None}, None, id="max-tokens-missing"),
    ],
)
async def test_refused_parameters(
    client: Client, path: str, changes: dict[str, Any], code: str | None
) -> None:
    got = await client.post(path, body=changes)
    error = got.json()["error"]
    assert (got.status, error["type"], error["code"]) == (400, "invalid_request_error", code)
    assert error["param"] in changes


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"n": 1}, id="n-of-one"),
        pytest.param({"logit_bias": None}, id="null"),
        pytest.param({"temperature": 0, "unheard_of": 1}, id="others"),
    ],
)
async def test_harmless_parameters(client: Client, changes: dict[str, Any]) -> None:
    assert (await client.post(CHAT, body=changes)).status == 200


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("model", ["anthropic/claude-sonnet-4.6", "glm-5", ""])
async def test_unknown_model(client: Client, path: str, model: str) -> None:
    got = await client.post(path, model=model)
    assert (got.status, got.json()["error"]["code"]) == (404, "model_not_found")
