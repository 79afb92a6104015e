"""The rows of the catalogue: complete, consistent, and written for people."""

from __future__ import annotations

import json
import re
from string import Formatter

import pytest

from cmtool.catalog import address, answers, documented, key, network, remarks, streams
from cmtool.catalog.row import Origin, Row, Shape
from cmtool.errors import ExitCode
from cmtool.model import Phase, Protocol, Severity

PARTS = {
    "key": key.ROWS,
    "address": address.ROWS,
    "documented": documented.ROWS,
    "network": network.ROWS,
    "answers": answers.ROWS,
    "streams": streams.ROWS,
    "remarks": remarks.ROWS,
}
ALL = tuple(row for part in PARTS.values() for row in part)
ERRORS = tuple(row for row in ALL if row.severity is Severity.ERROR)
BY_ID = {row.id: row for row in ALL}

# The contract: identifiers, the exit code they have for ever, the step of the documented order.
DIAGNOSES: dict[tuple[int, int | None], str] = {
    (3, 1): "key_missing key_placeholder key_malformed key_wrong_vendor key_wrong_prefix",
    (3, None): "base_url_invalid base_url_path base_url_host base_url_insecure",
    (4, 1): "missing_api_key invalid_api_key api_key_inactive user_inactive authentication_error",
    (5, 2): "insufficient_balance no_wallet billing_error",
    (6, 3): "model_not_found",
    (7, 4): "rate_limit_exceeded",
    (8, 5): "provider_error model_unavailable internal_error db_error api_error",
    (9, None): (
        "dns_failure connection_refused connection_timeout connection_reset network_unreachable"
        " tls_expired tls_untrusted tls_hostname_mismatch tls_failure proxy_unusable"
        " proxy_auth_required response_timeout redirected intermediary_error not_the_gateway"
    ),
    (10, None): (
        "invalid_json invalid_messages unsupported_parameter unsupported_responses_feature"
        " invalid_request_error"
    ),
    (11, None): (
        "stream_error stream_truncated stream_disconnected stream_stalled stream_not_sse"
        " stream_malformed stream_empty threshold_exceeded"
    ),
    (12, 6): "undocumented_error malformed_response",
}
REMARKS: dict[int, str] = {
    3: (
        "key_conflict base_url_conflict key_in_other_variable key_not_exported"
        " file_oddity variable_misnamed client_base_url foreign_key_sent"
    ),
    5: "balance_empty",
    6: "model_not_listed model_substituted",
    8: "recovered success_rate_low catalogue_unavailable account_unavailable",
    9: "clock_skew proxy_in_use proxy_ambiguous ca_file_missing tls_inspected tls_not_strict",
    11: "stream_buffered stream_remark streams_left_out",
    12: "trace_missing",
}
DOCUMENTED: dict[tuple[int, str], str] = {
    (400, "invalid_request_error"): (
        "invalid_json invalid_messages unsupported_parameter unsupported_responses_feature"
    ),
    (401, "authentication_error"): (
        "missing_api_key invalid_api_key api_key_inactive user_inactive"
    ),
    (402, "billing_error"): "insufficient_balance no_wallet",
    (404, "invalid_request_error"): "model_not_found",
    (429, "rate_limit_error"): "rate_limit_exceeded",
    (500, "api_error"): "internal_error db_error",
    (502, "provider_error"): "provider_error",
    (503, "api_error"): "model_unavailable",
}
RETRYABLE = {
    "rate_limit_exceeded",
    "internal_error",
    "db_error",
    "api_error",
    "provider_error",
    "model_unavailable",
    "connection_reset",
    "stream_disconnected",
}
TEMPLATES = {
    "model": "vendor/model",
    "base_url": "https://gateway.test/v1",
    "url": "https://gateway.test/v1",
}
# `cmtool` subcommands and the options that the rows make use of; the design's section 1 and 5.
COMMANDS = {"doctor", "models", "stream-test", "request", "explain", "errors", "balance"}
OPTIONS = {"--check", "--protocol", "--stream", "--record", "--repeat", "--timeout"}
LOWER_CASE_START = re.compile(r"[a-z]|[A-Z]{2}|\d")

every_row = pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ALL])


def texts(row: Row) -> tuple[str, ...]:
    return (row.title, row.cause, *row.actions, *row.commands)


def test_every_diagnosis_of_the_contract_is_there_with_its_exit_and_step() -> None:
    expected = {
        identifier: (ExitCode(exit_code), step)
        for (exit_code, step), names in DIAGNOSES.items()
        for identifier in names.split()
    }
    assert {row.id: (row.exit_code, row.step) for row in ERRORS} == expected


def test_every_warning_is_there_with_the_exit_that_strict_gives_it() -> None:
    expected = {
        identifier: ExitCode(exit_code)
        for exit_code, names in REMARKS.items()
        for identifier in names.split()
    }
    found = {row.id: row.exit_code for row in ALL if row.severity is Severity.WARNING}
    assert found == expected


def test_warnings_are_the_remarks_and_nothing_else() -> None:
    assert {row.severity for row in remarks.ROWS} == {Severity.WARNING}


def test_an_identifier_is_there_once() -> None:
    assert len(BY_ID) == len(ALL)


def test_documented_rows_are_those_of_the_error_page() -> None:
    expected = {
        identifier: ((status,), error_type)
        for (status, error_type), names in DOCUMENTED.items()
        for identifier in names.split()
    }
    codes = [row for row in documented.ROWS if row.origin is Origin.CODE]
    assert {row.id: (row.statuses, row.type) for row in codes} == expected


def test_a_family_is_named_after_its_type() -> None:
    families = {
        row.id: (row.type, row.statuses) for row in documented.ROWS if row.origin is Origin.FAMILY
    }
    assert families == {
        "invalid_request_error": ("invalid_request_error", (400,)),
        "authentication_error": ("authentication_error", (401,)),
        "billing_error": ("billing_error", (402,)),
        "api_error": ("api_error", (500,)),
    }


def test_only_the_documented_file_holds_documented_rows() -> None:
    assert {row.id for row in ALL if row.documented} == {row.id for row in documented.ROWS}


def test_retryable_is_what_the_gateway_documents_and_a_dropped_connection() -> None:
    assert {row.id for row in ALL if row.retryable} == RETRYABLE


@pytest.mark.parametrize("identifier", sorted(RETRYABLE))
def test_a_retryable_row_tells_the_documented_delays(identifier: str) -> None:
    assert any("0.5, 1, 2 and 4 seconds" in action for action in BY_ID[identifier].actions)


@pytest.mark.parametrize(
    ("part", "phases"),
    [
        pytest.param("key", {Phase.LOCAL}, id="key"),
        pytest.param("address", {Phase.LOCAL}, id="address"),
        pytest.param("documented", {Phase.RESPONSE}, id="documented"),
        pytest.param("network", {Phase.CONNECT, Phase.RESPONSE}, id="network"),
        pytest.param("answers", {Phase.RESPONSE}, id="answers"),
        pytest.param("streams", {Phase.STREAM}, id="streams"),
    ],
)
def test_a_family_fails_in_its_phase(part: str, phases: set[Phase]) -> None:
    assert {row.phase for row in PARTS[part]} == phases


@every_row
def test_templates_take_the_model_and_the_base_url_alone(row: Row) -> None:
    for text in (row.cause, *row.actions, *row.commands):
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        assert names <= TEMPLATES.keys()
        assert text.format_map(TEMPLATES)


@every_row
def test_a_title_is_a_headline_that_needs_no_filling(row: Row) -> None:
    assert LOWER_CASE_START.match(row.title)
    assert not row.title.endswith(".")
    assert "{" not in row.title
    assert "_" not in row.title
    assert len(row.title) <= 72


@every_row
def test_texts_keep_the_tone(row: Row) -> None:
    for text in (*texts(row), row.message or ""):
        assert "!" not in text
        assert not re.search(r"\b(please|sorry|oops)\b", text, re.IGNORECASE)
        assert text == text.strip()
        assert "  " not in text


@every_row
def test_a_cause_is_one_to_three_sentences(row: Row) -> None:
    assert row.cause.endswith(".")
    assert 1 <= len(re.findall(r"[.?](?: |$)", row.cause)) <= 3


@every_row
def test_actions_are_sentences(row: Row) -> None:
    assert row.actions
    for action in row.actions:
        assert action[0].isupper()
        last_word = action.split()[-1]
        assert action.endswith(".") or last_word.startswith("https://") or ": " in action


@every_row
def test_nobody_is_told_to_weaken_tls(row: Row) -> None:
    told = " ".join(texts(row)).lower()
    for weak in ("verify=false", "--insecure", " -k ", "turn verification off", "no-verify"):
        assert weak not in told


@every_row
def test_commands_exist(row: Row) -> None:
    for command in row.commands:
        program, *arguments = command.split()
        assert program in {"cmtool", "curl", "export"}
        if program == "cmtool":
            assert arguments[0] in COMMANDS
            assert {word for word in arguments if word.startswith("-")} <= OPTIONS


@every_row
def test_links_lead_to_the_vendor(row: Row) -> None:
    assert row.docs_url is None or row.docs_url.startswith("https://www.crossmodel.ai/docs/")
    for link in re.findall(r"https?://[\w.]+\w", " ".join(texts(row))):
        assert re.fullmatch(r"https://(www\.|api\.)?crossmodel\.ai", link) or "user" in link


@every_row
def test_samples_show_no_key(row: Row) -> None:
    for sample in row.all_samples():
        assert not re.search(r"\b(cm|sk)-\w{6}", sample.body)


every_documented_row = pytest.mark.parametrize(
    "row", [pytest.param(row, id=row.id) for row in documented.ROWS]
)


@every_documented_row
def test_a_documented_row_has_a_sample_in_both_shapes(row: Row) -> None:
    assert row.message
    samples = {(sample.status, sample.protocol): sample for sample in row.all_samples()}
    for status in row.statuses:
        openai = json.loads(samples[status, Protocol.CHAT].body)
        assert openai == {
            "error": {
                "message": row.message,
                "type": row.type,
                "param": row.param,
                "code": row.id if row.origin is Origin.CODE else None,
            }
        }
        anthropic = json.loads(samples[status, Protocol.MESSAGES].body)
        assert anthropic == {
            "type": "error",
            "error": {"type": row.type, "message": row.message},
        }


def test_the_limit_message_says_which_limit() -> None:
    assert "RPM" in (BY_ID["rate_limit_exceeded"].message or "")


@every_documented_row
def test_a_phrase_leaves_no_doubt_about_its_code(row: Row) -> None:
    others = [other for other in documented.ROWS if other is not row]
    for phrase in row.phrases:
        assert phrase == phrase.lower()
        for other in others:
            assert phrase not in (other.message or "").lower(), other.id
            assert phrase not in other.phrases, other.id


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row.id)
        for row in documented.ROWS
        if row.origin is Origin.CODE and row.statuses[0] in {400, 401, 402, 500}
    ],
)
def test_a_message_holds_a_phrase_where_the_status_leaves_the_code_open(row: Row) -> None:
    assert any(phrase in (row.message or "").lower() for phrase in row.phrases)


def test_a_family_has_no_phrase() -> None:
    assert all(not row.phrases for row in documented.ROWS if row.origin is Origin.FAMILY)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in answers.ROWS])
def test_an_answer_row_shows_answers(row: Row) -> None:
    assert row.samples
    for sample in row.samples:
        assert sample.status is not None
        assert all(name == name.lower() for name, _ in sample.headers)


def test_redirects_lead_somewhere() -> None:
    row = BY_ID["redirected"]
    assert tuple(sample.status for sample in row.samples) == row.statuses
    assert all("location" in dict(sample.headers) for sample in row.samples)


@pytest.mark.parametrize("identifier", ["undocumented_error", "malformed_response"])
def test_what_the_gateway_wrote_carries_its_trace(identifier: str) -> None:
    for sample in BY_ID[identifier].samples:
        assert dict(sample.headers)["x-request-id"].startswith("req_cm_")


@pytest.mark.parametrize("identifier", ["intermediary_error", "not_the_gateway", "redirected"])
def test_what_others_wrote_does_not(identifier: str) -> None:
    for sample in BY_ID[identifier].samples:
        assert "x-request-id" not in dict(sample.headers)
        assert '"error": {' not in sample.body


def test_undocumented_samples_are_in_the_documented_shapes_under_other_statuses() -> None:
    known = {status for row in documented.ROWS for status in row.statuses}
    for sample in BY_ID["undocumented_error"].samples:
        error = json.loads(sample.body)["error"]
        assert sample.status not in known
        assert error.get("code") not in BY_ID
        assert error["type"] not in {row.type for row in documented.ROWS}


@pytest.mark.parametrize(
    "identifier", ["stream_error", "stream_truncated", "stream_malformed", "stream_empty"]
)
def test_a_stream_fault_is_shown_in_the_three_protocols(identifier: str) -> None:
    samples = BY_ID[identifier].samples
    assert {sample.protocol for sample in samples} == set(Protocol)
    assert {(sample.status, sample.content_type) for sample in samples} == {
        (200, "text/event-stream")
    }
    assert all(sample.body.endswith("\n\n") for sample in samples)


TERMINAL = {
    Protocol.CHAT: "data: [DONE]",
    Protocol.RESPONSES: "event: response.completed",
    Protocol.MESSAGES: "event: message_stop",
}


@pytest.mark.parametrize(
    ("identifier", "ends"),
    [
        pytest.param("stream_truncated", False, id="truncated"),
        pytest.param("stream_error", False, id="error"),
        pytest.param("stream_empty", True, id="empty"),
    ],
)
def test_a_stream_sample_has_its_terminal_event_or_lacks_it(
    identifier: str,
    ends: bool,  # noqa: FBT001 - the column of a table
) -> None:
    for sample in BY_ID[identifier].samples:
        assert sample.protocol is not None
        assert (TERMINAL[sample.protocol] in sample.body) is ends


def test_error_body_takes_another_message() -> None:
    row = BY_ID["model_not_found"]
    body = json.loads(row.error_body(Shape.OPENAI, "No such thing."))
    assert body["error"]["message"] == "No such thing."
