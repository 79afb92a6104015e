"""Which listed model ID was meant, and which one is cheap to ask; pure, over the live list alone.

Nothing about any vendor's models is known by heart: families, vendors and vocabulary are read off
the list.
"""

from __future__ import annotations

from cmtool.modelids.choosing import cheap
from cmtool.modelids.form import LONGEST, problem
from cmtool.modelids.nearness import nearest

__all__ = ["LONGEST", "cheap", "nearest", "problem"]
