"""The official packages, unchanged but for base URL and key, against a running sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import anthropic
import openai
import pytest

from cmtool.sandbox import Sandbox, key_for


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(token_s=0) as running:
        yield running


@pytest.fixture
async def openai_as(sandbox: Sandbox) -> AsyncIterator[Callable[[str], openai.AsyncOpenAI]]:
    """An OpenAI client in a scenario; it never retries by itself."""
    made: list[openai.AsyncOpenAI] = []

    def make(scenario: str) -> openai.AsyncOpenAI:
        made.append(
            openai.AsyncOpenAI(base_url=sandbox.base_url, api_key=key_for(scenario), max_retries=0)
        )
        return made[-1]

    yield make
    for client in made:
        await client.close()


@pytest.fixture
async def anthropic_as(
    sandbox: Sandbox,
) -> AsyncIterator[Callable[..., anthropic.AsyncAnthropic]]:
    """An Anthropic client in a scenario, sending the key as it does by itself or as x-api-key."""
    made: list[anthropic.AsyncAnthropic] = []

    def make(scenario: str, *, x_api_key: bool = True) -> anthropic.AsyncAnthropic:
        key = key_for(scenario)
        made.append(
            anthropic.AsyncAnthropic(
                base_url=sandbox.base_url.removesuffix("/v1"),
                api_key=key,
                max_retries=0,
                default_headers={"x-api-key": key} if x_api_key else None,
            )
        )
        return made[-1]

    yield make
    for client in made:
        await client.close()
