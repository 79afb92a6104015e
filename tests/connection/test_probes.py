"""Looks at a connection that failed: what each of them sees, and that none of them sees a key."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trustme

from cmtool.connection import probes
from cmtool.connection.clocks import moment_of
from cmtool.connection.probes import VERSIONS, Way
from cmtool.connection.tunnels import Tunneller
from cmtool.routing.proxies import read_proxy
from cmtool.tls.certificates import readable
from tests.around import certificates as certs

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
DATE = "Tue, 24 Nov 2026 10:00:00 GMT"


@asynccontextmanager
async def serving(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    tasks: set[asyncio.Task[Any]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def way(port: int, **more: Any) -> Way:
    options: dict[str, Any] = {"monotonic": time.monotonic, "limit_s": 2.0, **more}
    return Way(host="localhost", port=port, path="/v1/models", **options)


def answering(*lines: str) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write("\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode())

    return talk


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.fixture(scope="module")
def chained() -> tuple[trustme.CA, ssl.SSLContext]:
    root = certs.authority_named("Example Works")
    child = root.create_child_ca()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    child.issue_cert("localhost").configure_cert(context)
    return root, context


async def test_what_a_server_shows(chained: tuple[trustme.CA, ssl.SSLContext]) -> None:
    async with serving(answering(f"dAtE:  {DATE}"), chained[1]) as port:
        shown = await probes.shown(way(port))
    assert shown is not None
    assert (shown.address, shown.version, shown.date) == ("127.0.0.1", "TLS 1.3", moment_of(DATE))
    assert readable([shown.certificate])[0].names == ("localhost",)


async def test_the_date_of_a_kept_answer_is_none(
    chained: tuple[trustme.CA, ssl.SSLContext],
) -> None:
    async with serving(answering(f"Date: {DATE}\r\nAge: 7200"), chained[1]) as port:
        shown = await probes.shown(way(port))
    assert shown is not None
    assert shown.date is None


async def test_a_server_that_shows_its_certificate_and_no_answer(
    chained: tuple[trustme.CA, ssl.SSLContext],
) -> None:
    async with serving(silent, chained[1]) as port:
        shown = await probes.shown(way(port, limit_s=0.4))
    assert shown is not None
    assert shown.date is None


async def test_the_whole_chain_is_seen(chained: tuple[trustme.CA, ssl.SSLContext]) -> None:
    async with serving(silent, chained[1]) as port:
        sent = await probes.chain(way(port))
    assert len(sent) == 2
    assert readable(sent)[1].authority


async def test_a_server_of_tls_1_3_alone_shows_no_chain() -> None:
    context = certs.server()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    async with serving(silent, context) as port:
        assert await probes.chain(way(port)) == []
        assert not await probes.speaks(way(port), VERSIONS["TLS 1.2"])
        assert await probes.speaks(way(port), VERSIONS["TLS 1.3"])


async def test_who_accepts_it(chained: tuple[trustme.CA, ssl.SSLContext]) -> None:
    trusting = ssl.create_default_context()
    chained[0].configure_trust(trusting)
    async with serving(silent, chained[1]) as port:
        assert await probes.accepted(way(port), trusting) is True
        assert await probes.accepted(way(port), ssl.create_default_context()) is False


async def test_a_certificate_that_is_refused_for_another_reason_tells_nothing_of_trust() -> None:
    trusting = ssl.create_default_context()
    certs.AUTHORITY.configure_trust(trusting)
    expired = certs.server(not_before=certs.NOW - 9 * certs.DAY, not_after=certs.NOW - certs.DAY)
    async with serving(silent, expired) as port:
        assert await probes.accepted(way(port), trusting) is None


@pytest.mark.parametrize("demanding", [True, False])
async def test_whether_it_asks_for_a_certificate(demanding: bool) -> None:  # noqa: FBT001
    context = certs.server()
    if demanding:
        context.verify_mode = ssl.CERT_REQUIRED
        certs.AUTHORITY.configure_trust(context)
    with certs.refusing(context) as port:
        assert await probes.demands(way(port)) is demanding


async def test_what_comes_without_tls() -> None:
    async with serving(answering()) as port:
        assert await probes.plainly(way(port)) == b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize("listens", [True, False], ids=["silent", "nobody"])
async def test_probes_that_come_to_nothing(listens: bool) -> None:  # noqa: FBT001 - a column
    async with serving(silent) as port:
        there = way(port if listens else 1, limit_s=0.1)
        assert await probes.shown(there) is None
        assert await probes.plainly(there) is None
        assert await probes.accepted(there, ssl.create_default_context()) is None
        assert await probes.chain(there) == []
        assert not await probes.speaks(there, VERSIONS["TLS 1.2"])
        assert not await probes.answers_nameless(there)


@pytest.mark.parametrize("status", ["200 OK", "403 Forbidden"])
async def test_through_a_proxy(chained: tuple[trustme.CA, ssl.SSLContext], status: str) -> None:
    heads: list[bytes] = []

    async with serving(answering(f"Date: {DATE}"), chained[1]) as far:

        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
            if not status.startswith("200"):
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", far)
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

        async with serving(proxy) as near:
            choice = read_proxy(f"http://user:hunter22@127.0.0.1:{near}", "HTTPS_PROXY")
            tunneller = Tunneller(
                proxy=choice,
                trust=None,
                user_agent="test",
                monotonic=time.monotonic,
                connect_s=2,
            )
            shown = await probes.shown(way(far, tunneller=tunneller))
    assert (shown is not None) is status.startswith("200")
    assert heads[0].startswith(f"CONNECT localhost:{far} ".encode())


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
    finally:
        writer.close()
