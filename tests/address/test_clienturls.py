"""What the variables of other clients say about the base URL, and what is right for each client."""

from __future__ import annotations

import pytest

from cmtool.address.clienturls import remarks
from cmtool.model import Finding, Severity
from cmtool.settings import Settings

KEY = "cm-canary-4b1d5c7e9f0a2468"
API = "https://api.crossmodel.ai"
PUBLIC = f"{API}/v1"
FOREIGN = "sk-proj-canary-9c8b7a6d5e4f"
LOCAL = "http://127.0.0.1:8080"
MIRROR = "https://llm.acme.corp"


def found(
    environ: dict[str, str], base_url: str | None = PUBLIC, where: str = "the default"
) -> list[Finding]:
    settings = Settings(
        key=None,
        key_where="",
        key_source=None,
        base_url=base_url or "nothing",
        base_url_where=where,
        environ=environ,
    )
    return list(remarks(settings, base_url))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        pytest.param("OPENAI_BASE_URL", PUBLIC, id="openai"),
        pytest.param("OPENAI_BASE_URL", f"{PUBLIC}/", id="openai-slash"),
        pytest.param("OPENAI_API_BASE", PUBLIC, id="openai-old"),
        pytest.param("ANTHROPIC_BASE_URL", API, id="anthropic"),
        pytest.param("ANTHROPIC_BASE_URL", f"{API}/", id="anthropic-slash"),
        pytest.param("ANTHROPIC_API_URL", API, id="anthropic-langchain"),
        pytest.param("OPENAI_BASE_URL", "https://api.openai.com/v1", id="the-vendors-own"),
        pytest.param("OPENAI_BASE_URL", "https://llm.acme.corp", id="somebody-elses"),
        pytest.param("OPENAI_BASE_URL", " ", id="blank"),
        pytest.param("OPENAI_BASE_URL", "not a url", id="nothing-of-ours"),
    ],
)
def test_what_fits_or_is_not_ours_is_left_alone(variable: str, value: str) -> None:
    assert found({variable: value}) == []


MISFITS = (
    ("openai-no-version", "OPENAI_BASE_URL", API, PUBLIC, f"ask {API}/chat/completions."),
    ("openai-twice", "OPENAI_BASE_URL", f"{PUBLIC}/v1", PUBLIC, f"ask {PUBLIC}/v1/chat"),
    ("openai-chat", "OPENAI_BASE_URL", f"{PUBLIC}/chat/completions", PUBLIC, "ions/chat/comp"),
    (
        "openai-http",
        "OPENAI_BASE_URL",
        "http://api.crossmodel.ai/v1",
        PUBLIC,
        "OpenAI clients send the key there over plain http",
    ),
    ("openai-website", "OPENAI_BASE_URL", "https://crossmodel.ai/v1", PUBLIC, "the website"),
    ("openai-typing", "OPENAI_BASE_URL", "https://api.crosmodel.ai/v1", PUBLIC, "typing error"),
    ("openai-quotes", "OPENAI_BASE_URL", f'"{PUBLIC}"', PUBLIC, "no part of it"),
    ("openai-old", "OPENAI_API_BASE", API, PUBLIC, "LangChain and old OpenAI clients ask"),
    ("anthropic-version", "ANTHROPIC_BASE_URL", PUBLIC, API, f"ask {PUBLIC}/v1/messages."),
    ("anthropic-slash", "ANTHROPIC_BASE_URL", f"{PUBLIC}/", API, f"ask {PUBLIC}/v1/messages."),
    ("anthropic-messages", "ANTHROPIC_BASE_URL", f"{PUBLIC}/messages", API, "messages/v1/mess"),
    (
        "anthropic-http",
        "ANTHROPIC_BASE_URL",
        "http://api.crossmodel.ai",
        API,
        "Anthropic clients send the key there",
    ),
    ("anthropic-website", "ANTHROPIC_BASE_URL", "https://www.crossmodel.ai", API, "the website"),
    ("anthropic-typing", "ANTHROPIC_BASE_URL", "https://api.corssmodel.ai", API, "typing error"),
    ("anthropic-langchain", "ANTHROPIC_API_URL", PUBLIC, API, "LangChain's Anthropic clients"),
    ("anthropic-login", "ANTHROPIC_BASE_URL", "https://u:p4ss@api.crossmodel.ai", API, "password"),
)


@pytest.mark.parametrize(
    ("variable", "value", "right", "said"), [pytest.param(*case, id=n) for n, *case in MISFITS]
)
def test_what_is_right_for_the_client_is_ready_to_export(
    variable: str, value: str, right: str, said: str
) -> None:
    (remark,) = found({variable: value})
    assert remark.id == "client_base_url"
    assert remark.severity is Severity.WARNING
    assert remark.commands[0] == f"export {variable}={right}"
    assert remark.actions[0] == f"Set {variable}; in bash or zsh: export {variable}={right}"
    told = " ".join(remark.evidence)
    assert said in told
    assert variable in told
    assert "p4ss" not in f"{remark}"


@pytest.mark.parametrize(
    ("environ", "base_url", "line"),
    [
        pytest.param(
            {"OPENAI_BASE_URL": LOCAL},
            f"{LOCAL}/v1",
            f"export OPENAI_BASE_URL={LOCAL}/v1",
            id="openai-sandbox",
        ),
        pytest.param(
            {"ANTHROPIC_BASE_URL": f"{LOCAL}/v1"},
            f"{LOCAL}/v1",
            f"export ANTHROPIC_BASE_URL={LOCAL}",
            id="anthropic-sandbox",
        ),
        pytest.param(
            {"OPENAI_BASE_URL": MIRROR, "OPENAI_API_KEY": KEY},
            PUBLIC,
            f"export OPENAI_BASE_URL={MIRROR}/v1",
            id="mirror-of-the-clients-own",
        ),
        pytest.param(
            {"ANTHROPIC_API_KEY": KEY},
            f"{MIRROR}/llm/v1",
            f"export ANTHROPIC_BASE_URL={MIRROR}/llm",
            id="mirror-of-the-run",
        ),
        pytest.param(
            {"OPENAI_API_KEY": KEY},
            None,
            f"export OPENAI_BASE_URL={PUBLIC}",
            id="nothing-usable",
        ),
        pytest.param(
            {"OPENAI_BASE_URL": KEY, "OPENAI_API_KEY": KEY},
            f"{LOCAL}/v1",
            f"export OPENAI_BASE_URL={LOCAL}/v1",
            id="key-in-place-of-the-url",
        ),
    ],
)
def test_the_line_names_the_host_that_is_meant(
    environ: dict[str, str], base_url: str | None, line: str
) -> None:
    (remark,) = found(environ, base_url, "CROSSMODEL_API_URL")
    assert remark.commands[0] == line
    assert KEY not in f"{remark}"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        pytest.param(
            {"OPENAI_API_KEY": KEY},
            "OPENAI_BASE_URL is not set: OpenAI clients send it to api.openai.com.",
            id="openai",
        ),
        pytest.param(
            {"ANTHROPIC_AUTH_TOKEN": f" {KEY}\n"},
            "ANTHROPIC_BASE_URL is not set: Anthropic clients send it to api.anthropic.com.",
            id="anthropic-token",
        ),
        pytest.param(
            {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": "https://api.anthropic.com"},
            "ANTHROPIC_BASE_URL names api.anthropic.com",
            id="set-to-the-vendor",
        ),
        pytest.param(
            {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "https://openrouter.ai/api/v1"},
            "send it to openrouter.ai.",
            id="set-to-another-vendor",
        ),
        pytest.param(
            {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_AUTH_TOKEN": KEY},
            "ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN hold keys of this gateway",
            id="two-keys",
        ),
    ],
)
def test_a_key_that_goes_to_another_vendor(environ: dict[str, str], said: str) -> None:
    (remark,) = found(environ)
    assert remark.id == "key_in_other_variable"
    assert said in remark.evidence[0]
    assert KEY not in f"{remark}"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        pytest.param(
            {"OPENAI_API_KEY": FOREIGN, "OPENAI_BASE_URL": PUBLIC},
            "OPENAI_API_KEY holds a key of OpenAI",
            id="openai",
        ),
        pytest.param(
            {"OPENAI_API_KEY": FOREIGN, "OPENAI_BASE_URL": API},
            "OPENAI_API_KEY holds a key of OpenAI",
            id="misfit",
        ),
        pytest.param(
            {"ANTHROPIC_AUTH_TOKEN": FOREIGN, "ANTHROPIC_BASE_URL": API},
            "ANTHROPIC_AUTH_TOKEN holds a key of OpenAI",
            id="anthropic",
        ),
    ],
)
def test_a_key_of_another_vendor_that_comes_here(environ: dict[str, str], said: str) -> None:
    (remark,) = found(environ)
    assert remark.id == "foreign_key_sent"
    assert said in remark.evidence[0]
    assert remark.commands[0].startswith("unset ")  # there is no key of ours to put there
    assert FOREIGN not in f"{remark}"


@pytest.mark.parametrize("client", ["OPENAI", "ANTHROPIC"])
def test_a_variable_that_is_empty_is_not_as_one_that_is_unset(client: str) -> None:
    (remark,) = found({f"{client}_API_KEY": KEY, f"{client}_BASE_URL": ""})
    assert remark.id == "client_base_url"
    assert remark.evidence[0].startswith(f"{client}_BASE_URL is set, but empty")


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": PUBLIC}, id="openai"),
        pytest.param(
            {"OPENAI_API_KEY": FOREIGN, "OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"},
            id="another-server-of-this-machine",
        ),
        pytest.param({"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": API}, id="anthropic"),
        pytest.param({"OPENAI_API_KEY": "sk-0123456789abcdef"}, id="key-of-the-vendor"),
    ],
)
def test_a_key_that_goes_where_it_belongs(environ: dict[str, str]) -> None:
    assert found(environ) == []


def test_both_clients_are_told_of_apart() -> None:
    told = found({"OPENAI_BASE_URL": API, "ANTHROPIC_BASE_URL": PUBLIC})
    assert [remark.commands[0] for remark in told] == [
        f"export OPENAI_BASE_URL={PUBLIC}",
        f"export ANTHROPIC_BASE_URL={API}",
    ]


@pytest.mark.parametrize(
    ("environ", "where", "told"),
    [
        pytest.param({"OPENAI_BASE_URL": f"{LOCAL}/v1"}, "the default", True, id="openai"),
        pytest.param({"ANTHROPIC_BASE_URL": LOCAL}, "the default", True, id="anthropic"),
        pytest.param({"OPENAI_BASE_URL": f"{LOCAL}/v1"}, "CROSSMODEL_API_URL", False, id="set"),
        pytest.param(
            {"OPENAI_BASE_URL": f"{LOCAL}/v1", "OPENAI_API_KEY": "ollama"},
            "the default",
            False,
            id="a-server-of-another-kind",
        ),
    ],
)
def test_a_variable_that_cmtool_does_not_read(
    *, environ: dict[str, str], where: str, told: bool
) -> None:
    found_ids = [remark.id for remark in found(environ, PUBLIC, where)]
    assert found_ids == (["base_url_conflict"] if told else [])


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        pytest.param(PUBLIC, f"{PUBLIC}/", False, id="slash"),
        pytest.param(PUBLIC, API, False, id="comes-to-the-same"),
        pytest.param(PUBLIC, f"{MIRROR}/v1", True, id="different"),
        pytest.param(PUBLIC, "https://u:p4ss@llm.acme.corp/v1", True, id="with-a-login"),
    ],
)
def test_two_variables_of_our_own(*, first: str, second: str, told: bool) -> None:
    remark = found(
        {"CROSSMODEL_API_URL": first, "CROSSMODEL_BASE_URL": second}, PUBLIC, "CROSSMODEL_API_URL"
    )
    assert [each.id for each in remark] == (["base_url_conflict"] if told else [])
    assert "p4ss" not in f"{remark}"
