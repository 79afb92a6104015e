"""The model IDs that were seen last, kept in a file for the completion scripts."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable

from cmtool.cli.files import replace
from cmtool.config import cache_folder

MOST = 1000
"""How many are kept: what the slowest shell still goes through before a person notices."""

# What a shell takes as one word without any quoting; an ID that is more is not offered.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}")


def remember(models: Iterable[str]) -> None:
    """Keep the IDs, sorted, one a line; a folder that cannot be written to is no reason to fail."""
    folder = cache_folder()
    plain = sorted({model for model in models if _PLAIN.fullmatch(model)})[:MOST]
    if folder is not None and plain:
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            replace(folder / "models", "".join(f"{model}\n" for model in plain))
