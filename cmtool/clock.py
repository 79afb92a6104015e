"""Time, handed in: what reads a clock or waits takes a :class:`Clock`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The three things that time is used for.

    ``monotonic`` gives seconds for measuring, ``now`` the aware UTC time of day for records,
    ``sleep`` waits a number of seconds.
    """

    monotonic: Callable[[], float]
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment at which everything must have ended."""

    clock: Clock
    at: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Deadline:
        """Give the deadline that lies ``seconds`` from now."""
        return cls(clock, clock.monotonic() + seconds)

    def remaining(self) -> float:
        """Give the seconds that are left, never below zero."""
        return max(0.0, self.at - self.clock.monotonic())
