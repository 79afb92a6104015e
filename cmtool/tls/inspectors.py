"""Who opens TLS connections on the way and shows a certificate of its own, told by its issuer.

A new product is a new row.  ``marks`` are lower-case pieces of the issuer's names that no public
authority bears.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cmtool.tls.certificates import Certificate


class Place(StrEnum):
    """Where such a product stands, in words; each has its own way out."""

    NETWORK = "a product by which companies inspect TLS"
    MACHINE = "a security program on this machine that inspects TLS"
    DEBUGGER = "a debugging proxy that shows TLS traffic to a developer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """One product."""

    name: str
    marks: tuple[str, ...]
    place: Place


def _on(place: Place, *rows: tuple[str, str]) -> tuple[Inspector, ...]:
    return tuple(Inspector(name=n, marks=tuple(m.split("|")), place=place) for n, m in rows)


INSPECTORS: tuple[Inspector, ...] = (
    *_on(
        Place.NETWORK,
        ("Zscaler", "zscaler"),
        ("Netskope", "netskope|goskope"),
        ("Fortinet FortiGate", "fortinet|fortigate|fortiproxy"),
        ("Palo Alto Networks", "palo alto networks|paloalto|globalprotect|prisma access"),
        ("Cisco Umbrella", "cisco umbrella|opendns"),
        ("Cisco Secure Web Appliance", "ironport|cisco web security|cisco secure"),
        ("Blue Coat / Symantec ProxySG", "blue coat|bluecoat|proxysg|symantec web security"),
        ("Forcepoint", "forcepoint|websense"),
        ("Sophos", "sophos"),
        ("McAfee / Skyhigh", "mcafee|skyhigh|trellix"),
        ("Check Point", "check point|checkpoint"),
        ("Barracuda", "barracuda"),
        ("WatchGuard", "watchguard|fireware"),
        ("Cato Networks", "cato networks|catonetworks"),
        ("Cloudflare Gateway", "cloudflare gateway|gateway ca - cloudflare|cloudflare for teams"),
        ("Menlo Security", "menlo security"),
        ("iboss", "iboss"),
        ("Trend Micro", "trend micro|trendmicro|interscan"),
        ("SonicWall", "sonicwall"),
        ("Juniper", "juniper networks"),
        ("Untangle", "untangle|edge threat management"),
        ("Smoothwall", "smoothwall"),
        ("Lightspeed", "lightspeed systems|lightspeed filter"),
        ("Securly", "securly"),
        ("ContentKeeper", "contentkeeper"),
        ("Squid", "squid"),
        ("pfSense / OPNsense", "pfsense|opnsense"),
    ),
    *_on(
        Place.MACHINE,
        ("Kaspersky", "kaspersky"),
        ("Avast", "avast"),
        ("AVG", "avg technologies|avg web|avg antivirus"),
        ("ESET", "eset ssl|eset, spol"),
        ("Bitdefender", "bitdefender"),
        ("Dr.Web", "dr.web|doctor web"),
        ("Norton", "norton web|norton antivirus|nortonlifelock"),
        ("AdGuard", "adguard"),
        ("Qustodio", "qustodio"),
        ("Net Nanny", "net nanny|netnanny|contentwatch"),
    ),
    *_on(
        Place.DEBUGGER,
        ("mitmproxy", "mitmproxy"),
        ("Charles", "charles proxy"),
        ("Fiddler", "fiddler|do_not_trust"),
        ("Burp Suite", "portswigger"),
        ("OWASP ZAP", "owasp zap|owasp root|zed attack proxy|zap root"),
        ("Proxyman", "proxyman"),
        ("HTTP Toolkit", "http toolkit|httptoolkit"),
        ("Requestly", "requestly"),
        ("Whistle", "whistle-|whistle root"),
        ("Reqable", "reqable"),
        ("AnyProxy", "anyproxy"),
        ("Telerik", "telerik"),
    ),
)


def inspector_of(*chain: Certificate) -> Inspector | None:
    """Give the product whose name an issuer in a chain bears; None where none is known."""
    issuers = [shown.issuer for shown in chain]
    told = " ".join(f"{n.organisation} {n.common} {n.unit}" for n in issuers).lower()
    found = (row for row in INSPECTORS if any(mark in told for mark in row.marks))
    return next(found, None)
