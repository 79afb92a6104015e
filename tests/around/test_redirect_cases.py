"""Redirects of every kind, put to the whole doctor: none is followed, and no key goes along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.around.conftest import KEY, Doctor
from tests.around.servers import Caller, Listening, Talk, listening, response

MODELS = (
    b'{"object": "list", "data": [{"id": "a/b", "object": "model", "created": 1, "owned_by": "a"}]}'
)
LOGIN = "pass-canary-77"
PUBLIC = "https://api.crossmodel.ai/v1"


def moved(location: str | None, status: str = "302 Found") -> bytes:
    headers = () if location is None else (f"Location: {location}",)
    return response(b"", *headers, status=status)


def redirecting(location: str | None, status: str = "302 Found", method: bytes = b"") -> Talk:
    """Redirect every request, or those of one method; answer the others as the gateway does."""

    async def talk(caller: Caller) -> None:
        head = await caller.request()
        if head.startswith(method):
            asked = head.split()[1].decode()
            await caller.send(moved(location and location.replace("*", asked), status))
        else:
            trace = ("x-request-id: req_cm_1", "x-crossmodel-model: a/b")
            await caller.send(response(MODELS, *trace, content_type="application/json"))

    return talk


@contextmanager
def two(location: str, status: str, method: bytes = b"") -> Iterator[tuple[Listening, Listening]]:
    """A server that redirects to another one; ``{}`` stands for the port of that one."""
    with listening(redirecting(None)) as target:
        talk = redirecting(location.format(target.port), status, method)
        with listening(talk) as origin:
            yield origin, target


HERE = (
    ("https", "https://127.0.0.1:{}*", "301", "the same host over https", "Write https"),
    ("other-port", "http://127.0.0.1:{}*", "307", "another port of the same host", "trust it"),
    ("other-host", "http://localhost:{}*", "308", "at another host", "If you know localhost:"),
    ("log-in", "http://localhost:{}/login?next=*", "302", "looks like a log-in page", "sign in"),
    ("portal", "http://portal.localhost:{}/", "302", "looks like a log-in page", "sign in"),
    ("see-other", "http://localhost:{}/status", "303", "at another host", "for the base URL"),
    ("choices", "http://localhost:{}*", "300", "leaves it to the client", "If you know"),
    ("login-in-it", f"http://u:{LOGIN}@localhost:{{}}*", "307", "at another host", "If you know"),
    ("key-in-it", f"http://localhost:{{}}/x?key={KEY}", "302", "/x?…", "If you know"),
    ("key-in-path", f"http://localhost:{{}}/{KEY}/models", "302", "at another host", "If you know"),
)


@pytest.mark.parametrize(
    ("location", "status", "said", "action"), [pytest.param(*case, id=n) for n, *case in HERE]
)
def test_nothing_arrives_where_a_redirect_leads(
    doctor: Doctor, location: str, status: str, said: str, action: str
) -> None:
    with two(location, f"{status} Somewhere") as (origin, target):
        told = doctor(secrets=(LOGIN,), CROSSMODEL_API_URL=origin.url())
        assert target.heads == []
        assert origin.heads
    assert (told.id, told.exit_code) == ("redirected", 9)
    assert said in told.prose
    assert action in told.report["diagnosis"]["actions"][0]
    assert any(said in fact for fact in told.report["diagnosis"]["evidence"])


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
def test_a_post_is_not_followed_and_takes_no_key_along(doctor: Doctor, status: str) -> None:
    with two("http://localhost:{}*", f"{status} Somewhere", b"POST") as (origin, target):
        told = doctor("a/b", CROSSMODEL_API_URL=origin.url())
        assert target.heads == []
        posts = [head for head in origin.heads if head.startswith(b"POST")]
    assert len({head.split()[1] for head in posts}) == 3
    assert (told.id, told.exit_code) == ("redirected", 9)
    assert f"{status} " in told.prose
    assert "drops the Authorization header" in told.prose


AWAY = (
    ("gateway", f"{PUBLIC}/models", "the gateway's own host", f"base URL to {PUBLIC}"),
    ("website", "https://www.crossmodel.ai/", "which is the website", f"base URL to {PUBLIC}"),
    ("docs", "https://crossmodel.ai/docs/errors", "the documentation", f"base URL to {PUBLIC}"),
    ("vendor", "https://api.openai.com/v1/models", "which belongs to OpenAI", PUBLIC),
    ("itself", "*", "a loop without end", "has to mend it"),
    ("slash", "*/", "with a slash at its end", "No base URL mends that"),
    ("path", "/llm/v1/models", "another path at the same host", "/llm/v1."),
    ("no-version", "/models", "without /v1 at the same host", "/v1 stands at its end"),
    ("home", "/home", "at the same host", "for the path of the API"),
    ("log-in", "/login?next=*", "looks like a log-in page", "sign in"),
    ("missing", None, "has no Location header", "Check the host and the path"),
    ("empty", "", "has an empty Location header", "Check the host and the path"),
    ("script", "javascript:alert(1)", "a javascript: address", "Check the host and the path"),
    ("bracket", "http://[::1", "is no address", "Check the host and the path"),
    (
        "long",
        f"https://x.test/{'a' * 9000}",
        "no address is that long",
        "Check the host and the path",
    ),
    ("escape", "https://x.test/\x1b[31mred", "at another host", "If you know x.test"),
)


@pytest.mark.parametrize(
    ("location", "said", "action"), [pytest.param(*case, id=name) for name, *case in AWAY]
)
def test_what_it_says_about_the_base_url(
    doctor: Doctor, location: str | None, said: str, action: str
) -> None:
    with listening(redirecting(location)) as server:
        told = doctor(CROSSMODEL_API_URL=server.url())
    assert (told.id, told.exit_code) == ("redirected", 9)
    assert said in told.prose
    assert action in told.report["diagnosis"]["actions"][0]
    assert "\x1b" not in told.page
    location_shown = [
        exchange["headers"].get("location", "") for exchange in told.report["exchanges"]
    ]
    assert all(len(shown) < 400 for shown in location_shown)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        pytest.param("304 Not Modified", "this one had none: a cache on the way", id="304"),
        pytest.param("300 Multiple Choices", "no x-request-id", id="300-without-an-address"),
        pytest.param("305 Use Proxy", "no x-request-id", id="305"),
    ],
)
def test_a_status_that_leads_nowhere(doctor: Doctor, status: str, said: str) -> None:
    with listening(redirecting(None, status)) as server:
        told = doctor(CROSSMODEL_API_URL=server.url())
    assert (told.id, told.exit_code) == ("not_the_gateway", 9)
    assert said in told.prose
