"""The server: a listening socket on loopback, its connections, and its log."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from cmtool.sandbox.accounts import Limits
from cmtool.sandbox.connection import Connection, World
from cmtool.sandbox.gateway import Gateway, Settings
from cmtool.sandbox.log import LoggedRequest
from cmtool.sandbox.scenario import Pace
from cmtool.sandbox.scenarios import SCENARIOS

_REPLY_TOKENS = 24
_TOKEN_S = 0.002
_LIMITS = Limits()


def utc_now() -> datetime:
    """Give the time of day."""
    return datetime.now(UTC)


class Sandbox:
    """A local gateway, served while the context is open.

    ``delay_s`` is waited before every answer, ``first_token_s`` before the first delta of a
    stream, ``token_s`` before each further one; ``reply_tokens`` is the length of a reply.
    ``monotonic`` (seconds), ``wall`` (aware UTC time) and ``sleep`` are its world.
    ``on_request`` hears of every request when it is over; :attr:`log` holds the same.
    """

    def __init__(  # noqa: PLR0913 - all but the address are options with a default
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        delay_s: float = 0.0,
        first_token_s: float = 0.0,
        token_s: float = _TOKEN_S,
        reply_tokens: int = _REPLY_TOKENS,
        limits: Limits = _LIMITS,
        on_request: Callable[[LoggedRequest], None] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        settings = Settings(
            pace=Pace(delay_s=delay_s, first_token_s=first_token_s, token_s=token_s),
            reply_tokens=reply_tokens,
            limits=limits,
            monotonic=monotonic,
            wall=wall,
        )
        self._world = World(
            gateway=Gateway(SCENARIOS, settings),
            monotonic=monotonic,
            wall=wall,
            sleep=sleep,
            logged=self._logged,
        )
        self._host = host
        self._port = port
        self._tls = tls
        self._on_request = on_request
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.log: list[LoggedRequest] = []

    @property
    def port(self) -> int:
        """The port that is listened on; before the start, the one asked for."""
        return self._port

    @property
    def base_url(self) -> str:
        """The base URL for an OpenAI client; an Anthropic client takes it without ``/v1``."""
        scheme = "https" if self._tls else "http"
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{scheme}://{host}:{self._port}/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._connected, self._host, self._port, ssl=self._tls
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await self._abort_connections()
            await server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()
            return
        task = asyncio.create_task(Connection(reader, writer, self._world).serve())
        self._open[task] = writer
        task.add_done_callback(self._open.pop)

    async def _abort_connections(self) -> None:
        tasks = list(self._open)
        for task in tasks:
            self._open[task].transport.abort()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # lets the transports say goodbye to their sockets

    def _logged(self, request: LoggedRequest) -> None:
        self.log.append(request)
        if self._on_request is not None:
            self._on_request(request)
