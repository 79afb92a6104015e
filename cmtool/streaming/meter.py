"""The moments of one stream, and the figures that come of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from cmtool.model import Gaps
from cmtool.protocols import Signal
from cmtool.streaming.pauses import PROFILE_CELLS, Pauses

# A burst: many deltas in hardly more than one read, in a moment that is short against the wait.
_MANY_DELTAS = 8
_FEW_ARRIVALS = 2
_DELTAS_IN_A_READ = 4
_BURST_SHARE = 0.05
_LONG_WAIT_S = 0.3
_HIDDEN_SHARE = 16


@dataclass(slots=True)
class Meter:
    """The moments of one stream, in monotonic seconds, as they come in.

    ``ended_at`` is that of the terminal event, ``left_at`` when nobody waited any longer.
    """

    started_at: float
    first_byte_at: float | None = None
    first_event_at: float | None = None
    first_delta_at: float | None = None
    first_text_at: float | None = None
    ended_at: float | None = None
    left_at: float | None = None
    events: int = 0
    pauses: Pauses = field(default_factory=Pauses)
    _last_delta_at: float | None = None
    _arrivals: int = 0  # of bytes that carried deltas

    def event(self, signal: Signal, at: float) -> None:
        """Take the moment at which an event's bytes had arrived."""
        self.events += 1
        if self.first_event_at is None:
            self.first_event_at = at
        if signal in {Signal.TEXT, Signal.DELTA}:
            self._delta(at)
        if signal is Signal.TEXT and self.first_text_at is None:
            self.first_text_at = at
        if signal in {Signal.TERMINAL, Signal.ERROR} and self.ended_at is None:
            self.ended_at = at

    def _delta(self, at: float) -> None:
        if self.first_delta_at is None:
            self.first_delta_at = at
        if at != self._last_delta_at:
            self._arrivals += 1
        if self._last_delta_at is not None:
            self.pauses.add(at - self._last_delta_at)
        self._last_delta_at = at

    def ms(self, moment: float | None) -> float | None:
        """Give a moment as milliseconds since the request was written."""
        return None if moment is None else (moment - self.started_at) * 1000

    def gaps(self) -> Gaps:
        """Give the percentiles (nearest rank) of the pauses between deltas, in milliseconds."""
        return self.pauses.gaps()

    def profile(self, cells: int = PROFILE_CELLS) -> tuple[float, ...]:
        """Give the pauses in their order, in milliseconds; of a run of many the longest."""
        waiting_s = None
        if self.left_at is not None and self._last_delta_at is not None:
            waiting_s = self.left_at - self._last_delta_at
        return tuple(self.pauses.profile(waiting_s, cells))

    def came_at_once(self) -> bool:
        """Say whether all deltas came in one burst although the generation took its time."""
        if self.first_delta_at is None or self._last_delta_at is None:
            return False
        waited = self.first_delta_at - self.started_at
        span = self._last_delta_at - self.first_delta_at
        many = self.pauses.count + 1 >= _MANY_DELTAS
        deltas = self.pauses.count + 1
        few = self._arrivals <= max(_FEW_ARRIVALS, deltas // _DELTAS_IN_A_READ)
        burst = few and span <= waited * _BURST_SHARE
        return many and burst and waited >= _LONG_WAIT_S

    def tokens_per_second(self, output_tokens: int | None) -> float | None:
        """Give the rate from the first delta to the end; None without reported usage.

        It counts from the request where most of the tokens were not shown, and is None where all
        came in one burst.
        """
        if output_tokens is None or self.first_delta_at is None or self.ended_at is None:
            return None
        if self.came_at_once():
            return None  # what came in a burst was generated at no rate that can be seen
        # Tokens that far outnumber the deltas were generated before the first of these.
        hidden = output_tokens > _HIDDEN_SHARE * (self.pauses.count + 1)
        took = self.ended_at - (self.started_at if hidden else self.first_delta_at)
        return output_tokens / took if took > 0 else None
