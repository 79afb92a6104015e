from __future__ import annotations

import json
from dataclasses import fields, replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cmtool.catalog import ROWS
from cmtool.errors import ExitCode
from cmtool.model import (
    Check,
    Finding,
    Group,
    Json,
    Outcome,
    Phase,
    Protocol,
    Report,
    Severity,
    Status,
)
from cmtool.render.json import report_document, report_json, row_document, rows_json, schema

VALIDATOR = Draft202012Validator(schema())
DIAGNOSIS_KEYS = (
    "id title phase step status type code param message cause actions commands retryable "
    "documented predicted docs_url check evidence"
)
KEYS = {
    "": (
        "schema_version command cmtool_version platform started_at duration_ms target outcome "
        "exit_code diagnosis findings checks exchanges streams support spent"
    ),
    "target": "base_url model key_source key_fingerprint",
    "diagnosis": DIAGNOSIS_KEYS,
    "findings": f"{DIAGNOSIS_KEYS} severity",
    "checks": "id group title status summary duration_ms blocked_by details",
    "exchanges": (
        "check protocol streamed attempt method url sent_at status request_id served_model "
        "duration_ms timings headers body failure"
    ),
    "support": "request_id request_time model status body",
    "spent": "requests input_tokens output_tokens",
}
STREAM_KEYS = (
    "protocol model repetition attempt outcome diagnosis violations events deltas text_chars "
    "finish_reason headers_ms first_byte_ms first_event_ms first_delta_ms ttft_ms duration_ms "
    "gaps input_tokens output_tokens tokens_per_second request_id served_model"
)


def parsed(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(report_json(report))
    return document


def first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def test_every_situation_keeps_to_the_schema(built: Report) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(parsed(built))] == []


def test_the_schema_itself_is_valid() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("part", [pytest.param(part, id=part or "report") for part in KEYS])
def test_the_keys_stand_in_the_order_of_the_contract(reports: dict[str, Report], part: str) -> None:
    document = parsed(reports["empty-wallet"])
    assert " ".join(first(document[part]) if part else document) == KEYS[part]


def test_the_keys_of_a_stream(reports: dict[str, Report]) -> None:
    streams = parsed(reports["streams"])["streams"]
    assert [" ".join(each) for each in streams] == [STREAM_KEYS] * 3
    assert " ".join(streams[2]["violations"][0]) == "name event expected got severity"
    assert " ".join(streams[2]["diagnosis"]) == DIAGNOSIS_KEYS
    assert [each["outcome"] for each in streams] == ["ok", "ok", "failed"]


def test_models_and_balance_are_there_only_when_asked_for(reports: dict[str, Report]) -> None:
    present = {
        name: {"models", "balance", "requests", "recognised"} & set(report_document(reports[name]))
        for name in ("healthy", "models", "balance")
    }
    assert present == {"healthy": set(), "models": {"models"}, "balance": {"balance"}}


def test_times_and_durations(reports: dict[str, Report]) -> None:
    document = parsed(replace(reports["healthy"], duration_ms=812.4499))
    assert document["started_at"] == "2026-11-22T10:00:00.412Z"
    assert document["duration_ms"] == 812.4
    assert document["exchanges"][1]["duration_ms"] == 104.3
    assert document["exchanges"][0]["timings"]["tls_ms"] == 21.0


def test_hostile_text_is_ascii_and_comes_back_unchanged(reports: dict[str, Report]) -> None:
    report = reports["hostile"]
    text = report_json(report)
    assert text.isascii()
    assert "\x1b" not in text
    assert text.endswith("}\n")
    assert json.loads(text)["target"]["model"] == report.target.model


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("lookup_ms", 4.0449, 4.0, id="milliseconds"),
        pytest.param("rate", 0.98765, 0.988, id="other-number"),
        pytest.param("rate", float("nan"), None, id="not-a-number"),
        pytest.param("addresses", [{"tcp_ms": 1.26}], [{"tcp_ms": 1.3}], id="nested"),
        pytest.param("tried", True, True, id="truth"),
    ],
)
def test_details(reports: dict[str, Report], name: str, value: Json, expected: Json) -> None:
    report = reports["healthy"]
    check = replace(report.checks[0], details={name: value})
    document = parsed(replace(report, checks=(check,)))
    assert document["checks"][0]["details"] == {name: expected}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"extra": 1}, id="unknown-key"),
        pytest.param({"outcome": "fine"}, id="unknown-outcome"),
        pytest.param({"exit_code": 42}, id="unknown-exit"),
        pytest.param({"started_at": "2026-11-22 10:00:00"}, id="other-time"),
        pytest.param({"diagnosis": {}}, id="empty-diagnosis"),
    ],
)
def test_the_schema_refuses(reports: dict[str, Report], change: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(parsed(reports["healthy"]) | change)


@pytest.mark.parametrize(
    ("enum", "told"),
    [
        pytest.param(Outcome, schema()["properties"]["outcome"], id="outcome"),
        pytest.param(ExitCode, schema()["properties"]["exit_code"], id="exit-code"),
        pytest.param(Phase, schema()["$defs"]["diagnosis"]["properties"]["phase"], id="phase"),
        pytest.param(Group, schema()["$defs"]["check"]["properties"]["group"], id="group"),
        pytest.param(Status, schema()["$defs"]["check"]["properties"]["status"], id="status"),
        pytest.param(
            Severity, schema()["$defs"]["finding"]["properties"]["severity"], id="severity"
        ),
        pytest.param(
            Protocol, schema()["$defs"]["stream"]["properties"]["protocol"], id="protocol"
        ),
    ],
)
def test_the_schema_knows_the_whole_closed_set(enum: type[Enum], told: dict[str, Any]) -> None:
    assert told["enum"] == [member.value for member in enum]


TEXTS = st.text(st.characters(), max_size=30)
FINDINGS = st.builds(
    Finding,
    id=st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True),
    severity=st.sampled_from(Severity),
    title=TEXTS,
    phase=st.sampled_from(Phase),
    exit_code=st.sampled_from(ExitCode),
    step=st.none() | st.integers(1, 6),
    status=st.none() | st.integers(100, 599),
    message=st.none() | TEXTS,
    actions=st.lists(TEXTS, max_size=3).map(tuple),
    evidence=st.lists(TEXTS, max_size=3).map(tuple),
)
CHECKS = st.builds(
    Check,
    id=TEXTS,
    group=st.sampled_from(Group),
    title=TEXTS,
    status=st.sampled_from(Status),
    summary=TEXTS,
    duration_ms=st.none() | st.floats(0, 1e9),
    blocked_by=st.none() | TEXTS,
    details=st.dictionaries(TEXTS, st.floats() | st.booleans() | st.none() | TEXTS, max_size=3),
)


@settings(max_examples=80, deadline=None)
@given(
    diagnosis=st.none() | FINDINGS,
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    checks=st.lists(CHECKS, max_size=3).map(tuple),
    outcome=st.sampled_from(Outcome),
)
def test_any_report_keeps_to_the_schema(
    reports: dict[str, Report],
    diagnosis: Finding | None,
    findings: tuple[Finding, ...],
    checks: tuple[Check, ...],
    outcome: Outcome,
) -> None:
    report = replace(
        reports["empty-wallet"],
        diagnosis=diagnosis,
        findings=findings,
        checks=checks,
        outcome=outcome,
    )
    assert VALIDATOR.is_valid(parsed(report))


def test_the_document_leaves_out_no_field_of_the_records(reports: dict[str, Report]) -> None:
    document = parsed(reports["streams"])
    named = {each.name for each in fields(Report)} - {"models", "balance", "requests", "recognised"}
    assert named <= set(document)
    # `buffered` is told as the warning stream_buffered, `profile` is for a picture only.
    told = {"buffered", "profile"}
    stream = {each.name for each in fields(reports["streams"].streams[0])} - told
    assert stream <= set(document["streams"][0])


def test_a_row_of_the_catalogue() -> None:
    document = row_document(ROWS["insufficient_balance"])
    assert document["exit_code"] == 5
    assert document["statuses"] == [402]
    assert isinstance(document["samples"], list)
    assert len(document["samples"]) >= 2


def test_all_rows_are_one_array() -> None:
    told = json.loads(rows_json(tuple(ROWS.values())))
    assert [row["id"] for row in told] == list(ROWS)


@pytest.mark.parametrize("hashes", [1, 2, 3, 5])
def test_no_line_is_a_command_for_a_runner(reports: dict[str, Report], hashes: int) -> None:
    said = f"{'#' * hashes}[error]x {'#' * hashes}vso[task.x]y"
    report = replace(reports["models"], command=said)
    assert "##" not in report_json(report)
    assert json.loads(report_json(report))["command"] == said
