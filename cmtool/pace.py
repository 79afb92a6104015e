"""How many streams are open at once, and how many requests are started in a minute."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cmtool.clock import Clock

# Requests a minute that a key may make: https://www.crossmodel.ai/docs/rate-limits.
REQUESTS_PER_MINUTE = 60
UNLIMITED = 1_000_000
_MINUTE_S = 60.5  # half a second more: the gateway counts a request when it arrives


class Gate:
    """Lets no more than ``concurrency`` streams be open, nor ``per_minute`` start in a minute.

    ``waited_s`` is how long streams have been held back for the sake of the rate; where several
    wait at the same time, it counts once.
    """

    def __init__(
        self,
        clock: Clock,
        concurrency: int = UNLIMITED,
        per_minute: int = REQUESTS_PER_MINUTE,
    ) -> None:
        self._clock = clock
        self._free = concurrency
        self._last = ""  # the group that was let in last
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._starts: deque[float] = deque(maxlen=per_minute)
        self.waited_s = 0.0
        self._waited_until = clock.monotonic()

    @asynccontextmanager
    async def place(self, group: str) -> AsyncIterator[None]:
        """Hold a place while the context is open; waits until there is one.

        Those who wait are let in by turns, one of each ``group``, so that none is left behind.
        """
        await self._enter(group)
        try:
            yield
        finally:
            self._free += 1
            self._let_in()

    async def _enter(self, group: str) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(group, deque()).append(turn)
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._free += 1  # it was let in at the moment at which it gave up
                self._let_in()
            raise

    def _let_in(self) -> None:
        while self._free and self._waiting:
            others = (group for group in self._waiting if group != self._last)
            group = next(others, self._last)
            turns = self._waiting.pop(group)
            turn = turns.popleft()
            if turns:
                self._waiting[group] = turns  # behind all other groups
            if not turn.done():
                self._free, self._last = self._free - 1, group
                turn.set_result(None)

    async def space(self, most_s: float) -> bool:
        """Wait until the rate allows one more start; False when that takes longer than allowed."""
        until = self._clock.monotonic() + most_s
        while (wait := self._wait_s()) > 0:
            if self._clock.monotonic() + wait >= until:
                return False
            await self._wait(wait)
        return most_s > 0

    async def _wait(self, seconds: float) -> None:
        start = self._clock.monotonic()
        await self._clock.sleep(seconds)
        now = self._clock.monotonic()
        self.waited_s += max(0.0, now - max(start, self._waited_until))
        self._waited_until = now

    def note(self) -> None:
        """Take note of a start."""
        self._starts.append(self._clock.monotonic())

    def _wait_s(self) -> float:
        if len(self._starts) < (self._starts.maxlen or 0):
            return 0.0
        return self._starts[0] + _MINUTE_S - self._clock.monotonic()
