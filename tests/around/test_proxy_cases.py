"""Proxies that do not let the calls through, or not as it was meant, put to the whole doctor."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.around import certificates as certs
from tests.around.conftest import KEY, Diagnosed, Doctor
from tests.around.proxies import RealProxy, real_proxy
from tests.around.servers import Caller, Listening, Talk, free_port, listening, response
from tests.cli.conftest import Served, serving

USER, PASSWORD = "alice", "hunter22#/@%:x"
SENT = "alice:hunter22%23%2F%40%25%3Ax"
TOKEN = "t0ken-4711-canary"
SECRETS = ("hunter22", TOKEN, "YWxpY2U6aHVudGVyMjI")
"""What must never be seen: the password, a token, the beginning of the login in base64."""

STRANGER = certs.authority_named("Example Inspection", "Proxy CA")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What stands around every case: a gateway behind TLS that only a proxy finds, and proxies."""

    gateway: Served
    plain: Served
    open: RealProxy
    guarded: RealProxy
    authority: str

    @property
    def port(self) -> int:
        return int(self.gateway.base_url.rpartition(":")[2].partition("/")[0])

    def fill(self, text: str, raw: int = 0) -> str:
        return text.format(
            open=self.open.port,
            guarded=self.guarded.port,
            gateway=self.port,
            free=free_port(),
            raw=raw,
            login=SENT,
            token=TOKEN,
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("proxies")
    (folder / "open").mkdir()
    (folder / "guarded").mkdir()
    tls = certs.server("gateway.test", "denied.test", "dead.test")
    with (
        serving(tls=tls) as gateway,
        serving() as plain,
        real_proxy(folder / "open") as unguarded,
        real_proxy(folder / "guarded", "--basic-auth", f"{USER}:{PASSWORD}") as guarded,
    ):
        yield World(
            gateway=gateway,
            plain=plain,
            open=unguarded,
            guarded=guarded,
            authority=certs.write_authority(folder),
        )


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process finds ``proxy.test`` and no other name: only the proxies know the gateway."""
    real = socket.getaddrinfo

    def found(host: Any, *args: Any, **options: Any) -> Any:
        numeric = str(host).replace(".", "").replace(":", "").isalnum() and not any(
            char.isalpha() for char in str(host)
        )
        if host == "proxy.test" or numeric:
            return real("127.0.0.1" if host == "proxy.test" else host, *args, **options)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Variables in which ``{open}``, ``{guarded}``, ``{free}``, ``{gateway}``, ``{raw}`` are ports.

    ``talk`` is what listens on ``{raw}``, behind TLS where ``tls`` gives a context.  ``said`` is
    found on the page, ``unsaid`` is not.
    """

    variables: Mapping[str, str]
    id: str | None
    said: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    talk: Talk | None = None
    tls: Callable[[], ssl.SSLContext] | None = None
    host: str = "gateway.test"
    timeout_s: float = 10
    details: Mapping[str, Any] = field(default_factory=dict)

    def listening(self) -> AbstractContextManager[Listening]:
        if self.talk is None:
            return contextlib.nullcontext(Listening(port=0))
        return listening(self.talk, self.tls() if self.tls else None)


def put(doctor: Doctor, world: World, case: Case) -> tuple[Diagnosed, Listening]:
    with case.listening() as raw:
        variables = {name: world.fill(v, raw.port) for name, v in case.variables.items()}
        variables = {
            "CROSSMODEL_API_URL": f"https://{case.host}:{world.port}/v1",
            "CROSSMODEL_API_KEY": "cm-sandbox" if case.id is None else KEY,
            "SSL_CERT_FILE": world.authority,
            **variables,
        }
        found = doctor(secrets=SECRETS, timeout_s=case.timeout_s, **variables)
    return found, raw


def holds(found: Diagnosed, case: Case) -> None:
    assert found.id == case.id, found.page
    assert found.exit_code == (0 if case.id is None else 9)
    for text in case.said:
        assert text in found.prose, found.page
    for text in case.unsaid:
        assert text not in found.prose, found.page
    shown = found.check("connection")["details"]
    assert {name: shown.get(name) for name in case.details} == case.details


# A real proxy


REAL = (
    (
        "healthy",
        Case(
            variables={"HTTPS_PROXY": "http://127.0.0.1:{open}"},
            id=None,
            said=(
                "through the proxy http://127.0.0.1:",
                "tunnel",
                "HTTPS_PROXY sends the requests",
            ),
            details={"proxy_variable": "HTTPS_PROXY"},
        ),
    ),
    (
        "lower-case-without-scheme",
        Case(
            variables={"https_proxy": "proxy.test:{open}"},
            id=None,
            said=("through the proxy http://proxy.test:",),
            details={"proxy_variable": "https_proxy"},
        ),
    ),
    (
        "for-every-scheme",
        Case(
            variables={"ALL_PROXY": "http://127.0.0.1:{open}"},
            id=None,
            said=("ALL_PROXY sends the requests",),
            details={"proxy_variable": "ALL_PROXY"},
        ),
    ),
    (
        "lower-case-wins",
        Case(
            variables={
                "https_proxy": "http://127.0.0.1:{open}",
                "HTTPS_PROXY": "http://{login}@127.0.0.1:{free}",
            },
            id=None,
            said=(
                "Python take https_proxy",
                "→ Set https_proxy and HTTPS_PROXY to the same value.",
            ),
        ),
    ),
    (
        "empty-lower-case",
        Case(
            variables={"https_proxy": "", "HTTPS_PROXY": "http://127.0.0.1:{open}"},
            id=None,
            said=("https_proxy is set and empty: Python then uses no proxy", "→ Unset https_proxy"),
        ),
    ),
    (
        "login-given",
        Case(variables={"HTTPS_PROXY": "http://{login}@127.0.0.1:{guarded}"}, id=None),
    ),
    (
        "login-given-unescaped",
        Case(
            variables={"HTTPS_PROXY": "http://alice:hunter22#/@%:x@127.0.0.1:{guarded}"},
            id="proxy_unusable",
            said=(
                "The login in HTTPS_PROXY holds # (write %23), / (write %2F)",
                "cmtool went on with http://127.0.0.1:",
                "through the proxy",
                "1. Correct the value of HTTPS_PROXY",
                "most programs fail on such a value",
            ),
        ),
    ),
    (
        "login-wanted",
        Case(
            variables={"HTTPS_PROXY": "http://127.0.0.1:{guarded}"},
            id="proxy_auth_required",
            said=(
                "answered 407",
                "It asks for a login of the kind Basic, and HTTPS_PROXY holds none.",
                "1. Write the login into HTTPS_PROXY, as user:password@ in front of its host",
            ),
        ),
    ),
    (
        "login-refused",
        Case(
            variables={"HTTPS_PROXY": "http://alice:hunter22-old@127.0.0.1:{guarded}"},
            id="proxy_auth_required",
            said=("It was given the login of HTTPS_PROXY and refused it.", "1. Correct the user"),
            unsaid=("holds none",),
        ),
    ),
    (
        "login-of-a-user-alone",
        Case(
            variables={"HTTPS_PROXY": "http://{token}@127.0.0.1:{guarded}"},
            id="proxy_auth_required",
            said=("It holds a user name and no password.",),
        ),
    ),
    (
        "host-denied",
        Case(
            variables={"HTTPS_PROXY": "http://127.0.0.1:{open}"},
            host="denied.test",
            id="proxy_unusable",
            said=(
                "answered 403 Forbidden",
                'It says: "Blocked by the policy of Example Works".',
                "1. Ask the owner of the proxy to allow CONNECT to denied.test on port",
            ),
            details={"proxy_variable": "HTTPS_PROXY"},
        ),
    ),
    (
        "dead-upstream",
        Case(
            variables={
                "HTTPS_PROXY": "http://127.0.0.1:{open}",
                "CROSSMODEL_API_URL": "https://dead.test:{free}/v1",
            },
            id="proxy_unusable",
            said=("answered 502 Bad Gateway", "it could not reach dead.test itself"),
        ),
    ),
    (
        "name-that-the-proxy-does-not-know",
        Case(
            variables={"HTTPS_PROXY": "http://127.0.0.1:{open}"},
            host="nowhere.test",
            id="proxy_unusable",
            said=("it could not reach nowhere.test itself", "Check the host of the base URL"),
        ),
    ),
    (
        "quotes-around",
        Case(
            variables={"HTTPS_PROXY": '"http://127.0.0.1:{open}"'},
            id="proxy_unusable",
            said=("quotation marks or other characters", "through the proxy http://127.0.0.1:"),
        ),
    ),
    (
        "letter-missing",
        Case(
            variables={"HTTPS_PROXY": "htp://{login}@127.0.0.1:{guarded}"},
            id="proxy_unusable",
            said=("begins with htp://, where http:// belongs", "through the proxy http://127"),
        ),
    ),
    (
        "line-end-behind",
        Case(
            variables={"HTTPS_PROXY": "http://127.0.0.1:{open}\r\n"},
            id="proxy_unusable",
            said=("Around the address in HTTPS_PROXY stand blanks or a line end",),
        ),
    ),
    (
        "no-proxy-with-a-scheme",
        Case(
            variables={
                "HTTPS_PROXY": "http://127.0.0.1:{open}",
                "NO_PROXY": "a.test, https://gateway.test",
            },
            id=None,
            said=(
                '"https://gateway.test" in NO_PROXY does not name the host',
                "→ If the host is meant, write it plainly into NO_PROXY: gateway.test",
            ),
        ),
    ),
    (
        "no-proxy-with-blanks",
        Case(
            variables={
                "HTTPS_PROXY": "http://127.0.0.1:{open}",
                "NO_PROXY": "a.test gateway.test",
            },
            id=None,
            said=("entries are parted by commas",),
        ),
    ),
    (
        "no-proxy-for-addresses",
        Case(
            variables={
                "HTTPS_PROXY": "http://127.0.0.1:{open}",
                "NO_PROXY": "127.0.0.0/8,10.0.0.1",
            },
            id=None,
            said=("through the proxy",),
            unsaid=("10.0.0.1",),
        ),
    ),
)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in REAL])
def test_a_real_proxy(doctor: Doctor, world: World, case: Case) -> None:
    found, _ = put(doctor, world, case)
    holds(found, case)


def test_a_healthy_run_through_a_proxy_that_wants_a_login(doctor: Doctor, world: World) -> None:
    """The login goes to the proxy alone, the key to the gateway alone."""
    while not world.gateway.entries.empty():
        world.gateway.entries.get()
    case = Case(variables={"HTTPS_PROXY": "http://{login}@127.0.0.1:{guarded}"}, id=None)
    found, _ = put(doctor, world, case)
    assert found.report["outcome"] == "degraded"  # a proxy in use is a warning
    assert found.warnings == ["proxy_in_use"]
    details = found.check("connection")["details"]
    assert details["proxy"] == f"http://127.0.0.1:{world.guarded.port}"
    assert details["tunnel_ms"] > 0
    assert details["tls_ms"] > 0
    assert "CONNECT" in world.guarded.heard
    assert "Proxy-Authorization: Basic" in world.guarded.heard
    assert "cm-sandbox" not in world.guarded.heard
    assert "/v1" not in world.guarded.heard
    seen = [world.gateway.entries.get() for _ in range(world.gateway.entries.qsize())]
    assert len(seen) >= 6
    assert "hunter22" not in repr(seen)


# Raw proxies, and what they answer to CONNECT


def proxying(
    answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n", *, to: int = 0
) -> Talk:
    """Answer CONNECT; where ``to`` is a port, tunnel to it, whatever host was asked for."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def talk(caller: Caller) -> None:
        await caller.request()
        await caller.send(answer)
        if to:
            reader, writer = await asyncio.open_connection("127.0.0.1", to)
            try:
                await asyncio.gather(pump(caller.reader, writer), pump(reader, caller.writer))
            finally:
                writer.transport.abort()

    return talk


def refusing(
    status: str, *headers: str, body: bytes = b"", content_type: str = "text/html"
) -> Talk:
    return proxying(response(body, *headers, status=status, content_type=content_type))


LOGIN = "407 Proxy Authentication Required"
SQUID = (
    b"<html><head><title>ERROR: The requested URL could not be retrieved</title></head><body>"
    b"<div id=ERR_ACCESS_DENIED>Access control configuration prevents your request."
    b"<p>Generated Tue by proxy (squid/6.6)</body></html>"
)


def in_chunks(body: bytes) -> bytes:
    pieces = [body[at : at + 50] for at in range(0, len(body), 50)] + [b""]
    return b"".join(b"%x;x=y\r\n%b\r\n" % (len(piece), piece) for piece in pieces)


ANSWERS: tuple[tuple[str, Talk, str, str, tuple[str, ...]], ...] = (
    (
        "ntlm",
        refusing(LOGIN, "Proxy-Authenticate: Negotiate", "Proxy-Authenticate: NTLM"),
        "",
        "proxy_auth_required",
        ("a login by Negotiate or NTLM only", "1. Run a helper on this machine", "Px or cntlm"),
    ),
    (
        "ntlm-although-a-login-was-sent",
        refusing(LOGIN, "Proxy-Authenticate: NTLM"),
        "{login}@",
        "proxy_auth_required",
        ("a login by NTLM only, not by Basic", "a user name and a password in its address do not"),
    ),
    (
        "digest",
        refusing(LOGIN, 'Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"'),
        "{login}@",
        "proxy_auth_required",
        ("a login by Digest only",),
    ),
    (
        "ntlm-or-basic",
        refusing(LOGIN, 'Proxy-Authenticate: NTLM, Basic realm="r"'),
        "",
        "proxy_auth_required",
        ("a login of the kind NTLM or Basic", "1. Write the login into HTTPS_PROXY"),
    ),
    (
        "no-scheme-named",
        refusing(LOGIN),
        "",
        "proxy_auth_required",
        ("It asks for a login, and HTTPS_PROXY holds none.",),
    ),
    (
        "login-echoed",
        refusing(LOGIN, "Proxy-Authenticate: Basic", body=b"no alice:hunter22#/@%:x here"),
        "{login}@",
        "proxy_auth_required",
        ("refused it",),
    ),
    (
        "squid",
        refusing("403 Forbidden", "Server: squid/6.6", "X-Squid-Error: ERR_DNS_FAIL 0", body=SQUID),
        "",
        "proxy_unusable",
        (
            "It was answered by a Squid proxy",
            "Squid's terms, is ERR_DNS_FAIL",
            "allow CONNECT to gateway",
        ),
    ),
    (
        "squid-page-only",
        refusing("403 Forbidden", body=SQUID),
        "",
        "proxy_unusable",
        ("Squid's terms, is ERR_ACCESS_DENIED", '"ERROR: The requested URL could not be'),
    ),
    (
        "web-filter",
        refusing("403 Forbidden", body=b"<html><title>Zscaler: not allowed</title></html>"),
        "",
        "proxy_unusable",
        ("Zscaler", "Ask the owner of the proxy to allow CONNECT"),
    ),
    (
        "no-method",
        refusing("405 Method Not Allowed", "Server: nginx"),
        "",
        "proxy_unusable",
        ("makes no tunnels: it is a web server", "1. Check the host and the port in HTTPS_PROXY"),
    ),
    (
        "bad-request",
        refusing("400 Bad Request", body=b"<center>nginx</center>"),
        "",
        "proxy_unusable",
        ("answered 400 Bad Request", "makes no tunnels"),
    ),
    (
        "too-many",
        refusing("429 Too Many Requests"),
        "",
        "proxy_unusable",
        ("takes no more requests from here for the moment",),
    ),
    (
        "error-of-its-own",
        refusing("500 Internal Server Error", body=b"out of memory", content_type="text/plain"),
        "",
        "proxy_unusable",
        ("answered 500", 'It says: "out of memory".', "Ask the owner of the proxy what"),
    ),
    (
        "no-upstream",
        refusing("503 Service Unavailable", "Proxy-Status: p; error=dns_error"),
        "",
        "proxy_unusable",
        ("could not reach gateway.test itself", "Proxy-Status says: p; error=dns_error"),
    ),
    (
        "upstream-too-slow",
        refusing("504 Gateway Timeout"),
        "",
        "proxy_unusable",
        ("answered 504", "tell the owner of the proxy that it cannot reach gateway.test"),
    ),
    (
        "log-in-page",
        refusing("302 Found", "Location: https://login.test/?u=1"),
        "",
        "proxy_unusable",
        ("It points to https://login.test/", "1. Sign in to the network"),
    ),
    (
        "compressed-page",
        refusing("403 Forbidden", "Content-Encoding: gzip", body=gzip.compress(SQUID)),
        "",
        "proxy_unusable",
        ("It was answered by a Squid proxy", "is ERR_ACCESS_DENIED"),
    ),
    (
        "compressed-page-in-chunks",
        proxying(
            b"HTTP/1.1 403 Forbidden\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"
            b"\r\n" + in_chunks(gzip.compress(SQUID))
        ),
        "",
        "proxy_unusable",
        ("It was answered by a Squid proxy", "is ERR_ACCESS_DENIED"),
    ),
    (
        "page-in-a-strange-encoding",
        refusing("403 Forbidden", "Content-Encoding: br", body=b"\x8b\x03\x80"),
        "",
        "proxy_unusable",
        ("answered 403 Forbidden", "1. Ask the owner of the proxy to allow CONNECT"),
    ),
    (
        "network-log-in",
        refusing("511 Network Authentication Required"),
        "",
        "proxy_unusable",
        ("1. Sign in to the network",),
    ),
    (
        "page-with-200",
        refusing("200 OK", body=b"<html><title>Welcome to the hotel</title></html>"),
        "",
        "proxy_unusable",
        ("answered 200 OK", '"Welcome to the hotel"', "a page of its own in place of a tunnel"),
    ),
    (
        "ssh",
        proxying(b"SSH-2.0-OpenSSH_9.6\r\n"),
        "",
        "proxy_unusable",
        ("does not speak HTTP", "SSH-2.0-OpenSSH_9.6", "another service listens there"),
    ),
    (
        "half-a-head",
        proxying(b"HTTP/1.1 200 Connec"),
        "",
        "proxy_unusable",
        ("began an answer and did not end its head",),
    ),
    (
        "endless-head",
        proxying(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000),
        "",
        "proxy_unusable",
        ("began an answer and did not end its head",),
    ),
    (
        "opens-and-closes",
        proxying(),
        "",
        "proxy_unusable",
        ("opened the tunnel, and then nothing came through it", "closed during the TLS handshake"),
    ),
)


@pytest.mark.parametrize(
    ("talk", "login", "identifier", "said"),
    [pytest.param(talk, login, id_, said, id=name) for name, talk, login, id_, said in ANSWERS],
)
def test_what_a_proxy_answers(
    doctor: Doctor, world: World, *, talk: Talk, login: str, identifier: str, said: tuple[str, ...]
) -> None:
    variables = {"HTTPS_PROXY": f"http://{login}127.0.0.1:{{raw}}"}
    case = Case(
        variables=variables,
        id=identifier,
        said=(*said, "The proxy http://127.0.0.1:", "(from HTTPS_PROXY)"),
        talk=talk,
    )
    found, raw = put(doctor, world, case)
    holds(found, case)
    assert raw.text.startswith("CONNECT gateway.test:")
    assert KEY not in raw.text
    assert ("Proxy-Authorization: Basic" in raw.text) is bool(login)


async def hangs_up(caller: Caller) -> None:
    await caller.request()


async def speaks_socks(caller: Caller) -> None:
    """Greet SOCKS 5 (RFC 1928, section 3), and hang up on whatever else comes."""
    if await caller.reader.readexactly(1) == b"\x05":
        await caller.send(b"\x05\x00")
        await caller.reader.read()


async def resets(caller: Caller) -> None:
    await caller.request()
    caller.reset()


async def says_nothing(caller: Caller) -> None:
    await caller.request()
    await caller.reader.read()


async def opens_and_says_nothing(caller: Caller) -> None:
    await caller.request()
    await caller.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while await caller.reader.read(65_536):
        pass


async def answers_at_once(caller: Caller) -> None:
    await caller.reader.read(1)
    await caller.send(response(status="400 Bad Request"))


ODD = (
    (
        "hangs-up",
        Case(
            variables={"HTTPS_PROXY": "http://127.0.0.1:{raw}"},
            id="proxy_unusable",
            talk=hangs_up,
            said=("closed the connection at the request for a tunnel", "spoken to over https"),
        ),
    ),
    (
        "socks",
        Case(
            variables={"HTTPS_PROXY": "http://{login}@127.0.0.1:{raw}"},
            id="proxy_unusable",
            talk=speaks_socks,
            said=(
                "speaks SOCKS, not HTTP",
                "1. Name in HTTPS_PROXY the port at which it speaks HTTP",
                "2. Write socks5h://127.0.0.1:",
            ),
        ),
    ),
    (
        "resets",
        Case(
            variables={"HTTPS_PROXY": "http://127.0.0.1:{raw}"},
            id="proxy_unusable",
            talk=resets,
            said=("closed the connection at the request for a tunnel",),
        ),
    ),
    (
        "silent",
        Case(
            variables={"HTTPS_PROXY": "http://127.0.0.1:{raw}"},
            id="proxy_unusable",
            talk=says_nothing,
            timeout_s=0.6,
            said=("did not answer the request for a tunnel within",),
        ),
    ),
    (
        "silent-behind-the-tunnel",
        Case(
            variables={"HTTPS_PROXY": "http://127.0.0.1:{raw}"},
            id="proxy_unusable",
            talk=opens_and_says_nothing,
            timeout_s=0.6,
            said=("opened the tunnel, and then nothing came through it",),
        ),
    ),
    (
        "tls-on-the-port-of-an-http-proxy",
        Case(
            variables={"HTTPS_PROXY": "http://{login}@127.0.0.1:{raw}"},
            id="proxy_unusable",
            talk=proxying(b"\x15\x03\x01\x00\x02\x02\x46"),
            said=("answers in TLS", "1. Write https://127.0.0.1:"),
        ),
    ),
    (
        "http-on-the-port-of-an-https-proxy",
        Case(
            variables={"HTTPS_PROXY": "https://{login}@127.0.0.1:{raw}"},
            id="proxy_unusable",
            talk=answers_at_once,
            said=("answers without TLS", "1. Write http://127.0.0.1:", "how the proxy itself is"),
        ),
    ),
    (
        "https-proxy-that-waits-for-plain-http",
        Case(
            variables={"HTTPS_PROXY": "https://127.0.0.1:{open}"},
            id="proxy_unusable",
            timeout_s=0.9,
            said=("finished no TLS handshake", "1. If the proxy itself speaks plain http: write"),
        ),
    ),
    (
        "https-proxy-untrusted",
        Case(
            variables={"HTTPS_PROXY": "https://127.0.0.1:{raw}"},
            id="proxy_unusable",
            talk=proxying(),
            tls=lambda: certs.server("127.0.0.1", authority=STRANGER),
            said=(
                "The proxy https://127.0.0.1:",
                "showed the certificate itself; the gateway's was not seen.",
                "it is the proxy whose certificate is refused",
                "1. Get the certificate of the proxy's authority from its owner",
            ),
        ),
    ),
    (
        "https-proxy-out-of-date",
        Case(
            variables={"HTTPS_PROXY": "https://127.0.0.1:{raw}"},
            id="proxy_unusable",
            talk=proxying(),
            tls=lambda: certs.server("127.0.0.1", not_after=certs.NOW - certs.DAY),
            said=("showed the certificate itself", "1. Check the date and time of this machine"),
        ),
    ),
    (
        "https-proxy-of-another-name",
        Case(
            variables={"HTTPS_PROXY": "https://127.0.0.1:{raw}"},
            id="proxy_unusable",
            talk=proxying(),
            tls=lambda: certs.server("other.test"),
            said=(
                "showed the certificate itself",
                "1. Write the proxy in HTTPS_PROXY by the host name that its certificate bears",
            ),
        ),
    ),
)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in ODD])
def test_an_odd_proxy(doctor: Doctor, world: World, case: Case) -> None:
    found, raw = put(doctor, world, case)
    holds(found, case)
    assert KEY not in raw.text


def test_a_proxy_over_https(doctor: Doctor, world: World) -> None:
    case = Case(
        variables={"HTTPS_PROXY": "https://{login}@127.0.0.1:{raw}"},
        id=None,
        talk=proxying(to=world.port),
        tls=lambda: certs.server("127.0.0.1"),
        said=("through the proxy https://127.0.0.1:", "TLS 1.3"),
    )
    found, raw = put(doctor, world, case)
    holds(found, case)
    assert "cm-sandbox" not in raw.text


def test_a_proxy_that_inspects(doctor: Doctor, world: World) -> None:
    tls = certs.server("gateway.test", authority=STRANGER)

    async def never(caller: Caller) -> None:
        await caller.request()

    with listening(never, tls) as inspector:
        case = Case(
            variables={"HTTPS_PROXY": "http://127.0.0.1:{raw}"},
            id="tls_untrusted",
            talk=proxying(to=inspector.port),
            said=(
                'It was issued by "Proxy CA" of Example Inspection.',
                "The connection went through the proxy http://127.0.0.1:",
                "inspects TLS",
            ),
            unsaid=("leads to",),
        )
        found, raw = put(doctor, world, case)
    holds(found, case)
    assert KEY not in inspector.text  # a second look at the certificate goes without it
    assert KEY not in raw.text


# Values that cannot be used, and proxies that are not reached or not used


UNUSABLE = (
    ("socks4", "socks4://127.0.0.1:1", ("SOCKS 4 is spoken neither here nor by httpx",)),
    ("socks5", "socks5://{login}@127.0.0.1:1", ("HTTPS_PROXY asks for the proxy socks5://127",)),
    ("socks5h", "socks5h://127.0.0.1:1", ("httpx[socks]",)),
    ("quic", "quic://127.0.0.1:1", ("over http or https, not over quic",)),
    ("ftp", "ftp://127.0.0.1:21", ("not over ftp",)),
    (
        "word",
        "none",
        ('HTTPS_PROXY is "none": programs read it as the address', "1. Unset HTTPS_PROXY"),
    ),
    ("quotes-alone", '""', ("HTTPS_PROXY holds nothing but marks", "1. Unset HTTPS_PROXY")),
    ("unfilled", "$PROXY", ("$PROXY in it was never filled in", "1. Correct HTTPS_PROXY")),
    ("port-too-high", "http://{login}@127.0.0.1:99999", ("no number from 1 to 65535",)),
    ("port-of-letters", "http://127.0.0.1:http", ("no number from 1 to 65535",)),
    ("port-zero", "http://127.0.0.1:0", ("no number from 1 to 65535",)),
    ("no-host", "http://", ("there is no host in it",)),
    ("login-behind-the-port", "127.0.0.1:8080:alice:hunter22", ("from 1 to 65535",)),
    ("script", "http://wpad.test/proxy.pac", ("this is a script that names proxies (PAC)",)),
    (
        "the-gateway-itself",
        "https://gateway.test:{gateway}/v1",
        ("this is the gateway itself", "1. Unset HTTPS_PROXY", "CROSSMODEL_API_URL"),
    ),
    (
        "local-port-refuses",
        "http://{login}@127.0.0.1:{free}",
        ("cannot be reached", "1. Start the proxy program of this machine", "refused"),
    ),
    (
        "name-not-found",
        "http://{token}@nowhere.test:3128",
        ("The name nowhere.test does not exist", "1. Check the host in HTTPS_PROXY"),
    ),
    (
        "no-port",
        "http://nowhere.test",
        ("HTTPS_PROXY names no port: 80 was tried, where curl tries 1080.",),
    ),
)


@pytest.mark.parametrize(
    ("value", "said"), [pytest.param(value, said, id=name) for name, value, said in UNUSABLE]
)
def test_a_proxy_that_is_not_reached(
    doctor: Doctor, world: World, value: str, said: tuple[str, ...]
) -> None:
    case = Case(variables={"HTTPS_PROXY": value}, id="proxy_unusable", said=said)
    found, _ = put(doctor, world, case)
    holds(found, case)


NOT_HEARD: tuple[tuple[str, dict[str, str], str, tuple[str, ...]], ...] = (
    (
        "list-with-semicolons",
        {"HTTPS_PROXY": "http://127.0.0.1:{free}", "NO_PROXY": "a.test;gateway.test"},
        "proxy_unusable",
        (
            "1. If the host is meant, write it plainly into NO_PROXY: gateway.test",
            "2. Start the proxy program",
        ),
    ),
    (
        "list-and-a-login",
        {"HTTPS_PROXY": "http://127.0.0.1:{guarded}", "NO_PROXY": "https://gateway.test"},
        "proxy_auth_required",
        ("1. If the host is meant, write it plainly into NO_PROXY: gateway.test", "2. Write the"),
    ),
    (
        "list-and-socks",
        {"HTTPS_PROXY": "socks5://127.0.0.1:1", "NO_PROXY": "a.test gateway.test"},
        "proxy_unusable",
        ("1. If the host is meant,", "2. If it speaks HTTP too", "write http://127.0.0.1:1 into"),
    ),
    (
        "mixed-case",
        {"Https_Proxy": "http://127.0.0.1:{open}"},
        "dns_failure",
        ("Https_Proxy is written in mixed case", "1. Write HTTPS_PROXY in place of Https_Proxy."),
    ),
)


@pytest.mark.parametrize(
    ("variables", "identifier", "said"),
    [pytest.param(vs, identifier, said, id=name) for name, vs, identifier, said in NOT_HEARD],
)
def test_what_was_not_heard_comes_first(
    doctor: Doctor, world: World, variables: dict[str, str], identifier: str, said: tuple[str, ...]
) -> None:
    case = Case(variables=variables, id=identifier, said=said)
    found, _ = put(doctor, world, case)
    holds(found, case)


def test_where_no_proxy_is_meant_none_is_to_be_left_out(doctor: Doctor) -> None:
    told = doctor(HTTPS_PROXY="none")
    assert told.report["diagnosis"]["actions"] == [
        "Unset HTTPS_PROXY: where it is not set, no proxy is used."
    ]


def test_others_ask_a_proxy_for_this_machine(doctor: Doctor, world: World) -> None:
    told = doctor(
        CROSSMODEL_API_URL=world.plain.base_url,
        CROSSMODEL_API_KEY="cm-sandbox",
        HTTP_PROXY=f"http://127.0.0.1:{free_port()}",
    )
    assert (told.id, told.exit_code) == (None, 0)
    assert "proxy_ambiguous" in told.warnings
    assert "→ Write the host plainly into NO_PROXY, which all read: 127.0.0.1" in told.prose


UNUSED: tuple[tuple[str, dict[str, str], tuple[str, ...]], ...] = (
    (
        "only-for-http",
        {"HTTP_PROXY": "http://{login}@127.0.0.1:{open}"},
        (
            "HTTP_PROXY counts for http:// addresses only, so its proxy http://127.0.0.1:",
            "undici, the client of Node.js, takes it for https:// too",
            "1. If the gateway is reached through the proxy only, set HTTPS_PROXY to it as well.",
        ),
    ),
    (
        "bypassed-host",
        {"HTTPS_PROXY": "http://{login}@127.0.0.1:{open}", "NO_PROXY": "a.test,gateway.test"},
        (
            'NO_PROXY names the host ("gateway.test"), so the proxy http://127.0.0.1:',
            '1. If the gateway is reached through the proxy only, take "gateway.test" out of',
        ),
    ),
    (
        "bypassed-domain",
        {"https_proxy": "http://127.0.0.1:{open}", "no_proxy": ".test"},
        ('no_proxy names the host (".test")', "of https_proxy is not used"),
    ),
    (
        "bypassed-everywhere",
        {"ALL_PROXY": "http://127.0.0.1:{open}", "NO_PROXY": "*"},
        ('NO_PROXY names the host ("*")', "of ALL_PROXY is not used"),
    ),
    (
        "bypassed-by-a-star",
        {"HTTPS_PROXY": "http://127.0.0.1:{open}", "NO_PROXY": "*.test"},
        ('NO_PROXY names the host ("*.test")', "urllib know no star before a name"),
    ),
    (
        "bypassed-by-a-port",
        {"HTTPS_PROXY": "http://127.0.0.1:{open}", "NO_PROXY": "gateway.test:{gateway}"},
        ('NO_PROXY names the host ("gateway.test:', "read no port there"),
    ),
)


@pytest.mark.parametrize(
    ("variables", "said"), [pytest.param(vs, said, id=name) for name, vs, said in UNUSED]
)
def test_a_proxy_that_is_not_used(
    doctor: Doctor, world: World, variables: dict[str, str], said: tuple[str, ...]
) -> None:
    case = Case(variables=variables, id="dns_failure", said=said)
    found, _ = put(doctor, world, case)
    holds(found, case)
    assert "is not used" in found.check("environment")["summary"]


def test_a_407_to_the_request_itself(doctor: Doctor) -> None:
    """A proxy that nobody named, on the way, may want a login as well."""
    with listening(refusing(LOGIN, "Proxy-Authenticate: NTLM")) as inspector:
        found = doctor(CROSSMODEL_API_URL=inspector.url())
    assert (found.id, found.exit_code) == ("proxy_auth_required", 9)
    assert "It takes a login by NTLM only" in found.prose
    assert "1. Run a helper on this machine" in found.prose
