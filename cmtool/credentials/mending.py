"""What came along with a key when it was copied: named with its place, and taken off.

Pure.  A place is the number of a character in the value as it was found, counted from 1.  Only
what leaves no doubt is mended: the prefix is known, so a look-alike in it is; behind it nothing is
guessed but a fullwidth form, of which each stands for one character of ASCII.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote

from cmtool.credentials.contents import (
    KEY,
    PREFIX,
    QUOTES,
    document,
    keys_in,
    without_comments,
)
from cmtool.credentials.lookalikes import called, described, is_fullwidth, looks_like, shows_nothing
from cmtool.credentials.pieces import Kind, Piece, Problem, whole
from cmtool.redact import Redactor

_EDGE_QUOTES = rf"(?:\\?[{QUOTES}]|&quot;|&\#39;|%22)+"
_OPENING = re.compile(_EDGE_QUOTES)
_CLOSING = re.compile(rf"{_EDGE_QUOTES}\Z")
_EDGE = 64  # characters at the end that are searched at once, so that no value takes long
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
_TAIL = re.compile(r"(?:\\r|\\n|\\t|,|(?<!&quot)(?<!&\#39);|(?<=[\"'])\s*\})+\s*$")
_COMMENT = re.compile(r"\s+(?:\#|//|--\s).*$", re.DOTALL)
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_BASE64 = re.compile(r"(?i:authorization:\s*)?((?i:basic)\s+)?([A-Za-z0-9+/_\-]{8,}={0,2})")


Step = Callable[[Piece], "tuple[Piece, list[Problem]]"]


def mend(raw: str) -> tuple[Piece, list[Problem]]:
    """Take off what came along with a key, as often as something does; say what it was."""
    problems: list[Problem] = []
    piece = whole(raw)
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
    return piece.cut(at, at + len(keys[0])), [Problem(kind=Kind.DOCUMENT, said=said)]


def _without_edges(piece: Piece) -> tuple[Piece, list[Problem]]:
    stripped = piece.text.strip()
    start = piece.text.index(stripped) if stripped else len(piece.text)
    end = start + len(stripped)
    before, after = piece.cut(0, start), piece.cut(end, len(piece.text))
    problems = []
    if before.text:
        problems.append(_edge("In front of the key stands", before))
    if after.text:
        problems.append(_edge("The key is followed by", after))
    return piece.cut(start, end), problems


def _edge(begins: str, edge: Piece) -> Problem:
    first, place = edge.text[0], edge.places[0]
    ends = {"\r\n": "CR LF", "\n": "LF", "\r": "CR"}
    shown = next((end for end in ends if edge.text.startswith(end)), first)
    what = f"a line end ({ends[shown]})" if shown in ends else called(first)
    more = len(edge.text) - len(shown)
    tail = f", and by {more} more that show nothing" if more else ""
    kind = Kind.BLANK if first in " \t" else Kind.INVISIBLE
    if shown in ends:
        kind = Kind.LINE_FEED if shown == "\n" else Kind.LINE_END
    return Problem(kind=kind, said=f"{begins} {what}, as character {place}{tail}.")


def _without_quotes(piece: Piece) -> tuple[Piece, list[Problem]]:
    text = piece.text
    opening = _OPENING.match(text)
    start = opening.end() if opening else 0
    closing = _CLOSING.search(text, max(start, len(text) - _EDGE))
    end = closing.start() if closing else len(text)
    if opening and closing:
        first, last = piece.places[0], piece.places[end]
        told = f"in quotes ({opening[0]} and {closing[0]}), characters {first} and {last}"
        said = f"The key is set {told}, that are part of its value."
    elif opening:
        where = f"in front of it ({opening[0]}), character {piece.places[0]}"
        said = f"The key is set in quotes on one side only: a quote stands {where}."
    elif closing:
        where = f"behind it ({closing[0]}), character {piece.places[end]}"
        said = f"The key is set in quotes on one side only: a quote stands {where}."
    else:
        return piece, []
    return piece.cut(start, end), [Problem(kind=Kind.QUOTES, said=said)]


def _without_header(piece: Piece) -> tuple[Piece, list[Problem]]:
    found = _HEADER.match(piece.text)
    if found is None or not found[0]:
        return piece, []
    said = f"In front of the key stands {found[0].strip()!r}, from character {piece.places[0]} on."
    rest = piece.cut(found.end(), len(piece.text))
    return rest, [Problem(kind=Kind.HEADER, said=said)]


def _without_assignment(piece: Piece) -> tuple[Piece, list[Problem]]:
    found = _ASSIGNMENT.match(piece.text)
    if found is None or not found[0]:
        return piece, []
    named = Redactor().text(found[0].strip(" =:>\"'{-\\"))
    sign = "=" if "=" in found[0] else ":" if ":" in found[0].removeprefix("$env:") else " "
    said = f"The variable's name came along: {named}{sign}… is part of the value."
    rest = piece.cut(found.end(), len(piece.text))
    return rest, [Problem(kind=Kind.NAME, said=said)]


def _without_tail(piece: Piece) -> tuple[Piece, list[Problem]]:
    found = _TAIL.search(piece.text, max(0, len(piece.text) - _EDGE))
    if found is None or not piece.text[: found.start()].strip(f"{QUOTES} "):
        return piece, []
    place = piece.places[found.start()]
    said = f"Behind the key stands '{found[0].strip()}', from character {place} on."
    return piece.cut(0, found.start()), [Problem(kind=Kind.TAIL, said=said)]


def _without_comment(piece: Piece) -> tuple[Piece, list[Problem]]:
    found = _COMMENT.search(piece.text)
    if found is None or not piece.text.startswith(PREFIX) or "\n" in piece.text[: found.start()]:
        return piece, []
    said = f"A comment follows the key, from character {piece.places[found.start()]} on."
    return piece.cut(0, found.start()), [Problem(kind=Kind.TAIL, said=said)]


def _decoded_percent(piece: Piece) -> tuple[Piece, list[Problem]]:
    codes = list(_PERCENT.finditer(piece.text))
    plain = unquote(piece.text)
    if not codes or "://" in plain or PREFIX not in plain or not plain.isascii():
        return piece, []
    first = codes[0]
    said = f"It is percent-encoded: character {piece.places[first.start()]} begins {first[0]}"
    said += f", which stands for {called(unquote(first[0]))}."
    places: list[int] = []
    at = 0
    for code in codes:
        places += piece.places[at : code.start() + 1]
        at = code.end()
    places += piece.places[at:]
    return Piece(plain, tuple(places)), [Problem(kind=Kind.ENCODED, said=said)]


def _decoded_base64(piece: Piece) -> tuple[Piece, list[Problem]]:
    found = _BASE64.fullmatch(piece.text)
    if found is None or piece.text.startswith(PREFIX):
        return piece, []
    text = found[2].rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return piece, []
    if (keys := keys_in(plain.replace(":", " "))) and len(keys) == 1:
        form = "a log-in of Basic authentication" if found[1] else "encoded in base64"
        said = f"The key is {form}; the gateway takes it as it is."
        inside = keys[0] if found[1] else plain
        return whole(inside), [Problem(kind=Kind.ENCODED, said=said)]
    return piece, []


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
    if len(keys_in(piece.text)) > 1 or document(piece.text):
        return piece, []  # what stands between two keys is no part of one
    # A sentence that is no key keeps its blanks, so that it can be told what it is.
    kept = "" if _joined(piece.text).startswith(PREFIX) else " \t"
    problems = [
        Problem(kind=Kind.INVISIBLE, said=f"Character {at} is {called(char)}.")
        for char, at in zip(piece.text, piece.places, strict=True)
        if shows_nothing(char) and char not in kept
    ]
    return piece.mapped(lambda char: _joined(char) if char not in kept else char), problems


def _joined(text: str) -> str:
    return "".join(char for char in text if not shows_nothing(char))


_STEPS: tuple[Step, ...] = (
    _out_of_document,
    _without_edges,
    _without_header,
    _without_assignment,
    _once,
    _without_tail,
    _without_quotes,
    _without_comment,
    _decoded_percent,
    _decoded_base64,
    _without_fullwidth,
    _with_plain_prefix,
    _without_inner,
)
