"""What the system says when a connection cannot be made, as identifiers of the catalogue."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Iterable

from cmtool.model import Phase
from cmtool.proxies import ProxyChoice
from cmtool.sockets import CONNECT_TIMEOUT_S, DialError


class TransportError(Exception):
    """No answer, or not the whole of one.

    ``identifier`` is a row of the catalogue, ``details`` sentences about what was seen, ``phase``
    how far it had come.
    """

    def __init__(
        self, identifier: str, details: Iterable[str], phase: Phase = Phase.CONNECT
    ) -> None:
        super().__init__(identifier)
        self.identifier = identifier
        self.details = tuple(details)
        self.phase = phase


def dial_failure(error: DialError, proxy: ProxyChoice | None) -> TransportError:
    """Say why no connection to the gateway, or to the proxy before it, could be made."""
    identifier, details = _reason(error)
    if proxy is None:
        return TransportError(identifier, details)
    named = f"The proxy {proxy.shown} (from {proxy.variable}) cannot be reached."
    return TransportError("proxy_unusable", [named, *details])


def unusable_proxy(proxy: ProxyChoice) -> TransportError:
    """Say why the proxy that the environment asks for cannot even be spoken to."""
    said = f"{proxy.variable} asks for the proxy {proxy.shown}: {proxy.problem}"
    return TransportError("proxy_unusable", [said])


def tunnel_failure(error: TransportError, proxy: ProxyChoice) -> TransportError:
    """Say that it was the proxy which failed: it was reached, and no tunnel came about."""
    named = f"The proxy {proxy.shown} (from {proxy.variable}) made no tunnel to the gateway."
    return TransportError("proxy_unusable", [named, *error.details])


def _reason(error: DialError) -> tuple[str, list[str]]:
    if not error.attempts:
        return "dns_failure", [_lookup_failure(error.host, error.__cause__)]
    details = [f"{attempt.address} port {error.port}: {_os_words(attempt.error)}"
               for attempt in error.attempts]  # fmt: skip
    kinds = [_os_kind(attempt.error) for attempt in error.attempts]
    return min(kinds, key=_TELLING.index), details


def _lookup_failure(host: str, cause: BaseException | None) -> str:
    if isinstance(cause, TimeoutError):
        return f"The lookup of {host} gave no answer in {CONNECT_TIMEOUT_S:.0f} s."
    if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN:
        return f"The lookup of {host} failed for the moment: the name server cannot be reached."
    return f"The name {host} has no address."


# What tells most about the cause comes first: several addresses may fail in different ways.
_TELLING = ("connection_refused", "connection_reset", "connection_timeout", "network_unreachable")
_KINDS = {
    errno.ECONNREFUSED: "connection_refused",
    errno.ECONNRESET: "connection_reset",
    errno.ECONNABORTED: "connection_reset",
    errno.ETIMEDOUT: "connection_timeout",
}


def _os_kind(error: OSError | None) -> str:
    if isinstance(error, TimeoutError):
        return "connection_timeout"
    if isinstance(error, ConnectionRefusedError):
        return "connection_refused"
    return _KINDS.get((error.errno if error else 0) or 0, "network_unreachable")


def _os_words(error: OSError | None) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if error is not None and error.errno:
        return os.strerror(error.errno)  # asyncio's own words only repeat the address
    return str(error)


# OpenSSL's verification results: https://docs.openssl.org/master/man1/openssl-verification-options/
_EXPIRED, _NOT_YET_VALID = 10, 9
_NAME_MISMATCHES = frozenset({62, 64})


def tls_failure(error: ssl.SSLError) -> TransportError:
    """Say why the TLS handshake failed."""
    return TransportError(*_tls_reason(error))


def _tls_reason(error: ssl.SSLError) -> tuple[str, list[str]]:
    if isinstance(error, ssl.SSLCertVerificationError):
        said = f"The certificate was refused: {error.verify_message or error}."
        if error.verify_code in {_EXPIRED, _NOT_YET_VALID}:
            return "tls_expired", [said]
        if error.verify_code in _NAME_MISMATCHES:
            return "tls_hostname_mismatch", [said]
        return "tls_untrusted", [said]
    if error.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}:
        return "tls_failure", ["The port answers without TLS: it may speak plain http."]
    return "tls_failure", [f"The TLS handshake failed: {error.reason or error}."]
