"""An input of the fuzzer as what a target asks for: text off its front, decisions off its end.

So a text that is a seed stays readable, and a change in the text leaves the decisions as they are.
The same bytes give the same answers with any engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**63, 1.5, float("inf"), "", "x", "error", [], [None], {}),
    *([{}], {"error": {}}, "stop", "\ud800\x1b[1m", ["a"], {"type": "error"}, 10**400),
)
"""What nobody expects in the place of a value of JSON."""


@dataclass(slots=True)
class Source:
    """The bytes of one input that have not been used yet."""

    data: bytes

    def number(self, below: int) -> int:
        """Give a number from 0 up to ``below``, at most 65,536; 0 when nothing is left."""
        size = 1 if below <= 256 else 2
        taken, self.data = self.data[-size:], self.data[:-size]
        return int.from_bytes(taken) % below

    def flag(self) -> bool:
        """Decide."""
        return self.number(2) == 1

    def pick(self, options: Sequence[T]) -> T:
        """Choose; the first when nothing is left."""
        return options[self.number(len(options))]

    def cut(self, longest: int = 256) -> bytes:
        """Give some bytes off the front."""
        size = self.number(longest)
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def rest(self) -> bytes:
        """Give all that is left."""
        taken, self.data = self.data, b""
        return taken


def seed(text: str | bytes, *decisions: int) -> bytes:
    """Give the input in which a target finds this text and takes these decisions in turn."""
    front = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return front + bytes(reversed(decisions))


def as_body(content: bytes) -> str:
    """Give bytes as the text of an answer."""
    return content.decode("utf-8", "replace")


def as_setting(content: bytes) -> str:
    """Give bytes as Python gives a variable of the environment."""
    return content.decode("utf-8", "surrogateescape")


def as_header(content: bytes) -> str:
    """Give bytes as the value of a header, which holds no line end."""
    return content.decode("latin-1").translate(dict.fromkeys(b"\r\n\0"))
