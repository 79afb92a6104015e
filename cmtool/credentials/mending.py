"""What came along with a key when it was copied: named with its place, and taken off.

Pure.  A place is the number of a character in the value as it was found, counted from 1.  Only
what leaves no doubt is mended: the prefix is known, so a look-alike in it is; behind it nothing is
guessed but a fullwidth form, of which each stands for one character of ASCII.  What no key ends
with is cut off, and one that stands alone in some text is taken out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cmtool.credentials.contents import (
    KEY,
    PREFIX,
    document,
    keys_in,
    without_comments,
)
from cmtool.credentials.decoding import decoded_base64, decoded_entities, decoded_percent
from cmtool.credentials.lookalikes import called, described, is_fullwidth, looks_like, shows_nothing
from cmtool.credentials.pieces import Kind, Piece, Problem, Step, whole
from cmtool.credentials.standins import masked_at
from cmtool.credentials.surroundings import (
    may_be_a_key,
    without_comment,
    without_edges,
    without_frame,
    without_junk,
    without_quotes,
    without_tail,
    without_terminal,
)
from cmtool.credentials.vendors import vendor_of, vendor_within
from cmtool.redact import Redactor

_HEADER = re.compile(
    r"""(?xi)
        (?:-H|--header)[\s=]+ (?=["']?[a-z])
      | authorization\s*[:=]\s*(?:bearer[\s:]+)? (?!\s*basic)
      | bearer[\s:]+ | bearer(?=cm-) | x-api-key\s*[:=]\s*
      | (?:token|api-?key)\s+(?=["']?cm-)"""
)
# A name is taken for one only where it says so or a key follows: else it may be part of a secret.
_ASSIGNMENT = re.compile(
    r"""(?xi)
        (?: -\s+ | \{\s* )?  (?: (?:export|set|setx|declare|env|let|const|var)\s+(?:-\w+\s+)? )?
        (?: \$env: | \$ )? (?P<quote>\\?["']|)
        (?: [a-z_]\w*_(?:key|token|secret) (?P=quote) \s* (?:=|:=|=>|:(?!//)) \s*
          | (?!cm-)[a-z_][\w.\-]* (?P=quote) \s* (?:=|:=|=>|:) \s* (?=\\?["'“‘]?cm-)
          | (?<=setx\s)\w+\s+ | (?<=set\s-x\s)\w+\s+ | (?<=set\s-gx\s)\w+\s+ )"""
)
_LABEL = re.compile(
    r"""(?xi)
        (?: (?:(?:your|my|the|our|new|secret|crossmodel|api|access)\s+)+ (?:api[\-_]?)?(?:key|token)
          | key(?=\s) )
        (?:\s+is)? \s*[:=]?\s* (?=\W{0,3}cm-)"""
)
_PREFIXES = re.compile(r"(?:cm-){2,}")
_APART = re.compile(r"(?<![\w\-./:@])cm-(?=[\w\-]*\d|[\w\-]{16})[\w\-]+(?:\.[\w\-]+)*", re.ASCII)


def mend(raw: str) -> tuple[Piece, list[Problem]]:
    """Take off what came along with a key, as often as something does; say what it was."""
    problems: list[Problem] = []
    piece = whole(raw)
    if document(raw) and not keys_in(raw):
        return piece, problems
    while True:
        for step in _STEPS:
            mended, said = step(piece)
            if said:
                problems += said
                piece = mended
                break
        else:
            return piece, problems


def bare(raw: str) -> str:
    """Give a key without what came along with it, whatever else is wrong with it."""
    return mend(raw)[0].text


def _out_of_document(piece: Piece) -> tuple[Piece, list[Problem]]:
    form = document(piece.text)
    keys = keys_in(piece.text)
    if form is None or len(keys) != 1:
        return piece, []
    active = without_comments(piece.text)
    at = active.index(keys[0])
    said = f"The value is {form}; the key in it begins at character {piece.places[at]}."
    kind = Kind.DOCUMENT if ".env" in form else Kind.TAIL
    return piece.cut(at, at + len(keys[0])), [Problem(kind=kind, said=said)]


def _without_header(piece: Piece) -> tuple[Piece, list[Problem]]:
    found = _HEADER.match(piece.text)
    if found is None or not found[0]:
        return piece, []
    said = f"In front of the key stands {found[0].strip()!r}, from character {piece.places[0]} on."
    rest = piece.cut(found.end(), len(piece.text))
    return rest, [Problem(kind=Kind.HEADER, said=said)]


def _without_label(piece: Piece) -> tuple[Piece, list[Problem]]:
    found = _LABEL.match(piece.text)
    if found is None:
        return piece, []
    said = f"In front of the key stands {found[0].strip()!r}, from character {piece.places[0]} on."
    rest = piece.cut(found.end(), len(piece.text))
    return rest, [Problem(kind=Kind.NAME, said=said)]


def _without_assignment(piece: Piece) -> tuple[Piece, list[Problem]]:
    found = _ASSIGNMENT.match(piece.text)
    if found is None or not found[0]:
        return piece, []
    named = Redactor().text(found[0].strip(" =:>\"'{-\\"))
    sign = "=" if "=" in found[0] else ":" if ":" in found[0].removeprefix("$env:") else " "
    said = f"The variable's name came along: {named}{sign}… is part of the value."
    rest = piece.cut(found.end(), len(piece.text))
    return rest, [Problem(kind=Kind.NAME, said=said)]


def _with_one_prefix(piece: Piece) -> tuple[Piece, list[Problem]]:
    found = _PREFIXES.match(piece.text)
    if found is None:
        return piece, []
    start = found.end() - len(PREFIX)
    said = f"Its beginning, {PREFIX}, stands there more than once, again as character "
    said += f"{piece.places[len(PREFIX)]}."
    return piece.cut(start, len(piece.text)), [Problem(kind=Kind.TWICE, said=said)]


def _with_plain_prefix(piece: Piece) -> tuple[Piece, list[Problem]]:
    prefix = piece.cut(0, len(PREFIX))
    plain = prefix.mapped(lambda char: looks_like(char) or char)
    strange = _not_ascii(prefix)
    soft = piece.text.startswith("\u00ad-", len(PREFIX) - 1)  # it stands beside the hyphen
    if plain.text != PREFIX or not strange or soft:
        return piece, []
    rest = piece.cut(len(PREFIX), len(piece.text))
    mended = Piece(PREFIX + rest.text, piece.places)
    problems = [
        Problem(kind=Kind.LOOKALIKE, said=f"Character {at} is {described(char)}.")
        for char, at in strange
    ]
    return mended, problems


def _without_fullwidth(piece: Piece) -> tuple[Piece, list[Problem]]:
    wide = [(c, at) for c, at in _not_ascii(piece) if is_fullwidth(c)]
    mended = piece.mapped(lambda c: (looks_like(c) or c) if is_fullwidth(c) else c)
    if not wide or not mended.text.startswith(PREFIX):
        return piece, []
    first, place = wide[0]
    said = f"Character {place} is {described(first)}; there are {len(wide)} such fullwidth forms."
    if len(wide) == 1:
        said = f"Character {place} is {described(first)}."
    return mended, [Problem(kind=Kind.LOOKALIKE, said=said)]


def _not_ascii(piece: Piece) -> list[tuple[str, int]]:
    pairs: Iterable[tuple[str, int]] = zip(piece.text, piece.places, strict=True)
    return [(char, at) for char, at in pairs if not char.isascii()]


def _once(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Give a key once that was pasted several times, side by side or apart."""
    keys = keys_in(piece.text)
    apart = KEY.findall(piece.text)
    glued = len(keys) == 1 and piece.text == keys[0] * 2
    separated = len(apart) > 1 and not KEY.sub("", piece.text).strip(" \t\r\n,;|")
    if len(keys) != 1 or not (glued or separated):
        return piece, []
    again = piece.places[len(keys[0]) if glued else piece.text.index(PREFIX, len(keys[0]))]
    said = f"The same key stands there more than once, again from character {again} on."
    return piece.cut(0, len(keys[0])), [Problem(kind=Kind.TWICE, said=said)]


def _without_inner(piece: Piece) -> tuple[Piece, list[Problem]]:
    if len(keys_in(piece.text)) > 1 or document(piece.text) or vendor_within(piece.text):
        return piece, []  # what stands between two keys is no part of one
    # A sentence that is no key keeps its blanks, so that it can be told what it is.
    kept = "" if _joined(piece.text).startswith(PREFIX) else " \t"
    problems = [
        Problem(kind=Kind.INVISIBLE, said=f"Character {at} is {called(char)}.")
        for char, at in zip(piece.text, piece.places, strict=True)
        if shows_nothing(char) and char not in kept
    ]
    return piece.mapped(lambda char: _joined(char) if char not in kept else char), problems


def _out_of_line(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Give the one key that stands apart in a text, where nothing else in it can be the secret."""
    found = list(_APART.finditer(piece.text))
    secret = "://" in piece.text or vendor_of(piece.text)
    if len(found) != 1 or len(keys_in(piece.text)) != 1 or secret or not found[0].start():
        return piece, []
    start, end = found[0].span()
    if not may_be_a_key(found[0][0]) or masked_at(piece.text[end:]) == 0:
        return piece, []
    said = f"The key stands inside of a text, from character {piece.places[start]} to character "
    said += f"{piece.places[end - 1]}."
    return piece.cut(start, end), [Problem(kind=Kind.TAIL, said=said)]


def _joined(text: str) -> str:
    return "".join(char for char in text if not shows_nothing(char))


_STEPS: tuple[Step, ...] = (
    without_terminal,
    _out_of_document,
    without_edges,
    _without_header,
    _without_label,
    _without_assignment,
    _once,
    decoded_entities,
    without_tail,
    without_frame,
    without_quotes,
    without_comment,
    decoded_percent,
    decoded_base64,
    _without_fullwidth,
    _with_plain_prefix,
    _with_one_prefix,
    without_junk,
    _without_inner,
    _out_of_line,
)
