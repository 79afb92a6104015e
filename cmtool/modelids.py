"""Which listed model ID was meant, and which one is cheap to ask; pure, over the live list alone.

Nothing about any vendor's models is known by heart: families, vendors and vocabulary are read off
the list.  How far a listed ID is from the one asked for is counted in points, 0 for the same.

*Reading.*  A text is folded (compatibility forms, case, invisible characters) and cut at its
slashes.  The last segment is the name, those before it are prefixes.  A name falls apart into
words (letters), a version (numbers) and marks (dates, sizes, and words such as ``latest``, ``free``
or ``preview``); separators and order count for nothing, so ``claude-4.6_Sonnet`` reads like
``claude-sonnet-4-6``.  The first word of a listed name names its family.

*Points.*  The sum of

- each word asked for that the candidate lacks: most for a family of the list, less for another
  word of the list, least for one that the list does not know at all;
- each word of the candidate that was not asked for;
- the distance of the versions, when one was asked for;
- marks that only one of the two has;
- another vendor of the list in the prefix (a prefix that the list does not know is free).

A word unknown to the list may be a typing error for one that it knows, at a price for each edit.

*Slips.*  Where a slip broke the words themselves (``claudesonnet46``, ``gr-k-4.3``), the letters
and digits of the whole text are compared; the cheaper of the two counts.

*Who is named at all.*  By words only when a third of the letters asked for is known, with a family
among them unless every word is, and only a candidate that has one of them.  No candidate may be
further than `_LIMIT`, or much further than the best.  Ties go to the newer version, then to the
alphabet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cmtool.typos import edits_between

LONGEST = 256
"""Characters in the longest text that is taken for a model ID; those in use have under 60."""

_MOST_WORDS = 16

_NO_FAMILY = 300
_NO_WORD = 150
_UNKNOWN_WORD = 100
_EXTRA_WORD = 60
_OTHER_VENDOR = 100
_OTHER_VERSION = 60
_MAJOR = 100
_FURTHEST_VERSION = 180
_RESPELT_VERSION = 10
_MARK_ASKED = 10
_MARK_LISTED = 20
_EDIT = 50
_SLIPS = (10, 60, 120)

_LIMIT = 350
_REACH = 120
_CERTAIN = 20
_NEVER = 10_000

_TOKEN = re.compile(
    r"(?P<mark>\[[^\]]*\]"  # [1m]
    r"|(?<![a-z0-9])v\d+:\d+"  # a revision: v1:0
    r"|20\d\d[-_.]?[01]\d[-_.]?[0-3]\d"  # a day: 20250929, 2025-09-29
    r"|\d{3,}|0\d+|\d{2,}[bkm](?![a-z0-9]))"  # a stamp (0613, 001) or a size (70b, 128k)
    r"|(?P<number>\d+)|(?P<word>[^\W\d_]+)"
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MARKS = _set(
    "latest stable default preview exp experimental beta free paid thinking reasoning instruct"
    " online nitro floor extended us eu apac global"
)
_SMALL = ("flash", "lite", "mini", "nano", "haiku", "small", "air", "turbo")
_UNUSUAL = _set("vision vl exp experimental preview beta code coder codex build search thinking")
_NOT_TEXT = _set(
    "image images audio video embed embedding embeddings rerank reranker tts stt speech voice"
    " whisper transcribe realtime moderation guard ocr dall sora veo imagen"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A text as it is compared; ``name`` and ``whole`` are its letters and digits alone."""

    prefixes: tuple[str, ...]
    words: tuple[str, ...]
    version: tuple[int, ...]
    marks: frozenset[str]
    name: str
    whole: str

    @property
    def vendor(self) -> str:
        return self.prefixes[-1] if self.prefixes else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Catalogue:
    """What the live list teaches: its readings, vendors, families and whole vocabulary."""

    readings: tuple[tuple[str, _Reading], ...]
    vendors: frozenset[str]
    families: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sense:
    """One word asked for: what each listed word that it may mean costs, and what its lack costs."""

    word: str
    meanings: dict[str, int]
    lack: int
    family: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """The text asked for, understood as far as the list allows."""

    reading: _Reading
    senses: tuple[_Sense, ...]
    vendors: frozenset[str]

    @property
    def understood(self) -> bool:
        """Whether enough of the words is known to name candidates by words."""
        known = [sense for sense in self.senses if sense.meanings]
        if len(known) == len(self.senses):
            return bool(known or self.vendors)
        if any(not sense.meanings and sense.word in _NOT_TEXT for sense in self.senses):
            return False
        letters = sum(len(sense.word) for sense in self.senses)
        return (
            any(sense.family for sense in known)
            and 3 * sum(len(sense.word) for sense in known) >= letters
        )


def nearest(asked: str, listed: Sequence[str], limit: int = 3) -> tuple[str, ...]:
    """Give the listed IDs that ``asked`` most likely means, the best first, at most ``limit``.

    An ID that is listed gives itself alone; a text that resembles nothing gives nothing.
    """
    if asked in listed:
        return (asked,)[: max(limit, 0)]
    folded = _folded(asked[: 4 * LONGEST])
    if not folded or len(folded) > LONGEST:
        return ()
    catalogue = _learn(dict.fromkeys(listed))
    question = _understand(_read(folded), catalogue)
    ranked = sorted(
        (points, by_words, _newest_first(reading.version), identifier)
        for identifier, reading in catalogue.readings
        for by_words in (_word_points(question, reading),)
        for points in (min(by_words, _slip_points(question.reading, reading)),)
        if points <= _LIMIT
    )
    if not ranked:
        return ()
    best = ranked[0][0]
    reach = best + (_CERTAIN if best <= _CERTAIN else _REACH)
    return tuple(row[3] for row in ranked if row[0] <= reach)[: max(limit, 0)]


def cheap(listed: Sequence[str]) -> str | None:
    """Give the listed ID to ask when the user named none: a small model for general text.

    Without a recognisably small one it is the first in the alphabet that is not special; None
    when nothing listed writes text.  Names tell it, since the list carries no prices.
    """
    candidates = [
        (rank, identifier)
        for identifier in listed
        if (rank := _price_rank(identifier)) is not None and problem(identifier) is None
    ]
    return min(candidates)[1] if candidates else None


def problem(asked: str) -> str | None:
    """Say in one sentence why a text cannot be a model ID at all; None when it can."""
    if not asked.strip():
        return "The model ID is empty; it has the form vendor/model."
    if asked.strip().startswith("cm-"):
        return "What was given as a model ID looks like an API key; a model ID is vendor/model."
    if len(asked) > LONGEST:
        return (
            f'The model ID "{_shown(asked)}" has {len(asked)} characters, more than the {LONGEST} '
            "that an ID may have here."
        )
    for place, character in enumerate(asked, 1):
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            return (
                f'The model ID "{_shown(asked)}" holds the control character '
                f"U+{ord(character):04X} at place {place}; remove it."
            )
    return None


def _shown(text: str, most: int = 60) -> str:
    """Give the beginning of a text with everything that a terminal would obey written out."""
    cut = text[:most]
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return safe + ("…" if len(text) > most else "")


def _folded(text: str) -> str:
    """Give the text without what cannot be seen and without differences of case."""
    if text.isascii():
        return text.strip().lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc", "Mn"}).strip()


@lru_cache(maxsize=4096)
def _read(folded: str) -> _Reading:
    """Take a folded text apart."""
    *before, name = [part for part in folded.split("/") if part] or [""]
    words: list[str] = []
    version: list[int] = []
    marks: list[str] = []
    for token in _TOKEN.finditer(name):
        text = token.group()
        kind = token.lastgroup
        if kind == "mark" or text in _MARKS:
            marks.append(_squeezed(text))
        elif kind == "word":
            words.append(text)
        elif not (marks and marks[-1][:1].isdecimal()):  # what follows a stamp belongs to it
            version.append(int(text))
    prefixes = tuple(_squeezed(part) for part in before)
    squeezed = _squeezed(name)
    return _Reading(
        prefixes=prefixes,
        words=tuple(dict.fromkeys(words)),
        version=tuple(version),
        marks=frozenset(marks),
        name=squeezed,
        whole="".join((*prefixes, squeezed)),
    )


def _squeezed(text: str) -> str:
    return text if text.isalnum() else "".join(c for c in text if c.isalnum())


def _learn(listed: Iterable[str]) -> _Catalogue:
    """Read the whole list."""
    readings = tuple((identifier, _read(_folded(identifier))) for identifier in listed)
    vendors = frozenset(reading.vendor for _, reading in readings) - {""}
    return _Catalogue(
        readings=readings,
        vendors=vendors,
        families=frozenset(reading.words[0] for _, reading in readings if reading.words),
        words=vendors.union(*(reading.words for _, reading in readings)),
    )


def _understand(reading: _Reading, catalogue: _Catalogue) -> _Question:
    """Look up the words asked for; a name that is a vendor's is taken as nothing but that."""
    stated, words = set(reading.prefixes), reading.words
    if reading.name in catalogue.vendors:
        stated, words = {*stated, reading.name}, ()
    return _Question(
        reading=reading,
        senses=tuple(_sense(word, catalogue) for word in words[:_MOST_WORDS]),
        vendors=catalogue.vendors & stated,
    )


def _sense(word: str, catalogue: _Catalogue) -> _Sense:
    """Find what a word may mean: itself, or the listed words that it may be a typing error for."""
    if word in catalogue.words:
        meanings = {word: 0}
        family = word in catalogue.families
        worth = _NO_FAMILY if family else _NO_WORD
        lack = _OTHER_VENDOR if not family and word in catalogue.vendors else _weighed(worth, word)
    else:
        meanings = {known: n * _EDIT for known in catalogue.words if (n := _typos(word, known))}
        family = not catalogue.families.isdisjoint(meanings)
        lack = _weighed(_UNKNOWN_WORD, word)
    return _Sense(word=word, meanings=meanings, lack=lack, family=family)


def _weighed(points: int, word: str) -> int:
    """Scale what a word is worth: one or two letters (``v4``, ``k2``, ``4o``) say little."""
    return points * min(len(word), 4) // 4 if len(word) < len("gpt") else points


def _word_points(question: _Question, candidate: _Reading) -> int:
    """Count the points by words; `_NEVER` where only a slip could relate the two."""
    met = question.vendors & {candidate.vendor}
    if not question.understood or not (question.senses or met):
        return _NEVER
    asked, points = question.reading, 0
    own = {*candidate.words, candidate.vendor}
    for sense in question.senses:
        found = sense.meanings.keys() & own
        points += min((sense.meanings[word] for word in found), default=sense.lack)
        met |= found
    if max(map(len, met), default=0) + (asked.version == candidate.version) < len("hy"):
        return _NEVER
    points += sum(_weighed(_EXTRA_WORD, word) for word in candidate.words if word not in met)
    if question.vendors and candidate.vendor not in question.vendors:
        points += _OTHER_VENDOR
    points += _MARK_ASKED * len(asked.marks - candidate.marks)
    points += _MARK_LISTED * len(candidate.marks - asked.marks)
    return points + _version_points(asked.version, candidate.version)


def _version_points(asked: tuple[int, ...], listed: tuple[int, ...]) -> int:
    """Count how far two versions are apart; no version asked for means any."""
    if not asked or asked == listed:
        return 0
    if not listed:
        return _MAJOR
    if "".join(map(str, asked)) == "".join(map(str, listed)):
        return _RESPELT_VERSION
    apart = abs(_magnitude(asked) - _magnitude(listed))
    return min(_OTHER_VERSION + round(_MAJOR * apart), _FURTHEST_VERSION)


def _magnitude(version: tuple[int, ...]) -> float:
    """Give the version as one number: 4.6 for (4, 6); what comes behind the minor is left out."""
    return version[0] + min(version[1] if len(version) > 1 else 0, 9.9) / 10


def _newest_first(version: tuple[int, ...]) -> tuple[int, ...]:
    """Give a sorting key under which 5 comes before 4.8, and 4.8 before 4."""
    return (*(-number for number in version), 1)


def _slip_points(asked: _Reading, candidate: _Reading) -> int:
    """Count the points by slips of the hand in the whole text or in the name."""
    points = _NEVER
    for typed, meant in ((asked.whole, candidate.whole), (asked.name, candidate.name)):
        allowed = (len(typed) >= len("gpt54m")) + (len(typed) >= len("deepseekv4flash"))
        if allowed and (edits := edits_between(typed, meant, allowed)) <= allowed:
            points = min(points, _SLIPS[edits])
    return points


def _typos(word: str, known: str) -> int:
    """Give the edits that make a typing error of a known word; 0 where it is no such error.

    Short words are near to many: there only doubled and swapped letters are believed.
    """
    shorter = min(len(word), len(known))
    if shorter < len("gpt") or (shorter < len("flash") and set(word) != set(known)):
        return 0
    allowed = 1 + (shorter >= len("deepseek"))
    edits = edits_between(word, known, allowed)
    return edits if edits <= allowed else 0


def _price_rank(identifier: str) -> tuple[bool, int, bool] | None:
    """Give the place of an ID among the cheap ones, smallest first; None for what writes no text.

    Unusual models come last, then the order of the words for a small model counts; an alias
    of the user (no vendor) comes behind its like.
    """
    reading = _read(_folded(identifier))
    words = {*reading.words, *reading.marks}
    if not reading.name or words & _NOT_TEXT:
        return None
    small = min((place for place, word in enumerate(_SMALL) if word in words), default=len(_SMALL))
    return bool(words & _UNUSUAL), small, not reading.prefixes
