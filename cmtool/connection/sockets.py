"""Sockets on asyncio: name lookup, TCP and TLS, each timed, and bytes stamped as they arrive."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from cmtool.tls.handshakes import HandshakeError

CONNECT_TIMEOUT_S = 10.0
_STAGGER_S = 0.25  # RFC 8305, section 5: the recommended connection attempt delay
_BUFFER_LIMIT = 256 * 1024
_HEARD = 80  # bytes of an answer that tell what protocol it is

Lookup: TypeAlias = "Callable[[str, int], Awaitable[list[str]]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One address that was tried, and the milliseconds until it failed.

    ``error`` is None when it had not answered yet while another one did.
    """

    address: str
    error: OSError | None = None
    ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a connection came about; durations in milliseconds.

    ``failed`` are the addresses that were tried before the one that answered, ``certificate`` is
    the server's own (DER).  Where a proxy made a tunnel in ``tunnel_ms``, what stands before is
    the way to the proxy.
    """

    address: str
    lookup_ms: float
    connect_ms: float
    failed: tuple[Attempt, ...] = ()
    tunnel_ms: float | None = None
    tls_ms: float | None = None
    tls_version: str | None = None
    certificate: bytes | None = None


class DialError(Exception):
    """No connection could be made.

    ``attempts`` holds every address that was tried; it is empty when the lookup itself failed,
    and then ``why`` is its :class:`socket.gaierror`, or None when it gave no address.  (httpcore
    takes ``__cause__`` off what it passes on.)
    """

    def __init__(
        self,
        host: str,
        port: int,
        attempts: Sequence[Attempt],
        why: OSError | UnicodeError | None = None,
    ) -> None:
        super().__init__(f"no connection to {host} port {port}")
        self.host = host
        self.port = port
        self.attempts = tuple(attempts)
        self.why = why


class _Receiver(asyncio.Protocol):
    """Keeps what arrives, each piece with its time, until it is read."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._pieces: deque[tuple[float, bytes]] = deque()
        self._size = 0
        self._ended = False
        self._error: Exception | None = None
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._pieces.append((self._monotonic(), data))
        self._size += len(data)
        if self._size > _BUFFER_LIMIT and self.transport is not None:
            self.transport.pause_reading()
        self._readable.set()

    def eof_received(self) -> bool:
        self._ended = True
        self._readable.set()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended, self._error = True, exc
        self._readable.set()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def read(self, most: int) -> tuple[float, bytes]:
        """Give the next piece, b"" at the end; raises OSError when the connection broke."""
        while not self._pieces:
            if self._error is not None:
                raise self._error
            if self._ended:
                return self._monotonic(), b""
            self._readable.clear()
            await self._readable.wait()
        stamp, piece = self._pieces.popleft()
        if len(piece) > most:
            self._pieces.appendleft((stamp, piece[most:]))
            piece = piece[:most]
        self._size -= len(piece)
        if self._size <= _BUFFER_LIMIT and self.transport is not None:
            self.transport.resume_reading()
        return stamp, piece

    @property
    def ended(self) -> bool:
        """Whether the other side has closed, or has said something that nobody has read."""
        return self._ended or bool(self._pieces)

    @property
    def waiting(self) -> bool:
        """Whether there is something that nobody has read."""
        return bool(self._pieces)

    async def flush(self) -> None:
        """Wait until more may be written; raises OSError when the connection broke."""
        await self._writable.wait()
        if self._error is not None:
            raise self._error


class Connection:
    """One open connection.

    ``opening`` tells how it came about, ``written_at`` when something was last written to it and
    ``arrived_at`` when the bytes read last had arrived (monotonic seconds), ``heard`` the first
    bytes that were read since then.  ``fresh`` is True until its first request has been accounted
    for.
    """

    def __init__(
        self, receiver: _Receiver, opening: Opening, monotonic: Callable[[], float]
    ) -> None:
        assert receiver.transport is not None  # noqa: S101 - for the type checker
        self._receiver = receiver
        self._transport = receiver.transport
        self._monotonic = monotonic
        self.opening = opening
        self.written_at = 0.0
        self.arrived_at = 0.0
        self.heard = b""
        self.fresh = True

    async def read(self, most: int) -> bytes:
        """Give the bytes that came next, b"" at the end; raises OSError."""
        self.arrived_at, piece = await self._receiver.read(most)
        if len(self.heard) < _HEARD:
            self.heard += piece[: _HEARD - len(self.heard)]
        return piece

    async def write(self, data: bytes) -> None:
        """Write all of ``data``; raises OSError."""
        self.heard = b""
        self._transport.write(data)
        await self._receiver.flush()
        self.written_at = self._monotonic()

    @property
    def ended(self) -> bool:
        """Whether the other side has closed."""
        return self._receiver.ended

    def close(self) -> None:
        """Close at once, without waiting for the other side."""
        self._transport.abort()

    async def secured(
        self,
        context: ssl.SSLContext,
        server_name: str | None,
        timeout_s: float = CONNECT_TIMEOUT_S,
    ) -> Connection:
        """Give the connection that speaks TLS over this one.

        Raises HandshakeError when nothing came of it, ssl.SSLError when it was refused; this
        connection is closed then.
        """
        if self._receiver.ended:  # asyncio would wait for an answer that has come, or for an end
            self.close()
            raise HandshakeError(silent=False, after_s=0, spoke_first=self._receiver.waiting)
        receiver = _Receiver(self._monotonic)
        start = self._monotonic()
        try:
            async with asyncio.timeout(timeout_s):
                transport = await self._upgraded(receiver, context, server_name)
        except ssl.SSLError:
            raise
        except OSError as exc:
            silent = isinstance(exc, TimeoutError)
            raise HandshakeError(silent=silent, after_s=timeout_s) from exc
        if transport is None:
            raise HandshakeError(silent=False, after_s=timeout_s)
        receiver.connection_made(transport)
        opening = replace(
            self.opening,
            tls_ms=_ms(self._monotonic() - start),
            tls_version=_tls_version(transport),
            certificate=_certificate(transport),
        )
        return Connection(receiver, opening, self._monotonic)

    async def _upgraded(
        self, receiver: _Receiver, context: ssl.SSLContext, server_name: str | None
    ) -> asyncio.Transport | None:
        """Shake hands; a handshake that nobody waits for any more leaves nothing open.

        asyncio itself loses the transport when it is cancelled just as the handshake is done.
        """
        shaking = asyncio.ensure_future(
            asyncio.get_running_loop().start_tls(
                self._transport, receiver, context, server_hostname=server_name
            )
        )
        try:
            return await asyncio.shield(shaking)
        except asyncio.CancelledError:
            shaking.add_done_callback(_drop)
            self._transport.abort()
            raise

    def info(self, name: str) -> Any:
        """Give what asyncio's transport knows: ``socket``, ``peername``, ``ssl_object``."""
        return self._transport.get_extra_info(name)


async def lookup(
    host: str, port: int, getaddrinfo: Callable[..., Sequence[Any]] | None = None
) -> list[str]:
    """Give the addresses of a host, the families in turn; raises OSError (socket.gaierror).

    The lookup runs in a thread of its own that nobody waits for at the end: a resolver that
    hangs must not keep the program alive.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def settle(result: list[str] | Exception) -> None:
        if found.done():
            return
        if isinstance(result, Exception):
            found.set_exception(result)
        else:
            found.set_result(result)

    def resolve() -> None:
        result: list[str] | Exception
        try:
            infos = (getaddrinfo or socket.getaddrinfo)(host, port, type=socket.SOCK_STREAM)
            result = _interleaved([str(info[4][0]) for info in infos])
        except (OSError, UnicodeError) as exc:
            result = exc
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=resolve, name="cmtool-lookup", daemon=True).start()
    return await found


async def dial(
    host: str,
    port: int,
    monotonic: Callable[[], float],
    timeout_s: float = CONNECT_TIMEOUT_S,
    addresses_of: Lookup = lookup,
) -> Connection:
    """Look ``host`` up and connect to the first of its addresses that answers.

    Addresses of both families are tried in turn, a quarter of a second apart (RFC 8305); the
    lookup and each address have ``timeout_s`` seconds.  Raises DialError.
    """
    start = monotonic()
    try:
        async with asyncio.timeout(timeout_s):
            addresses = await addresses_of(host, port)
    except (OSError, UnicodeError) as exc:
        raise DialError(host, port, (), exc) from exc
    looked_up = monotonic()
    connect = partial(_connect, port=port, monotonic=monotonic, timeout_s=timeout_s)
    attempts: list[Attempt] = []
    connected = await _first(connect, addresses, attempts, monotonic)
    if connected is None:
        raise DialError(host, port, attempts)
    receiver, address = connected
    opening = Opening(
        address=address,
        lookup_ms=_ms(looked_up - start),
        connect_ms=_ms(monotonic() - looked_up),
        failed=tuple(attempts),
    )
    return Connection(receiver, opening, monotonic)


def _interleaved(addresses: Sequence[str]) -> list[str]:
    """Order addresses so that the families take turns, the first one's first (RFC 8305, 4)."""
    unique = list(dict.fromkeys(addresses))
    first = [a for a in unique if (":" in a) == (":" in unique[0])]
    other = [a for a in unique if a not in first]
    turns = [a for pair in zip(first, other, strict=False) for a in pair]
    return turns + first[len(other) :] + other[len(first) :]


async def _first(
    connect: Callable[[str], Awaitable[_Receiver]],
    addresses: Sequence[str],
    attempts: list[Attempt],
    monotonic: Callable[[], float],
) -> tuple[_Receiver, str] | None:
    """Give the first connection that comes about; add the other ones tried to ``attempts``."""
    running: dict[asyncio.Future[_Receiver], tuple[str, float]] = {}
    waiting = deque(addresses)
    try:
        while waiting or running:
            if waiting:
                address = waiting.popleft()
                running[asyncio.ensure_future(connect(address))] = address, monotonic()
            done, _ = await asyncio.wait(
                running,
                timeout=_STAGGER_S if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                address, start = running.pop(task)
                try:
                    connected = task.result(), address
                except OSError as exc:
                    took = _ms(monotonic() - start)
                    attempts.append(Attempt(address=address, error=exc, ms=took))
                else:
                    attempts += [Attempt(address=silent) for silent, _ in running.values()]
                    return connected
        return None
    finally:
        for task in running:
            task.add_done_callback(_give_up)
            task.cancel()


def _drop(handshake: asyncio.Future[asyncio.Transport | None]) -> None:
    """Close what a handshake came to after all."""
    if handshake.cancelled() or handshake.exception() is not None:
        return
    if (transport := handshake.result()) is not None:
        transport.abort()


def _give_up(task: asyncio.Future[_Receiver]) -> None:
    """Close a connection that came about when another one had been chosen already."""
    if task.cancelled() or task.exception() is not None:
        return
    if (transport := task.result().transport) is not None:
        transport.abort()


async def _connect(
    address: str, *, port: int, monotonic: Callable[[], float], timeout_s: float
) -> _Receiver:
    async with asyncio.timeout(timeout_s):
        _, receiver = await asyncio.get_running_loop().create_connection(
            lambda: _Receiver(monotonic), address, port
        )
    return receiver


def _tls_version(transport: asyncio.BaseTransport) -> str | None:
    ssl_object = transport.get_extra_info("ssl_object")
    version = ssl_object.version() if ssl_object is not None else None
    return version.replace("TLSv", "TLS ") if version else None


def _certificate(transport: asyncio.BaseTransport) -> bytes | None:
    ssl_object = transport.get_extra_info("ssl_object")
    try:
        der: bytes | None = ssl_object.getpeercert(binary_form=True) if ssl_object else None
    except ValueError:  # the other side has taken the handshake back by now
        return None
    return der


def _ms(seconds: float) -> float:
    return seconds * 1000
