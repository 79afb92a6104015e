"""Who wrote an answer: every row of the table can be met, and none by accident."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.answerers import ANSWERERS, VENDORS, Answerer, answered_by, vendor_of
from cmtool.catalog import ROWS, Row, Shape

CASES: tuple[tuple[dict[str, str], str, str | None], ...] = (
    ({"server": "ZscalerProxy"}, "", "a Zscaler web filter"),
    ({}, "<b>Palo Alto Networks</b> URL filtering", "a Palo Alto Networks web filter"),
    ({}, "This site is blocked by Cisco Umbrella", "a Cisco Umbrella web filter"),
    ({"x-squid-error": "ERR_ACCESS_DENIED 0"}, "", "a Squid proxy"),
    ({"cf-mitigated": "challenge"}, "", "Cloudflare"),
    ({"server": "CloudFront"}, "", "Amazon CloudFront"),
    ({"x-amz-apigw-id": "x"}, "", "an AWS API gateway"),
    ({}, '{"message":"Missing Authentication Token"}', "an AWS API gateway"),
    ({}, "Reference&#32;&#35;18", "Akamai"),
    ({"via": "1.1 google"}, "", "a Google front end"),
    ({"server": "Microsoft-Azure-Application-Gateway/v2"}, "", "Azure"),
    ({"server": "istio-envoy"}, "", "Envoy"),
    ({}, "no healthy upstream", "Envoy"),
    ({"openai-version": "2020-10-01"}, "", "OpenAI"),
    ({"anthropic-organization-id": "x"}, "", "Anthropic"),
    ({}, "see https://openrouter.ai/docs", "OpenRouter"),
    ({}, "<title>Captive Portal</title>", "a captive portal (the log-in page of the network)"),
    ({}, "Sign in to the hotspot", "a captive portal (the log-in page of the network)"),
    ({"server": "cloudflare", "via": "1.1 varnish"}, "nginx", "Cloudflare"),
    ({"server": "nginx", "via": "1.1 x (squid/6)"}, "", "a Squid proxy"),
    ({"server": "nginx", "via": "1.1 x"}, "", "nginx"),
    ({"proxy-status": "x; error=timeout"}, "", "a proxy on the way"),
    ({"server": "uvicorn"}, "", None),
    ({"server": "not-cloudflare"}, "", None),
    ({}, "Please log in to your account", None),
    ({}, "x" * 4000 + "cloudflare", None),
    ({}, "", None),
)


@pytest.mark.parametrize(("headers", "body", "who"), CASES)
def test_it_was(headers: dict[str, str], body: str, who: str | None) -> None:
    assert answered_by(headers, body) == who


def test_only_another_vendor_is_a_vendor() -> None:
    assert vendor_of({"server": "cloudflare", "openai-version": "1"}, "") == "OpenAI"
    assert vendor_of({"server": "cloudflare"}, "") is None
    assert {vendor.name for vendor in VENDORS} == {"OpenAI", "Anthropic", "OpenRouter"}


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ANSWERERS])
def test_a_row_has_something_that_tells_it(row: Answerer) -> None:
    assert row.headers or row.body
    for name, pattern in row.headers:
        assert name == name.lower()
        re.compile(pattern)


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.documented])
@pytest.mark.parametrize("shape", list(Shape))
def test_the_gateways_own_errors_are_nobody_elses(row: Row, shape: Shape) -> None:
    assert answered_by({"content-type": "application/json"}, row.error_body(shape)) is None


@settings(deadline=None)  # the machine may be busy
@given(st.dictionaries(st.text(max_size=12), st.text(max_size=30)), st.text())
def test_any_answer_has_a_known_author_or_none(headers: dict[str, str], body: str) -> None:
    assert answered_by(headers, body) in {None, *(row.name for row in ANSWERERS)}
