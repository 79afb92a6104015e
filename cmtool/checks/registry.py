"""All checks, in the order in which they are shown.  A new check is a function and a row."""

from __future__ import annotations

from collections.abc import Collection

from cmtool.checks import account, configuration, inference, model, network, tracing
from cmtool.checks.graph import CheckSpec

CHECKS: tuple[CheckSpec, ...] = (
    *configuration.CHECKS,
    *network.CHECKS,
    *account.CHECKS,
    *model.CHECKS,
    *inference.CHECKS,
    *tracing.CHECKS,
)


def chosen(ids: Collection[str]) -> tuple[CheckSpec, ...]:
    """Give the named checks, in their order."""
    return tuple(spec for spec in CHECKS if spec.id in ids)
