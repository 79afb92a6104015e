"""The way that the environment asks for: which variable decides, and what never goes by a proxy."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.routing.proxies import ProxyChoice
from cmtool.routing.routes import DIRECT, route_to

GATEWAY = "https://api.crossmodel.ai/v1"
PROXY = "http://proxy.test:3128"
OTHER = "http://other.test:8080"


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
        pytest.param({"HTTPS_PROXY": PROXY}, "ftp://x.test", None, id="another-scheme"),
    ],
)
def test_the_variable_that_decides(environ: dict[str, str], url: str, variable: str | None) -> None:
    expected = None if variable is None else ProxyChoice(url=PROXY, variable=variable)
    assert route_to(url, environ).proxy == expected


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
        pytest.param("10.0.0.0/8", "https://10.1.2.3/v1", True, id="cidr"),
        pytest.param("10.1.2.3/8", "https://10.1.2.3/v1", True, id="cidr-with-host-bits"),
        pytest.param("fd00::/8", "https://[fd00::7]/v1", True, id="cidr-6"),
        pytest.param("11.0.0.0/8", "https://10.1.2.3/v1", False, id="cidr-elsewhere"),
        pytest.param("10.0.0.0/8", GATEWAY, False, id="cidr-and-a-name"),
        pytest.param("10.0.0.0/99", "https://10.1.2.3/v1", False, id="no-cidr"),
        pytest.param("https://api.crossmodel.ai", GATEWAY, False, id="scheme"),
        pytest.param("a.test api.crossmodel.ai", GATEWAY, False, id="blank-between"),
        pytest.param("crossmodel.ai.", GATEWAY, True, id="dot-behind"),
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
    route = route_to(url, {name: no_proxy, "HTTPS_PROXY": PROXY})
    assert (route.proxy is None) is bypassed
    assert (route.bypass is not None) is bypassed


def test_the_lower_case_no_proxy_counts_first() -> None:
    environ = {"no_proxy": "a.test", "NO_PROXY": "*", "HTTPS_PROXY": PROXY}
    assert route_to(GATEWAY, environ).proxy is not None


@pytest.mark.parametrize(
    "url", ["http://localhost:8080/v1", "http://127.0.0.1/v1", "http://[::1]:1"]
)
def test_this_machine_is_never_reached_through_a_proxy(url: str) -> None:
    assert route_to(url, {"http_proxy": PROXY, "https_proxy": PROXY}).proxy is None
    assert route_to(url, {"https_proxy": PROXY}) == DIRECT


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        pytest.param({"http_proxy": PROXY}, "but curl, Python (httpx, urllib) and", id="lower"),
        pytest.param({"HTTP_PROXY": PROXY}, "directly, but Python", id="upper-is-nothing-to-curl"),
        pytest.param({"ALL_PROXY": PROXY}, "of ALL_PROXY, for which this name is", id="all"),
        pytest.param({"http_proxy": "127.0.0.1:7890"}, "of http_proxy.", id="proxy-here"),
        pytest.param({"http_proxy": PROXY, "NO_PROXY": "localhost"}, "", id="named"),
        pytest.param({"http_proxy": PROXY, "NO_PROXY": "127.0.0.1"}, "directly", id="other-name"),
        pytest.param({"http_proxy": PROXY, "NO_PROXY": "localhost:80"}, "no port there", id="port"),
        pytest.param({"https_proxy": PROXY}, "", id="for-https"),
    ],
)
def test_others_ask_a_proxy_for_this_machine(environ: dict[str, str], said: str) -> None:
    doubts = route_to("http://localhost/v1", environ).doubts
    assert len(doubts) == bool(said)
    assert said in "".join(doubt.said for doubt in doubts)
    assert all("into NO_PROXY, which all read: localhost" in doubt.action for doubt in doubts)


def test_a_name_that_only_looks_local_goes_through_the_proxy() -> None:
    assert route_to("http://127.evil.com/v1", {"http_proxy": PROXY}).proxy is not None


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        pytest.param({"HTTPS_PROXY": PROXY}, "", id="plain"),
        pytest.param({"HTTPS_PROXY": PROXY, "https_proxy": PROXY}, "", id="both-the-same"),
        pytest.param(
            {"HTTPS_PROXY": OTHER, "https_proxy": PROXY},
            "take https_proxy (http://proxy.test:3128), Go takes HTTPS_PROXY",
            id="both-differ",
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "https_proxy": ""}, "set and empty: Python", id="empty"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "no_proxy": "a.test", "NO_PROXY": "crossmodel.ai"},
            "only NO_PROXY names the host",
            id="two-lists",
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "no_proxy": "a.test", "NO_PROXY": "b.test"}, "", id="two-alike"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "*.crossmodel.ai"}, "know no star", id="star"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "a.test, *"}, "stands alone", id="star-in-a-list"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": ".api.crossmodel.ai"}, "leading dot", id="own-dot"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "api.crossmodel.ai:443"}, "no port", id="port"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "https://api.crossmodel.ai/"},
            "a host without a scheme",
            id="scheme",
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "a.test crossmodel.ai"}, "commas", id="blanks"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": '"crossmodel.ai"'}, "quotation", id="quotes"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "api.crossmodel.ai/v1"}, "a path", id="path"
        ),
        pytest.param({"HTTPS_PROXY": PROXY, "NO_PROXY": "x.ai/v1 y"}, "", id="another-host"),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "a.test;crossmodel.ai"}, "a semicolon", id="semi"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "a.test|*.crossmodel.ai"}, "a bar", id="bar"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "a.test\ncrossmodel.ai"}, "line ends", id="lines"
        ),
        pytest.param({"HTTPS_PROXY": PROXY, "NO_PROXY": "a.test;b.test"}, "", id="semi-of-others"),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "crossmodel.ai."}, "only curl reads", id="final-dot"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "api.crossmodel.*"}, "in front", id="star-behind"
        ),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "$NO_PROXY,a.test"}, "filled in", id="unfilled"
        ),
        pytest.param({"NO_PROXY": "localhost,[::1]"}, "fails with InvalidURL", id="brackets"),
        pytest.param({"no_proxy": "fd00::/8"}, "fails with InvalidURL", id="range-of-ipv6"),
        pytest.param({"NO_PROXY": "::1,10.0.0.0/8"}, "", id="readable"),
        pytest.param(
            {"Https_Proxy": PROXY}, "Https_Proxy is written in mixed case", id="mixed-case"
        ),
        pytest.param({"Https_Proxy": PROXY, "HTTPS_PROXY": PROXY}, "", id="mixed-case-and-upper"),
        pytest.param({"No_Proxy": "x"}, "No_Proxy is written in mixed", id="mixed-case-list"),
        pytest.param({"Http_Proxy": PROXY}, "", id="mixed-case-for-http"),
        pytest.param({"HTTPS_PROXY": "http://u:a@b@p.test:1"}, "%40", id="at-sign"),
        pytest.param({"HTTPS_PROXY": "http://u:50%off@p.test:1"}, "%25", id="percent"),
    ],
)
def test_what_other_programs_read_differently(environ: dict[str, str], said: str) -> None:
    doubts = route_to(GATEWAY, environ).doubts
    assert len(doubts) == bool(said)
    assert said in "".join(doubt.said for doubt in doubts)
    assert all(doubt.action for doubt in doubts)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        pytest.param({}, "", id="none"),
        pytest.param({"HTTPS_PROXY": PROXY}, "", id="used"),
        pytest.param(
            {"HTTPS_PROXY": PROXY, "NO_PROXY": "crossmodel.ai"},
            'NO_PROXY names the host ("crossmodel.ai"), so the proxy http://proxy.test:3128 of'
            " HTTPS_PROXY is not used",
            id="bypassed",
        ),
        pytest.param(
            {"http_proxy": "http://u:secret@proxy.test:3128"},
            "http_proxy counts for http:// addresses only, so its proxy http://proxy.test:3128 is"
            " not used",
            id="for-http",
        ),
        pytest.param({"NO_PROXY": "crossmodel.ai"}, "", id="only-no-proxy"),
    ],
)
def test_why_a_proxy_that_is_set_is_not_used(environ: dict[str, str], said: str) -> None:
    assert route_to(GATEWAY, environ).why_direct == said


@pytest.mark.parametrize(
    ("listed", "host", "said"),
    [
        pytest.param("10.*", "10.2.3.4", "10.0.0.0/8", id="star"),
        pytest.param("10.2.3.", "10.2.3.4", "10.0.0.0/8", id="beginning"),
        pytest.param("10.0.0.0/8", "10.2.3.4", "no ranges", id="range"),
        pytest.param("[fd00::7]", "[fd00::7]", "without brackets", id="brackets"),
        pytest.param("10.2", "10.20.3.4", "", id="another-address"),
        pytest.param("11.*", "10.2.3.4", "", id="another-star"),
    ],
)
def test_lists_of_addresses(listed: str, host: str, said: str) -> None:
    doubts = route_to(f"https://{host}/v1", {"HTTPS_PROXY": PROXY, "NO_PROXY": listed}).doubts
    assert bool(doubts) == bool(said)
    assert said in "".join(doubt.said for doubt in doubts)


@pytest.mark.parametrize(
    ("value", "is_gateway"),
    [
        pytest.param("https://api.crossmodel.ai", True, id="host"),
        pytest.param("https://API.crossmodel.ai:443/v1", True, id="whole-url"),
        pytest.param("http://api.crossmodel.ai", True, id="http"),
        pytest.param("http://api.crossmodel.ai:3128", False, id="a-proxy-beside-it"),
        pytest.param(PROXY, False, id="a-proxy"),
    ],
)
def test_the_gateway_is_no_proxy(value: str, is_gateway: bool) -> None:  # noqa: FBT001 - a column
    proxy = route_to(GATEWAY, {"HTTPS_PROXY": value}).proxy
    assert proxy is not None
    assert proxy.is_gateway is is_gateway
    assert (proxy.problem is not None) is is_gateway


@settings(deadline=None, max_examples=50)  # the machine may be busy
@given(value=st.text(min_size=1), no_proxy=st.text())
def test_no_value_makes_it_fail(value: str, no_proxy: str) -> None:
    route = route_to(GATEWAY, {"HTTPS_PROXY": value, "NO_PROXY": no_proxy})
    if route.proxy is not None:
        assert "://" in route.proxy.shown
        assert route.proxy.problem is None or route.proxy.problem.endswith(".")
    assert isinstance(route.why_direct, str)
