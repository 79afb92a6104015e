"""What a proxy variable says: the address, the login, and what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.routing.proxies import is_loopback, login_parts, read_proxy

PROXY = "http://proxy.test:3128"

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
    ("value", "shown"),
    [
        pytest.param("proxy.test:3128", "http://proxy.test:3128", id="no-scheme"),
        pytest.param("socks5://p.test:1", "socks5://p.test:1", id="socks"),
        pytest.param("http://u:s3cret@p:1", "http://p:1", id="credentials"),
        pytest.param("http://u:s3@cret@p:1", "http://p:1", id="two-ats"),
        pytest.param("http://u:s3/cret@p:1", "http://p:1", id="slash"),
        pytest.param("u:s3cret@p:1", "http://p:1", id="credentials-without-scheme"),
        pytest.param("http://p:1/?k=s3cret", "http://p:1", id="query"),
        pytest.param("http://u:s3?#c@p:1", "http://p:1", id="mark-inside"),
        pytest.param("http://p:1/path", "http://p:1", id="path"),
        pytest.param("http://[::1", "http://[::1", id="no-url"),
        pytest.param("http://[::1]:8", "http://[::1]:8", id="ipv6"),
        pytest.param("http://p:99999", "http://p:99999", id="no-port"),
        pytest.param("p.test:3128:user:s3cret", "http://…", id="login-behind"),
        pytest.param("http://user:s3cret", "http://…", id="login-alone"),
        pytest.param("http//u:s3cret@p:1", "http://p:1", id="credentials-behind-a-wrong-scheme"),
    ],
)
def test_a_proxy_is_shown_without_its_password(value: str, shown: str) -> None:
    found = read_proxy(value, "HTTPS_PROXY")
    assert found.shown == shown
    assert "s3" not in found.shown + (found.problem or "") + "".join(found.doubts)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(PROXY, None, id="http"),
        pytest.param("https://proxy.test", None, id="https"),
        pytest.param("HTTP://proxy.test:1", None, id="capitals"),
        pytest.param("proxy", None, id="short"),
        pytest.param("10.0.0.1:3128", None, id="address"),
        pytest.param("http://[fd00::1]:3128", None, id="ipv6"),
        pytest.param("http://u:p@proxy.test:1/", None, id="slash-behind"),
        pytest.param("socks4://p:1", "SOCKS 4 is spoken neither here", id="socks4"),
        pytest.param("socks4a://p:1", "SOCKS 4a", id="socks4a"),
        pytest.param("socks5://p:1", "httpx[socks]", id="socks5"),
        pytest.param("socks5h://p:1", "httpx[socks]", id="socks5h"),
        pytest.param("socks://p:1", "SOCKS is not spoken here", id="socks"),
        pytest.param("quic://p:1", "over http or https, not over quic", id="quic"),
        pytest.param("ftp://p:1", "not over ftp", id="ftp"),
        pytest.param("://p:1", "not over nothing", id="no-scheme"),
        pytest.param("http://", "no host in it", id="no-host"),
        pytest.param("http://:3128", "no address", id="only-a-port"),
        pytest.param("http://u:p@", "no host in it", id="only-a-login"),
        pytest.param("http://p:0", "65535", id="port-0"),
        pytest.param("http://p:70000", "65535", id="port-70000"),
        pytest.param("http://p:three", "65535", id="port-letters"),
        pytest.param("http://p:3128:u:x", "65535", id="login-behind"),
        pytest.param("http://a b:1", "no address", id="blank-inside"),
        pytest.param("http://${PROXY}:1", "${PROXY} in it was never filled in", id="unexpanded"),
        pytest.param("$X", "$X in it was never filled in", id="variable"),
        pytest.param("%PROXY%", "%PROXY% in it was never", id="variable-of-windows"),
        pytest.param("http://u:pa$word@p:1", None, id="dollar-in-a-password"),
        *(
            pytest.param(word, "no word in it switches one off", id=f"word-{word}")
            for word in ("none", "None", "NO", "off", "false", "0", "null", "DIRECT", "http://none")
        ),
        pytest.param('""', "no mark in it switches one off", id="quotes-alone"),
        pytest.param("true", "a word or an example", id="another-word"),
        pytest.param("http://proxy.example.com:8080", "a word or an example", id="example"),
        pytest.param("none.test:3128", None, id="a-name-that-begins-so"),
        pytest.param("u:p@direct:1", None, id="a-word-with-a-login"),
        pytest.param("http://[::1", "no address", id="half-a-bracket"),
        pytest.param("http://wpad.test/proxy.pac", "PAC", id="pac"),
        pytest.param("http://wpad.test/wpad.dat", "PAC", id="wpad"),
    ],
)
def test_what_cannot_be_used(value: str, said: str | None) -> None:
    problem = read_proxy(value, "HTTPS_PROXY").problem
    assert (problem is None) if said is None else (problem is not None and said in problem)


@pytest.mark.parametrize(
    ("value", "url", "said"),
    [
        pytest.param(PROXY, PROXY, None, id="as-it-is"),
        pytest.param(f" {PROXY}", PROXY, "blanks or a line end", id="blank"),
        pytest.param(f"{PROXY}\r\n", PROXY, "blanks or a line end", id="line-end"),
        pytest.param(f'"{PROXY}"', PROXY, "quotation marks", id="quotes"),
        pytest.param(f"'{PROXY}", PROXY, "quotation marks", id="one-quote"),
        pytest.param(f"<{PROXY}>", PROXY, "other characters", id="angles"),
        pytest.param("http://u:a#b@p:1", "http://u:a#b@p:1", "# (write %23)", id="hash"),
        pytest.param("http://u:a/b@p:1", "http://u:a/b@p:1", "/ (write %2F)", id="slash"),
        pytest.param("htp://p:1", "http://p:1", "begins with htp://, where http://", id="letter"),
        pytest.param("http:/p:1", "http://p:1", "begins with http:/, where", id="one-slash"),
        pytest.param("http//p:1", "http://p:1", "begins with http//, where", id="no-colon"),
        pytest.param("http:p:1", "http://p:1", "begins with http:, where", id="no-slashes"),
        pytest.param("http;//p:1", "http://p:1", "begins with http;//, where", id="semicolon"),
        pytest.param("http:\\\\p:1", "http://p:1", "begins with http:", id="backslashes"),
        pytest.param("htttps://p:1", "https://p:1", "where https:// belongs", id="https-letter"),
        pytest.param("http://http://p:1", "http://p:1", "begins with 2 schemes", id="twice"),
        pytest.param("http:3128", "http://http:3128", None, id="a-host-of-that-name"),
        pytest.param("http://u:a?b@p:1", "http://u:a?b@p:1", "? (write %3F)", id="question"),
    ],
)
def test_what_is_mended(value: str, url: str, said: str | None) -> None:
    found = read_proxy(value, "HTTPS_PROXY")
    assert found.url == url
    assert found.problem is None
    assert len(found.flaws) == (said is not None)
    assert (said or "") in "".join(found.flaws)


@pytest.mark.parametrize(
    ("value", "login", "host", "port"),
    [
        pytest.param(PROXY, None, "proxy.test", 3128, id="none"),
        pytest.param("http://u:p@h.test", ("u", "p"), "h.test", 80, id="plain"),
        pytest.param("https://u:p@h.test", ("u", "p"), "h.test", 443, id="https"),
        pytest.param("http://u@h.test:1", ("u", ""), "h.test", 1, id="user-only"),
        pytest.param("http://u:p%40q%3A@h.test:1", ("u", "p@q:"), "h.test", 1, id="encoded"),
        pytest.param("http://D%5Cu:p:q@h.test:1", ("D\\u", "p:q"), "h.test", 1, id="domain"),
        pytest.param("http://u:p@q@h.test:1", ("u", "p@q"), "h.test", 1, id="two-ats"),
        pytest.param("http://u:p#q/r@h.test:1", ("u", "p#q/r"), "h.test", 1, id="unescaped"),
        pytest.param("u:p@[fd00::1]:1", ("u", "p"), "fd00::1", 1, id="ipv6"),
    ],
)
def test_its_parts(value: str, login: tuple[str, str] | None, host: str, port: int) -> None:
    found = read_proxy(value, "HTTPS_PROXY")
    assert (found.login, found.host, found.port) == (login, host, port)


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        pytest.param("http://user:s3cret@p:1", {"s3cret", "user:s3cret"}, id="password"),
        pytest.param("user:s3cret@p:1", {"s3cret", "user:s3cret"}, id="no-scheme"),
        pytest.param("http://user:s3%40x@p:1", {"s3@x", "s3%40x", "user:s3@x"}, id="encoded"),
        pytest.param("http://t0ken@p:1", {"t0ken"}, id="user-only"),
        pytest.param("http://t0ken:@p:1", {"t0ken"}, id="user-and-colon"),
        pytest.param("http://user:s3#/?x@p:1", {"s3#/?x"}, id="special"),
        pytest.param("http:/user:s3cret@p:1", {"s3cret"}, id="one-slash"),
        pytest.param("http//user:s3cret@p:1", {"s3cret"}, id="no-colon"),
        pytest.param("https://p:1/v1", set(), id="none"),
        pytest.param("/home/me@corp/ca.pem", set(), id="a-path"),
        pytest.param("", set(), id="empty"),
    ],
)
def test_what_is_secret_in_it(value: str, secret: set[str]) -> None:
    parts = set(login_parts(value))
    assert secret <= parts
    assert bool(secret) == bool(parts)


@settings(deadline=None, max_examples=50)
@given(
    login=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=6, max_size=12),
    ending=st.sampled_from(["@p.test:1", "@[::1]:1", "@p.test", "@"]),
)
def test_a_login_is_never_shown(login: str, ending: str) -> None:
    found = read_proxy(f"http://user:{login}{ending}", "HTTPS_PROXY")
    told = " ".join([found.shown, found.problem or "", *found.flaws, *found.doubts])
    assert login.strip() not in told or len(login.strip()) < 6
