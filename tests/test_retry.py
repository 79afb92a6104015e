"""The documented backoff, under a clock that never really waits."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool import catalog
from cmtool.catalog import ROWS, Row
from cmtool.clock import Clock, Deadline
from cmtool.model import Finding
from cmtool.retry import (
    DELAYS_S,
    JITTER,
    Patience,
    allowed_retries,
    delay_s,
    is_retryable,
    persist,
    retry_after_s,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class FakeTime:
    """A clock that moves only when somebody sleeps or a request takes its time."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed += seconds

    @property
    def clock(self) -> Clock:
        return Clock(
            monotonic=lambda: 1000 + self.elapsed,
            now=lambda: NOW + timedelta(seconds=self.elapsed),
            sleep=self.sleep,
        )

    def patience(self, seconds: float = 60, jitter: float = 0, retries: int = 4) -> Patience:
        deadline = Deadline.after(self.clock, seconds)
        return Patience(clock=self.clock, deadline=deadline, jitter=lambda: jitter, retries=retries)


def finding(identifier: str, status: int | None = None) -> Finding:
    row = catalog.row(identifier)
    usual = row.statuses[0] if row.statuses else None
    return dataclasses.replace(catalog.fill(row), status=status or usual)


Outcome = tuple[Finding | None, Mapping[str, str]]


def answers(
    *outcomes: Finding | None, headers: Mapping[str, str] | None = None
) -> tuple[Callable[[int], Awaitable[int]], Callable[[int], Outcome]]:
    """Give what ``persist`` takes: the n-th attempt comes to the n-th outcome, then the last."""

    async def ask(attempt: int) -> int:
        return attempt

    def judge(attempt: int) -> Outcome:
        return outcomes[min(attempt, len(outcomes)) - 1], headers or {}

    return ask, judge


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
async def test_a_busy_gateway_is_asked_again_after_the_documented_delays(jitter: float) -> None:
    time = FakeTime()
    results = await persist(*answers(finding("provider_error")), time.patience(jitter=jitter))
    assert results == [1, 2, 3, 4, 5]
    assert time.slept == [pytest.approx(delay * (1 + JITTER * jitter)) for delay in DELAYS_S]
    assert DELAYS_S == (0.5, 1.0, 2.0, 4.0)


async def test_success_ends_it() -> None:
    time = FakeTime()
    ask, judge = answers(finding("rate_limit_exceeded"), finding("internal_error"), None)
    assert await persist(ask, judge, time.patience()) == [1, 2, 3]
    assert time.slept == [0.5, 1.0]


async def test_a_first_success_waits_for_nothing() -> None:
    time = FakeTime()
    assert await persist(*answers(None), time.patience()) == [1]
    assert time.slept == []


async def test_each_failure_is_judged_for_itself() -> None:
    time = FakeTime()
    ask, judge = answers(finding("provider_error"), finding("insufficient_balance"))
    assert await persist(ask, judge, time.patience()) == [1, 2]


@pytest.mark.parametrize(
    ("identifier", "status"),
    [
        pytest.param("invalid_api_key", 401, id="documented"),
        pytest.param("authentication_error", 401, id="family"),
        pytest.param("intermediary_error", 401, id="from-somebody-else"),
    ],
)
async def test_a_401_is_asked_once_more_and_then_believed(identifier: str, status: int) -> None:
    time = FakeTime()
    assert await persist(*answers(finding(identifier, status)), time.patience()) == [1, 2]
    assert time.slept == [0.5]


async def test_a_401_whose_body_says_billing_is_never_asked_again() -> None:
    time = FakeTime()
    failing = finding("insufficient_balance", 401)
    assert await persist(*answers(failing), time.patience()) == [1]


async def test_a_401_that_turns_into_a_busy_gateway_is_one() -> None:
    time = FakeTime()
    ask, judge = answers(finding("invalid_api_key"), finding("model_unavailable"))
    assert await persist(ask, judge, time.patience()) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("retries", [0, 1, 2])
async def test_no_more_retries_than_allowed(retries: int) -> None:
    time = FakeTime()
    results = await persist(*answers(finding("db_error")), time.patience(retries=retries))
    assert len(results) == 1 + retries
    time = FakeTime()
    results = await persist(*answers(finding("invalid_api_key")), time.patience(retries=retries))
    assert len(results) == 1 + min(1, retries)


async def test_more_retries_than_delays_keep_the_longest() -> None:
    time = FakeTime()
    await persist(*answers(finding("db_error")), time.patience(retries=6))
    assert time.slept == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


@pytest.mark.parametrize(
    ("seconds", "slept"),
    [
        pytest.param(0.4, [], id="not-even-the-first"),
        pytest.param(0.5, [], id="exactly-the-deadline"),
        pytest.param(1.6, [0.5, 1.0], id="two"),
        pytest.param(7.6, [0.5, 1.0, 2.0, 4.0], id="all"),
    ],
)
async def test_nobody_waits_past_the_deadline(seconds: float, slept: list[float]) -> None:
    time = FakeTime()
    await persist(*answers(finding("provider_error")), time.patience(seconds))
    assert time.slept == slept
    assert time.elapsed < seconds or not slept


@pytest.mark.parametrize(
    ("asked_for", "slept"),
    [
        pytest.param("3", [3.0, 3.0, 3.0, 4.0], id="seconds-are-a-minimum"),
        pytest.param("0", [0.5, 1.0, 2.0, 4.0], id="zero"),
        pytest.param("-9", [0.5, 1.0, 2.0, 4.0], id="negative"),
        pytest.param("garbage", [0.5, 1.0, 2.0, 4.0], id="garbage"),
        pytest.param("3600", [], id="longer-than-the-deadline"),
        pytest.param("1e308", [], id="huge"),
        pytest.param("Sun, 22 Nov 2026 10:00:05 GMT", [5.0, 1.0, 2.0, 4.0], id="date"),
        pytest.param("Mon, 23 Nov 2026 10:00:00 GMT", [], id="date-tomorrow"),
    ],
)
async def test_retry_after_is_honoured(asked_for: str, slept: list[float]) -> None:
    time = FakeTime()
    ask, judge = answers(finding("rate_limit_exceeded"), headers={"retry-after": asked_for})
    await persist(ask, judge, time.patience())
    assert time.slept == slept


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param(" 7 ", 7.0, id="blanks"),
        pytest.param("0.25", 0.25, id="fraction"),
        pytest.param("-5", 0.0, id="negative"),
        pytest.param("nan", None, id="nan"),
        pytest.param("inf", None, id="infinite"),
        pytest.param("-inf", None, id="minus-infinite"),
        pytest.param("1e999", None, id="overflow"),
        pytest.param("9" * 5000, None, id="digits-without-end"),
        pytest.param("", None, id="empty"),
        pytest.param("soon", None, id="word"),
        pytest.param("5 seconds", None, id="unit"),
        pytest.param("Sun, 22 Nov 2026 10:01:00 GMT", 60.0, id="imf-date"),
        pytest.param("Sunday, 22-Nov-26 10:01:00 GMT", 60.0, id="rfc-850-date"),
        pytest.param("Sun Nov 22 10:01:00 2026", 60.0, id="asctime-date"),
        pytest.param("Sun, 22 Nov 2026 11:01:00 +0100", 60.0, id="offset"),
        pytest.param("Sun, 22 Nov 2026 10:01:00 -0000", 60.0, id="no-zone-is-utc"),
        pytest.param("Sat, 21 Nov 2026 10:00:00 GMT", 0.0, id="past"),
        pytest.param("Sun, 99 Nov 2026 10:01:00 GMT", None, id="impossible-day"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 -9999", None, id="impossible-zone"),
        pytest.param("2026-11-22T10:01:00Z", None, id="iso-is-not-http"),
    ],
)
def test_retry_after_is_read(value: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": value}, NOW) == seconds


def test_no_retry_after_is_none() -> None:
    assert retry_after_s({}, NOW) is None


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=40) | st.from_regex(r"\A\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [-+]?\w+\Z"))
def test_any_retry_after_is_seconds_or_nothing(value: str) -> None:
    seconds = retry_after_s({"retry-after": value}, NOW)
    assert seconds is None or 0 <= seconds < float("inf")


@settings(deadline=None)  # the machine may be busy
@given(
    retry=st.integers(0, 20),
    asked_for=st.none() | st.floats(0, 1e6),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_a_delay_is_within_its_bounds(retry: int, asked_for: float | None, jitter: float) -> None:
    documented = DELAYS_S[min(retry, 3)]
    delay = delay_s(retry, asked_for, jitter)
    assert delay >= documented
    assert delay >= (asked_for or 0)
    assert delay <= max(documented * (1 + JITTER), asked_for or 0)


NEVER = {
    *("invalid_json", "invalid_messages", "unsupported_parameter", "invalid_request_error"),
    *("unsupported_responses_feature", "insufficient_balance", "no_wallet", "billing_error"),
    "model_not_found",
}
ONCE = {
    *("missing_api_key", "invalid_api_key", "api_key_inactive", "user_inactive"),
    "authentication_error",
}
ALWAYS = {
    *("rate_limit_exceeded", "internal_error", "db_error", "api_error", "provider_error"),
    *("model_unavailable", "connection_reset", "stream_disconnected"),
}


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS.values()])
def test_how_often_each_row_is_tried_again(row: Row) -> None:
    found = finding(row.id)
    assert is_retryable(found) is (row.id in ALWAYS)
    expected = 4 if row.id in ALWAYS else 1 if row.id in ONCE else 0
    assert allowed_retries(found, 4) == expected


def test_the_documented_rows_are_all_named_here() -> None:
    assert {row.id for row in ROWS.values() if row.documented} <= NEVER | ONCE | ALWAYS


@pytest.mark.parametrize(
    ("identifier", "status", "retryable"),
    [
        pytest.param("intermediary_error", 502, True, id="page-502"),
        pytest.param("intermediary_error", 503, True, id="page-503"),
        pytest.param("intermediary_error", 429, True, id="page-429"),
        pytest.param("intermediary_error", 500, True, id="page-500"),
        pytest.param("intermediary_error", 403, False, id="page-403"),
        pytest.param("intermediary_error", 522, False, id="page-522"),
        pytest.param("not_the_gateway", 404, False, id="page-404"),
        pytest.param("not_the_gateway", 200, False, id="page-200"),
        pytest.param("malformed_response", 502, True, id="cut-502"),
        pytest.param("malformed_response", 200, False, id="cut-200"),
        pytest.param("undocumented_error", 503, True, id="new-code-503"),
        pytest.param("undocumented_error", 400, False, id="new-code-400"),
        pytest.param("insufficient_balance", 429, False, id="billing-under-429"),
        pytest.param("model_not_found", 503, False, id="model-under-503"),
        pytest.param("rate_limit_exceeded", 400, True, id="limit-under-400"),
        pytest.param("redirected", 302, False, id="redirect"),
        pytest.param("proxy_auth_required", 407, False, id="proxy"),
    ],
)
def test_what_others_answered_is_judged_by_its_status(
    identifier: str,
    status: int,
    retryable: bool,  # noqa: FBT001 - the column of a table
) -> None:
    assert is_retryable(finding(identifier, status)) is retryable


def test_a_deadline_never_goes_below_zero() -> None:
    time = FakeTime()
    deadline = Deadline.after(time.clock, 5)
    time.elapsed = 3
    assert deadline.remaining() == pytest.approx(2)
    time.elapsed = 9
    assert deadline.remaining() == 0
