"""Answers whose head never came, did not end, or is not valid HTTP: what was heard of them."""

from __future__ import annotations

import re
from ast import literal_eval

from cmtool.connection.faults import TransportError, quoted, stranger
from cmtool.model import Phase

_PROVISIONAL = re.compile(rb"HTTP/1\.\d 1\d\d")
_VERSION = b"HTTP/"

# What h11 says of a head, by a part of its sentence, in words for people.
_FAULTS = (
    ("Content-Length", "its Content-Length is no length, or it has several that differ"),
    ("Transfer-Encoding", "it names a Transfer-Encoding that is not known"),
    ("SWITCH", "it switches to another protocol (status 101), which nobody asked for"),
    ("status_code", "its status is none of HTTP"),
)


def begins_no_answer(heard: bytes) -> bool:
    """Say whether the first bytes of what came cannot be those of an answer (RFC 9112, 4)."""
    return not _VERSION.startswith(heard[: len(_VERSION)])


def unfinished(heard: bytes | None) -> str:
    """Say how far an answer had come when nobody waited any longer.

    ``heard`` is what had come of it, None when not even the connection was there.
    """
    if heard is None:
        return "the connection was still being made"
    if not heard:
        return "the request was sent, and not a byte came back"
    if _PROVISIONAL.match(heard):
        return f"only provisional answers came ({quoted(heard)})"
    return f"it began, but its head did not end ({quoted(heard)})"


def broken_off(how: str, heard: bytes) -> TransportError:
    """Say that the connection ended before there was an answer; ``how`` is closed or reset."""
    if begins_no_answer(heard):
        return stranger(heard)
    line = f"The connection was {how} before any answer came."
    if heard:
        line = f"The connection was {how} before any answer came whole: {quoted(heard)}."
    elif how == "reset":
        line = "The connection was reset."
    return TransportError("connection_reset", [line], Phase.CONNECT)


def invalid(said: str, heard: bytes) -> TransportError:
    """Say what is wrong with a head; ``said`` is what h11 said of it."""
    if begins_no_answer(heard):
        return stranger(heard)
    why = next((words for part, words in _FAULTS if part in said), None)
    if why is None:
        # h11 quotes the line that it could not read as the repr of its buffer.
        found = re.search(r"bytearray\((b(['\"]).*\2)\)", said)
        why = (
            f"one line of it cannot be read ({quoted(literal_eval(found[1]) if found else heard)})"
        )
    line = f"The head of the answer is not valid HTTP: {why}."
    return TransportError("malformed_response", [line], Phase.RESPONSE)
