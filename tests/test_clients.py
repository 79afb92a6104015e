"""The sentences that the table of measurements is made into."""

from __future__ import annotations

import pytest

from cmtool import catalog
from cmtool.clients import CASES, PACKAGES, WAYS, Way, client_view, view_of
from cmtool.model import Finding, Protocol, Severity, StreamResult, Violation


@pytest.mark.parametrize(
    ("identifier", "protocol", "in_place", "sentence"),
    [
        pytest.param(
            "stream_truncated",
            Protocol.CHAT,
            False,
            "openai: the loop ends without an error, so half an answer looks like a whole one.",
            id="one-way",
        ),
        pytest.param(
            "stream_disconnected",
            Protocol.MESSAGES,
            False,
            "anthropic: the loop and get_final_message() both raise httpx2.RemoteProtocolError, "
            "not an anthropic.APIError.",
            id="two-ways-alike",
        ),
        pytest.param(
            "stream_not_sse",
            Protocol.MESSAGES,
            False,
            "anthropic: the loop ends without an error and without any text, so a failure looks "
            "like an empty answer, and get_final_message() raises AssertionError, "
            "not an anthropic.APIError.",
            id="two-ways-apart",
        ),
        pytest.param(
            "stream_stalled",
            Protocol.RESPONSES,
            False,
            "openai: when nothing arrives any more, the loop waits for the read timeout (600 s "
            "unless set) and raises openai.APITimeoutError; while comments or pings arrive, "
            "the loop waits without end, and no read timeout fires.",
            id="two-cases",
        ),
        pytest.param(
            "provider_error",
            Protocol.CHAT,
            False,
            "openai: the loop raises openai.APIError.",
            id="documented",
        ),
        pytest.param(
            "provider_error",
            Protocol.CHAT,
            True,
            "openai: the loop ends without an error and without any text, so a failure looks "
            "like an empty answer.",
            id="documented-in-place",
        ),
        pytest.param("threshold_exceeded", Protocol.CHAT, False, None, id="no-fault-of-a-stream"),
        pytest.param("dns_failure", Protocol.CHAT, True, None, id="no-stream"),
    ],
)
def test_one_sentence(
    identifier: str, protocol: Protocol, sentence: str | None, *, in_place: bool
) -> None:
    assert client_view(identifier, protocol, in_place=in_place) == sentence


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("identifier", [*CASES, "not_the_gateway", "malformed_response"])
def test_every_verdict_has_a_sentence(identifier: str, protocol: Protocol) -> None:
    sentence = client_view(identifier, protocol)
    assert identifier in catalog.ROWS
    assert sentence is not None
    assert sentence.startswith(f"{PACKAGES[protocol]}: ")
    assert sentence.endswith(".")
    assert ("get_final_message()" in sentence) == (Way.FINAL_MESSAGE in WAYS[protocol])


def judged(
    identifier: str | None, *rules: str, status: int | None = 200, events: int = 9
) -> StreamResult:
    """A Messages stream with a verdict and broken rules."""
    found: Finding | None = None
    if identifier is not None:
        row = catalog.row(identifier)
        found = Finding(
            id=identifier,
            severity=Severity.ERROR,
            title=row.title,
            phase=row.phase,
            exit_code=row.exit_code,
            status=status,
        )
    return StreamResult(
        protocol=Protocol.MESSAGES,
        model=None,
        repetition=1,
        attempt=1,
        diagnosis=found,
        violations=tuple(Violation(name=rule, event=3, expected="", got="") for rule in rules),
        events=events,
    )


@pytest.mark.parametrize("identifier", ["not_the_gateway", "malformed_response"])
def test_without_an_answer_nothing_is_said(identifier: str) -> None:
    assert view_of(judged(identifier, status=None, events=0)) is None


def test_the_first_broken_rule_narrows_the_sentence() -> None:
    narrow = view_of(judged("stream_malformed", "stop_reason_missing", "not_json"))
    assert narrow == (
        "anthropic: the loop and get_final_message() both end without an error, "
        "so the fault goes unnoticed."
    )


def test_of_a_rule_that_was_not_measured_nothing_is_said() -> None:
    assert view_of(judged("stream_malformed", "block_index_gap")) is None


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        pytest.param(judged(None), None, id="in-order"),
        pytest.param(judged("insufficient_balance", status=402, events=0), None, id="no-stream"),
        pytest.param(
            judged("insufficient_balance", events=0),
            client_view("insufficient_balance", Protocol.MESSAGES, in_place=True),
            id="error-in-place",
        ),
        pytest.param(
            judged("insufficient_balance", events=5),
            client_view("insufficient_balance", Protocol.MESSAGES),
            id="error-inside",
        ),
        pytest.param(
            judged("stream_truncated", status=None),
            client_view("stream_truncated", Protocol.MESSAGES),
            id="without-a-status",
        ),
    ],
)
def test_the_view_of_one_stream(result: StreamResult, sentence: str | None) -> None:
    assert view_of(result) == sentence
