"""The catalogue: one row for every identifier that cmtool can name.

The documented rows restate https://www.crossmodel.ai/docs/errors; the others are cmtool's own
words for what happens around the gateway.  Adding a code is adding a row to the file of its
family.
"""

from __future__ import annotations

from cmtool.catalog import address, answers, documented, key, network, remarks, streams
from cmtool.catalog.filling import fill
from cmtool.catalog.row import CONTACT, Origin, Row, Sample, Shape

__all__ = [
    "CONTACT",
    "ROWS",
    "Origin",
    "Row",
    "Sample",
    "Shape",
    "codes_of_type",
    "family_of_status",
    "family_or_code",
    "fill",
    "row",
    "sole_code",
]

ROWS: dict[str, Row] = {
    entry.id: entry
    for part in (key, address, documented, network, answers, streams, remarks)
    for entry in part.ROWS
}

_CODES = tuple(entry for entry in documented.ROWS if entry.origin is Origin.CODE)
_FAMILIES = {entry.type: entry for entry in documented.ROWS if entry.origin is Origin.FAMILY}


def row(identifier: str) -> Row:
    """Give the row of an identifier; KeyError when the catalogue has none."""
    return ROWS[identifier]


def sole_code(status: int | None) -> Row | None:
    """Give the row of the only documented code of a status: those of 404, 429, 502 and 503."""
    found = [entry for entry in _CODES if status in entry.statuses]
    return found[0] if len(found) == 1 else None


def codes_of_type(error_type: str | None) -> tuple[Row, ...]:
    """Give the documented codes that come with an ``error.type``."""
    return tuple(entry for entry in _CODES if entry.type == error_type)


def family_of_status(status: int | None) -> Row | None:
    """Give the family whose status it is: those of 400, 401, 402 and 500."""
    found = [entry for entry in _FAMILIES.values() if status in entry.statuses]
    return found[0] if len(found) == 1 else None


def family_or_code(error_type: str | None) -> Row | None:
    """Give what a documented ``error.type`` alone stands for; None when it is not documented.

    A type that stands for a single code gives that code's row, another the row of its family.
    """
    if error_type in _FAMILIES:
        return _FAMILIES[error_type]
    found = codes_of_type(error_type)
    return found[0] if len(found) == 1 else None
