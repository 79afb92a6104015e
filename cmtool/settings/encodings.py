"""How a small text file of the user is encoded, and whom that encoding troubles.

Pure.  Byte order marks: https://www.unicode.org/faq/utf_bom.html.  Older Windows PowerShell writes
UTF-16 with ``>``; a file without a mark shows UTF-16 by the NUL bytes between its ASCII letters.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_EXPECTED = "a shell, docker and most loaders expect UTF-8 without a byte order mark"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF8, "utf-8-sig", None),
)
_MOSTLY = 0.7  # of every second byte


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The text of a file.

    ``trouble`` is the rest of a sentence that begins with the file, None for plain UTF-8;
    ``certain`` is False where the bytes fit no encoding that can be told.
    """

    text: str
    trouble: str | None = None
    certain: bool = True


def decoded(content: bytes) -> Decoded:
    """Give the text of a file, whatever it is encoded in; never raises."""
    for mark, marked, name in _MARKS:
        if content.startswith(mark):
            text = content.decode(marked, "replace")
            told = f"is encoded in {name}" if name else "begins with a byte order mark"
            return Decoded(text=text, trouble=f"{told}; {_EXPECTED}")
    if encoding := _utf_16(content):
        text = content[: len(content) // 2 * 2].decode(encoding, "replace")
        trouble = f"is encoded in UTF-16 without a byte order mark; {_EXPECTED}"
        return Decoded(text=text, trouble=trouble)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as exc:
        told = f"is not UTF-8: byte {exc.start + 1} is {content[exc.start]:#04x}"
        trouble = f"{told}; it was read as the Western encoding of Windows"
        return Decoded(text=_western(content), trouble=trouble, certain=False)
    if "\0" in text:
        trouble = f"holds a NUL byte, the first as byte {content.index(0) + 1}"
        return Decoded(text=text, trouble=trouble, certain=False)
    return Decoded(text=text)


def _utf_16(content: bytes) -> str | None:
    if len(content) % 2 and content[-1:] in b"\n\0":
        content = content[:-1]  # a line end of one byte was put behind it
    if len(content) % 2:
        return None
    for encoding, zeros, letters in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        high, low = content[zeros::2], content[letters::2]
        if high and high.count(0) >= _MOSTLY * len(high) and 0 not in low:
            return encoding
    return None


def _western(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")
