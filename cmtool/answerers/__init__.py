"""Who wrote an answer that the gateway did not write, and what it says.

More telling rows come first.  An answer often passes through several hands: whoever shows in its
body, or in a header that only an author sets, wrote it; the others only passed it on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cmtool.answerers.edges import CLOUDFLARE, EDGES, ON_THE_WAY
from cmtool.answerers.gateways import GATEWAYS
from cmtool.answerers.heading import heading
from cmtool.answerers.networks import FILTERS, PORTALS
from cmtool.answerers.references import references
from cmtool.answerers.servers import BROWSER_PAGE, FRAMEWORKS, PLATFORMS, WEB_SERVERS, WEBSITE
from cmtool.answerers.signature import LOOKED_AT, Signature, is_page
from cmtool.answerers.vendors import VENDORS
from cmtool.catalog.cloudflare import CHALLENGE, CODES, CloudflareCode

__all__ = [
    "SIGNATURES",
    "VENDORS",
    "Author",
    "Signature",
    "author",
    "cloudflare_code",
    "heading",
    "is_page",
    "references",
    "stranger",
]

SIGNATURES = (
    *GATEWAYS,
    *VENDORS,
    *FILTERS[:-1],
    *EDGES,
    *PLATFORMS,
    *PORTALS,
    FILTERS[-1],
    *FRAMEWORKS,
    WEBSITE,
    *WEB_SERVERS,
    BROWSER_PAGE,
    ON_THE_WAY,
)
"""Every party that is known, the more telling ones first."""

_STRANGERS = (*GATEWAYS, *VENDORS)
_NUMBERED = re.compile(
    r'(?:\berror(?:[ _]code)?"?:?\s{0,4}(?:<[^<>]{0,80}>\s{0,4}){0,3}(\d{3,4})\b'
    r'|"error_code":\s*(\d{3,4})\b)',
    re.IGNORECASE,
)
_CHALLENGED = re.compile(r"<title>just a moment|/cdn-cgi/challenge-platform/", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote an answer, and through whose hands it came besides.

    ``signature`` is None when only the ``passers`` are known.
    """

    signature: Signature | None
    passers: tuple[Signature, ...] = ()


def author(headers: Mapping[str, str], body: str) -> Author | None:
    """Say who wrote an answer; None when nothing tells.

    ``headers`` has lower-case names; of the body the first 4,000 characters are looked at.  What
    passes answers on is taken for the author of a page or a text that nobody else has written.
    """
    start = body[:LOOKED_AT]
    wrote = _first(SIGNATURES, headers, start)
    passers = [row for row in SIGNATURES if row is not wrote and row.passed(headers)]
    if wrote is None and passers and not _is_data(start):
        wrote, *passers = passers
    if wrote is None and not passers:
        return None
    return Author(signature=wrote, passers=tuple(row for row in passers if row is not ON_THE_WAY))


def stranger(headers: Mapping[str, str], body: str) -> Signature | None:
    """Give the other vendor, gateway or model server whose answer this is, in its own shape."""
    return _first(_STRANGERS, headers, body[:LOOKED_AT])


def cloudflare_code(
    found: Author | None, status: int | None, headers: Mapping[str, str], body: str
) -> tuple[int | None, CloudflareCode] | None:
    """Give the number of Cloudflare's own error and what it means; None where there is none.

    The number is None for a challenge, which has none.
    """
    if found is None or found.signature is not CLOUDFLARE:
        return None
    start = body[:LOOKED_AT]
    if headers.get("cf-mitigated", "").lower() == "challenge" or _CHALLENGED.search(start):
        return None, CHALLENGE
    named = [int(match[1] or match[2]) for match in _NUMBERED.finditer(start)]
    numbers = [number for number in (*named, status or 0) if number in CODES]
    return (max(numbers), CODES[max(numbers)]) if numbers else None


def _first(rows: Iterable[Signature], headers: Mapping[str, str], body: str) -> Signature | None:
    return next((row for row in rows if row.wrote(headers, body)), None)


def _is_data(body: str) -> bool:
    return body.lstrip()[:1] in {"{", "["} and not is_page(body)
