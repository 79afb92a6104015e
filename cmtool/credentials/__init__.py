"""The API key before it is sent: what is wrong with it, what can be mended, where else one lies."""

from __future__ import annotations

from cmtool.credentials.contents import PREFIX
from cmtool.credentials.elsewhere import OF_OTHER_VENDORS, conflicts, found_elsewhere, loading
from cmtool.credentials.examination import Elsewhere, KeyVerdict, examine
from cmtool.credentials.mending import bare

__all__ = [
    "OF_OTHER_VENDORS",
    "PREFIX",
    "Elsewhere",
    "KeyVerdict",
    "bare",
    "conflicts",
    "examine",
    "found_elsewhere",
    "loading",
]
