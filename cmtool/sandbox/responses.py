"""OpenAI Responses: its requests, documents and typed events.

Shapes: https://platform.openai.com/docs/api-reference/responses-streaming and
https://www.crossmodel.ai/docs/guides/streaming.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from cmtool.model import Json
from cmtool.sandbox import asks
from cmtool.sandbox.asks import Ask, Body
from cmtool.sandbox.dialect import Dialect, StreamError, dump
from cmtool.sandbox.speech import Generation
from cmtool.sandbox.wire import Event, Part

_UNSUPPORTED = {"logit_bias": bool}
_FEATURES = {
    "previous_response_id": lambda value: value is not None,
    "background": bool,
    "conversation": lambda value: value is not None,
}
_TOOL_NAME = "get_weather"


def _read(body: Body) -> Ask:
    conversation = asks.turns(body, "input", or_text=True)
    asks.refuse_parameters(body, _FEATURES, "unsupported_responses_feature")
    asks.refuse_parameters(body, _UNSUPPORTED, "unsupported_parameter")
    return Ask(
        model=asks.model_of(body),
        stream=body.get("stream") is True,
        cap=asks.cap_of(body, "max_output_tokens"),
        prompt_tokens=asks.weigh(body.get("instructions"), conversation),
    )


def _usage(generation: Generation) -> dict[str, Json]:
    return {
        "input_tokens": generation.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": generation.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": len(generation.reasoning)},
        "total_tokens": generation.total_tokens,
    }


def _text_part(text: str) -> dict[str, Json]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _status(generation: Generation) -> str:
    return "incomplete" if generation.cut else "completed"


def _reasoning_item(generation: Generation) -> dict[str, Json]:
    summary: Json = {"type": "summary_text", "text": "".join(generation.reasoning)}
    return {"id": f"rs_{generation.ident}", "type": "reasoning", "summary": [summary]}


def _message_item(generation: Generation) -> dict[str, Json]:
    return {
        "id": f"msg_{generation.ident}",
        "type": "message",
        "status": _status(generation),
        "role": "assistant",
        "content": [_text_part("".join(generation.text))],
    }


def _tool_item(generation: Generation) -> dict[str, Json]:
    return {
        "id": f"fc_{generation.ident}",
        "type": "function_call",
        "status": _status(generation),
        "call_id": f"call_{generation.ident}",
        "name": _TOOL_NAME,
        "arguments": "".join(generation.arguments),
    }


def _answers(generation: Generation) -> bool:
    return bool(generation.text or generation.tool or not generation.reasoning)


def _output(generation: Generation) -> list[Json]:
    items: list[Json] = [_reasoning_item(generation)] if generation.reasoning else []
    if _answers(generation):
        items.append(_tool_item(generation) if generation.tool else _message_item(generation))
    return items


def _response(generation: Generation, status: str) -> dict[str, Json]:
    ended = status in {"completed", "incomplete"}
    details: Json = {"reason": "max_output_tokens"} if status == "incomplete" else None
    return {
        "id": f"resp_{generation.ident}",
        "object": "response",
        "created_at": generation.created,
        "status": status,
        "error": None,
        "incomplete_details": details,
        "instructions": None,
        "max_output_tokens": generation.cap,
        "model": generation.model,
        "output": _output(generation) if ended else [],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "store": False,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": _usage(generation) if ended else None,
        "user": None,
        "metadata": {},
    }


def _document(generation: Generation) -> dict[str, Json]:
    return _response(generation, _status(generation))


class _Numbered:
    """Makes the events of one stream, each with the next ``sequence_number``."""

    def __init__(self) -> None:
        self._numbers = count()

    def event(
        self, name: str, fields: dict[str, Json], part: Part = Part.OPEN, *, text: bool = False
    ) -> Event:
        data = {"type": name, "sequence_number": next(self._numbers), **fields}
        return Event(dump(data), name, part, text)


def _reasoning_events(number: _Numbered, generation: Generation) -> Iterator[Event]:
    item = _reasoning_item(generation)
    place: dict[str, Json] = {"item_id": item["id"], "output_index": 0, "summary_index": 0}
    text = "".join(generation.reasoning)
    part: dict[str, Json] = {"type": "summary_text", "text": text}
    kind = "response.reasoning_summary"
    opened: dict[str, Json] = {"output_index": 0, "item": {**item, "summary": []}}
    yield number.event("response.output_item.added", opened)
    yield number.event(f"{kind}_part.added", {**place, "part": {**part, "text": ""}})
    for piece in generation.reasoning:
        yield number.event(f"{kind}_text.delta", {**place, "delta": piece}, Part.DELTA)
    yield number.event(f"{kind}_text.done", {**place, "text": text}, Part.CLOSE)
    yield number.event(f"{kind}_part.done", {**place, "part": part}, Part.CLOSE)
    done: dict[str, Json] = {"output_index": 0, "item": item}
    yield number.event("response.output_item.done", done, Part.CLOSE)


def _message_events(number: _Numbered, generation: Generation, index: int) -> Iterator[Event]:
    item = _message_item(generation)
    place: dict[str, Json] = {"item_id": item["id"], "output_index": index, "content_index": 0}
    text = "".join(generation.text)
    opened: dict[str, Json] = {**item, "status": "in_progress", "content": []}
    yield number.event("response.output_item.added", {"output_index": index, "item": opened})
    yield number.event("response.content_part.added", {**place, "part": _text_part("")})
    for piece in generation.text:
        fields: dict[str, Json] = {**place, "delta": piece, "logprobs": []}
        yield number.event("response.output_text.delta", fields, Part.DELTA, text=True)
    whole: dict[str, Json] = {**place, "text": text, "logprobs": []}
    yield number.event("response.output_text.done", whole, Part.CLOSE)
    closed: dict[str, Json] = {**place, "part": _text_part(text)}
    yield number.event("response.content_part.done", closed, Part.CLOSE)
    done: dict[str, Json] = {"output_index": index, "item": item}
    yield number.event("response.output_item.done", done, Part.CLOSE)


def _tool_events(number: _Numbered, generation: Generation, index: int) -> Iterator[Event]:
    item = _tool_item(generation)
    place: dict[str, Json] = {"item_id": item["id"], "output_index": index}
    opened: dict[str, Json] = {**item, "status": "in_progress", "arguments": ""}
    kind = "response.function_call_arguments"
    yield number.event("response.output_item.added", {"output_index": index, "item": opened})
    for piece in generation.arguments:
        yield number.event(f"{kind}.delta", {**place, "delta": piece}, Part.DELTA)
    whole: dict[str, Json] = {**place, "arguments": item["arguments"]}
    yield number.event(f"{kind}.done", whole, Part.CLOSE)
    done: dict[str, Json] = {"output_index": index, "item": item}
    yield number.event("response.output_item.done", done, Part.CLOSE)


def _events(generation: Generation, _ask: Ask) -> Iterator[Event]:
    number = _Numbered()
    opening: Json = _response(generation, "in_progress")
    yield number.event("response.created", {"response": opening})
    yield number.event("response.in_progress", {"response": opening})
    if generation.reasoning:
        yield from _reasoning_events(number, generation)
    if _answers(generation):
        answer = _tool_events if generation.tool else _message_events
        yield from answer(number, generation, 1 if generation.reasoning else 0)
    ending: dict[str, Json] = {"response": _document(generation)}
    yield number.event(f"response.{_status(generation)}", ending, Part.TERMINAL)


def _failure(error: StreamError, sequence: int) -> Event:
    fields: Json = {
        "type": "error",
        "sequence_number": sequence,
        "code": error.code,
        "message": error.message,
        "param": None,
    }
    return Event(dump(fields), "error", Part.CLOSE)


def _failed_response(error: StreamError, sequence: int, generation: Generation) -> Event:
    response = _response(generation, "failed")
    response["error"] = {"code": error.code, "message": error.message}
    name = "response.failed"
    fields: Json = {"type": name, "sequence_number": sequence, "response": response}
    return Event(dump(fields), name, Part.CLOSE)


RESPONSES = Dialect(
    read=_read,
    document=_document,
    events=_events,
    failure=_failure,
    failed_response=_failed_response,
)
