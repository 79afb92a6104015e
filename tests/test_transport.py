"""One request, one answer: over real sockets to servers that behave, and to others."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme

from cmtool.connection.faults import TransportError
from cmtool.model import Phase
from cmtool.routing.proxies import ProxyChoice
from cmtool.routing.routes import Route
from cmtool.transport import Answer, Request, Transport

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
KEY = "cm-canary-0123456789"
LOGIN = "dXNlcjpodW50ZXIyMg=="  # user:hunter22


class Server:
    """Serves on loopback with ``talk``; notes the head of every request it was asked to read."""

    def __init__(self, talk: Callable[[Server, Any, Any], Awaitable[None]]) -> None:
        self.talk = talk
        self.heads: list[bytes] = []
        self.connections = 0
        self.port = 0
        self.tasks: set[asyncio.Task[Any]] = set()

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-len")]
        return await reader.readexactly(int(length[0].split(b":")[1]) if length else 0)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.connections += 1
        try:
            await self.talk(self, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(
    talk: Callable[[Server, Any, Any], Awaitable[None]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    server = Server(talk)
    listening = await asyncio.start_server(server.connected, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in server.tasks:
            task.cancel()
        await asyncio.gather(*server.tasks, return_exceptions=True)
        await asyncio.sleep(0)


def reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def response(body: bytes = b"{}", *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(*answers: bytes) -> Callable[[Server, Any, Any], Awaitable[None]]:
    """Answer so many requests on each connection, then close it."""

    async def talk(server: Server, reader: Any, writer: Any) -> None:
        for answer in answers:
            await server.read(reader)
            writer.write(answer)

    return talk


def transport(trust: ssl.SSLContext | None = None, proxy: ProxyChoice | None = None) -> Transport:
    return Transport(
        monotonic=time.monotonic,
        user_agent="cmtool/test",
        trust=trust,
        route=Route(proxy=proxy),
    )


def request(url: str) -> Request:
    return Request(
        method="POST",
        url=url,
        headers={"authorization": f"Bearer {KEY}"},
        content=b'{"model": "m"}',
    )


def no_loss(error: TransportError) -> None:
    raise AssertionError(error.identifier)


async def ask(
    wire: Transport, url: str, lost: Callable[[TransportError], None] = no_loss
) -> tuple[Answer, bytes]:
    async with asyncio.timeout(10), wire.send(request(url), lost) as answer:
        return answer, b"".join([chunk async for _, chunk in answer.chunks()])


async def failure(
    url: str, trust: ssl.SSLContext | None = None, proxy: ProxyChoice | None = None
) -> TransportError:
    async with transport(trust, proxy) as wire:
        with pytest.raises(TransportError) as caught:
            await ask(wire, url)
    assert KEY not in repr((caught.value.details, caught.value.args))
    return caught.value


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# What is sent, and what comes back


async def test_the_request_arrives_as_it_was_given() -> None:
    bodies = []

    async def talk(server: Server, reader: Any, writer: Any) -> None:
        bodies.append(await server.read(reader))
        writer.write(response())

    async with serving(talk) as server, transport() as wire:
        await ask(wire, f"http://127.0.0.1:{server.port}/v1/models/a%2Fb")
    lines = server.heads[0].decode().lower().split("\r\n")
    assert server.heads[0].startswith(b"POST /v1/models/a%2Fb HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{server.port}" in lines
    assert f"authorization: bearer {KEY}" in lines
    assert "user-agent: cmtool/test" in lines
    assert "accept-encoding: gzip, deflate" in lines
    assert bodies == [b'{"model": "m"}']


async def test_the_answer_comes_back_as_it_was_sent() -> None:
    sent = response(b"x", "X-One: 1", "X-One: 2", status="418 Teapot")
    async with serving(answering(sent)) as server, transport() as wire:
        answer, body = await ask(wire, f"http://127.0.0.1:{server.port}/")
    assert (answer.status, body) == (418, b"x")
    assert answer.headers["x-one"] == "1, 2"


@pytest.mark.parametrize(
    "location",
    [
        pytest.param("http://127.0.0.1:9/", id="address"),
        pytest.param("javascript:alert(1)", id="no-address"),
        pytest.param("http://[::1", id="unreadable"),
        pytest.param("https://x.test/\x1b[31m", id="control-character"),
        pytest.param("", id="empty"),
    ],
)
async def test_redirects_are_given_back(location: str) -> None:
    sent = response(b"", f"Location: {location}", status="302 Found")
    async with serving(answering(sent)) as server, transport() as wire:
        answer, _ = await ask(wire, f"http://127.0.0.1:{server.port}/")
    assert answer.status == 302
    assert answer.headers["location"] == location
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", gzip.compress(b"hello" * 50_000), id="gzip"),
        pytest.param("deflate", zlib.compress(b"hello" * 50_000), id="deflate"),
        pytest.param("identity", b"hello" * 50_000, id="identity"),
    ],
)
async def test_encoded_answers(encoding: str, body: bytes) -> None:
    sent = response(body, f"Content-Encoding: {encoding}")
    async with serving(answering(sent)) as server, transport() as wire:
        _, got = await ask(wire, f"http://127.0.0.1:{server.port}/")
    assert got == b"hello" * 50_000


@pytest.mark.parametrize("encoding", ["br", "gzip"])
async def test_an_encoding_that_is_not_what_it_says(encoding: str) -> None:
    async with serving(answering(response(b"{}", f"Content-Encoding: {encoding}"))) as server:
        error = await failure(f"http://127.0.0.1:{server.port}/")
    assert (error.identifier, error.phase) == ("malformed_response", Phase.RESPONSE)


async def test_chunks_are_stamped_as_they_arrive() -> None:
    go_on = asyncio.Event()

    async def talk(server: Server, reader: Any, writer: Any) -> None:
        await server.read(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        await go_on.wait()
        writer.write(b"1\r\nb\r\n0\r\n\r\n")

    stamps, read_at = [], []
    async with serving(talk) as server, transport() as wire:
        url = f"http://127.0.0.1:{server.port}/"
        async with asyncio.timeout(10), wire.send(request(url), no_loss) as answer:
            async for arrived_at, _ in answer.chunks():
                stamps.append(arrived_at)
                read_at.append(time.monotonic())
                go_on.set()
    assert len(stamps) == 2
    assert answer.started_at <= stamps[0] <= read_at[0] <= stamps[1] <= read_at[1]
    assert answer.timings.headers_ms is not None
    assert 0 <= answer.timings.headers_ms <= (stamps[0] - answer.started_at) * 1000 + 0.001


# Connections


async def test_the_request_that_opened_the_connection_tells_how() -> None:
    async with serving(answering(response(), response())) as server, transport() as wire:
        url = f"http://127.0.0.1:{server.port}/"
        (first, _), (second, _) = await ask(wire, url), await ask(wire, url)
    assert server.connections == 1
    assert first.opening is not None
    assert first.opening.address == "127.0.0.1"
    assert first.timings.lookup_ms is not None
    assert first.timings.connect_ms is not None
    assert first.timings.tls_ms is None
    assert second.opening is None
    assert (second.timings.lookup_ms, second.timings.connect_ms) == (None, None)
    assert second.timings.headers_ms is not None


async def test_a_kept_connection_that_was_closed_is_replaced() -> None:
    closed = asyncio.Event()

    async def talk(server: Server, reader: Any, writer: Any) -> None:
        await server.read(reader)
        writer.write(response())
        await writer.drain()
        writer.close()
        closed.set()

    async with serving(talk) as server, transport() as wire:
        url = f"http://127.0.0.1:{server.port}/"
        for _ in range(3):
            assert (await ask(wire, url))[1] == b"{}"
            await closed.wait()
    assert server.connections == 3


@pytest.mark.parametrize("how", ["close", "reset"])
async def test_a_kept_connection_that_is_closed_under_the_request_is_replaced(how: str) -> None:
    async def talk(server: Server, reader: Any, writer: Any) -> None:
        await server.read(reader)
        writer.write(response())
        await server.read(reader)
        if how == "reset":
            reset(writer)

    losses: list[TransportError] = []
    async with serving(talk) as server, transport() as wire:
        url = f"http://127.0.0.1:{server.port}/"
        first, _ = await ask(wire, url)
        second, body = await ask(wire, url, losses.append)
    assert [loss.identifier for loss in losses] == ["connection_reset"]
    assert body == b"{}"
    assert (len(server.heads), server.connections) == (3, 2)
    assert first.opening is not None
    assert second.opening is not None


async def test_all_kept_connections_that_were_closed_are_replaced() -> None:
    together = asyncio.Barrier(3)

    async def talk(server: Server, reader: Any, writer: Any) -> None:
        await server.read(reader)
        if server.connections <= 3:
            await together.wait()
        writer.write(response())
        await server.read(reader)

    async with serving(talk) as server, transport() as wire:
        url = f"http://127.0.0.1:{server.port}/"
        await asyncio.gather(*(ask(wire, url) for _ in range(3)))
        losses: list[TransportError] = []
        _, body = await ask(wire, url, losses.append)
    assert len(losses) == 3
    assert body == b"{}"
    assert server.connections == 4


async def test_a_new_connection_that_drops_is_not_tried_again() -> None:
    async def talk(server: Server, reader: Any, _: Any) -> None:
        await server.read(reader)

    async with serving(talk) as server:
        error = await failure(f"http://127.0.0.1:{server.port}/")
    assert error.identifier == "connection_reset"
    assert server.connections == 1


# Failures


async def test_refused() -> None:
    port = free_port()
    error = await failure(f"http://127.0.0.1:{port}/")
    assert (error.identifier, error.phase) == ("connection_refused", Phase.CONNECT)
    assert error.details[0].startswith(f"127.0.0.1 port {port}: ")


async def test_a_name_that_has_no_address() -> None:
    error = await failure("http://gateway.invalid/v1")
    assert error.identifier == "dns_failure"


async def drops_at_once(_server: Server, _reader: Any, writer: Any) -> None:
    writer.close()


async def resets_at_once(_server: Server, _reader: Any, writer: Any) -> None:
    reset(writer)


async def resets_after_the_request(server: Server, reader: Any, writer: Any) -> None:
    await server.read(reader)
    reset(writer)


async def resets_within_the_head(server: Server, reader: Any, writer: Any) -> None:
    await server.read(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-")


async def speaks_ssh(_server: Server, reader: Any, writer: Any) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    await reader.read(1000)


async def answers_with_garbage(server: Server, reader: Any, writer: Any) -> None:
    await server.read(reader)
    writer.write(bytes(range(256)) * 4)


@pytest.mark.parametrize(
    ("talk", "identifier"),
    [
        pytest.param(drops_at_once, "connection_reset", id="closed-before-the-request"),
        pytest.param(resets_at_once, "connection_reset", id="reset-before-the-request"),
        pytest.param(resets_after_the_request, "connection_reset", id="reset-after-the-request"),
        pytest.param(resets_within_the_head, "connection_reset", id="closed-within-the-head"),
        pytest.param(answers_with_garbage, "not_the_gateway", id="garbage"),
    ],
)
async def test_no_answer(talk: Talk, identifier: str) -> None:
    async with serving(talk) as server:  # type: ignore[arg-type]
        error = await failure(f"http://127.0.0.1:{server.port}/")
    assert error.identifier == identifier
    assert error.details


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", id="length"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", id="chunked"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno hex\r\n", id="bad-chunk"
        ),
    ],
)
@pytest.mark.parametrize("how", ["close", "reset"])
async def test_a_body_that_breaks_off(sent: bytes, how: str) -> None:
    seen = asyncio.Event()

    async def talk(server: Server, reader: Any, writer: Any) -> None:
        await server.read(reader)
        writer.write(sent)
        await seen.wait()
        if how == "reset":
            reset(writer)

    async with serving(talk) as server, transport() as wire:
        url = f"http://127.0.0.1:{server.port}/"
        with pytest.raises(TransportError) as caught:  # noqa: PT012 - the head arrives first
            async with asyncio.timeout(10), wire.send(request(url), no_loss) as answer:
                seen.set()
                async for _ in answer.chunks():
                    pass
    assert caught.value.identifier == "stream_disconnected"
    assert caught.value.phase is Phase.STREAM


# TLS


class Certificates:
    def __init__(self) -> None:
        self.authority = trustme.CA()
        self.trust = ssl.create_default_context()
        self.authority.configure_trust(self.trust)

    def server(self, name: str = "localhost", **more: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(name, **more).configure_cert(context)
        return context


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    return Certificates()


async def test_a_certificate_that_is_trusted(certificates: Certificates) -> None:
    talk = answering(response(), response())
    async with (
        serving(talk, certificates.server()) as server,
        transport(certificates.trust) as wire,
    ):
        url = f"https://localhost:{server.port}/"
        (first, body), (second, _) = await ask(wire, url), await ask(wire, url)
    assert body == b"{}"
    assert first.opening is not None
    assert first.opening.tls_version == "TLS 1.3"
    assert first.timings.tls_ms is not None
    assert first.timings.tls_ms > 0
    assert second.timings.tls_ms is None
    assert server.connections == 1


NOW = datetime.now(UTC)
PAST, FUTURE = NOW - timedelta(days=1), NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("certificate", "identifier"),
    [
        pytest.param(
            {"not_before": PAST - timedelta(days=9), "not_after": PAST}, "tls_expired", id="expired"
        ),
        pytest.param({"not_before": FUTURE}, "tls_expired", id="not-yet-valid"),
        pytest.param({"name": "elsewhere.example"}, "tls_hostname_mismatch", id="other-name"),
        pytest.param({"name": "127.0.0.1"}, "tls_hostname_mismatch", id="address-for-a-name"),
    ],
)
async def test_a_certificate_that_is_refused(
    certificates: Certificates, certificate: dict[str, Any], identifier: str
) -> None:
    async with serving(answering(response()), certificates.server(**certificate)) as server:
        error = await failure(f"https://localhost:{server.port}/", certificates.trust)
    assert (error.identifier, error.phase) == (identifier, Phase.CONNECT)
    assert error.details[0].startswith("The certificate was refused: ")
    assert server.heads == []


async def test_an_address_that_is_not_on_the_certificate(certificates: Certificates) -> None:
    async with serving(answering(response()), certificates.server()) as server:
        error = await failure(f"https://127.0.0.1:{server.port}/", certificates.trust)
    assert error.identifier == "tls_hostname_mismatch"


async def test_an_authority_that_is_not_trusted(certificates: Certificates) -> None:
    async with serving(answering(response()), certificates.server()) as server:
        error = await failure(f"https://localhost:{server.port}/", ssl.create_default_context())
    assert error.identifier == "tls_untrusted"
    assert server.heads == []


async def test_https_to_a_port_that_speaks_http(certificates: Certificates) -> None:
    async def talk(_server: Server, reader: Any, writer: Any) -> None:
        await reader.read(10)
        writer.write(response(b"", status="400 Bad Request"))

    async with serving(talk) as server:
        error = await failure(f"https://localhost:{server.port}/", certificates.trust)
    assert error.identifier == "tls_failure"
    assert "without TLS" in error.details[0]


async def test_https_to_a_port_that_hangs_up(certificates: Certificates) -> None:
    async with serving(drops_at_once) as server:
        error = await failure(f"https://localhost:{server.port}/", certificates.trust)
    assert error.identifier in {"connection_reset", "tls_failure"}


async def test_http_to_a_port_that_speaks_tls(certificates: Certificates) -> None:
    async with serving(answering(response()), certificates.server()) as server:
        error = await failure(f"http://localhost:{server.port}/")
    assert error.identifier in {"connection_reset", "not_the_gateway"}
    assert server.heads == []


# Proxies


def proxying(refusal: bytes | None = None, login: str | None = None) -> Callable[..., Any]:
    """An HTTP proxy: tunnels for CONNECT, else forwards; it may refuse, or ask for a login."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def talk(server: Server, reader: Any, writer: Any) -> None:
        body = await server.read(reader)
        head = server.heads[-1]
        if login and f"proxy-authorization: basic {login}".lower() not in head.decode().lower():
            writer.write(response(b"", status="407 Proxy Authentication Required"))
            return
        if refusal is not None:
            writer.write(refusal)
            return
        method, target, _ = head.split(b" ", 2)
        tunnel = method == b"CONNECT"
        address = target if tunnel else target.split(b"/")[2]
        host, _, port = address.decode().rpartition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        if tunnel:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            far_writer.write(head.replace(b"http://" + address, b"", 1) + body)
        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()

    return talk


def through(server: Server, login: str = "") -> ProxyChoice:
    return ProxyChoice(url=f"http://{login}127.0.0.1:{server.port}", variable="HTTPS_PROXY")


async def test_https_goes_through_a_tunnel(certificates: Certificates) -> None:
    async with (
        serving(answering(response()), certificates.server()) as far,
        serving(proxying()) as proxy,
        transport(certificates.trust, through(proxy)) as wire,
    ):
        answer, body = await ask(wire, f"https://localhost:{far.port}/v1/models")
    assert body == b"{}"
    assert proxy.heads[0].startswith(f"CONNECT localhost:{far.port} HTTP/1.1\r\n".encode())
    assert KEY.encode() not in proxy.heads[0]
    assert far.heads[0].startswith(b"POST /v1/models HTTP/1.1\r\n")
    assert answer.timings.tls_ms is not None
    assert answer.timings.headers_ms is not None
    assert answer.timings.headers_ms >= 0


async def test_credentials_go_to_the_proxy_as_basic_and_nowhere_else(
    certificates: Certificates,
) -> None:
    async with (
        serving(answering(response()), certificates.server()) as far,
        serving(proxying(login=LOGIN)) as proxy,
        transport(certificates.trust, through(proxy, "user:hunter22@")) as wire,
    ):
        _, body = await ask(wire, f"https://localhost:{far.port}/")
    assert body == b"{}"
    assert f"Proxy-Authorization: Basic {LOGIN}".lower() in proxy.heads[0].decode().lower()
    assert b"proxy-authorization" not in far.heads[0].lower()


@pytest.mark.parametrize(
    ("talk", "identifier", "said"),
    [
        pytest.param(proxying(login="other"), "proxy_auth_required", "407", id="wrong-login"),
        pytest.param(
            proxying(response(b"", status="403 Forbidden")), "proxy_unusable", "403", id="refused"
        ),
        pytest.param(
            proxying(response(b"<html>", status="502 Bad Gateway")),
            "proxy_unusable",
            "502",
            id="cannot-reach-it",
        ),
        pytest.param(drops_at_once, "proxy_unusable", "proxy", id="hangs-up"),
        pytest.param(resets_after_the_request, "proxy_unusable", "proxy", id="resets"),
        pytest.param(speaks_ssh, "proxy_unusable", "proxy", id="no-http"),
    ],
)
async def test_a_proxy_that_gives_no_tunnel(
    certificates: Certificates, talk: Callable[..., Any], identifier: str, said: str
) -> None:
    async with serving(talk) as proxy:
        choice = through(proxy, "user:hunter22@")
        error = await failure("https://localhost:9/", certificates.trust, choice)
    assert error.identifier == identifier
    assert said in error.details[0]
    assert f"http://127.0.0.1:{proxy.port}" in error.details[0]
    assert "hunter22" not in repr((error.details, error.args))


async def test_a_proxy_that_is_not_there(certificates: Certificates) -> None:
    choice = ProxyChoice(url=f"http://user:hunter22@127.0.0.1:{free_port()}", variable="all_proxy")
    error = await failure("https://localhost:9/", certificates.trust, choice)
    assert error.identifier == "proxy_unusable"
    assert "all_proxy" in error.details[0]
    assert "hunter22" not in repr(error.details)


async def test_a_broken_certificate_behind_the_proxy_is_not_the_proxy_s_fault(
    certificates: Certificates,
) -> None:
    async with (
        serving(answering(response()), certificates.server("elsewhere.example")) as far,
        serving(proxying()) as proxy,
    ):
        url = f"https://localhost:{far.port}/"
        error = await failure(url, certificates.trust, through(proxy))
    assert error.identifier == "tls_hostname_mismatch"


async def test_a_drop_behind_the_tunnel_is_not_the_proxy_s_fault(
    certificates: Certificates,
) -> None:
    async def talk(server: Server, reader: Any, _: Any) -> None:
        await server.read(reader)

    async with (
        serving(talk, certificates.server()) as far,
        serving(proxying()) as proxy,
    ):
        url = f"https://localhost:{far.port}/"
        error = await failure(url, certificates.trust, through(proxy))
    assert error.identifier == "connection_reset"
