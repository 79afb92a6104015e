"""Names of scenarios as a user writes them."""

from __future__ import annotations

from collections.abc import Iterable

from cmtool.cli.misuse import did_you_mean
from cmtool.errors import UsageError


def check_scenario(name: str, known: Iterable[str]) -> None:
    """Raise UsageError, with the nearest names, for a scenario that there is not."""
    if name not in known:
        meant = did_you_mean(name, known, cutoff=0.5)
        raise UsageError(
            f"There is no scenario {name!r}.{meant} 'cmtool sandbox --list' names all of them."
        )
