"""How many requests are under way at once, and how many are started in a minute."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cmtool.clock import Clock

# Requests a minute that a key may make: https://www.crossmodel.ai/docs/rate-limits.
REQUESTS_PER_MINUTE = 60
_MINUTE_S = 60.0
UNLIMITED = 1_000_000


class Gate:
    """Lets no more than ``concurrency`` requests be open, nor ``per_minute`` start in a minute.

    ``waited_s`` is how long requests have been held back for the sake of the rate.
    """

    def __init__(
        self, clock: Clock, concurrency: int = UNLIMITED, per_minute: int = REQUESTS_PER_MINUTE
    ) -> None:
        self._clock = clock
        self._places = asyncio.Semaphore(concurrency)
        self._starts: deque[float] = deque(maxlen=per_minute)
        self._turn = asyncio.Lock()
        self.waited_s = 0.0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place while the context is open; waits until there is one."""
        async with self._places:
            async with self._turn:
                await self._space()
            yield

    async def _space(self) -> None:
        wait = self.wait_s()
        if wait > 0:
            await self._clock.sleep(wait)
            self.waited_s += wait
        self._starts.append(self._clock.monotonic())

    def wait_s(self) -> float:
        """Give the seconds until the next request may start, as far as the rate goes."""
        if len(self._starts) < (self._starts.maxlen or 0):
            return 0.0
        return max(0.0, self._starts[0] + _MINUTE_S - self._clock.monotonic())
