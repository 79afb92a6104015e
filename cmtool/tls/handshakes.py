"""Why a TLS handshake failed: OpenSSL's verification results and alerts, as identifiers in words.

Verification results: https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/ ; alerts:
RFC 8446, section 6.2.  On Windows and macOS the system verifies, with numbers of its own.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a failed handshake is: an identifier, a sentence or none, and what to try first.

    ``cause`` takes the place of the row's where that would be about something else, and so do
    the actions where they are ``final``.
    """

    identifier: str
    words: str = ""
    action: str = ""
    cause: str = ""
    final: bool = True


class HandshakeError(OSError):
    """The TLS handshake was not finished: ``silent`` after ``after_s`` seconds, else cut off.

    ``spoke_first`` says that the other side sent something before it was asked anything.
    """

    def __init__(self, *, silent: bool, after_s: float, spoke_first: bool = False) -> None:
        super().__init__("the TLS handshake was not finished")
        self.silent = silent
        self.after_s = after_s
        self.spoke_first = spoke_first


_EXPIRED = Refusal(identifier="tls_expired")
_OTHER_NAME = Refusal(identifier="tls_hostname_mismatch")
_UNTRUSTED = Refusal(identifier="tls_untrusted")
_REVOKED = Refusal(
    identifier="tls_untrusted",
    words="The authority that issued the certificate has revoked it.",
    action="Do not send the key there; tell whoever runs the server to replace the certificate.",
    cause="The certificate shown for {base_url} has been revoked: it counts no more, whatever its "
    "dates say.",
)
_WEAK = Refusal(
    identifier="tls_untrusted",
    words="Its key or signature is too weak for this machine's OpenSSL.",
    action=(
        "Let whoever issues the certificate, in an office the owner of the inspecting proxy, issue "
        "it with RSA of 2048 bits or more, or an elliptic curve, and SHA-256."
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
    action=(
        "Let whoever issues the certificate, mostly the owner of an inspecting proxy, issue it by "
        "RFC 5280; until then a program under Python 3.12 accepts it."
    ),
    cause="The certificate shown for {base_url} breaks a rule that Python checks from 3.13 on. "
    "Certificates of inspecting proxies and of local authorities often do.",
)
_NO_AUTHORITY = Refusal(
    identifier="tls_untrusted",
    words="It was issued by a certificate that is not allowed to issue any.",
    action=(
        "Name the authority's own certificate in SSL_CERT_FILE, one that is marked as an authority "
        "(CA:TRUE), not the one of a server."
    ),
    cause="The certificate shown for {base_url} was signed with a certificate that is no "
    "authority.",
)

# https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/#error-codes, then Windows
# (CERT_E_EXPIRED, CERT_E_CN_NO_MATCH, CERT_E_REVOKED of winerror.h) and macOS (SecBase.h).
_VERIFICATION: dict[int, Refusal] = {
    **dict.fromkeys((9, 10, 11, 12, 0x800B0101, -67818, -67819), _EXPIRED),
    **dict.fromkeys((62, 64, 0x800B010F, -67602), _OTHER_NAME),
    **dict.fromkeys((23, 0x800B010C, -67820), _REVOKED),
    **dict.fromkeys((66, 67, 68), _WEAK),
    **dict.fromkeys((24, 32, 79), _NO_AUTHORITY),
    **dict.fromkeys(range(80, 95), _STRICT),
}

PLAIN = Refusal(
    identifier="tls_failure",
    words="The port answers without TLS: it may speak plain http.",
    action="Check the port of the base URL: https is mostly spoken on 443.",
    cause="What answers at {base_url} does not speak TLS, so no https is possible on that port.",
)
_VERSION = Refusal(
    identifier="tls_failure",
    words="The two sides have no version of TLS in common.",
    action=(
        "Let the side that is behind learn TLS 1.2 or later: an old server or inspecting proxy, or "
        "the OpenSSL of an old Python."
    ),
    cause="This program and what answers at {base_url} speak no common version of TLS.",
)
_HANDSHAKE = Refusal(
    identifier="tls_failure",
    words="The other side refused the handshake: it found no cipher, curve or name that it takes.",
)
_NAME = Refusal(
    identifier="tls_failure",
    words="The other side does not serve this host name (SNI).",
    action=(
        "Check the host of the base URL; the address that it leads to belongs to a server that "
        "does not know the name."
    ),
    cause="What answers at {base_url} has no certificate for this host and refused the handshake.",
)
_CLIENT = Refusal(
    identifier="tls_failure",
    words="The other side demands a certificate of the client (mutual TLS).",
    action=(
        "Check the host of the base URL: the public gateway asks for a key, not for a certificate. "
        "A gate of your own company that does must be given one by your client."
    ),
    cause="What answers at {base_url} lets in only clients that show a certificate of their own.",
)
_PARAMETERS = Refusal(
    identifier="tls_failure",
    words="The other side offers only what this machine's OpenSSL holds to be too weak.",
    action="Let whoever runs the server or the inspecting proxy update its TLS settings.",
    cause="What answers at {base_url} speaks TLS in a way that OpenSSL refuses by now.",
)
_TAMPERED = Refusal(
    identifier="tls_failure",
    words="What was sent arrived changed: something between here and there alters the bytes.",
    action="Try from another network, without VPN and proxy, to find what alters them.",
    cause="The TLS connection to {base_url} broke because its bytes were changed on the way.",
)

# Reasons as Python gives them: OpenSSL's names without their prefix.
_REASONS: dict[str, Refusal] = {
    **dict.fromkeys(
        (
            "WRONG_VERSION_NUMBER",
            "HTTP_REQUEST",
            "HTTPS_PROXY_REQUEST",
            "RECORD_LAYER_FAILURE",
            "PACKET_LENGTH_TOO_LONG",
            "UNEXPECTED_MESSAGE",
        ),
        PLAIN,
    ),
    **dict.fromkeys(
        (
            "TLSV1_ALERT_PROTOCOL_VERSION",
            "UNSUPPORTED_PROTOCOL",
            "NO_PROTOCOLS_AVAILABLE",
            "VERSION_TOO_LOW",
            "TLSV1_ALERT_INAPPROPRIATE_FALLBACK",
        ),
        _VERSION,
    ),
    **dict.fromkeys(
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER", "TLSV1_ALERT_INSUFFICIENT_SECURITY"),
        _HANDSHAKE,
    ),
    **dict.fromkeys(("TLSV1_UNRECOGNIZED_NAME", "TLSV1_ALERT_UNRECOGNIZED_NAME"), _NAME),
    **dict.fromkeys(
        (
            "TLSV13_ALERT_CERTIFICATE_REQUIRED",
            "SSLV3_ALERT_NO_CERTIFICATE",
            "TLSV1_ALERT_ACCESS_DENIED",
            "SSLV3_ALERT_BAD_CERTIFICATE",
        ),
        _CLIENT,
    ),
    **dict.fromkeys(
        (
            "DH_KEY_TOO_SMALL",
            "EE_KEY_TOO_SMALL",
            "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
            "WRONG_SIGNATURE_TYPE",
            "NO_SUITABLE_SIGNATURE_ALGORITHM",
            "BAD_ECPOINT",
        ),
        _PARAMETERS,
    ),
    **dict.fromkeys(
        (
            "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
            "SSLV3_ALERT_BAD_RECORD_MAC",
            "BAD_SIGNATURE",
            "TLSV1_ALERT_DECRYPT_ERROR",
        ),
        _TAMPERED,
    ),
}
_CUT = Refusal(
    identifier="connection_reset",
    final=False,
    action=(
        "Try from another network: a firewall that reads the host name in the handshake cuts "
        "connections in just this place."
    ),
    cause=(
        "A machine answered for {base_url}, and the connection was closed during the TLS "
        "handshake, before any request. A firewall that does not allow the host does that, or a "
        "server that restarts."
    ),
)
_SILENT = Refusal(
    identifier="connection_timeout",
    final=False,
    action=(
        "Try from another network or without the VPN: a firewall that drops the handshake, or a "
        "tunnel whose packets are too large (MTU), leaves connections in just this state."
    ),
    cause=(
        "A machine accepted the connection to {base_url}, and then nothing answered the TLS "
        "handshake. A firewall drops it, or the port belongs to a server that waits for another "
        "protocol."
    ),
)
_OTHER = Refusal(identifier="tls_failure")


def unfinished(error: HandshakeError) -> tuple[Refusal, str]:
    """Say what a handshake is that got no end: the refusal, and a sentence."""
    if error.spoke_first:
        return PLAIN, "It sent something of its own accord, which no TLS server does."
    if error.silent:
        return _SILENT, f"The TLS handshake was not answered within {error.after_s:.2g} s."
    return _CUT, "The connection was closed during the TLS handshake."


def refusal(error: ssl.SSLError) -> tuple[Refusal, str]:
    """Say what a failed handshake is: the refusal, and a sentence in OpenSSL's own terms."""
    if isinstance(error, ssl.SSLCertVerificationError):
        said = f"The certificate was refused: {str(error.verify_message or error).rstrip('.')}."
        return _VERIFICATION.get(error.verify_code, _UNTRUSTED), said
    if isinstance(error, ssl.SSLEOFError) or error.reason == "UNEXPECTED_EOF_WHILE_READING":
        return _CUT, "The connection was closed during the TLS handshake."
    found = _REASONS.get(error.reason or "", _OTHER)
    return found, f"The TLS handshake failed: {error.reason or error}."
