"""Dialling: the lookup, the addresses in turn, the bytes and their times."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from cmtool.connection.dialling import DialError, _first, _interleaved, dial, lookup
from cmtool.connection.sockets import Attempt, Connection

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[int]:
    """Serve on IPv4 loopback and give the port."""
    tasks: set[asyncio.Task[Any]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


@asynccontextmanager
async def dialled(port: int, *addresses: str) -> AsyncIterator[Connection]:
    async def addresses_of(host: str, _: int) -> list[str]:
        assert host == "gateway.example"
        return [*addresses] or ["127.0.0.1"]

    connection = await dial("gateway.example", port, time.monotonic, addresses_of=addresses_of)
    try:
        yield connection
    finally:
        connection.close()
        await asyncio.sleep(0)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1000):
        writer.write(data)


async def wait_for_end(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def read_all(connection: Connection) -> bytes:
    pieces = []
    while piece := await connection.read(1000):
        pieces.append(piece)
    return b"".join(pieces)


async def test_a_connection_is_timed() -> None:
    async with serving(echo) as port, dialled(port) as connection:
        before = time.monotonic()
        await connection.write(b"hello")
        assert await connection.read(100) == b"hello"
        assert before <= connection.written_at <= time.monotonic()
        assert before <= connection.arrived_at <= time.monotonic()
        opening = connection.opening
        assert opening.address == "127.0.0.1"
        assert 0 <= opening.lookup_ms < 1000
        assert 0 < opening.connect_ms < 1000
        assert (opening.tls_ms, opening.tls_version) == (None, None)
        assert connection.info("peername") == ("127.0.0.1", port)


async def test_bytes_wait_in_order_and_in_pieces_of_the_size_asked_for() -> None:
    async with serving(echo) as port, dialled(port) as connection:
        await connection.write(b"abcdefgh")
        assert [await connection.read(3), await connection.read(3), await connection.read(3)] == [
            b"abc",
            b"def",
            b"gh",
        ]


async def test_a_reader_that_is_slow_loses_nothing_and_holds_the_server_back() -> None:
    sent = 0

    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        for number in range(400):
            writer.write(bytes([number % 256]) * 65_536)
            sent += 65_536
            await writer.drain()

    async with serving(flood) as port, dialled(port) as connection:
        first = await connection.read(1)
        for _ in range(200):
            await asyncio.sleep(0)
        assert sent < 400 * 65_536
        body = first + await read_all(connection)
    assert body == b"".join(bytes([number % 256]) * 65_536 for number in range(400))


async def test_the_end_is_an_empty_read_and_is_seen_without_reading() -> None:
    async def goodbye(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"bye")

    async with serving(goodbye) as port, dialled(port) as connection:
        assert await read_all(connection) == b"bye"
        assert connection.ended
        assert await connection.read(10) == b""


async def test_what_came_before_a_reset_is_read_before_it_is_raised() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"half")
        await reader.readexactly(2)
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with serving(reset) as port, dialled(port) as connection:
        first = await connection.read(1)
        await connection.write(b"go")
        while not connection.ended:  # noqa: ASYNC110 - nothing tells, and reading would
            await asyncio.sleep(0)
        assert first + await connection.read(10) == b"half"
        with pytest.raises(ConnectionResetError):
            await connection.read(10)
        with pytest.raises(ConnectionResetError):
            await connection.write(b"more")


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(("::1", "127.0.0.1"), id="ipv6-refuses"),
        pytest.param(("127.9.9.9", "127.0.0.1"), id="ipv4-refuses"),
        pytest.param(("127.0.0.1", "::1"), id="first-answers"),
    ],
)
async def test_the_first_address_that_answers_is_taken(addresses: tuple[str, ...]) -> None:
    async with serving(wait_for_end) as port, dialled(port, *addresses) as connection:
        assert connection.opening.address == "127.0.0.1"


async def test_every_address_that_failed_is_told() -> None:
    with pytest.raises(DialError) as caught:
        async with dialled(free_port(), "::1", "127.0.0.1"):
            pass
    attempts = caught.value.attempts
    assert [attempt.address for attempt in attempts] == ["::1", "127.0.0.1"]
    assert isinstance(attempts[1].error, ConnectionRefusedError)
    assert "gateway.example" in str(caught.value)


async def test_an_address_that_is_silent_does_not_hold_up_the_next() -> None:
    asked: list[str] = []

    async def connect(address: str) -> Any:
        asked.append(address)
        if address == "silent":
            await asyncio.Event().wait()
        return f"connection to {address}"

    attempts: list[Attempt] = []
    found: Any = await _first(connect, ["silent", "lively", "late"], attempts, time.monotonic)
    assert found == ("connection to lively", "lively")
    assert asked == ["silent", "lively"]
    assert attempts == [Attempt(address="silent")]


async def test_addresses_that_fail_late_and_early_are_all_recorded() -> None:
    gone = asyncio.Event()

    async def connect(address: str) -> Any:
        if address == "late":
            await gone.wait()
        gone.set()
        raise ConnectionRefusedError(address)

    attempts: list[Attempt] = []
    assert await _first(connect, ["late", "early"], attempts, time.monotonic) is None
    assert sorted(attempt.address for attempt in attempts) == ["early", "late"]


async def test_a_silent_address_is_given_up_in_time() -> None:
    async def hanging(*_: object) -> list[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(DialError) as caught:
        await dial("gateway.example", 443, time.monotonic, 0.01, addresses_of=hanging)
    assert caught.value.attempts == ()
    assert isinstance(caught.value.why, TimeoutError)


async def test_of_two_that_answer_together_one_is_closed() -> None:
    together = asyncio.Barrier(2)
    closed = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Receiver(asyncio.Protocol):
        transport: asyncio.BaseTransport

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def connection_lost(self, _: Exception | None) -> None:
            closed.set()

    async with serving(wait_for_end) as port:

        async def connect(_: str) -> Any:
            made = await loop.create_connection(Receiver, "127.0.0.1", port)
            await together.wait()
            return made[1]

        found: Any = await _first(connect, ["one", "other"], [], time.monotonic)
        await asyncio.wait_for(closed.wait(), 5)
        transport = found[0].transport
        assert not transport.is_closing()
        transport.abort()
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("addresses", "turns"),
    [
        pytest.param([], [], id="none"),
        pytest.param(["1.1.1.1", "1.1.1.2"], ["1.1.1.1", "1.1.1.2"], id="one-family"),
        pytest.param(
            ["::1", "::2", "::3", "1.1.1.1"], ["::1", "1.1.1.1", "::2", "::3"], id="six-first"
        ),
        pytest.param(
            ["1.1.1.1", "::1", "::2", "::3"], ["1.1.1.1", "::1", "::2", "::3"], id="four-first"
        ),
        pytest.param(["::1", "1.1.1.1", "::1"], ["::1", "1.1.1.1"], id="repeated"),
    ],
)
def test_the_families_take_turns(addresses: list[str], turns: list[str]) -> None:
    assert _interleaved(addresses) == turns


async def test_lookup_of_an_address() -> None:
    assert await lookup("127.0.0.1", 80) == ["127.0.0.1"]


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("gateway.invalid", id="reserved"),  # RFC 6761, section 6.4
        pytest.param("a" * 64 + ".example", id="label-too-long"),
        pytest.param("a..b", id="empty-label"),
    ],
)
async def test_a_lookup_that_fails(host: str) -> None:
    with pytest.raises(DialError) as caught:
        await dial(host, 443, time.monotonic)
    assert caught.value.attempts == ()
    assert isinstance(caught.value.why, OSError | UnicodeError)


def test_a_lookup_that_hangs_keeps_nobody_alive() -> None:
    release, done = threading.Event(), threading.Event()

    def hanging(*_: object, **__: object) -> list[Any]:
        release.wait()
        done.set()
        return []

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await lookup("gateway.example", 443, hanging)

    asyncio.run(main())
    (thread,) = (t for t in threading.enumerate() if t.name == "cmtool-lookup")
    was_over = done.is_set()
    release.set()
    thread.join(5)
    assert thread.daemon
    assert not was_over
    assert done.is_set()


async def test_a_lookup_that_nobody_waits_for_any_more_is_ignored() -> None:
    release = threading.Event()

    def late(*_: object, **__: object) -> list[Any]:
        release.wait()
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await lookup("gateway.example", 443, late)
    (thread,) = (t for t in threading.enumerate() if t.name == "cmtool-lookup")
    release.set()
    await asyncio.to_thread(thread.join, 5)
    await asyncio.sleep(0)
