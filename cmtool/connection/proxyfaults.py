"""What it means that a proxy failed: identifiers, words and actions for each step of a tunnel."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator

from cmtool.answerers import author, heading
from cmtool.answerers.telling import who
from cmtool.connection.dialling import DialError
from cmtool.connection.faults import (
    TransportError,
    dial_failure,
    handshake_failure,
    is_tls,
    quoted,
    tls_failure,
)
from cmtool.connection.sockets import Attempt
from cmtool.connection.tunnels import (
    HungUp,
    NoTls,
    ProxyAnswer,
    Silent,
    Socks,
    Strange,
    TunnelError,
)
from cmtool.routing.challenges import demand
from cmtool.routing.proxies import ProxyChoice
from cmtool.routing.refusals import meaning_of
from cmtool.tls.handshakes import PLAIN, HandshakeError, refusal

_LOGIN_WANTED = 407  # RFC 9110, 15.5.8
_SQUID_REASON = re.compile(r"\bERR_[A-Z_]{3,40}\b")


_UNREACHED: dict[str, str] = {
    "dns_failure": (
        "Check the host in {variable}; the proxy of a company is known inside its network or VPN"
        " only."
    ),
    "connection_refused": (
        "Check the port in {variable} (proxies mostly listen on 3128 or 8080), and that the proxy"
        " runs."
    ),
}
_NOT_FROM_HERE = (
    "Check that this machine is in the network or VPN of the proxy; outside of it unset {variable}."
)
_LOCAL = (
    "Start the proxy program of this machine, or unset {variable} if it was left behind; in a"
    " container {host} is the container itself."
)
_DIRECTLY = (
    "If the gateway can be reached without the proxy, add its host to NO_PROXY or unset {variable}."
)


def unreachable_proxy(error: DialError, proxy: ProxyChoice) -> TransportError:
    """Say why no connection to the proxy could be made."""
    reached = dial_failure(error)
    action = _LOCAL if proxy.is_local else _UNREACHED.get(reached.identifier, _NOT_FROM_HERE)
    return _fault(
        proxy,
        [f"{_named(proxy)} cannot be reached.", *_default_port(proxy), *reached.details],
        [action.format(variable=proxy.variable, host=proxy.host)],
        cause=(
            "The environment sends the requests to a proxy, and no connection to that proxy can be"
            " made. The gateway was not asked."
        ),
        addresses=reached.addresses,
    )


def unusable_proxy(proxy: ProxyChoice) -> TransportError:
    """Say why the proxy that the environment asks for cannot even be spoken to."""
    return _fault(
        proxy,
        [f"{proxy.variable} {proxy.claim}: {proxy.problem}"],
        [proxy.remedy],
        cause="The environment names a proxy that cannot be used as it is written, so nothing was"
        " sent.",
    )


def tunnel_failure(error: TunnelError, proxy: ProxyChoice) -> TransportError:
    """Say that it was the proxy which failed: it was reached, and no tunnel came about."""
    match error.trouble:
        case ProxyAnswer() as answer:
            return _answered(error, answer, proxy)
        case Strange(heard=heard):
            return _strange(heard, proxy)
        case Socks():
            return _socks(proxy)
        case NoTls(error=failed):
            return _no_tls(failed, proxy)
        case Silent(after_s=after_s):
            why = f"did not answer the request for a tunnel within {after_s:.2g} s"
        case HungUp():
            why = "closed the connection at the request for a tunnel, without an answer"
    look = f"Check the host and the port in {proxy.variable}, and whether the proxy wants to be"
    return _fault(
        proxy,
        [f"{_named(proxy)} {why}."],
        [
            f"{look} spoken to over {_other(proxy)}.",
            f"Ask the owner of the proxy whether it allows CONNECT to {error.host}.",
        ],
        cause=(
            "Something listens at the address of the proxy, and it made no tunnel to the gateway:"
            " it is no proxy, or one that drops what it does not allow."
        ),
    )


def behind_tunnel(error: TransportError, proxy: ProxyChoice) -> TransportError:
    """Say of a TLS handshake that failed inside a tunnel what the proxy has to do with it."""
    if error.identifier in {"connection_reset", "connection_timeout"}:
        said = f"{_named(proxy)} opened the tunnel, and then nothing came through it."
        return _fault(
            proxy,
            [said, *error.details],
            ["Ask the owner of the proxy whether it allows TLS connections to the host."],
            cause=(
                "The proxy said that the tunnel was open, and the TLS handshake in it was not"
                " finished: the proxy filters by host name, or it could not reach the gateway."
            ),
        )
    went = (
        f"The connection went through the proxy {proxy.shown} (from {proxy.variable}): one that"
        " inspects TLS shows a certificate of its own in place of the gateway's."
    )
    return error.within(after=[went])


def _named(proxy: ProxyChoice) -> str:
    return f"The proxy {proxy.shown} (from {proxy.variable})"


def _other(proxy: ProxyChoice) -> str:
    return "http" if proxy.scheme == "https" else "https"


def _rewritten(proxy: ProxyChoice) -> str:
    """Give the address with the other scheme, and where to write it."""
    address = proxy.shown.partition("://")[2]
    return f"{_other(proxy)}://{address} in {proxy.variable}"


def _default_port(proxy: ProxyChoice) -> Iterable[str]:
    if proxy.names_a_port:
        return []
    return [f"{proxy.variable} names no port: {proxy.port} was tried, where curl tries 1080."]


def _fault(
    proxy: ProxyChoice,
    details: Iterable[str],
    actions: Iterable[str],
    *,
    cause: str,
    addresses: Iterable[Attempt] = (),
) -> TransportError:
    return TransportError(
        "proxy_unusable",
        details,
        actions=[*actions, *([] if proxy.is_gateway or proxy.is_switch else [_directly(proxy)])],
        cause=cause,
        final=True,
        addresses=addresses,
    )


def _directly(proxy: ProxyChoice) -> str:
    return _DIRECTLY.format(variable=proxy.variable)


def _answered(error: TunnelError, answer: ProxyAnswer, proxy: ProxyChoice) -> TransportError:
    status = f"{answer.status} {answer.reason}".rstrip()
    asked = f"the request for a tunnel to {error.host} port {error.port}"
    details = [f"{_named(proxy)} answered {status} to {asked}."]
    if answer.status == _LOGIN_WANTED:
        header = answer.headers.get("proxy-authenticate", "")
        wanted = demand(header, variable=proxy.variable, login=proxy.login)
        return TransportError(
            "proxy_auth_required",
            [*details, *wanted.details, *_author(answer)],
            actions=[*wanted.actions, _directly(proxy)],
            cause=wanted.cause,
            final=True,
        )
    meaning = meaning_of(answer.status)
    words = {"host": error.host, "port": error.port, "variable": proxy.variable}
    return _fault(
        proxy,
        [*details, *_author(answer)],
        [meaning.action.format_map(words)],
        cause=meaning.cause.format_map(words),
    )


def _author(answer: ProxyAnswer) -> Iterator[str]:
    """Say who wrote the answer, and what it says, as far as it tells."""
    yield from who(author(answer.headers, answer.body))
    reason = _SQUID_REASON.search(answer.headers.get("x-squid-error", "") + answer.body)
    if reason is not None:
        yield f"Its reason, in Squid's terms, is {reason[0]}."
    if status := answer.headers.get("proxy-status"):
        yield f"Its header Proxy-Status says: {status}"
    if location := answer.headers.get("location"):
        yield f"It points to {location}"
    if said := heading(answer.body):
        yield f'It says: "{said}".'


def _strange(heard: bytes, proxy: ProxyChoice) -> TransportError:
    if is_tls(heard):
        return _fault(
            proxy,
            [f"{_named(proxy)} answers in TLS: it is spoken to over https."],
            [f"Write {_rewritten(proxy)}: the scheme says how the proxy itself is spoken to."],
            cause=(
                "The proxy wants TLS for itself, and its address in the environment begins with"
                " http://."
            ),
        )
    if heard.startswith(b"HTTP/1."):
        return _fault(
            proxy,
            [f"{_named(proxy)} began an answer and did not end its head: {quoted(heard)}."],
            [f"Tell the owner of the proxy that {proxy.shown} breaks off its answers."],
            cause="The proxy was reached, and its answer to the request for a tunnel is not whole.",
        )
    return _fault(
        proxy,
        [f"{_named(proxy)} does not speak HTTP: {quoted(heard)}."],
        [f"Check the host and the port in {proxy.variable}: another service listens there."],
        cause=(
            "What answers at the address of the proxy is no HTTP proxy: it speaks another protocol."
        ),
    )


def _socks(proxy: ProxyChoice) -> TransportError:
    address = proxy.shown.partition("://")[2]
    port = "the port at which it speaks HTTP, if it has one: many proxy programs do"
    readers = "curl, and Python with httpx[socks]; cmtool does not"
    return _fault(
        proxy,
        [f"{_named(proxy)} speaks SOCKS, not HTTP: it answered a greeting of SOCKS 5."],
        [
            f"Name in {proxy.variable} {port}.",
            f"Write socks5h://{address} for programs that speak SOCKS: {readers}.",
        ],
        cause=(
            "The address in the environment begins with http://, and a SOCKS proxy listens there,"
            " such as that of ssh -D."
        ),
    )


def _no_tls(error: ssl.SSLError | HandshakeError, proxy: ProxyChoice) -> TransportError:
    if isinstance(error, ssl.SSLError) and refusal(error)[0] is PLAIN:
        why = "the scheme says how the proxy itself is spoken to, not what goes through it"
        return _fault(
            proxy,
            [f"{_named(proxy)} answers without TLS: it is spoken to over http."],
            [f"Write {_rewritten(proxy)}: {why}."],
            cause="The address of the proxy begins with https://, and the proxy speaks plain http.",
        )
    failed = handshake_failure(error) if isinstance(error, HandshakeError) else tls_failure(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _bad_certificate(failed, proxy)
    return _fault(
        proxy,
        [f"{_named(proxy)} finished no TLS handshake.", *failed.details],
        [f"If the proxy itself speaks plain http: write {_rewritten(proxy)}."],
        cause=(
            "The address of the proxy begins with https://, and no TLS connection to the proxy"
            " itself came about."
        ),
    )


_AT_CERTIFICATE = {
    "tls_expired": (
        "Check the date and time of this machine; if they are right, tell the owner of the proxy"
        " that its certificate is out of date."
    ),
    "tls_hostname_mismatch": (
        "Write the proxy in {variable} by the host name that its certificate bears; the owner of"
        " the proxy knows it."
    ),
    "tls_untrusted": (
        "Get the certificate of the proxy's authority from its owner, and name a PEM file that"
        " holds it together with the public ones in SSL_CERT_FILE."
    ),
}


def _bad_certificate(failed: TransportError, proxy: ProxyChoice) -> TransportError:
    whose = f"The proxy {proxy.shown} (from {proxy.variable}) showed the certificate itself"
    first = _AT_CERTIFICATE.get(failed.identifier, _AT_CERTIFICATE["tls_untrusted"])
    return _fault(
        proxy,
        [f"{whose}; the gateway's was not seen.", *failed.details],
        [
            first.format(variable=proxy.variable),
            f"If the proxy can be spoken to over plain http as well: write {_rewritten(proxy)}.",
        ],
        cause=(
            "The proxy is spoken to over https, and it is the proxy whose certificate is refused,"
            " not the gateway's."
        ),
    )
