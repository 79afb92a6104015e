"""Amounts and counts."""

from __future__ import annotations

import pytest

from cmtool.quantities import count, money


@pytest.mark.parametrize(
    ("micro", "expected"),
    [
        pytest.param(0, "0.00 USD", id="nothing"),
        pytest.param(12_340_000, "12.34 USD", id="two-decimals"),
        pytest.param(1, "0.000001 USD", id="one-micro"),
        pytest.param(123_400, "0.1234 USD", id="four-decimals"),
        pytest.param(1_234_500_000, "1,234.50 USD", id="thousands"),
        pytest.param(-20_000, "-0.02 USD", id="owed"),
    ],
)
def test_money(micro: int, expected: str) -> None:
    assert money(micro, "USD") == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(0, "0 requests", id="none"),
        pytest.param(1, "1 request", id="one"),
        pytest.param(6_120, "6,120 requests", id="many"),
    ],
)
def test_count(number: int, expected: str) -> None:
    assert count(number, "request") == expected
