"""A key that was encoded on its way: percent-encoded, in the entities of HTML, in base64.

Pure.  Places stay those of the value as it was found.  Entities:
https://html.spec.whatwg.org/multipage/named-characters.html.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import unquote

from cmtool.credentials.contents import PREFIX, keys_in
from cmtool.credentials.lookalikes import called
from cmtool.credentials.pieces import Kind, Piece, Problem, whole

_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_NAMED = {
    "lt": "<",
    "gt": ">",
    "amp": "&",
    "nbsp": "\xa0",
    "NewLine": "\n",
    "Tab": "\t",
    "apos": "'",
}
_ENTITY = re.compile(rf"&(?!#39;)(?:#(\d{{1,6}})|#[xX]([0-9a-fA-F]{{1,5}})|({'|'.join(_NAMED)}));")
_BASE64 = re.compile(r"(?i:authorization:\s*)?((?i:basic)\s+)?([A-Za-z0-9+/_\-]{8,}={0,2})")


def decoded_percent(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Decode a key that was written as in a URL."""
    codes = list(_PERCENT.finditer(piece.text))
    plain = unquote(piece.text)
    if not codes or "://" in plain or PREFIX not in plain or not plain.isascii():
        return piece, []
    mended = _with_each(piece, codes, lambda code: unquote(code[0]))
    return mended, [_told("It is percent-encoded", piece, codes[0], unquote(codes[0][0]))]


def decoded_entities(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Decode a key that was copied out of the source of a page."""
    codes = list(_ENTITY.finditer(piece.text))
    if not codes or "://" in piece.text or PREFIX not in piece.text:
        return piece, []
    mended = _with_each(piece, codes, _meant)
    return mended, [_told("It is written as in HTML", piece, codes[0], _meant(codes[0]))]


def _meant(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def _with_each(
    piece: Piece, codes: list[re.Match[str]], char: Callable[[re.Match[str]], str]
) -> Piece:
    """Give the piece with one character for each code, in the place where the code begins."""
    text, places, at = "", list[int](), 0
    for code in codes:
        text += piece.text[at : code.start()] + char(code)
        places += piece.places[at : code.start() + 1]
        at = code.end()
    return Piece(text + piece.text[at:], (*places, *piece.places[at:]))


def _told(how: str, piece: Piece, code: re.Match[str], char: str) -> Problem:
    said = f"{how}: character {piece.places[code.start()]} begins {code[0]}"
    return Problem(kind=Kind.ENCODED, said=f"{said}, which stands for {called(char)}.")


def decoded_base64(piece: Piece) -> tuple[Piece, list[Problem]]:
    """Decode a key, or the log-in that holds one."""
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
