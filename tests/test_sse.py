"""The bytes of event streams, whole, byte by byte and cut anywhere: the same events."""

from __future__ import annotations

import tracemalloc
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.sse import EVENT_LIMIT, Event, EventDecoder, EventTooLongError

Events = list[Event]


def message(data: str, last_event_id: str = "") -> Event:
    return Event("message", data, last_event_id)


LONG = b"x" * 2000

# https://html.spec.whatwg.org/multipage/server-sent-events.html
CASES: dict[str, tuple[bytes, Events]] = {
    "bom-dropped-once-at-the-start": (
        b"\xef\xbb\xbfdata:1\n\n\xef\xbb\xbfdata:2\n\ndata:3\n\n\n",
        [message("1"), message("3")],
    ),
    "bom-twice": (
        b"\xef\xbb\xbf\xef\xbb\xbfdata:1\n\ndata:2\n\ndata:3\n\n\n",
        [message("2"), message("3")],
    ),
    "bom-alone": (b"\xef\xbb\xbf", []),
    "bom-begun": (b"\xef\xbbdata:1\n\ndata:2\n\n", [message("2")]),
    "comments-between-data": (
        b"data:1\r:\0\n:\r\ndata:2\n:" + LONG + b"\rdata:3\n:data:fail\r:" + LONG + b"\ndata:4\n\n",
        [message("1\n2\n3\n4")],
    ),
    "unfinished-block-at-the-end": (
        b"retry:1000\ndata:test1\n\nid:test\ndata:test2\n",
        [message("test1")],
    ),
    "unfinished-line-at-the-end": (b"data:1\n\ndata:2", [message("1")]),
    "empty-data": (
        b"data:\n\ndata\ndata\n\ndata:test\n\n\n",
        [message(""), message("\n"), message("test")],
    ),
    "event-name-empty": (b"event: \ndata:data\n\n\n", [message("data")]),
    "event-name-not-kept": (
        b"event:test\ndata:x\n\ndata:x\n\n\n",
        [Event("test", "x"), message("x")],
    ),
    "event-name-of-a-block-without-data": (
        b"event:lost\n\ndata:x\n\n",
        [message("x")],
    ),
    "id-kept": (b"id: 1\ndata: 1\n\ndata:2\n\n", [message("1", "1"), message("2", "1")]),
    "id-changed": (
        b"id: 1\ndata: 1\n\nid: 2\ndata:2\n\ndata:3\n\n",
        [message("1", "1"), message("2", "2"), message("3", "2")],
    ),
    "id-reset": (
        b"id: 1\ndata: 1\n\nid:\ndata:2\n\ndata:3\n\n",
        [message("1", "1"), message("2"), message("3")],
    ),
    "id-with-nul-ignored": (b"id: \0\0\ndata: hello\n\n", [message("hello")]),
    "id-of-a-block-without-data": (b"id: 7\n\ndata:x\n\n", [message("x", "7")]),
    "field-names-exact": (
        (
            b"data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\n"
            b"data:3\rdata:\r\n data:32\ndata:4\n\n"
        ),
        [message("\0\n 2\n1\n3\n\n4")],
    ),
    "retry-empty": (b"retry\ndata:test\n\n\n", [message("test")]),
    "retry-not-a-number": (b"retry:soon\ndata:test\n\n", [message("test")]),
    "retry-alone": (b"retry:1000\n\n", []),
    "fields-unknown": (
        b"data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n\n",
        [message("test\n\ntest")],
    ),
    "one-leading-space-dropped": (
        b"data:\ttest\rdata: \ndata:test\n\n\n",
        [message("\ttest\n\ntest")],
    ),
    "line-ends-mixed": (b"data:test\r\ndata\ndata:test\r\n\r\n", [message("test\n\ntest")]),
    "line-ends-cr": (b"data:1\r\rdata:2\r\r", [message("1"), message("2")]),
    "line-ends-crlf": (b"data:1\r\n\r\ndata:2\r\n\r\n", [message("1"), message("2")]),
    "nul-is-data": (b"data:\0\n\n\n\n", [message("\0")]),
    "utf-8": (b"data:ok\xe2\x80\xa6\n\n\n", [message("ok…")]),
    "utf-8-broken": (b"data:\xff-\xe2\x80\n\n", [message("\ufffd-\ufffd")]),
    "no-other-line-ends": (
        "data:a\u2028b\u2029c\u0085d\x0b\x0c\x1c\x1d\x1ee\n\n".encode(),
        [message("a\u2028b\u2029c\u0085d\x0b\x0c\x1c\x1d\x1ee")],
    ),
    "blocks-without-data": (
        (
            b"data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\n"
            b"data\n\ndata:end\n\n"
        ),
        [message("msg\nmsg"), message(""), message("end")],
    ),
    "colons-in-data": (b"data: a: b:c\n\n", [message("a: b:c")]),
    "nothing": (b"", []),
    "blank-lines-only": (b"\n\r\n\r\r\n\n", []),
}


def decode(*chunks: bytes, decoder: EventDecoder | None = None) -> Events:
    decoder = decoder or EventDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def single_bytes(stream: bytes) -> list[bytes]:
    return [stream[at : at + 1] for at in range(len(stream))]


def cut_at(stream: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(bounds)]


EVERY_CASE = pytest.mark.parametrize(
    ("stream", "events"), [pytest.param(*case, id=name) for name, case in CASES.items()]
)


@EVERY_CASE
def test_whole(stream: bytes, events: Events) -> None:
    assert decode(stream) == events


@EVERY_CASE
def test_byte_by_byte(stream: bytes, events: Events) -> None:
    assert decode(*single_bytes(stream)) == events


@EVERY_CASE
def test_in_two_pieces_wherever_they_part(stream: bytes, events: Events) -> None:
    for place in range(min(len(stream), 300)):
        assert decode(stream[:place], b"", stream[place:]) == events


@given(case=st.sampled_from(sorted(CASES)), places=st.lists(st.integers(0, 10_000), max_size=12))
def test_at_any_cuts(case: str, places: list[int]) -> None:
    stream, events = CASES[case]
    assert decode(*cut_at(stream, places)) == events


LINES = st.lists(
    st.sampled_from(
        [b"data: a", b"data", b"data:\xe2\x80", b":c", b"id: 1", b"event: e", b"", b"\xef\xbb\xbf"]
    ),
    max_size=12,
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])


@given(lines=LINES, end=ENDS, places=st.lists(st.integers(0, 200), max_size=8))
def test_the_cuts_never_matter(lines: list[bytes], end: bytes, places: list[int]) -> None:
    stream = end.join(lines)
    whole, cut = EventDecoder(), EventDecoder()
    assert decode(*cut_at(stream, places), decoder=cut) == decode(stream, decoder=whole)
    assert (cut.size, whole.size) == (len(stream), len(stream))


@given(st.lists(st.binary(max_size=30), max_size=8))
def test_any_bytes_are_taken(chunks: list[bytes]) -> None:
    assert decode(*chunks) == decode(b"".join(chunks))


def test_comments_and_bytes_are_counted() -> None:
    stream = b": one\n:\n\ndata: : not one\n\n:two\r\n: unfinished"
    decoder = EventDecoder()
    assert decode(*single_bytes(stream), decoder=decoder) == [message(": not one")]
    assert decoder.comments == 3
    assert decoder.size == len(stream)


TOO_LONG = {
    "line": b"data:" + b"x" * 100 + b"\n\n",
    "line-that-never-ends": b"data:" + b"x" * 100,
    "field-unknown": b"x" * 101 + b"\n\n",
    "comment": b":" + b"x" * 100 + b"\n\n",
    "event-of-short-lines": b"data:123456789\n" * 8,
    "event-across-comments": b"data:123456789\n:c\n" * 8,
}


@pytest.mark.parametrize("stream", [pytest.param(s, id=name) for name, s in TOO_LONG.items()])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_over_the_limit(stream: bytes, size: int) -> None:
    decoder = EventDecoder(limit=100)
    chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
    with pytest.raises(EventTooLongError):
        decode(*chunks, decoder=decoder)


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize(
    "front",
    [
        pytest.param(b"data:1\n\ndata:2\n\n", id="few"),
        pytest.param(b"data:1\n\n" * 1000, id="more-than-the-limits-together"),
    ],
)
@pytest.mark.parametrize(
    "behind", [pytest.param(s, id=name) for name, s in TOO_LONG.items()] + [b"\n" * 1601]
)
def test_what_is_too_long_takes_nothing_that_came_before(
    front: bytes, behind: bytes, size: int
) -> None:
    stream, decoder = front + behind, EventDecoder(limit=100)
    chunks = (stream[at : at + size] for at in range(0, len(stream), size))
    flow = (event for chunk in chunks for event in decoder.feed(chunk))
    events = decode(front)
    assert list(islice(flow, len(events))) == events
    with pytest.raises(EventTooLongError):
        next(flow)


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_any_number_of_short_events_is_taken(size: int) -> None:
    stream = b": c\n\ndata:1\n\n" * 1000
    chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert decode(*chunks, decoder=EventDecoder(limit=100)) == [message("1")] * 1000


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_at_the_limit(size: int) -> None:
    stream = (b"data:" + b"x" * 95 + b"\n\n") * 3
    chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert decode(*chunks, decoder=EventDecoder(limit=100)) == [message("x" * 95)] * 3


def test_the_limit_is_a_mebibyte() -> None:
    body = b"x" * (EVENT_LIMIT - 5)
    assert EVENT_LIMIT == 2**20
    assert decode(b"data:" + body + b"\n\n") == [message(body.decode())]
    with pytest.raises(EventTooLongError):
        decode(b"data:" + body + b"x\n\n")


@pytest.mark.parametrize(
    "chunk",
    [
        pytest.param(b"x" * 1000, id="line"),
        pytest.param(b"data:" + b"x" * 994 + b"\n", id="event"),
        pytest.param(b":" + b"x" * 1000, id="comment"),
    ],
)
def test_memory_is_bounded_by_the_limit(chunk: bytes) -> None:
    decoder = EventDecoder(limit=100_000)
    tracemalloc.start()
    try:
        with pytest.raises(EventTooLongError):
            decode(*[chunk] * 1000, decoder=decoder)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 400_000
    assert decoder.size <= 101_000 + len(chunk)
