"""Measuring whole processes against each other, in one run, so that a slow machine slows both."""

from __future__ import annotations

import os
import shlex
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# An installed package is compiled; a checkout whose bytecode may not be kept would be compiled at
# every start, and compared with peers that are not.
_COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What cmtool takes against a reference, in the same unit: their ratio, and its budget."""

    name: str
    takes: float
    against: float
    reference: str
    budget: float
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        return self.takes / self.against

    def row(self) -> str:
        against = f"{self.against:.0f} {self.unit} ({self.reference})"
        return _row(
            self.name,
            f"{self.takes:.0f} {self.unit}",
            against,
            f"{self.ratio:.2f} ×",
            f"{self.budget:g} ×",
            within=self.ratio <= self.budget,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What cmtool takes beyond a reference, in the same unit, and how much that may be.

    ``beyond`` is the difference of the two, or the median of the differences of many pairs.
    """

    name: str
    takes: float
    against: float
    beyond: float
    reference: str
    budget: float
    unit: str

    def row(self) -> str:
        return _row(
            self.name,
            f"{self.takes:.1f} {self.unit}",
            f"{self.against:.1f} {self.unit} ({self.reference})",
            f"{self.beyond:+.2f} {self.unit}",
            f"{self.budget:g} {self.unit}",
            within=self.beyond <= self.budget,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Elapsed:
    """What cmtool takes by itself, in milliseconds, and how much that may be."""

    name: str
    takes: float
    budget: float

    def row(self) -> str:
        return _row(
            self.name,
            f"{self.takes:.1f} ms",
            "",
            f"{self.takes:.1f} ms",
            f"{self.budget:g} ms",
            within=self.takes <= self.budget,
        )


HEADING = "| what | takes | against | is | budget | |\n|---|---|---|---|---|---|"


def _row(*cells: str, within: bool) -> str:
    return f"| {' | '.join(cells)} | {'within' if within else 'OVER'} |"


def output(command: Sequence[str], environ: Mapping[str, str] | None = None) -> str:
    """Run a command once; gives its standard output, and ends the program when it fails."""
    done = subprocess.run(
        command,
        env={**os.environ, **_COMPILED, **(environ or {})},
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )
    if done.returncode != 0:
        said = done.stderr or done.stdout
        raise SystemExit(f"{shlex.join(command)} ended with {done.returncode}:\n{said}")
    return done.stdout


def wall_ms(command: Sequence[str], environ: Mapping[str, str]) -> float:
    """Run a command once; gives its wall time in milliseconds."""
    start = time.perf_counter()
    output(command, environ)
    return (time.perf_counter() - start) * 1000


def medians(
    commands: Sequence[Sequence[str]], runs: int, environ: Mapping[str, str] | None = None
) -> list[float]:
    """Run commands in turn (A B A B …) after one warm-up; gives each one's median wall time."""
    for command in commands:
        wall_ms(command, environ or {})
    times = [[wall_ms(command, environ or {}) for command in commands] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*times, strict=True)]
