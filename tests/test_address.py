"""The base URL as it was found: what is wrong with it, and where the requests go instead."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.address import PUBLIC_BASE_URL, examine
from cmtool.catalog import ROWS
from cmtool.errors import ExitCode
from cmtool.proxies import is_loopback

WHERE = "CROSSMODEL_API_URL"
PUBLIC = "https://api.crossmodel.ai/v1"

GOOD = (
    pytest.param(PUBLIC, PUBLIC, "https, API host, one /v1", id="public"),
    pytest.param(f"{PUBLIC}/", PUBLIC, "https, API host, one /v1", id="slash-at-the-end"),
    pytest.param(f"{PUBLIC}//", PUBLIC, "https, API host", id="two-slashes"),
    pytest.param("https://api.crossmodel.ai:443/v1", None, "API host", id="port"),
    pytest.param("https://gw.test/v1", None, "host gw.test instead of api.cross", id="other-host"),
    pytest.param("https://gw.test/llm/v1", None, "host gw.test", id="path-in-front"),
    pytest.param("http://127.0.0.1:8080/v1", None, "http, this machine", id="loopback"),
    pytest.param("http://localhost:8080/v1", None, "http, this machine", id="localhost"),
    pytest.param("http://[::1]:8080/v1", None, "http, this machine", id="ipv6-loopback"),
    pytest.param("https://[2001:db8::1]/v1", None, "host 2001:db8::1", id="ipv6"),
    pytest.param("https://10.0.0.7:8443/v1", None, "host 10.0.0.7", id="address"),
    pytest.param("https://my_gw.internal/v1", None, "host my_gw.internal", id="underscore"),
)


@pytest.mark.parametrize(("raw", "base_url", "summary"), GOOD)
def test_a_good_url_is_used_as_it_is(raw: str, base_url: str | None, summary: str) -> None:
    verdict = examine(raw, WHERE)
    assert verdict.finding is None
    assert verdict.base_url == (base_url or raw)
    assert summary in verdict.summary


def test_the_default_is_good() -> None:
    assert examine(PUBLIC_BASE_URL, "the default").finding is None


PATHS = (
    ("no-path", "https://api.crossmodel.ai", PUBLIC, "/v1 is missing"),
    ("only-a-slash", "https://api.crossmodel.ai/", PUBLIC, "/v1 is missing"),
    ("doubled", f"{PUBLIC}/v1", PUBLIC, "2 times"),
    ("tripled", f"{PUBLIC}/v1/v1/", PUBLIC, "3 times"),
    ("doubled-behind-a-path", "https://gw.test/llm/v1/v1", "https://gw.test/llm/v1", "2 times"),
    ("capital", "https://api.crossmodel.ai/V1", PUBLIC, "It ends in /V1"),
    ("chat", f"{PUBLIC}/chat/completions", PUBLIC, "(/chat/completions) is pasted"),
    ("chat-slash", f"{PUBLIC}/chat/completions/", PUBLIC, "(/chat/completions) is pasted"),
    ("half-of-chat", f"{PUBLIC}/chat", PUBLIC, "(/chat) is pasted"),
    ("responses", f"{PUBLIC}/responses", PUBLIC, "(/responses)"),
    ("messages", f"{PUBLIC}/messages", PUBLIC, "(/messages)"),
    ("messages-v1-less", "https://api.crossmodel.ai/messages", PUBLIC, "/v1 is missing"),
    ("models", f"{PUBLIC}/models", PUBLIC, "(/models)"),
    ("one-model", f"{PUBLIC}/models/openai%2Fgpt-5.5", PUBLIC, "/models/openai%2Fgpt-5.5"),
    ("credits", f"{PUBLIC}/credits", PUBLIC, "(/credits)"),
    ("doubled-and-endpoint", f"{PUBLIC}/v1/messages", PUBLIC, "2 times"),
    ("something-behind", f"{PUBLIC}/messages/batches", PUBLIC, "not in /v1"),
    ("beta-is-no-version", "https://gw.test/v1beta", "https://gw.test/v1beta/v1", "missing"),
    ("beta-in-front", "https://gw.test/v1beta/v1/x", "https://gw.test/v1beta/v1", "not in /v1"),
    ("loopback", "http://127.0.0.1:8080", "http://127.0.0.1:8080/v1", "/v1 is missing"),
)
INSECURE = (
    ("http", "http://api.crossmodel.ai/v1", PUBLIC, "over https instead"),
    ("http-port-80", "http://api.crossmodel.ai:80/v1", PUBLIC, "over https instead"),
    ("http-other-port", "http://gw.test:8080/v1", "https://gw.test:8080/v1", "https instead"),
    ("http-private", "http://10.0.0.7/v1", "https://10.0.0.7/v1", "never went over http"),
    ("http-looks-local", "http://127.evil.com/v1", "https://127.evil.com/v1", "never went"),
    ("http-local-child", "http://localhost.evil.com/v1", "https://localhost.evil.com/v1", "never"),
    ("http-and-no-path", "http://api.crossmodel.ai", PUBLIC, "/v1 is missing"),
    ("http-website", "http://crossmodel.ai/v1", PUBLIC, "serves web pages"),
)
HOSTS = (
    ("website", "https://crossmodel.ai/v1", PUBLIC, "crossmodel.ai serves web pages"),
    ("www", "https://www.crossmodel.ai/docs/errors", PUBLIC, "serves web pages"),
    ("console", "https://crossmodel.ai/console", PUBLIC, "serves web pages"),
    ("www-final-dot", "https://www.crossmodel.ai./v1", PUBLIC, "serves web pages"),
    ("typing-error", "https://api.crosmodel.ai/v1", PUBLIC, "typing error"),
    ("swapped", "https://api.corssmodel.ai/v1", PUBLIC, "typing error"),
    ("ap", "https://ap.crossmodel.ai/v1", PUBLIC, "typing error"),
    ("io", "https://api.crossmodel.io/v1", PUBLIC, "typing error"),
)
INVALID_BUT_MENDED = (
    ("no-scheme", "api.crossmodel.ai/v1", PUBLIC, "lacks the https://"),
    ("no-scheme-no-path", "api.crossmodel.ai", PUBLIC, "lacks the https://"),
    ("no-scheme-local", "localhost:8080/v1", "https://localhost:8080/v1", "lacks the https://"),
    ("quotes", f'"{PUBLIC}"', PUBLIC, "no part of it"),
    ("curly-quotes", f"“{PUBLIC}”", PUBLIC, "no part of it"),
    ("angle-brackets", f"<{PUBLIC}>", PUBLIC, "no part of it"),
    ("line-end", f"{PUBLIC}\r\n", PUBLIC, "no part of it"),
    ("no-break-space", f"{PUBLIC}\xa0", PUBLIC, "no part of it"),
    ("zero-width", f"{PUBLIC}\u200b", PUBLIC, "no part of it"),
    ("bom", f"\ufeff{PUBLIC}", PUBLIC, "no part of it"),
    ("comma", f"{PUBLIC},", PUBLIC, "no part of it"),
    ("credentials", "https://u:p4ss@api.crossmodel.ai/v1", PUBLIC, "user name or password"),
    ("query", f"{PUBLIC}?api-version=1", PUBLIC, "behind the path"),
    ("fragment", f"{PUBLIC}#chat", PUBLIC, "behind the path"),
)


@pytest.mark.parametrize(
    ("identifier", "raw", "base_url", "said"),
    [
        pytest.param(identifier, *case, id=f"{identifier}-{name}")
        for identifier, cases in (
            ("base_url_path", PATHS),
            ("base_url_insecure", INSECURE),
            ("base_url_host", HOSTS),
            ("base_url_invalid", INVALID_BUT_MENDED),
        )
        for name, *case in cases
    ],
)
def test_what_was_meant_is_used_for_this_run_and_the_rest_is_told(
    identifier: str, raw: str, base_url: str, said: str
) -> None:
    verdict = examine(raw, WHERE, model="vendor/model")
    assert verdict.base_url == base_url
    assert verdict.finding is not None
    assert verdict.finding.id == identifier
    assert verdict.finding.exit_code is ExitCode.CONFIGURATION
    assert verdict.finding.check == "base-url"
    assert verdict.finding.actions[0] == f"Set {WHERE} to {base_url}."
    told = " ".join(verdict.finding.evidence)
    assert said in told
    assert f"For this run {base_url} was used" in told
    assert "p4ss" not in told


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("", id="empty"),
        pytest.param("  ", id="blank"),
        pytest.param("crossmodel", id="word"),
        pytest.param("${CROSSMODEL_API_URL}", id="variable"),
        pytest.param("https://", id="no-host"),
        pytest.param("https:///v1", id="empty-host"),
        pytest.param("https://https://api.crossmodel.ai/v1", id="scheme-twice"),
        pytest.param("https:/api.crossmodel.ai/v1", id="one-slash"),
        pytest.param("https//api.crossmodel.ai/v1", id="no-colon"),
        pytest.param("htps://api.crossmodel.ai/v1", id="scheme-misspelt"),
        pytest.param("ftp://api.crossmodel.ai/v1", id="another-scheme"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("https://api.crossmodel.ai:99999/v1", id="port-too-large"),
        pytest.param("https://api.crossmodel.ai:0/v1", id="port-zero"),
        pytest.param("https://api.crossmodel.ai:x/v1", id="port-a-word"),
        pytest.param("https://api crossmodel.ai/v1", id="blank-in-the-host"),
        pytest.param("https://api.crossmodel.ai/v1\nX-Evil: 1", id="header-injection"),
        pytest.param("https://api.crossmodel.ai/\x00v1", id="nul"),
        pytest.param("https://api..crossmodel.ai/v1", id="two-dots"),
        pytest.param("https://[::1/v1", id="bracket-open"),
        pytest.param("https://аpi.crossmodel.ai/v1", id="cyrillic-letter"),
        pytest.param("https:\\\\api.crossmodel.ai\\v1", id="backslashes"),
    ],
)
def test_what_is_no_address_is_used_for_nothing(raw: str) -> None:
    verdict = examine(raw, WHERE)
    assert verdict.base_url is None
    assert verdict.finding is not None
    assert verdict.finding.id == "base_url_invalid"
    assert "no usable address" in verdict.finding.evidence[0]
    assert verdict.finding.evidence[0].isprintable()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("https:/me:p4ss@gw.test/v1", id="one-slash"),
        pytest.param("https:\\\\me:p4ss@gw.test\\v1", id="backslashes"),
        pytest.param("https://https://me:p4ss@gw.test/v1", id="scheme-twice"),
        pytest.param("me:p4ss@gw test/v1", id="no-scheme-and-a-blank"),
        pytest.param("https://me\n:p4ss@gw.test/v1", id="line-end-inside"),
        pytest.param("https://gw.test//me:p4ss@gw.test/v1", id="behind-another-address"),
        pytest.param("gw.test/me:p4ss@gw.test/v1", id="in-the-path"),
    ],
)
def test_a_login_is_told_nowhere(raw: str) -> None:
    verdict = examine(raw, WHERE)
    assert verdict.base_url is None
    assert verdict.finding is not None
    assert verdict.finding.id == "base_url_invalid"
    told = " ".join((*verdict.finding.evidence, *verdict.finding.actions))
    assert "p4ss" not in told
    assert "gw" in told


def test_an_at_sign_in_the_path_is_no_login() -> None:
    assert examine("https://gw.test/me@corp/v1", WHERE).finding is None


@pytest.mark.parametrize(
    ("raw", "vendor"),
    [
        pytest.param("https://api.openai.com/v1", "OpenAI", id="openai"),
        pytest.param("http://API.OpenAI.com/v1", "OpenAI", id="case-and-http"),
        pytest.param("https://api.openai.com./v1", "OpenAI", id="final-dot"),
        pytest.param("https://u@api.openai.com:443/v1", "OpenAI", id="user-and-port"),
        pytest.param("api.anthropic.com", "Anthropic", id="no-scheme"),
        pytest.param('"https://openrouter.ai/api/v1"', "OpenRouter", id="quotes"),
        pytest.param("https://api.deepseek.com", "DeepSeek", id="deepseek"),
    ],
)
def test_another_vendor_gets_nothing(raw: str, vendor: str) -> None:
    verdict = examine(raw, WHERE)
    assert verdict.base_url is None
    assert verdict.finding is not None
    assert verdict.finding.id == "base_url_host"
    assert f"belongs to {vendor}; nothing was sent there" in verdict.finding.evidence[0]


def test_the_gravest_of_several_problems_names_the_finding() -> None:
    verdict = examine('"http://crossmodel.ai?x"', WHERE)
    assert verdict.base_url == PUBLIC
    assert verdict.finding is not None
    assert verdict.finding.id == "base_url_invalid"
    assert len(verdict.finding.evidence) == 5


@settings(deadline=None)  # the machine may be busy
@given(
    st.text()
    | st.text().map(lambda text: f"https://{text}")
    | st.text("abc.:/@?#[]v1%-", max_size=30).map(lambda text: f"http://{text}")
)
def test_whatever_is_used_is_a_safe_url(raw: str) -> None:
    verdict = examine(raw, WHERE)
    assert verdict.finding is None or verdict.finding.id in ROWS
    if verdict.base_url is None:
        assert verdict.finding is not None
        return
    parts = urlsplit(verdict.base_url)
    assert parts.scheme == "https" or is_loopback(parts.hostname or "")
    assert parts.path.endswith("/v1")
    assert not any((parts.username, parts.password, parts.query, parts.fragment))
    again = examine(verdict.base_url, WHERE)
    assert (again.base_url, again.finding) == (verdict.base_url, None)
