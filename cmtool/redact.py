"""Secrets and terminal safety: what a server or a user's file says becomes safe to show.

Two separate things.  :class:`Redactor` takes secrets out of a text, by their exact value and by
their shape.  :func:`visible` makes characters that a terminal would obey into characters that a
person can read.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import string
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar

_MASK = "[redacted]"
_SHORTEST_SECRET = 4  # a shorter value would blank out ordinary words
_SHORTEST_IN_BASE64 = 8  # letters; fewer may be anything
_SHORTEST_SHOWN_TAIL = 16  # below it, four shown characters would be too much of the key

SHOWN_HEADERS = frozenset(
    {
        "age",
        "akamai-grn",
        "alt-svc",
        "apigw-requestid",
        "apim-request-id",
        "cf-cache-status",
        "cf-mitigated",
        "cf-ray",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "fly-request-id",
        "helicone-id",
        "location",
        "ngrok-error-code",
        "openai-version",
        "proxy-authenticate",
        "proxy-status",
        "request-id",
        "retry-after",
        "rndr-id",
        "server",
        "server-timing",
        "transfer-encoding",
        "vary",
        "via",
        "www-authenticate",
        "x-akamai-request-id",
        "x-amz-apigw-id",
        "x-amz-cf-id",
        "x-amz-request-id",
        "x-amzn-errortype",
        "x-amzn-requestid",
        "x-amzn-waf-action",
        "x-azure-ref",
        "x-cache",
        "x-crossmodel-model",
        "x-envoy-upstream-service-time",
        "x-fastly-request-id",
        "x-generator",
        "x-github-request-id",
        "x-iinfo",
        "x-kong-request-id",
        "x-litellm-call-id",
        "x-litellm-version",
        "x-nf-request-id",
        "x-oneapi-request-id",
        "x-portkey-trace-id",
        "x-powered-by",
        "x-railway-request-id",
        "x-render-routing",
        "x-request-id",
        "x-served-by",
        "x-squid-error",
        "x-sucuri-id",
        "x-varnish",
        "x-vercel-error",
        "x-vercel-id",
    }
)
"""The response headers that are evidence; no other is shown, cookies and keys least of all."""

# What looks like a key without being known: vendors' prefixes, then at least eight characters.
_SHAPES = (
    (re.compile(r"\b((?:cm|sk|pk|rk|gsk|xai|hf|ghp)[-_]|AIza)[A-Za-z0-9_\-]{8,}"), r"\1" + _MASK),
    (re.compile(r"(?i)\b(bearer\s+)(?![\[$])[^\s\"',;\\<>]{6,}"), r"\1" + _MASK),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.\-]{1,20}://)[^\s/\"'<>]{1,512}@"), r"\1" + _MASK + "@"),
)

# The letters by their value (RFC 4648, sections 4 and 5), also as JSON and URLs escape the last.
_IN_BASE64 = (
    *string.ascii_uppercase,
    *string.ascii_lowercase,
    *string.digits,
    r"(?:\+|-|%2[Bb])",
    r"(?:\\{0,8}/|_|%2[Ff])",
)

T = TypeVar("T")


def fingerprint(key: str) -> str:
    """Give enough of a key to tell it from another: ``cm-…9f3c``.

    The last four characters are shown only of a key of 16 characters or more.
    """
    prefix = "cm-" if key.startswith("cm-") else ""
    tail = key[-4:] if len(key) >= _SHORTEST_SHOWN_TAIL else ""
    return visible(f"{prefix}…{tail}")


class Redactor:
    """Takes known secrets, and whatever has the shape of one, out of texts and records."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Know ``secrets`` in every spelling in which a server might echo them."""
        known = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        self._secrets = sorted(known, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Give the text with every secret in it masked."""
        for known in self._known(text):
            text = known.sub(_MASK, text)
        for shape, mask in _SHAPES:
            text = shape.sub(mask, text)
        return text

    def masked(self, pieces: Sequence[bytes]) -> list[bytes]:
        """Give bytes with every secret in them overwritten by as many asterisks.

        A secret is found also where it is split over pieces; each piece keeps its length.
        """
        whole = b"".join(pieces).decode("latin-1")
        for shape in (*self._known(whole), *(shape for shape, _ in _SHAPES)):
            whole = shape.sub(lambda found: "*" * len(found[0]), whole)
        data, at, given = whole.encode("latin-1"), 0, []
        for piece in pieces:
            given.append(data[at : at + len(piece)])
            at += len(piece)
        return given

    def _known(self, text: str) -> Iterator[re.Pattern[str]]:
        """Give what finds the known secrets; escapes are looked for where there can be any."""
        escaped = any(mark in text for mark in "%\\&")
        for secret in self._secrets:
            yield _any_spelling(secret) if escaped else re.compile(re.escape(secret))
            yield from _in_base64(secret)

    def scrub(self, value: T) -> T:
        """Give a record of the model with every text in it redacted, whatever its depth."""
        return self._scrub(value)  # type: ignore[no-any-return]

    def _scrub(self, value: Any) -> Any:  # noqa: PLR0911 - one return for each kind of value
        match value:
            case Enum():
                return value
            case str():
                return self.text(value)
            case tuple():
                return tuple(self._scrub(item) for item in value)
            case list():
                return [self._scrub(item) for item in value]
            case Mapping():
                return {self._scrub(k): self._scrub(v) for k, v in value.items()}
            case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
                fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
                changed = {k: new for k, old in fields.items() if (new := self._scrub(old)) != old}
                return dataclasses.replace(value, **changed) if changed else value
            case _:
                return value


@functools.lru_cache(maxsize=64)
def _any_spelling(secret: str) -> re.Pattern[str]:
    """Give what finds a secret in any mixture of escapes."""
    return re.compile("".join(map(_spelled, secret)))


@functools.lru_cache(maxsize=64)
def _in_base64(secret: str) -> tuple[re.Pattern[str], ...]:
    """Give what finds a secret within a text in base64, be it the alphabet for URLs or the other.

    Three bytes make four characters, so that it may begin at any of the three; of the characters
    at its edges only some of the six bits are its own (RFC 4648, section 4).
    """
    bits = "".join(f"{byte:08b}" for byte in secret.encode("utf-8", "surrogatepass"))
    if len(bits) < _SHORTEST_IN_BASE64 * 6:
        return ()
    return tuple(re.compile(_in_letters("?" * 8 * before + bits)) for before in range(3))


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
    r"""Give a pattern of one character, percent-encoded and escaped in JSON and HTML as well.

    JSON within a JSON string doubles the backslashes, again and again.
    """
    raw = char.encode("utf-8", "surrogatepass")
    units = char.encode("utf-16-be", "surrogatepass").hex()
    forms = [
        re.escape(char),
        "".join(f"%{_any_case(f'{byte:02x}')}" for byte in raw),
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


def visible(text: str, *, multiline: bool = False) -> str:
    r"""Give the text with every character that a terminal would obey made visible.

    Control characters (C0, C1), invisible and bidirectional format characters, lone surrogates
    and line separators become escapes such as ``\x1b`` or ``\u202e``; so do what shows nothing and
    marks that pile up on one character.  A tab becomes a blank.  With ``multiline`` line feeds
    stay, without it they become ``\n``.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(
        char if char == "\n" and multiline else _shown(char)
        for char in (text.replace("\r\n", "\n") if multiline else text)
    )
    return shown if shown.isascii() else _UNSEEN.sub(_escapes, shown)


# What takes no room or shows nothing (Default_Ignorable_Code_Point of the Unicode database) and is
# no format character: in runs it hides a text.  One selector of how a sign is drawn is usual.
_NOTHING = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0d\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_MOST_MARKS = 4  # that writing in any language puts on one character, as good as always
_UNSEEN = re.compile(
    rf"[{_NOTHING}]+|(?<=[\ufe0e\ufe0f])[\ufe0e\ufe0f]+|(?<=[{_MARKS}]{{{_MOST_MARKS}}})[{_MARKS}]+"
)


def _escapes(found: re.Match[str]) -> str:
    return "".join(map(_escaped, found[0]))


_NAMED = {"\n": "\\n", "\r": "\\r", "\t": " "}


def _shown(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return char
    return _escaped(char)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def cut(text: str, limit: int) -> str:
    """Give at most ``limit`` characters of the text, with a note of what was left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more characters)"
