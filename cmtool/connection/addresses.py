"""What an address says about the way to it: ranges that can hardly hold a public gateway.

The ranges are those of the IANA special-purpose address registries (RFC 6890 and its updates).
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_INSIDE = frozenset(
    {"local", "internal", "intranet", "lan", "home", "corp", "private", "localhost"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A range of addresses, in words, and what it means that a public name leads there."""

    networks: tuple[IPv4Network | IPv6Network, ...]
    kind: str
    meaning: str
    action: str


def _range(networks: str, *, kind: str, meaning: str, action: str) -> Range:
    found = tuple(ip_network(network) for network in networks.split())
    return Range(networks=found, kind=kind, meaning=meaning, action=action)


_HOSTS_FILE = (
    "Look for the host in the hosts file of this machine (/etc/hosts, on Windows "
    "C:\\Windows\\System32\\drivers\\etc\\hosts), and in the lists of an ad or DNS blocker."
)
_ASK_ANOTHER = (
    "Ask another name server for the host, or look it up from another network, and compare the "
    "addresses."
)

_RANGES = (
    _range(
        "0.0.0.0/8 ::/128",
        kind="no address of any machine",
        meaning="a hosts file or a DNS blocker gives it to keep a name from being reached",
        action=_HOSTS_FILE,
    ),
    _range(
        "127.0.0.0/8 ::1/128",
        kind="this machine itself",
        meaning="a hosts file or a DNS blocker leads the name here",
        action=_HOSTS_FILE,
    ),
    _range(
        "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7",
        kind="a private address",
        meaning="the name server of an office or a VPN answers with an address of its own network",
        action=(
            "Check that the VPN is connected if it should be, or off if it should not be; ask the "
            "owner of the network why the name leads inside."
        ),
    ),
    _range(
        "169.254.0.0/16 fe80::/10",
        kind="an address of the local link",
        meaning="it reaches no further than the same cable or wireless network",
        action=_ASK_ANOTHER,
    ),
    _range(
        "100.64.0.0/10",
        kind="an address that providers and overlay networks such as Tailscale use inside",
        meaning="the name server of that network answers with an address of its own",
        action="Switch the overlay network or VPN off and on again, and compare.",
    ),
    _range(
        "198.18.0.0/15",
        kind="an address out of a range for tests",
        meaning=(
            "a proxy program on this machine or its router, such as Clash or Surge, hands out such "
            "stand-ins and must be running to make them work"
        ),
        action=(
            "Start the proxy program that hands out these addresses, or switch it off with its DNS "
            "(fake-ip), so that the name gets its real address."
        ),
    ),
    _range(
        "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
        kind="an address that exists in examples only",
        meaning="somebody copied it out of a documentation, or a blocker gives it",
        action=_HOSTS_FILE,
    ),
    _range(
        "224.0.0.0/4 ff00::/8",
        kind="a multicast address",
        meaning="no connection can be made to it, so the answer of the name server is wrong",
        action=_ASK_ANOTHER,
    ),
    _range(
        "240.0.0.0/4 100::/64",
        kind="a reserved address",
        meaning="no machine has it, so the answer of the name server is wrong",
        action=_ASK_ANOTHER,
    ),
)


def odd_range(host: str, address: str) -> Range | None:
    """Give the range that makes an address unlikely for a host; None where nothing is odd.

    Of a host that is an address itself, or whose name is one for inside use, nothing is odd.
    """
    if _is_address(host) or not _is_public(host):
        return None
    found = _parsed(address)
    return next((r for r in _RANGES if found is not None and _is_within(found, r)), None)


def _is_within(address: IPv4Address | IPv6Address, entry: Range) -> bool:
    return any(address.version == net.version and address in net for net in entry.networks)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _is_address(host: str) -> bool:
    return _parsed(host.strip("[]")) is not None


def _is_public(host: str) -> bool:
    labels = host.lower().rstrip(".").split(".")
    return len(labels) > 1 and labels[-1] not in _INSIDE and labels[-2:] != ["home", "arpa"]
