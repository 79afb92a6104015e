"""Scenarios that only an open stream shows: broken ones, and odd ones that are lawful."""

from __future__ import annotations

from cmtool.sandbox import faults, forms
from cmtool.sandbox.dialect import StreamError
from cmtool.sandbox.headers import charset_type
from cmtool.sandbox.scenario import Pace, Scenario
from cmtool.sandbox.speech import Speech

_UNKNOWN_ERROR = StreamError(
    code="upstream_hiccup",
    type="upstream_error",
    message="The upstream connection hiccuped.",
)
_SEPARATORS = Speech(words=("one\u2028", "line\u0085", "still ", "the\u2028same "))

BROKEN = (
    Scenario(
        name="buffered",
        title="the whole stream arrives in one burst at the end",
        warns=("stream_buffered",),
        form=forms.buffered,
        pace=Pace(first_token_s=0.2, token_s=0.03),
    ),
    Scenario(
        name="not-sse",
        title="the complete JSON answer where a stream was asked for",
        expects="stream_not_sse",
        streams=False,
    ),
    Scenario(
        name="truncated",
        title="streams end cleanly in the middle, without the terminal event",
        expects="stream_truncated",
        fault=faults.truncated,
    ),
    Scenario(
        name="disconnected",
        title="the connection breaks in the middle of a stream",
        expects="stream_disconnected",
        fault=faults.disconnected,
    ),
    Scenario(
        name="stalled",
        title="streams stop after a few deltas and stay open",
        expects="stream_stalled",
        fault=faults.stalled,
    ),
    Scenario(
        name="keepalive-stalled",
        title="streams stop after a few deltas, only comments or pings go on",
        expects="stream_stalled",
        fault=faults.keepalive_stalled,
    ),
    Scenario(
        name="stream-empty",
        title="streams are complete but carry no delta",
        expects="stream_empty",
        speech=Speech(silent=True),
    ),
    Scenario(
        name="stream-malformed",
        title="a data line that is not JSON in the middle of a stream",
        expects="stream_malformed",
        fault=faults.malformed,
    ),
    Scenario(
        name="stream-error",
        title="an error event whose code is not documented",
        expects="stream_error",
        fault=faults.errors(_UNKNOWN_ERROR),
    ),
    Scenario(
        name="response-failed",
        title="response.failed in the stream; an error event in the other protocols",
        expects="stream_error",
        fault=faults.fails(_UNKNOWN_ERROR),
    ),
)

LAWFUL = (
    Scenario(name="odd-crlf", title="lines of a stream end with CR LF", form=forms.crlf),
    Scenario(name="odd-cr", title="lines of a stream end with CR", form=forms.lone_cr),
    Scenario(name="odd-bom", title="streams begin with a byte order mark", form=forms.bom),
    Scenario(name="odd-bytes", title="streams arrive byte by byte", form=forms.single_bytes),
    Scenario(
        name="odd-separators",
        title="the text holds U+2028 and U+0085, which end no line",
        speech=_SEPARATORS,
    ),
    Scenario(name="odd-comments", title="a comment stands between all events", form=forms.comments),
    Scenario(
        name="odd-content-type",
        title="Content-Type: Text/Event-Stream; Charset=ISO-8859-1",
        headers=charset_type,
    ),
    Scenario(
        name="odd-blocks", title="blocks without data stand between events", form=forms.blocks
    ),
    Scenario(
        name="odd-data-lines",
        title="the data of an event spreads over several lines",
        form=forms.data_lines,
    ),
    Scenario(
        name="reasoning",
        title="reasoning deltas come before the text",
        speech=Speech(reasoning=True),
    ),
    Scenario(name="tool-call", title="the deltas are a tool call only", speech=Speech(tool=True)),
)
