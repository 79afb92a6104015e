"""The five things that the vendor asks for in a problem report, out of one exchange."""

from __future__ import annotations

from datetime import datetime

from cmtool.model import Exchange, Support
from cmtool.redact import cut

_BODY_LIMIT = 2000
_NO_REQUEST_ID = "none: the answer carried no x-request-id"
_NO_TIME = "none: the time of the request is not known"
_NO_MODEL = "none: the request named no model"
_NO_BODY = "none: the answer had no body"


def support_of(exchange: Exchange) -> Support:
    """Give the five things; where one was not to be had, its text says so."""
    return Support(
        request_id=exchange.request_id or _NO_REQUEST_ID,
        request_time=request_time(exchange.sent_at) if exchange.sent_at else _NO_TIME,
        model=exchange.model or _NO_MODEL,
        status=exchange.status,
        body=cut(exchange.body, _BODY_LIMIT) if exchange.body else _NO_BODY,
    )


def request_time(moment: datetime) -> str:
    """Give a time of day as support wants it: ISO 8601, UTC, milliseconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
