"""Open connections on asyncio: bytes stamped as they arrive, and TLS over one of them, timed."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cmtool.tls.handshakes import HandshakeError

CONNECT_TIMEOUT_S = 10.0
_BUFFER_LIMIT = 256 * 1024
_HEARD = 80  # bytes of an answer that tell what protocol it is


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


class Receiver(asyncio.Protocol):
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
        """Take the transport that the bytes come from."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Stamp and keep a piece; stop reading while too much waits."""
        self._pieces.append((self._monotonic(), data))
        self._size += len(data)
        if self._size > _BUFFER_LIMIT and self.transport is not None:
            self.transport.pause_reading()
        self._readable.set()

    def eof_received(self) -> bool:
        """Note that the other side has closed; False lets asyncio close too."""
        self._ended = True
        self._readable.set()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Note how the connection ended, and wake whoever waits for it."""
        self._ended, self._error = True, exc
        self._readable.set()
        self._writable.set()

    def pause_writing(self) -> None:
        """Hold :meth:`flush` until the other side takes more."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let :meth:`flush` go on."""
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
        self, receiver: Receiver, opening: Opening, monotonic: Callable[[], float]
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
        receiver = Receiver(self._monotonic)
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
            tls_ms=milliseconds(self._monotonic() - start),
            tls_version=_tls_version(transport),
            certificate=_certificate(transport),
        )
        return Connection(receiver, opening, self._monotonic)

    async def _upgraded(
        self, receiver: Receiver, context: ssl.SSLContext, server_name: str | None
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


def _drop(handshake: asyncio.Future[asyncio.Transport | None]) -> None:
    """Close what a handshake came to after all."""
    if handshake.cancelled() or handshake.exception() is not None:
        return
    if (transport := handshake.result()) is not None:
        transport.abort()


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


def milliseconds(seconds: float) -> float:
    """Give a duration as it is reported."""
    return seconds * 1000
