from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.render.inert import inert


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("req_cm_01 · 供应商", "req_cm_01 · 供应商", id="plain"),
        pytest.param("a::b", "a::b", id="colons-inside"),
        pytest.param("::error::x", "\\x3a:error::x", id="command"),
        pytest.param(" \u00a0\u3000::add-mask::x", " \u00a0\u3000\\x3a:add-mask::x", id="blanks"),
        pytest.param("x ##[error]y", "x \\x23#[error]y", id="older-command"),
        pytest.param("###[error]y", "#\\x23#[error]y", id="older-command-with-one-more"),
        pytest.param("##vso[task.x]y", "\\x23#vso[task.x]y", id="azure"),
        pytest.param("a ##teamcity[x]", "a \\x23#teamcity[x]", id="teamcity"),
        pytest.param("## head [x] #[a]", "## head [x] #[a]", id="no-command"),
        pytest.param("a\n::error::x", "a\\n::error::x", id="line-end-is-shown"),
        pytest.param("\x00\x1b[0m\u202e\ud800", "\\x00\\x1b[0m\\u202e\\ud800", id="controls"),
        pytest.param("\ufffe\uffff", "\\ufffe\\uffff", id="no-characters"),
    ],
)
def test_one_line(text: str, expected: str) -> None:
    assert inert(text) == expected


def test_every_line_of_several() -> None:
    assert inert("a\n ::error::x\r\n::b", multiline=True) == "a\n \\x3a:error::x\n\\x3a:b"


@given(st.text(st.characters() | st.sampled_from(":#[\n ")))
def test_nothing_is_left_to_obey(text: str) -> None:
    shown = inert(text, multiline=True)
    assert not any(line.lstrip().startswith("::") for line in shown.split("\n"))
    assert not re.search(r"##[a-z]*\[", shown)
    assert inert(shown, multiline=True) == shown
