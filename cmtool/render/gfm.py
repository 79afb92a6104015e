"""Foreign text in Markdown: it can be read, and forges neither structure nor links nor mentions.

Words that are nothing but letters and harmless punctuation stay as they are; every other word
becomes a code span, in which no form of Markdown knows markup, links, mentions or references.
The rules are those of https://github.github.com/gfm/ (sections 4.5 and 6.1 for fences and code
spans, 4.10 for tables, 6.9 for links that make themselves).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cmtool.redact import cut
from cmtool.render.inert import inert

_LONGEST_CODE = 300
_LONGEST_PROSE = 2000
_LONGEST_FENCE = 8000
_SHORTEST_FENCE = 3

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_BACKTICKS = re.compile("`+")
_HARMLESS = re.compile(r"""(?:[A-Za-z0-9.,;:'"()?!%+=-]|[^\x00-\x7f])+""")
_TELLING = re.compile(
    r"""
    ::                                # a workflow command
    | :[\w+-]+:                       # an emoji
    | \w\.[^\W\d_]{2}                 # a domain, a file
    | (?:^|[^0-9A-Za-z])[0-9a-fA-F]{7,40}(?:$|[^0-9A-Za-z])  # a commit
    | [A-Z]{2,}-\d                    # a ticket
    | [!%]["\w]                       # a merge request, a milestone
    | ^(?:[-+=]+|--.*)$               # a rule, a bullet, an underline, an option
    """,
    re.VERBOSE,
)
_MARKER = re.compile(r"\d{1,9}[.)]|[·–—→≥].*")  # of a list or a quotation, some only in ASCII
_AROUND = re.compile(r"""(["'(]?)(.+?)([.,;:"')]{0,2})""")
_VENDOR = re.compile(r"https://(?:www\.)?crossmodel\.ai(?:/[A-Za-z0-9/_-]*)?")


def prose(text: str) -> str:
    """Give a foreign text as one line of prose; only links to the vendor's own site are links."""
    words = inert(_LINE_ENDS.sub(" ", cut(text, _LONGEST_PROSE))).split(" ")
    kept = [word for word in words if word]
    return " ".join(_word(word, first=index == 0) for index, word in enumerate(kept))


def code(text: str) -> str:
    """Give a foreign text as one code span; nothing when there is no text."""
    shown = inert(_LINE_ENDS.sub(" ", cut(text, _LONGEST_CODE))).strip(" ")
    if not shown:
        return ""
    ticks = "`" * (_longest_run(shown) + 1)
    padding = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{padding}{shown}{padding}{ticks}"


def fence(text: str, language: str = "") -> str:
    """Give a foreign text as a block of its own lines, which nothing inside can close."""
    shown = inert(cut(text, _LONGEST_FENCE), multiline=True).rstrip("\n")
    ticks = "`" * max(_SHORTEST_FENCE, _longest_run(shown) + 1)
    return f"{ticks}{language}\n{shown}\n{ticks}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Give a table of cells that are Markdown already.

    A pipe in a cell becomes ``\x7c``: readers disagree on what a backslash before it means.
    """
    lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
    return "\n".join(lines)


def bulleted(items: Iterable[str]) -> str:
    """Give items that are Markdown already as a list."""
    return "\n".join(f"- {item}" for item in items)


def numbered(items: Iterable[str]) -> str:
    """Give items that are Markdown already as a numbered list."""
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', _PIPE) for cell in cells)} |"


_PIPE = "\\x7c"


def _word(word: str, *, first: bool) -> str:
    if _HARMLESS.fullmatch(word) and not _TELLING.search(word):
        return code(word) if first and _MARKER.fullmatch(word) else word
    around = _AROUND.fullmatch(word)
    before, core, behind = around.groups() if around else ("", word, "")
    return f"{before}{f'<{core}>' if _VENDOR.fullmatch(core) else code(core)}{behind}"


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
