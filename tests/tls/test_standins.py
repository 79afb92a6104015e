"""Certificates that stand in for a proper one: each row is met by its own names, by no other."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from cmtool.tls.certificates import Certificate, Name
from cmtool.tls.standins import STANDINS, standin_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def shown(issuer: Name, *, by_itself: bool) -> Certificate:
    subject = issuer if by_itself else Name(common="gateway.example")
    return Certificate(
        subject=subject, issuer=issuer, not_before=NOW, not_after=NOW, self_issued=by_itself
    )


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        (Name(common="Kubernetes Ingress Controller Fake Certificate"), "ingress of a Kubernetes"),
        (Name(common="TRAEFIK DEFAULT CERT"), "Traefik"),
        (Name(organisation="Plesk", common="Plesk"), "Plesk"),
        (Name(organisation="SomeOrganization", common="localhost.localdomain"), "Apache"),
        (Name(organisation="Fortinet", common="FGT60F"), "FortiGate"),
        (Name(organisation="pfSense webConfigurator Self-Signed Certificate"), "pfSense"),
        (Name(common="fritz.box"), "A router"),
        (Name(organisation="Synology Inc."), "storage device"),
    ],
)
def test_what_a_product_makes_for_itself(issuer: Name, said: str) -> None:
    found = standin_of(shown(issuer, by_itself=True))
    assert found is not None
    assert said in found.cause
    assert "{base_url}" in found.cause
    assert standin_of(shown(issuer, by_itself=False)) is None


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        (Name(organisation="(STAGING) Let's Encrypt", common="(STAGING) R12"), "staging"),
        (Name(organisation="mkcert development CA", unit="me@laptop"), "mkcert"),
        (Name(common="Caddy Local Authority - ECC Intermediate"), "Caddy's own"),
        (
            Name(
                organisation="CloudFlare, Inc.", unit="CloudFlare Origin SSL Certificate Authority"
            ),
            "only Cloudflare trusts",
        ),
    ],
)
def test_what_an_authority_for_another_purpose_issues(issuer: Name, said: str) -> None:
    found = standin_of(shown(issuer, by_itself=False))
    assert found is not None
    assert said in found.cause


@pytest.mark.parametrize("by_itself", [True, False])
@pytest.mark.parametrize(
    "issuer",
    [
        Name(organisation="Let's Encrypt", common="R11"),
        Name(organisation="Google Trust Services", common="WE1"),
        Name(organisation="Cloudflare, Inc.", common="Cloudflare TLS Issuing ECC CA 1"),
        Name(organisation="Example Works", common="Example Root CA"),
        Name(common="localhost"),
        Name(),
    ],
)
def test_a_certificate_of_anybody_else(issuer: Name, by_itself: bool) -> None:  # noqa: FBT001
    assert standin_of(shown(issuer, by_itself=by_itself)) is None


def test_the_marks_are_lower_case_and_there_once() -> None:
    marks = [mark for row in STANDINS for mark in row.marks]
    assert len(marks) == len(set(marks))
    assert all(mark == mark.lower() for mark in marks)
    assert all(dataclasses.asdict(row)["actions"] for row in STANDINS)
