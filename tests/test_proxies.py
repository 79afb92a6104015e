"""Which proxy the environment asks for, and what never goes through one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.proxies import ProxyChoice, is_loopback, proxy_for

GATEWAY = "https://api.crossmodel.ai/v1"
PROXY = "http://proxy.test:3128"


@pytest.mark.parametrize(
    ("environ", "url", "variable"),
    [
        pytest.param({}, GATEWAY, None, id="none"),
        pytest.param({"HTTPS_PROXY": PROXY}, GATEWAY, "HTTPS_PROXY", id="upper"),
        pytest.param({"https_proxy": PROXY}, GATEWAY, "https_proxy", id="lower"),
        pytest.param(
            {"HTTPS_PROXY": "http://x", "https_proxy": PROXY}, GATEWAY, "https_proxy", id="both"
        ),
        pytest.param({"ALL_PROXY": PROXY}, GATEWAY, "ALL_PROXY", id="all"),
        pytest.param(
            {"all_proxy": "http://x", "HTTPS_PROXY": PROXY}, GATEWAY, "HTTPS_PROXY", id="own-first"
        ),
        pytest.param({"HTTP_PROXY": PROXY}, GATEWAY, None, id="http-is-not-for-https"),
        pytest.param({"HTTP_PROXY": PROXY}, "http://x.test/v1", "HTTP_PROXY", id="http"),
        pytest.param({"HTTPS_PROXY": PROXY}, "http://x.test/v1", None, id="https-is-not-for-http"),
        pytest.param({"https_proxy": "", "HTTPS_PROXY": PROXY}, GATEWAY, "HTTPS_PROXY", id="empty"),
        pytest.param({"HTTPS_PROXY": "  "}, GATEWAY, None, id="blank"),
        pytest.param({"HTTPS_PROXY": f" {PROXY}\n"}, GATEWAY, "HTTPS_PROXY", id="blanks-around"),
        pytest.param({"HTTPS_PROXY": PROXY}, "ftp://x.test", None, id="another-scheme"),
    ],
)
def test_the_variable_that_decides(environ: dict[str, str], url: str, variable: str | None) -> None:
    expected = None if variable is None else ProxyChoice(url=PROXY, variable=variable)
    assert proxy_for(url, environ) == expected


@pytest.mark.parametrize(
    ("no_proxy", "url", "bypassed"),
    [
        pytest.param("*", GATEWAY, True, id="star"),
        pytest.param("a.test, *", GATEWAY, True, id="star-in-a-list"),
        pytest.param("api.crossmodel.ai", GATEWAY, True, id="host"),
        pytest.param("API.CrossModel.AI", GATEWAY, True, id="case"),
        pytest.param("crossmodel.ai", GATEWAY, True, id="parent"),
        pytest.param(".crossmodel.ai", GATEWAY, True, id="leading-dot"),
        pytest.param("*.crossmodel.ai", GATEWAY, True, id="leading-star"),
        pytest.param("a.test,,  crossmodel.ai ,", GATEWAY, True, id="list-with-holes"),
        pytest.param("api.crossmodel.ai:443", GATEWAY, True, id="default-port"),
        pytest.param("api.crossmodel.ai:8443", GATEWAY, False, id="other-port"),
        pytest.param("gw.test:8443", "https://gw.test:8443/v1", True, id="port"),
        pytest.param("gw.test", "https://gw.test:8443/v1", True, id="host-for-any-port"),
        pytest.param("gw.test", "https://user:p@gw.test/v1", True, id="credentials-in-the-url"),
        pytest.param("crossmodel.ai", "https://api.crossmodel.ai./v1", True, id="final-dot"),
        pytest.param("2001:db8::1", "https://[2001:db8::1]/v1", True, id="ipv6"),
        pytest.param("[2001:db8::1]", "https://[2001:db8::1]:8/v1", True, id="ipv6-brackets"),
        pytest.param("[2001:db8::1]:8", "https://[2001:db8::1]:8/v1", True, id="ipv6-port"),
        pytest.param("10.0.0.7", "https://10.0.0.7/v1", True, id="address"),
        pytest.param("model.ai", GATEWAY, False, id="part-of-a-label"),
        pytest.param("crossmodel.a", GATEWAY, False, id="prefix"),
        pytest.param("x.api.crossmodel.ai", GATEWAY, False, id="child"),
        pytest.param("", GATEWAY, False, id="empty"),
        pytest.param(" , ", GATEWAY, False, id="only-commas"),
        pytest.param(".", GATEWAY, False, id="only-a-dot"),
    ],
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy(
    name: str,
    no_proxy: str,
    url: str,
    bypassed: bool,  # noqa: FBT001 - the column of a table
) -> None:
    found = proxy_for(url, {name: no_proxy, "HTTPS_PROXY": PROXY})
    assert (found is None) is bypassed


def test_the_lower_case_no_proxy_counts_first() -> None:
    environ = {"no_proxy": "a.test", "NO_PROXY": "*", "HTTPS_PROXY": PROXY}
    assert proxy_for(GATEWAY, environ) is not None


LOOPBACK = ("localhost", "LOCALHOST", "x.localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]")
ELSEWHERE = (
    *("127.evil.com", "127.0.0.1.evil.com", "localhost.evil.com", "evillocalhost", "10.0.0.1"),
    *("::", "::2", "::ffff:10.0.0.1", "169.254.1.1", "2130706433", "api.crossmodel.ai", ""),
)


@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_not_this_machine(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "url", ["http://localhost:8080/v1", "http://127.0.0.1/v1", "http://[::1]:1"]
)
def test_this_machine_is_never_reached_through_a_proxy(url: str) -> None:
    assert proxy_for(url, {"http_proxy": PROXY, "https_proxy": PROXY, "all_proxy": PROXY}) is None


def test_a_name_that_only_looks_local_goes_through_the_proxy() -> None:
    assert proxy_for("http://127.evil.com/v1", {"http_proxy": PROXY}) is not None


@pytest.mark.parametrize(
    ("value", "url", "shown"),
    [
        pytest.param("proxy.test:3128", "http://proxy.test:3128", "http://proxy.test:3128"),
        pytest.param("socks5://p.test:1", "socks5://p.test:1", "socks5://p.test:1", id="socks"),
        pytest.param("http://u:s3cret@p:1", "http://u:s3cret@p:1", "http://p:1", id="credentials"),
        pytest.param("http://u:s3@cret@p:1", "http://u:s3@cret@p:1", "http://p:1", id="two-ats"),
        pytest.param("http://u:s3/cret@p:1", "http://u:s3/cret@p:1", "http://p:1", id="slash"),
        pytest.param("u:s3cret@p:1", "http://u:s3cret@p:1", "http://p:1", id="no-scheme"),
        pytest.param("http://p:1/?k=s3cret", "http://p:1/?k=s3cret", "http://p:1/", id="query"),
        pytest.param("http://u:s3?#c@p:1", "http://u:s3?#c@p:1", "http://p:1", id="mark-inside"),
        pytest.param("http://[::1", "http://[::1", "http://[::1", id="no-url"),
        pytest.param("http://p:99999", "http://p:99999", "http://p:99999", id="no-port"),
    ],
)
def test_a_proxy_is_shown_without_its_password(value: str, url: str, shown: str) -> None:
    found = proxy_for(GATEWAY, {"HTTPS_PROXY": value})
    assert found is not None
    assert found.url == url
    assert found.shown == shown
    assert "s3" not in found.shown


@settings(deadline=None)  # the machine may be busy
@given(value=st.text(min_size=1), no_proxy=st.text())
def test_no_value_makes_it_fail(value: str, no_proxy: str) -> None:
    found = proxy_for(GATEWAY, {"HTTPS_PROXY": value, "NO_PROXY": no_proxy})
    assert found is None or found.shown.count("://") >= 1
