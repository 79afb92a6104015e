"""A .env file read for keys, and read for all its variables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.settings.envfiles import keys_of, parsed

KEY = "cm-4f8e1b7c2d6a9053"
OTHER = "cm-9d1c7e5b3a2f8460"
LINES = st.text(st.sampled_from("ABKEY=_ #'\"cm-1\r\n\t$:{}“\\é"), max_size=80)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(f"A={KEY}", [("A", KEY, 1)], id="plain"),
        pytest.param(f"\n\r\nA={KEY}\r\n", [("A", KEY, 3)], id="line"),
        pytest.param(f"A={KEY} # new\n", [("A", KEY, 1)], id="comment-behind"),
        pytest.param(f"A='{KEY}' # new\n", [("A", KEY, 1)], id="comment-behind-quotes"),
        pytest.param(f'A="{KEY}\n', [("A", KEY, 1)], id="unclosed"),
        pytest.param(f"export A = “{KEY}”", [("A", KEY, 1)], id="export-and-typographic"),
        pytest.param(f"A={KEY}\nA={OTHER}", [("A", KEY, 1), ("A", OTHER, 2)], id="twice"),
        pytest.param(f"# A={KEY}\n ##A={KEY}\n", [], id="commented-out"),
        pytest.param(f"URL=https://x.test/?k={KEY}", [], id="inside-of-a-value"),
        pytest.param(f"A=\n{KEY}", [], id="on-the-next-line"),
    ],
)
def test_the_keys_of_a_file(text: str, found: list[tuple[str, str, int]]) -> None:
    keys, _ = keys_of(text)
    assert [(key.name, key.key.reveal(), key.line) for key in keys] == found


def test_of_many_remarks_the_first_are_told() -> None:
    _, remarks = keys_of("".join(f"A{n} = {KEY}\n" for n in range(20)))
    assert len(remarks) == 5


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        pytest.param("A=1\nB='2 3'\nC=\n", {"A": "1", "B": "2 3", "C": ""}, id="plain"),
        pytest.param("export A = 1 # x\r\n", {"A": "1"}, id="export-blanks-comment-crlf"),
        pytest.param("A=1\nA=2\n", {"A": "2"}, id="the-last-counts"),
        pytest.param("A\n", {}, id="a-name-alone"),
        pytest.param("A=${B}\n", {"A": "${B}"}, id="nothing-is-filled-in"),
        pytest.param('A="b\nC=1\n', {"C": "1"}, id="unclosed"),
    ],
)
def test_the_variables_of_a_file(text: str, variables: dict[str, str]) -> None:
    assert parsed(text, "e", ())[0] == variables


def test_only_of_what_matters_it_is_said_that_nothing_is_filled_in() -> None:
    assert parsed("A=${X}\nB=${X}\n", "e", {"B"})[1] == [
        "Line 2 of e holds ${…}, which cmtool does not fill in; some loaders do."
    ]


@settings(deadline=None)
@given(LINES)
def test_any_text_is_read_and_no_value_is_in_a_remark(text: str) -> None:
    keys, remarks = keys_of(text)
    _, odd = parsed(text, "e", {"A", "KEY"})
    told = " ".join((*remarks, *odd))
    assert not any(key.key.reveal() in told for key in keys if len(key.key.reveal()) > 4)


def test_no_key_is_in_the_repr() -> None:
    assert KEY not in repr(keys_of(f"A={KEY}"))
