"""What there is to tell about an answer that the gateway did not write, and what to do about it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmtool.answerers import Author, author, cloudflare_code, heading, references
from cmtool.answerers.logins import login_wanted
from cmtool.answerers.signature import LOOKED_AT, is_page
from cmtool.catalog.cloudflare import CloudflareCode
from cmtool.catalog.parties import LOGIN, NOBODY, REMARKS, Party, Words, words_for
from cmtool.catalog.sayings import said_in
from cmtool.redact import visible

_NO_BASE_URL = "the base URL"
_UNAUTHORIZED = 401
_LONGEST = 200
_SPEAK_FOR_THEMSELVES = frozenset({None, Party.EDGE, Party.SERVER})
_LEADS_ON = re.compile(
    r"<meta\b[^>]{0,200}http-equiv\s{0,4}=\s{0,4}[\"']?refresh\b[^>]{0,200}?url\s{0,4}=\s{0,4}"
    r"[\"']?([^\"'\s>]{1,1000})"
    r"|\blocation(?:\.href|\.replace\()?\s{0,4}[=(]?\s{0,4}[\"'](https?://[^\"'\s]{1,1000})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Sentences of evidence, and cause and actions where more is known than the catalogue's row.

    ``cause`` is "" and ``actions`` are empty where nothing tells who answered, ``title`` is ""
    where the row's fits.
    """

    evidence: tuple[str, ...]
    cause: str = ""
    actions: tuple[str, ...] = ()
    title: str = ""


def tell(
    status: int | None,
    headers: Mapping[str, str],
    body: str,
    *,
    misplaced: bool,
    base_url: str | None,
) -> Told:
    """Tell of an answer; ``misplaced`` is one that comes from the wrong place."""
    found = author(headers, body)
    signature = found.signature if found is not None else None
    code = cloudflare_code(found, status, headers, body)
    login = login_wanted(headers) if status == _UNAUTHORIZED else ""
    evidence = (
        *who(found),
        *_coded(code),
        *_said(body),
        *_asks(login),
        *_leads_on(body),
        *_found_again(headers, body),
    )
    remark = REMARKS.get(status or 0)
    evidence = (*evidence, remark) if remark else evidence
    party = signature.party if signature else None
    words = words_for(party, status, misplaced=misplaced)
    if party in _SPEAK_FOR_THEMSELVES and not misplaced:
        words = said_in(body[:LOOKED_AT], base_url) or (LOGIN if login else words)
    if words is None:
        return Told(evidence=evidence)
    filled = in_words(words, signature.name if signature else NOBODY, base_url)
    actions = filled.actions
    if code and code[1].action:  # what the code says takes the place of what the status does
        actions = (code[1].action, *actions[1:])
    return Told(evidence=evidence, cause=filled.cause, actions=actions)


def in_words(words: Words, name: str, base_url: str | None) -> Words:
    """Give the words for one party and one base URL."""
    fields = {"who": name, "base_url": base_url or _NO_BASE_URL}
    return Words(
        cause=words.cause.format_map(fields),
        actions=tuple(action.format_map(fields) for action in words.actions),
    )


def who(found: Author | None) -> Iterator[str]:
    """Say who wrote an answer and who passed it on, in one sentence or none."""
    if found is None:
        return
    passers = " and ".join(dict.fromkeys(row.name for row in found.passers))
    if found.signature is not None:
        behind = f", behind {passers}" if passers else ""
        yield f"It was answered by {found.signature.name}{behind}."
    elif passers:
        yield f"It came through {passers}; who wrote it does not show."
    else:
        yield "It came through a proxy on the way; who wrote it does not show."


def _coded(code: tuple[int | None, CloudflareCode] | None) -> Iterator[str]:
    if code is None:
        return
    number, known = code
    yield known.meaning if number is None else f"Cloudflare's error {number}: {known.meaning}."


def _said(body: str) -> Iterator[str]:
    said = heading(body)
    if said:
        yield f'It says: "{said}"'


def _asks(login: str) -> Iterator[str]:
    if login:
        yield f"It asks for a login: {login}."


def _leads_on(body: str) -> Iterator[str]:
    """Say where a short page sends a browser on, without what may be private in the query.

    A long one is a page of its own, in which such a line stands for much.
    """
    short = len(body) <= LOOKED_AT and is_page(body)
    found = _LEADS_ON.search(body) if short else None
    if found is not None:
        target = html.unescape(found[1] or found[2]).partition("?")[0].partition("#")[0]
        yield f"Its page leads a browser on to {visible(target)[:_LONGEST]}."


def _found_again(headers: Mapping[str, str], body: str) -> Iterator[str]:
    numbers = references(headers, body)
    if numbers:
        yield f"Its owner finds it by {' or '.join(numbers)}."
