"""Headers of the gateway's answers, and the ways in which a scenario bends them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from cmtool.sandbox.wire import Headers

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TIME_CHARACTERS = 10
_RANDOM_CHARACTERS = 16
_WITH_SCHEME = frozenset({"authorization", "proxy-authorization"})
_CREDENTIALS = _WITH_SCHEME | {"cookie", "x-api-key"}
_MASK = "***"
_TRACE = frozenset({"x-request-id", "x-crossmodel-model"})


def date_header(now: datetime) -> tuple[str, str]:
    """Give the Date header (RFC 9110, section 6.6.1)."""
    return "date", format_datetime(now.astimezone(UTC), usegmt=True)


def request_id(now: datetime) -> str:
    """Give a new ``req_cm_`` identifier whose rest sorts by time, as a ULID does."""
    milliseconds = int(now.timestamp() * 1000)
    time_part = _base32(milliseconds, _TIME_CHARACTERS)
    return f"req_cm_{time_part}{_base32(secrets.randbits(80), _RANDOM_CHARACTERS)}"


def _base32(number: int, characters: int) -> str:
    return "".join(_CROCKFORD[number >> 5 * place & 31] for place in reversed(range(characters)))


def untraced(headers: Headers) -> Headers:
    """Take the tracing headers away."""
    return tuple(header for header in headers if header[0] not in _TRACE)


def charset_type(headers: Headers) -> Headers:
    """Write the type of a stream in capitals and with a charset that means nothing there."""
    return tuple(
        (name, "Text/Event-Stream; Charset=ISO-8859-1" if value == "text/event-stream" else value)
        for name, value in headers
    )


def day_late(headers: Headers) -> Headers:
    """Set the Date header back by a day."""
    return tuple(
        date_header(parsedate_to_datetime(value) - timedelta(days=1))
        if name == "date"
        else (name, value)
        for name, value in headers
    )


def masked(headers: Mapping[str, str], key: str | None) -> dict[str, str]:
    """Give headers that may be shown: no credentials, and the key nowhere."""
    return {name: _masked(name, value, key) for name, value in headers.items()}


def _masked(name: str, value: str, key: str | None) -> str:
    if name in _CREDENTIALS:
        scheme, blank, _ = value.partition(" ")
        return f"{scheme} {_MASK}" if blank and name in _WITH_SCHEME else _MASK
    return value.replace(key, _MASK) if key else value


def value_of(headers: Headers, name: str) -> str | None:
    """Give the first value of a header, None when it is not there."""
    return next((value for header, value in headers if header == name), None)
