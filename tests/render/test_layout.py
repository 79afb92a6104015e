from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.render.layout import Line, Span, Style, cells, flow, fold, justified, line, pad

TEXTS = st.text(st.sampled_from("ab -/余额。e\u0301🎉ﾊ "), max_size=120)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param("plain", 5, id="ascii"),
        pytest.param("cm-…9f3c", 8, id="ambiguous-is-narrow"),
        pytest.param("余额", 4, id="cjk"),
        pytest.param("ﾊﾝ", 2, id="half-width"),
        pytest.param("Ａ", 2, id="full-width"),
        pytest.param("e\u0301", 1, id="combining"),
        pytest.param("🎉", 2, id="emoji"),
    ],
)
def test_cells(text: str, expected: int) -> None:
    assert cells(text) == expected


def test_pad_counts_columns() -> None:
    assert pad("余", 4) == "余  "
    assert pad("long", 2) == "long"


def shown(lines: list[Line]) -> list[str]:
    return [each.text for each in lines]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        pytest.param("one two three", 9, ["- one two", "  three"], id="hanging"),
        pytest.param(
            "a https://x.example/y b", 8, ["- a", "  https://x.example/y", "  b"], id="long"
        ),
        pytest.param("余额不足", 7, ["- 余额", "  不足"], id="between-wide"),
        pytest.param("ab余额cd", 6, ["- ab余", "  额cd"], id="mixed"),
        pytest.param("余e\u0301额", 5, ["- 余e\u0301", "  额"], id="marks-stay"),
        pytest.param("a  b", 20, ["- a  b"], id="blanks-stay"),
        pytest.param("", 20, ["-"], id="empty"),
    ],
)
def test_flow(text: str, width: int, expected: list[str]) -> None:
    assert shown(flow([Span(text)], width=width, prefix=[Span("- ")], hang=2)) == expected


def test_flow_keeps_styles_and_never_breaks_between_two() -> None:
    spans = [Span("402", Style.FAIL), Span(": empty")]
    assert flow(spans, width=4) == [line(Span("402", Style.FAIL), ":"), line("empty")]


@given(text=TEXTS, width=st.integers(8, 60))
def test_flow_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = flow([Span(text)], width=width, prefix=[Span("> ")], hang=2)
    joined = "".join(each.text[2:] for each in lines)
    assert joined.replace(" ", "") == text.replace(" ", "")
    for each in lines:
        assert each.width <= width or " " not in each.text[2:]


@given(text=TEXTS, width=st.integers(4, 60))
def test_fold_always_keeps_to_the_width(text: str, width: int) -> None:
    pieces = fold(text, width)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert all(cells(piece) <= width for piece in pieces)


def test_justified_fills_the_line() -> None:
    whole = justified([Span("left")], Span("right"), 20)
    assert whole is not None
    assert whole.text == "left           right"


def test_justified_gives_nothing_without_room() -> None:
    assert justified([Span("left")], Span("right"), 10) is None
