"""How far a text that was typed is from the one that was meant."""

from __future__ import annotations


def edits_between(typed: str, meant: str, most: int) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours; ``most + 1`` for more.

    The optimal string alignment distance, in the band of width ``most`` around the diagonal.
    """
    over = most + 1
    if typed == meant:
        return 0
    if abs(len(typed) - len(meant)) > most:
        return over
    before: list[int] = []
    above = [min(column, over) for column in range(len(meant) + 1)]
    for i, letter in enumerate(typed, 1):
        row = [over] * len(above)
        row[0] = min(i, over)
        for j in range(max(1, i - most), min(len(meant), i + most) + 1):
            if letter == meant[j - 1]:
                row[j] = above[j - 1]
                continue
            row[j] = 1 + min(above[j - 1], above[j], row[j - 1])
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == meant[j - 1]:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > most:
            return over
        before, above = above, row
    return above[-1]
