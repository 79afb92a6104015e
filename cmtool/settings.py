"""What the user's configuration says, as it was found and before anybody has judged it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmtool.model import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class DotEnv:
    """A ``.env`` file beside the user: looked at, never loaded unasked.

    ``key_variables`` are the names in it whose values are keys of the gateway.
    """

    path: str
    key_variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the key, the address and the model come from, and what stands around them.

    ``key_where`` and ``base_url_where`` name the source in words, ``key_source`` as the report
    does (``env:NAME``, ``file:PATH``, ``stdin``, ``sandbox``).  ``environ`` holds the variables
    that matter here and nothing else.
    """

    key: Secret | None
    key_where: str
    key_source: str | None
    base_url: str
    base_url_where: str
    model: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    dotenv: DotEnv | None = None
