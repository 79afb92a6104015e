"""How a file of the user is encoded: read whatever it is, with a word on what troubles others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.settings.encodings import decoded

TEXT = "KEY=cm-1234\n"


@pytest.mark.parametrize(
    ("content", "text", "trouble"),
    [
        pytest.param(TEXT.encode(), TEXT, None, id="utf-8"),
        pytest.param("é".encode(), "é", None, id="utf-8-beyond-ascii"),
        pytest.param(b"", "", None, id="empty"),
        pytest.param(b"a", "a", None, id="one-byte"),
        pytest.param(b"\xef\xbb\xbf" + TEXT.encode(), TEXT, "byte order mark", id="bom"),
        pytest.param(TEXT.encode("utf-16"), TEXT, "encoded in UTF-16;", id="utf-16"),
        pytest.param(b"\xfe\xff\0a", "a", "encoded in UTF-16;", id="utf-16-be-marked"),
        pytest.param(TEXT.encode("utf-16-le"), TEXT, "UTF-16 without", id="utf-16-le"),
        pytest.param(TEXT.encode("utf-16-be"), TEXT, "UTF-16 without", id="utf-16-be"),
        pytest.param(TEXT.encode("utf-32"), TEXT, "encoded in UTF-32;", id="utf-32"),
        pytest.param(b"\x93a\x94", "“a”", "byte 1 is 0x93", id="windows-quotes"),
        pytest.param(b"a\x81", "a\x81", "byte 2 is 0x81", id="latin-1"),
        pytest.param(b"a\0b", "a\0b", "the first as byte 2", id="nul"),
        pytest.param(TEXT.encode("utf-16-le") + b"\n", TEXT, "UTF-16 without", id="utf-16-and-lf"),
    ],
)
def test_the_encoding_of_a_file(content: bytes, text: str, trouble: str | None) -> None:
    found = decoded(content)
    assert found.text == text
    assert (found.trouble is None) is (trouble is None)
    assert (trouble or "") in (found.trouble or "")
    assert found.certain is not any(word in (trouble or "") for word in ("byte 1", "byte 2"))


@given(st.binary(max_size=200))
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(decoded(content).text, str)


@given(st.text(max_size=50), st.sampled_from(["utf-8", "utf-16", "utf-32", "utf-8-sig"]))
def test_a_text_comes_back_from_every_marked_encoding(text: str, encoding: str) -> None:
    content = text.encode(encoding, "ignore")
    if "\0" not in text and not text.startswith("\ufeff"):
        assert decoded(content).text == content.decode(encoding)
