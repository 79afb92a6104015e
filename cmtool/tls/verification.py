"""Why a certificate was refused: OpenSSL's verification results, as identifiers in words.

https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/ ; on Windows and macOS the system
verifies, with numbers of its own.
"""

from __future__ import annotations

from cmtool.tls.refusals import Refusal

_EXPIRED = Refusal(identifier="tls_expired")
_OTHER_NAME = Refusal(identifier="tls_hostname_mismatch")
_UNTRUSTED = Refusal(identifier="tls_untrusted")
_REVOKED = Refusal(
    identifier="tls_untrusted",
    words="The authority that issued the certificate has revoked it.",
    actions=(
        "Do not send the key there; tell whoever runs the server to replace the certificate.",
    ),
    cause="The certificate shown for {base_url} has been revoked: it counts no more, whatever its "
    "dates say.",
)
_WEAK = Refusal(
    identifier="tls_untrusted",
    words="Its key or signature is too weak for this machine's OpenSSL.",
    actions=(
        (
            "Let whoever issues the certificate, in an office the owner of the inspecting proxy, "
            "issue it with RSA of 2048 bits or more, or an elliptic curve, and SHA-256."
        ),
    ),
    cause="The certificate shown for {base_url} uses a key or a signature that no longer counts "
    "as safe. No public authority issues such ones, a proxy of old may.",
)
_STRICT = Refusal(
    identifier="tls_untrusted",
    words=(
        "It lacks or misuses an extension that RFC 5280 demands; Python 3.13 and later insist on "
        "it (VERIFY_X509_STRICT), older versions, curl and Node.js do not."
    ),
    actions=(
        (
            "Let whoever issues the certificate, mostly the owner of an inspecting proxy, issue it "
            "by RFC 5280; until then a program under Python 3.12 accepts it."
        ),
    ),
    cause="The certificate shown for {base_url} breaks a rule that Python checks from 3.13 on. "
    "Certificates of inspecting proxies and of local authorities often do.",
)
_NO_AUTHORITY = Refusal(
    identifier="tls_untrusted",
    words="It was issued by a certificate that is not allowed to issue any.",
    actions=(
        (
            "Name the authority's own certificate in SSL_CERT_FILE, one that is marked as an "
            "authority (CA:TRUE), not the one of a server."
        ),
    ),
    cause="The certificate shown for {base_url} was signed with a certificate that is no "
    "authority.",
)

_OTHER_USE = Refusal(
    identifier="tls_untrusted",
    words="It was issued for another use than that of a server (extended key usage).",
    actions=(
        (
            "Let whoever runs the server show a certificate whose extended key usage is "
            "serverAuth: this one is for clients, for mail or for signing."
        ),
    ),
    cause="The certificate shown for {base_url} is not one for servers. Its authority is not the "
    "reason.",
)
_CONSTRAINED = Refusal(
    identifier="tls_untrusted",
    words="An authority above it may issue for certain names only (name constraints).",
    actions=(
        (
            "Let whoever runs the authority allow this host, or have the certificate issued by "
            "another authority; to trust the authority once more changes nothing."
        ),
    ),
    cause="The certificate shown for {base_url} bears a name that its authority is not allowed to "
    "issue certificates for.",
)
_TOO_DEEP = Refusal(
    identifier="tls_untrusted",
    words="There are more authorities between it and the root than one of them allows.",
    actions=(
        (
            "Let whoever runs the authority issue the certificate directly, or without a path "
            "length in its constraints."
        ),
    ),
    cause="The certificate shown for {base_url} hangs on a chain that is longer than one of its "
    "authorities allows.",
)
_BROKEN = Refusal(
    identifier="tls_untrusted",
    actions=(
        (
            "Let whoever issues the certificate, mostly the owner of an inspecting proxy, correct "
            "it; the evidence names the rule in OpenSSL's terms."
        ),
    ),
    cause="The certificate shown for {base_url}, or one above it, breaks a rule of certificates. "
    "That its authority is not known is not the reason.",
)

NOT_KNOWN = frozenset({2, 18, 19, 20, 21, 27, 28})
"""The verification results which say that no authority is known that issued a certificate."""

_CODES = range(2, 100)  # OpenSSL's; those of Windows and macOS are far off

# OpenSSL's, then Windows'
# (CERT_E_EXPIRED, CERT_E_CN_NO_MATCH, CERT_E_REVOKED, … of winerror.h) and macOS (SecBase.h).
_VERIFICATION: dict[int, Refusal] = {
    **dict.fromkeys(_CODES, _BROKEN),
    **dict.fromkeys(NOT_KNOWN, _UNTRUSTED),
    **dict.fromkeys((9, 10, 11, 12, 0x800B0101, -67818, -67819), _EXPIRED),
    **dict.fromkeys((62, 64, 0x800B010F, -67602), _OTHER_NAME),
    **dict.fromkeys((23, 0x800B010C, -67820), _REVOKED),
    **dict.fromkeys((66, 67, 68), _WEAK),
    **dict.fromkeys((24, 32, 37, 79, 0x800B0103), _NO_AUTHORITY),
    **dict.fromkeys((22, 25, 0x800B0104), _TOO_DEEP),
    **dict.fromkeys((26, 0x800B0106, 0x800B0110), _OTHER_USE),
    **dict.fromkeys((*range(47, 50), *range(51, 54), 0x800B0114), _CONSTRAINED),
    **dict.fromkeys(range(80, 95), _STRICT),
}


def of_certificate(code: int) -> Refusal:
    """Give what a verification result means; what is not known counts as an unknown authority."""
    return _VERIFICATION.get(code, _UNTRUSTED)
