"""One input after the other under watch: what raises, what takes too long, what grows too fast."""

from __future__ import annotations

import faulthandler
import hashlib
import re
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.source import Source

SLOW_S = 1.0  # of CPU for one input, which has some kilobytes
HANG_S = 60.0  # after which the process is ended where it stands
_GROWTH_SHARE = 0.25  # of the time
_SMALL, _LARGE = 8_192, 32_768  # characters, or events
_NOTABLE_S = 0.15
_GROWTH = 8.0  # times the time for four times the size: between linear and quadratic


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is fuzzed: ``run`` raises where a property does not hold.

    ``scaled`` gives, for an input and a size, what must take time in proportion to that size.
    """

    name: str
    run: Callable[[Source], None]
    seeds: tuple[bytes, ...]
    words: tuple[str, ...] = ()
    scaled: Callable[[Source, int], Callable[[], object]] | None = None


@dataclass(slots=True)
class Watch:
    """Puts inputs to a target; keeps the first input of every finding in a folder."""

    target: Target
    folder: Path
    seconds: float
    executions: int = 0
    found: dict[str, int] = field(default_factory=dict)
    _started: float = field(default_factory=time.monotonic)
    _armed: float = 0.0
    _growing_s: float = 0.0

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() - self._started > self.seconds

    def put(self, data: bytes) -> None:
        """Put one input."""
        self._arm(data)
        self.executions += 1
        began = time.process_time()
        self._try(lambda: self.target.run(Source(data)), data)
        took_s = time.process_time() - began
        if took_s > SLOW_S:
            self._keep("slow", data, f"{took_s:.1f} s for {len(data)} bytes")
        if self.target.scaled is not None and self._growing_s < _GROWTH_SHARE * began:
            self._try(lambda: self._grow(data), data)
            self._growing_s += time.process_time() - began - took_s

    def summary(self) -> str:
        """Give a line: target, executions, minutes, findings."""
        minutes = (time.monotonic() - self._started) / 60
        told = "; ".join(f"{place} ({times}×)" for place, times in self.found.items()) or "none"
        return f"{self.target.name} | {self.executions:,} | {minutes:.1f} | {told}"

    def _try(self, act: Callable[[], None], data: bytes) -> None:
        try:
            act()
        except Exception as exc:  # noqa: BLE001 - whatever it is, it is a finding
            self._keep(_place(exc), data, traceback.format_exc())

    def _arm(self, data: bytes) -> None:
        """Keep the input, for the case that it never comes back."""
        (self.folder / "present").write_bytes(data)
        if time.monotonic() - self._armed > HANG_S / 4:
            self._armed = time.monotonic()
            faulthandler.dump_traceback_later(HANG_S, exit=True)

    def _grow(self, data: bytes) -> None:
        small, large = self._time(data, _SMALL), self._time(data, _LARGE)
        if large < _NOTABLE_S or large < _GROWTH * small:
            return
        small, large = self._time(data, _SMALL), self._time(data, _LARGE)
        if large > _GROWTH * small:
            place = self._where(data, large / 2)
            self._keep(f"grows at {place}", data, f"{small:.3f} s, four times the size {large:.3f}")

    def _time(self, data: bytes, size: int) -> float:
        assert self.target.scaled is not None
        act = self.target.scaled(Source(data), size)
        began = time.process_time()
        act()
        return time.process_time() - began

    def _where(self, data: bytes, after_s: float) -> str:
        """Give the line of the program in which most of the time goes."""
        assert self.target.scaled is not None
        act = self.target.scaled(Source(data), _LARGE)
        with tempfile.TemporaryFile("w+") as told:
            faulthandler.dump_traceback_later(after_s, file=told)
            act()
            faulthandler.cancel_dump_traceback_later()
            self._armed = 0.0
            told.seek(0)
            found = re.search(r'cmtool/(.+)", line (\d+)', told.read())
        return f"{found[1]}:{found[2]}" if found else "?"

    def _keep(self, place: str, data: bytes, told: str) -> None:
        known = place in self.found
        self.found[place] = self.found.get(place, 0) + 1
        if known:
            return
        name = hashlib.sha256(place.encode()).hexdigest()[:8]
        (self.folder / f"{name}.input").write_bytes(data)
        (self.folder / f"{name}.txt").write_text(f"{place}\n{told}\n", "utf-8", "backslashreplace")
        print(f"{self.target.name}: {place}  -> {self.folder / name}.txt", flush=True)


def _place(exc: Exception) -> str:
    """Name a failure by its kind and the lines in which it arose: ours and the harness's."""
    frames = traceback.extract_tb(exc.__traceback__)
    told = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    own = [each for each, frame in zip(told, frames, strict=True) if "cmtool" in frame.filename]
    return " < ".join(dict.fromkeys([type(exc).__name__, *own[-1:], told[-1]]))
