"""What the sandbox's models say: a reply as pieces, cut at the output cap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import cycle, islice

_WORDS = (
    "The",
    " sandbox",
    " answers",
    " as",
    " the",
    " gateway",
    " documents,",
    " one",
    " token",
    " at",
    " a",
    " time,",
    " and",
    " every",
    " figure",
    " adds",
    " up.",
    " Nothing",
    " here",
    " costs",
    " money.",
    " Café,",
    " 東京,",
    " 🙂.",
    " ",
)
_THOUGHTS = ("The", " user", " wants", " a", " short", " answer.")
_TOOL_ARGUMENTS = ('{"', "city", '": "', "Lisbon", '"}')


class Channel(Enum):
    """The way in which a piece reaches the client."""

    REASONING = auto()
    TEXT = auto()
    TOOL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How a scenario's models speak.  ``silent`` says nothing at all and ends properly."""

    reasoning: bool = False
    tool: bool = False
    silent: bool = False
    words: tuple[str, ...] = _WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One reply as it was generated; every piece counts as one token."""

    ident: str
    model: str
    created: int
    prompt_tokens: int
    cap: int | None
    reasoning: tuple[str, ...]
    text: tuple[str, ...]
    arguments: tuple[str, ...]
    tool: bool
    cut: bool

    @property
    def completion_tokens(self) -> int:
        """How many tokens were generated, reasoning and arguments included."""
        return len(self.reasoning) + len(self.text) + len(self.arguments)

    @property
    def total_tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens


def pieces(speech: Speech, reply_tokens: int) -> Iterator[tuple[Channel, str]]:
    """Yield a whole reply, piece by piece, before any cap; reasoning comes first.

    ``reply_tokens`` is how many pieces of text a plain reply has.
    """
    if speech.silent:
        return
    if speech.reasoning:
        yield from ((Channel.REASONING, piece) for piece in _THOUGHTS)
    if speech.tool:
        yield from ((Channel.TOOL, piece) for piece in _TOOL_ARGUMENTS)
    else:
        yield from ((Channel.TEXT, piece) for piece in islice(cycle(speech.words), reply_tokens))


def generate(  # noqa: PLR0913 - a generation has this many independent facts
    speech: Speech,
    *,
    ident: str,
    model: str,
    created: int,
    prompt_tokens: int,
    cap: int | None,
    reply_tokens: int,
) -> Generation:
    """Give the reply to one request, cut after ``cap`` tokens."""
    whole = list(pieces(speech, reply_tokens))
    kept = whole[:cap]

    def of(channel: Channel) -> tuple[str, ...]:
        return tuple(piece for its, piece in kept if its is channel)

    return Generation(
        ident=ident,
        model=model,
        created=created,
        prompt_tokens=prompt_tokens,
        cap=cap,
        reasoning=of(Channel.REASONING),
        text=of(Channel.TEXT),
        arguments=of(Channel.TOOL),
        tool=speech.tool,
        cut=len(kept) < len(whole),
    )
