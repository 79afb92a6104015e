"""The picture of a stream: one line, scaled, with its stalls standing out."""

from __future__ import annotations

import pytest

from cmtool.model import Gaps, Protocol, StreamResult
from cmtool.render.human.picture import picture
from cmtool.render.layout import Style
from cmtool.render.view import View


def stream(
    *profile: float, first_ms: float | None = 120.0, p50: float | None = 10.0
) -> StreamResult:
    return StreamResult(
        protocol=Protocol.CHAT,
        model="m",
        repetition=1,
        attempt=1,
        first_delta_ms=first_ms,
        gaps=Gaps(p50=p50),
        profile=profile,
    )


def drawn(result: StreamResult, *, ascii_only: bool = False, indent: int = 0) -> str:
    (line,) = picture(View(width=80, ascii_only=ascii_only), result, indent=indent)
    return line.text


@pytest.mark.parametrize(
    ("profile", "shown"),
    [
        pytest.param((10, 20), "120 ms |▂▂| 20 ms longest pause", id="short-pauses-stay-low"),
        pytest.param((0, 50, 100), "120 ms |▁▅█| 100 ms longest pause", id="to-100-ms"),
        pytest.param((0, 100, 200), "120 ms |▁▅█| 200 ms longest pause", id="to-the-longest"),
        pytest.param((5, 250, 5), "120 ms |▁█▁| 250 ms longest pause, 1 stall", id="a-stall"),
        pytest.param(
            (400, 5, 4000), "120 ms |▂▁█| 4.00 s longest pause, 2 stalls", id="two-stalls"
        ),
        pytest.param((0, 0), "120 ms |▁▁| 0.0 ms longest pause", id="no-pause"),
    ],
)
def test_a_bar_for_each_pause(profile: tuple[float, ...], shown: str) -> None:
    assert drawn(stream(*profile)) == shown


def test_in_ascii() -> None:
    shown = drawn(stream(0, 100, 300, 700), ascii_only=True)
    assert shown == "120 ms |_.-#| 700 ms longest pause, 2 stalls"
    assert shown.isascii()


def test_indented() -> None:
    assert drawn(stream(10, 20), indent=6).startswith("      120 ms |")


@pytest.mark.parametrize(
    ("p50", "stalls"),
    [
        pytest.param(10.0, 1, id="usually-short"),
        pytest.param(40.0, 0, id="usually-slow"),
        pytest.param(None, 1, id="nothing-usual"),
    ],
)
def test_a_stall_is_long_against_what_is_usual(p50: float | None, stalls: int) -> None:
    (line,) = picture(View(width=80), stream(10, 300, p50=p50), indent=0)
    assert len([span for span in line.spans if span.style is Style.FAIL and "█" in span.text]) == (
        stalls
    )
    assert ("1 stall" in line.text) is bool(stalls)


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(stream(), id="no-pause"),
        pytest.param(stream(10), id="one-pause"),
        pytest.param(stream(10, 20, first_ms=None), id="no-times"),
    ],
)
def test_nothing_to_draw(result: StreamResult) -> None:
    assert picture(View(width=80), result, indent=0) == []


def test_the_longest_picture_fits_a_terminal() -> None:
    assert len(drawn(stream(*[3000.0] * 40, first_ms=59_990.0), indent=6)) <= 100
