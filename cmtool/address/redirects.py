"""Where a redirect leads, what that means for the base URL, and what a client that follows does.

Pure.  cmtool itself follows none.  RFC 9110, section 15.4: a 301 or 302 may turn a POST into a GET,
a 303 does, 307 and 308 keep it.  The Fetch standard (HTTP-redirect fetch) takes ``Authorization``
off where the origin changes, and no other header that holds a key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from cmtool.address import API_HOST, PUBLIC_BASE_URL, examine, logins, shown
from cmtool.address.hosts import vendor, website
from cmtool.catalog.row import CONTACT

STATUSES = frozenset({300, 301, 302, 303, 307, 308})
"""RFC 9110, sections 15.4.1 to 15.4.9, without those that lead nowhere."""

_LONGEST = 2000  # of an address that is worth reading
_AT_ITS_END = re.compile(
    r"(?i)/(chat/completions|responses|messages|models(/[^/]+)?|credits|usage)/?$"
)
_LOG_IN = re.compile(
    r"""(?xi) (?<![a-z]) (log-?[io]n | sign-?in | sso | oauth2? | authorize | authenticate | saml2?
      | portal | captive | idp | adfs | cas | okta | auth0 | accounts? | microsoftonline
      | hotspot | guest ) (?![a-z]) | (?<![a-z]) auth (?![a-z])"""
)
_PORTS = {"http": 80, "https": 443}
_PUBLIC = f"The public gateway is {PUBLIC_BASE_URL}."
_GET = "may send a GET in place of the POST"
_FOLLOWED = {
    300: "A 300 leaves it to the client whether to follow",
    301: f"A client that follows a 301 {_GET}",
    302: f"A client that follows a 302 {_GET}",
    303: "A client that follows a 303 sends a GET in place of the POST",
    307: "A client that follows a 307 sends the POST once more",
    308: "A client that follows a 308 sends the POST once more",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """What a redirect says, in sentences; what to do, in order; and the base URL that it gives.

    ``actions`` is empty where nothing is known beside the redirect itself.
    """

    facts: tuple[str, ...]
    actions: tuple[str, ...] = ()
    base_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """From where to where: ``asked`` is None where the request is not known."""

    asked: SplitResult | None
    to: SplitResult
    path: str | None

    @property
    def host(self) -> str:
        return self.to.hostname or ""

    @property
    def stays(self) -> bool:
        """Whether it is the same host; the port and the scheme may be others."""
        return self.asked is not None and self.asked.hostname == self.to.hostname

    @property
    def same_origin(self) -> bool:
        return self.asked is not None and _origin(self.asked) == _origin(self.to)

    @property
    def base_url(self) -> str | None:
        """The base URL out of which the new address is made; None where it shows none."""
        path = self.to.path.rstrip("/")
        if self.path and path.endswith(self.path):
            path = path.removesuffix(self.path)
        else:
            path = _AT_ITS_END.sub("", path)
        if path == self.to.path.rstrip("/"):
            return None
        verdict = examine(f"{self.to.scheme}://{self.to.netloc}{path}", "it")
        return verdict.base_url if verdict.finding is None else None


def read(
    status: int, location: str | None, *, base_url: str | None = None, path: str | None = None
) -> Redirect:
    """Say where an answer leads; ``path`` is what was asked for behind ``base_url``."""
    if not (location or "").strip():
        missing = "has no Location header" if location is None else "has an empty Location header"
        fact = f"It names no new address: the answer {missing}."
        return Redirect(facts=(fact,), actions=_to_nowhere(base_url))
    step = _step((location or "").strip(), base_url, path)
    if isinstance(step, str):
        return Redirect(facts=(step,), actions=_to_nowhere(base_url))
    for kind in _KINDS:
        if told := kind(step):
            where = f"It points to {shown(step.to.geturl())}"
            fact, action, url = told
            facts = (f"{where}{fact}", _followed(status, step))
            further = (_PUBLIC,) if kind in {_within, _elsewhere} else ()
            return Redirect(facts=facts, actions=(action, *further), base_url=url)
    raise AssertionError("the last kind takes everything")


def _to_nowhere(base_url: str | None) -> tuple[str, ...]:
    """Say what to do about a redirect that nobody can follow."""
    try:
        host = urlsplit(base_url or "").hostname
    except ValueError:
        host = None
    whose = _owner(host) if host else "Whoever runs the server"
    mend = f"{whose[0].lower()}{whose[1:]} has to mend the answer, which no client can follow."
    return (
        f"Check the host and the path of the base URL. {_PUBLIC}",
        f"If they are right: {mend}",
    )


def _step(location: str, base_url: str | None, path: str | None) -> _Step | str:
    """Read a Location header; a text is a sentence that says why it leads nowhere."""
    if len(location) > _LONGEST:
        return f"It points to {shown(location)}: no address is that long."
    for login in logins(location) if "//" in location else ():
        location = location.replace(f"{login}@", "")
    try:
        asked = urlsplit(f"{base_url}{path or '/'}") if base_url else None
        to = urlsplit(urljoin(asked.geturl(), location) if asked else location)
        usable = to.port != 0  # the property raises for a port that cannot be
    except ValueError:
        usable = False
    if not usable:
        return f"Its Location header is no address: {shown(location)}"
    if to.scheme not in {"http", "https", ""}:
        return f"It points to a {to.scheme}: address, which a client of an API cannot follow."
    if to.scheme and not to.hostname:
        return f"Its Location header names no host: {shown(location)}"
    return _Step(asked=asked, to=to, path=path)


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _followed(status: int, step: _Step) -> str:
    does = _FOLLOWED[status]
    if step.same_origin or step.asked is None:
        return f"{does}."
    return (
        f"{does}; at another origin it drops the Authorization header, so that a 401 follows, but "
        "may hand on x-api-key."
    )


def _owner(host: str) -> str:
    return f"Whoever runs {host}{f' ({CONTACT})' if host == API_HOST else ''}"


_Told = tuple[str, str, str | None]


def _itself(step: _Step) -> _Told | None:
    if step.asked is None or not step.same_origin or step.to.path != step.asked.path:
        return None
    action = (
        f"{_owner(step.host)} has to mend it: often TLS ends at a proxy, and the server behind it, "
        "which sees plain http, sends every request to https."
    )
    return ", the address that was asked: a loop without end.", action, None


def _downgrade(step: _Step) -> _Told | None:
    if step.asked is None or (step.asked.scheme, step.to.scheme) != ("https", "http"):
        return None
    never = (
        "Never follow it, and do not write http in the base URL: anyone on the way could read the "
        "key."
    )
    if step.stays and not _LOG_IN.search(step.to.path):
        action = f"{never} {_owner(step.asked.hostname or '')} has to mend it."
        return ", from https down to plain http.", action, None
    fact = ", from https down to plain http, as the portal of a guest network leads to its page."
    return fact, f"Open any page in a browser and sign in to the network. {never}", None


def _log_in(step: _Step) -> _Told | None:
    named = f"{step.host.rpartition(API_HOST)[2]}/{step.to.path}"
    if not _LOG_IN.search(named):
        return None
    action = (
        "Open any page in a browser and sign in, then try again. Where no browser is, ask whoever "
        "runs the network or the host for a way past the log-in page."
    )
    return (
        ", which looks like a log-in page: of a guest network or of a single sign-on.",
        action,
        None,
    )


def _secure(step: _Step) -> _Told | None:
    is_secure = step.asked is not None and (step.asked.scheme, step.to.scheme) == ("http", "https")
    if not (is_secure and step.stays):
        return None
    url = step.base_url
    action = f"Write https in the base URL{f': {url}' if url else ''}."
    return ", the same host over https.", action, url


def _pages(step: _Step) -> _Told | None:
    pages = website(step.host, step.to.path)
    action = f"Set the base URL to {PUBLIC_BASE_URL}."
    return (f", which is {pages}, not the API.", action, PUBLIC_BASE_URL) if pages else None


def _gateway(step: _Step) -> _Told | None:
    if step.host != API_HOST or step.stays:
        return None
    return ", the gateway's own host.", f"Set the base URL to {PUBLIC_BASE_URL}.", PUBLIC_BASE_URL


def _vendor(step: _Step) -> _Told | None:
    whose = vendor(step.host)
    action = f"Set the base URL to {PUBLIC_BASE_URL}; a key of this gateway is nothing to {whose}."
    return (f", which belongs to {whose}.", action, PUBLIC_BASE_URL) if whose else None


def _slash(step: _Step) -> _Told | None:
    if not step.same_origin or step.asked is None or step.to.path != f"{step.asked.path}/":
        return None
    action = (
        "No base URL mends that: the server knows the path only with the slash. "
        f"{_owner(step.host)} has to let it answer without."
    )
    return ", the same path with a slash at its end.", action, None


def _within(step: _Step) -> _Told | None:
    if not step.same_origin:
        return None
    url = step.base_url
    if url is None:
        action = f"Ask whoever runs {step.host} for the path of the API; /v1 stands at its end."
        lacks = "without /v1" if "/v1" not in step.to.path else "at which no endpoint is"
        return f", a path {lacks} at the same host.", action, None
    return ", another path at the same host.", f"Set the base URL to {url}.", url


def _elsewhere(step: _Step) -> _Told:
    if not step.host:
        return ", an address without a host.", "See which base URL the failing call used.", None
    url, name = step.base_url, step.to.netloc
    same = ", another port of the same host." if step.stays else ", at another host."
    if url is None:
        action = f"If you know {name}, ask whoever runs it for the base URL of the API there."
        return same, action, None
    action = f"If you know {name} and trust it with the key, set the base URL to {url}."
    return same, action, None  # a server's word alone is no line to be run


_KINDS: tuple[Callable[[_Step], _Told | None], ...] = (
    _itself,
    _downgrade,
    _pages,
    _gateway,
    _vendor,
    _log_in,
    _secure,
    _slash,
    _within,
    _elsewhere,
)
"""In this order: what is dangerous first, then whose host it is, then what became of the path."""
