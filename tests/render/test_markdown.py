"""Markdown as a person finds it in a step's summary, and that nothing foreign changes its form.

The snapshots lie beside those of the terminal, see ``tests/render/human/test_snapshots.py`` for
how they are written anew.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cmtool.model import Protocol, Report, SentRequest
from cmtool.render.markdown import report_markdown
from cmtool.render.plain import in_ascii

FOLDER = Path(__file__).parent / "snapshots"
WRITE = os.environ.get("CMTOOL_WRITE_SNAPSHOTS") == "1"
READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
PIECES = (
    *("\n```\n", "~~~", "`", "``", "| a | b |\n|---|---|\n", "\n# head\n", "\n===\n", "\n- item"),
    *("\n> quote", "\n1. one", "<script>", "<!--", "</details>", "]]>", "\x00", "\n::error::x"),
    *("::add-mask::y", "##[error]z", "\u202e", "\u2066", "@team", "#123", "https://evil.example"),
    *("www.evil.example", "[x](y)", "![x](y)", "\\", "|", "*a*", "~~b~~", ":tada:", "\r", "\t"),
    *("&lt;", "\ud800", "\u2028", " ", "word", "– ", "–––", "—", "\n≥ ", "→ ", "\u00a0", "’“"),
)
EVIL = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=8), max_size=8)
OUR_OWN = {"command"}
"""Fields that hold a word out of cmtool itself."""


def spoiled(value: Any, evil: Callable[[str], str], name: str = "") -> Any:
    """Give a record with every text in it changed, equal ones alike, whatever its depth."""
    match value:
        case Enum():
            return value
        case str():
            return value if name in OUR_OWN or not value else evil(value)
        case tuple():
            return tuple(spoiled(each, evil) for each in value)
        case Mapping():
            return {evil(key): spoiled(each, evil) for key, each in value.items()}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in dataclasses.fields(value)]
            changed = {each: spoiled(getattr(value, each), evil, each) for each in names}
            return replace(value, **changed)
        case _:
            return value


def form(markdown: str) -> Counter[str]:
    """Count the blocks of a document: headings, tables, rows, cells, fences, items."""
    return Counter(token.type for token in READER.parse(markdown) if token.type != "inline")


def inline(markdown: str) -> set[str]:
    tokens = READER.parse(markdown)
    return {child.type for token in tokens for child in token.children or ()}


def test_snapshot(situation: str, built: Report) -> None:
    path = FOLDER / f"{situation}.md"
    got = report_markdown(built)
    if WRITE:
        path.write_text(got, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == got


@pytest.mark.parametrize(
    ("situation", "headings", "tables", "fences"),
    [
        pytest.param("healthy", 3, 2, 0, id="healthy"),
        pytest.param("empty-wallet", 6, 3, 2, id="empty-wallet"),
        pytest.param("degraded", 4, 2, 0, id="degraded"),
        pytest.param("streams", 4, 2, 1, id="streams"),
        pytest.param("streams-healthy", 2, 1, 0, id="streams-healthy"),
        pytest.param("hostile", 6, 3, 2, id="hostile"),
        pytest.param("models", 2, 1, 0, id="models"),
        pytest.param("balance", 2, 1, 0, id="balance"),
    ],
)
def test_form(
    reports: dict[str, Report], situation: str, headings: int, tables: int, fences: int
) -> None:
    found = form(report_markdown(reports[situation]))
    assert (found["heading_open"], found["table_open"], found["fence"]) == (
        headings,
        tables,
        fences,
    )


@settings(max_examples=80, deadline=None)
@given(
    situation=st.sampled_from(["empty-wallet", "differential", "degraded", "streams", "models"]),
    before=EVIL,
    behind=EVIL,
)
def test_no_text_changes_the_form(
    reports: dict[str, Report], situation: str, before: list[str], behind: list[str]
) -> None:
    report = reports[situation]
    plain = report_markdown(report)
    evil = report_markdown(
        spoiled(report, lambda text: f"{''.join(before)}{text}{''.join(behind)}")
    )
    assert form(evil) == form(plain)
    assert form(in_ascii(evil)) == form(plain)
    assert inline(evil) <= {"text", "code_inline", "strong_open", "strong_close"} | inline(plain)
    assert not any(line.lstrip().startswith("::") for line in evil.splitlines())
    assert "##[" not in evil
    assert not set(evil) & set("\x00\x1b\r\t\u202e\u2066\u2028\ud800")
    evil.encode("utf-8")


def active(markdown: str) -> str:
    """Give the text outside of code, where mentions, references and links would work.

    The links to the vendor's own site are left out.
    """
    tokens = READER.parse(re.sub(r"<https://(www\.)?crossmodel\.ai[/a-z-]*>", "", markdown))
    return " ".join(
        child.content for token in tokens for child in token.children or () if child.type == "text"
    )


@settings(max_examples=80, deadline=None)
@given(evil=st.lists(st.sampled_from(PIECES), min_size=1, max_size=5))
def test_nothing_foreign_works_outside_of_code(reports: dict[str, Report], evil: list[str]) -> None:
    report = spoiled(reports["empty-wallet"], lambda text: f"{''.join(evil)} {text}")
    text = active(report_markdown(report))
    assert not re.search(r"[@#<>`|\\\[\]*_~]|://|www\.|:[a-z]+:", text)


@pytest.mark.parametrize("left", [0, 1, 1800])
def test_long_tables_are_cut_and_keep_what_failed(reports: dict[str, Report], left: int) -> None:
    report = reports["streams"]
    good, _, cut = report.streams
    many = tuple(replace(good, repetition=number) for number in range(1, 200 + left))
    report = replace(report, streams=(*many, cut))
    markdown = report_markdown(report)
    assert form(markdown)["tr_open"] == 201 + len(["fact", *range(5)])
    assert "messages 2, attempt 2" in markdown
    assert ("the JSON report has them all" in markdown) == bool(left)
    assert len(markdown.encode()) < 2**20 / 4


def test_the_summary_holds_however_long_the_texts_are(reports: dict[str, Report]) -> None:
    report = reports["empty-wallet"]
    many = replace(report, exchanges=report.exchanges * 500)
    markdown = report_markdown(spoiled(many, lambda text: text + "\x00" * 5000))
    assert len(markdown.encode()) < 2**20


def test_a_request_is_shown_as_its_curl_line(reports: dict[str, Report]) -> None:
    request = SentRequest(
        protocol=Protocol.CHAT,
        method="POST",
        url="https://api.crossmodel.ai/v1/chat/completions",
        headers={},
        body="{}",
        curl="curl -d '```' https://api.crossmodel.ai/v1/chat/completions",
    )
    markdown = report_markdown(replace(reports["models"], command="request", requests=(request,)))
    assert f"### Request: chat\n\n````sh\n{request.curl}\n````\n" in markdown


def test_the_gateways_words_are_told_where_no_body_is(reports: dict[str, Report]) -> None:
    report = reports["empty-wallet"]
    said = "The answer said: Insufficient balance. Top up to continue."
    assert said not in report_markdown(report)
    assert said in report_markdown(replace(report, support=None))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("https://api.example/v1/chat?x=1", "`POST /v1/chat`", id="path-alone"),
        pytest.param("https://[broken/v1", "`POST https://[broken/v1`", id="no-url"),
    ],
)
def test_a_request_is_named_by_its_path(reports: dict[str, Report], url: str, shown: str) -> None:
    report = reports["empty-wallet"]
    exchange = replace(report.exchanges[1], url=url)
    assert shown in report_markdown(replace(report, exchanges=(exchange,)))
