"""OpenAI Chat Completions: its requests, documents and chunks.

Shapes: https://platform.openai.com/docs/api-reference/chat and
https://www.crossmodel.ai/docs/guides/streaming.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmtool.model import Json
from cmtool.sandbox import asks
from cmtool.sandbox.asks import Ask, Body
from cmtool.sandbox.dialect import Dialect, StreamError, dump
from cmtool.sandbox.speech import Generation
from cmtool.sandbox.wire import Event, Part

_UNSUPPORTED = {
    "logit_bias": bool,
    "n": lambda value: value not in (None, 1),
    "prediction": lambda value: value is not None,
}
_TOOL_NAME = "get_weather"


def _read(body: Body) -> Ask:
    conversation = asks.turns(body, "messages")
    asks.require_roles(conversation, "messages")
    asks.refuse_parameters(body, _UNSUPPORTED, "unsupported_parameter")
    options = body.get("stream_options")
    return Ask(
        model=asks.model_of(body),
        stream=body.get("stream") is True,
        cap=asks.cap_of(body, "max_completion_tokens", "max_tokens"),
        prompt_tokens=asks.weigh(conversation),
        include_usage=isinstance(options, dict) and options.get("include_usage") is True,
    )


def _finish_reason(generation: Generation) -> str:
    if generation.cut:
        return "length"
    return "tool_calls" if generation.tool else "stop"


def _usage(generation: Generation) -> dict[str, Json]:
    return {
        "prompt_tokens": generation.prompt_tokens,
        "completion_tokens": generation.completion_tokens,
        "total_tokens": generation.total_tokens,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": len(generation.reasoning)},
    }


def _tool_call(generation: Generation, arguments: str) -> dict[str, Json]:
    return {
        "id": f"call_{generation.ident}",
        "type": "function",
        "function": {"name": _TOOL_NAME, "arguments": arguments},
    }


def _message(generation: Generation) -> dict[str, Json]:
    message: dict[str, Json] = {
        "role": "assistant",
        "content": "".join(generation.text) if not generation.tool else None,
        "refusal": None,
    }
    if generation.reasoning:
        message["reasoning_content"] = "".join(generation.reasoning)
    if generation.tool:
        message["tool_calls"] = [_tool_call(generation, "".join(generation.arguments))]
    return message


def _document(generation: Generation) -> dict[str, Json]:
    choice: dict[str, Json] = {
        "index": 0,
        "message": _message(generation),
        "logprobs": None,
        "finish_reason": _finish_reason(generation),
    }
    return {
        "id": f"chatcmpl-{generation.ident}",
        "object": "chat.completion",
        "created": generation.created,
        "model": generation.model,
        "choices": [choice],
        "usage": _usage(generation),
    }


def _deltas(generation: Generation) -> Iterator[tuple[dict[str, Json], bool]]:
    for piece in generation.reasoning:
        yield {"reasoning_content": piece}, False
    for piece in generation.text:
        yield {"content": piece}, True
    if generation.tool:
        yield {"tool_calls": [{"index": 0, **_tool_call(generation, "")}]}, False
    for piece in generation.arguments:
        yield {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}, False


def _events(generation: Generation, ask: Ask) -> Iterator[Event]:
    head: dict[str, Json] = {
        "id": f"chatcmpl-{generation.ident}",
        "object": "chat.completion.chunk",
        "created": generation.created,
        "model": generation.model,
    }
    tail: dict[str, Json] = {"usage": None} if ask.include_usage else {}

    def chunk(delta: dict[str, Json], finish_reason: str | None = None) -> str:
        choice: Json = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return dump({**head, "choices": [choice], **tail})

    yield Event(chunk({"role": "assistant", "content": ""}))
    for delta, text in _deltas(generation):
        yield Event(chunk(delta), None, Part.DELTA, text)
    yield Event(chunk({}, _finish_reason(generation)), None, Part.CLOSE)
    if ask.include_usage:
        yield Event(dump({**head, "choices": [], "usage": _usage(generation)}), None, Part.CLOSE)
    yield Event("[DONE]", None, Part.TERMINAL)


def _failure(error: StreamError, _sequence: int) -> Event:
    body: Json = {
        "message": error.message,
        "type": error.type,
        "param": None,
        "code": error.code,
    }
    return Event(dump({"error": body}), None, Part.CLOSE)


CHAT = Dialect(
    read=_read,
    document=_document,
    events=_events,
    failure=_failure,
    failed_response=lambda error, sequence, _generation: _failure(error, sequence),
)
