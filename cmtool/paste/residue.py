"""Bytes to text: what terminals, chat programs and editors leave in a paste is taken out.

Every step takes time in proportion to the text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

# ECMA-48: control sequences, then operating system commands, then the two-character escapes.
_ESCAPES = (
    r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)?|\x1b[ -/]?[0-~]"
    r"|\x9b[0-?]{0,64}[@-~]"
)
# The same where a program wrote the escape character as text.
_WRITTEN_ESCAPES = r"(?:\\x1b|\\u001b|\\033|␛|\^\[)\[[0-9;]{0,20}m"
_INVISIBLE = dict.fromkeys(
    [
        *(ord(c) for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"),
        *(code for code in range(0x20) if chr(code) not in "\t\n\r"),
        0x7F,
    ]
)
_BLANKS = {0xA0: " ", 0x2007: " ", 0x202F: " ", 0x0085: "\n", 0x2028: "\n", 0x2029: "\n"}
_TABLE = {**_INVISIBLE, **_BLANKS}
_ODD = re.compile(r"[^\t\n -~]")
_QUOTES = str.maketrans("“”„‟«»″‘’‚‛′`", '""""' + '""' + '"' + "''''" + "''")

# An answer to a mail, with words above and below; in a trace of curl such lines are the request.
_QUOTED_IN_PART = r"\n(?:>[ \t]?){1,4}"
_OF_CURL = r"(?m)^(?:[<*] |<$)"
_BYTES = re.compile(r"(?m)^b(['\"])(.*)\1$")  # a line of an answer as Python prints bytes
_FENCE = re.compile(r"(?m)^[ \t]*(?:```|~~~)[^\n]*$")
_NARROWEST, _WIDEST = 60, 250  # columns of a terminal that wraps

_TIME = r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?"
_LEVEL = r"\[?(?:DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|error|warn|info)\]?"
# Compiled when they are first used: most pastes are short, and need none of them.
# What can stand before every line of a paste, from outside to inside: what showed the lines ...
_FRAMES = (
    r"[ \t]{0,8}(?:>[ \t]?){1,4}",  # a Markdown or mail quotation
    r"[ \t]{0,8}\d{1,7}(?:[:|│→)]|[ \t]{2}|\t)[ \t]?",  # the numbers of lines
    r"[\w./-]{1,80}[ \t]{0,40}\|[ \t]?",  # docker compose
    r"\[[\w./-]{1,80}\][ \t]",  # kubectl --prefix, stern
    r"[+-][ \t]?",  # a diff
    r"[ \t]{0,200}│[ \t]?",  # a box drawn around a text
)
# ... and what wrote them.
_STAMPS = (
    _TIME + r"(?:[ \t]{1,4}|$)",
    r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,64} [\w./-]{1,64}(?:\[\d{1,8}\])?:[ \t]?",
    r"(?:stdout|stderr)[ \t][FP][ \t]",  # the log format of Kubernetes
    _LEVEL + r"[ \t]{0,4}(?:[:-][ \t]{1,4}|[ \t]{1,8})",
)
_MOST_PREFIXES = 4
_FIRST_LOOK = 2000  # characters; the lines in them are looked at before all others
_END = 1024 * 1024  # characters of a large text that are read at its beginning, and at its end
_FEWEST_LINES = 2  # before a single line anything may stand


def decoded(content: bytes) -> str:
    """Give the text of bytes in UTF-8 or UTF-16, with or without a byte order mark."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    start = content[:4096]
    if len(start) > 1 and start.count(b"\0") * 3 > len(start):
        # Mostly ASCII in two bytes each: the zero is the second of a pair, or the first.
        little = start[1::2].count(0) >= start[::2].count(0)
        return content.decode("utf-16-le" if little else "utf-16-be", "replace")
    return content.decode("utf-8-sig", "replace")


def cleaned(text: str) -> str:
    """Give the text with line feeds alone, without escape sequences and invisible characters."""
    if "\x1b" in text or "\x9b" in text:
        text = re.sub(_ESCAPES, "", text)
    if "m" in text and "[" in text:
        text = re.sub(_WRITTEN_ESCAPES, "", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_TABLE) if _ODD.search(text) else text


def ends(text: str) -> str:
    """Give the beginning and the end of a text that is larger than both."""
    return text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"


def unframed(text: str) -> str:
    """Give the text without Markdown fences and what was put before every line to show it."""
    if "```" in text or "~~~" in text:
        text = _FENCE.sub("", text)
    text = _without(_FRAMES, text)
    if "\n>" in text and not re.search(_OF_CURL, text):
        text = re.sub(_QUOTED_IN_PART, "\n", text)
    return _dedented(text)


def _dedented(text: str) -> str:
    """Give the text without the blanks that stand before each of its lines."""
    if text[:1] not in {" ", "\t", "\n"} or "\n" not in text.strip():
        return text
    prefix: str | None = None
    for line in text.split("\n"):
        own = line[: len(line) - len(line.lstrip(" \t"))]
        if line.strip():
            prefix = own if prefix is None else prefix
            while not own.startswith(prefix):
                prefix = prefix[:-1]
            if not prefix:
                return text
    return "\n".join(line.removeprefix(prefix or "") for line in text.split("\n"))


def unstamped(text: str) -> str:
    """Give the text without the time and the level that a log puts before every line."""
    return _without((*_STAMPS, *_FRAMES), text)


def _without(prefixes: Sequence[str], text: str) -> str:
    for _ in range(_MOST_PREFIXES):
        shorter = next(filter(None, (_without_prefix(p, text) for p in prefixes)), None)
        if shorter is None:
            break
        text = shorter
    return text


def _without_prefix(pattern: str, text: str) -> str | None:
    """Give the text without a prefix that stands before each of its lines; None without it."""
    if "\n" not in text:
        return None
    prefix = re.compile(pattern)
    first = [line for line in text[:_FIRST_LOOK].split("\n")[:-1] if line.strip()]
    if not all(map(prefix.match, first)):
        return None
    lines = text.split("\n")
    full = [line for line in lines if line.strip()]
    if len(full) < _FEWEST_LINES or not all(map(prefix.match, full)):
        return None
    return "\n".join(prefix.sub("", line, count=1) for line in lines)


def variants(text: str) -> Iterator[str]:
    """Give the other ways to read a text: soft wraps undone, typographic quotes made plain."""
    joined, plain = unwrapped(text), text.translate(_QUOTES)
    readings = [joined, plain, unwrapped(plain)]
    if "<EOL>" in text:  # as Spring prints the line ends of a body
        readings.append(text.replace("<EOL>", "\n"))
    if '""' in text:  # a field of CSV doubles its quotes
        readings.append(text.replace('""', '"'))
    if "%22" in text:
        readings.append(unquote(text, errors="replace"))
    if _BYTES.search(text):
        readings.append(_BYTES.sub(lambda line: line[2], text))
    for variant in dict.fromkeys(readings):
        if variant != text:
            yield variant


def is_wrapped(text: str, start: int, end: int) -> bool:
    """Say whether a line between two places fills the width of a terminal and goes on."""
    lines = text[start:end].split("\n")[:-1]
    return any(len(line) >= _NARROWEST for line in lines) and max(map(len, lines)) == max(
        map(len, text.split("\n"))
    )


def unwrapped(text: str) -> str:
    """Join the lines that a terminal has broken: those that fill its width exactly."""
    lines = text.split("\n")
    width = max(map(len, lines))
    if not _NARROWEST <= width <= _WIDEST:
        return text
    pieces = [line if len(line) == width else f"{line}\n" for line in lines]
    return "".join(pieces).removesuffix("\n")
