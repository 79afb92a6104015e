from __future__ import annotations

from dataclasses import replace

import pytest

from cmtool.model import Report, Severity
from cmtool.render.cases import found, is_stream_test, repetitions


def test_the_last_attempt_decides(reports: dict[str, Report]) -> None:
    good, _, cut = reports["streams"].streams
    first = replace(cut, attempt=1)
    last = replace(cut, attempt=2, diagnosis=None)
    told = repetitions([last, good, first])
    assert [(each.name, len(each.attempts), each.last.ok) for each in told] == [
        ("messages 2", 2, True),
        ("chat 1", 1, True),
    ]


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        pytest.param("healthy", [], id="healthy"),
        pytest.param(
            "empty-wallet",
            [
                ("insufficient_balance", ("chat", "responses", "messages"), True),
                ("balance_empty", ("balance",), False),
            ],
            id="one-identifier-in-three-checks",
        ),
        pytest.param(
            "degraded",
            [
                ("recovered", ("chat", "messages"), False),
                ("proxy_in_use", ("environment",), False),
            ],
            id="warnings",
        ),
        pytest.param("streams", [("stream_truncated", ("messages 2",), True)], id="streams"),
    ],
)
def test_found(
    reports: dict[str, Report], situation: str, expected: list[tuple[str, tuple[str, ...], bool]]
) -> None:
    told = found(reports[situation])
    assert [(each.finding.id, each.places, each.fails) for each in told] == expected


def test_a_warning_fails_when_it_is_the_diagnosis(reports: dict[str, Report]) -> None:
    report = reports["degraded"]
    warning, *others = report.findings
    error = replace(others[0], severity=Severity.ERROR, id="provider_error")
    told = found(replace(report, diagnosis=warning, findings=(*others, error)))
    assert [(each.finding.id, each.fails) for each in told] == [
        ("recovered", True),
        ("provider_error", True),
        ("proxy_in_use", False),
    ]


def test_the_request_that_shows_it(reports: dict[str, Report]) -> None:
    report = reports["streams"]
    other = replace(report.streams[2], request_id="req_cm_other", repetition=3)
    assert other.diagnosis is not None
    other = replace(other, diagnosis=replace(other.diagnosis, id="stream_stalled"))
    told = found(replace(report, streams=(*report.streams, other)))
    assert report.support is not None
    assert [each.request_id for each in told] == [report.support.request_id, "req_cm_other"]


def test_a_doctors_streams_are_not_its_subject(reports: dict[str, Report]) -> None:
    streams = reports["streams"].streams
    assert is_stream_test(replace(reports["streams"], streams=()))
    assert is_stream_test(replace(reports["models"], command="explain", streams=streams))
    assert not is_stream_test(replace(reports["healthy"], streams=streams))
