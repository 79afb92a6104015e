"""Amounts of money and counts of things as people read them."""

from __future__ import annotations

MICRO = 1_000_000
"""Micro units in one unit of a currency (https://www.crossmodel.ai/docs/billing)."""

_FEWEST_DECIMALS = 2


def money(micro: int, currency: str) -> str:
    """Give an amount of micro units in units, with two to six decimals as needed: ``12.34 USD``."""
    whole, rest = divmod(abs(micro), MICRO)
    decimals = f"{rest:06d}".rstrip("0").ljust(_FEWEST_DECIMALS, "0")
    sign = "-" if micro < 0 else ""
    return f"{sign}{whole:,}.{decimals} {currency}"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Give a number with its noun: ``1 request``, ``6,120 requests``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
