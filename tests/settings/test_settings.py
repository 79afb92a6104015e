"""The settings: what is read of them is shown, the key never."""

from __future__ import annotations

from cmtool.model import Secret
from cmtool.settings import DotEnv, NamedKey, Settings

KEY = "cm-canary-0123456789"


def test_neither_the_key_nor_the_environment_is_in_the_repr() -> None:
    settings = Settings(
        key=Secret(KEY),
        key_where="CROSSMODEL_API_KEY",
        key_source="env:CROSSMODEL_API_KEY",
        base_url="https://api.crossmodel.ai/v1",
        base_url_where="the default",
        environ={"OPENAI_API_KEY": KEY},
        dotenv=DotEnv(path=".env", keys=(NamedKey(name="K", key=Secret(KEY)),)),
    )
    assert KEY not in f"{settings!r} {settings.key!s} {settings.key!r}"
    assert settings.key is not None
    assert settings.key.reveal() == KEY
