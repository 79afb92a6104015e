"""Results held to limits: which sentences come of it, and when none does."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from cmtool.model import Gaps, Protocol, StreamResult
from cmtool.streaming.thresholds import NO_LIMITS, Expectation, Thresholds


def expectation(pattern: str) -> Expectation:
    return Expectation(
        pattern=pattern, search=lambda wanted, text: re.search(wanted, text) is not None
    )


GOOD = StreamResult(
    protocol=Protocol.CHAT,
    model="z-ai/glm-5",
    repetition=1,
    attempt=1,
    deltas=3,
    ttft_ms=120.0,
    duration_ms=900.0,
    gaps=Gaps(p50=10.0, p90=20.0, p99=40.0, max=40.0),
    output_tokens=30,
    tokens_per_second=33.25,
)


def broken(limits: dict[str, Any], text: str = "pong", **changed: Any) -> tuple[str, ...]:
    return Thresholds(**limits).broken(replace(GOOD, **changed), text)


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({}, id="no-limit"),
        pytest.param({"max_ttft_ms": 120.0}, id="first-text-just-in-time"),
        pytest.param({"max_gap_ms": 40.0}, id="pause-just-allowed"),
        pytest.param({"max_duration_ms": 900.0}, id="whole-just-in-time"),
        pytest.param({"min_tokens_per_second": 33.25}, id="rate-just-reached"),
        pytest.param({"expect": expectation("^po.g$")}, id="text-matches"),
        pytest.param({"expect": expectation("on")}, id="text-matches-somewhere"),
    ],
)
def test_kept(limits: dict[str, Any]) -> None:
    assert broken(limits) == ()


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        pytest.param(
            {"max_ttft_ms": 119.0},
            "The first text took 120.0 ms; at most 119 ms are allowed.",
            id="first-text",
        ),
        pytest.param(
            {"max_gap_ms": 39.5},
            "The longest pause took 40.0 ms; at most 39.5 ms are allowed.",
            id="pause",
        ),
        pytest.param(
            {"max_duration_ms": 0.0},
            "The whole stream took 900.0 ms; at most 0 ms are allowed.",
            id="whole-stream-limit-of-zero",
        ),
        pytest.param(
            {"min_tokens_per_second": 33.5},
            "33.25 tokens a second came; at least 33.5 are asked for.",
            id="rate",
        ),
        pytest.param(
            {"expect": expectation("^ping")},
            "The text does not match '^ping'; it is 'pong'.",
            id="text",
        ),
    ],
)
def test_broken(limits: dict[str, Any], said: str) -> None:
    assert broken(limits) == (said,)


@pytest.mark.parametrize(
    ("limits", "changed", "said"),
    [
        pytest.param(
            {"max_ttft_ms": 1e9},
            {"ttft_ms": None},
            "The first text was to take at most 1e+09 ms; the stream shows none.",
            id="no-visible-text",
        ),
        pytest.param(
            {"max_gap_ms": 5.0},
            {"gaps": Gaps()},
            "The longest pause was to take at most 5 ms; the stream shows none.",
            id="no-times",
        ),
        pytest.param(
            {"max_duration_ms": 5.0},
            {"duration_ms": None},
            "The whole stream was to take at most 5 ms; the stream shows none.",
            id="no-end",
        ),
        pytest.param(
            {"min_tokens_per_second": 0.0},
            {"tokens_per_second": None, "output_tokens": None},
            "At least 0 tokens a second are asked for; the stream reports no usage.",
            id="no-usage",
        ),
    ],
)
def test_a_figure_that_is_missing(
    limits: dict[str, Any], changed: dict[str, Any], said: str
) -> None:
    assert broken(limits, **changed) == (said,)
    assert NO_LIMITS.broken(replace(GOOD, **changed), "") == ()


def test_a_single_delta_has_no_pause_that_could_be_too_long() -> None:
    assert broken({"max_gap_ms": 0.0}, deltas=1, gaps=Gaps()) == ()


def test_every_broken_limit_is_told() -> None:
    limits = {
        "max_ttft_ms": 1.0,
        "max_gap_ms": 1.0,
        "max_duration_ms": 1.0,
        "min_tokens_per_second": 100.0,
        "expect": expectation("x"),
    }
    assert len(broken(limits)) == 5


def test_a_long_text_is_quoted_in_part() -> None:
    (said,) = broken({"expect": expectation("x")}, text="o" * 61)
    assert said.endswith(f"it is '{'o' * 60}…'.")
    (said,) = broken({"expect": expectation("x")}, text="\x1b[2J" + "o" * 56)
    assert said.endswith(rf"it is '\x1b[2J{'o' * 56}'.")


def test_a_rate_that_nobody_can_know_breaks_no_limit() -> None:
    # All came in one read: there was no time in which it could have been slow.
    assert broken({"min_tokens_per_second": 2.0}, tokens_per_second=None) == ()
