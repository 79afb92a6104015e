"""What a stream is held to, beyond being whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cmtool.model import StreamResult

IDLE_S = 30.0
"""Seconds for which a model may be silent, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A regular expression that the text has to match somewhere.

    ``search`` takes the pattern and a text, and says whether it matches; None when it did not
    come to an end in time, as some expressions do on some texts.
    """

    pattern: str
    search: Callable[[str, str], bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The limits of ``stream-test``; None is no limit.  Times in milliseconds."""

    max_ttft_ms: float | None = None
    max_gap_ms: float | None = None
    max_duration_ms: float | None = None
    min_tokens_per_second: float | None = None
    expect: Expectation | None = None

    def broken(self, result: StreamResult, text: str) -> tuple[str, ...]:
        """Say, a sentence each, which limits a delivered stream breaks.

        A limit on a figure that the stream does not give is broken as well: it was not shown to
        be met.
        """
        return tuple(self._broken(result, text))

    def _broken(self, result: StreamResult, text: str) -> Iterator[str]:
        for name, value, most in (
            ("The first text", result.ttft_ms, self.max_ttft_ms),
            ("The longest pause", result.gaps.max if result.deltas > 1 else 0.0, self.max_gap_ms),
            ("The whole stream", result.duration_ms, self.max_duration_ms),
        ):
            if most is not None and value is None:
                yield f"{name} was to take at most {most:g} ms; the stream shows none."
            elif most is not None and value is not None and value > most:
                yield f"{name} took {value:.1f} ms; at most {most:g} ms are allowed."
        yield from self._too_slow(result)
        yield from self._unexpected(text)

    def _unexpected(self, text: str) -> Iterator[str]:
        if self.expect is None:
            return
        matches = self.expect.search(self.expect.pattern, text)
        if matches is None:
            yield f"The expression {self.expect.pattern!r} did not come to an end on the text."
        elif not matches:
            yield f"The text does not match {self.expect.pattern!r}; it is {_quoted(text)}."

    def _too_slow(self, result: StreamResult) -> Iterator[str]:
        least, rate = self.min_tokens_per_second, result.tokens_per_second
        if least is None:
            return
        if rate is None and result.output_tokens is None:
            yield f"At least {least:g} tokens a second are asked for; the stream reports no usage."
        elif rate is not None and rate < least:
            yield f"{rate:.2f} tokens a second came; at least {least:g} are asked for."


NO_LIMITS = Thresholds()


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")  # noqa: PLR2004 - fits a line
