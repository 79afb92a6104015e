"""Names of variables that are almost right."""

from __future__ import annotations

import pytest

from cmtool.settings.variables import KEY_VARIABLE, URL_VARIABLE, meant_by


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *((name, None) for name in (KEY_VARIABLE, URL_VARIABLE, "CROSSMODEL_BASE_URL", "PATH", "")),
        *((name, None) for name in ("CROSSMODEL_MODEL", "OPENAI_API_KEY", "CROSSMODEL_REGION")),
        ("CROSSMODEL_APIKEY", KEY_VARIABLE),
        ("CROSSMODEL-API-KEY", KEY_VARIABLE),
        ("crossmodel_api_key", KEY_VARIABLE),
        (" CROSSMODEL_API_KEY", KEY_VARIABLE),
        ("VITE_CROSSMODEL_API_KEY", KEY_VARIABLE),
        ("CROSSMODEL_API_KYE", KEY_VARIABLE),
        ("CROSSMODEL_SECRET_KEY", KEY_VARIABLE),
        ("CROSSMODEL_URL", URL_VARIABLE),
        ("CROSSMODEL_API_URI", URL_VARIABLE),
        ("CROSSMODEL_BASEURL", URL_VARIABLE),
        ("CROSSMODEL_ENDPOINT", URL_VARIABLE),
    ],
)
def test_which_variable_was_meant(name: str, meant: str | None) -> None:
    assert meant_by(name) == meant
