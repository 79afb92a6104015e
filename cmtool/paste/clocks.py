"""Times in a text: as logs, heads of answers and records write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeAlias

Clock: TypeAlias = tuple[datetime | None, str | None]
"""A time as a moment, where its zone is known, and as it was written; None where there is none."""

_NONE: Clock = (None, None)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_MONTH = f"(?:{'|'.join(_MONTHS)})"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_ISO = re.compile(
    r"(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?"
    r"[ ]?(Z\b|UTC|[+-]\d\d:?\d\d)?"
)
# RFC 9110, section 5.6.7; the access logs of web servers; syslog (RFC 3164) and asctime.
_HTTP_DATE = re.compile(rf"{_DAY}, (\d\d) ({_MONTH}) (\d{{4}}) (\d\d:\d\d:\d\d) (?:GMT|\+0000)")
_ACCESS = re.compile(rf"(\d\d)/({_MONTH})/(\d{{4}}):(\d\d:\d\d:\d\d) ([+-]\d{{4}})")
_SYSLOG = re.compile(rf"(?:{_DAY} )?\b{_MONTH} [ \d]\d \d\d:\d\d:\d\d(?: \d{{4}})?")
_ANY = re.compile("|".join(x.pattern for x in (_ISO, _HTTP_DATE, _ACCESS, _SYSLOG)))
_REACH = 4000  # characters in front of an error in which the time of its record may stand
_EPOCHS = ((1e9, 1e10, 1), (1e12, 1e13, 1e3), (1e15, 1e16, 1e6), (1e18, 1e19, 1e9))


def clock_of(text: str) -> Clock:
    """Give the first time in a text."""
    found = _ANY.search(text)
    return _read(found[0]) if found else _NONE


def of_field(value: Any) -> Clock:
    """Give the time that a field of a record holds: written, or as seconds since 1970 or parts."""
    if isinstance(value, str):
        return clock_of(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _NONE
    for low, high, parts in _EPOCHS:
        if low <= value < high:
            return datetime.fromtimestamp(value / parts, UTC), str(value)
    return _NONE


def http_date(value: str) -> datetime | None:
    """Give the moment of a Date header."""
    found = _HTTP_DATE.search(value)
    return _read(found[0])[0] if found else None


def last_before(text: str, place: int) -> Clock:
    """Give the time of the record that a place belongs to: the last one in front of it."""
    before = list(_ANY.finditer(text, max(0, place - _REACH), place))
    return _read(before[-1][0]) if before else _NONE


def only(text: str) -> Clock:
    """Give the time that a text tells, when it is one alone."""
    found = set(_first(text))
    return _read(found.pop()) if len(found) == 1 else _NONE


def _first(text: str) -> Iterator[str]:
    """Give the times of a text up to the second one that differs."""
    seen: set[str] = set()
    for found in _ANY.finditer(text):
        seen.add(found[0])
        yield found[0]
        if len(seen) > 1:
            return


def _read(written: str) -> Clock:
    """Read a time that has one of the forms."""
    if found := _ISO.fullmatch(written):
        year, month, day, time, fraction, zone = found.groups()
        stamp = f"{year}-{month}-{day}T{time}.{(fraction or '0')[:6]:0<6}"
        return _moment(written, stamp, "+00:00" if zone in {"Z", "UTC"} else zone or "")
    if found := _HTTP_DATE.fullmatch(written) or _ACCESS.fullmatch(written):
        day, month, year, time, *zones = found.groups()
        number = _MONTHS.index(month) + 1
        return _moment(written, f"{year}-{number:02}-{day}T{time}", (zones or ["+00:00"])[0])
    return None, written


def _moment(written: str, stamp: str, zone: str) -> Clock:
    try:
        moment = datetime.fromisoformat(stamp + zone)
    except ValueError:
        return _NONE
    return (moment.astimezone(UTC) if zone else None), written.strip()
