"""Times of day of two machines, compared and told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

CLOCK_TOLERANCE = timedelta(minutes=2)


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    """Give when an answer says that it was sent; None also for one that a cache kept.

    ``headers`` has lower-case names; Age: RFC 9111, section 5.1.
    """
    return None if "age" in headers else moment_of(headers.get("date", ""))


def moment_of(value: str) -> datetime | None:
    """Read a Date header (RFC 9110, section 6.6.1); None for what is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # a time zone of any size is taken apart without a check
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_UNITS = (("years", 31_557_600), ("days", 86_400), ("hours", 3_600), ("minutes", 60))


def span(difference: timedelta) -> str:
    """Give a length of time in the unit that fits, two of it at least."""
    seconds = abs(difference.total_seconds())
    name, size = next((unit for unit in _UNITS if seconds >= 2 * unit[1]), ("seconds", 1))
    return f"{seconds / size:.0f} {name}"


def told_skew(ahead: timedelta) -> str:
    """Say how far a clock is ahead, or behind."""
    return f"{span(ahead)} {'ahead' if ahead > timedelta() else 'behind'}"
