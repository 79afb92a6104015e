"""What a text holds: a key, several, or a whole document around them.  Pure."""

from __future__ import annotations

import re

PREFIX = "cm-"
QUOTES = "\"'`“”„‟‘’‚‛«»′″＂＇"
KEY = re.compile(r"(?<![\w\-])cm-[^\s\"'`“”‘’,;|{}\[\]()<>=]+")
_WORD = re.compile(r"[\w\-]+")
_COMMENT_LINE = re.compile(r"(?m)^\s*(?:#|//).*$")
_ENV_LINE = re.compile(r"(?m)^\s*(?:export\s+)?[A-Za-z_]\w*\s*=")
_YAML_LINE = re.compile(r"(?m)^\s*(?:- )?[\w.\-]+:(?:\s|$)")
_LEAST_HALF = 8
_FORMS = (
    (r"(?is)<(?:!doctype|html|\?xml|(\w+)[^<>]*>.*</\1>)", "an HTML or XML document"),
    (r"\{\s*[\"}]|\[\s*[\"{\]]", "JSON"),
    (r"(?:[$>]\s+)?curl(?:\.exe)?\s", "a command with curl"),
    (r"(?:-H|--header)\s.*[\"']\s+--?\w", "a command with curl"),
    (r"(?:\w+\s*=\s*)?(?:await\s+|new\s+)?[\w.]+\([^=:]*[=:]", "a line of code"),
    (r"(?:process\.env|os\.environ|ENV)[.\[][\w.\"'\[\]]+\s*=[^=]", "a line of code"),
)


def without_comments(text: str) -> str:
    """Give the text with its lines of comment blanked out, every place in it kept."""
    return _COMMENT_LINE.sub(lambda line: " " * len(line[0]), text)


def keys_in(text: str) -> tuple[str, ...]:
    """Give the different keys of the gateway that stand apart in a text, comments left out."""
    found = KEY.findall(without_comments(text))
    halves = text[: len(text) // 2], text[len(text) // 2 :]
    if len(halves[0]) >= _LEAST_HALF and all(KEY.fullmatch(half) for half in halves):
        found = list(halves)  # pasted one behind the other; keys are of one length
    return tuple(dict.fromkeys(found))


def document(text: str) -> str | None:
    """Say what a text is that holds more than a key: JSON, a .env file, …; None for a single one.

    A key that was broken over several lines is a single one.
    """
    lines = [line for line in text.splitlines() if line.strip(f" \t{QUOTES}")]
    if text.lstrip().startswith("-----BEGIN"):
        return "a certificate or private key in PEM form"
    if form := next((form for begins, form in _FORMS if re.match(begins, text.lstrip())), None):
        return form
    if len(lines) < 2 or _is_wrapped(lines):  # noqa: PLR2004 - a single line
        return None
    named = (("a .env file", _ENV_LINE), ("a YAML file", _YAML_LINE))
    form = next((form for form, line in named if line.search(text)), "text")
    return f"{form} of {len(lines)} lines"


def _is_wrapped(lines: list[str]) -> bool:
    pieces = [line.strip(f" \t{QUOTES}") for line in lines]
    return (
        all(map(_WORD.fullmatch, pieces))
        and not any(piece.startswith(PREFIX) for piece in pieces[1:])
        and pieces[0].startswith(PREFIX)
    )
