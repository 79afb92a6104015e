"""The rules for event streams, read naively: the whole stream at once, a line at a time.

Written after the steps of the standard and nothing else, to be compared with the decoder:
https://html.spec.whatwg.org/multipage/server-sent-events.html (9.2.5 and 9.2.6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_QUIET_LIMITS = 16


@dataclass(slots=True)
class Reading:
    """What a stream comes to: its events (type, data, last event ID), comments, and its excess."""

    events: list[tuple[str, str, str]] = field(default_factory=list)
    comments: int = 0
    too_long: bool = False


def read(stream: bytes, limit: int) -> Reading:
    """Read a stream; an event, or an unfinished line behind it, has at most ``limit`` bytes.

    Comments and blank lines between two events may take sixteen times that.
    """
    reading, last_id = Reading(), ""
    kind, data, size, quiet = "", "", 0, 0
    *lines, rest = re.split(rb"\r\n|\n|\r", stream.removeprefix(b"\xef\xbb\xbf"))
    for raw in lines:
        quiet += len(raw) + 1
        if size + len(raw) > limit or quiet > _QUIET_LIMITS * limit:
            reading.too_long = True
            return reading
        if raw.startswith(b":"):
            reading.comments += 1
            continue
        size += len(raw)
        if not raw:
            if data:
                reading.events.append((kind or "message", data.removesuffix("\n"), last_id))
                quiet = 0
            kind, data, size = "", "", 0
            continue
        name, _, value = raw.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            kind = value
        elif name == "data":
            data += value + "\n"
        elif name == "id" and "\0" not in value:
            last_id = value
    reading.too_long = size + len(rest) > limit
    return reading
