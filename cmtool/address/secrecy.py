"""What of a base URL is secret, and how the rest is shown.

A user name and a password stand in front of the host, a key in the query, in the path, or in place
of the whole address.  None of them is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from cmtool.credentials.vendors import vendor_of
from cmtool.redact import cut

_SHOWN = 160
_SHORTEST_KEY = 12
_MASK = "…"
_DOTTED_KEYS = ("SG.", "eyJ", "hvs.", "ya29.")
_CLEAN_HOST = re.compile(r"(?i)[a-z\d-]+(?:\.[a-z\d-]+)+")
_AUTHORITY = re.compile(r"[^\s/?#\\]*")
_TOKEN = re.compile(r"[^\s/?#&=:@,;|\"'`<>()\[\]{}\\]+")
_SECRET_PARAMETER = re.compile(
    r"(?i)[?&#;][\w.-]*(?:key|token|secret|passw|pwd|auth|sig|code|credential)[\w.-]*=([^&#\s]+)"
)


def is_key(text: str) -> bool:
    """Say whether a piece of an address has the form of a key, of this gateway or another's."""
    return len(text) >= _SHORTEST_KEY and any(map(str.isdigit, text)) and begins_like_a_key(text)


def begins_like_a_key(text: str) -> bool:
    """Say whether a text is one word that begins as keys do; a name may begin so as well."""
    if not _TOKEN.fullmatch(text) or ("." in text and not text.startswith(_DOTTED_KEYS)):
        return False
    return text.lower().startswith(("cm-", "cm_")) or vendor_of(text) is not None


def logins(text: str) -> Iterator[str]:
    """Give what stands in front of the host, before an @, of every address in a text.

    An @ further behind belongs to a login as well: a password may hold a slash that nobody has
    escaped.  Behind a whole host it does only where a colon stands in front of it.
    """
    for piece in re.split(r"(?<=//)", text):
        authority = _AUTHORITY.match(piece)
        start = authority[0] if authority else ""
        login, _, host = start.rpartition("@")
        if login:
            yield login
        yield from _behind(host, piece[len(start) :])


def _behind(host: str, rest: str) -> Iterator[str]:
    """Give what may be a login in what follows a host, or what was taken for one."""
    end = rest.rfind("@")
    if end >= 0 and not _CLEAN_HOST.fullmatch(host):
        yield host + rest[:end]
    elif (colon := rest.find(":", 0, max(end, 0))) >= 0:
        yield rest[rest.rfind("/", 0, colon) + 1 : end]


def secrets_in(text: str) -> tuple[str, ...]:
    """Give what must not be shown of an address, be it a URL or not."""
    found = list(_SECRET_PARAMETER.findall(text))
    for login in logins(text):
        user, colon, password = login.partition(":")
        found += [login, password if colon else user]
    found += [token for token in _TOKEN.findall(text) if is_key(token)]
    if begins_like_a_key(text.strip()):
        found.append(text.strip())
    return tuple(dict.fromkeys(form for each in found for form in (each, unquote(each)) if form))


def shown(text: str) -> str:
    """Give an address without its secrets, its query and its fragment, and not too long."""
    if begins_like_a_key(text.strip()):
        return _MASK
    for login in sorted(logins(text), key=len, reverse=True):  # one may end as another does
        text = text.replace(f"{login}@", f"{_MASK}@")
    text = _TOKEN.sub(lambda found: _MASK if is_key(found[0]) else found[0], text)
    if "://" in text:
        text = re.sub(r"[?#].*", f"?{_MASK}", text, flags=re.DOTALL)
    return cut(text, _SHOWN)
