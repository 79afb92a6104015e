"""What the numbers of OpenSSL, Windows and macOS for a refused certificate mean."""

from __future__ import annotations

import pytest

from cmtool.tls.verification import NOT_KNOWN, of_certificate


@pytest.mark.parametrize(
    ("code", "identifier", "said"),
    [
        pytest.param(10, "tls_expired", "", id="expired"),
        pytest.param(62, "tls_hostname_mismatch", "", id="host"),
        pytest.param(64, "tls_hostname_mismatch", "", id="address"),
        pytest.param(7, "tls_untrusted", "breaks a rule of certificates", id="signature"),
        pytest.param(22, "tls_untrusted", "longer than one of its", id="chain-too-long"),
        pytest.param(23, "tls_untrusted", "has been revoked", id="revoked"),
        pytest.param(25, "tls_untrusted", "longer than one of its", id="path-length"),
        pytest.param(26, "tls_untrusted", "is not one for servers", id="purpose"),
        pytest.param(34, "tls_untrusted", "breaks a rule of certificates", id="critical"),
        pytest.param(47, "tls_untrusted", "not allowed to issue certificates for", id="permitted"),
        pytest.param(48, "tls_untrusted", "not allowed to issue certificates for", id="excluded"),
        pytest.param(50, "tls_untrusted", "breaks a rule of certificates", id="application"),
        pytest.param(53, "tls_untrusted", "not allowed to issue certificates for", id="syntax"),
        pytest.param(66, "tls_untrusted", "no longer counts as safe", id="weak-key"),
        pytest.param(67, "tls_untrusted", "no longer counts as safe", id="weak-key-above"),
        pytest.param(68, "tls_untrusted", "no longer counts as safe", id="weak-hash"),
        pytest.param(79, "tls_untrusted", "that is no authority", id="no-authority"),
        pytest.param(85, "tls_untrusted", "checks from 3.13 on", id="no-authority-key"),
        pytest.param(89, "tls_untrusted", "checks from 3.13 on", id="not-critical"),
        pytest.param(0x800B0110, "tls_untrusted", "is not one for servers", id="windows-usage"),
        pytest.param(0x800B0101, "tls_expired", "", id="windows-expired"),
        pytest.param(-67602, "tls_hostname_mismatch", "", id="mac-host"),
    ],
)
def test_a_refusal(code: int, identifier: str, said: str) -> None:
    found = of_certificate(code)
    assert found.identifier == identifier
    assert said in found.cause
    assert bool(found.cause) == bool(found.actions)


@pytest.mark.parametrize("code", [*sorted(NOT_KNOWN), 0x800B0109, -67843, 4711])
def test_an_authority_that_is_not_known_is_looked_at_again(code: int) -> None:
    found = of_certificate(code)
    assert (found.identifier, found.cause) == ("tls_untrusted", "")
