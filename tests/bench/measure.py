"""Timing of whole processes against each other, in one run, so that a slow machine slows both."""

from __future__ import annotations

import os
import shlex
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A command against a reference: the ratio of their median wall times, and its budget."""

    name: str
    command_s: float
    reference_s: float
    reference: str
    budget: float

    @property
    def ratio(self) -> float:
        return self.command_s / self.reference_s

    def row(self) -> str:
        verdict = "within" if self.ratio <= self.budget else "OVER"
        return (
            f"| {self.name} | {self.command_s * 1000:.0f} ms | {self.reference_s * 1000:.0f} ms"
            f" ({self.reference}) | {self.ratio:.2f} | {self.budget:g} | {verdict} |"
        )


def wall_s(command: Sequence[str], environ: Mapping[str, str]) -> float:
    """Run a command once; gives its wall time in seconds."""
    start = time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, **environ}, capture_output=True, check=False, text=True
    )
    took = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"{shlex.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return took


def medians(
    commands: Sequence[Sequence[str]], runs: int, environ: Mapping[str, str] | None = None
) -> list[float]:
    """Run commands in turn (A B A B …) after one warm-up; gives each one's median wall time."""
    for command in commands:
        wall_s(command, environ or {})
    times = [[wall_s(command, environ or {}) for command in commands] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*times, strict=True)]
