"""The official ``anthropic`` package as judge of the sandbox: Messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anthropic
import pytest
from anthropic.types import Message, MessageParam

from cmtool.catalog import ROWS, Origin

AnthropicAs = Callable[..., anthropic.AsyncAnthropic]

MODEL = "z-ai/glm-5"
TALK: list[MessageParam] = [{"role": "user", "content": "Say hello"}]
CODES = [row.id for row in ROWS.values() if row.origin is Origin.CODE]
RAISED: dict[int, type[anthropic.APIStatusError]] = {
    400: anthropic.BadRequestError,
    401: anthropic.AuthenticationError,
    402: anthropic.PaymentRequiredError,
    404: anthropic.NotFoundError,
    429: anthropic.RateLimitError,
    500: anthropic.InternalServerError,
    502: anthropic.InternalServerError,
    503: anthropic.ServiceUnavailableError,
}
IN_STREAM = {
    "stream-provider-error": "provider_error",
    "stream-model-unavailable": "api_error",
    "stream-rate-limit-exceeded": "rate_limit_error",
    "stream-internal-error": "api_error",
    "stream-insufficient-balance": "billing_error",
    "stream-error": "upstream_error",
    "response-failed": "upstream_error",
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
    "tool-call",
)


async def ask(client: anthropic.AsyncAnthropic, max_tokens: int = 64) -> Message:
    return await client.messages.create(model=MODEL, max_tokens=max_tokens, messages=TALK)


async def stream(client: anthropic.AsyncAnthropic) -> Message:
    async with client.messages.stream(model=MODEL, max_tokens=64, messages=TALK) as events:
        return await events.get_final_message()


def unnamed(message: Message) -> list[dict[str, object]]:
    """The content without the identifiers, which differ from one generation to the next."""
    return [{**block.to_dict(), "id": None} for block in message.content]


async def test_models(anthropic_as: AnthropicAs) -> None:
    listed = await anthropic_as("healthy").models.list()
    assert MODEL in {model.id for model in listed.data}


@pytest.mark.parametrize("name", WHOLE_STREAMS)
async def test_the_stream_adds_up_to_the_whole_answer(anthropic_as: AnthropicAs, name: str) -> None:
    client = anthropic_as(name)
    whole, streamed = await ask(client), await stream(client)
    assert unnamed(streamed) == unnamed(whole)
    assert streamed.content
    assert streamed.stop_reason == whole.stop_reason
    assert streamed.usage.output_tokens == whole.usage.output_tokens > 0


async def test_the_cap_shows(anthropic_as: AnthropicAs) -> None:
    whole = await ask(anthropic_as("healthy"), max_tokens=3)
    assert (whole.stop_reason, whole.usage.output_tokens) == ("max_tokens", 3)


@pytest.mark.parametrize("x_api_key", [True, False], ids=["x-api-key", "as-the-package-does"])
@pytest.mark.parametrize("call", [ask, stream], ids=["whole", "stream"])
@pytest.mark.parametrize("code", CODES)
async def test_a_code_raises_its_own_exception(
    anthropic_as: AnthropicAs,
    code: str,
    call: Callable[[anthropic.AsyncAnthropic], Awaitable[object]],
    *,
    x_api_key: bool,
) -> None:
    row = ROWS[code]
    with pytest.raises(anthropic.APIStatusError) as raised:
        await call(anthropic_as(code.replace("_", "-"), x_api_key=x_api_key))
    assert type(raised.value) is RAISED[row.statuses[0]]
    assert raised.value.status_code == row.statuses[0]
    assert isinstance(raised.value.body, dict)
    assert raised.value.body["error"]["type"] == row.type
    assert ("code" in raised.value.body["error"]) is not x_api_key


@pytest.mark.parametrize(("name", "error_type"), IN_STREAM.items(), ids=IN_STREAM)
async def test_an_error_inside_the_stream(
    anthropic_as: AnthropicAs, name: str, error_type: str
) -> None:
    with pytest.raises(anthropic.APIStatusError) as raised:
        await stream(anthropic_as(name))
    assert isinstance(raised.value.body, dict)
    assert raised.value.body["error"]["type"] == error_type


async def test_overloaded(anthropic_as: AnthropicAs) -> None:
    with pytest.raises(anthropic.OverloadedError):
        await ask(anthropic_as("anthropic-overloaded"))


async def test_a_dropped_connection(anthropic_as: AnthropicAs) -> None:
    with pytest.raises(anthropic.APIConnectionError):
        await ask(anthropic_as("drop"))
