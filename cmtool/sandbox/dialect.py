"""What every protocol of the sandbox must be able to say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cmtool.catalog import ROWS
from cmtool.model import Json
from cmtool.sandbox.asks import Ask, Body
from cmtool.sandbox.speech import Generation
from cmtool.sandbox.wire import Event, Raw

COMMENT = Raw(b": keep-alive\n\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamError:
    """An error that strikes inside an open stream."""

    code: str
    type: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One protocol.

    ``read`` takes a body apart or raises :class:`cmtool.sandbox.asks.RefusedError`; ``document``
    is the complete answer; ``events`` the stream; ``failure`` the error event after so many
    events; ``failed_response`` its stronger form where the protocol has one; ``keep_alive`` what
    is sent while the model is silent.
    """

    read: Callable[[Body], Ask]
    document: Callable[[Generation], dict[str, Json]]
    events: Callable[[Generation, Ask], Iterator[Event]]
    failure: Callable[[StreamError, int], Event]
    failed_response: Callable[[StreamError, int, Generation], Event]
    keep_alive: Event | Raw = COMMENT


def documented(code: str) -> StreamError:
    """Give the in-stream form of a documented code."""
    row = ROWS[code]
    return StreamError(code=code, type=row.type or "api_error", message=row.message or row.title)


def dump(document: Json) -> str:
    """Write JSON as the gateway does: compact, and text as it is."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
