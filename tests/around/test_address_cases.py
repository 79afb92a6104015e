"""Base URLs of every wrong kind, put to the whole doctor: which one, what is meant, what is asked.

No name but that of this machine is looked up here; which others were meant to be is kept.
"""

from __future__ import annotations

import shlex
import socket
from typing import Any

import pytest

from tests.around.conftest import KEY, Diagnosed, Doctor
from tests.around.servers import free_port
from tests.cli.conftest import Served

PUBLIC = "https://api.crossmodel.ai/v1"
API = "api.crossmodel.ai"
CANARY = "pass-canary-77"
STRAY = "cm-stray-canary-0011223344"
LOCAL = frozenset({"127.0.0.1", "localhost", "::1", "localhost."})


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that were looked up, none of which is known."""
    asked: set[str] = set()
    real = socket.getaddrinfo

    def lookup(host: str | bytes | None, *more: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host or ""
        if name in LOCAL:
            return real(host, *more, **options)
        asked.add(name)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def diagnosed(told: Diagnosed, identifier: str, said: str) -> dict[str, Any]:
    assert (told.id, told.exit_code) == (identifier, 3)
    assert said in told.prose
    diagnosis: dict[str, Any] = told.report["diagnosis"]
    assert any(said in fact for fact in diagnosis["evidence"])
    return diagnosis


MEANT = (
    ("no-version", f"https://{API}", "base_url_path", "/v1 is missing at its end"),
    ("twice", f"{PUBLIC}/v1", "base_url_path", "/v1 stands in it 2 times"),
    ("capital", f"https://{API}/V1", "base_url_path", "It ends in /V1"),
    ("another-version", f"https://{API}/v2", "base_url_path", "It ends in /v2"),
    ("api", f"https://{API}/api/v1", "base_url_path", "The API has no path /api"),
    ("chat", f"{PUBLIC}/chat/completions", "base_url_path", "(/chat/completions) is pasted"),
    ("chat-no-version", f"https://{API}/chat/completions", "base_url_path", "(/chat/comp"),
    ("responses", f"{PUBLIC}/responses", "base_url_path", "(/responses) is pasted"),
    ("messages", f"https://{API}/messages", "base_url_path", "(/messages) is pasted"),
    ("models", f"{PUBLIC}/models", "base_url_path", "(/models) is pasted"),
    ("one-model", f"{PUBLIC}/models/openai%2Fgpt-5.5", "base_url_path", "(/models/openai%2F"),
    ("credits", f"{PUBLIC}/credits", "base_url_path", "(/credits) is pasted"),
    ("usage", f"https://{API}/usage/", "base_url_path", "(/usage) is pasted"),
    ("slashes", f"https://{API}//v1", "base_url_path", "A slash is doubled"),
    ("website", "https://crossmodel.ai/v1", "base_url_host", "serves the website"),
    ("console", "https://crossmodel.ai/console/api-keys", "base_url_host", "serves the console"),
    ("docs", "https://www.crossmodel.ai/docs", "base_url_host", "serves the documentation"),
    ("http", f"http://{API}/v1", "base_url_insecure", "is named with http"),
    ("http-443", f"http://{API}:443/v1", "base_url_insecure", "is named with http"),
    ("swapped", "https://api.corssmodel.ai/v1", "base_url_host", "a typing error for api."),
    ("missing-letter", "https://api.crosmodel.ai/v1", "base_url_host", "a typing error for api."),
    ("doubled-letter", "https://api.crossmoddel.ai/v1", "base_url_host", "a typing error"),
    ("com", "https://api.crossmodel.com/v1", "base_url_host", "a typing error"),
    ("dash", "https://api-crossmodel.ai/v1", "base_url_host", "a typing error"),
    ("name-with-dash", "https://api.cross-model.ai/v1", "base_url_host", "a typing error"),
    ("plural", "https://api.crossmodels.ai/v1", "base_url_host", "a typing error"),
    ("final-dot", f"https://{API}./v1", "base_url_host", "A dot stands at the end"),
    ("website-final-dot", "https://crossmodel.ai./v1", "base_url_host", "serves the website"),
    ("port-0", f"https://{API}:0/v1", "base_url_invalid", "names 0 for its port"),
    ("port-70000", f"https://{API}:70000/v1", "base_url_invalid", "names 70000 for its port"),
    ("port-letters", f"https://{API}:port/v1", "base_url_invalid", "names port for its port"),
    ("port-80", f"https://{API}:80/v1", "base_url_host", "80 is the port of plain http"),
    ("wss", f"wss://{API}/v1", "base_url_invalid", "It begins with wss://"),
    ("misspelt-scheme", f"htps://{API}/v1", "base_url_invalid", "It begins with htps://"),
    ("no-colon", f"https//{API}/v1", "base_url_invalid", "It begins with https//"),
    ("one-slash", f"https:/{API}/v1", "base_url_invalid", "It begins with https:/,"),
    ("scheme-twice", f"https:https://{API}/v1", "base_url_invalid", "2 schemes: https:https://"),
    ("backslashes", f"http:\\\\{API}\\v1", "base_url_invalid", "It begins with http:\\\\"),
    ("no-scheme", f"{API}/v1", "base_url_invalid", "lacks the https:// in front"),
    ("login", f"https://user:{CANARY}@{API}/v1", "base_url_invalid", "user name or password"),
    ("token", f"https://{CANARY}@{API}/v1", "base_url_invalid", "user name or password"),
    ("query-key", f"{PUBLIC}?api_key={STRAY}", "base_url_invalid", "Something stands behind"),
    ("path-key", f"https://{API}/{STRAY}/v1", "base_url_invalid", "A key stands in its path"),
    ("blanks", f" {PUBLIC} ", "base_url_invalid", "a blank on either side"),
    ("line-end", f"{PUBLIC}\n", "base_url_invalid", "in front of a line feed"),
    ("inner-blank", f"https://{API} /v1", "base_url_invalid", "Character 26 is a blank"),
    ("quotes", f"'{PUBLIC}'", "base_url_invalid", "an apostrophe (U+0027) on either side"),
    ("angle-brackets", f"<{PUBLIC}>", "base_url_invalid", "between a less-than sign"),
    ("markdown", f"[{PUBLIC}]({PUBLIC})", "base_url_invalid", "in a text that is no part of it"),
    ("assignment", f"CROSSMODEL_API_URL={PUBLIC}", "base_url_invalid", "in a text that is no"),
    ("command", f"curl {PUBLIC}/models -H 'Bearer {STRAY}'", "base_url_invalid", "in a text"),
    ("invisible", "https://api.cross\u200bmodel.ai/v1", "base_url_invalid", "zero width space"),
    ("cyrillic", "https://api.\u0441rossmodel.ai/v1", "base_url_invalid", "Character 13 is a cyr"),
    ("accent", "https://api.cr\xf6ssmodel.ai/v1", "base_url_invalid", "o with diaeresis (U+00F6)"),
    ("same-twice", f"{PUBLIC},{PUBLIC}/", "base_url_invalid", "It holds 2 addresses"),
)


@pytest.mark.parametrize(
    ("raw", "identifier", "said"), [pytest.param(*case, id=name) for name, *case in MEANT]
)
def test_the_public_gateway_was_meant(
    doctor: Doctor, names: set[str], raw: str, identifier: str, said: str
) -> None:
    told = doctor(secrets=(CANARY, STRAY), CROSSMODEL_API_URL=raw)
    diagnosis = diagnosed(told, identifier, said)
    assert names == {API}
    assert told.report["target"]["base_url"] == PUBLIC
    assert diagnosis["actions"][0] == f"Set CROSSMODEL_API_URL to {PUBLIC}."
    assert diagnosis["commands"] == [
        f"export CROSSMODEL_API_URL={PUBLIC}",
        "cmtool doctor",
    ]


REFUSED = (
    ("blank-option", "  ", "base_url_invalid", "nothing but blanks"),
    ("word", "gateway", "base_url_invalid", "is gateway, which is no address"),
    ("ftp", f"ftp://{API}/v1", "base_url_invalid", "begins with ftp:"),
    ("port-70000", "https://gw.test:70000/v1", "base_url_invalid", "names 70000 for its port"),
    ("port-letters", "https://gw.test:PORT/v1", "base_url_invalid", "names PORT for its port"),
    ("variable", "${GATEWAY_URL}", "base_url_invalid", "holds ${GATEWAY_URL}, which was never"),
    ("template", "https://{{ host }}/v1", "base_url_invalid", "holds {{ host }}, which was"),
    ("placeholder", "https://<host>/v1", "base_url_invalid", "holds <host>, which was never"),
    ("example", "https://your-gateway/v1", "base_url_invalid", "the stand-in of an example"),
    ("ip", "https://256.1.1.1/v1", "base_url_invalid", "256.1.1.1, which is no IP address"),
    ("open-bracket", "https://[::1/v1", "base_url_invalid", "no IPv6 address in brackets"),
    ("file", "/etc/gateway.conf", "base_url_invalid", "a path and no address"),
    ("windows-file", "C:\\gateway\\url.txt", "base_url_invalid", "a path and no address"),
    ("key", STRAY, "base_url_invalid", "looks like a key, not an address"),
    ("key-of-another", "sk-proj-stray0011223344", "base_url_invalid", "looks like a key, not"),
    ("key-as-host", f"https://{STRAY}/v1", "base_url_invalid", "looks like a key, not"),
    ("long", f"{PUBLIC}/{'x' * 5000}", "base_url_invalid", "5,029 characters long"),
    ("two", f"{PUBLIC},https://gw.test/v1", "base_url_invalid", "holds 2 addresses"),
    ("two-blank", f"{PUBLIC} https://gw.test/v1", "base_url_invalid", "holds 2 addresses"),
    ("open-login", f"https://u:{CANARY}/x@gw.test/v1", "base_url_invalid", "user name or pass"),
    ("broken", "https://gw.te\nst/v1", "base_url_invalid", "character 14 is a line feed"),
    ("openai", "https://api.openai.com/v1", "base_url_host", "which belongs to OpenAI"),
    ("anthropic", "https://api.anthropic.com", "base_url_host", "which belongs to Anthropic"),
    ("openrouter", "openrouter.ai/api/v1", "base_url_host", "which belongs to OpenRouter"),
)


@pytest.mark.parametrize(
    ("raw", "identifier", "said"), [pytest.param(*case, id=name) for name, *case in REFUSED]
)
def test_nothing_is_asked(
    doctor: Doctor, names: set[str], raw: str, identifier: str, said: str
) -> None:
    told = doctor("--base-url", raw, secrets=(CANARY, STRAY, "sk-proj-stray0011223344"))
    diagnosis = diagnosed(told, identifier, said)
    assert names == set()
    assert told.report["exchanges"] == []
    assert diagnosis["evidence"][0].startswith("--base-url ")
    assert diagnosis["commands"][-1] == "cmtool doctor"
    assert len(told.page) < 5000


def test_a_key_in_place_of_the_address_belongs_elsewhere(doctor: Doctor) -> None:
    told = doctor(secrets=(STRAY,), CROSSMODEL_API_URL=STRAY)
    assert told.report["diagnosis"]["actions"][0].startswith("Put the key into CROSSMODEL_API_KEY")
    assert told.report["target"]["base_url"] == "…"


ELSEWHERE = (
    ("http-mirror", "http://llm.acme.corp/v1", "llm.acme.corp", "is named with http"),
    ("docker", "http://host.docker.internal:8080/v1", "host.docker.internal", "shares its network"),
    ("compose", "http://gateway:8080/v1", "gateway", "known to containers only"),
    ("mirror-no-version", "https://llm.acme.corp/api", "llm.acme.corp", "/v1 is missing"),
    ("punycode", "gateway.m\xfcnchen.test/v1", "gateway.xn--mnchen-3ya.test", "lacks the https"),
    ("ipv6", "https://2001:db8::1/v1", "2001:db8::1", "belongs in brackets"),
)


@pytest.mark.parametrize(
    ("raw", "host", "said"), [pytest.param(*case, id=name) for name, *case in ELSEWHERE]
)
def test_a_host_of_the_users_own_is_asked_over_https(
    doctor: Doctor, names: set[str], raw: str, host: str, said: str
) -> None:
    told = doctor(CROSSMODEL_API_URL=raw)
    assert said in told.prose
    assert names == {host}
    base_url = told.report["target"]["base_url"]
    assert base_url.startswith("https://")
    line = f"export CROSSMODEL_API_URL={shlex.quote(base_url)}"
    assert line in told.report["diagnosis"]["commands"]


@pytest.mark.parametrize(
    ("form", "identifier", "said"),
    [
        pytest.param("http://127.0.0.1:{}", "base_url_path", "/v1 is missing", id="no-version"),
        pytest.param("http://127.0.0.1:{}/v1/v1", "base_url_path", "2 times", id="twice"),
        pytest.param("127.0.0.1:{}/v1", "base_url_invalid", "lacks the http://", id="no-scheme"),
        pytest.param(
            "http://0.0.0.0:{}/v1", "base_url_host", "listens everywhere", id="everywhere"
        ),
        pytest.param(
            f"http://u:{CANARY}@127.0.0.1:{{}}/v1", "base_url_invalid", "password", id="login"
        ),
        pytest.param("http:/localhost:{}/v1", "base_url_invalid", "begins with http:/", id="slash"),
    ],
)
def test_the_rest_is_checked_with_what_was_meant(
    doctor: Doctor, gateway: Served, form: str, identifier: str, said: str
) -> None:
    port = gateway.base_url.rpartition(":")[2].partition("/")[0]
    told = doctor(
        secrets=(CANARY,), CROSSMODEL_API_URL=form.format(port), CROSSMODEL_API_KEY="cm-sandbox"
    )
    diagnosed(told, identifier, said)
    assert told.check("chat")["status"] == "ok"
    assert told.report["target"]["base_url"].endswith(f":{port}/v1")


CLIENTS = (
    (
        "openai-no-version",
        {"OPENAI_BASE_URL": f"https://{API}"},
        "client_base_url",
        f"ask https://{API}/chat/completions",
        f"export OPENAI_BASE_URL={PUBLIC}",
    ),
    (
        "anthropic-version",
        {"ANTHROPIC_BASE_URL": PUBLIC},
        "client_base_url",
        f"ask {PUBLIC}/v1/messages",
        f"export ANTHROPIC_BASE_URL=https://{API}",
    ),
    (
        "login",
        {"OPENAI_BASE_URL": f"https://u:{CANARY}@{API}/v1"},
        "client_base_url",
        "OPENAI_BASE_URL is https://[redacted]@",
        f"export OPENAI_BASE_URL={PUBLIC}",
    ),
    (
        "key-to-openai",
        {"OPENAI_API_KEY": KEY},
        "key_in_other_variable",
        "OpenAI clients send it to api.openai.com",
        "export OPENAI_BASE_URL={}",
    ),
    (
        "key-to-anthropic",
        {"ANTHROPIC_AUTH_TOKEN": KEY, "ANTHROPIC_BASE_URL": "https://api.anthropic.com"},
        "key_in_other_variable",
        "Anthropic clients send it to api.anthropic.com",
        "export ANTHROPIC_BASE_URL={}",
    ),
    (
        "key-of-openai-to-us",
        {"OPENAI_API_KEY": f"sk-proj-{CANARY}", "OPENAI_BASE_URL": f"https://{API}/v1"},
        "foreign_key_sent",
        "OPENAI_API_KEY holds a key of OpenAI: clients send it here",
        'export OPENAI_API_KEY="$CROSSMODEL_API_KEY"',
    ),
    (
        "empty-for-openai",
        {"OPENAI_API_KEY": "cm-sandbox", "OPENAI_BASE_URL": ""},
        "client_base_url",
        "OPENAI_BASE_URL is set, but empty",
        "export OPENAI_BASE_URL={}",
    ),
    (
        "key-in-quotes-for-openai",
        {"OPENAI_API_KEY": "'cm-sandbox'", "OPENAI_BASE_URL": PUBLIC},
        "key_malformed",
        "OPENAI_API_KEY holds more than a key",
        "export OPENAI_API_KEY='cm-…'",
    ),
    (
        "two-of-our-own",
        {"CROSSMODEL_BASE_URL": f"https://u:{CANARY}@llm.acme.corp/v1"},
        "base_url_conflict",
        "CROSSMODEL_BASE_URL is https://[redacted]@llm.acme.corp/v1",
        "Set them to the same address",
    ),
)


@pytest.mark.parametrize(
    ("variables", "warning"),
    [pytest.param(variables, tuple(case), id=name) for name, variables, *case in CLIENTS],
)
def test_the_variables_of_other_clients(
    doctor: Doctor, gateway: Served, variables: dict[str, str], warning: tuple[str, str, str]
) -> None:
    identifier, said, line = warning
    own_key = {"CROSSMODEL_API_URL": gateway.base_url, "CROSSMODEL_API_KEY": "cm-sandbox"}
    environ: dict[str, Any] = {**own_key, **variables}
    told = doctor(secrets=(CANARY,), **environ)
    assert (told.id, told.exit_code) == (None, 0)
    assert identifier in told.warnings
    assert said in told.prose
    own = gateway.base_url if "OPENAI" in line else gateway.base_url.removesuffix("/v1")
    assert line.format(own) in told.prose


@pytest.mark.parametrize("second", ["{}", "https://<host>/v1", ""])
def test_the_second_of_our_own_may_be_good(doctor: Doctor, gateway: Served, second: str) -> None:
    good = second.format(gateway.base_url)
    told = doctor(CROSSMODEL_API_URL="https://<host>/v1", CROSSMODEL_BASE_URL=good)
    said = f"CROSSMODEL_BASE_URL names {good}, which can be used, but CROSSMODEL_API_URL outweighs"
    assert (told.id, told.warnings) == ("base_url_invalid", [])
    assert (said in told.prose) is (second == "{}")
    commands = told.report["diagnosis"]["commands"]
    assert (commands == ["unset CROSSMODEL_API_URL", "cmtool doctor"]) is (second == "{}")


def test_in_a_container_localhost_is_the_container(doctor: Doctor) -> None:
    told = doctor(CROSSMODEL_API_URL=f"http://localhost:{free_port()}/v1")
    assert (told.id, told.exit_code) == ("connection_refused", 9)
    assert "Inside a container localhost is the container itself" in told.prose


def test_a_variable_that_cmtool_does_not_read(doctor: Doctor) -> None:
    told = doctor(OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert told.id == "dns_failure"
    assert "base_url_conflict" in told.warnings
    assert "two places name different base URLs" in told.prose
