"""Certificates of every odd kind, and servers that show them."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC)
DAY = timedelta(days=1)

AUTHORITY = trustme.CA(organization_name="Example Works", organization_unit_name="Root CA")


def server(
    name: str = "localhost", *more: str, authority: trustme.CA = AUTHORITY, **dates: Any
) -> ssl.SSLContext:
    """Give the context of a server with a certificate of an authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, *more, **dates).configure_cert(context)
    return context


def authority_named(organisation: str, unit: str = "Root") -> trustme.CA:
    return trustme.CA(organization_name=organisation, organization_unit_name=unit)


def write_authority(folder: Path, authority: trustme.CA = AUTHORITY, name: str = "ca.pem") -> str:
    authority.cert_pem.write_to_path(str(folder / name))
    return str(folder / name)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A certificate made by hand, and its key."""

    certificate: x509.Certificate
    key: CertificateIssuerPrivateKeyTypes

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def server(self, folder: Path, *chain: Made) -> ssl.SSLContext:
        """Give the context of a server that shows this certificate, and ``chain`` behind it."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        path = folder / "server.pem"
        path.write_bytes(key + self.pem + b"".join(made.pem for made in chain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(path)
        return context


def made(
    common: str,
    *,
    by: Made | None = None,
    organisation: str = "",
    weak: bool = False,
    extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
    since: datetime = NOW - DAY,
    until: datetime = NOW + DAY,
) -> Made:
    """Make a certificate with just these extensions, signed by another one or by itself."""
    key: CertificateIssuerPrivateKeyTypes = ec.generate_private_key(ec.SECP256R1())
    if weak:
        key = rsa.generate_private_key(65_537, 1024)  # noqa: S505 - that is the case
    named = {NameOID.ORGANIZATION_NAME: organisation, NameOID.COMMON_NAME: common}
    name = x509.Name([x509.NameAttribute(kind, text) for kind, text in named.items() if text])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Made(certificate=builder.sign(by.key if by else key, hashes.SHA256()), key=key)


IS_AUTHORITY = (x509.BasicConstraints(ca=True, path_length=None), True)
NO_AUTHORITY = (x509.BasicConstraints(ca=False, path_length=None), True)
FETCHABLE = (
    x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS,
                x509.UniformResourceIdentifier("http://pki.example/ca.der"),
            )
        ]
    ),
    False,
)


FOR_CLIENTS = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)
FOR_ONE_DOMAIN = (
    x509.NameConstraints(permitted_subtrees=[x509.DNSName("corp.example")], excluded_subtrees=None),
    True,
)
NO_DEEPER = (x509.BasicConstraints(ca=True, path_length=0), True)


def hosts(*names: str) -> tuple[x509.ExtensionType, bool]:
    return x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False


def issued_with(issuer: Made) -> tuple[x509.ExtensionType, bool]:
    key: Any = issuer.key.public_key()
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key), False


@contextlib.contextmanager
def refusing(context: ssl.SSLContext, cut_name: bytes = b"") -> Iterator[int]:
    """Shake hands as a server that sends its alerts, which asyncio's does not; gives the port.

    A handshake with ``cut_name`` in it is cut off, as a firewall does.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            with raw, contextlib.suppress(OSError):
                raw.settimeout(2)
                if cut_name and cut_name in raw.recv(4096, socket.MSG_PEEK):
                    continue
                with context.wrap_socket(raw, server_side=True) as secured:
                    secured.recv(1000)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
