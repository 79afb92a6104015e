"""Semantic lines: text with a meaning for each piece, wrapped by what a terminal really shows.

Nothing here knows colours or escape sequences.  Plain output takes the text of a line, the
terminal printer turns the meanings into colours; neither has to wrap again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

_BLANKS = re.compile("( +)")


class Style(Enum):
    """What a piece of text means; the printer decides how that looks."""

    PLAIN = auto()
    STRONG = auto()
    DIM = auto()
    HEADING = auto()
    OK = auto()
    WARN = auto()
    FAIL = auto()
    SKIP = auto()
    LINK = auto()
    COMMAND = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one line in one meaning."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output, without its line end."""

    spans: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The line as plain text, without blanks at its end."""
        return "".join(span.text for span in self.spans).rstrip(" ")

    @property
    def width(self) -> int:
        """The columns that the line takes on a terminal."""
        return cells(self.text)


BLANK = Line()


def line(*spans: Span | str) -> Line:
    """Give a line of these pieces; a bare string is plain text."""
    return Line(tuple(Span(item) if isinstance(item, str) else item for item in spans))


def cells(text: str) -> int:
    """Give the columns that a text takes on a terminal.

    Wide and full-width characters take two (Unicode Standard Annex 11), marks that combine
    with the character before them and format characters none.
    """
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def pad(text: str, width: int) -> str:
    """Give the text with blanks behind it, so that it takes at least ``width`` columns."""
    return text + " " * (width - cells(text))


def pad_left(text: str, width: int) -> str:
    """Give the text with blanks before it, so that it takes at least ``width`` columns."""
    return " " * (width - cells(text)) + text


def flow(
    text: Sequence[Span], *, width: int, prefix: Sequence[Span] = (), hang: int = 0
) -> list[Line]:
    """Wrap a text at its blanks, behind ``prefix``; further lines are indented by ``hang``.

    A word that is wider than the line stays whole, on a line of its own, so that an address
    or an identifier can be copied.  Between wide characters a line may break without a blank.
    """
    lines: list[Line] = []
    current, used, empty = list(prefix), _cells_of(prefix), True
    for gap, word in _words(text):
        needed = _cells_of(word)
        if not empty and used + cells(gap) + needed > width:
            lines.append(Line(tuple(current)))
            current, used, empty = [Span(" " * hang)], hang, True
        if not empty and gap:
            current.append(Span(gap, word[0].style))
            used += cells(gap)
        current.extend(word)
        used, empty = used + needed, False
    lines.append(Line(tuple(current)))
    return [_joined(item) for item in lines]


def fold(text: str, width: int) -> list[str]:
    """Cut a text into pieces of at most ``width`` columns, at blanks where it can be.

    For bodies, which are to be read and not to be copied: here a long word is cut as well.
    """
    words = [
        (gap if first else "", piece)
        for gap, word in _words([Span(text)])
        for first, piece in _chopped("".join(span.text for span in word), width)
    ]
    pieces, current = [], ""
    for gap, word in words:
        if current and cells(current) + cells(gap) + cells(word) > width:
            pieces.append(current)
            current = word
        else:
            current += (gap if current else "") + word
    return [*pieces, current]


def justified(left: Sequence[Span], right: Span, width: int) -> Line | None:
    """Give a line with ``right`` at its right edge; None when two blanks do not fit between."""
    gap = width - _cells_of(left) - cells(right.text)
    if gap < 2:  # noqa: PLR2004 - the two blanks of the docstring
        return None
    return Line((*left, Span(" " * gap), right))


def _cell(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _cells_of(spans: Iterable[Span]) -> int:
    return sum(cells(span.text) for span in spans)


def _words(spans: Sequence[Span]) -> Iterator[tuple[str, list[Span]]]:
    """Give the unbreakable words, each with the blanks before it and in its pieces of style."""
    gap, word = "", list[Span]()
    for span in spans:
        for part in filter(None, _BLANKS.split(span.text)):
            if part.startswith(" "):
                if word:
                    yield gap, word
                    gap, word = "", []
                gap += part
                continue
            for breaks, piece in _breakable(part):
                if breaks and word:
                    yield gap, word
                    gap, word = "", []
                word.append(Span(piece, span.style))
    if word:
        yield gap, word


def _breakable(word: str) -> Iterator[tuple[bool, str]]:
    """Give the pieces of a word between wide characters; the flag allows a break before one."""
    if word.isascii():
        yield False, word
        return
    piece, last_wide = "", False
    for index, char in enumerate(word):
        wide = _cell(char) == 2  # noqa: PLR2004 - two columns
        if piece and (wide or (last_wide and _cell(char) == 1)):
            yield index > len(piece), piece
            piece = ""
        piece += char
        last_wide = wide or (last_wide and _cell(char) == 0)
    yield len(piece) < len(word), piece


def _chopped(word: str, width: int) -> Iterator[tuple[bool, str]]:
    """Give a word in pieces that fit; the flag tells the first."""
    piece, used, first = "", 0, True
    for char in word:
        if piece and used + _cell(char) > width:
            yield first, piece
            piece, used, first = "", 0, False
        piece += char
        used += _cell(char)
    yield first, piece


def _joined(item: Line) -> Line:
    """Join neighbours of one style, so that a printer has few pieces to handle."""
    spans: list[Span] = []
    for span in item.spans:
        if spans and spans[-1].style is span.style:
            spans[-1] = Span(spans[-1].text + span.text, span.style)
        elif span.text:
            spans.append(span)
    return Line(tuple(spans))
