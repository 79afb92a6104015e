"""Certificates as they are shown: read, matched, and never a crash."""

from __future__ import annotations

import contextlib
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.tls.certificates import Certificate, Name, read_certificate, readable, shown_in
from cmtool.tls.inspectors import INSPECTORS, inspector_of

CA = trustme.CA(organization_name="Example Works", organization_unit_name="Testing")
NOT_AFTER = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)
LEAF = CA.issue_cert(
    "gateway.example",
    "*.wild.example",
    "10.1.2.3",
    "::1",
    common_name="gateway.example",
    not_before=datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC),
    not_after=NOT_AFTER,
)
DER = ssl.PEM_cert_to_DER_cert(LEAF.cert_chain_pems[0].bytes().decode())
ROOT = ssl.PEM_cert_to_DER_cert(CA.cert_pem.bytes().decode())


def test_a_certificate_is_read() -> None:
    found = read_certificate(DER)
    assert found.issuer == Name(organisation="Example Works", unit="Testing")
    assert found.subject.common == "gateway.example"
    assert found.not_before == datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert found.not_after == NOT_AFTER
    assert found.names == ("gateway.example", "*.wild.example", "10.1.2.3", "::1")
    assert (found.self_issued, found.authority, found.fetchable) == (False, False, False)


def test_an_authority_is_read() -> None:
    found = read_certificate(ROOT)
    assert (found.self_issued, found.authority) == (True, True)


def odd(name: x509.Name, not_after: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(1970, 1, 1, tzinfo=UTC))
        .not_valid_after(not_after)
        .add_extension(
            x509.AuthorityInformationAccess(
                [
                    x509.AccessDescription(
                        AuthorityInformationAccessOID.CA_ISSUERS,
                        x509.UniformResourceIdentifier("http://pki.example/ca.der"),
                    )
                ]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


def test_odd_texts_dates_and_places_are_read() -> None:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Fähre\n", x509.name._ASN1Type.BMPString),
            x509.NameAttribute(NameOID.COMMON_NAME, "\x1b[31m" + "x" * 40),
        ]
    )
    found = read_certificate(odd(name, datetime(2099, 12, 31, tzinfo=UTC)))
    assert found.issuer.organisation == "Fähre\ufffd"
    assert found.issuer.common == "\ufffd[31m" + "x" * 40
    assert (found.not_before.year, found.not_after.year) == (1970, 2099)
    assert found.names == ()
    assert found.fetchable


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(Name(common="R11", organisation="Let's Encrypt"), '"R11" of Let\'s Encrypt'),
        pytest.param(Name(organisation="Works", unit="IT"), '"IT" of Works'),
        pytest.param(Name(common="localhost"), '"localhost"'),
        pytest.param(Name(), "nobody"),
    ],
)
def test_a_name_in_words(name: Name, text: str) -> None:
    assert str(name) == text


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        pytest.param("gateway.example", True, id="same"),
        pytest.param("GATEWAY.example.", True, id="case-and-dot"),
        pytest.param("a.wild.example", True, id="wildcard"),
        pytest.param("a.b.wild.example", False, id="wildcard-two-deep"),
        pytest.param("wild.example", False, id="wildcard-itself"),
        pytest.param("10.1.2.3", True, id="address"),
        pytest.param("10.1.2.4", False, id="other-address"),
        pytest.param("other.example", False, id="other"),
    ],
)
def test_which_hosts_it_is_for(host: str, covered: bool) -> None:  # noqa: FBT001 - a column
    assert read_certificate(DER).covers(host) is covered


def test_a_wildcard_that_falls_short() -> None:
    assert read_certificate(DER).wildcard_short_of("a.b.wild.example") == "*.wild.example"
    assert read_certificate(DER).wildcard_short_of("other.example") is None


def test_its_dates() -> None:
    found = read_certificate(DER)
    assert found.valid_at(NOT_AFTER)
    assert not found.valid_at(NOT_AFTER + timedelta(seconds=1))


def handshake(*certificates: bytes, record: int = 16_384) -> bytes:
    """A ServerHello of nothing and a Certificate message, in records of a size (RFC 5246)."""
    listed = b"".join(len(der).to_bytes(3, "big") + der for der in certificates)
    body = len(listed).to_bytes(3, "big") + listed
    messages = b"\x02\x00\x00\x01x" + b"\x0b" + len(body).to_bytes(3, "big") + body
    pieces = [messages[i : i + record] for i in range(0, len(messages), record)]
    return b"".join(b"\x16\x03\x03" + len(p).to_bytes(2, "big") + p for p in pieces)


@pytest.mark.parametrize("record", [16_384, 100, 7])
def test_the_certificates_of_a_handshake(record: int) -> None:
    assert shown_in(handshake(DER, ROOT, record=record)) == [DER, ROOT]


def test_an_encrypted_handshake_shows_none() -> None:
    assert shown_in(b"\x16\x03\x03\x00\x05\x02\x00\x00\x01x\x17\x03\x03\x00\x01y") == []


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_is_no_certificate_is_refused_with_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any text will do
        read_certificate(data)
    assert readable([data]) == ()
    shown_in(data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(DER) - 1), st.integers(0, 255))
def test_a_damaged_certificate_is_read_or_refused(place: int, value: int) -> None:
    damaged = DER[:place] + bytes([value]) + DER[place + 1 :]
    with contextlib.suppress(ValueError):
        assert isinstance(read_certificate(damaged), Certificate)
    shown_in(handshake(damaged)[:place])


def issued_by(organisation: str, common: str = "") -> Certificate:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Certificate(
        subject=Name(common="sophos.com", organisation="Sophos"),
        issuer=Name(organisation=organisation, common=common),
        not_before=moment,
        not_after=moment,
    )


@pytest.mark.parametrize(
    ("organisation", "common", "product"),
    [
        ("Zscaler Inc.", "Zscaler Intermediate Root CA (zscalertwo.net)", "Zscaler"),
        ("Netskope Inc", "ca.example.goskope.com", "Netskope"),
        ("Fortinet", "FG100FTK00000000", "Fortinet FortiGate"),
        ("Cisco", "Cisco Umbrella Primary SubCA", "Cisco Umbrella"),
        ("Cisco", "Internal Issuing CA", None),
        ("Kaspersky Lab", "Kaspersky Anti-Virus Personal Root Certificate", "Kaspersky"),
        ("AVAST Software", "avast! Web/Mail Shield Root", "Avast"),
        ("ESET, spol. s r. o.", "ESET SSL Filter CA", "ESET"),
        ("mitmproxy", "mitmproxy", "mitmproxy"),
        ("XK72 Ltd", "Charles Proxy CA (1 Jan 2026, host)", "Charles"),
        ("DO_NOT_TRUST", "DO_NOT_TRUST_FiddlerRoot", "Fiddler"),
        ("PortSwigger", "PortSwigger CA", "Burp Suite"),
        ("Cloudflare, Inc.", "Cloudflare Inc ECC CA-3", None),
        ("Cloudflare, Inc.", "Gateway CA - Cloudflare Managed G1 abc", "Cloudflare Gateway"),
        ("Symantec Corporation", "Symantec Class 3 Secure Server CA - G4", None),
        ("Let's Encrypt", "R11", None),
        ("DigiCert Inc", "DigiCert Global G2 TLS RSA SHA256 2020 CA1", None),
        ("Google Trust Services", "WE1", None),
        ("Amazon", "Amazon RSA 2048 M02", None),
        ("Microsoft Corporation", "Microsoft Azure RSA TLS Issuing CA 04", None),
        ("Example Works", "Example Root CA", None),
    ],
)
def test_who_inspects(organisation: str, common: str, product: str | None) -> None:
    found = inspector_of(issued_by(organisation, common))
    assert (found.name if found else None) == product


def test_the_products_are_told_by_marks_of_their_own() -> None:
    marks = [mark for row in INSPECTORS for mark in row.marks]
    assert len(marks) == len(set(marks))
    assert all(mark == mark.lower() for mark in marks)
