"""The text of a body, in whatever character encoding it was written.

Pure.  JSON is UTF-8 (RFC 8259, section 8.1); pages are often something else, named in the header,
by a byte order mark or in the page itself (WHATWG HTML, "determining the character encoding").
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as the mark of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.IGNORECASE)
_IN_PAGE = re.compile(rb"(?i)<meta\b[^>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([\w.:+-]{1,40})")
_LOOKED_AT = 1024  # bytes of a page in which it must name its encoding
# Python knows codecs as well that turn text into something else; these are encodings of text.
_KNOWN = re.compile(
    r"(utf-(8|16|32)(-[bl]e)?|iso8859-\d{1,2}|cp\d{3,5}|mac-\w{1,20}|koi8-[rut]|ascii|latin-1"
    r"|shift_jis\w{0,10}|euc_\w{2,12}|iso2022_\w{2,9}|gb2312|gbk|gb18030|big5(hkscs)?|tis-620|johab)"
)


def text_of(body: bytes, content_type: str) -> str:
    """Give the text of a body; what cannot be read becomes U+FFFD.

    ``content_type`` is the header's value, with its parameters.
    """
    return body.decode(_encoding(body, content_type), "replace").removeprefix("\ufeff")


def _encoding(body: bytes, content_type: str) -> str:
    marked = next((name for mark, name in _MARKS if body.startswith(mark)), None)
    if marked is not None:
        return marked
    named = _IN_HEADER.search(content_type)
    found = _codec(named[1]) if named else None
    return _without_mark(body, found or _named_in(body) or _guessed(body) or "utf-8")


def _named_in(body: bytes) -> str | None:
    found = _IN_PAGE.search(body[:_LOOKED_AT])
    return _codec(found[1].decode("ascii", "replace")) if found else None


def _codec(label: str) -> str | None:
    """Give Python's name of an encoding, None for one that is not known or encodes no text."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return name if _KNOWN.fullmatch(name) else None


def _guessed(body: bytes) -> str | None:
    """Tell UTF-16 by the NUL bytes between the ASCII letters of markup and JSON."""
    start = body[:4]
    if start[1::2] == b"\0\0" and 0 not in start[::2]:
        return "utf-16-le"
    return "utf-16-be" if start[::2] == b"\0\0" and 0 not in start[1::2] else None


def _without_mark(body: bytes, name: str) -> str:
    """Give the order of the bytes where the encoding leaves it open and no mark tells it."""
    if name in {"utf-16", "utf-8"}:
        return _guessed(body) or ("utf-16-le" if name == "utf-16" else name)
    return name
