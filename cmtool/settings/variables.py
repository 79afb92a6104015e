"""Names of variables that are almost right: which one was meant.

Pure.  Nobody reads such a variable, so that its value counts for nothing.
"""

from __future__ import annotations

import re

from cmtool.typos import edits_between

KEY_VARIABLE = "CROSSMODEL_API_KEY"
URL_VARIABLE = "CROSSMODEL_API_URL"
_RIGHT = frozenset({KEY_VARIABLE, URL_VARIABLE, "CROSSMODEL_BASE_URL", "CROSSMODEL_MODEL"})
_SEPARATORS = re.compile(r"[\W_]+")
_MOST_EDITS = 2
_MEANT = {
    KEY_VARIABLE: frozenset(
        f"CROSSMODEL{end}"
        for end in ("KEY", "TOKEN", "APITOKEN", "AUTHTOKEN", "SECRET", "SECRETKEY", "APISECRET")
    ),
    URL_VARIABLE: frozenset(
        f"CROSSMODEL{end}"
        for end in ("URL", "BASEURL", "APIBASE", "APIBASEURL", "BASE", "ENDPOINT", "HOST")
    ),
}


def meant_by(name: str) -> str | None:
    """Give the variable that a name was meant to be; None when it is right, or another one."""
    if name in _RIGHT:
        return None
    joined = _SEPARATORS.sub("", name.upper())
    for variable, others in _MEANT.items():
        right = _SEPARATORS.sub("", variable)
        if joined in others or joined.endswith(right):
            return variable
        if edits_between(joined, right, _MOST_EDITS) <= _MOST_EDITS:
            return variable
    return None
