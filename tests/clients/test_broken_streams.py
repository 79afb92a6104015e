"""The table of what the official packages make of broken streams, held to the packages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import version

import anthropic
import openai
import pytest
from anthropic.types import MessageParam
from openai.types.responses import ResponseTextDeltaEvent

from cmtool import catalog
from cmtool.clients import (
    CASES,
    LOOKED_AT,
    READ_TIMEOUT_S,
    Behaviour,
    Case,
    Reaction,
    Way,
)
from cmtool.sandbox import SCENARIOS

OpenAIAs = Callable[[str], openai.AsyncOpenAI]
AnthropicAs = Callable[[str], anthropic.AsyncAnthropic]
Reading = Callable[["Seen"], Awaitable[None]]
Watch = Callable[..., Awaitable[dict[Way, "Seen"]]]

MODEL = "z-ai/glm-5"
TALK: list[MessageParam] = [{"role": "user", "content": "Say hello"}]
OPENAI = (Way.CHAT, Way.RESPONSES)
ANTHROPIC = (Way.MESSAGES, Way.FINAL_MESSAGE)
PATIENCE_S = 1.0  # what takes longer has outlived the packages' own timeout
SHORT_S, AMPLE_S = 0.4, 10.0  # the packages' own timeout, where it is to fire and where it is not
FAILURES = frozenset({"error", "response.failed"})
IN_PLACE = ("stream_not_sse", "in-place")


@dataclass(kw_only=True)
class Seen:
    """What the caller got before the end, and how the end came."""

    text: str = ""
    kinds: list[str] = field(default_factory=list)
    raised: BaseException | None = None
    outlived: bool = False

    def behaviour(self) -> Behaviour:
        if self.outlived:
            return Behaviour(reaction=Reaction.WAITS)
        if self.raised is not None:
            name = name_of(self.raised)
            timed_out = name.endswith(("Timeout", "TimeoutError"))
            return Behaviour(reaction=Reaction.WAITS if timed_out else Reaction.RAISES, raised=name)
        if FAILURES & set(self.kinds):
            return Behaviour(reaction=Reaction.HANDS_OVER)
        return Behaviour(reaction=Reaction.ENDS_SILENTLY if self.text else Reaction.ENDS_EMPTY)


def name_of(exception: BaseException) -> str:
    """The name as a caller would write it: the package, then the class."""
    package = type(exception).__module__.partition(".")[0]
    name = type(exception).__name__
    return name if package == "builtins" else f"{package}.{name}"


async def chat(client: openai.AsyncOpenAI, seen: Seen) -> None:
    stream = await client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Say hello"}], stream=True
    )
    async for chunk in stream:
        seen.text += "".join(choice.delta.content or "" for choice in chunk.choices)


async def responses(client: openai.AsyncOpenAI, seen: Seen) -> None:
    async for event in await client.responses.create(model=MODEL, input="Say hello", stream=True):
        seen.kinds.append(event.type)
        if isinstance(event, ResponseTextDeltaEvent):
            seen.text += event.delta


async def messages(client: anthropic.AsyncAnthropic, seen: Seen) -> None:
    stream = await client.messages.create(model=MODEL, max_tokens=64, messages=TALK, stream=True)
    async for event in stream:
        seen.kinds.append(event.type)
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            seen.text += event.delta.text


async def final_message(client: anthropic.AsyncAnthropic, seen: Seen) -> None:
    async with client.messages.stream(model=MODEL, max_tokens=64, messages=TALK) as stream:
        message = await stream.get_final_message()
    seen.text = "".join(block.text for block in message.content if block.type == "text")


async def watched(reading: Reading, patience_s: float) -> Seen:
    """Read a stream as a caller would, and tell how that ended."""
    seen = Seen()
    try:
        async with asyncio.timeout(patience_s) as patience:
            await reading(seen)
    except Exception as exc:  # noqa: BLE001 - whatever the package raises is the observation
        seen.outlived = patience.expired()
        seen.raised = exc
    return seen


@pytest.fixture
def watch(openai_as: OpenAIAs, anthropic_as: AnthropicAs) -> Watch:
    """Read the streams of a scenario in several ways at once."""

    async def read(scenario: str, ways: Iterable[Way], *, waits: bool = False) -> dict[Way, Seen]:
        timeout_s, patience_s = (SHORT_S, PATIENCE_S) if waits else (AMPLE_S, 2 * AMPLE_S)
        first = openai_as(scenario).with_options(timeout=timeout_s)
        second = anthropic_as(scenario).with_options(timeout=timeout_s)
        readings: dict[Way, Reading] = {
            Way.CHAT: lambda seen: chat(first, seen),
            Way.RESPONSES: lambda seen: responses(first, seen),
            Way.MESSAGES: lambda seen: messages(second, seen),
            Way.FINAL_MESSAGE: lambda seen: final_message(second, seen),
        }
        wanted = list(ways)
        seen = await asyncio.gather(*(watched(readings[way], patience_s) for way in wanted))
        return dict(zip(wanted, seen, strict=True))

    return read


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A scenario that shows a case, in all the ways of the case unless some are named."""

    scenario: str
    verdict: str
    case: str
    only: tuple[Way, ...] = ()

    @property
    def row(self) -> Case:
        return next(case for case in CASES[self.verdict] if case.name == self.case)

    @property
    def ways(self) -> tuple[Way, ...]:
        return self.only or tuple(self.row.seen)


MEASURED = tuple(
    Measured(scenario=scenario, verdict=verdict, case=case, only=only)
    for scenario, verdict, case, only in (
        ("truncated", "stream_truncated", "cut", ()),
        ("disconnected", "stream_disconnected", "cut", ()),
        ("stalled", "stream_stalled", "silent-wire", ()),
        ("keepalive-stalled", "stream_stalled", "keep-alive", ()),
        ("only-pings", "stream_stalled", "keep-alive", ()),
        ("not-sse", *IN_PLACE, ()),
        ("error-200", *IN_PLACE, ()),
        ("error-as-stream", *IN_PLACE, ()),
        ("html-as-stream", *IN_PLACE, ()),
        ("captive-portal", *IN_PLACE, ()),
        ("malformed", *IN_PLACE, ()),
        ("empty-200", *IN_PLACE, ()),
        ("stream-malformed", "stream_malformed", "not-json", ()),
        ("stream-after-end", "stream_malformed", "after-end", ()),
        ("stream-unfinished", "stream_malformed", "no-finish-reason", ()),
        ("stream-unfinished", "stream_malformed", "no-stop-reason", ()),
        ("sequence-gap", "stream_malformed", "lost-text", ()),
        ("stream-unopened", "stream_malformed", "outside-part", ()),
        ("stream-unopened", "stream_malformed", "outside-block", ()),
        ("stream-no-events", "stream_empty", "no-events", ()),
        ("stream-empty", "stream_empty", "no-text", ()),
        ("stream-error", "stream_error", "documented-form", ()),
        ("response-failed", "stream_error", "documented-form", ()),
        ("stream-provider-error", "stream_error", "documented-form", ()),
        ("stream-model-unavailable", "stream_error", "documented-form", ()),
        ("stream-rate-limit-exceeded", "stream_error", "documented-form", ()),
        ("stream-internal-error", "stream_error", "documented-form", ()),
        ("stream-insufficient-balance", "stream_error", "documented-form", ()),
        ("stream-error-nested", "stream_error", "other-form", ()),
        ("stream-error-nested", "stream_error", "documented-form", (Way.CHAT, *ANTHROPIC)),
        ("stream-error-text", "stream_error", "other-form", ()),
        ("stream-error-text", "stream_error", "documented-form", (Way.CHAT, *ANTHROPIC)),
        ("stream-error-unnamed", "stream_error", "unnamed", ()),
        ("stream-error-unnamed", "stream_error", "documented-form", OPENAI),
    )
)


@pytest.mark.parametrize(
    "measured", [pytest.param(m, id=f"{m.scenario}-{m.case}") for m in MEASURED]
)
async def test_the_packages_do_as_the_table_says(watch: Watch, measured: Measured) -> None:
    waits = any(seen.reaction is Reaction.WAITS for seen in measured.row.seen.values())
    seen = await watch(measured.scenario, measured.ways, waits=waits)
    assert {way: one.behaviour() for way, one in seen.items()} == {
        way: measured.row.seen[way] for way in measured.ways
    }
    for way, one in seen.items():
        own = openai.APIError if way in OPENAI else anthropic.APIError
        if one.raised is not None and not one.outlived:
            foreign = not name_of(one.raised).startswith(("openai.", "anthropic."))
            assert isinstance(one.raised, own) is not foreign


def test_nothing_in_the_table_is_unmeasured() -> None:
    told = {(verdict, c.name, way) for verdict in CASES for c in CASES[verdict] for way in c.seen}
    assert {(m.verdict, m.case, way) for m in MEASURED for way in m.ways} == told


@pytest.mark.parametrize("measured", [m for m in MEASURED if m.case != "in-place"], ids=str)
def test_a_scenario_has_the_verdict_for_which_it_stands(measured: Measured) -> None:
    expected = SCENARIOS[measured.scenario].expects or ""
    assert measured.verdict == expected or catalog.row(expected).documented


@pytest.mark.parametrize(
    ("scenario", "ways"),
    [
        pytest.param("truncated", tuple(Way), id="truncated"),
        pytest.param("stream-error-unnamed", ANTHROPIC, id="unnamed"),
        pytest.param("stream-error", (Way.RESPONSES,), id="handed-over"),
    ],
)
async def test_half_an_answer_is_half(watch: Watch, scenario: str, ways: tuple[Way, ...]) -> None:
    whole, half = await watch("healthy", ways), await watch(scenario, ways)
    for way in ways:
        assert whole[way].raised is None
        assert whole[way].text.startswith(half[way].text)
        assert 0 < len(half[way].text) < len(whole[way].text)


@pytest.mark.parametrize("package", LOOKED_AT)
def test_the_packages_are_those_that_were_looked_at(package: str) -> None:
    assert version(package).partition(".")[0] == LOOKED_AT[package].partition(".")[0]


def test_the_read_timeout_where_the_caller_sets_none() -> None:
    assert openai.DEFAULT_TIMEOUT.read == READ_TIMEOUT_S
    assert anthropic.DEFAULT_TIMEOUT.read == READ_TIMEOUT_S
