"""What an answer means: every sample of the catalogue, the cases around it, and no crash ever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool import catalog
from cmtool.catalog import ROWS, Origin, Row, Sample, Shape
from cmtool.classify import (
    ErrorObject,
    Evidence,
    classify,
    error_object,
    from_error,
    malformed,
    parse_json,
)
from cmtool.errors import ExitCode
from cmtool.model import Finding, Phase, Protocol

HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json"}
TRACED = {**JSON, "x-request-id": "req_cm_01K4ZQ8V6M2T7R9X"}

# What only the reader of an endpoint or the follower of a stream can tell: from here, a JSON
# answer with status 2xx is in order, and an event stream is no JSON.
SEEN_BY_ITS_READER = {
    ("malformed_response", '{"ok": true'): None,
    ("stream_not_sse", "{"): None,
    **{
        (identifier, start): "malformed_response"
        for identifier in ("stream_error", "stream_truncated", "stream_malformed", "stream_empty")
        for start in ("data: ", "event: ")
    },
}


def evidence_of(sample: Sample) -> Evidence:
    headers = dict(sample.headers)
    if sample.content_type:
        headers["content-type"] = sample.content_type
    return Evidence(
        status=sample.status, headers=headers, body=sample.body, protocol=sample.protocol
    )


def expected_of(row: Row, sample: Sample) -> str | None:
    for (identifier, start), seen in SEEN_BY_ITS_READER.items():
        if row.id == identifier and sample.body.startswith(start):
            return seen
    return row.id


@pytest.mark.parametrize(
    ("row", "sample"),
    [
        pytest.param(row, sample, id=f"{row.id}-{sample.status}-{number}")
        for row in ROWS.values()
        for number, sample in enumerate(row.all_samples())
        if sample.status is not None
    ],
)
def test_a_sample_is_recognised_as_its_own_row(row: Row, sample: Sample) -> None:
    found = classify(evidence_of(sample))
    assert (found.id if found else None) == expected_of(row, sample)


def openai(
    code: object = None,
    kind: object = None,
    message: object = "No.",
    param: object = None,
) -> str:
    error = {"message": message, "type": kind, "param": param, "code": code}
    return json.dumps({"error": error})


def anthropic(kind: object, message: object = "No.") -> str:
    return json.dumps({"type": "error", "error": {"type": kind, "message": message}})


def page(title: str, body: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"


Case = tuple[str, int | None, Mapping[str, str], str, str | None, str]

# Name, status, headers, body, identifier, and a piece of the evidence ("" for no evidence at all,
# "*" where it does not matter).
DOCUMENTED: tuple[Case, ...] = (
    ("code-right-status", 401, JSON, openai("invalid_api_key"), "invalid_api_key", ""),
    ("code-without-status", None, {}, openai("no_wallet"), "no_wallet", ""),
    ("code-under-401", 401, JSON, openai("insufficient_balance"), "insufficient_balance", "402"),
    ("code-under-403", 403, JSON, openai("user_inactive"), "user_inactive", "status 403"),
    ("code-under-200", 200, JSON, openai("rate_limit_exceeded"), "rate_limit_exceeded", "200"),
    ("code-under-500", 500, JSON, openai("model_not_found"), "model_not_found", "believed"),
    ("code-under-302", 302, JSON, openai("missing_api_key"), "missing_api_key", "status 302"),
    ("code-under-407", 407, JSON, openai("db_error"), "db_error", "documented for 500"),
    ("code-under-599", 599, JSON, openai("provider_error"), "provider_error", "status 599"),
    ("code-against-type", 402, JSON, openai("no_wallet", "api_error"), "no_wallet", ""),
    ("code-as-html", 402, HTML, openai("no_wallet"), "no_wallet", ""),
    ("code-and-no-type", 400, JSON, openai("invalid_json", None), "invalid_json", ""),
    ("code-in-anthropic", 400, JSON, anthropic("billing_error"), "billing_error", "status 400"),
    ("bom-is-off-already", 429, JSON, openai("rate_limit_exceeded"), "rate_limit_exceeded", ""),
)
ANTHROPIC: tuple[Case, ...] = (
    ("a-404", 404, JSON, anthropic("not_found_error"), "model_not_found", ""),
    ("a-404-other-type", 404, JSON, anthropic("api_error"), "model_not_found", ""),
    ("a-404-documented", 404, JSON, anthropic("invalid_request_error"), "model_not_found", ""),
    ("a-429", 429, JSON, anthropic("rate_limit_error"), "rate_limit_exceeded", ""),
    ("a-429-unknown-type", 429, JSON, anthropic("overloaded_error"), "rate_limit_exceeded", ""),
    ("a-502", 502, JSON, anthropic("api_error"), "provider_error", ""),
    ("a-502-own-type", 502, JSON, anthropic("provider_error"), "provider_error", ""),
    ("a-503", 503, JSON, anthropic("overloaded_error"), "model_unavailable", ""),
    ("a-400", 400, JSON, anthropic("invalid_request_error"), "invalid_request_error", ""),
    ("a-401", 401, JSON, anthropic("authentication_error"), "authentication_error", ""),
    ("a-402", 402, JSON, anthropic("billing_error"), "billing_error", ""),
    ("a-500", 500, JSON, anthropic("api_error"), "api_error", ""),
    ("a-type-without-status", None, {}, anthropic("billing_error"), "billing_error", ""),
    ("a-limit-without-status", None, {}, anthropic("rate_limit_error"), "rate_limit_exceeded", ""),
    ("a-type-under-200", 200, JSON, anthropic("billing_error"), "billing_error", "status 200"),
    ("a-type-under-418", 418, JSON, anthropic("api_error"), "api_error", "documented for 500"),
    ("a-unknown-type", 400, JSON, anthropic("permission_error"), "undocumented_error", ""),
    ("a-overloaded", 529, JSON, anthropic("overloaded_error"), "undocumented_error", ""),
    (
        "a-sharp-key",
        401,
        JSON,
        anthropic("authentication_error", "Invalid API key provided."),
        "invalid_api_key",
        "",
    ),
    (
        "a-sharp-inactive",
        401,
        JSON,
        anthropic("authentication_error", "This API key is DISABLED: the key is disabled"),
        "api_key_inactive",
        "",
    ),
    (
        "a-sharp-wallet",
        402,
        JSON,
        anthropic("billing_error", "no wallet for this account"),
        "no_wallet",
        "",
    ),
    (
        "a-sharp-balance",
        402,
        JSON,
        anthropic("billing_error", "Insufficient balance."),
        "insufficient_balance",
        "",
    ),
    (
        "a-sharp-database",
        500,
        JSON,
        anthropic("api_error", "A database error occurred"),
        "db_error",
        "",
    ),
    (
        "a-doubtful-message",
        402,
        JSON,
        anthropic("billing_error", "insufficient balance, or no wallet"),
        "billing_error",
        "",
    ),
    (
        "a-message-of-another-status",
        400,
        JSON,
        anthropic("invalid_request_error", "model not found"),
        "invalid_request_error",
        "",
    ),
)
OPENAI_WITHOUT_CODE: tuple[Case, ...] = (
    ("o-429-null", 429, JSON, openai(None, "rate_limit_error"), "rate_limit_exceeded", ""),
    ("o-502-null", 502, JSON, openai(None, "api_error"), "provider_error", ""),
    ("o-503-null", 503, JSON, openai(None, "server_error"), "model_unavailable", ""),
    ("o-402-null", 402, JSON, openai(None, "billing_error"), "billing_error", ""),
    ("o-empty-code", 401, JSON, openai("", "authentication_error"), "authentication_error", ""),
    (
        "o-404-model",
        404,
        JSON,
        openai(None, "invalid_request_error", "No such Model."),
        "model_not_found",
        "",
    ),
    (
        "o-404-path",
        404,
        JSON,
        openai(None, "invalid_request_error", "Invalid URL (POST /v1/v1/messages)"),
        "undocumented_error",
        "",
    ),
    ("o-unknown-type", 400, JSON, openai(None, "teapot"), "undocumented_error", ""),
    ("o-numeric-code", 402, JSON, openai(402, "billing_error"), "billing_error", ""),
    (
        "o-code-as-list",
        401,
        JSON,
        openai(["x"], "authentication_error"),
        "authentication_error",
        "",
    ),
    (
        "o-message-names-code",
        402,
        JSON,
        openai(None, "billing_error", "insufficient_balance"),
        "insufficient_balance",
        "",
    ),
)
UNKNOWN_CODES: tuple[Case, ...] = tuple(
    (name, status, JSON, openai(code, kind), "undocumented_error", "")
    for name, status, code, kind in (
        ("quota-of-openai", 429, "insufficient_quota", "insufficient_quota"),
        ("near-the-documented", 401, "invalid_api_key_", "authentication_error"),
        ("capitals", 401, "INVALID_API_KEY", "authentication_error"),
        ("context-length", 400, "context_length_exceeded", "invalid_request_error"),
        ("ours-is-no-code", 502, "intermediary_error", "api_error"),
        ("family-is-no-code", 500, "api_error", "api_error"),
        ("new-under-503", 503, "maintenance", "api_error"),
        ("new-under-200", 200, "region_not_served", "permission_error"),
    )
)
FOREIGN_SHAPES: tuple[Case, ...] = (
    ("error-as-string", 500, JSON, '{"error": "boom"}', "intermediary_error", "application/json"),
    ("error-as-string-traced", 500, TRACED, '{"error": "boom"}', "malformed_response", "neither"),
    ("error-as-list", 400, JSON, '{"error": [1]}', "intermediary_error", "*"),
    ("error-null", 400, JSON, '{"error": null}', "intermediary_error", "*"),
    ("error-empty", 400, JSON, '{"error": {}}', "intermediary_error", "*"),
    ("message-null", 400, JSON, openai("x", "y", None), "intermediary_error", "*"),
    ("message-object", 400, JSON, openai("x", "y", {"a": 1}), "intermediary_error", "*"),
    ("numeric-code-alone", 401, JSON, openai(401, None), "intermediary_error", "*"),
    ("array", 500, JSON, "[1, 2]", "intermediary_error", "*"),
    ("scalar", 500, JSON, "42", "intermediary_error", "*"),
    ("not-a-number", 500, JSON, "NaN", "intermediary_error", "*"),
    (
        "google",
        400,
        JSON,
        '{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}',
        "intermediary_error",
        "*",
    ),
    (
        "openrouter",
        401,
        JSON,
        '{"error": {"message": "No auth, see https://openrouter.ai/keys", "code": 401}}',
        "intermediary_error",
        "OpenRouter",
    ),
    ("fastapi-404", 404, JSON, '{"detail": "Not Found"}', "not_the_gateway", "a FastAPI app"),
    ("fastapi-422", 422, JSON, '{"detail": [{"loc": ["body"]}]}', "intermediary_error", "*"),
    ("express-404", 404, HTML, "Cannot POST /v1/v1/messages", "not_the_gateway", "an Express"),
    ("go-404", 404, {"content-type": "text/plain"}, "404 page not found\n", "not_the_gateway", "*"),
    ("spring-405", 405, JSON, '{"status": 405, "error": "x"}', "not_the_gateway", "*"),
    ("aws-gateway", 403, JSON, '{"message": "Forbidden"}', "intermediary_error", "an AWS API"),
    (
        "problem-json",
        503,
        {"content-type": "application/problem+json"},
        '{"title": "Unavailable", "status": 503}',
        "intermediary_error",
        "application/problem+json",
    ),
    ("no-type-at-all", 500, {}, "boom", "intermediary_error", "no content type"),
    ("no-status-no-shape", None, {}, "boom", "intermediary_error", "*"),
    ("continue", 100, {}, "", "not_the_gateway", "*"),
)
OTHERS: tuple[Case, ...] = tuple(
    (name, status, {**HTML, **headers}, body, "intermediary_error", f"answered by {who}.")
    for name, status, headers, body, who in (
        ("cloudflare-header", 502, {"server": "cloudflare"}, page("x"), "Cloudflare"),
        ("cloudflare-ray", 524, {"cf-ray": "8f1c"}, page("x"), "Cloudflare"),
        ("cloudflare-body", 522, {}, page("Timeout", "Cloudflare Ray ID"), "Cloudflare"),
        ("cloudflare-over-nginx", 502, {"server": "cloudflare"}, page("x", "nginx"), "Cloudflare"),
        ("nginx", 502, {"server": "nginx/1.27.4"}, page("502 Bad Gateway"), "nginx"),
        ("nginx-body", 504, {}, "<hr><center>nginx</center>", "nginx"),
        ("openresty", 503, {"server": "openresty"}, page("x"), "nginx"),
        ("aws-elb", 504, {"server": "awselb/2.0"}, page("x"), "an AWS load balancer"),
        ("cloudfront", 403, {"x-amz-cf-id": "a=="}, page("x"), "Amazon CloudFront"),
        ("varnish", 503, {"x-varnish": "1"}, page("x"), "Varnish"),
        ("varnish-body", 503, {}, page("x", "Guru Meditation"), "Varnish"),
        ("akamai", 403, {"server": "AkamaiGHost"}, page("x"), "Akamai"),
        ("squid", 403, {"via": "1.1 p (squid/6.6)"}, page("x"), "a Squid proxy"),
        ("zscaler", 403, {"server": "Zscaler/6.2"}, page("x"), "a Zscaler web filter"),
        ("fortinet", 403, {}, page("FortiGuard Intrusion"), "a Fortinet web filter"),
        ("azure", 502, {"x-azure-ref": "0"}, page("x"), "Azure Front Door"),
        ("google", 502, {"server": "gfe"}, page("x"), "a Google front end"),
        ("envoy", 503, {}, "upstream connect error or disconnect", "Envoy"),
        ("haproxy", 503, {}, "No server is available to handle this request.", "HAProxy"),
        ("traefik", 502, {"server": "Traefik"}, "Bad Gateway", "Traefik"),
        ("caddy", 502, {"server": "Caddy"}, "", "Caddy"),
        ("apache", 503, {}, "<address>Apache/2.4</address>", "Apache"),
        ("unnamed-proxy", 502, {"via": "1.1 proxy"}, page("x"), "a proxy on the way"),
    )
)
FINE_STATUS: tuple[Case, ...] = (
    ("json", 200, JSON, '{"object": "list", "data": []}', None, ""),
    ("json-untyped", 200, {}, "{}", None, ""),
    ("json-201", 201, JSON, "[]", None, ""),
    ("error-string-200", 200, JSON, '{"error": "boom"}', None, ""),
    ("empty", 200, JSON, "", "malformed_response", "The body is empty."),
    ("blank", 200, HTML, " \r\n", "malformed_response", "The body is empty."),
    ("no-content", 204, {}, "", "malformed_response", "The body is empty."),
    ("cut-json", 200, JSON, '{"data": [{"id": "', "malformed_response", "not JSON"),
    ("cut-json-untyped", 200, {}, '{"data": [', "not_the_gateway", "no content type"),
    ("traced-page", 200, {**TRACED, **HTML}, page("x"), "malformed_response", "not JSON"),
    ("page", 200, HTML, page("Welcome"), "not_the_gateway", "text/html"),
    ("website", 200, HTML, page("CrossModel"), "not_the_gateway", "the CrossModel website"),
    ("portal", 200, HTML, page("Guest Wi-Fi", "Accept"), "not_the_gateway", "captive portal"),
    (
        "portal-sign-in",
        200,
        HTML,
        page("Guest network sign-in"),
        "not_the_gateway",
        "captive portal",
    ),
    ("invalid-utf8", 200, JSON, '{"a": "\ufffd"', "malformed_response", "not JSON"),
    ("other-trace", 200, {**HTML, "x-request-id": "1"}, page("x"), "not_the_gateway", "no x-req"),
    ("nested-fine", 200, JSON, '{"a":' * 500 + "1" + "}" * 500, None, ""),
    ("nested-too-deep", 200, JSON, "[" * 200_000, "malformed_response", "not JSON"),
    ("nested-too-deep-500", 500, JSON, '{"error":' * 200_000, "intermediary_error", "*"),
    ("huge-number", 200, JSON, "1" * 10_000, "malformed_response", "not JSON"),
)
PROXY: tuple[Case, ...] = (
    ("407-page", 407, HTML, page("Proxy"), "proxy_auth_required", "asks for a login"),
    ("407-empty", 407, {}, "", "proxy_auth_required", "asks for a login"),
    ("407-squid", 407, {"server": "squid/6"}, "", "proxy_auth_required", "a Squid proxy"),
    ("407-ntlm", 407, {"proxy-authenticate": "NTLM"}, "", "proxy_auth_required", "by NTLM only"),
)
REDIRECTS: tuple[Case, ...] = tuple(
    case
    for status in (301, 302, 303, 307, 308)
    for case in (
        (
            f"{status}-with-location",
            status,
            {"location": "https://portal.test/login"},
            "",
            "redirected",
            "It points to https://portal.test/login",
        ),
        (f"{status}-without", status, HTML, page("x"), "redirected", "names no new address"),
    )
)

CASES = (
    *DOCUMENTED,
    *ANTHROPIC,
    *OPENAI_WITHOUT_CODE,
    *UNKNOWN_CODES,
    *FOREIGN_SHAPES,
    *OTHERS,
    *FINE_STATUS,
    *PROXY,
    *REDIRECTS,
)


@pytest.mark.parametrize(
    ("status", "headers", "body", "identifier", "said"),
    [pytest.param(*case[1:], id=case[0]) for case in CASES],
)
def test_an_answer_means(
    status: int | None, headers: Mapping[str, str], body: str, identifier: str | None, said: str
) -> None:
    found = classify(Evidence(status=status, headers=headers, body=body))
    assert (found.id if found else None) == identifier
    told = " ".join(found.evidence) if found else ""
    assert said == "*" or (said in told and bool(said) == bool(told)), told


@pytest.mark.parametrize(
    ("body", "headers", "vendor"),
    [
        pytest.param(
            openai("invalid_api_key", "x", "See https://platform.openai.com/account/api-keys."),
            {},
            "OpenAI",
            id="link-of-openai",
        ),
        pytest.param(openai("invalid_api_key"), {"openai-version": "2020"}, "OpenAI", id="header"),
        pytest.param(
            anthropic("authentication_error", "invalid x-api-key"),
            {"anthropic-organization-id": "1"},
            "Anthropic",
            id="anthropic",
        ),
    ],
)
def test_a_key_that_went_to_another_vendor_is_said_to_have(
    body: str, headers: Mapping[str, str], vendor: str
) -> None:
    found = classify(Evidence(status=401, headers=headers, body=body))
    assert found
    assert found.exit_code is ExitCode.AUTHENTICATION
    assert found.evidence == (
        f"The answer is one of {vendor}: the base URL was not applied to this call.",
    )


def test_the_gateway_itself_is_not_taken_for_a_vendor() -> None:
    body = openai("invalid_api_key", "x", "See https://platform.openai.com/account/api-keys.")
    for headers, code in ((TRACED, body), (JSON, body.replace("invalid_api_key", "no_wallet"))):
        found = classify(Evidence(status=401, headers=headers, body=code))
        assert found
        assert "OpenAI" not in " ".join(found.evidence)


def test_a_body_cut_by_the_wire_is_malformed_though_it_parses() -> None:
    found = classify(Evidence(status=200, headers=JSON, body="{}", defect="It ends early."))
    assert found
    assert (found.id, found.evidence) == (
        "malformed_response",
        ("It ends early.",),
    )


def test_the_finding_holds_what_the_error_said() -> None:
    body = openai("unsupported_parameter", "invalid_request_error", "No top_p.", "top_p")
    evidence = Evidence(
        status=400, headers=JSON, body=body, check="chat", model="vendor/m", base_url="https://x/v1"
    )
    found = classify(evidence)
    assert found
    assert (found.status, found.type, found.code) == (
        400,
        "invalid_request_error",
        "unsupported_parameter",
    )
    assert (found.param, found.message, found.check) == ("top_p", "No top_p.", "chat")
    assert "vendor/m" in found.cause
    assert not found.retryable
    assert found.documented


def test_what_the_error_said_is_cut_when_long() -> None:
    body = openai("no_wallet" * 500, "t" * 5000, "m" * 5000, "p" * 5000)
    found = classify(Evidence(status=402, body=body))
    assert found
    assert found.id == "undocumented_error"
    texts = (found.code, found.type, found.param, found.message)
    assert all(text is not None and len(text) < 1100 for text in texts)
    assert "4,000 more characters" in (found.message or "")


def test_a_long_location_is_cut() -> None:
    found = classify(Evidence(status=302, headers={"location": "https://x/" + "a" * 9000}))
    assert found
    assert len(found.evidence[0]) < 400


@pytest.mark.parametrize(
    ("error", "identifier"),
    [
        pytest.param({"code": "provider_error"}, "provider_error", id="documented-code"),
        pytest.param({"code": "generation_stopped"}, "stream_error", id="unknown-code"),
        pytest.param({"type": "overloaded_error"}, "stream_error", id="unknown-type"),
        pytest.param({"type": "api_error"}, "api_error", id="family"),
        pytest.param({"type": "rate_limit_error"}, "rate_limit_exceeded", id="type-of-one-code"),
    ],
)
def test_an_error_inside_a_stream_takes_its_code_and_no_blame_for_the_200(
    error: dict[str, str], identifier: str
) -> None:
    found = from_error(
        ErrorObject(shape=Shape.OPENAI, message="No.", **error),
        Evidence(status=200, headers=TRACED, phase=Phase.STREAM),
    )
    assert (found.id, found.phase, found.evidence) == (identifier, Phase.STREAM, ())


def test_malformed_says_why_and_who() -> None:
    found = malformed(Evidence(status=200, headers={"server": "nginx"}), "It has no data.")
    assert found.id == "malformed_response"
    assert found.evidence == ("It has no data.", "It was answered by nginx.")


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.origin is Origin.CODE])
@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 407, 429, 500, 502, 503, 529, None])
def test_a_documented_code_is_believed_under_any_status(row: Row, status: int | None) -> None:
    found = classify(Evidence(status=status, body=row.error_body(Shape.OPENAI)))
    assert found
    assert found.id == row.id
    assert found.status == status
    contradicts = status is not None and status not in row.statuses
    assert bool(found.evidence) is contradicts


@pytest.mark.parametrize(
    ("document", "shape"),
    [
        pytest.param({"error": {"message": "", "type": "x"}}, Shape.OPENAI, id="empty-message"),
        pytest.param({"type": "error", "error": {"message": "m", "type": "x"}}, Shape.ANTHROPIC),
        pytest.param({"type": "other", "error": {"message": "m", "code": "x"}}, Shape.OPENAI),
        pytest.param({"error": {"message": "m"}}, None, id="neither-type-nor-code"),
        pytest.param([{"error": {"message": "m", "type": "x"}}], None, id="in-a-list"),
        pytest.param("error", None, id="text"),
        pytest.param(None, None, id="null"),
    ],
)
def test_an_error_object_is_found_by_its_shape(document: Any, shape: Shape | None) -> None:
    found = error_object(document)
    assert (found.shape if found else None) == shape


@pytest.mark.parametrize("text", ["[" * 100_000, "1" * 5000, "", "{", "\ud800", "'a'"])
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


def assert_in_the_catalogue(found: Finding | None) -> None:
    if found is not None:
        assert found.id in ROWS
        assert found.exit_code == catalog.row(found.id).exit_code
        assert all("{" not in action for action in found.actions)


statuses = st.none() | st.integers(-1, 999) | st.sampled_from([200, 401, 404, 407, 429, 502, 503])
names = st.sampled_from(
    ["content-type", "server", "via", "x-request-id", "location", "cf-ray", "retry-after"]
)
headers_of_any_kind = st.dictionaries(names | st.text(max_size=9), st.text(max_size=40), max_size=4)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "message", "type", "code", "param", "x"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@given(
    st.builds(
        Evidence,
        status=statuses,
        headers=headers_of_any_kind,
        body=st.binary(max_size=300).map(lambda body: body.decode("utf-8", "replace")),
        protocol=st.none() | st.sampled_from(Protocol),
        phase=st.sampled_from(Phase),
        defect=st.sampled_from(("", "The body ends before its announced end.")),
    )
)
def test_any_answer_means_something_or_nothing(evidence: Evidence) -> None:
    assert_in_the_catalogue(classify(evidence))


@settings(max_examples=100)
@given(status=statuses, value=json_values, headers=headers_of_any_kind)
def test_any_json_means_something_or_nothing(
    status: int | None, value: Any, headers: dict[str, str]
) -> None:
    for document in (value, {"error": value}, {"type": "error", "error": value}):
        body = json.dumps(document)
        found = classify(Evidence(status=status, headers=headers, body=body))
        assert_in_the_catalogue(found)
        if found is not None and found.documented:
            error = error_object(json.loads(body))
            assert error is not None
            assert error.code in {found.id, None}


@pytest.mark.parametrize(
    ("status", "again"),
    [
        *((status, True) for status in (408, 425, 429, 500, 502, 503, 504, 520, 524)),
        *((status, False) for status in (400, 401, 403, 413, 451, 501, 511, 526)),
    ],
)
def test_an_error_of_somebody_else_is_retryable_where_it_may_pass(
    status: int,
    again: bool,  # noqa: FBT001 - the column of a table
) -> None:
    found = classify(Evidence(status=status, body="no", headers={"content-type": "text/plain"}))
    assert found is not None
    assert (found.id, found.retryable) == ("intermediary_error", again)
