"""The figures of a stream, from moments that are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.model import Gaps
from cmtool.protocols import Signal
from cmtool.streaming.meter import Meter
from cmtool.streaming.pauses import PROFILE_CELLS

START = 100.0


def metered(
    moments: Iterable[float], signal: Signal = Signal.TEXT, end: float | None = None
) -> Meter:
    """A stream whose deltas came at these seconds after its start."""
    meter = Meter(START)
    for moment in moments:
        meter.event(signal, START + moment)
    if end is not None:
        meter.event(Signal.TERMINAL, START + end)
    return meter


def summed(gaps_ms: Sequence[float]) -> list[float]:
    """Give the moments of deltas with these pauses between them."""
    return [sum(gaps_ms[:at]) / 1000 for at in range(len(gaps_ms) + 1)]


@pytest.mark.parametrize(
    ("gaps_ms", "expected"),
    [
        pytest.param([7], (7, 7, 7, 7), id="one-pause"),
        pytest.param([30, 10], (10, 30, 30, 30), id="two"),
        pytest.param([3, 1, 2], (2, 3, 3, 3), id="three"),
        pytest.param(list(range(10, 0, -1)), (5, 9, 10, 10), id="ten-in-reverse"),
        pytest.param(list(range(1, 101)), (50, 90, 99, 100), id="hundred"),
        pytest.param(list(range(1, 102)), (51, 91, 100, 101), id="hundred-and-one"),
        pytest.param([0] * 199 + [500], (0, 0, 0, 500), id="a-rare-stall-is-the-maximum-only"),
    ],
)
def test_percentiles_are_of_the_nearest_rank(
    gaps_ms: list[float], expected: tuple[float, ...]
) -> None:
    gaps = metered(summed(gaps_ms)).gaps()
    assert (gaps.p50, gaps.p90, gaps.p99, gaps.max) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("moments", [[], [0.5]], ids=["no-delta", "one-delta"])
def test_no_pause_where_there_are_not_two_deltas(moments: list[float]) -> None:
    meter = metered(moments)
    assert meter.gaps() == Gaps()
    assert meter.profile() == ()


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=300))
def test_percentiles_are_pauses_that_were_there_and_rise(gaps_ms: list[float]) -> None:
    moments = summed(gaps_ms)
    seen = {(after - before) * 1000 for before, after in pairwise(START + at for at in moments)}
    gaps = metered(moments).gaps()
    assert {gaps.p50, gaps.p90, gaps.p99, gaps.max} <= seen
    ranks = [gap for gap in (gaps.p50, gaps.p90, gaps.p99, gaps.max) if gap is not None]
    assert ranks == sorted(ranks)
    assert len(ranks) == 4


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=500), st.booleans())
def test_a_profile_has_few_cells_and_loses_no_stall(
    gaps_ms: list[float],
    left: bool,  # noqa: FBT001 - hypothesis hands it in by place
) -> None:
    meter = metered(summed(gaps_ms))
    if left:
        meter.left_at = START + sum(gaps_ms) / 1000 + 20.0
    profile = meter.profile()
    assert 1 <= len(profile) <= PROFILE_CELLS
    assert max(profile) == pytest.approx(20_000 if left else meter.gaps().max, rel=1e-6)
    if len(gaps_ms) + left <= PROFILE_CELLS:
        assert len(profile) == len(gaps_ms) + left


def test_a_profile_keeps_the_order_and_the_longest_of_a_run() -> None:
    gaps_ms = [1.0] * 100
    gaps_ms[0], gaps_ms[50], gaps_ms[99] = 9.0, 5.0, 7.0
    profile = metered(summed(gaps_ms)).profile(cells=10)
    assert profile == pytest.approx((9, 1, 1, 1, 1, 5, 1, 1, 1, 7))


@pytest.mark.parametrize(
    ("moments", "at_once"),
    [
        pytest.param([2.0] * 24, True, id="one-read-after-a-long-wait"),
        pytest.param([2.0] * 12 + [2.05] * 12, True, id="two-reads"),
        pytest.param([0.31] * 8, True, id="just-enough"),
        pytest.param([2.0] * 12 + [2.05] * 6 + [2.06] * 6, True, id="three-reads-of-many"),
        pytest.param([2.0 + 0.004 * n for n in range(24)], False, id="one-read-each"),
        pytest.param([2.0] * 12 + [2.2] * 12, False, id="two-reads-far-apart"),
        pytest.param([2.0] * 7, False, id="few-deltas"),
        pytest.param([0.29] * 24, False, id="hardly-a-wait"),
        pytest.param([0.05] * 24, False, id="a-fast-answer-in-one-read"),
        pytest.param([0.1 + 0.002 * n for n in range(24)], False, id="fast-and-healthy"),
        pytest.param([2.0 + 0.002 * n for n in range(24)], False, id="late-but-in-pieces"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_a_burst(*, moments: list[float], at_once: bool) -> None:
    assert metered(moments).came_at_once() is at_once


@pytest.mark.parametrize(
    ("moments", "end", "tokens", "rate"),
    [
        pytest.param([1.0, 2.0], 3.0, 10, 5.0, id="from-the-first-delta-to-the-end"),
        pytest.param([1.0, 2.0], 3.0, 0, 0.0, id="no-tokens"),
        pytest.param([1.0, 2.0], 3.0, None, None, id="no-usage"),
        pytest.param([1.0, 2.0], None, 10, None, id="no-end"),
        pytest.param([], 3.0, 10, None, id="no-delta"),
        pytest.param([1.0], 1.0, 10, None, id="all-in-one-moment"),
    ],
)
def test_rate(
    moments: list[float], end: float | None, tokens: int | None, rate: float | None
) -> None:
    assert metered(moments, end=end).tokens_per_second(tokens) == rate


def test_the_first_text_is_not_the_first_delta_of_another_channel() -> None:
    meter = Meter(START)
    for moment, signal in (
        (0.1, Signal.KEEP_ALIVE),
        (0.2, Signal.PROGRESS),
        (0.3, Signal.DELTA),
        (0.4, Signal.TEXT),
        (0.5, Signal.DELTA),
        (0.6, Signal.TEXT),
        (0.7, Signal.TERMINAL),
        (0.8, Signal.KEEP_ALIVE),
    ):
        meter.event(signal, START + moment)
    assert meter.ms(meter.first_event_at) == pytest.approx(100)
    assert meter.ms(meter.first_delta_at) == pytest.approx(300)
    assert meter.ms(meter.first_text_at) == pytest.approx(400)
    assert meter.ms(meter.ended_at) == pytest.approx(700)
    assert meter.events == 8
    assert meter.profile() == pytest.approx([100] * 3)


def test_a_role_or_a_ping_is_no_delta() -> None:
    meter = metered([0.1, 0.2], Signal.PROGRESS, end=0.3)
    assert meter.first_delta_at is None
    assert meter.first_text_at is None
    assert meter.pauses.count == 0


def test_an_error_ends_a_stream() -> None:
    meter = metered([0.1])
    meter.event(Signal.ERROR, START + 0.2)
    meter.event(Signal.ERROR, START + 0.3)
    assert meter.ms(meter.ended_at) == pytest.approx(200)


def test_the_moment_zero_is_a_moment() -> None:
    """A coarse clock shows no time between the request and the answer."""
    meter = Meter(0.0)
    for moment in (0.0, 5.0):
        meter.event(Signal.TEXT, moment)
        meter.event(Signal.TERMINAL, moment)
    figures = (
        meter.first_event_at,
        meter.first_delta_at,
        meter.first_text_at,
        meter.ended_at,
    )
    assert figures == (0.0,) * 4


def test_no_moment_is_no_figure() -> None:
    assert Meter(START).ms(None) is None
    assert Meter(START).ms(START) == 0.0
