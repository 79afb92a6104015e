"""Names of scenarios as a user writes them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from cmtool.errors import UsageError


def check_scenario(name: str, known: Iterable[str]) -> None:
    """Raise UsageError, with the nearest names, for a scenario that there is not."""
    if name not in known:
        near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
        meant = f" Near it: {', '.join(near)}." if near else ""
        raise UsageError(
            f"There is no scenario {name!r}.{meant} 'cmtool sandbox --list' names all of them."
        )
