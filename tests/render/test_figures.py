from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cmtool.render import figures


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        pytest.param(0.0, "0.0 ms", id="zero"),
        pytest.param(0.44, "0.4 ms", id="below-one"),
        pytest.param(104.26, "104 ms", id="milliseconds"),
        pytest.param(999.7, "1.00 s", id="rounds-into-seconds"),
        pytest.param(1_240.0, "1.24 s", id="seconds"),
        pytest.param(125_000.0, "2 min 5 s", id="minutes"),
    ],
)
def test_duration(milliseconds: float, expected: str) -> None:
    assert figures.duration(milliseconds) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        pytest.param(0, 0, None, id="of-nothing"),
        pytest.param(59, 60, "98.3 %", id="most"),
        pytest.param(9_999, 10_000, "99.9 %", id="not-all"),
        pytest.param(7, 7, "100.0 %", id="all"),
    ],
)
def test_share(part: int, whole: int, expected: str | None) -> None:
    assert figures.share(part, whole) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param([], "", id="none"),
        pytest.param(["chat"], "chat", id="one"),
        pytest.param(["chat", "messages"], "chat and messages", id="two"),
        pytest.param(["a", "b", "c"], "a, b and c", id="three"),
    ],
)
def test_listed(names: list[str], expected: str) -> None:
    assert figures.listed(names) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param(
            datetime(2026, 11, 22, 10, tzinfo=UTC), "2026-11-22T10:00:00.000Z", id="whole-second"
        ),
        pytest.param(
            datetime(2026, 11, 22, 1, 0, 0, 412_900, tzinfo=timezone(timedelta(hours=2))),
            "2026-11-21T23:00:00.412Z",
            id="other-zone",
        ),
    ],
)
def test_timestamp(moment: datetime, expected: str) -> None:
    assert figures.timestamp(moment) == expected


@pytest.mark.parametrize(
    ("unix_seconds", "expected"),
    [
        pytest.param(1_767_225_600, "2026-01-01", id="a-day"),
        pytest.param(10**18, str(10**18), id="no-date"),
    ],
)
def test_date(unix_seconds: int, expected: str) -> None:
    assert figures.date(unix_seconds) == expected
