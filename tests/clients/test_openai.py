"""The official ``openai`` package as judge of the sandbox: Chat Completions and Responses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import openai
import pytest
from openai.types.responses import (
    ResponseCompletedEvent,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseIncompleteEvent,
    ResponseStreamEvent,
)

from cmtool.catalog import ROWS, Origin

OpenAIAs = Callable[[str], openai.AsyncOpenAI]

MODEL = "z-ai/glm-5"
CODES = [row.id for row in ROWS.values() if row.origin is Origin.CODE]
RAISED: dict[int, type[openai.APIStatusError]] = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    402: openai.APIStatusError,
    404: openai.NotFoundError,
    429: openai.RateLimitError,
    500: openai.InternalServerError,
    502: openai.InternalServerError,
    503: openai.InternalServerError,
}
IN_STREAM = {
    "stream-provider-error": "provider_error",
    "stream-model-unavailable": "model_unavailable",
    "stream-rate-limit-exceeded": "rate_limit_exceeded",
    "stream-internal-error": "internal_error",
    "stream-insufficient-balance": "insufficient_balance",
    "stream-error": "upstream_hiccup",
}
WHOLE_STREAMS = (
    "healthy",
    "odd-crlf",
    "odd-cr",
    "odd-bytes",
    "odd-separators",
    "odd-comments",
    "odd-content-type",
    "odd-data-lines",
    "reasoning",
)


async def chat(client: openai.AsyncOpenAI) -> str:
    whole = await client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Say hello"}]
    )
    return whole.choices[0].message.content or ""


async def chat_stream(client: openai.AsyncOpenAI, pieces: list[str]) -> None:
    stream = await client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Say hello"}], stream=True
    )
    async for chunk in stream:
        pieces.extend(choice.delta.content or "" for choice in chunk.choices)


async def responses(client: openai.AsyncOpenAI) -> str:
    return (await client.responses.create(model=MODEL, input="Say hello")).output_text


async def responses_stream(client: openai.AsyncOpenAI) -> list[ResponseStreamEvent]:
    stream = await client.responses.create(model=MODEL, input="Say hello", stream=True)
    return [event async for event in stream]


async def test_models(openai_as: OpenAIAs) -> None:
    client = openai_as("healthy")
    models = (await client.models.list()).data
    assert MODEL in {model.id for model in models}
    assert (await client.models.retrieve(MODEL)).owned_by == "z-ai"


@pytest.mark.parametrize("name", WHOLE_STREAMS)
async def test_chat_streams_the_whole_answer(openai_as: OpenAIAs, name: str) -> None:
    client, pieces = openai_as(name), list[str]()
    await chat_stream(client, pieces)
    assert "".join(pieces) == await chat(client) != ""


@pytest.mark.parametrize("name", WHOLE_STREAMS)
async def test_responses_streams_the_whole_answer(openai_as: OpenAIAs, name: str) -> None:
    client = openai_as(name)
    events = await responses_stream(client)
    last = events[-1]
    assert isinstance(last, ResponseCompletedEvent)
    assert last.response.output_text == await responses(client) != ""
    assert last.response.usage is not None
    assert [event.sequence_number for event in events] == list(range(len(events)))


async def test_the_packages_own_accumulation_of_responses(openai_as: OpenAIAs) -> None:
    client = openai_as("reasoning")
    async with client.responses.stream(model=MODEL, input="Say hello") as stream:
        async for _ in stream:
            pass
        final = await stream.get_final_response()
    assert [item.type for item in final.output] == ["reasoning", "message"]
    assert final.output_text == await responses(client)


@pytest.mark.parametrize("name", ["healthy", "reasoning", "tool-call"])
async def test_the_packages_own_accumulation_of_chat(openai_as: OpenAIAs, name: str) -> None:
    async with openai_as(name).chat.completions.stream(
        model=MODEL, messages=[{"role": "user", "content": "Say hello"}]
    ) as stream:
        async for _ in stream:
            pass
        choice = (await stream.get_final_completion()).choices[0]
    if name == "tool-call":
        assert choice.finish_reason == "tool_calls"
        assert choice.message.tool_calls
        assert choice.message.tool_calls[0].function.arguments == '{"city": "Lisbon"}'
    else:
        assert choice.finish_reason == "stop"
        assert choice.message.content


async def test_the_cap_shows(openai_as: OpenAIAs) -> None:
    client = openai_as("healthy")
    whole = await client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Hi"}], max_completion_tokens=2
    )
    stream = await client.responses.create(
        model=MODEL, input="Hi", max_output_tokens=2, stream=True
    )
    last = [event async for event in stream][-1]
    assert whole.choices[0].finish_reason == "length"
    assert whole.usage is not None
    assert whole.usage.completion_tokens == 2
    assert isinstance(last, ResponseIncompleteEvent)
    assert last.response.incomplete_details is not None
    assert last.response.incomplete_details.reason == "max_output_tokens"


@pytest.mark.parametrize("ask", [chat, responses], ids=["chat", "responses"])
@pytest.mark.parametrize("code", CODES)
async def test_a_code_raises_its_own_exception(
    openai_as: OpenAIAs, code: str, ask: Callable[[openai.AsyncOpenAI], Awaitable[object]]
) -> None:
    status = ROWS[code].statuses[0]
    with pytest.raises(openai.APIStatusError) as raised:
        await ask(openai_as(code.replace("_", "-")))
    assert type(raised.value) is RAISED[status]
    assert (raised.value.status_code, raised.value.code) == (status, code)
    assert raised.value.type == ROWS[code].type
    assert str(raised.value.request_id).startswith("req_cm_")


@pytest.mark.parametrize("code", CODES)
async def test_a_code_raises_before_the_stream(openai_as: OpenAIAs, code: str) -> None:
    with pytest.raises(openai.APIStatusError) as raised:
        await chat_stream(openai_as(code.replace("_", "-")), [])
    assert raised.value.code == code


@pytest.mark.parametrize(("name", "code"), IN_STREAM.items(), ids=IN_STREAM)
async def test_an_error_inside_the_chat_stream(openai_as: OpenAIAs, name: str, code: str) -> None:
    pieces: list[str] = []
    with pytest.raises(openai.APIError) as raised:
        await chat_stream(openai_as(name), pieces)
    assert raised.value.code == code
    assert len("".join(pieces)) > 0


@pytest.mark.parametrize(("name", "code"), IN_STREAM.items(), ids=IN_STREAM)
async def test_an_error_inside_the_responses_stream(
    openai_as: OpenAIAs, name: str, code: str
) -> None:
    last = (await responses_stream(openai_as(name)))[-1]
    assert isinstance(last, ResponseErrorEvent)
    assert last.code == code
    assert last.message


async def test_a_failed_response(openai_as: OpenAIAs) -> None:
    last = (await responses_stream(openai_as("response-failed")))[-1]
    assert isinstance(last, ResponseFailedEvent)
    assert last.response.status == "failed"
    assert last.response.error is not None


@pytest.mark.parametrize("name", ["drop", "disconnected", "redirect"])
async def test_a_broken_wire_is_a_connection_error(openai_as: OpenAIAs, name: str) -> None:
    with pytest.raises(openai.APIConnectionError):
        await chat_stream(openai_as(name), [])


async def test_flaky_is_cured_by_the_packages_own_retries(openai_as: OpenAIAs) -> None:
    client = openai_as("flaky-drop").with_options(max_retries=2)
    assert await chat(client)
