"""Following one stream to its end, or to the end of anybody's patience.

Two clocks that differ: bytes may come while the model is silent.  Keep-alive comments and pings
are signs of life of the wire, not of the model, and do not feed the idle limit.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from cmtool.catalog.readings import TIME_UP
from cmtool.connection.faults import TransportError
from cmtool.model import Severity
from cmtool.protocols import Signal, StreamMachine
from cmtool.sse import EventDecoder, EventTooLongError
from cmtool.streaming.judging import Ending, Followed
from cmtool.streaming.meter import Meter
from cmtool.streaming.thresholds import IDLE_S

_START_LIMIT = 64 * 1024  # bytes in front of the first event that are kept
_AFTER_END_S = 0.5  # how long a stream may take to close behind its terminal event
_BROKEN_OFF = "broken_after_end"
_NOTABLE_SILENCE_S = 5.0  # at the deadline, or half of its life; else it may have gone on
_MOVED_ON = frozenset({Signal.TEXT, Signal.DELTA, Signal.PROGRESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a stream is waited for.

    ``idle_s`` bounds the silence of the model; ``remaining_s`` gives the seconds that are left
    for everything, ``monotonic`` the time.
    """

    monotonic: Callable[[], float]
    remaining_s: Callable[[], float]
    idle_s: float = IDLE_S


class Follower:
    """Reads one stream, feeding its machine and its meter.

    ``heard`` is told of all bytes with the time of their arrival, before they are parsed;
    ``start`` is what came in front of the first event.
    """

    def __init__(
        self,
        machine: StreamMachine,
        started_at: float,
        patience: Patience,
        heard: Callable[[float, bytes], None] | None = None,
    ) -> None:
        self.followed = Followed(meter=Meter(started_at), machine=machine)
        self._last_data = ""
        self.start = b""
        self._started_at = started_at
        self._machine = machine
        self._meter = self.followed.meter
        self._patience = patience
        self._heard = heard
        self._decoder = EventDecoder()
        self._moved_on_at = patience.monotonic()

    async def follow(self, chunks: AsyncIterator[tuple[float, bytes]]) -> Ending | None:
        """Feed the machine until the stream ends; gives why, unless it ended by itself."""
        try:
            while True:
                async with asyncio.timeout(self._patience_s()):
                    arrived_at, chunk = await anext(chunks)
                self._take(arrived_at, chunk)
                await asyncio.sleep(0)
        except StopAsyncIteration:
            return None
        except TimeoutError:
            return self._impatience()
        except EventTooLongError:
            said = "One event is longer than 1 MiB, or 16 MiB came without any."
            return Ending("stream_malformed", said)
        except TransportError as exc:
            said = " ".join(exc.details)
            if self._machine.terminal:  # the generation is whole; some clients raise all the same
                self._machine.violate(_BROKEN_OFF, "the end of the body", said, Severity.WARNING)
            return Ending(exc.identifier, said)
        finally:
            await _close(chunks)
            self._machine.finish()

    def _take(self, arrived_at: float, chunk: bytes) -> None:
        if not self._over and self._patience.remaining_s() <= 0:
            raise TimeoutError  # what has arrived already never lets a wait run out
        if not self._over and arrived_at - self._moved_on_at > self._patience.idle_s:
            raise TimeoutError  # the model had been silent for too long when these bytes came
        meter, machine = self._meter, self._machine
        if meter.first_byte_at is None:
            meter.first_byte_at = arrived_at
        if self._heard is not None:
            self._heard(arrived_at, chunk)
        if not meter.events and len(self.start) < _START_LIMIT:
            self.start += chunk[:_START_LIMIT]
        for event in self._decoder.feed(chunk):
            signal = machine.feed(event.type, event.data)
            self._last_data = event.data
            meter.event(signal, arrived_at)
            if signal in _MOVED_ON:
                self._moved_on_at = arrived_at

    @property
    def last_said(self) -> str:
        """What the last event carried; without any, what came instead, such as comments."""
        return self._last_data or self.start.decode("utf-8-sig", "replace").strip()

    @property
    def _over(self) -> bool:
        return self._machine.terminal or self._machine.error is not None

    def _patience_s(self) -> float:
        """Give the seconds until the model has been silent for too long, or time is up."""
        left = self._patience.remaining_s()
        if self._over and self._meter.ended_at is not None:
            since_end = self._patience.monotonic() - self._meter.ended_at
            return max(0.0, min(_AFTER_END_S - since_end, left))
        return max(0.0, min(self._patience.idle_s - self._silent_s(), left))

    def _silent_s(self) -> float:
        return self._patience.monotonic() - self._moved_on_at

    def _impatience(self) -> Ending | None:
        if self._over:
            return None
        silent_s = self._silent_s()
        self._meter.left_at = self._patience.monotonic()
        at_deadline = self._patience.remaining_s() <= 0
        if at_deadline and not self._is_notable(silent_s):
            said = f"The deadline came {silent_s:.1f} s after the last event of the model."
            return Ending("threshold_exceeded", said, TIME_UP)
        deltas = self._machine.deltas
        several = "1 delta" if deltas == 1 else f"{deltas} deltas"
        after = f"after {several}" if deltas else "from the start"
        alive = self._decoder.comments > 0 or self._meter.events > 0
        kept = " while the connection stayed open" if alive else ""
        end = ", and then the deadline came" if at_deadline else ""
        said = f"The model was silent for {silent_s:.1f} s {after}{kept}{end}."
        return Ending("stream_stalled", said)

    def _is_notable(self, silent_s: float) -> bool:
        """Say whether a silence up to the deadline tells that the stream had come to a stop."""
        life_s = self._patience.monotonic() - self._started_at
        return silent_s >= min(_NOTABLE_SILENCE_S, self._patience.idle_s) or silent_s * 2 >= life_s


async def _close(chunks: AsyncIterator[Any]) -> None:
    close = getattr(chunks, "aclose", None)
    if close is not None:
        await close()
