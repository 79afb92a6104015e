"""Objects in a text: JSON first, then whatever looks like it, wherever it breaks off.

Python's ``repr``, node's ``util.inspect``, maps of Java and Ruby, JSON inside a string that was
printed, JSON that a terminal has wrapped.  The time is bounded by the length of the text: what the
two readers may spend in vain is counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DEPTH_LIMIT = 60
OBJECT_LIMIT = 64 * 1024  # characters of an object that is no JSON
_WASTE = 8  # times the text that may be read in vain as JSON
_LENIENT_TOTAL = 1024 * 1024  # characters that the lenient reader may read
_MOST_ITEMS = 5000
_STRICT = json.JSONDecoder()

_OPENING = re.compile(r"""\{\s*(?:["'“‘}\[]|\\+["n]|:?[A-Za-z_$])""")
_JSON = re.compile(r'\{\s*["}]')
_ESCAPED = re.compile(r'\{(?:\s|\\+n)*(\\+)"')
_IN_STRING = re.compile(r'(?:[^"\\\n]|\\[^\n])*')


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """One outermost object: where it stands, what it holds, and whether its end is there.

    ``json`` says that the text is valid JSON as it stands.
    """

    start: int
    end: int
    value: dict[str, Any]
    whole: bool = True
    json: bool = False


def objects(text: str) -> Iterator[Literal]:
    """Give the outermost objects of a text, in their order."""
    at, waste, lenient = 0, _WASTE * len(text) + 4096, _LENIENT_TOTAL
    while (waste > 0 or lenient > 0) and (found := _OPENING.search(text, at)) is not None:
        at = found.start()
        literal: Literal | None = None
        if waste > 0 and _JSON.match(text, at):
            literal, spent = _json(text, at)
            waste -= spent
        if literal is None and lenient > 0:
            literal, spent = _loose(text, at)
            lenient -= spent
        if literal is not None:
            yield literal
        at = max(literal.end if literal else 0, at + 1)


def _json(text: str, at: int) -> tuple[Literal | None, int]:
    try:
        value, end = _STRICT.raw_decode(text, at)
    except json.JSONDecodeError as exc:  # which counts the lines of the text before it
        return None, exc.pos - at + exc.pos // 16 + 16
    except (RecursionError, ValueError):  # nested too deeply, or a number without an end
        return None, len(text) - at
    return Literal(start=at, end=end, value=value, json=True), 0


def _loose(text: str, at: int) -> tuple[Literal | None, int]:
    """Read what is no JSON; gives what it cost as well, in characters."""
    escaped = _ESCAPED.match(text, at)
    literal = _escaped(text, at, escaped) if escaped else _lenient(text, at)
    if literal is not None:
        return literal, literal.end - at
    return None, OBJECT_LIMIT // 4 if escaped else 2000


def _escaped(text: str, at: int, found: re.Match[str]) -> Literal | None:
    """Read an object that stands inside a string which was printed with its escapes."""
    region = _IN_STRING.match(text, at, at + OBJECT_LIMIT)
    inner, end = (region[0], region.end()) if region else ("", at)
    if end < len(text) and text[end] == "\n":
        end += 1
    for _ in range(len(found[1]).bit_length()):
        inner = _unescaped(inner)
    literal = _json(inner, 0)[0] or _lenient(inner, 0)
    if literal is None:
        return None
    return Literal(start=at, end=end, value=literal.value, whole=literal.whole)


_ESCAPE = re.compile(
    r"\\(u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.|\Z)", re.DOTALL
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "", "\n": ""}
_SURROGATE = re.compile("[\ud800-\udfff]")


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: _character(found[1]), text)
    if _SURROGATE.search(plain):  # JSON writes what lies beyond the first plane as two of them
        plain = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return plain


def _character(escape: str) -> str:
    if len(escape) > 1:
        return chr(int(escape[1:], 16))
    return _ESCAPES.get(escape, escape)


def _lenient(text: str, at: int) -> Literal | None:
    reader = _Reader(text[at : at + OBJECT_LIMIT])
    try:
        value = reader.object(0)
    except _BrokenError:
        return None
    ended_early = reader.cut and at + OBJECT_LIMIT < len(text)
    if not value or ended_early:
        return None
    return Literal(start=at, end=at + reader.at, value=value, whole=not reader.cut)


class _BrokenError(Exception):
    """The text is no object after all."""


_SKIP = re.compile(r"[\s,;+]*")
_SEPARATOR = re.compile(r"\s*(?:=>|:|=)\s*")
_CLOSERS = {"'": "'", '"': '"', "`": "`", "“": "”“", "‘": "’‘", "”": "”", "’": "’"}
_KEY = re.compile(r"[\[:]?[A-Za-z_$][\w$.-]{0,80}(?:\([\w. ]{0,60}\)\]?|\])?(?=\s*(?:=>|:|=))")
_NUMBER = re.compile(r"-?\d[\d_]{0,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,4})?n?(?![\w.-])")
_NAMED = re.compile(r"(?:<ref \*\d+> )?[A-Za-z_$][\w$.]{0,60}(?:\(\d{1,9}\))?\s?(?=[{(\[])")
_TAG = re.compile(r"<[^<>\n]{0,300}>")
_BARE = re.compile(r"[^,}\])\n]{0,2000}")
_WORDS: dict[str, Any] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    **dict.fromkeys(("null", "None", "undefined", "nil", "NaN")),
}
_WRAPPED_AT = 72  # a line at least so long was broken by the terminal, within a word or not


class _Reader:
    """Reads one value after the other; ``cut`` says that the text ended before they did."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.cut = False
        self._items = 0

    def object(self, depth: int) -> dict[str, Any]:
        """Read an object whose brace is next."""
        self.at += 1
        pairs: dict[str, Any] = {}
        while not self._ends("}"):
            key = self._key()
            separator = _SEPARATOR.match(self.text, self.at) if key is not None else None
            if key is None or separator is None:
                if self.at >= len(self.text):
                    self.cut = True
                    break
                raise _BrokenError
            self.at = separator.end()
            if self.at >= len(self.text):
                self.cut = True
                break
            pairs[key] = self._value(depth + 1)
        return pairs

    def _ends(self, closer: str) -> bool:
        """Skip what is between two items; say whether there is no further one."""
        self.at = _end(_SKIP, self.text, self.at)
        self._items += 1
        if self.at >= len(self.text) or self.cut:
            self.cut = True
            return True
        if self._items > _MOST_ITEMS:
            raise _BrokenError
        if self.text[self.at] != closer:
            return False
        self.at += 1
        return True

    def _key(self) -> str | None:
        if self.text[self.at] in _CLOSERS:
            return self._string()
        if self.text.startswith("...", self.at):  # "... 3 more items"
            self.at = _end(_BARE, self.text, self.at)
            return None
        found = _KEY.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0].strip("[]:")

    def _value(self, depth: int) -> Any:
        if depth > DEPTH_LIMIT:
            raise _BrokenError
        if named := _NAMED.match(self.text, self.at):
            self.at = named.end()
        elif self.text[self.at] in "bur" and self.text[self.at + 1 : self.at + 2] in {"'", '"'}:
            self.at += 1
        if self.at >= len(self.text):
            self.cut = True
            return None
        match self.text[self.at]:
            case "{":
                return self.object(depth)
            case "[" | "(" as opener:
                return self._list("]" if opener == "[" else ")", depth)
            case quote if quote in _CLOSERS:
                return self._string()
        return self._scalar()

    def _list(self, closer: str, depth: int) -> Any:
        self.at += 1
        items = []
        while not self._ends(closer):
            before = self.at
            items.append(self._value(depth + 1))
            if self.at == before:
                raise _BrokenError
        # A call such as Headers({…}) stands for what it was given.
        return items[0] if closer == ")" and len(items) == 1 else items

    def _scalar(self) -> Any:
        for pattern in (_NUMBER, _TAG):
            if found := pattern.match(self.text, self.at):
                self.at = found.end()
                return _number(found[0]) if pattern is _NUMBER else found[0]
        found = _BARE.match(self.text, self.at)
        word = found[0] if found else ""
        self.at += len(word)
        return _WORDS.get(word.strip(), word.strip())

    def _string(self) -> str:
        closers = _CLOSERS[self.text[self.at]]
        start = self.at + 1
        at = start
        while at < len(self.text) and self.text[at] not in closers:
            step = _end(_PLAIN[closers[0]], self.text, at)
            at = step if step > at else at + 2
        self.cut = self.cut or at >= len(self.text)
        self.at = min(at + 1, len(self.text))
        return _unescaped(_rejoined(self.text[start:at]))


_PLAIN = {
    closer: re.compile(rf"[^\\{re.escape(''.join(set(both)))}]+")
    for both in _CLOSERS.values()
    for closer in both[0]
}


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _number(word: str) -> int | float | str:
    try:
        return int(word.rstrip("n").replace("_", ""))
    except ValueError:
        return word


def _rejoined(text: str) -> str:
    """Undo the line breaks that were put into a string when it was shown."""
    if "\n" not in text:
        return text
    first, *rest = text.split("\n")
    joined = first
    before = len(first)
    for line in rest:
        glued = joined.endswith(" ") or before >= _WRAPPED_AT
        joined += ("" if glued else " ") + line.lstrip()
        before = len(line)
    return joined
