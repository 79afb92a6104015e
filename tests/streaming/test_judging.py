"""What a followed stream comes to: one finding at most, the right one of several, and figures."""

from __future__ import annotations

import json

import pytest

from cmtool.catalog import ROWS
from cmtool.classify import ErrorObject, Evidence
from cmtool.model import Finding, Phase, Protocol, StreamResult
from cmtool.protocols import DIALECTS
from cmtool.streaming.judging import Ending, Followed, judge, measured
from cmtool.streaming.meter import Meter

EVIDENCE = Evidence(status=200, protocol=Protocol.CHAT, check="chat", model="z-ai/glm-5")
STALLED = Ending("stream_stalled", "The model was silent for 3.0 s.")
DONE = "[DONE]"


def chunk(content: str = "", finish: str | None = None, **more: object) -> str:
    delta = {"role": "assistant", "content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({"id": "c1", "object": "chat.completion.chunk", "choices": [choice], **more})


ERROR = json.dumps({"error": {"message": "no luck", "code": "provider_error"}})
UNKNOWN = json.dumps({"error": {"message": "no luck", "code": "hiccup"}})
WHOLE = (chunk("Hel"), chunk("lo", "stop"), DONE)


def fed(*events: str) -> Followed:
    machine = DIALECTS[Protocol.CHAT].machine(str)
    meter = Meter(10.0)
    for number, data in enumerate(events, 1):
        meter.event(machine.feed("message", data), 10.0 + number / 10)
    machine.finish()
    return Followed(meter=meter, machine=machine)


def found(ending: Ending | None, *events: str) -> Finding | None:
    return judge(fed(*events), ending, EVIDENCE, lambda error: error)


@pytest.mark.parametrize(
    ("ending", "events", "identifier"),
    [
        pytest.param(None, WHOLE, None, id="whole"),
        pytest.param(STALLED, WHOLE, None, id="whole-and-left-open"),
        pytest.param(None, (chunk("", "length"), DONE), None, id="hidden-and-capped"),
        pytest.param(None, (chunk("", "stop"), DONE), "stream_empty", id="nothing-to-say"),
        pytest.param(None, (), "stream_empty", id="no-event"),
        pytest.param(None, WHOLE[:2], "stream_truncated", id="no-terminal-event"),
        pytest.param(STALLED, WHOLE[:1], "stream_stalled", id="the-ending-says"),
        pytest.param(None, (*WHOLE, chunk("x")), "stream_malformed", id="behind-the-end"),
        pytest.param(STALLED, (*WHOLE, chunk("x")), "stream_malformed", id="rule-and-left-open"),
        pytest.param(STALLED, ("{", *WHOLE[:1]), "stream_malformed", id="rules-before-patience"),
        pytest.param(
            None, ("{", *WHOLE[:1]), "stream_malformed", id="rules-before-the-missing-end"
        ),
        pytest.param(None, (WHOLE[0], ERROR), "provider_error", id="documented-error"),
        pytest.param(None, (WHOLE[0], UNKNOWN), "stream_error", id="another-error"),
        pytest.param(STALLED, (ERROR,), "provider_error", id="error-before-ending"),
        pytest.param(None, ("{", ERROR), "provider_error", id="error-before-rules"),
        pytest.param(None, (*WHOLE, ERROR), "provider_error", id="error-behind-the-end"),
    ],
)
def test_verdict(ending: Ending | None, events: tuple[str, ...], identifier: str | None) -> None:
    finding = found(ending, *events)
    assert (finding.id if finding else None) == identifier
    if finding is not None:
        assert finding.phase is Phase.STREAM
        assert finding.status == 200
        assert finding.check == "chat"
        assert finding.exit_code is ROWS[finding.id].exit_code


@pytest.mark.parametrize(
    ("events", "said"),
    [
        pytest.param((), "Nothing of the answer had come by then.", id="none"),
        pytest.param((chunk("Hi"),), "By then 1 delta with 2 characters had come.", id="one"),
        pytest.param(
            WHOLE[:2], "By then 2 deltas with 5 characters had come.", id="two-and-no-end"
        ),
    ],
)
def test_how_far_it_came_is_told(events: tuple[str, ...], said: str) -> None:
    finding = found(None, *events)
    assert finding is not None
    assert finding.evidence[-1] == said


def test_the_first_broken_rule_is_told_with_its_place() -> None:
    finding = found(None, WHOLE[0], "{", "[", DONE)
    assert finding is not None
    assert "Event 1 broke a rule (not_json): expected a JSON object in data, got {." in (
        finding.evidence
    )


def test_secrets_are_taken_out_of_what_the_server_said() -> None:
    def redacted(error: ErrorObject) -> ErrorObject:
        return ErrorObject(shape=error.shape, message="safe", code=error.code)

    finding = judge(fed(ERROR), None, EVIDENCE, redacted)
    assert finding is not None
    assert finding.message == "safe"
    assert "no luck" not in repr(finding)


def test_everything_that_was_measured() -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 4}
    followed = fed(chunk(), chunk("Hel"), chunk("lo", "stop"), chunk(usage=usage), DONE)
    bare = StreamResult(
        protocol=Protocol.CHAT, model="m", repetition=3, attempt=2, request_id="req_cm_1"
    )
    result = measured(bare, followed)
    assert (result.repetition, result.attempt, result.request_id) == (3, 2, "req_cm_1")
    assert (result.events, result.deltas, result.text_chars) == (5, 2, 5)
    assert result.finish_reason == "stop"
    assert result.first_byte_ms is None
    assert result.first_event_ms == pytest.approx(100)
    assert result.first_delta_ms == result.ttft_ms == pytest.approx(200)
    assert result.duration_ms == pytest.approx(500)
    assert result.gaps.max == pytest.approx(100)
    assert result.profile == pytest.approx((100,))
    assert (result.input_tokens, result.output_tokens) == (7, 4)
    assert result.tokens_per_second == pytest.approx(4 / 0.3)
    assert not result.buffered
