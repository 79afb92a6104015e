"""Numbers as people read them: durations, shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

_SECOND_MS = 1000.0
_MINUTE_MS = 60_000.0


def duration(milliseconds: float) -> str:
    """Give a duration in the unit that suits it: ``104 ms``, ``1.24 s``, ``2 min 5 s``."""
    if milliseconds < 1:
        return f"{milliseconds:.1f} ms"
    if round(milliseconds) < _SECOND_MS:
        return f"{milliseconds:.0f} ms"
    if milliseconds < _MINUTE_MS:
        return f"{milliseconds / _SECOND_MS:.2f} s"
    minutes, seconds = divmod(round(milliseconds / _SECOND_MS), 60)
    return f"{minutes} min {seconds} s"


def seconds(milliseconds: float) -> str:
    """Give a duration in seconds, one decimal: ``0.4 s``."""
    return f"{milliseconds / _SECOND_MS:.1f} s"


def share(part: int, whole: int) -> str | None:
    """Give a percentage with one decimal, rounded down so that 100 means all; None of nothing."""
    if whole <= 0:
        return None
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10} %"


def listed(names: Sequence[str]) -> str:
    """Give names as in a sentence: ``chat, responses and messages``."""
    if len(names) < 2:  # noqa: PLR2004 - one name needs no "and"
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def timestamp(moment: datetime) -> str:
    """Give a moment as ISO 8601 in UTC, with milliseconds: ``2026-11-22T10:00:00.412Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def date(unix_seconds: int) -> str:
    """Give the day of a moment in Unix seconds, in UTC; the number itself when it is no date."""
    try:
        return datetime.fromtimestamp(unix_seconds, UTC).date().isoformat()
    except (OverflowError, OSError, ValueError):
        return str(unix_seconds)
