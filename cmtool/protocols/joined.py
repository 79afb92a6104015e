"""The text that came in deltas, held against the whole text that an event tells at its end.

In flat memory: a checksum and a length stand for the text, which may be long.  Blanks at the ends
do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from zlib import crc32

from cmtool.documents import records, text

TextKey: TypeAlias = tuple[str, int]
"""A text of an item: its channel, and its index among the item's parts or summaries."""

VISIBLE = "response.output_text"
# The channels of Responses, and the field in which each tells its whole text.
WHOLE: Mapping[str, str] = {
    VISIBLE: "text",
    "response.refusal": "refusal",
    "response.reasoning_text": "text",
    "response.reasoning_summary_text": "text",
    "response.function_call_arguments": "arguments",
    "response.mcp_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
    "response.code_interpreter_call_code": "code",
}
_CALLS: Mapping[str, str] = {
    "function_call": "response.function_call_arguments",
    "mcp_call": "response.mcp_call_arguments",
    "custom_tool_call": "response.custom_tool_call_input",
    "code_interpreter_call": "response.code_interpreter_call_code",
}
_PARTS: Mapping[str, str] = {
    "output_text": VISIBLE,
    "refusal": "response.refusal",
    "reasoning_text": "response.reasoning_text",
    "summary_text": "response.reasoning_summary_text",
}


@dataclass(slots=True)
class Joined:
    """The deltas of one text, joined.

    ``chars`` is their length, ``closed`` says that the end of the text was told, ``differed`` that
    another whole text was told for it.
    """

    chars: int = 0
    closed: bool = False
    differed: bool = False
    _all: tuple[int, int] = (0, 0)  # checksum and length in bytes, the blanks at the end included
    _bare: tuple[int, int] = (0, 0)

    @property
    def blank(self) -> bool:
        """Whether nothing but blanks has come."""
        return not self._bare[1]

    def add(self, piece: str) -> None:
        """Join one more delta."""
        self.chars += len(piece)
        if self.blank:
            piece = piece.lstrip()
        bare = piece.rstrip()
        joined = _go_on(self._all, bare)
        if bare:
            self._bare = joined
        self._all = joined if bare == piece else _go_on(joined, piece[len(bare) :])

    def is_text(self, whole: str) -> bool:
        """Say whether a whole text is this one."""
        other = Joined()
        other.add(whole)
        return other._bare == self._bare


def _go_on(figures: tuple[int, int], piece: str) -> tuple[int, int]:
    checksum, length = figures
    # In UTF-16 a character whose surrogates came in two deltas is the same as one that came whole.
    data = piece.encode("utf-16-le", "surrogatepass")
    return crc32(data, checksum), length + len(data)


class Texts:
    """The texts of one item, as they were fed."""

    __slots__ = ("_joined",)

    def __init__(self) -> None:
        self._joined: dict[TextKey, Joined] = {}

    def at(self, key: TextKey) -> Joined:
        """Give what was fed to one text, nothing yet at first."""
        joined = self._joined.get(key)
        if joined is None:
            joined = self._joined[key] = Joined()
        return joined

    def differing(self, told: Iterable[tuple[TextKey, str]]) -> Iterator[tuple[Joined, str]]:
        """Yield each text that was fed and is told as another one, at its first difference."""
        for key, whole in told:
            joined = self._joined.get(key)
            if joined is not None and not joined.differed and not joined.is_text(whole):
                joined.differed = True
                yield joined, whole

    def close(self) -> None:
        """Forget what the end of the whole response does not need."""
        self._joined = {k: joined for k, joined in self._joined.items() if k[0] == VISIBLE}

    def visible(self) -> Iterator[Joined]:
        """Yield the visible texts in their order, but no blank one."""
        for (channel, _), joined in sorted(self._joined.items(), key=lambda entry: entry[0]):
            if channel == VISIBLE and not joined.blank:
                yield joined


def texts_of_part(part: Mapping[str, Any], index: int) -> Iterator[tuple[TextKey, str]]:
    """Yield the text of a content part or of a part of a summary, unless it is empty."""
    channel = _PARTS.get(text(part.get("type")) or "")
    if channel is not None and (whole := text(part.get(WHOLE[channel]))) is not None:
        yield (channel, index), whole


def texts_of_item(item: Mapping[str, Any]) -> Iterator[tuple[TextKey, str]]:
    """Yield the texts that an item tells as a whole, unless they are empty."""
    for name in ("content", "summary"):
        for index, part in enumerate(records(item.get(name))):
            yield from texts_of_part(part, index)
    channel = _CALLS.get(text(item.get("type")) or "")
    if channel is not None and (whole := text(item.get(WHOLE[channel]))) is not None:
        yield (channel, 0), whole


def visible_texts(output: object) -> list[str]:
    """Give the visible texts of a whole response, but no blank one."""
    told = (entry for item in records(output) for entry in texts_of_item(item))
    return [whole for (channel, _), whole in told if channel == VISIBLE and whole.strip()]
