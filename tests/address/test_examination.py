"""The base URL as it was found: what is wrong with it, and where the requests go instead."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.address import PUBLIC_BASE_URL, examine, secrets_in, shown
from cmtool.catalog import ROWS
from cmtool.errors import ExitCode
from cmtool.routing.proxies import is_loopback

WHERE = "CROSSMODEL_API_URL"
PUBLIC = "https://api.crossmodel.ai/v1"

GOOD = (
    pytest.param(PUBLIC, PUBLIC, "https, API host, one /v1", id="public"),
    pytest.param(f"{PUBLIC}/", PUBLIC, "https, API host, one /v1", id="slash-at-the-end"),
    pytest.param("HTTPS://API.CrossModel.ai/v1", PUBLIC, "API host", id="capitals"),
    pytest.param("https://api.crossmodel.ai:443/v1", None, "API host", id="port"),
    pytest.param("https://gw.test/v1", None, "host gw.test instead of api.cross", id="other-host"),
    pytest.param("https://gw.test/llm/v1", None, "host gw.test", id="path-in-front"),
    pytest.param("http://127.0.0.1:8080/v1", None, "http, this machine", id="loopback"),
    pytest.param("http://localhost:8080/v1", None, "http, this machine", id="localhost"),
    pytest.param("http://[::1]:8080/v1", None, "http, this machine", id="ipv6-loopback"),
    pytest.param("http://[::ffff:127.0.0.1]/v1", None, "http, this machine", id="ipv4-in-ipv6"),
    pytest.param("https://[2001:db8::1]/v1", None, "host 2001:db8::1", id="ipv6"),
    pytest.param("https://10.0.0.7:8443/v1", None, "host 10.0.0.7", id="address"),
    pytest.param("https://my_gw.internal/v1", None, "host my_gw.internal", id="underscore"),
    pytest.param("https://gateway/v1", None, "host gateway", id="no-dot"),
    pytest.param("https://crossmodel.acme.com/v1", None, "host crossmodel.acme.com", id="mirror"),
    pytest.param("https://crossmodel.lan/v1", None, "host crossmodel.lan", id="private-mirror"),
    pytest.param("https://s3.amazonaws.com/v1", None, "host s3.amazonaws", id="own-host-at-amazon"),
    pytest.param("https://gw.test/@team/v1", None, "host gw.test", id="at-sign-in-the-path"),
    pytest.param("https://gw.test/me@corp/v1", None, "host gw.test", id="mail-in-the-path"),
    pytest.param("https://gw.test/cm-models/v1", None, "host gw.test", id="path-like-a-key"),
    pytest.param(
        "https://gateway.münchen.test/v1",
        "https://gateway.xn--mnchen-3ya.test/v1",
        "host gateway.xn--mnchen-3ya.test",
        id="name-in-another-script",
    ),
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
    ("two-slashes", f"{PUBLIC}//", PUBLIC, "slash is doubled"),
    ("two-slashes-in-front", "https://api.crossmodel.ai//v1", PUBLIC, "slash is doubled"),
    ("another-version", "https://api.crossmodel.ai/v2", PUBLIC, "It ends in /v2"),
    ("version-with-a-point", f"{PUBLIC}.0", PUBLIC, "It ends in /v1.0"),
    ("version-with-an-l", "https://api.crossmodel.ai/vl", PUBLIC, "It ends in /vl"),
    ("beta", f"{PUBLIC}-beta", PUBLIC, "It ends in /v1-beta"),
    (
        "endpoint-twice",
        f"{PUBLIC}/chat/completions/chat/completions/",
        PUBLIC,
        "(/chat/completions/chat/completions) is pasted",
    ),
    ("another-version-elsewhere", "https://gw.test/x/v2", "https://gw.test/x/v1", "ends in /v2"),
    ("api", "https://api.crossmodel.ai/api/v1", PUBLIC, "no path /api"),
    ("odd-characters", "https://gw.test/a^b/v1", "https://gw.test/a%5Eb/v1", "has to escape"),
    ("no-utf-8", "https://gw.test/a\udcff/v1", "https://gw.test/a%ED%B3%BF/v1", "has to escape"),
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
    ("beta", "https://gw.test/v1beta", "https://gw.test/v1", "It ends in /v1beta"),
    ("beta-in-front", "https://gw.test/v1beta/v1/x", "https://gw.test/v1beta/v1", "not in /v1"),
    ("loopback", "http://127.0.0.1:8080", "http://127.0.0.1:8080/v1", "/v1 is missing"),
)
INSECURE = (
    ("http", "http://api.crossmodel.ai/v1", PUBLIC, "named with http"),
    ("http-port-80", "http://api.crossmodel.ai:80/v1", PUBLIC, "named with http"),
    ("http-other-port", "http://gw.test:8080/v1", "https://gw.test:8080/v1", "named with http"),
    ("http-private", "http://10.0.0.7/v1", "https://10.0.0.7/v1", "over http to this machine only"),
    ("http-looks-local", "http://127.evil.com/v1", "https://127.evil.com/v1", "named with http"),
    (
        "http-local-child",
        "http://localhost.evil.com/v1",
        "https://localhost.evil.com/v1",
        "with http",
    ),
    ("http-and-no-path", "http://api.crossmodel.ai", PUBLIC, "/v1 is missing"),
    ("http-website", "http://crossmodel.ai/v1", PUBLIC, "serves the website"),
    ("http-port-443", "http://api.crossmodel.ai:443/v1", PUBLIC, "named with http"),
    (
        "docker",
        "http://host.docker.internal:1/v1",
        "https://host.docker.internal:1/v1",
        "container",
    ),
    ("compose", "http://gateway:8080/v1", "https://gateway:8080/v1", "to containers only"),
)
HOSTS = (
    ("website", "https://crossmodel.ai/v1", PUBLIC, "crossmodel.ai serves the website"),
    ("docs", "https://www.crossmodel.ai/docs/errors", PUBLIC, "serves the documentation"),
    ("console", "https://crossmodel.ai/console", PUBLIC, "serves the console"),
    ("www-final-dot", "https://www.crossmodel.ai./v1", PUBLIC, "serves the website"),
    ("final-dot", "https://api.crossmodel.ai./v1", PUBLIC, "A dot stands at the end"),
    ("dash", "https://api-crossmodel.ai/v1", PUBLIC, "typing error"),
    ("name-with-dash", "https://api.cross-model.ai/v1", PUBLIC, "typing error"),
    ("plural", "https://api.crossmodels.ai/v1", PUBLIC, "typing error"),
    ("com", "https://api.crossmodel.com/v1", PUBLIC, "typing error"),
    ("bare-com", "https://crossmodel.com/v1", PUBLIC, "typing error"),
    ("two-tops", "https://api.crossmodel.ai.com/v1", PUBLIC, "typing error"),
    ("no-top", "https://api.crossmodel/v1", PUBLIC, "typing error"),
    ("port-80", "https://api.crossmodel.ai:80/v1", PUBLIC, "80 is the port of plain http"),
    ("other-port", "https://api.crossmodel.ai:8443/v1", PUBLIC, "is asked at 443"),
    ("everywhere", "http://0.0.0.0:8080/v1", "http://127.0.0.1:8080/v1", "listens everywhere"),
    ("everywhere-ipv6", "http://[::]:8080/v1", "http://127.0.0.1:8080/v1", "listens everywhere"),
    ("typing-error", "https://api.crosmodel.ai/v1", PUBLIC, "typing error"),
    ("swapped", "https://api.corssmodel.ai/v1", PUBLIC, "typing error"),
    ("ap", "https://ap.crossmodel.ai/v1", PUBLIC, "typing error"),
    ("io", "https://api.crossmodel.io/v1", PUBLIC, "typing error"),
)
INVALID_BUT_MENDED = (
    ("full-stop", f"{PUBLIC}.", PUBLIC, 'Behind its path stands "."'),
    ("full-stop-elsewhere", "https://gw.test/v1.", "https://gw.test/v1", 'stands "."'),
    ("bracket-behind", f"{PUBLIC})", PUBLIC, 'Behind its path stands ")"'),
    ("colon-behind", f"{PUBLIC}:", PUBLIC, 'Behind its path stands ":"'),
    ("blank-escaped", f"{PUBLIC}%20", PUBLIC, 'Behind its path stands "%20"'),
    ("dot-segment", f"{PUBLIC}/.", PUBLIC, 'Behind its path stands "."'),
    ("no-scheme", "api.crossmodel.ai/v1", PUBLIC, "lacks the https://"),
    ("no-scheme-no-path", "api.crossmodel.ai", PUBLIC, "lacks the https://"),
    ("no-scheme-local", "localhost:8080/v1", "http://localhost:8080/v1", "lacks the http://"),
    ("quotes", f'"{PUBLIC}"', PUBLIC, "no part of it"),
    ("curly-quotes", f"“{PUBLIC}”", PUBLIC, "no part of it"),
    ("angle-brackets", f"<{PUBLIC}>", PUBLIC, "no part of it"),
    ("line-end", f"{PUBLIC}\r\n", PUBLIC, "no part of it"),
    ("no-break-space", f"{PUBLIC}\xa0", PUBLIC, "no part of it"),
    ("zero-width", f"{PUBLIC}\u200b", PUBLIC, "no part of it"),
    ("bom", f"\ufeff{PUBLIC}", PUBLIC, "no part of it"),
    ("comma", f"{PUBLIC},", PUBLIC, "no part of it"),
    ("scheme-twice", f"https://{PUBLIC}", PUBLIC, "2 schemes: https://https://"),
    ("scheme-half-twice", f"https:{PUBLIC}", PUBLIC, "2 schemes"),
    ("one-slash", "https:/api.crossmodel.ai/v1", PUBLIC, "begins with https:/,"),
    ("three-slashes", "https:///api.crossmodel.ai/v1", PUBLIC, "begins with https:///,"),
    ("no-colon", "https//api.crossmodel.ai/v1", PUBLIC, "begins with https//,"),
    ("semicolon", "https;//api.crossmodel.ai/v1", PUBLIC, "begins with https;//"),
    ("misspelt", "htps://api.crossmodel.ai/v1", PUBLIC, "where https:// belongs"),
    ("misspelt-local", "htp://localhost:80/v1", "http://localhost:80/v1", "where http:// belongs"),
    ("web-socket", "wss://api.crossmodel.ai/v1", PUBLIC, "begins with wss://"),
    ("backslashes", "https:\\\\api.crossmodel.ai\\v1", PUBLIC, "backslash"),
    ("port-zero", "https://api.crossmodel.ai:0/v1", PUBLIC, "names 0 for its port"),
    ("port-too-large", "https://api.crossmodel.ai:99999/v1", PUBLIC, "names 99999 for its port"),
    ("port-a-word", "https://api.crossmodel.ai:x/v1", PUBLIC, "names x for its port"),
    ("markdown", f"[the gateway]({PUBLIC})", PUBLIC, "in a text that is no part"),
    ("markdown-twice", f"[{PUBLIC}]({PUBLIC})", PUBLIC, "in a text that is no part"),
    ("assignment", f'export X="{PUBLIC}"', PUBLIC, "in a text that is no part"),
    ("header-injection", f"{PUBLIC}\nX-Evil: 1", PUBLIC, "in a text that is no part"),
    ("same-twice", f"{PUBLIC},{PUBLIC}/", PUBLIC, "holds 2 addresses"),
    ("inner-blank", "https://api. crossmodel.ai/v1", PUBLIC, "Character 13 is a blank"),
    ("inner-nothing", "https://api.cross\u200bmodel.ai/v1", PUBLIC, "18 is a zero width space"),
    ("nul", "https://api.crossmodel.ai/\x00v1", PUBLIC, "Character 27 is a NUL byte"),
    ("percent", "https%3A%2F%2Fapi.crossmodel.ai%2Fv1", PUBLIC, "percent-encoded"),
    ("cyrillic", "https://\u0430pi.crossmodel.ai/v1", PUBLIC, "9 is a cyrillic small letter a"),
    ("accent", "https://api.cr\xf6ssmodel.ai/v1", PUBLIC, "only looks like api.crossmodel.ai"),
    ("punycode", "https://api.xn--crssmodel-27a.ai/v1", PUBLIC, "only looks like"),
    ("fullwidth", "https\uff1a\uff0f\uff0fapi.crossmodel.ai/v1", PUBLIC, "fullwidth colon"),
    ("ipv6", "https://2001:db8::1/v1", "https://[2001:db8::1]/v1", "belongs in brackets"),
    ("ipv6-port", "http://::1:8080/v1", "http://[::1]:8080/v1", "belongs in brackets"),
    ("key-in-the-path", "https://api.crossmodel.ai/cm-p4ss0123456789/v1", PUBLIC, "A key stands"),
    ("key-in-the-query", f"{PUBLIC}?api_key=cm-p4ss0123456789", PUBLIC, "behind the path"),
    ("key-as-user", "https://cm-p4ss0123456789@api.crossmodel.ai/v1", PUBLIC, "user name or"),
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
    assert f"Set {WHERE} to {base_url}." in verdict.finding.actions[:2]
    told = " ".join(verdict.finding.evidence)
    assert said in told
    assert f"For this run {base_url} was used" in told
    assert "p4ss" not in told


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param("  ", "nothing but blanks", id="blank"),
        pytest.param('""', "nothing but blanks, quotes", id="quotes-alone"),
        pytest.param("crossmodel", "is no address", id="word"),
        pytest.param("the gateway", "is the gateway, which is no address", id="words"),
        pytest.param("${CROSSMODEL_API_URL}", "holds ${CROSSMODEL_API_URL}", id="variable"),
        pytest.param("https://$HOST/v1", "holds $HOST, which was never", id="variable-inside"),
        pytest.param("%GATEWAY_URL%", "%GATEWAY_URL%, which was never", id="variable-windows"),
        pytest.param("{{ base_url }}", "holds {{ base_url }}", id="template"),
        pytest.param("https://<host>/v1", "holds <host>, which was", id="placeholder"),
        pytest.param("https://your-gateway/v1", "stand-in of an example", id="example"),
        pytest.param("https://api.example.com/v1", "stand-in of an example", id="example-domain"),
        pytest.param("undefined", "stand-in of an example", id="undefined"),
        pytest.param("https://u:p4ss@xxxx//a", "stand-in of an example", id="behind-a-login"),
        pytest.param("https://", "is https://, without a host", id="no-host"),
        pytest.param("https:///v1", "has no host", id="empty-host"),
        pytest.param("ftp://api.crossmodel.ai/v1", "begins with ftp:", id="another-scheme"),
        pytest.param("javascript:alert(1)", "begins with javascript:", id="script"),
        pytest.param("file:///etc/passwd", "a path and no address", id="file"),
        pytest.param("/etc/gateway.conf", "a path and no address", id="path"),
        pytest.param("C:\\keys\\url.txt", "a path and no address", id="windows-path"),
        pytest.param("https://gw.test:0/v1", "names 0 for its port", id="port-zero"),
        pytest.param("https://gw.test:70000/v1", "names 70000 for its port", id="port-too-large"),
        pytest.param("https://gw.test:PORT/v1", "names PORT for its port", id="port-a-word"),
        pytest.param("https://gw.test:/v1", "nothing behind the colon", id="port-missing"),
        pytest.param("https://api..crossmodel.ai/v1", "no host name", id="two-dots"),
        pytest.param("https://256.1.1.1/v1", "no IP address", id="ip-too-large"),
        pytest.param("http://127.1/v1", "no IP address", id="ip-short"),
        pytest.param("https://[::1/v1", "no IPv6 address in brackets", id="bracket-open"),
        pytest.param("https://2001:db8::g/v1", "host and port, which is", id="ipv6-misspelt"),
        pytest.param("https://x.exa\nmple/v1", "character 14 is a line feed", id="line-end"),
        pytest.param("https://gw.te st/v1", "character 14 is a blank", id="blank-in-the-host"),
        pytest.param("https://gw.test is it", "character 16 is a blank", id="words-behind"),
        pytest.param(f"{PUBLIC} https://gw.test/v1", "holds 2 addresses", id="two-blank"),
        pytest.param(f"{PUBLIC},gw.test/v1", "holds 2 addresses", id="two-comma"),
        pytest.param(f"{PUBLIC}/{'x' * 3000}", "3,029 characters long", id="long"),
        pytest.param("cm-p4ss0123456789abc", "looks like a key", id="key"),
        pytest.param("https://cm-p4ss0123456789/v1", "looks like a key", id="key-for-a-host"),
        pytest.param("sk-proj-p4ss0123456789", "looks like a key", id="key-of-another"),
        pytest.param("htt9s://sk_p4ss0123ß", "looks like a key", id="key-once-mended"),
        pytest.param("https://u:p4ss/x@gw.test/v1", "user name or password", id="open-login"),
        pytest.param("https://u:p4ss w@gw.test/v1", "user name or password", id="blank-in-login"),
        pytest.param("u:p4ss@gw.test/v1", "user name or password", id="login-without-scheme"),
        pytest.param("https://u:p4ss@gw.test:x/v1", "behind the user name", id="login-and-port"),
        pytest.param("u:p4ss@https://gw.test/v1", "behind the user name", id="login-and-scheme"),
        pytest.param("https://gw.test/u:p4ss@gw.test", "user name or pass", id="login-in-path"),
        pytest.param("https://gw.test/u:p4ss@a/b@c", "user name or pass", id="login-in-two-parts"),
        pytest.param("u@gw.test/u:p4ss@gw.test", "user name or pass", id="two-logins"),
        pytest.param("s@x//p4s:p4ss@gw.test", "user name or pass", id="one-ends-as-another"),
        pytest.param("@https://u:p4ss@gw.test", "user name or pass", id="login-and-nothing"),
        pytest.param("https://gw//p4ss@gw.test/v1", "user name or pass", id="token-behind-a-host"),
        pytest.param("https://https:/gw//a.test/v1@g1", "user name or pass", id="mended-into"),
        pytest.param("https://[fe80::1%]x]/v1", "no IPv6 address in brackets", id="ipv6-zone"),
        pytest.param("http://[fe80::1%25eth0]:80/v1", "a network card", id="network-card"),
        pytest.param("http://[fe80::1%eth0]/v1", "a network card", id="network-card-bare"),
        pytest.param("https://fe80::1%1:70000/v1", "70000 for its port", id="ipv6-port-too-large"),
    ],
)
def test_what_is_no_address_is_used_for_nothing(raw: str, said: str) -> None:
    verdict = examine(raw, WHERE)
    assert verdict.base_url is None
    assert verdict.finding is not None
    assert verdict.finding.id == "base_url_invalid"
    assert said in verdict.finding.evidence[0]
    assert verdict.finding.evidence[0].startswith(WHERE)
    assert "p4ss" not in f"{verdict.finding} {verdict.shown}"


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
        pytest.param("gw.test/https://me:p4ss@gw.test/v1", id="behind-a-path"),
        pytest.param("https://gw.test/v1?https://me:p4ss@gw.test/v1", id="in-the-query"),
    ],
)
def test_a_login_is_told_nowhere(raw: str) -> None:
    verdict = examine(raw, WHERE)
    assert verdict.finding is not None
    assert verdict.finding.id == "base_url_invalid"
    assert "p4ss" not in f"{verdict.finding} {verdict.shown} {verdict.base_url}"


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
        pytest.param("https://x.openai.azure.com/openai", "Microsoft (Azure OpenAI)", id="azure"),
        pytest.param(
            "https://bedrock-runtime.us-east-1.amazonaws.com", "Amazon Web Services", id="bedrock"
        ),
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


@pytest.mark.parametrize(
    ("where", "first"),
    [
        pytest.param("--base-url", f"Give --base-url {PUBLIC}, or leave it out", id="option"),
        pytest.param(WHERE, f"Set {WHERE} to {PUBLIC}.", id="variable"),
    ],
)
def test_only_our_own_variable_is_ready_to_export(where: str, first: str) -> None:
    found = examine("https://api.crossmodel.ai", where, "a/b").finding
    assert found is not None
    assert found.actions[0].startswith(first)
    assert found.commands == (
        f"export CROSSMODEL_API_URL={PUBLIC}",
        "cmtool doctor a/b",
    )


def test_the_lines_name_the_host_of_this_run() -> None:
    found = examine("http://127.0.0.1:8080", WHERE).finding
    assert found is not None
    assert "export CROSSMODEL_API_URL=http://127.0.0.1:8080/v1" in found.commands


def test_a_container_is_told_where_plain_http_is_allowed() -> None:
    found = examine("http://host.docker.internal:8080/v1", WHERE).finding
    assert found is not None
    assert "in a container that shares its network" in found.actions[0]


def test_a_key_is_sent_to_where_keys_belong() -> None:
    found = examine("cm-p4ss0123456789abc", WHERE).finding
    assert found is not None
    assert found.actions[0].startswith("Put the key into CROSSMODEL_API_KEY")


@pytest.mark.parametrize(
    ("raw", "secrets"),
    [
        pytest.param(PUBLIC, (), id="none"),
        pytest.param("https://u:p4ss@gw.test", ("u:p4ss", "p4ss"), id="password"),
        pytest.param("https://u:p%404@gw.test", ("u:p%404", "u:p@4", "p%404", "p@4"), id="escaped"),
        pytest.param("https://u:a/b c@gw.test", ("u:a/b c", "a/b c"), id="not-escaped"),
        pytest.param("https://only-user@gw.test", ("only-user",), id="user-alone"),
        pytest.param("https://gw.test/@team/v1", (), id="at-sign-in-the-path"),
        pytest.param("https://gw.test/v1?token=abc&x=1", ("abc",), id="query"),
        pytest.param("https://gw.test/cm-0123456789ab/v1", ("cm-0123456789ab",), id="path"),
        pytest.param("cm-without-a-digit", ("cm-without-a-digit",), id="whole"),
        pytest.param("u:p4ss@gw.test", ("u:p4ss", "p4ss"), id="no-scheme"),
    ],
)
def test_what_is_secret_is_known_and_not_shown(raw: str, secrets: tuple[str, ...]) -> None:
    assert secrets_in(raw) == secrets
    assert not any(secret in shown(raw) for secret in secrets)


@settings(deadline=None)
@given(st.text("abc:/@?#.%1-= ", max_size=40), st.text("abc:/?#.%1-=", min_size=4, max_size=12))
def test_a_password_is_never_shown(before: str, password: str) -> None:
    raw = f"{before}https://user:Pa{password}ss@gw.test/v1"
    verdict = examine(raw, WHERE)
    assert f"Pa{password}ss" not in f"{verdict.finding} {verdict.shown} {verdict.base_url}"
