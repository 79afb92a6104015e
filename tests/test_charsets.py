"""Bodies in every writing: read as meant, or at least without a crash."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.charsets import text_of

CASES = (
    ("utf-8", "né".encode(), "text/html", "né"),
    ("utf-8-bom", b"\xef\xbb\xbf{}", "application/json", "{}"),
    ("latin-1", "né".encode("latin-1"), "text/html; charset=ISO-8859-1", "né"),
    ("quoted", "né".encode("latin-1"), 'text/html; Charset="latin1"', "né"),
    ("shift-jis", "禁止".encode("shift_jis"), "text/html;charset=shift_jis", "禁止"),
    ("utf-16-mark", "né".encode("utf-16"), "text/html", "né"),
    ("utf-32-mark", "né".encode("utf-32"), "text/html", "né"),
    ("mark-beats-header", "né".encode("utf-16"), "text/html; charset=latin-1", "né"),
    ("utf-16-without-mark", "abc".encode("utf-16-be"), "text/html; charset=utf-16", "abc"),
    ("utf-16-json", json.dumps({"a": 1}).encode("utf-16-le"), "application/json", '{"a": 1}'),
    ("utf-16-called-utf-8", b"<\0h\0", "text/html; charset=utf-8", "<h"),
    ("meta", '<meta charset="gbk">禁'.encode("gbk"), "text/html", '<meta charset="gbk">禁'),
    (
        "meta-http-equiv",
        '<meta http-equiv=Content-Type content="text/html; charset=koi8-r">Нет'.encode("koi8-r"),
        "",
        '<meta http-equiv=Content-Type content="text/html; charset=koi8-r">Нет',
    ),
    ("no-text-codec", b"6162", "text/html; charset=hex", "6162"),
    ("dangerous-codec", b"\\u0041", "text/html; charset=unicode_escape", "\\u0041"),
    ("utf-7", b"+AGEAYg-", "text/html; charset=utf-7", "+AGEAYg-"),
    ("unknown", b"x", "text/html; charset=none-such", "x"),
    ("bad-bytes", b"a\xffb", "text/html", "a\ufffdb"),
    ("empty", b"", "text/html; charset=utf-16", ""),
    ("one-byte-of-utf-16", b"\xff\xfea", "", "\ufffd"),
)


@pytest.mark.parametrize(
    ("body", "content_type", "text"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_it_reads(body: bytes, content_type: str, text: str) -> None:
    assert text_of(body, content_type) == text


@given(st.binary(max_size=200), st.text(max_size=20))
def test_anything_is_some_text(body: bytes, label: str) -> None:
    text_of(body, f"text/html; charset={label}")
