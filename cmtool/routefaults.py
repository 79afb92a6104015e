"""What the choice of the way has to do with a failure: a proxy that is set and was not used."""

from __future__ import annotations

from collections.abc import Iterator

from cmtool.faults import TransportError
from cmtool.routes import Route

_NOT_REACHED = frozenset(
    {
        "dns_failure",
        "connection_refused",
        "connection_timeout",
        "connection_reset",
        "network_unreachable",
    }
)


def without_proxy(error: TransportError, route: Route) -> TransportError:
    """Say of a direct connection that failed why a proxy that is set was not used."""
    if not route.why_direct or route.unused is None or error.identifier not in _NOT_REACHED:
        return error
    if route.bypass is not None:
        action = (
            f'If the gateway is reached through the proxy only, take "{route.bypass.entry}" out of'
            f" {route.bypass.variable}."
        )
    else:
        right = "HTTPS_PROXY" if route.unused.variable.isupper() else "https_proxy"
        action = f"If the gateway is reached through the proxy only, set {right} to it as well."
    return error.within(before=[f"{route.why_direct}."], after=_said(route), actions=[action])


def doubted(error: TransportError, route: Route) -> TransportError:
    """Add to a proxy that failed what other programs read differently: they may not use it."""
    return error.within(after=_said(route))


def _said(route: Route) -> Iterator[str]:
    return (doubt.said for doubt in route.doubts)
