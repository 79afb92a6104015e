"""Terminal safety: what a server or a user's file says becomes safe to show."""

from __future__ import annotations

import re
import unicodedata


def visible(text: str, *, multiline: bool = False) -> str:
    r"""Give the text with every character that a terminal would obey made visible.

    Control characters (C0, C1), invisible and bidirectional format characters, lone surrogates
    and line separators become escapes such as ``\x1b`` or ``\u202e``; so do what shows nothing and
    marks that pile up on one character.  A tab becomes a blank.  With ``multiline`` line feeds
    stay, without it they become ``\n``.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(
        char if char == "\n" and multiline else _shown(char)
        for char in (text.replace("\r\n", "\n") if multiline else text)
    )
    return shown if shown.isascii() else _UNSEEN.sub(_escapes, shown)


# What takes no room or shows nothing (Default_Ignorable_Code_Point of the Unicode database) and is
# no format character: in runs it hides a text.  One selector of how a sign is drawn is usual.
_NOTHING = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0d\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_MOST_MARKS = 4  # that writing in any language puts on one character, as good as always
_UNSEEN = re.compile(
    rf"[{_NOTHING}]+|(?<=[\ufe0e\ufe0f])[\ufe0e\ufe0f]+|(?<=[{_MARKS}]{{{_MOST_MARKS}}})[{_MARKS}]+"
)


def _escapes(found: re.Match[str]) -> str:
    return "".join(map(_escaped, found[0]))


_NAMED = {"\n": "\\n", "\r": "\\r", "\t": " "}


def _shown(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return char
    return _escaped(char)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def cut(text: str, limit: int) -> str:
    """Give at most ``limit`` characters of the text, with a note of what was left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more characters)"
