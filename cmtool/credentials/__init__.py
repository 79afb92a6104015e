"""The API key before it is sent: what is wrong with it, what can be mended, where else one lies."""

from __future__ import annotations

from cmtool.credentials.contents import PREFIX
from cmtool.credentials.elsewhere import (
    OF_OTHER_VENDORS,
    conflicts,
    found_elsewhere,
    how_to_load,
    misshapen,
    reads_variable,
    usable,
)
from cmtool.credentials.examination import Elsewhere, KeyVerdict, examine
from cmtool.credentials.mending import bare
from cmtool.credentials.vendors import is_a_secret

__all__ = [
    "OF_OTHER_VENDORS",
    "PREFIX",
    "Elsewhere",
    "KeyVerdict",
    "bare",
    "conflicts",
    "examine",
    "found_elsewhere",
    "how_to_load",
    "is_a_secret",
    "misshapen",
    "reads_variable",
    "usable",
]
