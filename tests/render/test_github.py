from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.model import Report
from cmtool.render import github

REQUEST_ID = "req_cm_01JD8ZK3T5V9W2X4Y6A8B0C01"
HOSTILE = st.text(st.characters() | st.sampled_from("%:,\r\n\u2028\x85 #[]="), max_size=40)
CUT = "the stream ended without its terminal event"
IN_DATA = {"%0D": "\r", "%0A": "\n", "%25": "%"}
IN_PROPERTY = {"%3A": ":", "%2C": ","}


def decoded(line: str) -> tuple[str, str, list[str]]:
    """Read a command as the runner does: level, title, lines of the message."""
    head, message = line.removeprefix("::").split("::", 1)
    level, properties = head.split(" ", 1)
    (title,) = (part.removeprefix("title=") for part in properties.split(","))
    return level, _unescaped(title, {**IN_DATA, **IN_PROPERTY}), _lines(message)


def _lines(message: str) -> list[str]:
    return _unescaped(message, IN_DATA).split("\n")


def _unescaped(text: str, escapes: dict[str, str]) -> str:
    return re.sub("%..", lambda found: escapes[found[0]], text)


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        pytest.param("healthy", [], id="healthy"),
        pytest.param(
            "streams",
            [
                (
                    "error",
                    "cmtool stream-test: stream_truncated",
                    [
                        f"stream_truncated: {CUT} (messages 2)",
                        "Treat the text as failed and ask again from the start.",
                        f"x-request-id: {REQUEST_ID}",
                    ],
                )
            ],
            id="streams",
        ),
        pytest.param(
            "empty-wallet",
            [
                (
                    "error",
                    "cmtool doctor: insufficient_balance",
                    [
                        "insufficient_balance: the wallet is empty (chat, responses, messages)",
                        "Top up at https://crossmodel.ai/console",
                        f"x-request-id: {REQUEST_ID}",
                    ],
                ),
                (
                    "warning",
                    "cmtool doctor: balance_empty",
                    [
                        "balance_empty: the wallet is empty (balance)",
                        "Top up at https://crossmodel.ai/console",
                    ],
                ),
            ],
            id="empty-wallet",
        ),
    ],
)
def test_annotations(
    reports: dict[str, Report], situation: str, expected: list[tuple[str, str, list[str]]]
) -> None:
    assert [decoded(line) for line in github.annotations(reports[situation])] == expected


def test_every_situation_gives_single_lines(built: Report) -> None:
    for line in github.annotations(built):
        assert line.splitlines() == [line]
        assert line.startswith(("::error ", "::warning "))


@pytest.mark.parametrize(("number", "lines"), [(9, 10), (10, 10), (11, 10), (40, 10)])
def test_no_more_than_github_shows(reports: dict[str, Report], number: int, lines: int) -> None:
    report = reports["empty-wallet"]
    warnings = [replace(report.findings[-1], id=f"warning_{at}") for at in range(number)]
    told = github.annotations(replace(report, findings=tuple(warnings)))
    assert len(told) == min(lines, number + 1)
    assert told[0].startswith("::error title=cmtool doctor%3A insufficient_balance::")
    if number >= 10:
        assert f"{number - 8} more findings: warning_8, warning_9" in told[-1]


@settings(deadline=None)
@given(texts=st.tuples(HOSTILE, HOSTILE, HOSTILE, HOSTILE))
def test_no_text_breaks_out(reports: dict[str, Report], texts: tuple[str, str, str, str]) -> None:
    identifier, title, action, request_id = texts
    base = reports["empty-wallet"]
    assert base.diagnosis is not None
    assert base.support is not None
    report = replace(
        base,
        diagnosis=replace(base.diagnosis, id=identifier, title=title, actions=(action,)),
        support=replace(base.support, request_id=request_id),
        findings=(),
    )
    (line,) = github.annotations(report)
    assert line.splitlines() == [line]
    level, name, message = decoded(line)
    assert level == "error"
    assert name.startswith("cmtool doctor: ")
    assert len(message) == 2 + bool(request_id)
