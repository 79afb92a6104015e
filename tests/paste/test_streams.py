"""Captured event streams: of each protocol, whole, cut at either end, with what logs add."""

from __future__ import annotations

import json

import pytest

from cmtool.catalog import ROWS, Sample
from cmtool.model import Protocol
from cmtool.paste import Hints, forms
from cmtool.paste.base import Form
from cmtool.streaming.recording import End, Recorded, head_line, stream_lines
from tests.paste.case import MODEL, REQUEST_ID, explained

CHAT = Protocol.CHAT


def _chunk(delta: object, finish: str | None = None) -> str:
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1795341600,
        "model": MODEL,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return f"data: {json.dumps(chunk)}\n\n"


WHOLE = (
    _chunk({"role": "assistant", "content": ""})
    + "".join(_chunk({"content": f"{number} "}) for number in range(1, 6))
    + _chunk({}, "stop")
    + "data: [DONE]\n\n"
)
HEAD = f"HTTP/2 200\ncontent-type: text/event-stream\nx-request-id: {REQUEST_ID}\n\n"
TRACE = (
    "> POST /v1/chat/completions HTTP/2\n> Host: api.crossmodel.ai\n>\n< HTTP/2 200\n"
    f"< content-type: text/event-stream\n< x-request-id: {REQUEST_ID}\n<\n{{ [512 bytes data]\n"
)
ERROR = 'data: {"error": {"message": "Gone.", "type": "provider_error", "code": "provider_error"}}'
SAMPLES = [
    pytest.param(sample, identifier, id=f"{identifier}-{sample.protocol}")
    for identifier in ("stream_error", "stream_truncated", "stream_malformed", "stream_empty")
    for sample in ROWS[identifier].all_samples()
]


def _found(text: str, hints: Hints | None = None) -> tuple[str | None, str]:
    got = explained(text, hints)
    assert got is not None
    assert len(got.streams) == 1
    found = got.streams[0].diagnosis
    assert (found and found.id) == (got.diagnosis and got.diagnosis.id)
    return found.id if found else None, got.recognised.forms[0]


@pytest.mark.parametrize(("sample", "identifier"), SAMPLES)
@pytest.mark.parametrize("head", ["", HEAD], ids=["bare", "with-head"])
def test_a_sample(sample: Sample, identifier: str, head: str) -> None:
    found, form = _found(head + sample.body)
    assert found == identifier
    assert form == (forms.CURL if head else forms.STREAM).name


HEALTHY = [
    pytest.param(WHOLE, forms.STREAM, id="bare"),
    pytest.param(HEAD + WHOLE, forms.CURL, id="head"),
    pytest.param(TRACE + WHOLE, forms.TRACE, id="trace"),
    pytest.param(WHOLE.rstrip(), forms.STREAM, id="no-line-end"),
    pytest.param(WHOLE.replace("\n\n", "\n"), forms.STREAM, id="no-blank-lines"),
    pytest.param(WHOLE.replace("\n", "\r\n"), forms.STREAM, id="crlf"),
    pytest.param(f"```\n{WHOLE}```", forms.STREAM, id="fenced"),
    pytest.param(f"I asked for this:\n\n{WHOLE}\nand that is all.", forms.STREAM, id="in-prose"),
    pytest.param(
        "".join(f"app-1  | {line}\n" for line in WHOLE.splitlines()), forms.STREAM, id="compose"
    ),
    pytest.param("".join(f"> {line}\n" for line in WHOLE.splitlines()), forms.STREAM, id="quoted"),
    pytest.param(f": keep-alive\n\n{WHOLE}", forms.STREAM, id="comment-first"),
    pytest.param(WHOLE[WHOLE.index("data:", 300) :], forms.STREAM, id="cut-at-the-start"),
]


@pytest.mark.parametrize(("text", "form"), HEALTHY)
def test_a_stream_that_came_whole_is_healthy(text: str, form: Form) -> None:
    assert _found(text) == (None, form.name)


CUT = [
    pytest.param(WHOLE[:-20], id="before-done"),
    pytest.param(WHOLE[: len(WHOLE) // 2], id="in-an-event"),
    pytest.param(HEAD + WHOLE[: len(WHOLE) // 2], id="with-head"),
    pytest.param(WHOLE[WHOLE.index("data:", 300) : -20], id="at-both-ends"),
]


@pytest.mark.parametrize("text", CUT)
def test_a_stream_that_breaks_off_is_truncated_as_far_as_is_known(text: str) -> None:
    got = explained(text)
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.id == "stream_truncated"
    assert "or only the paste does" in got.diagnosis.evidence[-1]


def test_a_connection_that_broke_behind_the_events_ended_the_stream() -> None:
    said = "curl: (18) transfer closed with outstanding read data remaining"
    got = explained(f"{HEAD}{WHOLE[:-20]}\n{said}")
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.id == "stream_disconnected"
    assert got.diagnosis.evidence[-1] == f"It says: {said}"
    assert got.recognised.errors == 1


def test_an_error_in_the_stream_takes_its_code() -> None:
    got = explained(f"{HEAD}{_chunk({'role': 'assistant', 'content': 'x'})}{ERROR}\n\n")
    assert got is not None
    assert got.diagnosis is not None
    assert (got.diagnosis.id, got.diagnosis.message) == ("provider_error", "Gone.")
    assert got.support is not None
    assert got.support.request_id == REQUEST_ID


def test_the_protocol_is_asked_for_where_the_events_do_not_tell_it() -> None:
    odd = 'data: {"anything": 1}\n\ndata: {"anything": 2}\n\n'
    assert explained(odd) is None
    got = explained(odd, Hints(protocol=CHAT))
    assert got is not None
    assert got.streams[0].protocol is CHAT


def test_a_recording_is_judged() -> None:
    stream = Recorded(
        protocol=CHAT,
        model=MODEL,
        headers={"content-type": "text/event-stream", "x-request-id": REQUEST_ID},
        chunks=((12.0, WHOLE[:-20].encode()),),
        end=End.BROKEN,
        end_ms=20.0,
    )
    text = "\n".join((head_line("1.0"), *stream_lines(0, stream)))
    found, form = _found(text)
    assert (found, form) == ("stream_disconnected", forms.RECORDING.name)


def test_the_events_after_an_error_status_are_an_error() -> None:
    got = explained(f"HTTP/2 402\ncontent-type: text/event-stream\n\n{ERROR}\n\n")
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.id == "provider_error"
    assert got.streams == ()
