"""The pauses between the deltas of one stream, kept in bounded memory however long it is."""

from __future__ import annotations

import math

from cmtool.model import Gaps

_DISTINCT = 10_000  # different lengths that are counted exactly
_STRETCHES = 4096  # longest pauses that are kept in their order; an even number

PROFILE_CELLS = 40


class Pauses:
    """Counts pauses by their length, in seconds, and remembers the longest of each stretch.

    The percentiles are exact while there are at most 10,000 different lengths; of more, each is
    counted as three significant digits of itself, so that no percentile is off by more than half
    a percent.  The longest pause is exact always.
    """

    def __init__(self) -> None:
        """Start without any."""
        self.count = 0
        self._counts: dict[float, int] = {}  # by length
        self._rounded = False
        self._longest: list[float] = []  # of each stretch, in their order
        self._stretch = 1  # so many pauses each

    def add(self, pause_s: float) -> None:
        """Take the next pause."""
        self._place(pause_s)
        self.count += 1
        counted = _rounded(pause_s) if self._rounded else pause_s
        self._counts[counted] = self._counts.get(counted, 0) + 1
        if len(self._counts) > _DISTINCT and not self._rounded:
            self._round()

    def _round(self) -> None:
        exact, self._counts, self._rounded = self._counts, {}, True
        for pause_s, times in exact.items():
            counted = _rounded(pause_s)
            self._counts[counted] = self._counts.get(counted, 0) + times

    def _place(self, pause_s: float) -> None:
        if self.count % self._stretch:
            self._longest[-1] = max(self._longest[-1], pause_s)
            return
        if len(self._longest) == _STRETCHES:
            self._longest = list(map(max, self._longest[::2], self._longest[1::2]))
            self._stretch *= 2
        self._longest.append(pause_s)

    def gaps(self) -> Gaps:
        """Give the percentiles (nearest rank) in milliseconds."""
        if not self.count:
            return Gaps()
        p50, p90, p99 = (self._ranked(math.ceil(self.count * share)) for share in (0.5, 0.9, 0.99))
        return Gaps(p50=p50 * 1000, p90=p90 * 1000, p99=p99 * 1000, max=max(self._longest) * 1000)

    def _ranked(self, rank: int) -> float:
        """Give the pause that has so many at or below it."""
        for pause_s in sorted(self._counts):
            rank -= self._counts[pause_s]
            if rank <= 0:
                break
        return pause_s

    def profile(self, waiting_s: float | None = None, cells: int = PROFILE_CELLS) -> list[float]:
        """Give the pauses in their order, in milliseconds; of a run of many the longest.

        ``waiting_s`` is the one that had not ended when nobody waited any longer.
        """
        longest = self._longest if waiting_s is None else [*self._longest, waiting_s]
        run = math.ceil(len(longest) / cells)
        return [max(longest[at : at + run]) * 1000 for at in range(0, len(longest), run or 1)]


def _rounded(pause_s: float) -> float:
    return float(f"{pause_s:.3g}")
