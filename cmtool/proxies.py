"""Which proxy the environment asks for, by the conventions of curl and Python.

``HTTPS_PROXY``, ``HTTP_PROXY`` and ``ALL_PROXY``, in lower case first, and ``NO_PROXY``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

_VARIABLES = {"https": ("https_proxy", "all_proxy"), "http": ("http_proxy", "all_proxy")}
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyChoice:
    """The proxy that is used, and the variable that asks for it; credentials are in ``url``."""

    url: str
    variable: str

    @property
    def problem(self) -> str | None:
        """Why it cannot be used as it is written, in a sentence; None when it can."""
        try:
            parts = urlsplit(self.url)
            usable = bool(parts.hostname) and parts.port != 0
        except ValueError:
            return "this is no address."
        if parts.scheme.startswith("socks"):
            return "SOCKS is not spoken here; name the proxy's http address if it has one."
        if parts.scheme not in _PORTS:
            return f"a proxy is spoken to over http or https, not over {parts.scheme}."
        return None if usable else "there is no host in it."

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


def login_parts(value: str) -> tuple[str, ...]:
    """Give the password of a URL, as it stands there and as it is sent; nothing without one."""
    login, at, _ = value.partition("://")[2].rpartition("@")
    password = login.partition(":")[2] if at else ""
    return tuple({password, unquote(password)}) if password else ()


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
