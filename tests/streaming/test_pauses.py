"""Pauses counted in bounded memory: exact where they are few kinds, near where they are many."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from itertools import repeat

import pytest

from cmtool.streaming.pauses import PROFILE_CELLS, Pauses


def counted(pauses_s: Iterable[float]) -> Pauses:
    pauses = Pauses()
    for pause_s in pauses_s:
        pauses.add(pause_s)
    return pauses


@pytest.mark.parametrize(
    ("number", "precision"),
    [
        pytest.param(10_000, 1e-12, id="exact-while-few-differ"),
        pytest.param(10_001, 0.005, id="near-as-soon-as-more-differ"),
        pytest.param(60_000, 0.005, id="near-when-many-differ"),
    ],
)
def test_percentiles_of_pauses_that_all_differ(number: int, precision: float) -> None:
    gaps = counted((at * 7919 % number + 1) / 1e6 for at in range(number)).gaps()
    whole_ms = number / 1000
    expected = (whole_ms * 0.5, whole_ms * 0.9, whole_ms * 0.99)
    assert (gaps.p50, gaps.p90, gaps.p99) == pytest.approx(expected, rel=precision, abs=0.001)
    assert gaps.max == pytest.approx(whole_ms, rel=1e-12)


def test_the_longest_is_exact_and_found_at_its_place_among_very_many() -> None:
    pauses = counted([*repeat(0.0, 30_000), 1.23456789, *repeat(0.001, 10_000)])
    assert pauses.gaps().max == pytest.approx(1234.56789, rel=1e-12)
    profile = pauses.profile()
    assert len(profile) <= PROFILE_CELLS
    at = profile.index(max(profile))
    assert at == pytest.approx(len(profile) * 0.75, abs=1)
    assert set(profile[:at]) == {0.0}
    assert set(profile[at + 1 :]) == {1.0}


def test_the_pause_that_never_ended_is_the_last_of_a_profile() -> None:
    assert counted([0.1, 0.2]).profile(3.0) == pytest.approx([100, 200, 3000])
    assert Pauses().profile() == []


def test_very_many_pauses_take_no_more_room_than_many() -> None:
    tracemalloc.start()
    try:
        pauses = counted((at * 7919 % 99_991) / 1e5 for at in range(100_000))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert pauses.count == 100_000
    assert kept < 1_000_000
