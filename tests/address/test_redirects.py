"""Where a redirect leads, and which base URL it gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.address.redirects import STATUSES, read

BASE = "https://gw.test/v1"
PUBLIC = "https://api.crossmodel.ai/v1"

CASES = (
    ("itself", "https://gw.test/v1/models", "a loop without end", None),
    ("itself-relative", "/v1/models?again=1", "a loop without end", None),
    ("itself-other-port", "https://gw.test:443/v1/models", "a loop without end", None),
    ("downgrade", "http://gw.test/v1/models", "from https down to plain http", None),
    ("downgrade-elsewhere", "http://other.test/v1/models", "down to plain http", None),
    ("website", "https://crossmodel.ai/", "which is the website, not the API", PUBLIC),
    ("console", "https://crossmodel.ai/console", "which is the console, not the API", PUBLIC),
    ("gateway", f"{PUBLIC}/models", "the gateway's own host", PUBLIC),
    ("vendor", "https://api.openai.com/v1/models", "which belongs to OpenAI", PUBLIC),
    ("log-in-host", "https://login.acme.com/", "looks like a log-in page", None),
    ("log-in-path", "/signin?next=/v1/models", "looks like a log-in page", None),
    ("single-sign-on", "https://acme.okta.com/app", "looks like a log-in page", None),
    ("portal", "http://hotel.test/start", "as the portal of a guest network", None),
    ("portal-on-the-same-host", "http://gw.test/login", "as the portal of a guest network", None),
    ("author-is-no-log-in", "https://author.test/v1/models", "at another host", None),
    ("www", "https://www.gw.test/v1/models", "at another host", None),
    ("port", "https://gw.test:8443/v1/models", "another port", None),
    ("home-page-elsewhere", "https://other.test/", "at another host", None),
    ("slash", "/v1/models/", "with a slash at its end", None),
    ("path", "/llm/v1/models", "another path at the same host", "https://gw.test/llm/v1"),
    ("no-version", "/models", "without /v1 at the same host", None),
    ("no-endpoint", "/v1/home", "at which no endpoint is", None),
    ("protocol-relative", "//other.test/v1/models", "at another host", None),
    ("missing", None, "has no Location header", None),
    ("empty", " ", "has an empty Location header", None),
    ("script", "javascript:alert(1)", "a javascript: address", None),
    ("mail", "mailto:me@gw.test", "a mailto: address", None),
    ("bracket", "http://[::1", "is no address", None),
    ("port-too-large", "https://gw.test:99999/", "is no address", None),
    ("long", f"https://gw.test/{'a' * 5000}", "no address is that long", None),
    ("login", "https://u:p4ss@other.test/v1/models", "https://other.test/v1/models,", None),
    ("login-with-a-slash", "https://u:p4ss/x@other.test/v1/models", "https://other.test/v1", None),
    ("key-in-the-query", "https://other.test/x?token=p4ss", "https://other.test/x?…", None),
    ("key-in-the-path", "https://other.test/cm-p4ss12345678/x", "https://other.test/…/x", None),
    ("redacted", "https://[redacted]@other.test/v1/models", "https://other.test/v1/models,", None),
)


@pytest.mark.parametrize(
    ("location", "said", "base_url"), [pytest.param(*case, id=name) for name, *case in CASES]
)
def test_where_it_leads(location: str | None, said: str, base_url: str | None) -> None:
    seen = read(302, location, base_url=BASE, path="/models")
    assert said in seen.facts[0]
    assert len(seen.facts[0]) < 400
    assert "p4ss" not in f"{seen}"
    assert seen.base_url == base_url
    if base_url is not None:
        assert base_url in seen.actions[0]


@pytest.mark.parametrize(
    ("location", "meant"),
    [
        pytest.param("https://www.gw.test/v1/models", "https://www.gw.test/v1", id="www"),
        pytest.param("https://gw.test:8443/v1/models", "https://gw.test:8443/v1", id="port"),
        pytest.param("//other.test/x/v1/models", "https://other.test/x/v1", id="no-scheme"),
    ],
)
def test_another_host_is_the_users_to_trust(location: str, meant: str) -> None:
    seen = read(302, location, base_url=BASE, path="/models")
    assert seen.actions[0].endswith(f"trust it with the key, set the base URL to {meant}.")
    assert seen.base_url is None


@pytest.mark.parametrize(
    ("location", "said"),
    [
        pytest.param("https://[::1]:8443/v1/models", "Write https in the base URL: ", id="port"),
        pytest.param("https://[::1]/v1/models", "https://[::1]/v1", id="no-port"),
    ],
)
def test_the_same_over_https(location: str, said: str) -> None:
    seen = read(308, location, base_url="http://[::1]:8080/v1", path="/models")
    assert "the same host over https" in seen.facts[0]
    assert said in seen.actions[0]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        pytest.param(300, "leaves it to the client", id="300"),
        pytest.param(301, "a 301 may send a GET in place of the POST", id="301"),
        pytest.param(302, "a 302 may send a GET in place of the POST", id="302"),
        pytest.param(303, "a 303 sends a GET in place of the POST", id="303"),
        pytest.param(307, "a 307 sends the POST once more", id="307"),
        pytest.param(308, "a 308 sends the POST once more", id="308"),
    ],
)
def test_what_a_client_that_follows_would_do(status: int, said: str) -> None:
    near = read(status, "/llm/v1/models", base_url=BASE, path="/models")
    far = read(status, "https://other.test/v1/models", base_url=BASE, path="/models")
    assert said in near.facts[1]
    assert "Authorization" not in near.facts[1]
    assert said in far.facts[1]
    assert "drops the Authorization header" in far.facts[1]


@pytest.mark.parametrize(
    ("location", "said", "base_url"),
    [
        pytest.param("https://other.test/v1/responses", "at another host", None, id="endpoint"),
        pytest.param("https://portal.test/login", "log-in page", None, id="log-in"),
        pytest.param("/login", "log-in page", None, id="relative-log-in"),
        pytest.param("/x", "without a host", None, id="relative"),
    ],
)
def test_without_knowing_what_was_asked(location: str, said: str, base_url: str | None) -> None:
    seen = read(301, location)
    assert said in seen.facts[0]
    assert seen.base_url == base_url


def test_a_fault_of_the_vendors_own_host_names_who_to_write_to() -> None:
    seen = read(301, f"{PUBLIC}/models", base_url=PUBLIC, path="/models")
    assert "hello@crossmodel.ai" in seen.actions[0]


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(sorted(STATUSES)),
    st.text() | st.text("abc:/@?#[]v1%-.", max_size=40).map(lambda text: f"https://{text}"),
    st.sampled_from([None, BASE]),
)
def test_whatever_it_says_it_is_read(status: int, location: str, base_url: str | None) -> None:
    seen = read(status, location, base_url=base_url, path="/models" if base_url else None)
    assert 1 <= len(seen.facts) <= 2
    assert all(len(fact) < 1000 for fact in seen.facts)


@pytest.mark.parametrize("location", [None, "", "javascript:alert(1)", "http://[::1"])
def test_nobody_is_sent_to_an_address_that_is_none(location: str | None) -> None:
    actions = read(302, location, base_url=BASE, path="/models").actions
    assert (
        actions[0]
        == f"Check the host and the path of the base URL. The public gateway is {PUBLIC}."
    )
    assert actions[1].startswith("If they are right: whoever runs gw.test has to mend the answer")
    assert "whoever runs the server" in read(302, location).actions[1]
    assert read(302, location, base_url="http://[::1", path="/models").actions
