"""Signals that ask the program to end: it puts the terminal and the files in order first.

Ctrl-C is Python's own affair and asyncio's.  What else ends a process by default is let through as
if it were Ctrl-C, so that there is one way out; at its end the process dies of the signal that it
got, as whoever sent it expects (https://www.cons.org/cracauer/sigint.html).
"""

from __future__ import annotations

import signal
from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP

_received: list[int] = []


def take_over() -> None:
    """Let the signals through whose default is to end the process; what is ignored stays so."""
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def end() -> None:
    """Die of the signal that asked for the end, if one did; a second Ctrl-C ends it at once."""
    if _received:
        signal.signal(_received[0], signal.SIG_DFL)
        signal.raise_signal(_received[0])
    if signal.getsignal(signal.SIGTERM) is _interrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _received.append(number)
    interrupt = signal.getsignal(signal.SIGINT)
    if callable(interrupt):
        interrupt(signal.SIGINT, frame)
    else:
        raise KeyboardInterrupt
