"""What a model ID has to look like."""

from __future__ import annotations

import unicodedata

LONGEST = 256
"""Characters in the longest text that is taken for a model ID; those in use have under 60."""


def problem(asked: str) -> str | None:
    """Say in one sentence why a text cannot be a model ID at all; None when it can."""
    if not asked.strip():
        return "The model ID is empty; it has the form vendor/model."
    if asked.strip().startswith("cm-"):
        return "What was given as a model ID looks like an API key; a model ID is vendor/model."
    if len(asked) > LONGEST:
        return (
            f'The model ID "{_shown(asked)}" has {len(asked)} characters, more than the {LONGEST} '
            "that an ID may have here."
        )
    for place, character in enumerate(asked, 1):
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            return (
                f'The model ID "{_shown(asked)}" holds the control character '
                f"U+{ord(character):04X} at place {place}; remove it."
            )
    return None


def _shown(text: str, most: int = 60) -> str:
    """Give the beginning of a text with everything that a terminal would obey written out."""
    cut = text[:most]
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return safe + ("…" if len(text) > most else "")
