"""Whose login an answer asks for, by its ``WWW-Authenticate`` (RFC 9110, section 11.6.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cmtool.redact import visible
from cmtool.routing.challenges import schemes

_REALM = re.compile(r'realm\s*=\s*"([^"]{1,200})"', re.IGNORECASE)
_OF_PROGRAMS = frozenset({"Bearer"})  # what the gateway itself and its like ask for
_LONGEST = 80


def login_wanted(headers: Mapping[str, str]) -> str:
    """Say which login is asked for, such as ``Basic, for "Staging"``; "" where none is."""
    header = headers.get("www-authenticate", "")
    asked = [scheme for scheme in schemes(header) if scheme not in _OF_PROGRAMS]
    if not asked:
        return ""
    realm = _REALM.search(header)
    whose = f', for "{visible(realm[1])[:_LONGEST]}"' if realm else ""
    return " or ".join(asked) + whose
