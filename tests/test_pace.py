"""The gate: so many at once, so many in a minute, on a clock that nobody waits for."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime

import pytest

from cmtool.clock import Clock
from cmtool.pace import REQUESTS_PER_MINUTE, Gate


class Time:
    """A clock that is moved on by sleeping, which takes no time."""

    def __init__(self, now_s: float = 1000.0) -> None:
        self.now_s = now_s

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock is there, and let the others run."""
        until = self.now_s + seconds
        await asyncio.sleep(0)
        self.now_s = max(self.now_s, until)

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.now_s, now=lambda: datetime.now(UTC), sleep=self.sleep)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.mark.parametrize("places", [1, 2, 5])
async def test_no_more_are_open_than_there_are_places(time: Time, places: int) -> None:
    gate, now_open, seen = Gate(time.clock(), places), 0, []

    async def one() -> None:
        nonlocal now_open
        async with gate.place("one"):
            now_open += 1
            seen.append(now_open)
            await asyncio.sleep(0)
            now_open -= 1

    await asyncio.gather(*(one() for _ in range(12)))
    assert len(seen) == 12
    assert max(seen) == places


async def test_a_place_is_given_back_by_a_failure(time: Time) -> None:
    gate = Gate(time.clock(), 1)
    for _ in range(2):
        with pytest.raises(LookupError):
            async with gate.place("one"):
                raise LookupError
    async with asyncio.timeout(1), gate.place("one"):
        pass


async def test_groups_are_let_in_by_turns(time: Time) -> None:
    gate, order = Gate(time.clock(), 1), []

    async def one(group: str) -> None:
        async with gate.place(group):
            order.append(group)
            await asyncio.sleep(0)

    await asyncio.gather(*(one(group) for group in ("a", "a", "a", "b", "b", "c")))
    assert order == ["a", "b", "a", "c", "b", "a"]


async def test_who_gives_up_waiting_keeps_no_place(time: Time) -> None:
    gate = Gate(time.clock(), 1)
    async with gate.place("a"):
        waiting = asyncio.create_task(_enter(gate))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with asyncio.timeout(1), gate.place("a"):
        pass
    assert waiting.cancelled()


async def _enter(gate: Gate) -> None:
    async with gate.place("b"):
        pass


@pytest.mark.parametrize("concurrency", [1, 7, 200])
async def test_no_more_starts_in_any_minute_than_allowed(time: Time, concurrency: int) -> None:
    gate, starts = Gate(time.clock(), concurrency), []

    async def one(number: int) -> None:
        async with gate.place("one"):
            assert await gate.space(1e6)
            gate.note()
            starts.append(time.now_s)
            await time.sleep(0.1 * (number % 4))

    await asyncio.gather(*(one(number) for number in range(200)))
    assert len(starts) == 200
    for first, after in zip(starts, starts[REQUESTS_PER_MINUTE:], strict=False):
        assert after - first >= 60 - 1e-9
    # 200 starts need three pauses, and no more.
    assert 180 - 1e-9 <= starts[-1] - starts[0] < 240


async def test_the_wait_is_no_longer_than_it_must_be_and_is_counted(time: Time) -> None:
    gate = Gate(time.clock(), per_minute=2)
    for moved_on_s in (10.0, 20.0):
        assert await gate.space(100.0)
        gate.note()
        time.now_s += moved_on_s
    assert gate.waited_s == 0.0
    assert await gate.space(100.0)
    assert time.now_s == pytest.approx(1060.5)
    assert gate.waited_s == pytest.approx(30.5)
    gate.note()
    assert await gate.space(100.0)
    assert time.now_s == pytest.approx(1070.5)
    assert gate.waited_s == pytest.approx(40.5)


async def test_waiting_together_counts_once(time: Time) -> None:
    gate = Gate(time.clock(), per_minute=3)
    for _ in range(3):
        gate.note()
    assert all(await asyncio.gather(*(gate.space(1e3) for _ in range(3))))
    assert gate.waited_s == pytest.approx(time.now_s - 1000.0)
    assert 60 <= gate.waited_s < 62


@pytest.mark.parametrize(
    ("most_s", "allowed"),
    [
        pytest.param(59.9, False, id="too-short"),
        pytest.param(60.5, False, id="nothing-would-be-left"),
        pytest.param(60.6, True, id="long-enough"),
    ],
)
async def test_a_wait_beyond_what_is_allowed(*, time: Time, most_s: float, allowed: bool) -> None:
    gate = Gate(time.clock(), per_minute=1)
    gate.note()
    assert await gate.space(most_s) is allowed
    assert time.now_s == pytest.approx(1060.5 if allowed else 1000.0)
    assert gate.waited_s == pytest.approx(60.5 if allowed else 0.0)


@pytest.mark.parametrize("most_s", [0.0, -1.0])
async def test_no_start_when_no_time_is_left(time: Time, most_s: float) -> None:
    assert not await Gate(time.clock()).space(most_s)


async def test_those_who_wait_together_do_not_start_together(time: Time) -> None:
    gate, starts = Gate(time.clock(), per_minute=1), []

    async def one() -> None:
        assert await gate.space(1e6)
        gate.note()
        starts.append(time.now_s)

    await asyncio.gather(*(one() for _ in range(4)))
    assert all(b - a >= 60 - 1e-9 for a, b in itertools.pairwise(starts))


async def test_a_wait_that_grew_too_long_is_given_up(time: Time) -> None:
    """Another takes the free start while one sleeps: the deadline still holds."""
    gate = Gate(time.clock(), per_minute=1)
    gate.note()
    waiting = asyncio.create_task(gate.space(70.0))
    await asyncio.sleep(0)
    time.now_s += 60.5
    gate.note()
    assert not await waiting
