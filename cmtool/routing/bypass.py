"""NO_PROXY: which of its entries takes a host off the proxy, and who reads that entry otherwise.

There is no standard.  cmtool takes an entry that any of the common clients takes.  How they differ
was tried with curl 7.88, httpx 0.28, httpx2 2.16 and urllib of Python 3.11; for Go see the package
golang.org/x/net/http/httpproxy, for CIDR in curl https://curl.se/libcurl/c/CURLOPT_NOPROXY.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_QUOTES = "\"'`“”‘’"
_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a request goes: a host in lower case, without brackets and final dot, and a port."""

    host: str
    port: int | None

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        """The host as an address, None when it is a name: names are not looked up for NO_PROXY."""
        return _address(self.host)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bypass:
    """The entry that takes a host off the proxy, and the variable in which it stands.

    ``unheard`` says who reads that entry otherwise; empty when nobody is known to.
    """

    variable: str
    entry: str
    unheard: str = ""


def bypass_of(listed: str, variable: str, destination: Destination) -> Bypass | None:
    """Give the first entry of a list that names the destination; None when none does."""
    entries = _entries(listed)
    for entry in entries:
        unheard = _matched(entry, destination)
        if unheard is None:
            continue
        if entry == "*" and len(entries) > 1:
            unheard = "curl and urllib take a star only where it stands alone"
        return Bypass(variable=variable, entry=entry[:_SHOWN], unheard=unheard)
    return None


def near_misses(listed: str, variable: str, destination: Destination) -> tuple[str, ...]:
    """Say of entries that do not match as they stand what keeps them from it."""
    return tuple(
        f'"{entry[:_SHOWN]}" in {variable} does not name the host: {why}.'
        for entry in _entries(listed)
        for why in _misses(entry, destination)
    )


def unreadable(listed: str, variable: str) -> tuple[str, ...]:
    """Say of entries at which a client fails before it sends anything, whatever its host is."""
    return tuple(
        f'At "{entry[:_SHOWN]}" in {variable} httpx 0.28 fails with InvalidURL: it reads IPv6'
        " neither in brackets nor as a range."
        for entry in _entries(listed)
        if _IPV6.fullmatch(entry) and ("[" in entry or "/" in entry)
    )


def _entries(listed: str) -> list[str]:
    return [entry for entry in map(str.strip, listed.split(",")) if entry]


def _matched(entry: str, destination: Destination) -> str | None:
    """Say who reads an entry that matches otherwise, "" for nobody; None when it does not match."""
    name = entry.lower()
    if name == "*":
        return ""
    if "/" in name:
        return _NO_RANGES if _in_range(name, destination) else None
    found = _address(name.strip("[]"))
    if found is not None:
        bracketed = _NO_BRACKETS if name.startswith("[") else ""
        return bracketed if found == destination.address else None
    bare, port = _without_port(name)
    if port is not None:
        same = port == destination.port and _names(bare, destination.host) is not None
        return _NO_PORTS if same else None
    return _names(name, destination.host)


_IPV6 = re.compile(r"\[[\da-fA-F:.]*:[\da-fA-F:.]*\](?::\d+)?|[\da-fA-F:.]*:[\da-fA-F:.]*/\d+")
_NO_RANGES = "curl before 7.86, httpx 0.28 and urllib read no ranges of addresses"
_NO_BRACKETS = "curl and urllib read an IPv6 address without brackets only"
_NO_PORTS = "curl, and for the usual port httpx, read no port there"
_NO_STARS = "curl, httpx 0.28 and urllib know no star before a name"
_NO_DOT_BEHIND = "only curl reads a name with a dot at its end"
_BELOW_ONLY = "for httpx and Go a leading dot names only what is below"


def _names(entry: str, host: str) -> str | None:
    bare = entry.lstrip("*.").rstrip(".").strip("[]")
    if not bare or not f".{host}".endswith(f".{bare}"):
        return None
    if entry.startswith("*"):
        return _NO_STARS
    if entry.endswith("."):
        return _NO_DOT_BEHIND
    return _BELOW_ONLY if entry.startswith(".") and host == bare else ""


def _in_range(entry: str, destination: Destination) -> bool:
    try:
        network = ip_network(entry, strict=False)
    except ValueError:
        return False
    address = destination.address
    return address is not None and address.version == network.version and address in network


def _without_port(name: str) -> tuple[str, int | None]:
    bare, colon, port = name.rpartition(":")
    if not colon or not re.fullmatch("[0-9]{1,5}", port):
        return name, None
    return bare.strip("[]"), int(port)


_PARTED = {
    ";": "none of the common clients reads a semicolon",
    "|": "none of the common clients reads a bar",
    "\n": "line ends are read by Node.js only",
    " ": "blanks are read by curl and Node.js only",
}
_UNFILLED = re.compile(r"\$\{?\w+|%\w+%|\{\{")


def _misses(entry: str, destination: Destination) -> Iterator[str]:
    if _matched(entry, destination) is not None:
        return
    bare = entry.strip(_QUOTES)
    parts = [part for part in re.split(r"[\s;|]", bare) if part]
    without_scheme = re.sub(r"(?i)^[a-z]+://", "", bare)
    host = without_scheme.partition("/")[0]
    if parts != [bare] and any(_matched(part, destination) is not None for part in parts):
        between = next((said for mark, said in _PARTED.items() if mark in bare), _PARTED[" "])
        yield f"entries are parted by commas; {between}"
    elif _UNFILLED.search(bare):
        yield "a variable in it was never filled in"
    elif _is_pattern(host.lower(), destination):
        yield "a range is written as in 10.0.0.0/8, and a star counts in front of a name at most"
    elif _in_range(without_scheme, destination) or _matched(host, destination) is None:
        return
    elif without_scheme != bare:
        yield "an entry is a host without a scheme; only httpx reads one with it"
    elif bare != entry:
        yield "quotation marks are no part of an entry"
    else:
        yield "an entry is a host without a path"


def _is_pattern(name: str, destination: Destination) -> bool:
    """Say whether a star behind, or the beginning of an address, was meant to name the host."""
    begins = destination.address is not None and f"{destination.host}.".startswith(
        f"{name.rstrip('.')}."
    )
    has_star = "*" in name.lstrip("*") and len(name) <= _SHOWN
    starred = has_star and fnmatchcase(destination.host, name)
    return bool(name.strip(".")) and (begins or starred)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
