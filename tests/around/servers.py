"""Servers that stand where the gateway should, each on a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

_PATIENCE_S = 20
_HEAD_LIMIT = 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Caller:
    """One connection as the server sees it: what it reads, what it writes, how it ends."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heads: list[bytes]

    async def request(self) -> bytes:
        """Read one request with its body, and note its head; raises IncompleteReadError."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-len")]
        await self.reader.readexactly(int(length[0].split(b":")[1]) if length else 0)
        return head

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection off with a TCP reset."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Talk: TypeAlias = "Callable[[Caller], Awaitable[None]]"


@dataclass(slots=True, kw_only=True)
class Listening:
    """A server that listens; ``heads`` holds the head of every request that it read."""

    port: int
    heads: list[bytes] = field(default_factory=list)

    def url(self, scheme: str = "http", host: str = "127.0.0.1", path: str = "/v1") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def text(self) -> str:
        """Everything that was asked of it, as text."""
        return b"".join(self.heads).decode("latin-1")


@contextmanager
def listening(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[Listening]:
    """Serve ``talk`` on loopback to whoever connects, each caller on its own."""
    ready: queue.Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = queue.Queue()
    server = Listening(port=0)
    thread = threading.Thread(target=lambda: asyncio.run(_serve(talk, tls, server, ready)))
    thread.start()
    server.port, loop, stop = ready.get(timeout=_PATIENCE_S)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(_PATIENCE_S)


async def _serve(
    talk: Talk,
    tls: ssl.SSLContext | None,
    server: Listening,
    ready: queue.Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]],
) -> None:
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            try:
                await talk(Caller(reader=reader, writer=writer, heads=server.heads))
            finally:
                writer.close()

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)  # a handshake that a client breaks off is a case
    listener = await asyncio.start_server(
        connected, "127.0.0.1", 0, ssl=tls, limit=_HEAD_LIMIT, backlog=100
    )
    ready.put((listener.sockets[0].getsockname()[1], loop, stop))
    await stop.wait()
    listener.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def answering(*answers: bytes) -> Talk:
    """Answer every request with the next of ``answers``, from then on with the last; then close."""
    left = list(answers)

    async def talk(caller: Caller) -> None:
        await caller.request()
        await caller.send(left.pop(0) if len(left) > 1 else left[0])

    return talk


def response(
    body: bytes = b"{}", *headers: str, status: str = "200 OK", content_type: str = "text/html"
) -> bytes:
    """Give a whole HTTP/1.1 answer, closed at its end."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def free_port() -> int:
    """Give a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
