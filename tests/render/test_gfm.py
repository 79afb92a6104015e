from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cmtool.render.gfm import code, fence, prose, table

ALPHABET = (
    st.sampled_from(list("`|\\*_#->+=~@:./[](){}<>!&;\n\r\t 1aA\u00a0\u202e\x00")) | st.characters()
)
TEXTS = st.text(ALPHABET, max_size=40)
READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def inline_types(markdown: str) -> set[str]:
    """Give the kinds of what stands inside one paragraph; fails when it is not one paragraph."""
    tokens = READER.parse(markdown)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    return {child.type for child in tokens[1].children or ()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "The wallet is empty (0.00 USD).", "The wallet is empty (0.00 USD).", id="words"
        ),
        pytest.param("ask z-ai/glm-5.3, again", "ask `z-ai/glm-5.3`, again", id="model"),
        pytest.param(
            "at https://crossmodel.ai/console", "at <https://crossmodel.ai/console>", id="vendor"
        ),
        pytest.param(
            "https://crossmodel.ai.evil.io/", "`https://crossmodel.ai.evil.io/`", id="host"
        ),
        pytest.param("https://crossmodel.ai@evil.io", "`https://crossmodel.ai@evil.io`", id="user"),
        pytest.param("see www.evil.io now", "see `www.evil.io` now", id="www"),
        pytest.param("ping @team about #12", "ping `@team` about `#12`", id="mention-reference"),
        pytest.param("in GH-12 or ABC-9", "in `GH-12` or `ABC-9`", id="tickets"),
        pytest.param("see !12 and %9.1", "see `!12` and `%9.1`", id="merge-request-milestone"),
        pytest.param("at a1b2c3d4 then", "at `a1b2c3d4` then", id="commit"),
        pytest.param("well :tada: done", "well `:tada`: done", id="emoji"),
        pytest.param("# head", "`#` head", id="heading"),
        pytest.param("1. item", "`1.` item", id="numbering"),
        pytest.param("step 1. then", "step 1. then", id="number-in-a-sentence"),
        pytest.param("- item", "`-` item", id="bullet"),
        pytest.param("— item", "`—` item", id="bullet-in-ascii"),
        pytest.param("–––", "`–––`", id="rule-in-ascii"),
        pytest.param("≥ 5 models", "`≥` 5 models", id="quotation-in-ascii"),
        pytest.param("200 · 9 events – all", "200 · 9 events – all", id="signs-in-a-sentence"),
        pytest.param("/close", "`/close`", id="quick-action"),
        pytest.param("::error::x", "`\\x3a:error::x`", id="command"),
        pytest.param("a `b` c", "a `` `b` `` c", id="backticks"),
        pytest.param("two\nlines", "two lines", id="line-end"),
        pytest.param("set --max-gap", "set `--max-gap`", id="option"),
    ],
)
def test_prose(text: str, expected: str) -> None:
    assert prose(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("req_cm_1", "`req_cm_1`", id="plain"),
        pytest.param("", "", id="empty"),
        pytest.param("  ", "", id="blank"),
        pytest.param("a``b`c", "```a``b`c```", id="longer-than-inside"),
        pytest.param("`a", "`` `a ``", id="at-the-edge"),
        pytest.param("a\tb\x1b", "`a b\\x1b`", id="controls"),
    ],
)
def test_code(text: str, expected: str) -> None:
    assert code(text) == expected


@given(TEXTS)
def test_prose_is_one_paragraph_of_text_and_code(text: str) -> None:
    markdown = prose(f"x{text}")
    kinds = inline_types(markdown)
    assert kinds <= {"text", "code_inline", "text_special"}
    assert not kinds & {"text_special"}


@given(TEXTS)
def test_prose_at_the_start_of_a_line_is_a_paragraph(text: str) -> None:
    markdown = prose(text)
    assert not markdown or inline_types(markdown) <= {"text", "code_inline"}


@given(TEXTS)
def test_code_is_one_span(text: str) -> None:
    markdown = code(text)
    assert not markdown or inline_types(markdown) == {"code_inline"}


@given(st.text(st.sampled_from("`~ \na") | st.characters(), max_size=60))
def test_a_fence_is_one_block(text: str) -> None:
    tokens = READER.parse(fence(text, "sh") + "\n\nbehind")
    assert [token.type for token in tokens][:2] == ["fence", "paragraph_open"]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_a_table_keeps_its_cells(rows: list[tuple[str, str]]) -> None:
    markdown = table(("a", "b"), [(prose(left), code(right)) for left, right in rows])
    types = [token.type for token in READER.parse(markdown)]
    assert types.count("table_open") == 1
    assert types.count("tr_open") == len(rows) + 1
    assert types.count("td_open") == 2 * len(rows)
    assert all(line.replace("\\\\", "").count("|") == 3 for line in markdown.split("\n"))
