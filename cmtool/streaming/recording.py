"""Streams kept as they came, to be judged again without a network.

A recording is JSON Lines: a head, then for each stream its beginning, its bytes with the
milliseconds at which they had arrived, and how it ended.  The bytes are those of the decoded body,
each as one character (Latin-1), so that a recording can be read and searched; no request header is
ever in it.  A plain capture of curl, with or without its response head, is read as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cmtool.documents import count, record, text
from cmtool.model import Protocol

FORMAT = "cmtool-recording"
VERSION = 1
RECORDED_LIMIT = 64 * 1024 * 1024  # bytes of one stream
_LONGEST_MS = 1e12  # of a time in a recording: some thirty years


class RecordingError(Exception):
    """The file is no recording that can be read; the message says why, in one sentence."""


class End(StrEnum):
    """How a recorded stream ended: by itself, by a broken connection, or because we left it.

    What followed in an encoding that is none could not be read.

    It was left when the model had been silent for too long, or when the deadline came; of a
    stream that was too large the recording was cut.
    """

    CLOSED = "closed"
    BROKEN = "broken"
    UNREADABLE = "unreadable"
    CUT = "cut"
    SILENT = "silent"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One stream of a recording.

    ``chunks`` holds pairs of milliseconds since the request was written and bytes; the
    milliseconds are None in a plain capture, which knows no times.
    """

    protocol: Protocol
    model: str | None = None
    repetition: int = 1
    attempt: int = 1
    sent_at: datetime | None = None
    status: int = 200
    headers: Mapping[str, str]
    headers_ms: float | None = None
    chunks: tuple[tuple[float | None, bytes], ...] = ()
    end: End = End.CLOSED
    end_ms: float | None = None

    @property
    def timed(self) -> bool:
        """Whether the times of arrival are known."""
        return all(at is not None for at, _ in self.chunks)


def head_line(cmtool_version: str) -> str:
    """Give the first line of a recording."""
    return json.dumps({"format": FORMAT, "version": VERSION, "cmtool_version": cmtool_version})


def stream_lines(number: int, stream: Recorded) -> Iterator[str]:
    """Give the lines of one stream; ``number`` tells it from the others of the file."""
    yield json.dumps(
        {
            "stream": number,
            "protocol": stream.protocol.value,
            "model": stream.model,
            "repetition": stream.repetition,
            "attempt": stream.attempt,
            "sent_at": stream.sent_at.isoformat() if stream.sent_at else None,
            "status": stream.status,
            "headers": dict(stream.headers),
            "headers_ms": stream.headers_ms,
        }
    )
    for at_ms, chunk in stream.chunks:
        yield json.dumps({"stream": number, "at_ms": at_ms, "bytes": chunk.decode("latin-1")})
    yield json.dumps(
        {
            "stream": number,
            "end": stream.end.value,
            "at_ms": stream.end_ms,
            "chunks": len(stream.chunks),
        }
    )


def read(content: bytes, protocol: Protocol | None = None) -> list[Recorded]:
    """Read a recording, or a plain capture; ``protocol`` outweighs what a capture shows.

    Raises RecordingError.
    """
    if content.lstrip()[:1] == b"{" and FORMAT.encode() in content.partition(b"\n")[0]:
        return _read_recording(content)
    return [_read_capture(content, protocol)]


def _read_recording(content: bytes) -> list[Recorded]:
    lines = [_parse(line, at) for at, line in enumerate(content.splitlines(), 1) if line.strip()]
    version = lines[0].get("version")
    if version != VERSION:
        raise RecordingError(f"The recording has version {version!r}; this cmtool reads {VERSION}.")
    streams: dict[int, list[Mapping[str, Any]]] = {}
    for line in lines[1:]:
        streams.setdefault(count(line.get("stream")) or 0, []).append(line)
    if not streams:
        raise RecordingError("The recording holds no stream.")
    return [_stream(number, lines) for number, lines in sorted(streams.items())]


def _parse(line: bytes, number: int) -> Mapping[str, Any]:
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise RecordingError(f"Line {number} of the recording is not JSON.") from exc
    if not isinstance(parsed, dict):
        raise RecordingError(f"Line {number} of the recording is not a JSON object.")
    return parsed


def _stream(number: int, lines: list[Mapping[str, Any]]) -> Recorded:
    head, last = lines[0], lines[-1]
    if last.get("end") == End.CUT.value:
        most = RECORDED_LIMIT >> 20
        raise RecordingError(
            f"Stream {number} of the recording is cut: it was larger than {most} MiB."
        )
    damaged = RecordingError(f"Stream {number} of the recording is damaged or cut short.")
    try:
        stream = Recorded(
            protocol=Protocol(head["protocol"]),
            model=text(head.get("model")),
            repetition=count(head.get("repetition")) or 1,
            attempt=count(head.get("attempt")) or 1,
            sent_at=_moment(head.get("sent_at")),
            status=_status(head["status"]),
            headers={str(k).lower(): str(v) for k, v in record(head.get("headers")).items()},
            headers_ms=_ms(head.get("headers_ms")),
            chunks=tuple(_chunk(line) for line in lines[1:] if "bytes" in line),
            end=End(last["end"]),
            end_ms=_ms(last.get("at_ms")),
        )
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as exc:
        raise damaged from exc
    if len(stream.chunks) != last.get("chunks") or not _is_rising(stream.chunks):
        raise damaged
    return stream


def _is_rising(chunks: Sequence[tuple[float | None, bytes]]) -> bool:
    times = [at for at, _ in chunks if at is not None]
    return times == sorted(times)


def _chunk(line: Mapping[str, Any]) -> tuple[float | None, bytes]:
    return _ms(line.get("at_ms")), line["bytes"].encode("latin-1")


def _status(value: Any) -> int:
    """Give an HTTP status (RFC 9110, section 15); ValueError for any other number."""
    status = int(value)
    if not 100 <= status <= 599:  # noqa: PLR2004 - as the RFC has them
        raise ValueError("no status of HTTP")
    return status


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _ms(value: object) -> float | None:
    """Give milliseconds; None where none are given.  ValueError for what no clock can show."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    number = float(value)
    if not 0 <= number <= _LONGEST_MS:
        raise ValueError("no time of a stream")
    return number


_STATUS_LINE = re.compile(rb"HTTP/[\d.]+ (\d{3})[^\r\n]*\r?\n")


def _read_capture(content: bytes, protocol: Protocol | None) -> Recorded:
    status, headers, body = _head(content)
    found = protocol or protocol_of(body)
    if found is None:
        raise RecordingError(
            "The file is neither a recording of cmtool nor an event stream of the gateway."
        )
    return Recorded(
        protocol=found,
        status=status,
        headers={"content-type": "text/event-stream", **headers},
        chunks=((None, body),),
    )


def _head(content: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take the response head off a capture of ``curl -i``; the last one, after a 100 or a proxy."""
    status, headers = 200, {}
    while found := _STATUS_LINE.match(content):
        # From the end of the status line on: a head need not have any field.
        head, _, rest = content[found.end(1) :].partition(
            b"\r\n\r\n" if b"\r\n" in found[0] else b"\n\n"
        )
        pairs = [line.partition(b":") for line in head.splitlines()[1:]]
        headers = {_field(name).lower(): _field(value) for name, _, value in pairs}
        status, content = int(found[1]), rest
    return status, headers, content


def _field(value: bytes) -> str:
    return value.decode("latin-1").strip()


# What the first telling event of a stream shows, in the order in which it is looked for.
_SIGNS = (
    (rb'"chat\.completion\.chunk"', Protocol.CHAT),
    (rb'"type":\s*"response\.', Protocol.RESPONSES),
    (rb"(?m)^event:\s*response\.", Protocol.RESPONSES),
    (rb'"type":\s*"(message_start|content_block|message_delta|message_stop)', Protocol.MESSAGES),
    (rb'(?m)^data:\s*\{"type":\s*"error",\s*"error"', Protocol.MESSAGES),
    (rb'(?m)^data:\s*\{"type":\s*"error"', Protocol.RESPONSES),
    (rb'(?m)^data:\s*(\[DONE\]|\{"error")', Protocol.CHAT),
)


def protocol_of(body: bytes) -> Protocol | None:
    """Tell the protocol of an event stream by its events; None when it is none."""
    start = body[: 256 * 1024]
    return next((protocol for sign, protocol in _SIGNS if re.search(sign, start)), None)
