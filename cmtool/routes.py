"""The way to an address that the environment asks for: directly or through which proxy, and why.

``HTTPS_PROXY``, ``HTTP_PROXY`` and ``ALL_PROXY``, in lower case first, and ``NO_PROXY``: the order
of curl (https://curl.se/libcurl/c/libcurl-env.html) and of Python's urllib.  Go's httpproxy looks
at the upper case first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from cmtool import catalog
from cmtool.bypass import Bypass, Destination, bypass_of, near_misses
from cmtool.model import Finding
from cmtool.proxies import ProxyChoice, is_loopback, read_proxy

_VARIABLES = {"https": ("https_proxy", "all_proxy"), "http": ("http_proxy", "all_proxy")}
_FOR_OTHERS = {"https": "http_proxy", "http": "https_proxy"}
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The way to the gateway.

    ``proxy`` is what is used.  Where there is none, ``bypass`` is the entry of NO_PROXY that keeps
    ``unused`` from being used; without a bypass, ``unused`` is for addresses of another scheme.
    ``doubts`` are sentences about what other programs read differently.
    """

    proxy: ProxyChoice | None = None
    bypass: Bypass | None = None
    unused: ProxyChoice | None = None
    doubts: tuple[str, ...] = ()

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
    host = (parts.hostname or "").rstrip(".")
    if is_loopback(host) or parts.scheme not in _VARIABLES:
        return DIRECT
    destination = Destination(host=host, port=parts.port or _PORTS[parts.scheme])
    proxy = _first(_VARIABLES[parts.scheme], environ)
    if proxy is None:
        return Route(unused=_first((_FOR_OTHERS[parts.scheme],), environ))
    doubts = tuple(_doubts(parts.scheme, environ, destination))
    bypass = _bypass(environ, destination)
    if bypass is not None:
        return Route(bypass=bypass, unused=proxy, doubts=doubts)
    proxy = dataclasses.replace(proxy, is_gateway=_is(proxy, destination))
    return Route(proxy=proxy, doubts=(*doubts, *proxy.doubts))


def remarks_on(route: Route) -> Iterator[Finding]:
    """Tell of the proxy in use, what was mended in its address, and who reads it otherwise."""
    proxy = route.proxy
    if proxy is not None and proxy.flaws and proxy.problem is None:
        mended = f"cmtool went on with {proxy.shown}; most programs fail on the value as it is."
        form = "http://host:port, with user:password@ in front of the host where it wants a login"
        yield _finding(
            "proxy_unusable",
            *proxy.flaws,
            mended,
            first_actions=[f"Correct the value of {proxy.variable} to {form}."],
        )
    elif proxy is not None:
        said = f"{proxy.variable} sends the requests to {proxy.shown}."
        yield _finding("proxy_in_use", said)
    if route.doubts:
        yield _finding("proxy_ambiguous", *route.doubts)


def _finding(identifier: str, *evidence: str, first_actions: Sequence[str] = ()) -> Finding:
    row = catalog.row(identifier)
    return catalog.fill(row, evidence=evidence, first_actions=first_actions, check="environment")


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


def _bypass(environ: Mapping[str, str], destination: Destination) -> Bypass | None:
    variable = "no_proxy" if environ.get("no_proxy") else "NO_PROXY"
    return bypass_of(environ.get(variable, ""), variable, destination)


def _doubts(scheme: str, environ: Mapping[str, str], destination: Destination) -> Iterator[str]:
    yield from _two_cases(f"{scheme}_proxy", environ)
    yield from _two_lists(environ, destination)
    bypass = _bypass(environ, destination)
    if bypass is None:
        variable = "no_proxy" if environ.get("no_proxy") else "NO_PROXY"
        yield from near_misses(environ.get(variable, ""), variable, destination)
    elif bypass.unheard:
        yield f'"{bypass.entry}" in {bypass.variable} keeps cmtool off the proxy: {bypass.unheard}.'


def _two_cases(lower: str, environ: Mapping[str, str]) -> Iterator[str]:
    upper = lower.upper()
    small, capital = environ.get(lower), environ.get(upper)
    if not capital or small is None or small == capital:
        return
    if small.strip():
        yield (
            f"{lower} and {upper} differ: cmtool, curl and Python take {lower}"
            f" ({read_proxy(small, lower).shown}), Go takes {upper}"
            f" ({read_proxy(capital, upper).shown})."
        )
    elif not small:
        yield (
            f"{lower} is set and empty: Python then uses no proxy at all, cmtool and curl take"
            f" {upper}."
        )


def _two_lists(environ: Mapping[str, str], destination: Destination) -> Iterator[str]:
    small, capital = environ.get("no_proxy"), environ.get("NO_PROXY")
    if not small or not capital or small == capital:
        return
    first, second = (bypass_of(listed, "", destination) is not None for listed in (small, capital))
    if first != second:
        named = "no_proxy" if first else "NO_PROXY"
        yield (
            f"no_proxy and NO_PROXY differ, and only {named} names the host: cmtool, curl and"
            " Python read no_proxy, Go reads NO_PROXY."
        )
