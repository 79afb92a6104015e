"""A stream as a picture: the pauses between its deltas, the first text and the stalls marked."""

from __future__ import annotations

from cmtool.model import StreamResult
from cmtool.quantities import count
from cmtool.render import figures
from cmtool.render.layout import Line, Span, Style, line
from cmtool.render.view import View

_BARS = "▁▂▃▄▅▆▇█"
_ASCII_BARS = "_.:-=+*#"
_STALL_MS = 250.0  # a shorter pause is no stall, however short the others are
_SMALL_MS = 100.0  # pauses that nobody notices stay low
_STALL_TIMES = 8  # the usual pause


def picture(view: View, stream: StreamResult, *, indent: int) -> list[Line]:
    """Give one line: the wait for the first delta, then a bar for each pause or run of pauses.

    The bars are scaled to the longest pause, or to 100 ms where all are shorter; those of stalls
    stand out.  Nothing for a stream of fewer than three deltas.
    """
    profile = stream.profile
    if len(profile) < 2 or stream.first_delta_ms is None:  # noqa: PLR2004 - no picture of one pause
        return []
    bars = _ASCII_BARS if view.ascii_only else _BARS
    longest, stall_ms = max(profile), _stall_ms(stream)
    spans = [
        Span(" " * indent),
        Span(f"{figures.duration(stream.first_delta_ms)} ", Style.DIM),
        Span("|", Style.STRONG),
    ]
    for pause in profile:
        height = round((len(bars) - 1) * pause / max(longest, _SMALL_MS))
        spans.append(Span(bars[height], Style.FAIL if pause >= stall_ms else Style.OK))
    spans.append(Span(f"| {figures.duration(longest)} longest pause", Style.DIM))
    stalls = sum(pause >= stall_ms for pause in profile)
    if stalls:
        spans.append(Span(f", {count(stalls, 'stall')}", Style.FAIL))
    return [line(*spans)]


def _stall_ms(stream: StreamResult) -> float:
    usual = stream.gaps.p50 or 0.0
    return max(_STALL_MS, usual * _STALL_TIMES)
