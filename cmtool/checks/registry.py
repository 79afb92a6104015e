"""All checks, in the order in which they are shown.  A new check is a function and a row.

A family is loaded when one of its checks is chosen: a list of models needs nothing of generations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib import import_module

from cmtool.checks.graph import CheckSpec

_FAMILIES = ("configuration", "network", "account", "model", "inference", "tracing")


def every() -> tuple[CheckSpec, ...]:
    """Give all checks."""
    return tuple(spec for family in _FAMILIES for spec in _checks_of(family))


def chosen(ids: Collection[str]) -> tuple[CheckSpec, ...]:
    """Give the named checks, in their order."""
    return tuple(_among(set(ids)))


def _among(wanted: set[str]) -> Iterator[CheckSpec]:
    for family in _FAMILIES:
        if not wanted:
            return
        for spec in _checks_of(family):
            if spec.id in wanted:
                wanted.remove(spec.id)
                yield spec


def _checks_of(family: str) -> tuple[CheckSpec, ...]:
    checks: tuple[CheckSpec, ...] = import_module(f"cmtool.checks.{family}").CHECKS
    return checks
