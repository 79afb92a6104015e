"""What there is to tell about an answer that the gateway did not write, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmtool.answerers import Author, author, cloudflare_code, heading, references
from cmtool.catalog.cloudflare import CloudflareCode
from cmtool.catalog.parties import REMARKS, Words, words_for

_NO_BASE_URL = "the base URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Sentences of evidence, and cause and actions where more is known than the catalogue's row.

    ``cause`` is "" and ``actions`` are empty where nothing tells who answered.
    """

    evidence: tuple[str, ...]
    cause: str = ""
    actions: tuple[str, ...] = ()


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
    code = cloudflare_code(found, status, headers, body)
    evidence = (*who(found), *_coded(code), *_said(body), *_found_again(headers, body))
    remark = REMARKS.get(status or 0)
    evidence = (*evidence, remark) if remark else evidence
    if found is None or found.signature is None:
        return Told(evidence=evidence)
    words = words_for(found.signature.party, status, misplaced=misplaced)
    filled = in_words(words, found.signature.name, base_url)
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


def _found_again(headers: Mapping[str, str], body: str) -> Iterator[str]:
    numbers = references(headers, body)
    if numbers:
        yield f"Its owner finds it by {' or '.join(numbers)}."
