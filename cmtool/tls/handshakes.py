"""Why a TLS handshake failed: alerts and OpenSSL's own reasons, as identifiers in words.

Alerts: RFC 8446, section 6.2.
"""

from __future__ import annotations

import ssl

from cmtool.catalog.wording import BACK_OFF
from cmtool.tls.refusals import Refusal
from cmtool.tls.verification import of_certificate


class HandshakeError(OSError):
    """The TLS handshake was not finished: ``silent`` after ``after_s`` seconds, else cut off.

    ``spoke_first`` says that the other side sent something before it was asked anything.
    """

    def __init__(self, *, silent: bool, after_s: float, spoke_first: bool = False) -> None:
        super().__init__("the TLS handshake was not finished")
        self.silent = silent
        self.after_s = after_s
        self.spoke_first = spoke_first


PLAIN = Refusal(
    identifier="tls_failure",
    words="The port answers without TLS.",
    actions=("Check the port of the base URL: https is mostly spoken on 443.",),
    cause="What answers at {base_url} does not speak TLS, so no https is possible on that port.",
)
_VERSION = Refusal(
    identifier="tls_failure",
    words="The two sides have no version of TLS in common.",
    actions=(
        (
            "Let the side that is behind learn TLS 1.2 or later: an old server or inspecting "
            "proxy, or the OpenSSL of an old Python."
        ),
    ),
    cause="This program and what answers at {base_url} speak no common version of TLS.",
)
_HANDSHAKE = Refusal(
    identifier="tls_failure",
    words="The other side refused the handshake, and its alert does not say why.",
)
_NAME = Refusal(
    identifier="tls_failure",
    words="The other side does not serve this host name (SNI).",
    actions=(
        (
            "Check the host of the base URL; the address that it leads to belongs to a server that "
            "does not know the name."
        ),
    ),
    cause="What answers at {base_url} has no certificate for this host and refused the handshake.",
)
CLIENT = Refusal(
    identifier="tls_failure",
    words="The other side demands a certificate of the client (mutual TLS).",
    actions=(
        (
            "Check the host of the base URL: the public gateway asks for a key, not for a "
            "certificate. A gate of your own company that does must be given one by your client."
        ),
    ),
    cause="What answers at {base_url} lets in only clients that show a certificate of their own.",
)
PARAMETERS = Refusal(
    identifier="tls_failure",
    words="The other side offers only what this machine's OpenSSL holds to be too weak.",
    actions=("Let whoever runs the server or the inspecting proxy update its TLS settings.",),
    cause="What answers at {base_url} speaks TLS in a way that OpenSSL refuses by now.",
)
_NO_VERSION_HERE = Refusal(
    identifier="tls_failure",
    words="The settings of OpenSSL on this machine leave no version of TLS to speak.",
    actions=(
        (
            "Look for MinProtocol and MaxProtocol in the openssl.cnf of this machine, or in the "
            "file that OPENSSL_CONF names: together they allow no version."
        ),
    ),
    cause="Nothing was sent to {base_url}: OpenSSL on this machine is set so that it speaks no "
    "version of TLS at all.",
)
_TAMPERED = Refusal(
    identifier="tls_failure",
    words="What was sent arrived changed: something between here and there alters the bytes.",
    actions=("Try from another network, without VPN and proxy, to find what alters them.",),
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
            "VERSION_TOO_LOW",
            "TLSV1_ALERT_INAPPROPRIATE_FALLBACK",
        ),
        _VERSION,
    ),
    **dict.fromkeys(
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER", "TLSV1_ALERT_INSUFFICIENT_SECURITY"),
        _HANDSHAKE,
    ),
    "NO_PROTOCOLS_AVAILABLE": _NO_VERSION_HERE,
    **dict.fromkeys(("TLSV1_UNRECOGNIZED_NAME", "TLSV1_ALERT_UNRECOGNIZED_NAME"), _NAME),
    **dict.fromkeys(
        (
            "TLSV13_ALERT_CERTIFICATE_REQUIRED",
            "SSLV3_ALERT_NO_CERTIFICATE",
            "TLSV1_ALERT_ACCESS_DENIED",
            "SSLV3_ALERT_BAD_CERTIFICATE",
        ),
        CLIENT,
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
        PARAMETERS,
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
    actions=(
        BACK_OFF,
        (
            "When it happens every time, try from another network: a firewall that reads the host "
            "name in the handshake cuts connections in just this place."
        ),
    ),
    cause=(
        "A machine answered for {base_url}, and the connection was closed during the TLS "
        "handshake, before any request. A firewall that does not allow the host does that, or a "
        "server that restarts."
    ),
)
_SILENT = Refusal(
    identifier="connection_timeout",
    actions=(
        (
            "Try from another network or without the VPN: a firewall that drops the handshake, or "
            "a tunnel whose packets are too large (MTU), leaves connections in just this state."
        ),
        "If the network demands a proxy, set HTTPS_PROXY.",
        "Ask the owner of the network whether outgoing HTTPS to the host is allowed.",
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
        return of_certificate(error.verify_code), said
    if isinstance(error, ssl.SSLEOFError) or error.reason == "UNEXPECTED_EOF_WHILE_READING":
        return _CUT, "The connection was closed during the TLS handshake."
    found = _REASONS.get(error.reason or "", _OTHER)
    return found, f"The TLS handshake failed: {error.reason or error}."
