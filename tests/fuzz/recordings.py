"""Files that are taken for recordings of streams, or for captures of one."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime

from cmtool.model import Protocol
from cmtool.replay import replay
from cmtool.streaming.recording import End, Recorded, RecordingError, head_line, read, stream_lines
from tests.fuzz.answers import repeated
from tests.fuzz.contract import renders, report_of, sound
from tests.fuzz.source import Source, seed
from tests.fuzz.streams import BODIES, WORDS, body, holds
from tests.fuzz.watch import Target

_RUNNER = asyncio.Runner()


def recorded(source: Source) -> None:
    """Read a file as a recording; replay what is one, and write and read it again."""
    protocol, shown = source.pick((None, *Protocol)), source.number(16) == 15
    content = source.rest()
    try:
        streams = read(content, protocol)
    except RecordingError:
        return
    for stream in streams:
        generation = _RUNNER.run(replay(stream, 5.0))
        finding = generation.result.diagnosis
        holds(dataclasses.replace(generation.result, duration_ms=None))
        if finding is not None:
            sound(finding)
            if shown:
                renders(report_of(finding, stream=generation.result))
    if all(stream.timed for stream in streams):
        lines = [
            head_line("0"),
            *(line for at, s in enumerate(streams) for line in stream_lines(at, s)),
        ]
        assert read("\n".join(lines).encode()) == streams


def _recording(protocol: Protocol, end: End = End.CLOSED) -> bytes:
    sent = body(protocol)
    stream = Recorded(
        protocol=protocol,
        model="a/b",
        sent_at=datetime(2026, 11, 22, tzinfo=UTC),
        headers={"content-type": "text/event-stream"},
        headers_ms=1.0,
        chunks=((2.0, sent[:200]), (3.0, sent[200:])),
        end=end,
        end_ms=5.0,
    )
    return "\n".join([head_line("0"), *stream_lines(0, stream)]).encode()


_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
_RECORDING_WORDS = (
    *WORDS,
    *(end.value for end in End),
    *('"bytes":', '"at_ms":', '"chunks":', '"stream":', '"status":', "1e999", "NaN"),
    *("HTTP/1.1 200 OK\r\n", '"headers":'),
)

TARGETS = (
    Target(
        name="recording",
        run=recorded,
        seeds=tuple(
            seed(text, 0, 1)
            for text in (
                *(_recording(protocol) for protocol in Protocol),
                *(_recording(Protocol.CHAT, end) for end in End if end is not End.CUT),
                *BODIES,
                *(_HEAD + stream for stream in BODIES),
            )
        ),
        words=_RECORDING_WORDS,
        scaled=lambda source, size: (
            lambda: recorded(Source(repeated(source, size).encode("utf-8", "replace") + b"\0\0"))
        ),
    ),
)
