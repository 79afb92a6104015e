"""Follows the streams that stand in a paste, as `stream-test --replay` follows recorded ones."""

from __future__ import annotations

from collections.abc import Sequence

from cmtool.cli.looping import complete
from cmtool.explaining import Followed
from cmtool.model import Protocol
from cmtool.paste.base import Capture
from cmtool.replay import replay
from cmtool.streaming.recording import End, Recorded, RecordingError, protocol_of, read
from cmtool.streaming.thresholds import IDLE_S


def follow(capture: Capture, model: str | None) -> Sequence[Followed]:
    """Follow the streams of a capture or a recording; none where the protocol is not known."""
    return complete(_followed(_recorded(capture, model)))


async def _followed(streams: Sequence[Recorded]) -> list[Followed]:
    generations = [await replay(stream, IDLE_S) for stream in streams]
    return [
        Followed(result=generation.result, exchange=generation.attempt.exchange)
        for generation in generations
    ]


def _recorded(capture: Capture, model: str | None) -> list[Recorded]:
    if capture.recording:
        try:
            return read(capture.body.encode("utf-8", "replace"), capture.told.protocol)
        except RecordingError:
            return []
    body = capture.body.encode("utf-8", "replace")
    protocol = protocol_of(body) or capture.told.protocol
    return [_stream(capture, body, protocol, model)] if protocol else []


def _stream(capture: Capture, body: bytes, protocol: Protocol, model: str | None) -> Recorded:
    told = capture.told
    return Recorded(
        protocol=protocol,
        model=model or told.model,
        sent_at=told.sent_at,
        status=told.status or 200,
        headers={"content-type": "text/event-stream", **told.headers},
        chunks=((None, body),),
        end=End.BROKEN if capture.broken else End.CLOSED,
    )
