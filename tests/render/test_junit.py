"""JUnit XML, read back by the standard parser, by junitparser, and held to the common schema.

The rules in :func:`assert_junit` restate junit-10.xsd of the Jenkins xUnit plugin, with the
``properties`` of a test case that pytest's own documents have.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import junitparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.model import Outcome, Report, Severity, Status
from cmtool.render.junit import report_junit

PIECES = (
    "]]>",
    "<![CDATA[",
    "<!--",
    "</failure>",
    '"',
    "'",
    "&amp;",
    "<",
    "\x00",
    "\ufffe",
    "\n::error::",
)
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=5), max_size=6).map(
    "".join
)
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"},
    "testcase": {"name", "classname", "time"},
    "properties": set[str](),
    "property": {"name", "value"},
    "failure": {"type", "message"},
    "skipped": {"message"},
    "system-out": set[str](),
}
CHILDREN = {
    "testsuites": ["testsuite"],
    "testsuite": ["properties", "testcase", "system-out"],
    "testcase": ["properties", "failure", "skipped", "system-out"],
    "properties": ["property"],
}
TIME = re.compile(r"\d+\.\d{3}")


def parsed(document: str) -> ET.Element:
    assert document.isascii()
    assert document.endswith(">\n")
    return ET.fromstring(document)  # noqa: S314 - our own document


def assert_junit(root: ET.Element) -> None:
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) == ATTRIBUTES[element.tag], element.tag
        tags = [child.tag for child in element]
        order = CHILDREN.get(element.tag, [])
        assert tags == sorted(tags, key=order.index)
        if "time" in element.attrib:
            assert TIME.fullmatch(element.attrib["time"])
    for case in root.iter("testcase"):
        assert [len(case.findall(tag)) <= 1 for tag in CHILDREN["testcase"]] == [True] * 4
        assert case.find("failure") is None or case.find("skipped") is None
    (suite,) = root
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
    for element in (root, suite):
        assert int(element.attrib["tests"]) == len(suite.findall("testcase")) > 0
        assert int(element.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert element.attrib["errors"] == "0"
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
    named = [(case.attrib["classname"], case.attrib["name"]) for case in suite.iter("testcase")]
    assert len(set(named)) == len(named)


def outcomes(report: Report) -> dict[str, str]:
    root = parsed(report_junit(report))
    assert_junit(root)
    told = {}
    for case in root.iter("testcase"):
        tags = [child.tag for child in case if child.tag in {"failure", "skipped"}]
        told[case.attrib["name"]] = tags[0] if tags else "passed"
    return told


def tags(root: ET.Element) -> Counter[str]:
    """Count what the document is made of; the figures that are known differ."""
    return Counter(element.tag for element in root.iter() if element.tag != "property")


def case_of(report: Report, name: str) -> ET.Element:
    (case,) = (
        each
        for each in parsed(report_junit(report)).iter("testcase")
        if each.attrib["name"] == name
    )
    return case


def properties(element: ET.Element) -> dict[str, str]:
    return {each.attrib["name"]: each.attrib["value"] for each in element.iterfind("properties/*")}


def test_every_situation_is_valid_and_red_only_when_the_run_failed(built: Report) -> None:
    told = outcomes(built)
    assert ("failure" in told.values()) == (built.outcome is Outcome.FAILED)


def test_another_reader_sees_the_same(built: Report) -> None:
    root = parsed(report_junit(built))
    read = junitparser.JUnitXml.fromstring(report_junit(built))
    (suite,) = list(read)
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == tuple(
        int(root[0].attrib[name]) for name in ("tests", "failures", "errors", "skipped")
    )
    for case, element in zip(suite, root.iter("testcase"), strict=True):
        assert (case.name, case.classname) == (element.attrib["name"], element.attrib["classname"])
        kinds = [child.tag for child in element if child.tag in {"failure", "skipped"}]
        assert [result._tag for result in case.result] == kinds


def test_the_suite_says_what_was_run(reports: dict[str, Report]) -> None:
    (suite,) = parsed(report_junit(reports["empty-wallet"]))
    assert suite.attrib["name"] == "cmtool.doctor"
    assert suite.attrib["time"] == "0.412"
    assert suite.attrib["timestamp"] == "2026-11-22T10:00:00"
    assert properties(suite) == {
        "base_url": "https://api.crossmodel.ai/v1",
        "model": "deepseek/deepseek-v4-flash",
        "key_fingerprint": "cm-…9f3c",
        "cmtool_version": "0.1.0",
        "platform": "Python 3.12.1 · Linux 6.1.0 x86_64",
        "started_at": "2026-11-22T10:00:00.412Z",
        "outcome": "failed",
        "exit_code": "5",
    }


def test_checks(reports: dict[str, Report]) -> None:
    report = reports["bad-key"]
    told = outcomes(report)
    assert {name for name, came in told.items() if came == "failure"} == {"auth"}
    skipped = {name for name, came in told.items() if came == "skipped"}
    assert skipped == {"balance", "model", "chat", "responses", "messages", "trace"}
    auth, balance = case_of(report, "auth"), case_of(report, "balance")
    assert auth.attrib["classname"] == "cmtool.doctor.account"
    assert auth.attrib["time"] == "0.188"
    assert auth[0].attrib == {
        "type": "invalid_api_key",
        "message": "the gateway does not know this key",
    }
    assert auth[0].text is not None
    assert "2. Set it in CROSSMODEL_API_KEY." in auth[0].text
    assert balance[0].attrib == {"message": "needs auth"}


def test_a_skip_without_a_blocker_says_its_own_reason(reports: dict[str, Report]) -> None:
    assert case_of(reports["predicted"], "chat")[0].attrib["message"] == "left out by --no-spend"


def test_a_warning_passes_and_is_told(reports: dict[str, Report]) -> None:
    case = case_of(reports["empty-wallet"], "balance")
    assert [child.tag for child in case] == ["system-out"]
    assert case[0].text is not None
    assert case[0].text.startswith("balance_empty: the wallet is empty\n")


def test_a_warning_fails_under_strict(reports: dict[str, Report]) -> None:
    report = reports["empty-wallet"]
    warning = report.findings[-1]
    assert warning.severity is Severity.WARNING
    checks = tuple(each for each in report.checks if each.status is not Status.FAIL)
    strict = replace(report, checks=checks, diagnosis=warning, findings=())
    assert outcomes(strict)["balance"] == "failure"


@pytest.mark.parametrize("situation", ["models", "streams-healthy"])
def test_a_diagnosis_that_no_case_tells_has_one_of_its_own(
    reports: dict[str, Report], situation: str
) -> None:
    diagnosis = reports["bad-key"].diagnosis
    report = replace(reports[situation], diagnosis=diagnosis, outcome=Outcome.FAILED)
    assert outcomes(report)["auth"] == "failure"


def test_a_run_without_checks_is_one_pass(reports: dict[str, Report]) -> None:
    assert outcomes(reports["models"]) == {"models": "passed"}


def test_streams(reports: dict[str, Report]) -> None:
    report = reports["streams"]
    assert outcomes(report) == {
        "chat 1": "passed",
        "responses 2": "passed",
        "messages 2": "failure",
    }
    case = case_of(report, "chat 1")
    assert case.attrib["classname"] == "cmtool.stream-test.chat"
    assert case.attrib["time"] == "1.240"
    assert properties(case) == {
        "x-request-id": "req_cm_01JD8ZK3T5V9W2X4Y6A8B0C01",
        "model": "deepseek/deepseek-v4-flash",
        "served_model": "deepseek/deepseek-v4-flash",
        "attempt": "1",
        "finish_reason": "stop",
        "events": "52",
        "deltas": "49",
        "text_chars": "211",
        "headers_ms": "201.2",
        "first_byte_ms": "290.0",
        "first_event_ms": "290.5",
        "first_delta_ms": "300.1",
        "ttft_ms": "312.04",
        "duration_ms": "1240.0",
        "gap_p50_ms": "12.0",
        "gap_p90_ms": "21.0",
        "gap_p99_ms": "40.0",
        "gap_max_ms": "80.0",
        "input_tokens": "11",
        "output_tokens": "50",
        "tokens_per_second": "54.21",
    }
    failure = case_of(report, "messages 2").find("failure")
    assert failure is not None
    assert failure.attrib["type"] == "stream_truncated"
    assert failure.text is not None
    assert "terminal_event, at the end: expected message_stop, got end" in failure.text
    assert "x-request-id: req_cm_01JD8ZK3T5V9W2X4Y6A8B0C01" in failure.text


def test_earlier_attempts_are_told_and_the_last_decides(reports: dict[str, Report]) -> None:
    report = reports["streams"]
    good, other, cut = report.streams
    streams = (
        good,
        other,
        replace(cut, attempt=1),
        replace(good, protocol=cut.protocol, repetition=2, attempt=2),
    )
    report = replace(report, streams=streams, diagnosis=None, outcome=Outcome.DEGRADED)
    assert set(outcomes(report).values()) == {"passed"}
    out = case_of(report, "messages 2").find("system-out")
    assert out is not None
    assert out.text is not None
    assert out.text.startswith("attempt 1: stream_truncated: the stream ended without")


def test_warnings_about_a_protocol_are_told_beside_its_streams(
    reports: dict[str, Report],
) -> None:
    report = reports["streams-healthy"]
    recovered = reports["degraded"].findings[0]
    chat = replace(reports["healthy"].checks[7], status=Status.WARN)
    assert (chat.id, recovered.check) == ("chat", "chat")
    told = replace(report, checks=(chat,), findings=(recovered,), outcome=Outcome.DEGRADED)
    assert outcomes(told) == outcomes(report)
    (out,) = parsed(report_junit(told)).iterfind("testsuite/system-out")
    assert out.text is not None
    assert out.text.startswith("recovered: the first attempt failed, a later one worked (chat)\n")


def test_what_kept_streams_from_being_reached(reports: dict[str, Report]) -> None:
    report = replace(reports["bad-key"], command="stream-test")
    assert outcomes(report) == {
        "auth": "failure",
        "chat": "skipped",
        "responses": "skipped",
        "messages": "skipped",
    }


def test_repetitions_that_were_not_started_are_a_skip(reports: dict[str, Report]) -> None:
    report = reports["streams"]
    chat = next(each for each in reports["healthy"].checks if each.id == "chat")
    left = replace(
        reports["degraded"].findings[0],
        id="streams_left_out",
        check="chat",
        evidence=("3 of 4 streams were not started.",),
    )
    report = replace(report, checks=(chat,), findings=(left,))
    assert outcomes(report)["chat, not started"] == "skipped"
    skipped = case_of(report, "chat, not started")[0]
    assert skipped.attrib["message"] == "3 of 4 streams were not started."


@pytest.mark.parametrize("ms", [None, float("nan"), float("inf"), -1.0])
def test_a_time_that_was_not_measured(reports: dict[str, Report], ms: float | None) -> None:
    report = reports["streams-healthy"]
    streams = tuple(replace(each, duration_ms=ms, ttft_ms=ms) for each in report.streams)
    case = case_of(replace(report, streams=streams, exchanges=()), "chat 1")
    assert case.attrib["time"] == "0.000"
    assert properties(case).get("ttft_ms") == ("-1.0" if ms == -1.0 else None)


def test_a_stream_without_an_end_takes_the_time_of_its_request(
    reports: dict[str, Report],
) -> None:
    report = replace(reports["streams"], exchanges=reports["healthy"].exchanges)
    streams = tuple(replace(each, duration_ms=None) for each in report.streams)
    assert case_of(replace(report, streams=streams), "chat 1").attrib["time"] == "0.104"


@settings(deadline=None)
@given(text=HOSTILE, other=HOSTILE)
def test_any_text(reports: dict[str, Report], text: str, other: str) -> None:
    base = reports["streams"]
    assert base.diagnosis is not None
    diagnosis = replace(
        base.diagnosis, id=text, title=other, cause=text, evidence=(other,), actions=(text,)
    )
    streams = tuple(
        replace(
            each,
            request_id=text,
            finish_reason=other,
            diagnosis=each.diagnosis and diagnosis,
            violations=tuple(replace(rule, got=text) for rule in each.violations),
        )
        for each in base.streams
    )
    report = replace(base, target=replace(base.target, model=text), streams=streams)
    report = replace(report, diagnosis=diagnosis)
    document = report_junit(report)
    root = parsed(document)
    assert_junit(root)
    assert tags(root) == tags(parsed(report_junit(base)))
    assert not any(line.lstrip().startswith("::") for line in document.splitlines())
