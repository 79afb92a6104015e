"""Scenarios that only an open stream shows: broken ones, and odd ones that are lawful."""

from __future__ import annotations

from dataclasses import replace

from cmtool.sandbox import faults, forms, pages
from cmtool.sandbox.answers import documented, on_posts
from cmtool.sandbox.dialect import StreamError
from cmtool.sandbox.headers import charset_type
from cmtool.sandbox.scenario import Answerer, Call, Pace, Scenario
from cmtool.sandbox.scenarios.codes import EMPTY_WALLET
from cmtool.sandbox.speech import Speech
from cmtool.sandbox.wire import SSE, Answer, Reply

_UNKNOWN_ERROR = StreamError(
    code="upstream_hiccup",
    type="upstream_error",
    message="The upstream connection hiccuped.",
)
_SEPARATORS = Speech(words=("one\u2028", "line\u0085", "still ", "the\u2028same "))


def _as_stream(answer: Answerer) -> Answerer:
    """Make the answerer that calls another's answer an event stream, which it is not."""

    def labelled(call: Call) -> Reply:
        reply = answer(call)
        return replace(reply, headers=(*SSE, *call.trace)) if isinstance(reply, Answer) else reply

    return labelled


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
    Scenario(
        name="stream-error-nested",
        title="the error event of Responses holds its fields in an error object",
        expects="stream_error",
        fault=faults.errors(_UNKNOWN_ERROR, faults.nested_form),
    ),
    Scenario(
        name="stream-error-unnamed",
        title="the error event comes without its event: line",
        expects="stream_error",
        fault=faults.errors(_UNKNOWN_ERROR, faults.unnamed_form),
    ),
    Scenario(
        name="stream-error-text",
        title="the error in the stream is a plain text, not an object",
        expects="stream_error",
        fault=faults.errors(_UNKNOWN_ERROR, faults.text_form),
    ),
    Scenario(
        name="error-as-stream",
        title="a JSON error with status 200, called text/event-stream",
        expects="insufficient_balance",
        rules=on_posts(_as_stream(documented("insufficient_balance", status=200))),
        wallet=EMPTY_WALLET,
    ),
    Scenario(
        name="html-as-stream",
        title="a web page with status 200, called text/event-stream",
        expects="stream_not_sse",
        rules=on_posts(_as_stream(lambda _call: pages.WEBSITE)),
    ),
    Scenario(
        name="stream-no-events",
        title="streams end before their first event",
        expects="stream_empty",
        fault=faults.no_events,
    ),
    Scenario(
        name="stream-after-end",
        title="a delta comes behind the terminal event",
        expects="stream_malformed",
        fault=faults.after_end,
    ),
    Scenario(
        name="stream-unopened",
        title="items, parts or blocks are never opened; Chat Completions has none and is whole",
        expects="stream_malformed",
        fault=faults.unopened,
    ),
    Scenario(
        name="stream-unfinished",
        title="finish_reason or stop_reason is null to the end; Responses has none and is whole",
        expects="stream_malformed",
        fault=faults.unfinished,
    ),
    Scenario(
        name="sequence-gap",
        title="a delta of Responses is lost: a gap, and .done holds more; the others are whole",
        expects="stream_malformed",
        fault=faults.lost_delta,
    ),
    Scenario(
        name="only-pings",
        title="nothing comes but comments or pings",
        expects="stream_stalled",
        fault=faults.only_keepalive,
    ),
    Scenario(
        name="endless",
        title="streams go on for ever",
        expects="threshold_exceeded",
        fault=faults.endless,
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
