"""Which advice about the base URL is left out, and where it stays."""

from __future__ import annotations

import pytest

from cmtool import catalog
from cmtool.address.blame import fair
from cmtool.catalog.wording import PUBLIC_BASE_URL
from cmtool.model import Finding
from cmtool.paste import forms
from cmtool.paste.base import Told, Unanswered
from cmtool.pasted import of_failure

OWN = "https://gw.test/v1"


def found(identifier: str, base_url: str | None, *works: str) -> Finding:
    row = catalog.row(identifier)
    return fair([catalog.fill(row, base_url=base_url)], base_url, works)[0]


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param(row.id, id=row.id)
        for row in catalog.ROWS.values()
        if any("base URL" in action for action in row.actions)
        and row.id.startswith(("dns", "connection", "tls", "not_the", "redirected"))
    ],
)
def test_the_public_base_url_is_right(identifier: str) -> None:
    public, own = found(identifier, PUBLIC_BASE_URL), found(identifier, OWN)
    assert public.actions
    assert not any("base URL" in action for action in public.actions)
    assert any("base URL" in action for action in own.actions)


@pytest.mark.parametrize(
    "identifier", ["base_url_path", "base_url_host", "insufficient_balance", "key_missing"]
)
def test_other_failures_stay_as_they_are(identifier: str) -> None:
    row = catalog.row(identifier)
    finding = catalog.fill(row, base_url=PUBLIC_BASE_URL)
    assert fair([finding], PUBLIC_BASE_URL, ["auth"]) == [finding]


def test_without_a_base_url_nothing_is_known() -> None:
    assert "Check the spelling" in found("dns_failure", None).actions[0]


def test_the_gateway_answered_elsewhere() -> None:
    finding = found("not_the_gateway", OWN, "auth", "chat")
    assert finding.cause.startswith("The base URL is right: the gateway itself answered auth and")
    assert finding.actions[0].startswith("Let whoever runs gw.test pass the path")


@pytest.mark.parametrize(
    ("said", "url", "is_right"),
    [
        pytest.param("Could not resolve host: api.crossmodel.ai", None, True, id="name"),
        pytest.param("ENOTFOUND api.crossmodel.ai.", None, True, id="name-and-a-full-stop"),
        pytest.param("Name or service not known", f"{PUBLIC_BASE_URL}/models", True, id="url"),
        pytest.param("ENOTFOUND api.crossmodel.ai.evil.test", None, False, id="longer-name"),
        pytest.param("ENOTFOUND x-api.crossmodel.ai", None, False, id="name-below"),
        pytest.param("ENOTFOUND api.crosmodel.ai", None, False, id="misspelt"),
        pytest.param("Name or service not known", None, False, id="no-name"),
    ],
)
def test_a_pasted_failure(said: str, url: str | None, *, is_right: bool) -> None:
    failure = Unanswered(
        form=forms.CONNECTION,
        place=0,
        end=len(said),
        told=Told(url=url),
        identifier="dns_failure",
        said=said,
    )
    finding = of_failure(failure, None)
    assert ("misspelt" not in finding.cause) is is_right
    assert ("The name is right" in finding.cause) is is_right
