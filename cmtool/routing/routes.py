"""The way to an address that the environment asks for: directly or through which proxy, and why.

``HTTPS_PROXY``, ``HTTP_PROXY`` and ``ALL_PROXY``, in lower case first, and ``NO_PROXY``: the order
of curl (https://curl.se/libcurl/c/libcurl-env.html, which alone reads no ``HTTP_PROXY`` in upper
case) and of Python's urllib, which alone reads mixed case too.  Go's httpproxy looks at the upper
case first, and asks loopback without a proxy, as cmtool does.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cmtool import catalog
from cmtool.model import Finding
from cmtool.routing.bypass import Bypass, Destination, bypass_of, near_misses, unreadable
from cmtool.routing.proxies import ProxyChoice, is_loopback, read_proxy

_VARIABLES = {"https": ("https_proxy", "all_proxy"), "http": ("http_proxy", "all_proxy")}
_FOR_OTHERS = {"https": "http_proxy", "http": "https_proxy"}
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What other programs read differently, in a sentence, and what makes all read the same.

    ``decides`` says that a variable was not heard as it was meant, which may be a failure's cause.
    """

    said: str
    action: str
    decides: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The way to the gateway.

    ``proxy`` is what is used.  Where there is none, ``bypass`` is the entry of NO_PROXY that keeps
    ``unused`` from being used; without a bypass, ``unused`` is for addresses of another scheme.
    ``doubts`` are about what other programs read differently.
    """

    proxy: ProxyChoice | None = None
    bypass: Bypass | None = None
    unused: ProxyChoice | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def why_direct(self) -> str:
        """Say why a proxy that is set is not used; empty when none is set, or it is used."""
        if self.unused is None:
            return ""
        if self.bypass is not None:
            return (
                f'{self.bypass.variable} names the host ("{self.bypass.entry}"), so the proxy'
                f" {self.unused.shown} of {self.unused.variable} is not used"
            )
        scheme = self.unused.variable.lower().partition("_")[0]
        return (
            f"{self.unused.variable} counts for {scheme}:// addresses only, so its proxy"
            f" {self.unused.shown} is not used"
        )


DIRECT = Route()


def route_to(url: str, environ: Mapping[str, str]) -> Route:
    """Give the way to a URL.

    A loopback address never goes through a proxy: the key would leave this machine in the clear.
    """
    parts = urlsplit(url)
    if parts.scheme not in _VARIABLES:
        return DIRECT
    host = (parts.hostname or "").rstrip(".")
    destination = Destination(host=host, port=parts.port or _PORTS[parts.scheme])
    proxy = _first(_VARIABLES[parts.scheme], environ)
    doubts = tuple(_doubts(parts.scheme, environ, destination, proxy))
    if is_loopback(host):
        return Route(doubts=doubts)
    if proxy is None:
        return Route(unused=_first((_FOR_OTHERS[parts.scheme],), environ), doubts=doubts)
    bypass = _bypass(environ, destination)
    if bypass is not None:
        return Route(bypass=bypass, unused=proxy, doubts=doubts)
    proxy = dataclasses.replace(proxy, is_gateway=_is(proxy, destination))
    encode = f"Write the special characters of the login in {proxy.variable} percent-encoded."
    own = (Doubt(said=said, action=encode) for said in proxy.doubts)
    return Route(proxy=proxy, doubts=(*doubts, *own))


def remarks_on(route: Route) -> Iterator[Finding]:
    """Tell of the proxy in use, what was mended in its address, and who reads it otherwise."""
    proxy = route.proxy
    if proxy is not None and proxy.flaws and proxy.problem is None:
        yield _mended(proxy)
    elif proxy is not None:
        says = f"sends the requests to {proxy.shown}" if proxy.problem is None else proxy.claim
        yield _finding("proxy_in_use", f"{proxy.variable} {says}.")
    if route.doubts:
        found = _finding("proxy_ambiguous", *(doubt.said for doubt in route.doubts))
        actions = dict.fromkeys(doubt.action for doubt in route.doubts)
        yield dataclasses.replace(found, actions=tuple(actions))


def _mended(proxy: ProxyChoice) -> Finding:
    """Give the failure that others have with a value that could be mended here."""
    form = "http://host:port, with user:password@ in front of the host where it wants a login"
    return dataclasses.replace(
        _finding("proxy_unusable", *proxy.flaws, f"cmtool went on with {proxy.shown}."),
        cause=(
            "The value of the variable is not quite the address of a proxy. It is clear here what"
            " is meant, so that the rest was checked, but most programs fail on such a value."
        ),
        actions=(f"Correct the value of {proxy.variable} to {form}.",),
    )


def _finding(identifier: str, *evidence: str) -> Finding:
    return catalog.fill(catalog.row(identifier), evidence=evidence, check="environment")


def _first(names: tuple[str, ...], environ: Mapping[str, str]) -> ProxyChoice | None:
    for name in names:
        for variable in (name, name.upper()):
            value = environ.get(variable, "")
            if value.strip():
                return read_proxy(value, variable)
    return None


def _is(proxy: ProxyChoice, destination: Destination) -> bool:
    host = proxy.host.lower().rstrip(".")
    return (host, proxy.port) == (destination.host, destination.port) or (
        host == destination.host and not proxy.names_a_port
    )


def _list(environ: Mapping[str, str]) -> str:
    """Name the variable that holds the list."""
    return "no_proxy" if environ.get("no_proxy") else "NO_PROXY"


def _bypass(environ: Mapping[str, str], destination: Destination) -> Bypass | None:
    variable = _list(environ)
    return bypass_of(environ.get(variable, ""), variable, destination)


def _doubts(
    scheme: str, environ: Mapping[str, str], destination: Destination, proxy: ProxyChoice | None
) -> Iterator[Doubt]:
    """Give what others read differently, that which bears on this way first."""
    yield from _mixed_case(scheme, environ)
    if proxy is not None and is_loopback(destination.host):
        yield from _at_home(proxy, environ, destination)
    elif proxy is not None:
        yield from _on_the_way(scheme, environ, destination)
    yield from _unreadable(environ)


def _on_the_way(
    scheme: str, environ: Mapping[str, str], destination: Destination
) -> Iterator[Doubt]:
    yield from _two_cases(f"{scheme}_proxy", environ)
    yield from _two_lists(environ, destination)
    yield from _missed(environ, destination)
    bypass, variable = _bypass(environ, destination), _list(environ)
    if bypass is not None and bypass.unheard:
        said = f'"{bypass.entry}" in {variable} keeps cmtool off the proxy: {bypass.unheard}.'
        action = f"Write the host plainly into {variable}, which all read: {destination.host}"
        yield Doubt(said=said, action=action)


def _missed(environ: Mapping[str, str], destination: Destination) -> Iterator[Doubt]:
    """Give the entries that name the host for nobody, or not for everybody."""
    variable = _list(environ)
    if _bypass(environ, destination) is None:
        action = f"If the host is meant, write it plainly into {variable}: {destination.host}"
        for said in near_misses(environ.get(variable, ""), variable, destination):
            yield Doubt(said=said, action=action, decides=True)


def _at_home(
    proxy: ProxyChoice, environ: Mapping[str, str], destination: Destination
) -> Iterator[Doubt]:
    """Say that others ask a proxy for this machine: what works here fails there."""
    bypass, variable = _bypass(environ, destination), _list(environ)
    action = f"Write the host plainly into {variable}, which all read: {destination.host}"
    if bypass is not None and bypass.unheard:
        said = f'Not everybody takes "{bypass.entry}" in {variable} for this machine'
        yield Doubt(said=f"{said}: {bypass.unheard}.", action=action)
    if bypass is not None:
        return
    yield from _missed(environ, destination)
    curl = "" if proxy.variable == "HTTP_PROXY" else "curl, "  # which reads no HTTP_PROXY
    far = "" if proxy.is_local else ", for which this name is another machine"
    yield Doubt(
        said=(
            f"cmtool and Go ask {destination.host} directly, but {curl}Python (httpx, urllib) and"
            f" Node.js ask the proxy {proxy.shown} of {proxy.variable}{far}."
        ),
        action=action,
    )


def _mixed_case(scheme: str, environ: Mapping[str, str]) -> Iterator[Doubt]:
    for name, value in environ.items():
        lower, upper = name.lower(), name.upper()
        if name in {lower, upper} or lower not in {*_VARIABLES[scheme], "no_proxy"}:
            continue
        if value.strip() and environ.get(lower) is None and environ.get(upper) != value:
            yield Doubt(
                said=(
                    f"{name} is written in mixed case: Python programs (httpx, urllib) read it,"
                    " cmtool, curl, Go and Node.js do not."
                ),
                action=f"Write {upper} in place of {name}.",
                decides=True,
            )


def _unreadable(environ: Mapping[str, str]) -> Iterator[Doubt]:
    variable = _list(environ)
    action = f"Write IPv6 addresses into {variable} without brackets, and no ranges of them."
    for said in unreadable(environ.get(variable, ""), variable):
        yield Doubt(said=said, action=action)


def _two_cases(lower: str, environ: Mapping[str, str]) -> Iterator[Doubt]:
    upper = lower.upper()
    small, capital = environ.get(lower), environ.get(upper)
    if not capital or small is None or small == capital:
        return
    if small.strip():
        ours, theirs = read_proxy(small, lower).shown, read_proxy(capital, upper).shown
        yield Doubt(
            said=(
                f"{lower} and {upper} differ: cmtool, curl and Python take {lower} ({ours}), Go"
                f" takes {upper} ({theirs})."
            ),
            action=f"Set {lower} and {upper} to the same value.",
        )
    elif not small:
        yield Doubt(
            said=(
                f"{lower} is set and empty: Python then uses no proxy at all, cmtool and curl take"
                f" {upper}."
            ),
            action=f"Unset {lower}, or give it the value of {upper}.",
        )


def _two_lists(environ: Mapping[str, str], destination: Destination) -> Iterator[Doubt]:
    small, capital = environ.get("no_proxy"), environ.get("NO_PROXY")
    if not small or not capital or small == capital:
        return
    first, second = (bypass_of(listed, "", destination) is not None for listed in (small, capital))
    if first != second:
        named = "no_proxy" if first else "NO_PROXY"
        yield Doubt(
            said=(
                f"no_proxy and NO_PROXY differ, and only {named} names the host: cmtool, curl and"
                " Python read no_proxy, Go reads NO_PROXY."
            ),
            action="Set no_proxy and NO_PROXY to the same value.",
            decides=True,
        )
