"""A model ID taken apart: prefixes, words, version and marks.

A text is folded (compatibility forms, case, invisible characters) and cut at its slashes.  The
last segment is the name, those before it are prefixes.  A name falls apart into words (letters), a
version (numbers) and marks (dates, sizes, and words such as ``latest``, ``free`` or ``preview``);
separators and order count for nothing, so ``claude-4.6_Sonnet`` reads like ``claude-sonnet-4-6``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"(?P<mark>\[[^\]]*\]"  # [1m]
    r"|(?<![a-z0-9])v\d+:\d+"  # a revision: v1:0
    r"|20\d\d[-_.]?[01]\d[-_.]?[0-3]\d"  # a day: 20250929, 2025-09-29
    r"|\d{3,}|0\d+|\d{2,}[bkm](?![a-z0-9]))"  # a stamp (0613, 001) or a size (70b, 128k)
    r"|(?P<number>\d+)|(?P<word>[^\W\d_]+)"
)


def word_set(words: str) -> frozenset[str]:
    """Give the words of a text as a set."""
    return frozenset(words.split())


_MARKS = word_set(
    "latest stable default preview exp experimental beta free paid thinking reasoning instruct"
    " online nitro floor extended us eu apac global"
)
NOT_TEXT = word_set(
    "image images audio video embed embedding embeddings rerank reranker tts stt speech voice"
    " whisper transcribe realtime moderation guard ocr dall sora veo imagen"
)
"""Words in the names of models that take or make no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text as it is compared; ``name`` and ``whole`` are its letters and digits alone."""

    prefixes: tuple[str, ...]
    words: tuple[str, ...]
    version: tuple[int, ...]
    marks: frozenset[str]
    name: str
    whole: str

    @property
    def vendor(self) -> str:
        """The prefix that stands before the name, "" without any."""
        return self.prefixes[-1] if self.prefixes else ""


def fold(text: str) -> str:
    """Give the text without what cannot be seen and without differences of case."""
    if text.isascii():
        return text.strip().lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc", "Mn"}).strip()


@lru_cache(maxsize=4096)
def read(folded: str) -> Reading:
    """Take a folded text apart."""
    *before, name = [part for part in folded.split("/") if part] or [""]
    words: list[str] = []
    version: list[int] = []
    marks: list[str] = []
    for token in _TOKEN.finditer(name):
        text = token.group()
        kind = token.lastgroup
        if kind == "mark" or text in _MARKS:
            marks.append(_squeezed(text))
        elif kind == "word":
            words.append(text)
        elif not (marks and marks[-1][:1].isdecimal()):  # what follows a stamp belongs to it
            version.append(int(text))
    prefixes = tuple(_squeezed(part) for part in before)
    squeezed = _squeezed(name)
    return Reading(
        prefixes=prefixes,
        words=tuple(dict.fromkeys(words)),
        version=tuple(version),
        marks=frozenset(marks),
        name=squeezed,
        whole="".join((*prefixes, squeezed)),
    )


def _squeezed(text: str) -> str:
    return text if text.isalnum() else "".join(c for c in text if c.isalnum())
