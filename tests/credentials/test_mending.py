"""What is taken off a key: places that stay true, an end that is reached, nothing guessed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.credentials.contents import document, keys_in
from cmtool.credentials.lookalikes import looks_like, name
from cmtool.credentials.mending import bare, mend
from cmtool.credentials.vendors import vendor_of

KEY = "cm-4f8e1b7c2d6a9053"
BEFORE = st.lists(
    st.sampled_from(
        ["'", '"', " ", "\n", "\u200b", "Bearer ", "A_TOKEN=", "“", "x-api-key: ", "API key: "]
    ),
    max_size=4,
)
AFTER = st.lists(
    st.sampled_from(
        ["'", '"', " ", "\n", "\r\n", "\u200b", ",", ";", "”", "\\n", "#x", "^M", "&#10;"]
    ),
    max_size=4,
)


@settings(deadline=None)
@given(raw=st.text(st.sampled_from("cm-ab \n'\"=:{},;#%2D\u200b–сｃ\\"), max_size=40))
def test_mending_comes_to_an_end_and_keeps_its_places(raw: str) -> None:
    piece, problems = mend(raw)
    assert len(piece.text) == len(piece.places)
    assert list(piece.places) == sorted(piece.places)
    assert bool(problems) is (piece.text != raw)
    assert mend(piece.text)[0].text == piece.text


@settings(deadline=None, max_examples=80)
@given(before=BEFORE, after=AFTER)
def test_a_key_is_found_in_what_stands_around_it(before: list[str], after: list[str]) -> None:
    assert bare("".join([*before, KEY, *after])) == KEY


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("x" + '"' * 8000 + "x", id="quotes"),
        pytest.param("cm-" + "," * 8000 + "x", id="commas"),
        pytest.param("%2" * 4000, id="percents"),
        pytest.param("a " * 4000, id="words"),
        pytest.param("cm-ab " * 1300, id="keys"),
        pytest.param("a\n" * 4000, id="lines"),
        pytest.param("_key" * 2000, id="names"),
    ],
)
def test_a_long_value_is_mended_in_no_time(raw: str) -> None:
    assert len(mend(raw)[0].text) <= len(raw)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        pytest.param("a", None, id="one-line"),
        pytest.param("cm-ab\ncd\nef", None, id="a-wrapped-key"),
        pytest.param('"cm-ab\n"', None, id="a-quote-on-its-own-line"),
        pytest.param('{"a": 1}', "JSON", id="json"),
        pytest.param("A=1\nB=2", "a .env file of 2 lines", id="env"),
        pytest.param("a: 1\nb: 2", "a YAML file of 2 lines", id="yaml"),
        pytest.param("-----BEGIN PRIVATE KEY-----\n", "a certificate or private key", id="pem"),
        pytest.param("<!DOCTYPE html>", "an HTML or XML document", id="html"),
        pytest.param("cm-ab\ncm-cd", "text of 2 lines", id="two-keys"),
    ],
)
def test_what_a_text_is(text: str, form: str | None) -> None:
    found = document(text)
    assert found is form is None or (found or "").startswith(form or "-")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param(KEY, (KEY,), id="one"),
        pytest.param(f"{KEY} {KEY}", (KEY,), id="the-same-twice"),
        pytest.param(f"{KEY},cm-other", (KEY, "cm-other"), id="two"),
        pytest.param(f"#{KEY}\n//cm-x\ncm-y", ("cm-y",), id="comments"),
        pytest.param("acm-x", (), id="part-of-a-word"),
        pytest.param("cm-4f8ecm-4f8f", ("cm-4f8ecm-4f8f",), id="too-short-to-be-two"),
        pytest.param("cm-4f8e1b7ccm-2d", ("cm-4f8e1b7ccm-2d",), id="halves-that-are-none"),
    ],
)
def test_the_keys_of_a_text(text: str, keys: tuple[str, ...]) -> None:
    assert keys_in(text) == keys


@pytest.mark.parametrize(
    ("char", "meant"),
    [
        pytest.param("с", "c", id="cyrillic"),
        pytest.param("α", "a", id="greek"),
        pytest.param("－", "-", id="fullwidth"),
        pytest.param("—", "-", id="em-dash"),
        pytest.param("−", "-", id="minus"),
        pytest.param("𝐜", "c", id="mathematical"),
        pytest.param("c", None, id="ascii"),
        pytest.param("é", None, id="accent"),
        pytest.param("\xa0", None, id="blank"),
    ],
)
def test_what_a_character_looks_like(char: str, meant: str | None) -> None:
    assert looks_like(char) == meant


def test_the_name_of_a_byte_that_is_no_text() -> None:
    assert name("\udc94") == (
        "byte 0x94 that is no UTF-8 "
        "(right double quotation mark in the Western encoding of Windows)"
    )
    assert name("\udc81") == "byte 0x81 that is no UTF-8"
    assert name("\ud800") == "half of a surrogate pair (U+D800)"


@pytest.mark.parametrize(
    ("prefix", "vendor"),
    [
        pytest.param("sk-ant-api03-", "Anthropic", id="the-longest-first"),
        pytest.param("sk_live_", "Stripe", id="stripe"),
        pytest.param("github_pat_", "GitHub", id="github"),
        pytest.param("gsk_", "Groq", id="groq"),
        pytest.param("cm-", None, id="ours"),
        pytest.param("", None, id="nobody"),
    ],
)
def test_whose_key_it_is(prefix: str, vendor: str | None) -> None:
    assert vendor_of(f"{prefix}4f8e1b7c") == vendor
