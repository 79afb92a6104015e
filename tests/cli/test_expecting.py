"""Matching --expect: an expression may take longer than any deadline."""

from __future__ import annotations

import pytest

from cmtool.cli.expecting import Matcher


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        pytest.param("^pong", "pong", True, id="matches"),
        pytest.param("ing$", "pong", False, id="does-not"),
        pytest.param("\u2028.", "a\u2028b", True, id="not-ascii"),
        pytest.param("x", "\ud800x", True, id="half-a-surrogate-pair"),
    ],
)
def test_search(pattern: str, text: str, *, matches: bool) -> None:
    assert Matcher().search(pattern, text) is matches


def test_an_expression_without_end_is_given_up_and_costs_its_time_once() -> None:
    matcher = Matcher(budget_s=0.3)
    assert matcher.search("(a+)+$", "a" * 40 + "!") is None
    assert matcher.search("a", "a") is None
