"""Characters that show nothing, and characters that look like others: what they are called.

Names are those of the Unicode Character Database (https://www.unicode.org/ucd/).
"""

from __future__ import annotations

import unicodedata

_NAMES = {"\n": "line feed", "\r": "carriage return", "\t": "tab", " ": "blank", "\0": "NUL byte"}
_CYRILLIC = str.maketrans("аАВсСеЕНіІјЈкКмМоОрРѕЅтТхХуУ", "aABcCeEHiIjJkKmMoOpPsStTxXyY")
_GREEK = str.maketrans("αΑΒΕΗΙΚΜΝνοΟρΡΤΥΧΖ", "aABEHIKMNvoOpPTYXZ")
_DASHES = frozenset("\u00ad\u02d7\u2043\u2212\u30fc\u4e00")  # beside those of category Pd
_BYTES = range(0xDC80, 0xDD00)  # as which Python hands over bytes that are no text: PEP 383
_BYTES_OFFSET = 0xDC00
_FULLWIDTH = range(0xFF01, 0xFF5F)  # the forms of U+0021 to U+007E, in their order
_FULLWIDTH_OFFSET = 0xFEE0


def name(char: str) -> str:
    """Give what a character is called, with its number unless everybody knows it."""
    if char in _NAMES:
        return _NAMES[char]
    if ord(char) in _BYTES:
        return _byte(bytes([ord(char) - _BYTES_OFFSET]))
    if unicodedata.category(char) == "Cs":
        return f"half of a surrogate pair (U+{ord(char):04X})"
    known = unicodedata.name(char, "control character").lower()
    return f"{known} (U+{ord(char):04X})"


def _byte(byte: bytes) -> str:
    meant = byte.decode("cp1252", "ignore")
    western = f" ({_named(meant)} in the Western encoding of Windows)" if meant else ""
    return f"byte {byte[0]:#04x} that is no UTF-8{western}"


def _named(char: str) -> str:
    return unicodedata.name(char, "a control character").lower()


def called(char: str) -> str:
    """Give the name of a character with its article."""
    named = name(char)
    return f"{'an' if named[0] in 'aeio' else 'a'} {named}"


def described(char: str) -> str:
    """Give the name of a character, and what it can be taken for."""
    looks = looks_like(char)
    return called(char) + (f", which looks like {looks}" if looks else "")


def shows_nothing(char: str) -> bool:
    """Say whether a character shows nothing: a blank of any kind, a control or format character."""
    return char.isspace() or unicodedata.category(char) in {"Cc", "Cf", "Zs", "Zl", "Zp"}


def is_fullwidth(char: str) -> bool:
    """Say whether a character is the fullwidth form of one of ASCII; there is one for each."""
    return ord(char) in _FULLWIDTH


def looks_like(char: str) -> str | None:
    """Give the ASCII character that a person takes this one for; None when it is ASCII itself."""
    if char.isascii():
        return None
    if is_fullwidth(char):
        return chr(ord(char) - _FULLWIDTH_OFFSET)
    if char in _DASHES or unicodedata.category(char) == "Pd":
        return "-"
    meant = char.translate(_CYRILLIC).translate(_GREEK)
    if meant == char:
        meant = unicodedata.normalize("NFKC", char)
    return meant if len(meant) == 1 and meant.isascii() and not meant.isspace() else None
