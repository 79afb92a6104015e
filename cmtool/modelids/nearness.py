"""Which listed model ID was meant: how far each is from the text asked for, counted in points.

The first word of a listed name names its family; the same text is 0 points away.

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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cmtool.modelids.form import LONGEST
from cmtool.modelids.reading import NOT_TEXT, Reading, fold, read
from cmtool.typos import edits_between

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Catalogue:
    """What the live list teaches: its readings, vendors, families and whole vocabulary."""

    readings: tuple[tuple[str, Reading], ...]
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

    reading: Reading
    senses: tuple[_Sense, ...]
    vendors: frozenset[str]

    @property
    def understood(self) -> bool:
        """Whether enough of the words is known to name candidates by words."""
        known = [sense for sense in self.senses if sense.meanings]
        if len(known) == len(self.senses):
            return bool(known or self.vendors)
        if any(not sense.meanings and sense.word in NOT_TEXT for sense in self.senses):
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
    folded = fold(asked[: 4 * LONGEST])
    if not folded or len(folded) > LONGEST:
        return ()
    catalogue = _learn(dict.fromkeys(listed))
    question = _understand(read(folded), catalogue)
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


def _learn(listed: Iterable[str]) -> _Catalogue:
    """Read the whole list."""
    readings = tuple((identifier, read(fold(identifier))) for identifier in listed)
    vendors = frozenset(reading.vendor for _, reading in readings) - {""}
    return _Catalogue(
        readings=readings,
        vendors=vendors,
        families=frozenset(reading.words[0] for _, reading in readings if reading.words),
        words=vendors.union(*(reading.words for _, reading in readings)),
    )


def _understand(reading: Reading, catalogue: _Catalogue) -> _Question:
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


def _word_points(question: _Question, candidate: Reading) -> int:
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


def _slip_points(asked: Reading, candidate: Reading) -> int:
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
