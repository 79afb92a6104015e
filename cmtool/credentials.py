"""The API key, looked at before it is sent: what is wrong with it, and whether it can be mended.

Pure.  A key that belongs to another vendor, or that does not have the gateway's prefix, is never
given out as usable: it may be another secret.  Facts: https://www.crossmodel.ai/docs/authentication.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from cmtool import catalog
from cmtool.model import Finding, Secret

PREFIX = "cm-"
_LISTED_PROBLEMS = 6

# Prefixes of other vendors' keys; the longer ones first.
_VENDORS = (
    ("sk-ant-", "Anthropic"),
    ("sk-or-", "OpenRouter"),
    ("sk-proj-", "OpenAI"),
    ("sk-svcacct-", "OpenAI"),
    ("sk-", "OpenAI, DeepSeek or another vendor whose keys start with sk-"),
    ("gsk_", "Groq"),
    ("xai-", "xAI"),
    ("AIza", "Google"),
    ("hf_", "Hugging Face"),
    ("pplx-", "Perplexity"),
    ("nvapi-", "NVIDIA"),
    ("r8_", "Replicate"),
    ("fw_", "Fireworks"),
    ("tgp_", "Together"),
    ("csk-", "Cerebras"),
    ("ghp_", "GitHub"),
    ("github_pat_", "GitHub"),
    ("AKIA", "Amazon Web Services"),
    ("eyJ", "a log-in session (it is a JSON web token)"),
)

# A value without the prefix that is a word, not a secret; with it, only what cannot be a key.
_STAND_IN = re.compile(
    r"""(?xi)
        <.*> | \[.*\] | \{.*\} | \(.*\)
      | (your|my|the|enter|insert|put|paste|add|replace)\b.* | (your|my)[-_ ]?.*key.*
      | .*(api[-_ ]?key|change[-_ ]?me|placeholder|key[-_ ]here|todo).*
      | undefined | null | none | nil | nan | false | true | test | dummy | secret | token | key
    """
)
_STAND_IN_BEHIND_PREFIX = re.compile(
    r"""(?xi)
        <.*> | \[.*\] | \{.*\} | \(.*\)
      | (your|insert|paste|enter|replace)([-_ ].*)? | your[-_]?(api[-_]?)?key.* | key[-_]here
      | x{3,} | [x.•…_\-]{3,} | undefined | null | none
    """
)
_UNEXPANDED = re.compile(r"\$.+|%\w+%|.*\$\{\w+\}.*|\{\{.*\}\}")
_MASKED = re.compile(r"[*•…●]{2,}|…|\.{3}")

_QUOTES = "\"'`“”„‟‘’‚‛«»′″＂＇"
_BEARER = re.compile(r"(?i)(authorization\s*:\s*)?bearer[\s:]+|x-api-key\s*:\s*")
# A name is taken for one only where it says so or a key follows: else it may be part of a secret.
_ASSIGNMENT = re.compile(
    r"""(?xi) (?:export\s+|set\s+|\$env:)?
        (?: [a-z_]+_(?:key|token|secret) | [a-z_][a-z0-9_]*(?=\s*=\s*["']?cm-) ) \s*=\s*"""
)
_NAMES = {"\n": "line feed", "\r": "carriage return", "\t": "tab", " ": "blank"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyVerdict:
    """What there is to say about a key.

    ``key`` is what may be sent, mended where that was needed; None where nothing may be.
    """

    key: Secret | None
    finding: Finding | None


def examine(raw: str | None, where: str, model: str | None = None) -> KeyVerdict:
    """Look at a key as it was found; ``where`` names the variable or file in words."""
    if raw is None or not raw.strip("\ufeff\u200b" + " \t\r\n"):
        said = f"{where} is {'not set' if raw is None else 'empty'}."
        return _refused("key_missing", model, said)
    mended, problems = _mend(raw)
    if not mended:
        return _refused("key_missing", model, f"{where} holds no key.", *problems)
    for identifier, says in _REFUSALS:
        if reason := says(mended):
            return _refused(identifier, model, f"{where} {reason}", *problems)
    if not problems:
        return KeyVerdict(key=Secret(mended), finding=None)
    mending = f"For this run it was mended in memory; {where} itself still has to be."
    finding = _finding("key_malformed", model, *_first(problems), mending)
    return KeyVerdict(key=Secret(mended), finding=finding)


def bare(raw: str) -> str:
    """Give a key without what came along with it, whatever else is wrong with it."""
    return _mend(raw)[0]


def _refused(identifier: str, model: str | None, *evidence: str) -> KeyVerdict:
    return KeyVerdict(key=None, finding=_finding(identifier, model, *_first(list(evidence))))


def _finding(identifier: str, model: str | None, *evidence: str) -> Finding:
    return catalog.fill(catalog.row(identifier), model=model, evidence=evidence, check="key")


def _first(problems: list[str]) -> list[str]:
    more = len(problems) - _LISTED_PROBLEMS
    return [*problems[:_LISTED_PROBLEMS], f"And {more} more."] if more > 0 else problems


def _mend(raw: str) -> tuple[str, list[str]]:
    """Take off what came along with a key, as often as something does; say what it was."""
    problems: list[str] = []
    text = raw
    while True:
        for step in _STEPS:
            mended, said = step(text)
            if said:
                problems += said
                text = mended
                break
        else:
            return text, problems


def _without_edges(text: str) -> tuple[str, list[str]]:
    bare = text.strip()
    before, after = text[: text.index(bare)] if bare else text, ""
    after = text[len(before) + len(bare) :]
    said = [f"In front of the key stands a {_name(before[0])}."] if before else []
    if after:
        kind = "a line end" if after[0] in "\r\n" else f"a {_name(after[0])}"
        said.append(f"The key is followed by {kind}.")
    return bare, said


def _without_quotes(text: str) -> tuple[str, list[str]]:
    bare = text.strip(_QUOTES)
    return bare, ["The key is set in quotes that are part of its value."] if bare != text else []


def _without_bearer(text: str) -> tuple[str, list[str]]:
    found = _BEARER.match(text)
    if found is None:
        return text, []
    return text[found.end() :], [f"In front of the key stands {found[0].strip()!r}."]


def _without_assignment(text: str) -> tuple[str, list[str]]:
    found = _ASSIGNMENT.match(text)
    if found is None:
        return text, []
    name = found[0].strip(" =")
    return text[found.end() :], [f"The variable's name came along: {name}=… is part of the value."]


def _without_inner(text: str) -> tuple[str, list[str]]:
    removed = [(at, char) for at, char in enumerate(text) if _is_empty(char)]
    said = [f"Character {at + 1} is a {_name(char)}." for at, char in removed]
    return "".join(char for char in text if not _is_empty(char)), said


_STEPS: tuple[Callable[[str], tuple[str, list[str]]], ...] = (
    _without_edges,
    _without_quotes,
    _without_bearer,
    _without_assignment,
    _without_inner,
)


def _is_empty(char: str) -> bool:
    """Say whether a character shows nothing: a blank of any kind, a control or format character."""
    return char.isspace() or unicodedata.category(char) in {"Cc", "Cf", "Zs", "Zl", "Zp"}


def _name(char: str) -> str:
    if char in _NAMES:
        return _NAMES[char]
    name = unicodedata.name(char, "control character").lower()
    return f"{name} (U+{ord(char):04X})"


def _placeholder(text: str) -> str | None:
    if _UNEXPANDED.fullmatch(text):
        return "holds the name of a variable that was never filled in."
    bare = text.removeprefix(PREFIX)
    stand_in = _STAND_IN if bare == text else _STAND_IN_BEHIND_PREFIX
    if stand_in.fullmatch(bare):
        return "holds the stand-in of an example, not a key."
    return "holds a masked copy of a key, not the key." if _MASKED.search(text) else None


def _wrong_vendor(text: str) -> str | None:
    if text.startswith(PREFIX):
        return None
    vendor = next((vendor for prefix, vendor in _VENDORS if text.startswith(prefix)), None)
    return f"holds a key of {vendor}; it was not sent." if vendor else None


def _wrong_prefix(text: str) -> str | None:
    if text.startswith(PREFIX):
        return None
    return f"holds a value that does not start with {PREFIX}; it was not sent."


def _strange(text: str) -> str | None:
    strange = [(at, char) for at, char in enumerate(text, 1) if not _belongs(char)]
    if not strange:
        return None
    listed = ", ".join(f"character {at} is a {_name(char)}" for at, char in strange[:3])
    return f"holds what no key contains: {listed}. It was not sent."


def _cut_off(text: str) -> str | None:
    return f"holds {PREFIX} and nothing behind it." if text == PREFIX else None


def _belongs(char: str) -> bool:
    return char.isascii() and char.isprintable()


# Why a key is not sent, in the order in which it is asked; each gives the rest of a sentence.
_REFUSALS: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("key_placeholder", _placeholder),
    ("key_wrong_vendor", _wrong_vendor),
    ("key_wrong_prefix", _wrong_prefix),
    ("key_malformed", _strange),
    ("key_malformed", _cut_off),
)
