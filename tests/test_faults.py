"""What the system says when a connection fails, as identifiers."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from cmtool.catalog import ROWS
from cmtool.faults import TransportError, dial_failure, tls_failure
from cmtool.model import Phase
from cmtool.proxies import ProxyChoice
from cmtool.sockets import Attempt, DialError

REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
RESET = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
UNREACHABLE = OSError(errno.ENETUNREACH, "Network is unreachable")
SLOW = TimeoutError()


def dial_error(*errors: OSError) -> DialError:
    attempts = [Attempt(address=f"192.0.2.{n}", error=error) for n, error in enumerate(errors)]
    return DialError("gateway.example", 443, attempts)


def lookup_error(cause: BaseException) -> DialError:
    error = DialError("gateway.example", 443, ())
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("errors", "identifier"),
    [
        pytest.param([REFUSED], "connection_refused", id="refused"),
        pytest.param([OSError(errno.ECONNREFUSED, "x")], "connection_refused", id="refused-number"),
        pytest.param([RESET], "connection_reset", id="reset"),
        pytest.param([OSError(errno.ECONNABORTED, "x")], "connection_reset", id="aborted"),
        pytest.param([SLOW], "connection_timeout", id="our-limit"),
        pytest.param([OSError(errno.ETIMEDOUT, "x")], "connection_timeout", id="system-limit"),
        pytest.param([UNREACHABLE], "network_unreachable", id="net"),
        pytest.param([OSError(errno.EHOSTUNREACH, "x")], "network_unreachable", id="host"),
        pytest.param([OSError("odd")], "network_unreachable", id="without-number"),
        pytest.param([UNREACHABLE, REFUSED], "connection_refused", id="ipv6-missing"),
        pytest.param([SLOW, REFUSED], "connection_refused", id="refused-tells-most"),
        pytest.param([UNREACHABLE, SLOW], "connection_timeout", id="timeout-tells-more"),
    ],
)
def test_dial(errors: list[OSError], identifier: str) -> None:
    failure = dial_failure(dial_error(*errors), None)
    assert failure.identifier == identifier
    assert failure.identifier in ROWS
    assert failure.phase is Phase.CONNECT
    assert len(failure.details) == len(errors)


def test_every_address_is_in_the_details() -> None:
    assert dial_failure(dial_error(UNREACHABLE, SLOW, OSError("odd")), None).details == (
        "192.0.2.0 port 443: Network is unreachable",
        "192.0.2.1 port 443: no answer in time",
        "192.0.2.2 port 443: odd",
    )


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        pytest.param(
            socket.gaierror(socket.EAI_NONAME, "x"),
            "The name gateway.example has no address.",
            id="unknown",
        ),
        pytest.param(
            socket.gaierror(socket.EAI_AGAIN, "x"),
            "The lookup of gateway.example failed for the moment: "
            "the name server cannot be reached.",
            id="for-the-moment",
        ),
        pytest.param(SLOW, "The lookup of gateway.example gave no answer in 10 s.", id="no-answer"),
        pytest.param(UnicodeError(), "The name gateway.example has no address.", id="no-name"),
    ],
)
def test_lookup(cause: BaseException, said: str) -> None:
    failure = dial_failure(lookup_error(cause), None)
    assert (failure.identifier, failure.details) == ("dns_failure", (said,))


@pytest.mark.parametrize(
    "error", [dial_error(REFUSED), lookup_error(SLOW)], ids=["refused", "lookup"]
)
def test_a_proxy_that_cannot_be_reached(error: DialError) -> None:
    proxy = ProxyChoice(url="http://user:hunter22@proxy.example:3128", variable="HTTPS_PROXY")
    failure = dial_failure(error, proxy)
    assert failure.identifier == "proxy_unusable"
    assert failure.details[0] == (
        "The proxy http://proxy.example:3128 (from HTTPS_PROXY) cannot be reached."
    )
    assert len(failure.details) == 2
    assert "hunter22" not in repr((failure.details, failure.args))


def refused_certificate(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, f"reason {code}"
    return error


def handshake(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "x")
    error.reason = reason
    return error


# https://docs.openssl.org/master/man1/openssl-verification-options/
@pytest.mark.parametrize(
    ("error", "identifier", "said"),
    [
        pytest.param(refused_certificate(10), "tls_expired", "reason 10", id="expired"),
        pytest.param(refused_certificate(9), "tls_expired", "reason 9", id="not-yet-valid"),
        pytest.param(refused_certificate(62), "tls_hostname_mismatch", "reason 62", id="name"),
        pytest.param(refused_certificate(64), "tls_hostname_mismatch", "reason 64", id="address"),
        pytest.param(refused_certificate(18), "tls_untrusted", "reason 18", id="self-signed"),
        pytest.param(refused_certificate(20), "tls_untrusted", "reason 20", id="unknown-issuer"),
        pytest.param(handshake("WRONG_VERSION_NUMBER"), "tls_failure", "plain http", id="plain"),
        pytest.param(
            handshake("TLSV1_ALERT_PROTOCOL_VERSION"), "tls_failure", "PROTOCOL", id="alert"
        ),
    ],
)
def test_tls(error: ssl.SSLError, identifier: str, said: str) -> None:
    failure = tls_failure(error)
    assert failure.identifier == identifier
    assert failure.identifier in ROWS
    assert said in failure.details[0]


def test_an_error_keeps_how_far_it_had_come() -> None:
    error = TransportError("malformed_response", ["a", "b"], Phase.RESPONSE)
    assert (error.identifier, error.details, error.phase) == (
        "malformed_response",
        ("a", "b"),
        Phase.RESPONSE,
    )
    assert str(error) == "malformed_response"
