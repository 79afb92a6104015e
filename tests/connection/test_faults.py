"""What the system says when a connection fails, as identifiers."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from cmtool.catalog import ROWS
from cmtool.connection.addresses import odd_range
from cmtool.connection.dialling import DialError
from cmtool.connection.faults import (
    TransportError,
    dial_failure,
    handshake_failure,
    stranger,
    tls_failure,
)
from cmtool.connection.sockets import Attempt
from cmtool.model import Phase
from cmtool.tls.handshakes import HandshakeError

REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
RESET = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
UNREACHABLE = OSError(errno.ENETUNREACH, "Network is unreachable")
SLOW = TimeoutError()


def dial_error(*errors: OSError) -> DialError:
    attempts = [Attempt(address=f"192.0.2.{n}", error=error) for n, error in enumerate(errors)]
    return DialError("gateway.example", 443, attempts)


def lookup_error(why: OSError | UnicodeError | None) -> DialError:
    return DialError("gateway.example", 443, (), why)


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
    failure = dial_failure(dial_error(*errors))
    assert failure.identifier == identifier
    assert failure.identifier in ROWS
    assert failure.phase is Phase.CONNECT
    assert len([line for line in failure.details if " port 443: " in line]) == len(errors)
    assert len(failure.addresses) == len(errors)


def test_every_address_is_in_the_details() -> None:
    assert dial_failure(dial_error(UNREACHABLE, SLOW, OSError("odd"))).details[1:] == (
        "192.0.2.0 port 443: Network is unreachable.",
        "192.0.2.1 port 443: no answer in time.",
        "192.0.2.2 port 443: odd.",
    )


def test_of_many_addresses_the_first_are_told_and_the_others_counted() -> None:
    details = dial_failure(dial_error(*[REFUSED] * 8, *[SLOW] * 22)).details
    assert len(details) == 9
    assert details[-2:] == (
        "2 more of its addresses: Connection refused.",
        "22 more of its addresses: no answer in time.",
    )


def test_a_lookup_that_nobody_answered_is_told_with_its_time() -> None:
    details = dial_failure(DialError("gateway.example", 443, (), SLOW, 10.04)).details
    assert "stayed silent for 10 s." in details[0]


def test_the_time_of_an_address_is_told() -> None:
    attempt = Attempt(address="93.184.215.14", error=REFUSED, ms=12.4)
    details = dial_failure(DialError("gateway.example", 443, [attempt])).details
    assert details == ("93.184.215.14 port 443: Connection refused after 12 ms.",)


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        pytest.param(socket.gaierror(socket.EAI_NONAME, "x"), "no such name", id="unknown"),
        pytest.param(socket.gaierror(8, "x"), "no such name", id="unknown-mac"),
        pytest.param(socket.gaierror(11001, "x"), "no such name", id="unknown-windows"),
        pytest.param(socket.gaierror(-5, "x"), "no address of any family", id="no-address"),
        pytest.param(socket.gaierror(11004, "x"), "no address of any family", id="no-address-win"),
        pytest.param(socket.gaierror(socket.EAI_AGAIN, "x"), "for the moment", id="again"),
        pytest.param(socket.gaierror(2, "x"), "for the moment", id="again-mac"),
        pytest.param(socket.gaierror(11002, "x"), "for the moment", id="again-windows"),
        pytest.param(socket.gaierror(socket.EAI_FAIL, "x"), "failure of its own", id="fail"),
        pytest.param(socket.gaierror(11003, "x"), "failure of its own", id="fail-windows"),
        pytest.param(
            socket.gaierror(getattr(socket, "EAI_SYSTEM", -11), "x"),
            "resolver of this",
            id="system",
        ),
        pytest.param(OSError(errno.EMFILE, "x"), "resolver of this", id="no-gaierror"),
        pytest.param(socket.gaierror(4711, "Odd"), "failed (Odd)", id="unheard-of"),
        pytest.param(socket.gaierror(-105, "x"), "is no host name", id="encoding"),
        pytest.param(socket.gaierror(10050, "x"), "no name server", id="net-down-windows"),
        pytest.param(SLOW, "stayed silent", id="no-answer"),
        pytest.param(UnicodeError(), "no host name", id="no-name"),
        pytest.param(None, "no address of any family", id="empty-answer"),
    ],
)
def test_lookup(cause: OSError | UnicodeError | None, said: str) -> None:
    failure = dial_failure(lookup_error(cause))
    assert failure.identifier == "dns_failure"
    assert "gateway.example" in failure.details[0]
    assert said in failure.details[0]
    assert failure.actions


@pytest.mark.parametrize(
    ("host", "address", "said"),
    [
        pytest.param("api.crossmodel.ai", "0.0.0.0", "no address of any", id="null"),  # noqa: S104
        pytest.param("api.crossmodel.ai", "::", "no address of any", id="null-6"),
        pytest.param("api.crossmodel.ai", "127.0.0.53", "this machine itself", id="loopback"),
        pytest.param("api.crossmodel.ai", "::1", "this machine itself", id="loopback-6"),
        pytest.param("api.crossmodel.ai", "::ffff:127.0.0.1", "this machine", id="mapped"),
        pytest.param("api.crossmodel.ai", "10.20.0.1", "private", id="ten"),
        pytest.param("api.crossmodel.ai", "172.31.255.255", "private", id="one-seven-two"),
        pytest.param("api.crossmodel.ai", "172.32.0.0", None, id="behind-one-seven-two"),
        pytest.param("api.crossmodel.ai", "192.168.1.1", "private", id="home"),
        pytest.param("api.crossmodel.ai", "fd12::1", "private", id="unique-local"),
        pytest.param("api.crossmodel.ai", "169.254.169.254", "local link", id="link"),
        pytest.param("api.crossmodel.ai", "fe80::1%eth0", "local link", id="link-6"),
        pytest.param("api.crossmodel.ai", "100.100.100.100", "Tailscale", id="shared"),
        pytest.param("api.crossmodel.ai", "198.18.0.7", "tests", id="fake-ip"),
        pytest.param("api.crossmodel.ai", "203.0.113.9", "examples", id="documentation"),
        pytest.param("api.crossmodel.ai", "2001:db8::1", "examples", id="documentation-6"),
        pytest.param("api.crossmodel.ai", "224.0.0.1", "multicast", id="multicast"),
        pytest.param("api.crossmodel.ai", "240.0.0.1", "reserved", id="reserved"),
        pytest.param("api.crossmodel.ai", "104.18.3.4", None, id="public"),
        pytest.param("api.crossmodel.ai", "2606:4700::1", None, id="public-6"),
        pytest.param("api.crossmodel.ai", "no address", None, id="no-address"),
        pytest.param("gateway.corp", "10.0.0.1", None, id="inside-name"),
        pytest.param("gateway.home.arpa", "10.0.0.1", None, id="home-name"),
        pytest.param("gateway", "10.0.0.1", None, id="short-name"),
        pytest.param("10.0.0.1", "10.0.0.1", None, id="address"),
        pytest.param("[::1]", "::1", None, id="address-6"),
    ],
)
def test_an_address_that_can_hardly_be_a_gateways(
    host: str, address: str, said: str | None
) -> None:
    found = odd_range(host, address)
    assert (found is None) if said is None else (found is not None and said in found.kind)


def test_an_odd_address_is_told_first_with_what_to_do() -> None:
    attempts = [Attempt(address="10.0.0.1", error=SLOW), Attempt(address="fd00::1", error=SLOW)]
    failure = dial_failure(DialError("gateway.example", 443, attempts))
    assert failure.details[0].startswith("gateway.example leads to 10.0.0.1, a private address: ")
    assert len(failure.actions) == 1


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
        pytest.param(
            refused_certificate(0x800B0101), "tls_expired", "reason", id="expired-windows"
        ),
        pytest.param(refused_certificate(-67818), "tls_expired", "reason", id="expired-mac"),
        pytest.param(refused_certificate(-67602), "tls_hostname_mismatch", "reason", id="name-mac"),
        pytest.param(refused_certificate(18), "tls_untrusted", "reason 18", id="self-signed"),
        pytest.param(refused_certificate(20), "tls_untrusted", "reason 20", id="unknown-issuer"),
        pytest.param(refused_certificate(23), "tls_untrusted", "revoked", id="revoked"),
        pytest.param(refused_certificate(66), "tls_untrusted", "too weak", id="weak-key"),
        pytest.param(refused_certificate(68), "tls_untrusted", "too weak", id="weak-digest"),
        pytest.param(refused_certificate(79), "tls_untrusted", "not allowed", id="no-authority"),
        pytest.param(refused_certificate(85), "tls_untrusted", "3.13", id="strict"),
        pytest.param(handshake("WRONG_VERSION_NUMBER"), "tls_failure", "without TLS", id="plain"),
        pytest.param(
            handshake("PACKET_LENGTH_TOO_LONG"), "tls_failure", "without TLS", id="plain-long"
        ),
        pytest.param(
            handshake("TLSV1_ALERT_PROTOCOL_VERSION"), "tls_failure", "version", id="version"
        ),
        pytest.param(handshake("UNSUPPORTED_PROTOCOL"), "tls_failure", "version", id="old"),
        pytest.param(handshake("TLSV1_UNRECOGNIZED_NAME"), "tls_failure", "SNI", id="name-alert"),
        pytest.param(
            handshake("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "tls_failure", "mutual", id="client"
        ),
        pytest.param(
            handshake("SSLV3_ALERT_HANDSHAKE_FAILURE"),
            "tls_failure",
            "does not say why",
            id="handshake",
        ),
        pytest.param(handshake("DH_KEY_TOO_SMALL"), "tls_failure", "too weak", id="parameters"),
        pytest.param(
            handshake("NO_PROTOCOLS_AVAILABLE"), "tls_failure", "on this machine", id="no-versions"
        ),
        pytest.param(handshake("BAD_SIGNATURE"), "tls_failure", "changed", id="tampered"),
        pytest.param(handshake("SOMETHING_NEW"), "tls_failure", "SOMETHING_NEW", id="new"),
        pytest.param(
            handshake("UNEXPECTED_EOF_WHILE_READING"), "connection_reset", "closed", id="eof"
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


@pytest.mark.parametrize(
    ("silent", "identifier", "said"),
    [
        pytest.param(True, "connection_timeout", "not answered within 2 s", id="silent"),
        pytest.param(False, "connection_reset", "closed during", id="cut"),
    ],
)
def test_a_handshake_without_an_end(
    silent: bool,  # noqa: FBT001 - the column of a table
    identifier: str,
    said: str,
) -> None:
    failure = handshake_failure(HandshakeError(silent=silent, after_s=2))
    assert failure.identifier == identifier
    assert said in failure.details[0]
    assert failure.actions
    assert "{base_url}" in failure.cause


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", 'it sent "SSH-2.0-OpenSSH_9.6"', id="ssh"),
        pytest.param(b"220 mail ESMTP\r\nmore", 'it sent "220 mail ESMTP"', id="smtp"),
        pytest.param(b"\x1b[31mred\xff", 'it sent "\\x1b[31mred\\xff"', id="escapes"),
        pytest.param(b"J\x00\x00\x00\n8.0.36", 'it sent "J\\x00\\x00\\x00"', id="mysql"),
        pytest.param(b"\r\n", 'it sent "', id="blank"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02F", "answers in TLS", id="tls-alert"),
    ],
)
def test_who_does_not_speak_http_is_quoted(heard: bytes, said: str) -> None:
    failure = stranger(heard)
    assert (failure.identifier, failure.phase) == ("not_the_gateway", Phase.RESPONSE)
    assert said in failure.details[0]
    assert "\x1b" not in failure.details[0]
