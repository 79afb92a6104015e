"""Rows for calls that fail before an answer arrives: names, sockets, certificates, proxies."""

from __future__ import annotations

from functools import partial

from cmtool.catalog.row import Origin, Row, Sample
from cmtool.catalog.wording import BACK_OFF, CONTACT_SUPPORT, PUBLIC_BASE_URL
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

_TRY_CURL = ("curl -v {base_url}/models", "cmtool doctor {model}")

_row = partial(
    Row,
    origin=Origin.OURS,
    severity=Severity.ERROR,
    exit_code=ExitCode.NETWORK,
    phase=Phase.CONNECT,
    commands=_TRY_CURL,
)


def _seen(*texts: str) -> tuple[Sample, ...]:
    """Give what the user sees in place of an answer: the texts of exceptions."""
    return tuple(Sample(body=text, content_type="text/plain") for text in texts)


_REACHING: tuple[Row, ...] = (
    _row(
        id="dns_failure",
        title="the host name of the base URL cannot be looked up",
        cause=(
            "The name server gave no address for the host of {base_url}. The name is misspelt, "
            "this machine has no working DNS, or its network answers for inside names only."
        ),
        actions=(
            f"Check the spelling of the base URL; the public gateway is {PUBLIC_BASE_URL}.",
            "Check that other names can be looked up from the same machine or container.",
            "In an office or a container ask which DNS server or proxy must be used.",
        ),
        samples=_seen(
            "httpx.ConnectError: [Errno -2] Name or service not known",
            "httpx.ConnectError: [Errno 8] nodename nor servname provided, or not known",
            "httpx.ConnectError: [Errno 11001] getaddrinfo failed",
            "curl: (6) Could not resolve host: api.crossmodel.ai",
        ),
    ),
    _row(
        id="connection_refused",
        title="the connection was refused",
        cause=(
            "The machine behind {base_url} is there, but nothing listens on that port, or a "
            "firewall turned the connection away."
        ),
        actions=(
            (
                "Check the host and the port of the base URL; one that was meant for a local test "
                "server is easily left behind."
            ),
            "If a proxy is set, check that it is running.",
            "Ask the owner of the network whether outgoing HTTPS to the host is allowed.",
        ),
        samples=_seen(
            "httpx.ConnectError: [Errno 111] Connection refused",
            "httpx.ConnectError: [Errno 61] Connection refused",
            "httpx.ConnectError: [WinError 10061] No connection could be made because the target "
            "machine actively refused it",
        ),
    ),
    _row(
        id="connection_timeout",
        title="no connection came about in time",
        cause=(
            "Nothing answered at the address of {base_url}. Mostly a firewall drops the packets "
            "without a word, or the machine can reach the internet through a proxy only."
        ),
        actions=(
            "Try from another network, such as a phone's, to see whether it is this one.",
            "If the network demands a proxy, set HTTPS_PROXY.",
            "Ask the owner of the network whether outgoing HTTPS to the host is allowed.",
        ),
        samples=_seen(
            "httpx.ConnectTimeout: timed out",
            "httpx.ConnectError: [Errno 110] Connection timed out",
        ),
    ),
    _row(
        id="connection_reset",
        title="the connection was dropped before an answer came",
        cause=(
            "The connection to {base_url} was made and then closed from outside without an "
            "answer. An idle connection that ran out, a restart on the way or a device that "
            "inspects traffic does that."
        ),
        actions=(
            BACK_OFF,
            (
                "When it happens every time, try from another network: a firewall or an inspecting "
                "proxy may cut these connections."
            ),
        ),
        retryable=True,
        samples=_seen(
            "httpx.ReadError: [Errno 104] Connection reset by peer",
            "httpx.ReadError: [Errno 54] Connection reset by peer",
            "httpx.RemoteProtocolError: Server disconnected without sending a response.",
        ),
    ),
    _row(
        id="network_unreachable",
        title="there is no route to the gateway",
        cause=(
            "This machine knows no way to the address of {base_url}: it is offline, the VPN is "
            "down, or the name gave an IPv6 address on a network without IPv6."
        ),
        actions=(
            "Check that the machine is online and that its VPN is up.",
            "If only IPv6 fails, let the program prefer IPv4 or have the IPv6 route mended.",
        ),
        samples=_seen(
            "httpx.ConnectError: [Errno 101] Network is unreachable",
            "httpx.ConnectError: [Errno 113] No route to host",
        ),
    ),
    Row(
        id="response_timeout",
        origin=Origin.OURS,
        severity=Severity.ERROR,
        title="no answer came in time",
        cause=(
            "The request went to {base_url}, and no answer, or no whole one, came in the time that "
            "it was given. The evidence says how far it had come."
        ),
        actions=(
            "Give it more time with --timeout, or raise the timeout of your client.",
            (
                "Where no byte came at all, try from another network: a firewall or a proxy may "
                "hold requests or answers back."
            ),
            "If it is a long generation, stream it, lower its output cap or try another model.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool request --stream {model}",),
        exit_code=ExitCode.NETWORK,
        phase=Phase.RESPONSE,
        samples=_seen(
            "httpx.ReadTimeout: The read operation timed out",
            "openai.APITimeoutError: Request timed out.",
        ),
    ),
)

_TLS: tuple[Row, ...] = (
    _row(
        id="tls_expired",
        title="the TLS certificate is not valid at this time",
        cause=(
            "The certificate shown for {base_url} has expired or is not valid yet, as seen by the "
            "clock of this machine. A clock that is wrong makes a good certificate look so."
        ),
        actions=(
            "Check the date and time of this machine.",
            "If the issuer of the certificate is your company, tell whoever runs its proxy.",
            CONTACT_SUPPORT,
        ),
        samples=_seen(
            "httpx.ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
            "certificate has expired (_ssl.c:1006)",
            "curl: (60) SSL certificate problem: certificate has expired",
        ),
    ),
    _row(
        id="tls_untrusted",
        title="the TLS certificate is not trusted",
        cause=(
            "The certificate shown for {base_url} was issued by an authority that this machine "
            "or program does not trust. In an office that is mostly the company's proxy, which "
            "inspects TLS: the browser knows its authority, Python's own bundle does not."
        ),
        actions=(
            "Look at the issuer: a company's name means that its proxy inspects the traffic.",
            (
                "Get the authority's certificate from your IT department, and name a PEM file that "
                "holds it together with the public ones in SSL_CERT_FILE."
            ),
            (
                "Elsewhere install or update the certificates of the system (the package "
                "ca-certificates on most Linux systems)."
            ),
        ),
        samples=_seen(
            "httpx.ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
            "unable to get local issuer certificate (_ssl.c:1006)",
            "httpx.ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
            "self-signed certificate in certificate chain (_ssl.c:1006)",
        ),
    ),
    _row(
        id="tls_hostname_mismatch",
        title="the TLS certificate is for another host",
        cause=(
            "Whoever answered at {base_url} showed a certificate that does not name this host. "
            "The base URL has the wrong host or an IP address, or the name leads to another "
            "machine, such as a proxy or a captive portal."
        ),
        actions=(
            f"Check the host of the base URL; the public gateway is {PUBLIC_BASE_URL}.",
            "Check that the hosts file and DNS do not lead the name elsewhere.",
            "On a guest network sign in with the browser first.",
        ),
        samples=_seen(
            "httpx.ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
            "Hostname mismatch, certificate is not valid for 'api.crossmodel.ai'. (_ssl.c:1006)",
        ),
    ),
    _row(
        id="tls_failure",
        title="no TLS connection could be agreed on",
        cause=(
            "The TLS handshake with {base_url} broke off. The other side does not speak TLS on "
            "that port, the two have no version in common, or something in between cut it."
        ),
        actions=(
            "Check the port of the base URL, and that it is not the port of a plain http server.",
            "Update Python and its OpenSSL when they are old: their TLS versions may be refused.",
            "Try from another network, to see whether a firewall or proxy breaks the handshake.",
        ),
        samples=_seen(
            "httpx.ConnectError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
            "httpx.ConnectError: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake "
            "failure (_ssl.c:1006)",
            "httpx.ConnectError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of "
            "protocol (_ssl.c:1006)",
        ),
    ),
)

_PROXY: tuple[Row, ...] = (
    _row(
        id="proxy_unusable",
        title="the proxy cannot be used",
        cause=(
            "A proxy is set for this environment, and the connection through it failed: it does "
            "not answer, refuses to connect to the host, or its address cannot be read."
        ),
        actions=(
            (
                "Check the proxy that HTTPS_PROXY or ALL_PROXY names, in lower or upper case: a "
                "scheme, a host and a port."
            ),
            "If the gateway can be reached directly, add its host to NO_PROXY or unset the proxy.",
        ),
        samples=_seen(
            "httpx.ProxyError: 403 Forbidden",
            "httpx.ProxyError: 503 Service Unavailable",
            "curl: (5) Could not resolve proxy: proxy.example.com",
        ),
    ),
    _row(
        id="proxy_auth_required",
        title="the proxy wants a login",
        cause=(
            "A proxy between here and the gateway answered 407: it lets nothing through without "
            "credentials. The gateway never saw the request, and the API key is not at fault."
        ),
        actions=(
            (
                "Put the proxy's login into HTTPS_PROXY, as user:password@ in front of its host, "
                "special characters percent-encoded; a proxy that takes NTLM, Negotiate or "
                "Digest only needs a helper such as Px on this machine."
            ),
            "If the gateway can be reached directly, add its host to NO_PROXY.",
            "Ask the owner of the proxy for a rule that needs no password.",
        ),
        statuses=(407,),
        samples=(
            Sample(
                status=407,
                body=(
                    "<html><head><title>407 Proxy Authentication Required</title></head>"
                    "<body><h1>Proxy Authentication Required</h1></body></html>"
                ),
                content_type="text/html",
                headers=(
                    ("server", "squid/6.6"),
                    ("proxy-authenticate", 'Basic realm="proxy"'),
                ),
            ),
            *_seen("httpx.ProxyError: 407 Proxy Authentication Required"),
        ),
    ),
)

ROWS: tuple[Row, ...] = (*_REACHING, *_TLS, *_PROXY)
