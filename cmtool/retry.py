"""When a request is made again, and after how long: the documented backoff.

https://www.crossmodel.ai/docs/errors: exponential backoff with jitter, 0.5, 1, 2 and 4 seconds.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from cmtool.clock import Clock, Deadline
from cmtool.errors import ExitCode
from cmtool.model import Finding

DELAYS_S = (0.5, 1.0, 2.0, 4.0)
JITTER = 0.25  # at most a quarter of the delay is added, so that clients fall out of step
_FIRST_ERROR = 400
_RETRYABLE_STATUSES = frozenset({429, 500, 502, 503})

_AUTHENTICATION_STATUS = 401

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How requests are repeated: with which clock, until when, and how often at the most.

    ``jitter`` gives a number from 0 up to 1.
    """

    clock: Clock
    deadline: Deadline
    jitter: Callable[[], float]
    retries: int = len(DELAYS_S)


def is_retryable(finding: Finding) -> bool:
    """Say whether the same request may succeed when it is made again.

    A documented error and a broken connection by their row; what others answered as an error by
    its status.
    """
    if finding.documented or (finding.status or 0) < _FIRST_ERROR:
        return finding.retryable
    return finding.status in _RETRYABLE_STATUSES


def allowed_retries(finding: Finding, most: int) -> int:
    """Give how many more times a request that failed so may be made.

    An authentication failure is asked for once more before it is believed, and no more than once.
    """
    foreign_401 = finding.status == _AUTHENTICATION_STATUS and not finding.documented
    if finding.exit_code is ExitCode.AUTHENTICATION or foreign_401:
        return min(1, most)
    return most if is_retryable(finding) else 0


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Give the seconds that a ``Retry-After`` header asks for (RFC 9110, section 10.2.3).

    Seconds or a date; None where there is none that can be read.  Never negative.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _seconds_until(value, now)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(date: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):  # a time zone of any size is taken apart without a check
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def delay_s(retry: int, asked_for: float | None, jitter: float) -> float:
    """Give the seconds to wait before retry number ``retry`` (0 is the first).

    What the server asks for is a minimum; the documented delay grows with each retry.
    """
    documented = DELAYS_S[min(retry, len(DELAYS_S) - 1)] * (1 + JITTER * jitter)
    return max(documented, asked_for or 0.0)


async def persist(
    ask: Callable[[int], Awaitable[T]],
    judge: Callable[[T], tuple[Finding | None, Mapping[str, str]]],
    patience: Patience,
    turn: Callable[[], Awaitable[bool]] | None = None,
) -> list[T]:
    """Make a request, and again as long as its failure allows it and time is left.

    ``ask`` takes the number of the attempt, from 1; ``judge`` gives what is wrong with its result
    and the headers of the answer; ``turn`` waits until one more request may be made, and says
    False when that would take too long.  Gives every result, the last one last.
    """
    results = [await ask(1)]
    while True:
        finding, headers = judge(results[-1])
        retries = len(results) - 1
        if finding is None or retries >= allowed_retries(finding, patience.retries):
            return results
        asked_for = retry_after_s(headers, patience.clock.now())
        wait = delay_s(retries, asked_for, patience.jitter())
        if wait >= patience.deadline.remaining():
            return results
        await patience.clock.sleep(wait)
        if turn is not None and not await turn():
            return results
        results.append(await ask(len(results) + 1))
