"""A secret in every spelling in which a server, a log or a report may repeat it."""

from __future__ import annotations

import functools
import re
import string

_SHORTEST_ENCODED = 8  # letters of base64 or digits in hexadecimal; fewer may be anything

# The letters by their value (RFC 4648, sections 4 and 5), also as JSON and URLs escape the last.
_IN_BASE64 = (
    *string.ascii_uppercase,
    *string.ascii_lowercase,
    *string.digits,
    r"(?:\+|-|%2[Bb])",
    r"(?:\\{0,8}/|_|%2[Ff])",
)


@functools.lru_cache(maxsize=64)
def any_spelling(secret: str) -> re.Pattern[str]:
    """Give what finds a secret in any mixture of escapes."""
    return re.compile("".join(map(_spelled, secret)))


@functools.lru_cache(maxsize=64)
def in_base64(secret: str) -> tuple[re.Pattern[str], ...]:
    """Give what finds a secret within a text in base64, be it the alphabet for URLs or the other.

    Three bytes make four characters, so that it may begin at any of the three; of the characters
    at its edges only some of the six bits are its own (RFC 4648, section 4).
    """
    bits = "".join(f"{byte:08b}" for byte in secret.encode("utf-8", "surrogatepass"))
    if len(bits) < _SHORTEST_ENCODED * 6:
        return ()
    return tuple(re.compile(_in_letters("?" * 8 * before + bits)) for before in range(3))


@functools.lru_cache(maxsize=64)
def in_hex(secret: str) -> tuple[re.Pattern[str], ...]:
    """Give what finds a secret written as the hexadecimal digits of its bytes."""
    digits = secret.encode("utf-8", "surrogatepass").hex()
    return (re.compile(digits, re.IGNORECASE),) if len(digits) > _SHORTEST_ENCODED else ()


def _in_letters(bits: str) -> str:
    """Give a pattern of bits in base64; a question mark is a bit of something else."""
    whole = bits.ljust(-(-len(bits) // 6) * 6, "?")
    sixes = (whole[at : at + 6] for at in range(0, len(whole), 6))
    return "".join(_letters(six) for six in sixes if six != "??????") + "(?:=|%3[Dd]){0,2}"


def _letters(six: str) -> str:
    fits = re.compile(six.replace("?", "."))
    forms = [_IN_BASE64[value] for value in range(64) if fits.fullmatch(f"{value:06b}")]
    return f"(?:{'|'.join(forms)})" if len(forms) > 1 else forms[0]


def _spelled(char: str) -> str:
    r"""Give a pattern of one character, percent-encoded and escaped in JSON, HTML and code as well.

    JSON within a JSON string doubles the backslashes, again and again; so does a percent sign that
    is encoded once more.
    """
    raw = char.encode("utf-8", "surrogatepass")
    units = char.encode("utf-16-be", "surrogatepass").hex()
    forms = [
        re.escape(char),
        "".join(f"%(?:25){{0,3}}{_any_case(f'{byte:02x}')}" for byte in raw),
        "".join(rf"\\\\{{0,7}}x{_any_case(f'{byte:02x}')}" for byte in raw),
        "".join(rf"\\\\{{0,7}}u{_any_case(units[i : i + 4])}" for i in range(0, len(units), 4)),
        rf"&#0{{0,4}}{ord(char)};",
        rf"&#[xX]0{{0,4}}{_any_case(f'{ord(char):x}')};",
    ]
    if len(raw) > 1:
        forms.append(re.escape(raw.decode("latin-1")))
    if char in _SHORT_ESCAPES:
        forms.append(rf"\\\\{{0,7}}{re.escape(_SHORT_ESCAPES[char])}")
    return f"(?:{'|'.join(forms)})"


# The characters that JSON escapes with one letter: RFC 8259, section 7.
_SHORT_ESCAPES = {
    **{char: char for char in "\"\\/'"},
    **dict(zip("\b\f\n\r\t", "bfnrt", strict=True)),
}


def _any_case(digits: str) -> str:
    return "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in digits)
