"""Matching --expect in a process of its own: an expression may take longer than any deadline.

Python's matcher lets nothing else run, neither a clock nor an interrupt, until it is done.
"""

from __future__ import annotations

import subprocess
import sys
import time

_BUDGET_S = 5.0  # for all streams of a run together
_PROGRAM = """
import re, sys
sys.exit(re.search(sys.argv[1], sys.stdin.buffer.read().decode("utf-8", "replace")) is None)
"""


class Matcher:
    """Searches texts for expressions, a few seconds in all."""

    def __init__(self, budget_s: float = _BUDGET_S) -> None:
        self._left_s = budget_s

    def search(self, pattern: str, text: str) -> bool | None:
        """Say whether an expression matches somewhere in a text; None when that takes too long."""
        start = time.monotonic()
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and program, no shell
                [sys.executable, "-I", "-S", "-c", _PROGRAM, pattern],
                input=text.encode("utf-8", "replace"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=self._left_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        finally:
            self._left_s = max(0.0, self._left_s - (time.monotonic() - start))
        return done.returncode == 0
