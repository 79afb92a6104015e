"""Who wrote an answer: every row of the table can be met, and none by accident."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.answerers import (
    SIGNATURES,
    Signature,
    author,
    cloudflare_code,
    heading,
    references,
    stranger,
)
from cmtool.answerers.references import HEADERS
from cmtool.answerers.telling import tell, who
from cmtool.catalog import ROWS, Row, Shape
from cmtool.catalog.cloudflare import CODES
from cmtool.catalog.parties import Party, words_for
from cmtool.redact import SHOWN_HEADERS


def page(text: str, title: str = "x") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{text}</body></html>"


CASES: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"server": "ZscalerProxy"}, "", "It was answered by a Zscaler web filter."),
    ({"cf-mitigated": "challenge"}, "", "It was answered by Cloudflare."),
    ({"server": "CloudFront"}, "", "It was answered by Amazon CloudFront."),
    ({"x-amz-apigw-id": "x"}, "", "It was answered by an AWS API gateway."),
    ({"via": "1.1 google"}, "", "It was answered by a Google front end."),
    ({"openai-version": "2020-10-01"}, "", "It was answered by OpenAI."),
    ({}, "see https://openrouter.ai/docs", "It was answered by OpenRouter."),
    (
        {"server": "cloudflare"},
        "<hr><center>nginx</center>",
        "It was answered by nginx, behind Cloudflare.",
    ),
    (
        {"server": "cloudflare", "via": "1.1 varnish"},
        page("nginx"),
        "It was answered by Cloudflare, behind Varnish.",
    ),
    (
        {"server": "nginx", "via": "1.1 x (squid/6)"},
        page("x"),
        "It was answered by a Squid proxy, behind nginx.",
    ),
    ({"server": "nginx", "via": "1.1 x"}, "", "It was answered by nginx."),
    (
        {"server": "cloudflare"},
        '{"error": "boom"}',
        "It came through Cloudflare; who wrote it does not show.",
    ),
    (
        {"via": "1.1 x"},
        '{"error": "boom"}',
        "It came through a proxy on the way; who wrote it does not show.",
    ),
    ({"proxy-status": "x; error=timeout"}, "", "It was answered by a proxy on the way."),
    ({"server": "not-cloudflare"}, "", ""),
    ({}, "Please log in to your account", ""),
    ({}, page("Please log in to your account"), ""),
    ({}, page("We use Cloudflare, nginx and Zscaler-free hosting")[:0], ""),
    ({}, "we met cloudflare, nginx, squid, zscaler and sophos", ""),
    ({}, '{"message": "the nginx behind cloudflare said no"}', ""),
    ({}, "x" * 4000 + "error code: 522", ""),
    ({}, "", ""),
)


@pytest.mark.parametrize(("headers", "body", "said"), CASES)
def test_it_was(headers: dict[str, str], body: str, said: str) -> None:
    assert "".join(who(author(headers, body))) == said


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in SIGNATURES])
def test_a_row_has_something_that_tells_it(row: Signature) -> None:
    assert row.headers or row.passing or row.body or row.page
    for name, pattern in (*row.headers, *row.passing):
        assert name == name.lower()
        re.compile(pattern)
    for pattern in (*row.body, *row.page):
        compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)
        assert compiled.search("") is None


def test_names_are_there_once() -> None:
    assert len({row.name for row in SIGNATURES}) == len(SIGNATURES)


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.documented])
@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("word", ["cloudflare", "nginx", "OpenAI", "ollama", "Zscaler", "squid"])
def test_the_gateways_own_errors_are_nobody_elses(row: Row, shape: Shape, word: str) -> None:
    body = row.error_body(shape, f"The service behind {word} is unwell.")
    assert author({"content-type": "application/json"}, body) is None
    assert stranger({}, body) is None


HOSTILE = (
    '{"error":',
    '{"message":"',
    '"code":404,"message":"',
    "<title>",
    "<title>40",
    "<h1>",
    "<!DOCTYPE html>",
    "<error><code>aaa",
    "blocked",
    "your organization",
    "wi-fi ",
    "accept ",
    "sign in",
    "error code:<b> ",
    "Error <span> ",
    "generated ",
    "---",
    "error_code: 1020",
    "reference&#32;&#35;1&#46;",
    "ray id: ",
    '{"timestamp":1',
    "the route ",
    " ",
    "\n",
    "a",
    "<",
    "0",
)


@settings(deadline=None, max_examples=120)  # the machine may be busy
@given(
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4),
    st.dictionaries(st.sampled_from(["server", "via", "cf-ray", "x"]), st.text(max_size=30)),
)
def test_any_answer_is_looked_at_in_bounded_time(
    pieces: list[str], headers: dict[str, str]
) -> None:
    body = ("".join(pieces) * 4000)[:4000]
    start = time.process_time()
    told = tell(403, headers, body, misplaced=False, base_url=None)
    assert time.process_time() - start < 1.0
    assert all(len(line) < 500 for line in told.evidence)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=12), st.text(max_size=30)), st.text())
def test_any_answer_has_a_known_author_or_none(headers: dict[str, str], body: str) -> None:
    found = author(headers, body)
    assert found is None or found.signature is None or found.signature in SIGNATURES
    heading(body)
    references(headers, body)


HEADINGS = (
    ("title", page("y", "502 Bad Gateway"), "502 Bad Gateway"),
    ("title-with-attributes", '<html><title lang="en">A &amp; B</title>', "A & B"),
    ("empty-title", "<html><title> </title><h1>No <b>way</b></h1>", "No way"),
    ("late-title", "<!doctype html>" + "<style>x</style>" * 500 + "<title>Late</title>", "Late"),
    ("no-end", "<html><title>never closed", ""),
    ("problem-json", '{"title": "T", "detail": "D", "status": 500}', "D"),
    ("nested-json", '{"error": {"code": 5, "message": "M"}}', "M"),
    ("error-string", '{"error": "boom"}', "boom"),
    ("json-list", "[1, 2]", ""),
    ("broken-json", '{"error": "bo', ""),
    ("deep-json", "[" * 100_000, ""),
    ("text", "\n\n no healthy upstream\nmore", "no healthy upstream"),
    ("controls", "a\x1b[31mb\u202ec", "a\\x1b[31mb\\u202ec"),
    ("long", "y" * 500, "y" * 120 + "…"),
    ("nothing", "", ""),
)


@pytest.mark.parametrize(
    ("body", "said"), [pytest.param(*case[1:], id=case[0]) for case in HEADINGS]
)
def test_an_answer_says_in_one_line(body: str, said: str) -> None:
    assert heading(body) == said


NUMBERS: tuple[tuple[dict[str, str], str, list[str]], ...] = (
    ({"cf-ray": "8f1c-FRA", "server": "cloudflare"}, "", ["cf-ray 8f1c-FRA"]),
    ({"cf-ray": "1", "x-varnish": "2", "x-azure-ref": "3"}, "", ["cf-ray 1", "x-azure-ref 3"]),
    ({"cf-ray": " "}, "", []),
    ({}, "Reference&#32;&#35;18&#46;2d351ab8&#46;155", ["Reference 18.2d351ab8.155"]),
    ({}, "Ray ID: <code>8f1c2d3e4a5b6c7d</code>", ["Ray ID 8f1c2d3e4a5b6c7d"]),
    ({}, '{"ray_id": "8f1c2d3e4a5b6c7d"}', ["Ray ID 8f1c2d3e4a5b6c7d"]),
    ({}, "Your support ID is: 1234567890", ["Support ID 1234567890"]),
    ({}, "<RequestId>4442587FB7D0A2F9</RequestId>", ["RequestId 4442587FB7D0A2F9"]),
    ({}, "nothing", []),
)


@pytest.mark.parametrize(("headers", "body", "numbers"), NUMBERS)
def test_its_owner_finds_it_by(headers: dict[str, str], body: str, numbers: list[str]) -> None:
    assert references(headers, body) == numbers


def test_what_finds_an_answer_again_is_shown_with_it() -> None:
    assert set(HEADERS) <= SHOWN_HEADERS


COLD = (
    ("text", 522, "error code: 522", 522),
    (
        "page-1020",
        403,
        page("<h1><span>Error</span> <span>1020</span></h1>cloudflare ray id"),
        1020,
    ),
    ("page-code", 520, page('/cdn-cgi/styles/ <span class="c">Error code 520</span>'), 520),
    ("json", 429, json.dumps({"cloudflare_error": True, "error_code": 1015}), 1015),
    ("tunnel", 530, "error code: 1033", 1033),
    ("status-alone", 524, page("x"), 524),
    ("nothing-known", 502, page("x"), 0),
)


@pytest.mark.parametrize(
    ("status", "body", "number"), [pytest.param(*case[1:], id=case[0]) for case in COLD]
)
def test_a_code_of_cloudflare_is_read(status: int, body: str, number: int) -> None:
    headers = {"server": "cloudflare"}
    found = cloudflare_code(author(headers, body), status, headers, body)
    assert found == ((number, CODES[number]) if number else None)


def test_only_a_page_of_cloudflare_s_has_its_codes() -> None:
    body = "<center>nginx</center> error code: 522"
    assert cloudflare_code(author({}, body), 522, {}, body) is None


@pytest.mark.parametrize("party", list(Party))
@pytest.mark.parametrize("misplaced", [True, False])
@pytest.mark.parametrize("status", [200, 401, 403, 404, 413, 429, 500, 502])
def test_every_party_has_words(party: Party, misplaced: bool, status: int) -> None:  # noqa: FBT001
    words = words_for(party, status, misplaced=misplaced)
    assert words is not None
    for text in (words.cause, *words.actions):
        filled = text.format(who="someone", base_url="https://x.test/v1")
        assert filled.endswith(".")
        assert "!" not in filled
    assert words.actions
