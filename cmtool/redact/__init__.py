"""Secrets and terminal safety: what a server or a user's file says becomes safe to show.

Two separate things.  :class:`Redactor` takes secrets out of a text, by their exact value and by
their shape.  :func:`visible` makes characters that a terminal would obey into characters that a
person can read.
"""

from __future__ import annotations

from cmtool.redact.headers import SHOWN_HEADERS
from cmtool.redact.secrets import Redactor, fingerprint
from cmtool.redact.terminal import cut, visible

__all__ = ["SHOWN_HEADERS", "Redactor", "cut", "fingerprint", "visible"]
