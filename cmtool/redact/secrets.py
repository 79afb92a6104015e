"""Secrets, taken out of texts and records by their exact value and by their shape."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar

from cmtool.redact.fragments import joined, may_be_a_stream, overwritten
from cmtool.redact.spellings import any_spelling, in_base64, in_hex
from cmtool.redact.terminal import visible

_MASK = "[redacted]"
_PREFIX = "cm-"
_SHORTEST_SECRET = 4  # a shorter value would blank out ordinary words
_SHORTEST_SHOWN_TAIL = 16  # below it, four shown characters would be too much of the key

# What looks like a key without being known: vendors' prefixes, then at least eight characters.
_SHAPES = (
    (re.compile(r"\b((?:cm|sk|pk|rk|gsk|xai|hf|ghp)[-_]|AIza)[A-Za-z0-9_\-]{8,}"), r"\1" + _MASK),
    (re.compile(r"(?i)\b(bearer\s+)(?![\[$])[^\s\"',;\\<>]{6,}"), r"\1" + _MASK),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.\-]{1,20}://)[^\s/\"'<>]{1,512}@"), r"\1" + _MASK + "@"),
)

T = TypeVar("T")


def fingerprint(key: str) -> str:
    """Give enough of a key to tell it from another: ``cm-…9f3c``.

    The last four characters are shown only of a key of 16 characters or more.
    """
    prefix = _PREFIX if key.startswith(_PREFIX) else ""
    tail = key[-4:] if len(key) >= _SHORTEST_SHOWN_TAIL else ""
    return visible(f"{prefix}…{tail}")


class Redactor:
    """Takes known secrets, and whatever has the shape of one, out of texts and records."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Know ``secrets`` in every spelling in which a server might echo them."""
        known = {part for secret in secrets for part in _telling(secret)}
        self._secrets = sorted(known, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Give the text with every secret in it masked."""
        text = self._over_events(text)
        for known in self._known(text):
            text = known.sub(_MASK, text)
        for shape, mask in _SHAPES:
            text = shape.sub(mask, text)
        return text

    def masked(self, pieces: Sequence[bytes]) -> list[bytes]:
        """Give bytes with every secret in them overwritten by as many asterisks.

        A secret is found also where it is split over pieces; each piece keeps its length.
        """
        whole = self._over_events(b"".join(pieces).decode("latin-1"))
        for shape in (*self._known(whole), *(shape for shape, _ in _SHAPES)):
            whole = shape.sub(lambda found: "*" * len(found[0]), whole)
        data, at, given = whole.encode("latin-1"), 0, []
        for piece in pieces:
            given.append(data[at : at + len(piece)])
            at += len(piece)
        return given

    def _known(self, text: str) -> Iterator[re.Pattern[str]]:
        """Give what finds the known secrets; escapes are looked for where there can be any."""
        escaped = any(mark in text for mark in "%\\&")
        for secret in self._secrets:
            yield any_spelling(secret) if escaped else re.compile(re.escape(secret))
            yield from in_base64(secret)
            yield from in_hex(secret)

    def _over_events(self, text: str) -> str:
        """Overwrite the parts of a secret that comes in the deltas of a stream, as asterisks."""
        if not self._secrets or not may_be_a_stream(text):
            return text
        spans = [
            span
            for said in joined(text)
            for known in self._known(said.text)
            for found in known.finditer(said.text)
            for span in said.scattered(found)
        ]
        return overwritten(text, spans) if spans else text

    def scrub(self, value: T) -> T:
        """Give a record of the model with every text in it redacted, whatever its depth."""
        return self._scrub(value)  # type: ignore[no-any-return]

    def _scrub(self, value: Any) -> Any:  # noqa: PLR0911 - one return for each kind of value
        match value:
            case Enum():
                return value
            case str():
                return self.text(value)
            case tuple():
                return tuple(self._scrub(item) for item in value)
            case list():
                return [self._scrub(item) for item in value]
            case Mapping():
                return {self._scrub(k): self._scrub(v) for k, v in value.items()}
            case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
                fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
                changed = {k: new for k, old in fields.items() if (new := self._scrub(old)) != old}
                return dataclasses.replace(value, **changed) if changed else value
            case _:
                return value


def _telling(secret: str) -> Iterator[str]:
    """Give what of a secret must not be shown: the whole, and a key without its known prefix."""
    if len(secret) >= _SHORTEST_SECRET:
        yield secret
    body = secret.removeprefix(_PREFIX)
    if len(body) >= _SHORTEST_SHOWN_TAIL:
        yield body
