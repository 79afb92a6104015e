"""Rows for the codes and error types that the gateway documents, one file for each kind.

Source of every status, type and code: https://www.crossmodel.ai/docs/errors.
"""

from __future__ import annotations

from cmtool.catalog.documented import authentication, billing, limits, requests, service
from cmtool.catalog.row import Row

ROWS: tuple[Row, ...] = (
    *authentication.ROWS,
    *billing.ROWS,
    *limits.ROWS,
    *service.ROWS,
    *requests.ROWS,
)
