"""The catalogue: one row for every identifier that cmtool can name.

The documented rows restate https://www.crossmodel.ai/docs/errors; the others are cmtool's own
words for what happens around the gateway.  Adding a code is adding a row to the file of its
family.
"""

from __future__ import annotations

from cmtool.catalog import address, answers, documented, key, network, remarks, streams
from cmtool.catalog.row import CONTACT, Origin, Row, Sample, Shape

__all__ = ["CONTACT", "ROWS", "Origin", "Row", "Sample", "Shape", "family", "row", "sole_code"]

ROWS: dict[str, Row] = {
    entry.id: entry
    for part in (key, address, documented, network, answers, streams, remarks)
    for entry in part.ROWS
}

_SOLE_CODES = {
    status: codes[0]
    for status in (400, 401, 402, 404, 429, 500, 502, 503)
    if len(codes := [r for r in documented.ROWS if r.origin is Origin.CODE and status in r.statuses])
    == 1
}
_FAMILIES = {r.id: r for r in documented.ROWS if r.origin is Origin.FAMILY}


def row(identifier: str) -> Row:
    """Give the row of an identifier; KeyError when the catalogue has none."""
    return ROWS[identifier]


def sole_code(status: int | None) -> Row | None:
    """Give the row of the only documented code of a status: those of 404, 429, 502 and 503."""
    return _SOLE_CODES.get(status) if status is not None else None


def family(error_type: str | None) -> Row | None:
    """Give the row that stands for a documented ``error.type`` as a whole."""
    return _FAMILIES.get(error_type) if error_type is not None else None
