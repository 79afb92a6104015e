"""Our sockets as httpcore wants them, and which of them each request was written to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import httpcore

from cmtool.connection.dialling import dial
from cmtool.connection.faults import stranger
from cmtool.connection.heads import begins_no_answer, unfinished
from cmtool.connection.sockets import Connection, Opening
from cmtool.connection.tunnels import Tunneller

CONNECTION = "cmtool.connection"
"""The name under which a stream gives its connection."""


class Waiting:
    """How far a request has come that is not answered yet."""

    def __init__(self) -> None:
        self.connection: Connection | None = None

    @property
    def heard(self) -> bytes:
        """The first bytes that came back."""
        return self.connection.heard if self.connection else b""

    @property
    def opening(self) -> Opening | None:
        """How the connection came about; None where there is none, or one that was kept."""
        return self.connection.opening if self.connection and self.connection.fresh else None

    def told(self) -> str:
        """Say how far it has come, as the rest of a sentence."""
        return unfinished(self.connection.heard if self.connection else None)


# The request of the task: httpcore does not say on which connection it sends one.
waiting_request: ContextVar[Waiting] = ContextVar("waiting")


class _Stream(httpcore.AsyncNetworkStream):
    """httpcore's view of a connection."""

    def __init__(self, connection: Connection, connect_s: float) -> None:
        self.connection = connection
        self._connect_s = connect_s

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        del timeout
        try:
            piece = await self.connection.read(max_bytes)
        except ssl.SSLError:
            raise  # an alert that came behind the handshake says why
        except OSError as exc:
            self._hold_to_http()
            raise httpcore.ReadError from exc
        self._hold_to_http()
        return piece

    def _hold_to_http(self) -> None:
        """Raise when what came first does not begin an answer (RFC 9112, section 4)."""
        if begins_no_answer(self.connection.heard):
            raise stranger(self.connection.heard)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        del timeout
        waiting_request.get().connection = self.connection
        try:
            await self.connection.write(buffer)
        except ssl.SSLError:
            raise
        except OSError as exc:
            raise httpcore.WriteError from exc

    async def aclose(self) -> None:
        self.connection.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        del timeout
        limit_s = self._connect_s
        secured = await self.connection.secured(ssl_context, server_hostname, limit_s)
        return _Stream(secured, limit_s)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # an idle connection that has something to say is closing
            return self.connection.ended
        return self.connection if info == CONNECTION else self.connection.info(info)


class Backend(httpcore.AsyncNetworkBackend):
    """Hands our sockets to httpcore."""

    def __init__(
        self, monotonic: Callable[[], float], connect_s: float, tunneller: Tunneller | None
    ) -> None:
        self._monotonic = monotonic
        self._connect_s = connect_s
        self._tunneller = tunneller

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: object = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a connection; raises DialError or TunnelError, which httpcore lets through."""
        del timeout, local_address, socket_options
        if self._tunneller is not None:
            connection = await self._tunneller.open(host, port)
        else:
            connection = await dial(host, port, self._monotonic, self._connect_s)
        return _Stream(connection, self._connect_s)

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore does between attempts of its own."""
        await asyncio.sleep(seconds)
