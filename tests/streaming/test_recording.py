"""Recordings and captures as files: what is written is read again, and nothing else is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.model import Protocol
from cmtool.streaming.recording import (
    FORMAT,
    End,
    Recorded,
    RecordingError,
    head_line,
    protocol_of,
    read,
    stream_lines,
)

CHAT = b'data: {"id":"c","object":"chat.completion.chunk","choices":[]}\n\ndata: [DONE]\n\n'
RESPONSES = b'event: response.created\ndata: {"type":"response.created"}\n\n'
MESSAGES = b'event: message_start\ndata: {"type":"message_start","message":{}}\n\n'
BODIES = {Protocol.CHAT: CHAT, Protocol.RESPONSES: RESPONSES, Protocol.MESSAGES: MESSAGES}
HEAD = {"format": FORMAT, "version": 1}
OPENING = {"stream": 0, "protocol": "chat", "status": 200, "headers": {}}
CLOSING = {"stream": 0, "end": "closed", "at_ms": 2.0}
AT = datetime(2026, 11, 22, 10, 0, 0, 412_000, tzinfo=UTC)


def written(*streams: Recorded) -> bytes:
    lines = [head_line("1.2.3")]
    for number, stream in enumerate(streams):
        lines += stream_lines(number, stream)
    return "\n".join(lines).encode() + b"\n"


def lines(*documents: Any) -> bytes:
    """Give the lines of a file; the end of a stream tells how many chunks stand before it."""
    counted = [
        document | {"chunks": _chunks(document.get("stream"), documents)}
        if isinstance(document, dict) and "end" in document and "chunks" not in document
        else document
        for document in documents
    ]
    return b"".join(json.dumps(document).encode() + b"\n" for document in counted)


def _chunks(stream: object, documents: tuple[Any, ...]) -> int:
    return sum(
        isinstance(document, dict) and "bytes" in document and document.get("stream") == stream
        for document in documents
    )


MS = st.none() | st.floats(0, 1e9)


def in_order(chunks: list[tuple[float | None, bytes]]) -> tuple[tuple[float | None, bytes], ...]:
    """Give the chunks with their times rising, as they come from a wire."""
    times = iter(sorted(at for at, _ in chunks if at is not None))
    return tuple((None if at is None else next(times), chunk) for at, chunk in chunks)


STREAMS = st.builds(
    Recorded,
    protocol=st.sampled_from(Protocol),
    model=st.none() | st.text(min_size=1),
    repetition=st.integers(1, 10**6),
    attempt=st.integers(1, 10**6),
    sent_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    status=st.integers(100, 599),
    headers=st.dictionaries(st.text(st.characters(codec="ascii")).map(str.lower), st.text()),
    headers_ms=MS,
    chunks=st.lists(st.tuples(MS, st.binary())).map(in_order),
    end=st.sampled_from([end for end in End if end is not End.CUT]),
    end_ms=MS,
)


@given(st.lists(STREAMS, min_size=1, max_size=3))
def test_what_is_written_is_read_again(streams: list[Recorded]) -> None:
    assert read(written(*streams)) == streams


@given(STREAMS)
def test_line_ends_of_another_system_change_nothing(stream: Recorded) -> None:
    assert read(written(stream).replace(b"\n", b"\r\n")) == [stream]


def test_a_recording_is_text_of_one_line_each() -> None:
    stream = Recorded(
        protocol=Protocol.CHAT, headers={}, sent_at=AT, chunks=((1.5, b"\x00\xff\r\n\xe2\x80\xa8"),)
    )
    content = written(stream)
    assert content.isascii()
    assert len(content.splitlines()) == 4
    assert json.loads(content.splitlines()[2]) == {
        "stream": 0,
        "at_ms": 1.5,
        "bytes": "\x00\xff\r\n\xe2\x80\xa8",
    }


def test_streams_whose_lines_are_mixed() -> None:
    other = OPENING | {"stream": 1, "protocol": "messages"}
    content = lines(
        HEAD,
        OPENING,
        other,
        {"stream": 1, "at_ms": 1.0, "bytes": "b"},
        {"stream": 0, "at_ms": 1.0, "bytes": "a"},
        CLOSING | {"stream": 1},
        CLOSING,
    )
    assert [stream.chunks for stream in read(content)] == [((1.0, b"a"),), ((1.0, b"b"),)]


def test_a_time_of_day_without_zone_is_utc_and_another_zone_is_converted() -> None:
    for given_text in ("2026-11-22T10:00:00.412", "2026-11-22T12:00:00.412+02:00"):
        (stream,) = read(lines(HEAD, OPENING | {"sent_at": given_text}, CLOSING))
        assert stream.sent_at == AT
        assert stream.sent_at is not None
        assert stream.sent_at.tzinfo is UTC


DAMAGED = {
    "no-line-behind-the-head": lines(HEAD),
    "another-version": lines(HEAD | {"version": 2}, OPENING, CLOSING),
    "no-version": lines({"format": FORMAT}, OPENING, CLOSING),
    "no-beginning": lines(HEAD, CLOSING),
    "no-end": lines(HEAD, OPENING, {"stream": 0, "at_ms": 1.0, "bytes": "a"}),
    "only-a-beginning": lines(HEAD, OPENING),
    "a-chunk-gone": lines(HEAD, OPENING, CLOSING | {"chunks": 1}),
    "too-large": lines(HEAD, OPENING, CLOSING | {"end": "cut"}),
    "time-that-runs-back": lines(
        HEAD,
        OPENING,
        {"stream": 0, "at_ms": 2.0, "bytes": "a"},
        {"stream": 0, "at_ms": 1.0, "bytes": "b"},
        CLOSING,
    ),
    "an-unknown-end": lines(HEAD, OPENING, CLOSING | {"end": "tired"}),
    "an-end-of-another-kind": lines(HEAD, OPENING, CLOSING | {"end": ["closed"]}),
    "an-unknown-protocol": lines(HEAD, OPENING | {"protocol": "smtp"}, CLOSING),
    "a-protocol-of-another-kind": lines(HEAD, OPENING | {"protocol": {}}, CLOSING),
    "no-status": lines(HEAD, {"stream": 0, "protocol": "chat"}, CLOSING),
    "status-text": lines(HEAD, OPENING | {"status": "fine"}, CLOSING),
    "status-infinite": lines(HEAD, OPENING | {"status": float("inf")}, CLOSING),
    "status-nan": lines(HEAD, OPENING | {"status": float("nan")}, CLOSING),
    "status-of-no-http": lines(HEAD, OPENING | {"status": 99999}, CLOSING),
    "status-negative": lines(HEAD, OPENING | {"status": -1}, CLOSING),
    "bytes-beyond-bytes": lines(HEAD, OPENING, {"stream": 0, "bytes": "\u20ac"}, CLOSING),
    "bytes-that-are-none": lines(HEAD, OPENING, {"stream": 0, "bytes": 7}, CLOSING),
    "time-nan": lines(HEAD, OPENING, CLOSING | {"at_ms": float("nan")}),
    "time-infinite": lines(HEAD, OPENING, CLOSING | {"at_ms": float("inf")}),
    "time-negative": lines(HEAD, OPENING | {"headers_ms": -1.0}, CLOSING),
    "time-beyond-a-float": lines(HEAD, OPENING, CLOSING | {"at_ms": 10**400}),
    "no-moment": lines(HEAD, OPENING | {"sent_at": "yesterday"}, CLOSING),
    "a-moment-before-all-time": lines(
        HEAD, OPENING | {"sent_at": "0001-01-01T00:00:00+23:59"}, CLOSING
    ),
    "not-json": lines(HEAD, OPENING) + b"{oops\n",
    "cut-in-a-line": lines(HEAD, OPENING, CLOSING)[:-9],
    "not-an-object": lines(HEAD, OPENING, ["x"]),
    "nested-without-end": lines(HEAD, OPENING) + b"[" * 100_000 + b"\n",
    "a-number-beyond-reason": lines(HEAD, OPENING) + b"9" * 5_000 + b"\n",
    "bytes-in-a-line": lines(HEAD, OPENING) + b"\xff\xfe\x00\n",
}
FOREIGN = {
    "empty": b"",
    "blank": b" \n\n",
    "prose": b"Dear support,\n\nit does not work.\n",
    "html": b"<!doctype html><title>Sign in</title>",
    "json": b'{"error": {"message": "no", "code": "invalid_api_key"}}',
    "another-stream": b"data: hello\n\nevent: tick\ndata: 1\n\n",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "utf-16": CHAT.decode().encode("utf-16"),
    "head-without-body": b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n",
    "huge-line": b"x" * 5_000_000,
    "huge-number-of-heads": b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
}


@pytest.mark.parametrize("name", [*DAMAGED, *FOREIGN])
def test_what_cannot_be_read_is_said_in_one_sentence(name: str) -> None:
    with pytest.raises(RecordingError) as told:
        read((DAMAGED | FOREIGN)[name])
    said = str(told.value)
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 120
    assert ("recording" in said.lower()) is True


@given(st.binary(max_size=400), st.none() | st.sampled_from(Protocol))
def test_any_bytes_are_read_or_refused(content: bytes, protocol: Protocol | None) -> None:
    try:
        streams = read(content, protocol)
    except RecordingError:
        return
    assert streams


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=3,
)
FIELDS = st.sampled_from([*OPENING, "sent_at", "headers_ms", "at_ms", "bytes", "end", "model"])


@given(st.lists(st.dictionaries(FIELDS, JSON), max_size=3), FIELDS, JSON)
def test_any_fields_are_read_or_refused(
    documents: list[dict[str, Any]], name: str, value: Any
) -> None:
    changed = [
        lines(HEAD, *documents),
        lines(HEAD, OPENING | {name: value}, CLOSING),
        lines(HEAD, OPENING, {"stream": 0, "at_ms": 1.0, "bytes": "a", name: value}, CLOSING),
        lines(HEAD, OPENING, CLOSING | {name: value}),
    ]
    for content in changed:
        try:
            streams = read(content)
        except RecordingError:
            continue
        assert streams


@given(st.data())
def test_a_recording_that_was_cut_short_anywhere(data: st.DataObject) -> None:
    whole = written(Recorded(protocol=Protocol.CHAT, headers={}, chunks=((1.0, CHAT),)))
    at = data.draw(st.integers(0, len(whole) - 3))
    with pytest.raises(RecordingError):
        read(whole[:at])


@pytest.mark.parametrize("protocol", Protocol)
def test_a_bare_capture_knows_no_times(protocol: Protocol) -> None:
    (stream,) = read(BODIES[protocol])
    assert stream.protocol is protocol
    assert stream.status == 200
    assert stream.chunks == ((None, BODIES[protocol]),)
    assert not stream.timed


STATUS = b"HTTP/2 200 \r\n"
TYPE = b"content-type: text/event-stream\r\nX-Request-Id:  req_cm_1 \r\n"


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize(
    ("before", "status"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n", 200, id="http-1"),
        pytest.param(STATUS, 200, id="http-2-without-a-reason"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + STATUS, 200, id="behind-a-100"),
        pytest.param(
            b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 503 Busy\r\n",
            503,
            id="behind-a-proxy",
        ),
        pytest.param(
            b"HTTP/1.0 200 OK\r\nVia: 1.1 squid\r\n\r\nHTTP/1.1 402 Payment Required\r\n",
            402,
            id="behind-a-proxy-with-fields",
        ),
    ],
)
@pytest.mark.parametrize("ends", [b"\r\n", b"\n"], ids=["crlf", "lf"])
def test_a_capture_with_its_response_head(
    protocol: Protocol, before: bytes, status: int, ends: bytes
) -> None:
    head = (before + TYPE + b"\r\n").replace(b"\r\n", ends)
    (stream,) = read(head + BODIES[protocol])
    assert stream.protocol is protocol
    assert stream.status == status
    assert stream.headers == {"content-type": "text/event-stream", "x-request-id": "req_cm_1"}
    assert stream.chunks == ((None, BODIES[protocol]),)


def test_a_head_without_any_field() -> None:
    (stream,) = read(b"HTTP/1.1 200 OK\r\n\r\n" + CHAT)
    assert stream.headers == {"content-type": "text/event-stream"}
    assert stream.chunks == ((None, CHAT),)


@pytest.mark.parametrize("shown", Protocol)
@pytest.mark.parametrize("named", Protocol)
def test_a_named_protocol_outweighs_what_a_capture_shows(shown: Protocol, named: Protocol) -> None:
    assert read(BODIES[shown], named)[0].protocol is named
    assert read(b"nothing telling", named)[0].protocol is named


@pytest.mark.parametrize(
    ("body", "protocol"),
    [
        pytest.param(b"data: [DONE]\n\n", Protocol.CHAT, id="chat-end-only"),
        pytest.param(b'data: {"error": "no"}\n\n', Protocol.CHAT, id="chat-error"),
        pytest.param(b'data:{"error":{"code":"x"}}\n\n', Protocol.CHAT, id="chat-error-no-blank"),
        pytest.param(
            b'event: error\ndata: {"type": "error", "error": {"type": "api_error"}}\n\n',
            Protocol.MESSAGES,
            id="messages-error",
        ),
        pytest.param(
            b'event: error\ndata: {"type": "error", "code": "x"}\n\n',
            Protocol.RESPONSES,
            id="responses-error",
        ),
        pytest.param(
            b'data: {"type": "content_block_delta"}\n\n', Protocol.MESSAGES, id="began-too-late"
        ),
        pytest.param(
            b'data: {"object":"chat.completion.chunk","x": "\\"type\\": \\"message_start\\""}\n\n',
            Protocol.CHAT,
            id="another-protocol-in-the-text",
        ),
        pytest.param(b"data: {}\n\n", None, id="nothing-telling"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_the_protocol_is_told_by_the_events(body: bytes, protocol: Protocol | None) -> None:
    assert protocol_of(body) is protocol
