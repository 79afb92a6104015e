"""What a row of the table of signatures holds, and when it matches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cmtool.catalog.parties import Party

LOOKED_AT = 4000
"""Characters of a body that are looked at."""

_PAGE = re.compile(r"<(?:!doctype|html|head|body|title|meta|center|h1)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One party that answers in the gateway's place.

    All patterns are searched without regard to case, and a dot stands for a line end too.
    ``headers`` maps a lower-case header name to a pattern of its value which is there only when
    the party wrote the answer itself, ``passing`` to one which it also leaves on what it passes
    on.  ``body`` holds patterns of the body's text, ``page`` such as count only in a page for
    people: a name alone, which a message of the gateway may mention too.
    """

    name: str
    party: Party
    headers: tuple[tuple[str, str], ...] = ()
    passing: tuple[tuple[str, str], ...] = ()
    body: tuple[str, ...] = ()
    page: tuple[str, ...] = ()

    def wrote(self, headers: Mapping[str, str], body: str) -> bool:
        """Say whether headers or body show that the party wrote the answer."""
        if _any_header(self.headers, headers) or _any(self.body, body):
            return True
        return bool(self.page) and is_page(body) and _any(self.page, body)

    def passed(self, headers: Mapping[str, str]) -> bool:
        """Say whether the answer at least went through the party's hands."""
        return _any_header(self.passing, headers)


def is_page(body: str) -> bool:
    """Say whether a body is a page for people."""
    return _PAGE.search(body[:LOOKED_AT]) is not None


def _any(patterns: tuple[str, ...], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE | re.DOTALL) for pattern in patterns)


def _any_header(patterns: tuple[tuple[str, str], ...], headers: Mapping[str, str]) -> bool:
    return any(
        name in headers and re.search(pattern, headers[name], re.IGNORECASE)
        for name, pattern in patterns
    )
