"""What stands around a key: blanks, quotes, brackets, punctuation, the marks of a terminal.

Pure.  Each step takes one such thing off, and says what it was and where it stood.
"""

from __future__ import annotations

import re

from cmtool.credentials.contents import PREFIX, QUOTES, document
from cmtool.credentials.lookalikes import called
from cmtool.credentials.pieces import Kind, Piece, Problem
from cmtool.credentials.standins import masked_at, stand_in

_EDGE_QUOTES = rf"(?:\\?[{QUOTES}]|&quot;|&\#39;|%22)+"
_OPENING = re.compile(rf"(?:[bru](?=[\"']cm-))?{_EDGE_QUOTES}")
_CLOSING = re.compile(rf"{_EDGE_QUOTES}\Z")
_EDGE = 64  # characters at the end that are searched at once, so that no value takes long
_TAIL = re.compile(r"(?:\\r|\\n|\\t|,|(?<!&quot)(?<!&\#39);|(?<=[\"'])\s*\})+\s*$")
_COMMENT = re.compile(
    r"\s+(?:(?:\#|//|--\s|[(\[<]).*|[A-Za-z]+(?:\s+[A-Za-z]+)+[.!]?\s*)\Z", re.DOTALL
)
_TERMINAL = re.compile(r"(?:(?:\x1b|\^\[)\[[0-9;?]*[A-Za-z~]|\[20[01]~)+")
_FRAME = re.compile(r"[<(\[{*_~|]{1,3}(?=cm-)")
_OTHER_SIDE = str.maketrans("<([{", ">)]}")
# Behind letters and digits nothing of this can be part of a key, wherever keys are made.
_JUNK = re.compile(
    rf"cm-[\w.\-~+/=]*\w(?P<junk>[#&?;,|:!@^\\()\[\]{{}}<>{QUOTES}].*|\.{{1,2}})\Z", re.DOTALL
)


def without_terminal(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Take out what colours a terminal, or marks where a paste begins and ends."""
    found = list(_TERMINAL.finditer(piece.text))
    if not found or PREFIX not in piece.text:
        return piece, []
    kept: list[Piece] = []
    at = 0
    for each in (*found, None):
        kept.append(piece.cut(at, each.start() if each else len(piece.text)))
        at = each.end() if each else at
    mended = Piece("".join(k.text for k in kept), tuple(p for k in kept for p in k.places))
    first = piece.places[found[0].start()]
    said = f"Control sequences of a terminal stand in it, from character {first} on."
    return mended, [Problem(kind=Kind.TERMINAL, said=said)]


def without_edges(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Take off what shows nothing in front of a key and behind it."""
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


def without_frame(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Take off brackets, or the marks of bold and such, that stand on both sides of a key."""
    found = _FRAME.match(piece.text)
    closing = found[0][::-1].translate(_OTHER_SIDE) if found else ""
    if found is None or not piece.text.endswith(closing):
        return piece, []
    start, end = len(closing), len(piece.text) - len(closing)
    inner = piece.cut(start, end)
    if not may_be_a_key(inner.text):
        return piece, []
    first, last = piece.places[0], piece.places[end]
    told = f"{found[0]} and {closing}, characters {first} and {last}"
    said = f"The key is set between {told}, that are part of its value."
    return inner, [Problem(kind=Kind.TAIL, said=said)]


def may_be_a_key(text: str) -> bool:
    """Whether a text that begins as a key does is none of the known stand-ins."""
    return stand_in(text) is None and masked_at(text) is None


def without_quotes(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Take off quotes, on one side or on both."""
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


def without_tail(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Take off the end of a line of JSON, YAML or code."""
    found = _TAIL.search(piece.text, max(0, len(piece.text) - _EDGE))
    if found is None or not piece.text[: found.start()].strip(f"{QUOTES} "):
        return piece, []
    place = piece.places[found.start()]
    said = f"Behind the key stands '{found[0].strip()}', from character {place} on."
    return piece.cut(0, found.start()), [Problem(kind=Kind.TAIL, said=said)]


def without_junk(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Take off what no key ends with; it may be secret, so only its beginning is told."""
    found = _JUNK.match(piece.text)
    if found is None or PREFIX in found["junk"] or document(piece.text):
        return piece, []
    junk, start = found["junk"], found.start("junk")
    shown = junk if junk == "^M" or not re.search(r"[\w\s]", junk) else f"{junk[0]}…"
    said = f"Behind the key stands '{shown}', from character {piece.places[start]} on."
    return piece.cut(0, start), [Problem(kind=Kind.TAIL, said=said)]


def without_comment(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Take off a comment behind a key."""
    found = _COMMENT.search(piece.text)
    if found is None or not piece.text.startswith(PREFIX) or "\n" in piece.text[: found.start()]:
        return piece, []
    said = f"A comment follows the key, from character {piece.places[found.start()]} on."
    return piece.cut(0, found.start()), [Problem(kind=Kind.TAIL, said=said)]
