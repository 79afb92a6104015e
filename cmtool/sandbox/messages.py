"""Anthropic Messages: its requests, documents and events.

Shapes: https://docs.anthropic.com/en/api/messages-streaming and
https://www.crossmodel.ai/docs/guides/streaming.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from cmtool.model import Json
from cmtool.sandbox import asks
from cmtool.sandbox.asks import Ask, Body, RefusedError
from cmtool.sandbox.dialect import Dialect, StreamError, dump
from cmtool.sandbox.speech import Generation
from cmtool.sandbox.wire import Event, Part

_UNSUPPORTED = {
    "container": lambda value: value is not None,
    "mcp_servers": bool,
}
_SIGNATURE = "c2FuZGJveA=="
_TOOL_NAME = "get_weather"


def _read(body: Body) -> Ask:
    conversation = asks.turns(body, "messages")
    asks.require_roles(conversation, "messages")
    asks.refuse_parameters(body, _UNSUPPORTED, "unsupported_parameter")
    cap = asks.cap_of(body, "max_tokens")
    if cap is None:
        raise RefusedError("invalid_request_error", "max_tokens: Field required.", "max_tokens")
    return Ask(
        model=asks.model_of(body),
        stream=body.get("stream") is True,
        cap=cap,
        prompt_tokens=asks.weigh(body.get("system"), conversation),
    )


def _stop_reason(generation: Generation) -> str:
    if generation.cut:
        return "max_tokens"
    return "tool_use" if generation.tool else "end_turn"


def _tool_input(generation: Generation) -> Json:
    try:
        arguments: Json = json.loads("".join(generation.arguments))
    except ValueError:  # the cap cut the arguments
        return {}
    return arguments


def _content(generation: Generation) -> list[Json]:
    blocks: list[Json] = []
    if generation.reasoning:
        thinking = "".join(generation.reasoning)
        blocks.append({"type": "thinking", "thinking": thinking, "signature": _SIGNATURE})
    if generation.tool:
        blocks.append({**_empty_tool(generation), "input": _tool_input(generation)})
    elif generation.text:
        blocks.append({"type": "text", "text": "".join(generation.text)})
    return blocks


def _empty_tool(generation: Generation) -> dict[str, Json]:
    ident = f"toolu_{generation.ident}"
    return {"type": "tool_use", "id": ident, "name": _TOOL_NAME, "input": {}}


def _usage(generation: Generation, output_tokens: int) -> dict[str, Json]:
    return {
        "input_tokens": generation.prompt_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output_tokens,
    }


def _document(generation: Generation) -> dict[str, Json]:
    return {
        "id": f"msg_{generation.ident}",
        "type": "message",
        "role": "assistant",
        "model": generation.model,
        "content": _content(generation),
        "stop_reason": _stop_reason(generation),
        "stop_sequence": None,
        "usage": _usage(generation, generation.completion_tokens),
    }


def _event(
    name: str, fields: dict[str, Json], part: Part = Part.OPEN, *, text: bool = False
) -> Event:
    return Event(dump({"type": name, **fields}), name, part, text)


_PING = _event("ping", {})


def _delta(index: int, delta: dict[str, Json], *, text: bool = False) -> Event:
    fields: dict[str, Json] = {"index": index, "delta": delta}
    return _event("content_block_delta", fields, Part.DELTA, text=text)


def _start(index: int, block: Json) -> Event:
    return _event("content_block_start", {"index": index, "content_block": block})


def _stop(index: int) -> Event:
    return _event("content_block_stop", {"index": index}, Part.CLOSE)


def _thinking_block(generation: Generation, index: int) -> Iterator[Event]:
    yield _start(index, {"type": "thinking", "thinking": "", "signature": ""})
    for piece in generation.reasoning:
        yield _delta(index, {"type": "thinking_delta", "thinking": piece})
    yield _delta(index, {"type": "signature_delta", "signature": _SIGNATURE})
    yield _stop(index)


def _answer_block(generation: Generation, index: int) -> Iterator[Event]:
    if generation.tool:
        yield _start(index, _empty_tool(generation))
        for piece in generation.arguments:
            yield _delta(index, {"type": "input_json_delta", "partial_json": piece})
    else:
        yield _start(index, {"type": "text", "text": ""})
        for piece in generation.text:
            yield _delta(index, {"type": "text_delta", "text": piece}, text=True)
    yield _stop(index)


def _events(generation: Generation, _ask: Ask) -> Iterator[Event]:
    opening: dict[str, Json] = {
        **_document(generation),
        "content": [],
        "stop_reason": None,
        "usage": _usage(generation, 0),
    }
    yield _event("message_start", {"message": opening})
    yield _PING
    if generation.reasoning:
        yield from _thinking_block(generation, 0)
    if generation.text or generation.tool or not generation.reasoning:
        yield from _answer_block(generation, 1 if generation.reasoning else 0)
    ending: dict[str, Json] = {"stop_reason": _stop_reason(generation), "stop_sequence": None}
    usage = _usage(generation, generation.completion_tokens)
    yield _event("message_delta", {"delta": ending, "usage": usage}, Part.CLOSE)
    yield _event("message_stop", {}, Part.TERMINAL)


def _failure(error: StreamError, _sequence: int) -> Event:
    return _event("error", {"error": {"type": error.type, "message": error.message}}, Part.CLOSE)


MESSAGES = Dialect(
    read=_read,
    document=_document,
    events=_events,
    failure=_failure,
    failed_response=lambda error, sequence, _generation: _failure(error, sequence),
    keep_alive=_PING,
)
