"""The documented debugging order: which of several failures is the root cause.

https://www.crossmodel.ai/docs/errors: key and URL, connection, 401, 402, 404, 429, 5xx, 400, an
answer that nobody documents, then what only a stream shows.
"""

from __future__ import annotations

from cmtool.errors import ExitCode
from cmtool.model import Finding

_ORDER = (
    ExitCode.CONFIGURATION,
    ExitCode.NETWORK,
    ExitCode.AUTHENTICATION,
    ExitCode.BILLING,
    ExitCode.MODEL,
    ExitCode.RATE_LIMIT,
    ExitCode.SERVICE,
    ExitCode.REQUEST,
    ExitCode.UNRECOGNISED,
    ExitCode.STREAM,
)


def place(finding: Finding) -> int:
    """Give the place of a finding in the order: of several the first is the root cause."""
    return _ORDER.index(finding.exit_code)
