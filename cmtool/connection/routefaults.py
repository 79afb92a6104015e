"""What the choice of the way has to do with a failure: a proxy that is set and was not used."""

from __future__ import annotations

from collections.abc import Iterator

from cmtool.connection.faults import TransportError
from cmtool.routing.routes import Route

_NOT_REACHED = frozenset(
    {
        "dns_failure",
        "connection_refused",
        "connection_timeout",
        "connection_reset",
        "network_unreachable",
    }
)


# https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent
_NODE = "undici, the client of Node.js, takes it for https:// too where nothing else is set."


def without_proxy(error: TransportError, route: Route) -> TransportError:
    """Say of a direct connection that failed why a proxy that is set was not used."""
    if error.identifier not in _NOT_REACHED:
        return error
    if not route.why_direct or route.unused is None:
        return doubted(error, route)
    if route.bypass is not None:
        needed = f'take "{route.bypass.entry}" out of {route.bypass.variable}'
        after = tuple(_said(route))
    else:
        right = "HTTPS_PROXY" if route.unused.variable.isupper() else "https_proxy"
        needed = f"set {right} to it as well"
        after = (_NODE, *_said(route))
    return error.within(
        before=[f"{route.why_direct}."],
        after=after,
        actions=[f"If the gateway is reached through the proxy only, {needed}."],
    )


def doubted(error: TransportError, route: Route) -> TransportError:
    """Add to a failure what other programs read differently, and first what was not heard."""
    unheard = (doubt.action for doubt in route.doubts if doubt.decides)
    return error.within(after=_said(route), actions=dict.fromkeys(unheard))


def _said(route: Route) -> Iterator[str]:
    return (doubt.said for doubt in route.doubts)
