"""The text of a base URL before it is read as one: what came along with it, what stands for it.

Pure.  Places are counted from 1 in the value as it was found.  Nothing of a text that may hold a
user name and a password is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from cmtool.address import hosts
from cmtool.address.secrecy import begins_like_a_key, is_key, logins, shown
from cmtool.credentials.lookalikes import called, described, looks_like, shows_nothing

_LONGEST = 2000  # characters; no base URL comes near it
_LISTED = 3
OPEN_LOGIN = "seems to hold a user name or password, so that nothing of it is shown or used."
_AROUND = "\"'`<>“”„‘’‚«»′″＂＇,;"
_URL = re.compile(
    r"(?i)\bhttps?://[^\s,;|<>\"'`()\[\]{}]*(?:\[[\da-f:.%]+\][^\s,;|<>\"'`()\[\]{}]*)?"
)
_HOST = re.compile(r"(?i)(?:https?://)?[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/\S*)?")
_SCHEME_TWICE = re.compile(r"(?i)[a-z]+[:;]?[/\\]*$")
_ESCAPED = re.compile(r"(?i)https?(?:%3a|:)(?:%2f|/){2}\S+")
_UNFILLED = re.compile(
    r"""(?xi)
        \$\{[^}]*\}? | \$[a-z_]\w* | \$\(.*\) | %\w+_\w+% | (?:^|//)%[a-z_]\w+% | \{\{.*\}\}
      | \{[a-z_][\w.\- ]*\} | <[\w .\-]+> | \[[a-z_][\w .\-]*\](?!\() | \#\{.*\}
      | (process\.env|os\.environ|os\.getenv|secrets)[.\[(]
    """
)
_EXAMPLE = re.compile(
    r"""(?xi)
        (\w+://)? ( (your|insert|enter|replace)[-_. ]+(own[-_. ]+)?
            (gateway|host|domain|server|base|api|url|company|org|proxy|name|endpoint)\b.*
        | ([\w.-]+\.)?example\.(com|net|org)(:\d+)?(/.*)? | x{3,}.* | \.{3}.* | ….*
        | (base_?url|api_?url|url|host(name)?|endpoint|change[-_]?me|todo|placeholder)(/.*)?
        | undefined | null | none | nil | true | false )
    """
)
_PATH = re.compile(r"(?i)(?:[a-z]:[\\/]|~|\.{1,2}[\\/]|\\\\|file:)\S*|/\S*")
_WORDS = re.compile(r"[\w-]+(?:\s+[\w-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """A text without what came along with it, and in sentences what that was."""

    text: str
    notes: tuple[str, ...] = ()


def tidied(raw: str) -> Tidied:
    """Take off what stands around and inside a URL and is no part of it."""
    text, notes = raw, []
    for step in _STEPS:
        text, said = step(text, raw)
        notes += said
    return Tidied(text=text, notes=tuple(notes))


def refused(raw: str, text: str) -> str | None:
    """Say why a text is no URL that could be mended, as the rest of a sentence; else None."""
    return next((why for says in _REFUSALS if (why := says(raw, text))), None)


def is_a_key(raw: str, text: str) -> bool:
    """Say whether a key stands where the address, or where its host, should."""
    host = re.sub(r"(?i)^https?:/*", "", text).partition("/")[0]
    return is_key(host) or begins_like_a_key(text) or begins_like_a_key(raw.strip())


def several(text: str) -> tuple[str, ...]:
    """Give the addresses in a text that holds more than one; else nothing."""
    urls = tuple(dict.fromkeys(_URL.findall(text)))
    pieces = [piece for piece in re.split(r"[\s,;|]+", text) if _HOST.fullmatch(piece)]
    found = urls if len(urls) > 1 else tuple(dict.fromkeys(pieces))
    return found if len(found) > 1 else ()


def _without_edges(text: str, _: str) -> tuple[str, list[str]]:
    start, end = 0, len(text)
    while start < end and _is_around(text[start]):
        start += 1
    while end > start and _is_around(text[end - 1]):
        end -= 1
    before, bare, after = text[:start], text[start:end], text[end:]
    if not bare or not (before or after):
        return bare, []
    if before and after and before[0] == after[-1]:
        around = f"between two marks that are no part of it: {called(before[0])} on either side"
    elif before and after:
        around = f"between {called(before[0])} and {called(after[-1])}, which are no part of it"
    else:
        side = f"behind {called(before[0])}" if before else f"in front of {called(after[-1])}"
        around = f"{side}, which is no part of it"
    return bare, [f"The URL stands {around}."]


def _is_around(char: str) -> bool:
    return shows_nothing(char) or char in _AROUND


def _unescaped(text: str, _: str) -> tuple[str, list[str]]:
    if "%" not in text or "://" in text or not _ESCAPED.fullmatch(text):
        return text, []
    return unquote(text), ["Its colon and slashes are percent-encoded."]


def _out_of_its_setting(text: str, _: str) -> tuple[str, list[str]]:
    """Take the one URL out of a link, an assignment or a command that was pasted whole."""
    urls = tuple(dict.fromkeys(_URL.findall(text)))
    if len(urls) != 1 or "@" in text or _UNFILLED.search(text) or several(text):
        return text, []
    before, _, after = text.partition(urls[0])
    is_bare = urls[0].count("/") < len("///")  # what follows a host alone may belong to it
    goes_on = re.match(r"\s|[/.:\[]" if is_bare else r"\s*[/.:\[]", after) or urls[0][-1] in "./-:"
    if not re.search(r"\w", before + after) or goes_on or _SCHEME_TWICE.match(before):
        return text, []
    return urls[0].rstrip(".,;:"), ["The URL stands in a text that is no part of it."]


def _without_nothings(text: str, raw: str) -> tuple[str, list[str]]:
    is_name = not any(mark in text for mark in ".:/")
    if is_name or not any(map(shows_nothing, text)) or several(text) or not _can_be_joined(text):
        return text, []
    start = raw.find(text)
    places = [(start + at, char) for at, char in enumerate(text, 1) if shows_nothing(char)]
    bare = "".join(char for char in text if not shows_nothing(char))
    return bare, [f"Character {at} is {called(char)}." for at, char in places[:_LISTED]]


def _can_be_joined(text: str) -> bool:
    """Say whether the host is certain without its blanks: a key must not go to a guess."""
    authority = re.sub(r"^.*?//", "", text, flags=re.DOTALL).partition("/")[0]
    if not any(map(str.isspace, authority)):
        return not re.search(r"[\r\n]", text)
    host = "".join(char for char in authority if not shows_nothing(char)).lower()
    return host == hosts.API_HOST or hosts.misspelt(host) or hosts.website(host) is not None


def _in_ascii(text: str, raw: str) -> tuple[str, list[str]]:
    """Write characters that look like others as those; a name in another script stays."""
    meant = "".join(looks_like(char) or ("." if char in "。．｡" else char) for char in text)
    if text.isascii() or not meant.isascii():
        return text, []
    strange = [(at, char) for at, char in enumerate(raw, 1) if not char.isascii() and char in text]
    return meant, [f"Character {at} is {described(char)}." for at, char in strange[:_LISTED]]


_STEPS: tuple[Callable[[str, str], tuple[str, list[str]]], ...] = (
    _out_of_its_setting,
    _without_edges,
    _unescaped,
    _without_nothings,
    _in_ascii,
)


def _nothing(raw: str, text: str) -> str | None:
    if text:
        return None
    return "holds nothing but blanks, quotes or other marks." if raw else "is empty."


def _too_long(raw: str, _: str) -> str | None:
    return f"is {len(raw):,} characters long; no base URL is." if len(raw) > _LONGEST else None


def _a_stand_in(raw: str, text: str) -> str | None:
    if found := _UNFILLED.search(raw):
        return f"holds {shown(found[0])}, which was never filled in."
    if _EXAMPLE.fullmatch(text):
        return f"is {shown(text)}, the stand-in of an example."
    return None


def _open_login(raw: str, text: str) -> str | None:
    """Refuse a login in which stands what a URL must escape: where the host begins is open."""
    if not any(
        re.search(r"[\s/?#,;|<>\"'`\\]", login) or "//" not in text for login in logins(raw)
    ):
        return None
    return OPEN_LOGIN


def _many(_: str, text: str) -> str | None:
    found = several(text)
    return f"holds {len(found)} addresses; there can be only one." if found else None


def _broken(raw: str, text: str) -> str | None:
    place = next((at for at, char in enumerate(text) if shows_nothing(char)), None)
    if place is None or not any(mark in text for mark in ".:/"):
        return None
    at = raw.find(text) + place
    return f"is broken in two: character {at + 1} is {called(raw[at])}."


def _a_path(_: str, text: str) -> str | None:
    return f"holds {shown(text)}, a path and no address." if _PATH.fullmatch(text) else None


def _no_host(_: str, text: str) -> str | None:
    if re.fullmatch(r"(?i)https?[:;]?[/\\]*", text):
        return f"is {text}, without a host."
    is_word = _WORDS.fullmatch(text) and text.lower() != "localhost"
    return f"is {shown(text)}, which is no address." if is_word else None


_REFUSALS: tuple[Callable[[str, str], str | None], ...] = (
    _nothing,
    _open_login,
    _too_long,
    _a_stand_in,
    _many,
    _broken,
    _a_path,
    _no_host,
)
