"""Bytes to events, by the rules of the WHATWG standard for event streams.

https://html.spec.whatwg.org/multipage/server-sent-events.html (sections 9.2.5 and 9.2.6).
`httpx-sse` decodes the fields of an event.  What it leaves to its caller, or does otherwise, is
done around it here: one byte order mark is dropped; a line ends at CR, LF or CRLF and nowhere
else, wherever the chunks are cut; the text is UTF-8 whatever the charset parameter says; a block
without ``data`` dispatches nothing; an unfinished block at the end is not an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from httpx_sse._decoders import SSEDecoder

_BOM = b"\xef\xbb\xbf"
EVENT_LIMIT = 1024 * 1024
_QUIET_LIMITS = 16  # comments and empty lines between two events: so many times an event


class Event(NamedTuple):
    """One dispatched event; ``type`` is "message" where the stream names none."""

    type: str
    data: str
    last_event_id: str = ""


class EventTooLongError(Exception):
    """One event, or one line, is longer than the limit; the stream cannot be read on."""


class EventDecoder:
    """Turns chunks of bytes into events, a chunk at a time, in bounded memory.

    ``comments`` and ``size`` count the comment lines and the bytes seen so far.
    """

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        """Read events of at most ``limit`` bytes."""
        self._limit = limit
        self._fields = SSEDecoder()
        self._rest: list[bytes] = []  # the pieces of a line that has not ended yet
        self._rest_size = 0
        self._event_size = 0
        self._quiet_size = 0  # bytes of lines since the last event
        self._has_data = False
        self._after_cr = False
        self._at_start = True
        self.comments = 0
        self.size = 0

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Yield the events that end in this chunk.

        Raises EventTooLongError when a line or an event exceeds the limit, behind the events in
        front of it.
        """
        self.size += len(chunk)
        if self._at_start:
            chunk = self._without_bom(chunk)
        if self._after_cr and chunk:
            # The LF of a CRLF whose CR came with the chunk before has ended its line already.
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        if chunk:
            yield from self._events(chunk)

    def _without_bom(self, chunk: bytes) -> bytes:
        start = b"".join(self._rest) + chunk
        self._rest = []
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._rest = [start] if start else []
            return b""
        self._at_start = False
        return start.removeprefix(_BOM)

    def _events(self, chunk: bytes) -> Iterator[Event]:
        # bytes.splitlines, unlike that of str, ends a line at CR, LF and CRLF only.
        lines = chunk.splitlines()
        ended = chunk.endswith((b"\n", b"\r"))
        self._after_cr = chunk.endswith(b"\r")
        if len(lines) == 1 and not ended:
            self._keep(chunk)
            return
        lines[0] = b"".join((*self._rest, lines[0]))
        self._rest, self._rest_size = [], 0
        unended = None if ended else lines.pop()
        for line in lines:
            if (event := self._line(line)) is not None:
                yield event
        if unended is not None:
            self._keep(unended)

    def _keep(self, piece: bytes) -> None:
        self._rest.append(piece)
        self._rest_size += len(piece)
        self._check(self._event_size + self._rest_size)

    def _line(self, line: bytes) -> Event | None:
        self._quiet_size += len(line) + 1
        if self._quiet_size > _QUIET_LIMITS * self._limit:
            raise EventTooLongError
        if not line:
            return self._dispatch()
        self._check(self._event_size + len(line))
        if line.startswith(b":"):
            self.comments += 1
            return None
        self._event_size += len(line)
        if line.startswith(b"data") and line[4:5] in {b"", b":"}:
            self._has_data = True
        self._fields.decode(line.decode("utf-8", "replace"))
        return None

    def _dispatch(self) -> Event | None:
        decoded = self._fields.decode("")
        has_data, self._has_data, self._event_size = self._has_data, False, 0
        if decoded is None or not has_data:
            return None
        self._quiet_size = 0
        return Event(decoded.event, decoded.data, decoded.id)

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise EventTooLongError
