"""What the sandbox remembers of each request, for tests, benchmarks and the line it prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cmtool.model import Json, Protocol
from cmtool.sandbox.gateway import Plan
from cmtool.sandbox.headers import masked
from cmtool.sandbox.wire import Answer, Request, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request and how it was answered; the key is masked.

    ``time`` is the UTC time at which the request was fully received, ``received_at``,
    ``headers_at`` and ``first_text_at`` are seconds of the sandbox's monotonic clock: request
    fully received, headers written, first text token written.  ``status`` is None when nothing
    was answered, ``body`` when it was no JSON.
    """

    time: datetime
    method: str
    path: str
    scenario: str | None
    protocol: Protocol | None
    status: int | None
    duration_ms: float
    request_id: str | None
    headers: Mapping[str, str]
    body: Json
    received_at: float
    headers_at: float | None
    first_text_at: float | None


class Stopwatch:
    """The times of one request as they come about, in seconds of the clock handed in."""

    def __init__(self, monotonic: Callable[[], float], now: datetime) -> None:
        self._monotonic = monotonic
        self.time = now
        self.received_at = monotonic()
        self.headers_at: float | None = None
        self.first_text_at: float | None = None

    def headers(self) -> None:
        """Note that the headers leave now."""
        self.headers_at = self._monotonic()

    def text(self) -> None:
        """Note that text leaves now; only the first time counts."""
        if self.first_text_at is None:
            self.first_text_at = self._monotonic()

    def elapsed_ms(self) -> float:
        """Give the milliseconds since the request was received."""
        return (self._monotonic() - self.received_at) * 1000


def entry(request: Request, plan: Plan, watch: Stopwatch) -> LoggedRequest:
    """Give the entry of a request that is over."""
    answered = isinstance(plan.reply, Answer | Stream) and watch.headers_at is not None
    return LoggedRequest(
        time=watch.time,
        method=request.method,
        path=request.path,
        scenario=plan.scenario,
        protocol=plan.protocol,
        status=plan.reply.status if answered and isinstance(plan.reply, Answer | Stream) else None,
        duration_ms=watch.elapsed_ms(),
        request_id=plan.request_id,
        headers=masked(request.headers, plan.key),
        body=_parsed(request.body),
        received_at=watch.received_at,
        headers_at=watch.headers_at,
        first_text_at=watch.first_text_at,
    )


def _parsed(raw: bytes) -> Json:
    try:
        body: Json = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body
