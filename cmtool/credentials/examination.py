"""The API key, looked at before it is sent: what is wrong with it, and whether it can be mended.

Pure.  A key that belongs to another vendor, or that does not have the gateway's prefix, is never
given out as usable: it may be another secret.  Facts: https://www.crossmodel.ai/docs/authentication.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from cmtool import catalog
from cmtool.catalog.row import KEYS_PAGE
from cmtool.credentials.contents import PREFIX, QUOTES, document, keys_in
from cmtool.credentials.lookalikes import called, described
from cmtool.credentials.mending import mend
from cmtool.credentials.pieces import Kind, Piece, Problem
from cmtool.credentials.placing import Place
from cmtool.credentials.standins import StandIn, masked, masked_at, not_a_key, stand_in
from cmtool.credentials.vendors import vendor_of, vendor_within
from cmtool.model import Finding, Secret

_LISTED_PROBLEMS = 6
_PLAIN = re.compile(r"[\w\-.~+/=]+", re.ASCII)
_LONGEST = 8192  # characters; a longer header is refused by most servers
_EXPORTED = (
    "Then start the program from that same shell: only what is exported reaches it, unless it "
    "reads the file itself."
)
_NOTHING = "\ufeff\u200b \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyVerdict:
    """What there is to say about a key.

    ``key`` is what may be sent, mended where that was needed; None where nothing may be.
    """

    key: Secret | None
    finding: Finding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A key that lies in another place than the one that is read: where, and how to move it."""

    evidence: str
    action: str | None = None
    command: str | None = None


# The rest of a sentence, and what to do first where that is known better than in the row.
_Refusal = Callable[[Piece], "str | tuple[str, str] | None"]


def examine(
    raw: str | None,
    where: str,
    model: str | None = None,
    *,
    source: str | None = None,
    elsewhere: Iterable[Elsewhere] = (),
) -> KeyVerdict:
    """Look at a key as it was found.

    ``where`` names the variable or file in words, ``source`` as the report does (``env:NAME``,
    …), so that the way to mend it is that of the place; ``elsewhere`` counts where no key can be
    used.
    """
    place = Place(where=where, source=source)
    if raw is None or not raw.strip(_NOTHING):
        return _missing([f"{place.subject} {_absence(raw)}."], model, elsewhere, place)
    if len(raw) > _LONGEST:
        return _refused("key_malformed", model, [f"{place.subject} {_too_long(raw)}"], place)
    mended, problems = mend(raw)
    if not mended.text:
        said = [f"{place.subject} holds no key.", *(problem.said for problem in problems)]
        return _missing(said, model, elsewhere, place)
    return _with_others(_judged(raw, mended, problems, place=place, model=model), elsewhere)


def _with_others(verdict: KeyVerdict, elsewhere: Iterable[Elsewhere]) -> KeyVerdict:
    """Say of a key that cannot be used where another one lies: the two may have been swapped."""
    if verdict.key is not None or verdict.finding is None:
        return verdict
    found, finding = tuple(elsewhere), verdict.finding
    finding = replace(
        finding,
        evidence=(*finding.evidence, *(place.evidence for place in found)),
        actions=(*(place.action for place in found if place.action), *finding.actions),
        commands=(*(place.command for place in found if place.command), *finding.commands),
    )
    return replace(verdict, finding=finding)


def _judged(
    raw: str, mended: Piece, problems: list[Problem], *, place: Place, model: str | None
) -> KeyVerdict:
    said = [problem.said for problem in problems]
    if found := _placeholder(raw, mended):
        evidence = [f"{place.subject} {found.said}"]
        return _refused("key_placeholder", model, evidence, place, found.action)
    for identifier, says in _REFUSALS:
        if reason := says(mended):
            why, action = reason if isinstance(reason, tuple) else (reason, None)
            evidence = [f"{place.subject} {why}", *said]
            return _refused(identifier, model, evidence, place, action)
    if not problems:
        return KeyVerdict(key=Secret(mended.text), finding=None)
    mending = f"For this run it was mended in memory; {place.where} itself still has to be."
    finding = _finding("key_malformed", model, [*_first(said), mending])
    return KeyVerdict(key=Secret(mended.text), finding=_with_remedy(finding, place, problems))


def _absence(raw: str | None) -> str:
    if raw is None:
        return "is not set"
    if not raw:
        return "is empty"
    kinds = ", ".join(dict.fromkeys(called(char) for char in raw[:_LISTED_PROBLEMS]))
    return f"is empty but for what shows nothing: {kinds}"


def _too_long(raw: str) -> str:
    form = document(raw[:_LONGEST]) or "a single value"
    return f"holds {len(raw):,} characters ({form}): that is no key. It was not sent."


def _missing(
    said: list[str], model: str | None, elsewhere: Iterable[Elsewhere], place: Place
) -> KeyVerdict:
    found = tuple(elsewhere)
    action, line = place.remedy
    finding = catalog.fill(
        catalog.row("key_missing"),
        model=model,
        evidence=[*_first(said), *(other.evidence for other in found)],
        first_commands=[other.command for other in found if other.command],
        check="key",
    )
    if not place.is_variable:
        first = (action, *(other.action for other in found if other.action), finding.actions[1])
        lines = (line, *finding.commands) if line else finding.commands
        finding = replace(finding, actions=first, commands=lines)
    elif found:  # what the row says to those who have no key is not for them
        finding = replace(finding, actions=(*(p.action for p in found if p.action), _EXPORTED))
    return KeyVerdict(key=None, finding=finding)


def _refused(
    identifier: str, model: str | None, said: list[str], place: Place, action: str | None = None
) -> KeyVerdict:
    finding = _finding(identifier, model, _first(said))
    if identifier == "key_malformed":
        finding = _with_remedy(finding, place, [])
    if action:
        finding = replace(finding, actions=(action, *finding.actions))
    return KeyVerdict(key=None, finding=finding)


def _finding(identifier: str, model: str | None, evidence: Iterable[str]) -> Finding:
    return catalog.fill(catalog.row(identifier), model=model, evidence=evidence, check="key")


def _with_remedy(finding: Finding, place: Place, problems: list[Problem]) -> Finding:
    """Give the finding with what helps in just this place, in place of what the row tells all."""
    if not place.source:
        return finding
    advice = dict.fromkeys(_ADVICE[p.kind] for p in problems if p.kind in _ADVICE)
    action, line = place.remedy
    return replace(
        finding,
        actions=(action, *advice, "Start anew what still runs with the old value."),
        commands=(line, *finding.commands) if line else finding.commands,
    )


def _first(problems: list[str]) -> list[str]:
    more = len(problems) - _LISTED_PROBLEMS
    return [*problems[:_LISTED_PROBLEMS], f"And {more} more."] if more > 0 else problems


def _placeholder(raw: str, mended: Piece) -> StandIn | None:
    """Ask of the value as it was found too, where there is no key in it."""
    if _is_none(mended) and document(raw):
        return None
    is_key = mended.text.startswith(PREFIX) and _PLAIN.fullmatch(mended.text)
    known = is_key or vendor_of(mended.text)
    found_so = () if known else (raw.strip(_NOTHING), raw.strip(f"{QUOTES}{_NOTHING}"))
    for text in (mended.text, *found_so):
        if found := stand_in(text):
            return found
    if (at := masked_at(mended.text)) is not None:
        place = mended.places[at]
        return masked(place)
    return None


def _is_none(piece: Piece) -> bool:
    return not piece.text.startswith(PREFIX) and vendor_of(piece.text) is None


def _several(piece: Piece) -> tuple[str, str] | None:
    if piece.text.startswith(PREFIX) and (foreign := vendor_within(piece.text)):
        at, vendor = foreign
        said = f"holds two keys; from character {piece.places[at]} on stands one of {vendor}."
        return f"{said} None was sent.", "Take the other vendor's key away behind it."
    keys = keys_in(piece.text)
    if len(keys) < 2:  # noqa: PLR2004 - one key is what there should be
        return None
    place = piece.places[piece.text.index(keys[1], len(keys[0]))]
    said = f"holds {len(keys)} different keys; the second begins at character {place}."
    return f"{said} None was sent.", f"See at {KEYS_PAGE} which one is in use."


def _wrong_vendor(piece: Piece) -> str | None:
    vendor = vendor_of(piece.text)
    return f"holds a key of {vendor}; it was not sent." if vendor else None


def _wrong_prefix(piece: Piece) -> str | tuple[str, str] | None:
    if piece.text.startswith(PREFIX):
        return None
    if form := document(piece.text):
        said = f"holds {form}, and no key of this gateway in it; it was not sent."
        return said, "Put the key itself there and nothing else."
    if other := not_a_key(piece.text):
        return f"holds {other[0]}, not a key; it was not sent.", other[1]
    how = next((how for begins, how in _NEARLY if piece.text.startswith(begins)), "")
    if not _belongs(piece.text[0]):
        how = f" but with {described(piece.text[0])}, as character {piece.places[0]}"
    return f"holds a value that does not start with {PREFIX}{how}; it was not sent."


def _strange(piece: Piece) -> str | None:
    pairs = zip(piece.text, piece.places, strict=True)
    strange = [(at, char) for char, at in pairs if not _belongs(char)]
    if not strange:
        return None
    listed = ", ".join(f"character {at} is {described(char)}" for at, char in strange[:3])
    return f"holds what no key contains: {listed}. It was not sent."


def _cut_off(piece: Piece) -> str | None:
    return f"holds {PREFIX} and nothing behind it." if piece.text == PREFIX else None


def _belongs(char: str) -> bool:
    return char.isascii() and char.isprintable() and char != " "


_NEARLY = (
    ("CM-", " but with CM- in capitals, so that capitals may have replaced the rest as well"),
    ("Cm-", " but with Cm-, of which the first letter is a capital"),
    ("cM-", " but with cM-, of which the second letter is a capital"),
    ("cm_", " but with cm_: character 3 is an underscore where the hyphen belongs"),
    ("cm", " but with cm and no hyphen behind it"),
    ("m-", " but with m-: the first character was lost in copying"),
    ("-", " but with its hyphen: the first two characters were lost in copying"),
)

# Why a key is not sent, in the order in which it is asked; each gives the rest of a sentence.
_REFUSALS: tuple[tuple[str, _Refusal], ...] = (
    ("key_malformed", _several),
    ("key_wrong_vendor", _wrong_vendor),
    ("key_wrong_prefix", _wrong_prefix),
    ("key_malformed", _strange),
    ("key_malformed", _cut_off),
)

_ADVICE = {
    Kind.QUOTES: (
        "Quotes are for the shell. Where no shell reads the line, as with docker --env-file, write "
        "the value without them."
    ),
    Kind.HEADER: "Leave Bearer and the header's name to the client: it adds them itself.",
    Kind.NAME: "Paste only what stands behind the name; the rest of the line is not the key.",
    Kind.LINE_FEED: "Where the value is piped, use printf '%s': echo adds the line end.",
    Kind.LINE_END: (
        "If a file with line ends of Windows (CR LF) was read by a shell, convert it first: "
        "a shell keeps the CR."
    ),
    Kind.INVISIBLE: (
        "Copy the key as plain text: chats, web pages and word processors add what cannot be seen."
    ),
    Kind.LOOKALIKE: (
        "Type the first three characters, cm-, by hand, or copy the key again from where it was "
        "stored: a word processor or an input method replaced what was typed."
    ),
    Kind.TERMINAL: (
        "Where a command printed the key, turn its colours off; where it was pasted, paste it anew."
    ),
    Kind.ENCODED: (
        "Hand the key over decoded; in a Kubernetes Secret, data holds base64 and stringData the "
        "text itself."
    ),
    Kind.DOCUMENT: (
        "Keep nothing but the key in that place; cmtool reads a .env file with --env-file."
    ),
}
