"""Which proxy the environment asks for, by the conventions of curl and Python.

``HTTPS_PROXY``, ``HTTP_PROXY`` and ``ALL_PROXY``, in lower case first, and ``NO_PROXY``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_VARIABLES = {"https": ("https_proxy", "all_proxy"), "http": ("http_proxy", "all_proxy")}
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyChoice:
    """The proxy that is used, and the variable that asks for it; credentials are in ``url``."""

    url: str
    variable: str

    @property
    def shown(self) -> str:
        """The proxy's address without credentials, be it a URL or not."""
        scheme, _, rest = self.url.partition("://")
        address = rest.rpartition("@")[2]
        return f"{scheme}://{address.partition('?')[0].partition('#')[0]}"


def proxy_for(url: str, environ: Mapping[str, str]) -> ProxyChoice | None:
    """Give the proxy for a URL; None when it is reached directly.

    A loopback address never goes through a proxy: the key would leave this machine in the clear.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or _bypassed(parts, environ):
        return None
    for name in _VARIABLES.get(parts.scheme, ()):
        for variable in (name, name.upper()):
            value = environ.get(variable, "").strip()
            if value:
                return ProxyChoice(url=_with_scheme(value), variable=variable)
    return None


def is_loopback(host: str) -> bool:
    """Say whether a host name or address can only be this machine."""
    name = host.lower().strip("[]")
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")  # RFC 6761, section 6.3


def _bypassed(parts: SplitResult, environ: Mapping[str, str]) -> bool:
    listed = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or _PORTS.get(parts.scheme)
    return any(
        entry == "*" or f".{name}".endswith(f".{_bare(entry)}")
        for entry in map(str.strip, listed.lower().split(","))
        for name in (host, f"{host}:{port}")
        if _bare(entry)
    )


def _bare(entry: str) -> str:
    """Give an entry without its leading dot or star, and an IPv6 address without brackets."""
    return entry if entry == "*" else entry.lstrip(".*").replace("[", "").replace("]", "")


def _with_scheme(value: str) -> str:
    return value if "://" in value else f"http://{value}"
