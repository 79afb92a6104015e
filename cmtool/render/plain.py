"""Text in ASCII, for terminals, files and readers that show nothing else."""

from __future__ import annotations

_ASCII = str.maketrans(
    {
        "·": "-",
        "…": "...",
        "–": "-",
        "—": "-",
        "→": "->",
        "×": "x",
        "≤": "<=",
        "≥": ">=",
        "✓": "ok",
        "✗": "x",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "\u00a0": " ",
        "\u202f": " ",
    }
)


def in_ascii(text: str) -> str:
    """Give the text in ASCII: signs by their like, every other character as its escape."""
    if text.isascii():
        return text
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")
