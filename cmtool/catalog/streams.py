"""Rows for generations that fail after their stream was opened.

The events of each protocol: https://www.crossmodel.ai/docs/guides/streaming.
"""

from __future__ import annotations

import json
from functools import partial

from cmtool.catalog.row import Origin, Row, Sample
from cmtool.catalog.wording import BACK_OFF, CONTACT_SUPPORT, START_AFRESH, STREAMING_PAGE
from cmtool.errors import ExitCode
from cmtool.model import Json, Phase, Protocol, Severity

_TRACED = (
    ("x-request-id", "req_cm_01K4ZQ8V6M2T7R9X"),
    ("x-crossmodel-model", "deepseek/deepseek-v4-flash"),
)
_MODEL = "deepseek/deepseek-v4-flash"


def _data(*payloads: Json) -> str:
    """Give events that have data alone, as Chat Completions sends them."""
    return "".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads)


def _typed(*payloads: dict[str, Json]) -> str:
    """Give events named by their ``type``, as Responses and Messages send them."""
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in payloads)


def _sse(protocol: Protocol, body: str) -> Sample:
    """Give a stream that was opened with status 200."""
    return Sample(
        status=200,
        body=body,
        content_type="text/event-stream",
        headers=_TRACED,
        protocol=protocol,
    )


def _chunk(delta: Json, finish_reason: str | None = None) -> Json:
    """Give one chunk of Chat Completions."""
    return {
        "id": "chatcmpl-01K4ZQ8V6M",
        "object": "chat.completion.chunk",
        "created": 1795341600,
        "model": _MODEL,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }


def _response(status: str) -> Json:
    """Give the response object that opens and closes a Responses stream."""
    return {
        "id": "resp_01K4ZQ8V6M",
        "object": "response",
        "created_at": 1795341600,
        "model": _MODEL,
        "status": status,
        "output": [],
    }


_CHAT_START = _data(_chunk({"role": "assistant", "content": ""}))
_CHAT_OPEN = _CHAT_START + _data(_chunk({"content": "The answer"}))

_RESPONSES_START = _typed(
    {"type": "response.created", "sequence_number": 0, "response": _response("in_progress")}
)
_RESPONSES_OPEN = _RESPONSES_START + _typed(
    {
        "type": "response.output_item.added",
        "sequence_number": 1,
        "output_index": 0,
        "item": {
            "id": "msg_01K4ZQ8V6M",
            "type": "message",
            "role": "assistant",
            "status": "in_progress",
            "content": [],
        },
    },
    {
        "type": "response.content_part.added",
        "sequence_number": 2,
        "item_id": "msg_01K4ZQ8V6M",
        "output_index": 0,
        "content_index": 0,
        "part": {"type": "output_text", "text": "", "annotations": []},
    },
    {
        "type": "response.output_text.delta",
        "sequence_number": 3,
        "item_id": "msg_01K4ZQ8V6M",
        "output_index": 0,
        "content_index": 0,
        "delta": "The answer",
    },
)

_MESSAGES_START = _typed(
    {
        "type": "message_start",
        "message": {
            "id": "msg_01K4ZQ8V6M",
            "type": "message",
            "role": "assistant",
            "model": _MODEL,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 9, "output_tokens": 1},
        },
    }
)
_MESSAGES_DELTA = _typed(
    {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": "The answer"},
    }
)
_MESSAGES_OPEN = (
    _MESSAGES_START
    + _typed(
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    )
    + _MESSAGES_DELTA
)
_MESSAGES_END = _typed(
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 1},
    },
    {"type": "message_stop"},
)

_ERRORS = (
    _sse(
        Protocol.CHAT,
        _CHAT_OPEN
        + _data(
            {
                "error": {
                    "message": "The generation was stopped by the model service.",
                    "type": "generation_error",
                    "param": None,
                    "code": "generation_stopped",
                }
            }
        ),
    ),
    _sse(
        Protocol.RESPONSES,
        _RESPONSES_OPEN
        + _typed(
            {
                "type": "error",
                "sequence_number": 4,
                "code": "generation_stopped",
                "message": "The generation was stopped by the model service.",
                "param": None,
            }
        ),
    ),
    _sse(
        Protocol.MESSAGES,
        _MESSAGES_OPEN
        + _typed({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
    ),
)

_TRUNCATED = (
    _sse(Protocol.CHAT, _CHAT_OPEN),
    _sse(Protocol.RESPONSES, _RESPONSES_OPEN),
    _sse(Protocol.MESSAGES, _MESSAGES_OPEN),
)

_DISCONNECTED = (
    Sample(
        body=(
            "httpx.RemoteProtocolError: peer closed connection without sending complete message "
            "body (incomplete chunked read)"
        ),
        content_type="text/plain",
    ),
)

_NOT_SSE = (
    Sample(
        status=200,
        body=json.dumps(
            {
                "id": "chatcmpl-01K4ZQ8V6M",
                "object": "chat.completion",
                "created": 1795341600,
                "model": _MODEL,
                "choices": [
                    {
                        "index": 0,
                        "message": {"role": "assistant", "content": "The answer is 4."},
                        "finish_reason": "stop",
                    }
                ],
                "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14},
            }
        ),
        headers=_TRACED,
        protocol=Protocol.CHAT,
    ),
)

_BROKEN = (
    _sse(Protocol.CHAT, _CHAT_OPEN + 'data: {"id": "chatcmpl-01K4ZQ8V6M", "obj\n\n'),
    _sse(
        Protocol.RESPONSES,
        _RESPONSES_OPEN + 'event: response.output_text.delta\ndata: {"type": "respon\n\n',
    ),
    _sse(Protocol.MESSAGES, _MESSAGES_START + _MESSAGES_DELTA + _MESSAGES_END),
)

_EMPTY = (
    _sse(Protocol.CHAT, _CHAT_START + _data(_chunk({}, "stop")) + "data: [DONE]\n\n"),
    _sse(
        Protocol.RESPONSES,
        _RESPONSES_START
        + _typed(
            {"type": "response.completed", "sequence_number": 1, "response": _response("completed")}
        ),
    ),
    _sse(Protocol.MESSAGES, _MESSAGES_START + _MESSAGES_END),
)

_row = partial(
    Row,
    origin=Origin.OURS,
    severity=Severity.ERROR,
    exit_code=ExitCode.STREAM,
    phase=Phase.STREAM,
    docs_url=STREAMING_PAGE,
)

ROWS: tuple[Row, ...] = (
    _row(
        id="stream_error",
        title="the stream reported an error",
        cause=(
            "The stream was opened and then carried an error whose code is not documented. The "
            "generation has failed, although the status was 200."
        ),
        actions=(
            START_AFRESH,
            "Read the message of the error: it may say what to change.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool stream-test {model}",),
        samples=_ERRORS,
    ),
    _row(
        id="stream_truncated",
        title="the stream ended without its last event",
        cause=(
            "The stream was closed in good order, but before the event that ends it: [DONE], "
            "response.completed or message_stop. The text is incomplete; some SDKs report it as a "
            "success all the same."
        ),
        actions=(
            START_AFRESH,
            "In your code accept a generation only when its last event has arrived.",
            "Try from another network: a proxy with a time limit can end streams early.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool stream-test {model}",),
        samples=_TRUNCATED,
    ),
    _row(
        id="stream_disconnected",
        title="the connection broke in the middle of the stream",
        cause=(
            "The connection was dropped while the answer was still arriving, by the network or a "
            "server on the way. The text is incomplete."
        ),
        actions=(
            START_AFRESH,
            BACK_OFF,
            (
                "When it happens after the same time again and again, look for a time limit in a "
                "proxy or load balancer on the way."
            ),
        ),
        commands=("cmtool stream-test {model}",),
        retryable=True,
        samples=_DISCONNECTED,
    ),
    _row(
        id="stream_stalled",
        title="the stream went silent",
        cause=(
            "The connection stayed open, but no event of the model came within the idle limit. "
            "Keep-alive comments and pings do not count: they arrive even when the model is stuck."
        ),
        actions=(
            START_AFRESH,
            "If the model thinks for long before it writes, raise --idle-timeout.",
            "In your code limit the time between two events of the model, not between two bytes.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool stream-test {model}",),
    ),
    _row(
        id="stream_not_sse",
        title="the answer to a streaming request is not an event stream",
        cause=(
            "A stream was asked for, and the status was 200, but the content is not "
            "text/event-stream. SDKs that expect events yield nothing then, and no error either. "
            "A proxy that collects answers, or one that drops the stream field, does that."
        ),
        actions=(
            "Check that the body of the request really says stream: true.",
            "Try without the proxy, or from another network.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool request --stream {model}",),
        samples=_NOT_SSE,
    ),
    _row(
        id="stream_malformed",
        title="the stream breaks the rules of its protocol",
        cause=(
            "An event could not be read, came in an order that the protocol does not allow, or "
            "tells another text than the pieces before it, so that a client cannot rely on the "
            "text."
        ),
        actions=(
            START_AFRESH,
            "Try from another network: a proxy can cut or rewrite events.",
            "Record the stream with --record and keep the file as evidence.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool stream-test --record stream.rec {model}",),
        samples=_BROKEN,
    ),
    _row(
        id="stream_empty",
        title="the stream carried no content",
        cause=(
            "The stream ended in good order, but without a single piece of text, reasoning or "
            "tool call."
        ),
        actions=(
            "Raise the output cap: with a very small one a model can end before it writes.",
            "Try another prompt or another model, to see whether it is this one alone.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool stream-test {model}",),
        samples=_EMPTY,
    ),
    Row(
        id="threshold_exceeded",
        origin=Origin.OURS,
        severity=Severity.ERROR,
        title="the stream missed a threshold",
        cause=(
            "A limit was exceeded: a figure lies beyond what the command was given, the text does "
            "not match --expect, or the stream was still going on at the deadline."
        ),
        actions=(
            "Compare the figures with the thresholds in the evidence.",
            "Repeat with --repeat, to see whether it was one slow generation.",
            "Choose a limit with some room above what healthy runs show, or a faster model.",
        ),
        commands=("cmtool stream-test --repeat 5 {model}",),
        exit_code=ExitCode.STREAM,
        phase=Phase.STREAM,
    ),
)
