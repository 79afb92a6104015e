"""What of a paste must not be shown again: keys, passwords and cookies, by the name before them.

A paste holds what nobody configured: the headers of a request, a line of curl, keys of others.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from cmtool import catalog
from cmtool.address.secrecy import is_key
from cmtool.paste.base import Found
from cmtool.redact import Redactor

_MASK = "[redacted]"
_MOST = 100
_SMALL = 256 * 1024  # characters of a text that is looked at as a whole
_BESIDE, _LAST = 4000, 40  # characters around the last things that were found in a larger one
_LONG = 16  # characters from which on a value needs no figure to be a secret
_SHORTEST_PASSWORD = 4

_VALUE = r"([^\s\"'\\,;<>&)]{8,2000})"
# Also as HAR files write it: {"name": "cookie", "value": "…"}.
_IS = r"[\"'\\]{0,8}(?:,\s{0,40}[\"']value[\"'])?\s{0,3}(?:=>|[:=])\s{0,3}(?:b?[\"'\\]{1,8})?"
# Headers and fields, in whatever notation; parameters of an address; the logins of curl.
_NAMED = re.compile(
    rf"(?i)authorization{_IS}(?:(?:bearer|basic|digest|negotiate|ntlm|token)\s{{1,3}})?{_VALUE}"
    rf"|(?:key|token|secret|passw(?:or)?d|pwd|session(?:_?id)?|signature){_IS}{_VALUE}"
    r"|(?<=\s)(?:-u|-U|--user|--proxy-user)[ =]?[\"']?([^\s\"']{3,300})"
)
_COOKIES = re.compile(
    r"(?i)(?:\bcookies?[\"']?\s?[:=]|\s(?:-b|--cookie)\s)\s?[\"']?([^\n\"']{3,4000})"
)
_BASIC = re.compile(r"(?i)\bbasic\s{1,3}([A-Za-z0-9+/_-]{6,400}={0,2})")
_TOKEN = re.compile(r"\b[A-Za-z0-9]{2,9}[-_.]?[\w.\-]{9,500}")
_STAND_IN = re.compile(r"[$\[{*<%]|\.\.\.|x{3}|(?:your|my)\b", re.IGNORECASE)


class AsTheyStand(Redactor):
    """Takes the secrets of a paste out of what was made of it: both have the same spelling."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Know each secret as it stands in the paste, the longest first."""
        super().__init__()
        self._standing = sorted(secrets, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Give the text with every secret in it masked."""
        for secret in self._standing:
            text = text.replace(secret, _MASK)
        return text


def secrets_of(text: str) -> tuple[str, ...]:
    """Give the secrets that stand in a text, as they stand there, and what they are made of."""
    return tuple(islice(_once(_found(text)), _MOST))


def of_paste(text: str, found: Sequence[Found]) -> tuple[str, ...]:
    """Give the secrets of a paste; of a large one those beside and in what was found in it."""
    if len(text) <= _SMALL:
        return secrets_of(text)
    pieces = [text[:_BESIDE]]
    for each in found[-_LAST:]:
        held = getattr(each, "body", ""), getattr(each, "said", "")
        pieces += [text[max(0, each.place - _BESIDE) : each.end + _BESIDE][: 3 * _BESIDE], *held]
    return secrets_of("\n".join(pieces)[-_SMALL:])


def _once(values: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for value in values:
        if value not in seen:
            seen.add(value)
            yield value


def _found(text: str) -> Iterator[str]:
    for named in _NAMED.finditer(text):
        value = next(filter(None, named.groups()))
        if _is_secret(value):
            yield value
        if named[3]:
            yield from _password(value)
    for basic in _BASIC.finditer(text):
        if login := _login(basic[1]):
            yield basic[1].rstrip("=")
            yield from _password(login)
    for cookies in _COOKIES.finditer(text):
        values = (pair.partition("=")[2].strip() for pair in cookies[1].split(";"))
        yield from filter(_is_secret, values)
    yield from filter(_is_vendors, dict.fromkeys(_TOKEN.findall(text)))


def _is_secret(value: str) -> bool:
    """Tell a secret from a word, from a name of the catalogue and from a stand-in."""
    if _STAND_IN.match(value) or value in catalog.ROWS or "/" in value[:1]:
        return False
    return len(value) >= _LONG or (len(value) > _SHORTEST_PASSWORD and any(map(str.isdigit, value)))


def _is_vendors(token: str) -> bool:
    return is_key(token) and token not in catalog.ROWS


def _password(login: str) -> Iterator[str]:
    user, colon, password = login.partition(":")
    if colon and len(password) >= _SHORTEST_PASSWORD and not _STAND_IN.match(password):
        yield f"{user}:{password}"
        yield password


def _login(encoded: str) -> str | None:
    """Give the name and the password of a Basic login (RFC 7617), if it is one."""
    try:
        login = base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return login if ":" in login else None
