"""Reading JSON that somebody else wrote, and the gateway's documents that are no generations.

Nothing here trusts a type.  Shapes: https://www.crossmodel.ai/docs (API reference).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cmtool.model import ModelInfo, UsagePeriod


def record(value: object) -> Mapping[str, Any]:
    """Give the value when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def records(value: object) -> list[Mapping[str, Any]]:
    """Give the JSON objects of a JSON array, and nothing else of it."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Give the value when it is a non-empty string."""
    return value if isinstance(value, str) and value else None


def count(value: object) -> int | None:
    """Give the value when it is a number of tokens or an index: an integer of 63 bits."""
    found = _integer(value)
    return found if found is not None and found >= 0 else None


def _integer(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) < 2**63 else None


def read_models(document: object) -> tuple[ModelInfo, ...] | None:
    """Read ``GET /v1/models``: the models, sorted by ID; None when it has another shape."""
    entries = record(document).get("data")
    if not isinstance(entries, list):
        return None
    found = {
        identifier: ModelInfo(
            id=identifier, owned_by=text(entry.get("owned_by")), created=count(entry.get("created"))
        )
        for entry in records(entries)
        if (identifier := text(entry.get("id"))) is not None
    }
    return (
        tuple(found[identifier] for identifier in sorted(found)) if found or not entries else None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """``GET /v1/credits``: money in micro units, 1,000,000 to one unit of the currency."""

    currency: str
    balance_micro: int
    uncollected_micro: int


def read_credits(document: object) -> Credits | None:
    """Read ``GET /v1/credits``; None when it has another shape."""
    fields = record(document)
    balance = _integer(fields.get("balance_micro"))
    if balance is None:
        return None
    return Credits(
        currency=text(fields.get("currency")) or "USD",
        balance_micro=balance,
        uncollected_micro=count(fields.get("uncollected_micro")) or 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """``GET /v1/usage``: the UTC day, the ISO week and the calendar month so far."""

    daily: UsagePeriod
    weekly: UsagePeriod
    monthly: UsagePeriod


def read_usage(document: object) -> Usage | None:
    """Read ``GET /v1/usage``; None when it has another shape."""
    fields = record(document)
    periods = [_period(fields.get(name)) for name in ("daily", "weekly", "monthly")]
    match periods:
        case [UsagePeriod() as daily, UsagePeriod() as weekly, UsagePeriod() as monthly]:
            return Usage(daily=daily, weekly=weekly, monthly=monthly)
        case _:
            return None


_PERIOD_FIELDS = tuple(UsagePeriod.__dataclass_fields__)


def _period(value: object) -> UsagePeriod | None:
    fields = record(value)
    if "request_count" not in fields:
        return None
    return UsagePeriod(**{name: count(fields.get(name)) or 0 for name in _PERIOD_FIELDS})
