"""Certificates that stand in for a proper one: those that products make for themselves, and tests'.

A new product is a new row.  ``marks`` are lower-case pieces of the issuer's names.  They are looked
for before the products that inspect TLS: a device that shows its own page is one of these, and then
its certificate is issued by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from cmtool.tls.certificates import Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Standin:
    """One such certificate.

    ``cause`` may hold ``{base_url}``; ``by_itself`` asks for one that was issued by itself.
    """

    marks: tuple[str, ...]
    cause: str
    actions: tuple[str, ...]
    by_itself: bool = True


def _unset(name: str, marks: str, first: str) -> Standin:
    return Standin(
        marks=tuple(marks.split("|")),
        cause=(
            f"{name} answered for {{base_url}} with the certificate that it makes for itself: it "
            "has none for this host, so it does not serve this host, or was never set up for it."
        ),
        actions=(first, "Check the host of the base URL, and the address that it leads to."),
    )


def _by(name: str, marks: str, action: str) -> Standin:
    return Standin(
        marks=tuple(marks.split("|")),
        cause=f"The certificate shown for {{base_url}} was issued by {name}.",
        actions=(action,),
        by_itself=False,
    )


def device(name: str, marks: str = "") -> Standin:
    """Give the kind of certificate that a device of the network shows for its own pages."""
    return Standin(
        marks=tuple(marks.split("|")),
        cause=(
            f"{name} answered for {{base_url}} itself, with the certificate of its own pages: a "
            "device of the network stands in the gateway's place."
        ),
        actions=(
            (
                "Open any page with http:// in the browser: where the device wants a sign-in or "
                "blocks the host, its page says so."
            ),
            "Check that the hosts file and the name server do not lead the host to the device.",
        ),
    )


STANDINS = (
    _unset(
        "The ingress of a Kubernetes cluster",
        "kubernetes ingress controller fake",
        "Give the Ingress of this host a TLS secret, and check that the secret is in its namespace "
        "and holds a certificate for the host.",
    ),
    _unset(
        "Traefik",
        "traefik default cert",
        "Give the router of this host a certificate (certResolver or a file), and look for errors "
        "of ACME in Traefik's log.",
    ),
    _unset("Plesk", "plesk", "Assign a certificate to the domain in Plesk."),
    _unset(
        "Apache, as it comes,",
        "someorganization",
        "Name a certificate for the host in SSLCertificateFile.",
    ),
    device("A Fortinet FortiGate", "fortinet|fortigate"),
    device("A pfSense or OPNsense firewall", "pfsense|opnsense"),
    device("A SonicWall firewall", "sonicwall"),
    device("A Sophos firewall", "sophos"),
    device(
        "A router",
        "fritz.box|fritz!box|mikrotik|routerlogin|netgear|tp-link|tplink|asusrouter|asus router"
        "|ubiquiti|unifi|draytek|zyxel|linksys|speedport|openwrt|d-link|huawei|livebox",
    ),
    device("A storage device", "synology|qnap"),
    _by(
        "the staging authority of Let's Encrypt, which is for tests and trusted by nobody",
        "(staging)|fake le ",
        "Let whoever runs the server fetch its certificate from the production authority.",
    ),
    _by(
        "mkcert, which makes certificates for development on one machine",
        "mkcert",
        "Name the rootCA.pem in the folder that mkcert -CAROOT prints in SSL_CERT_FILE and "
        "NODE_EXTRA_CA_CERTS; in a container or on another machine copy it there first.",
    ),
    _by(
        "Caddy's own authority, which it uses for hosts inside",
        "caddy local authority",
        "Name Caddy's root certificate (pki/authorities/local/root.crt in its data folder) in "
        "SSL_CERT_FILE and NODE_EXTRA_CA_CERTS, or give Caddy a public certificate.",
    ),
    _by(
        "Cloudflare's authority for servers behind Cloudflare, which only Cloudflare trusts",
        "cloudflare origin",
        "Let the name lead to Cloudflare again, not to the server behind it: switch the proxying "
        "of its DNS entry on, and take the host out of the hosts file.",
    ),
)


def standin_of(own: Certificate) -> Standin | None:
    """Give the kind of stand-in that a certificate is; None where it is none that is known."""
    issuer = f"{own.issuer.organisation} {own.issuer.unit} {own.issuer.common}".lower()
    rows = (row for row in STANDINS if own.self_issued or not row.by_itself)
    return next((row for row in rows if any(mark in issuer for mark in row.marks)), None)
