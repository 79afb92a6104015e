"""The wire: one request, one answer, over httpx on our own sockets.

The only importer of httpx.  Whatever httpx, httpcore, asyncio or the system raise is translated
here into a :class:`TransportError`, which names an identifier of the catalogue.  Nothing is
redirected or decided here, and nothing is retried but what was written to a kept connection that
was of no use any more.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Self

import httpcore
import httpx

from cmtool.compression import ACCEPTED, Decompressor, EncodingError
from cmtool.connection.backend import CONNECTION, Backend, Waiting, waiting_request
from cmtool.connection.dialling import DialError
from cmtool.connection.faults import (
    TransportError,
    dial_failure,
    handshake_failure,
    tls_failure,
)
from cmtool.connection.heads import broken_off, invalid
from cmtool.connection.proxyfaults import (
    behind_tunnel,
    tunnel_failure,
    unreachable_proxy,
    unusable_proxy,
)
from cmtool.connection.routefaults import doubted, without_proxy
from cmtool.connection.sockets import CONNECT_TIMEOUT_S, Connection
from cmtool.connection.tunnels import TunnelError, Tunneller
from cmtool.model import Phase, Timings
from cmtool.routing.routes import DIRECT, Route
from cmtool.tls.handshakes import HandshakeError

_KEPT_TOO_LONG = frozenset({"connection_reset", "not_the_gateway"})
_LEADS_TO = "cmtool_location"
# A step of a request, as httpcore's trace names it: without it the connection was kept.
_CONNECTING = "connection.connect_tcp.started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, complete but for what every request carries."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None


async def _set_location_aside(response: httpx.Response) -> None:
    """Hide where a redirect leads: httpx reads it also where none is followed.

    For an address that it cannot read, which a server may send, it raises.
    """
    if (location := response.headers.pop("location", None)) is not None:
        response.extensions[_LEADS_TO] = {"location": location}


class Answer:
    """The head of an answer, and its body as it comes in.

    ``headers`` has lower-case names, repeated ones joined by ", ".  ``started_at`` is the moment
    at which the request was written on the open connection (monotonic seconds), ``opening`` how
    that connection came about, None when it was kept from an earlier request.  ``unfinished`` says,
    once the body is read, that its compressed data ended in the middle.
    """

    def __init__(self, response: httpx.Response, connection: Connection) -> None:
        self._response = response
        self._connection = connection
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self.headers |= response.extensions.get(_LEADS_TO, {})
        self.started_at = connection.written_at
        self.opening = connection.opening if connection.fresh else None
        self.timings = _timings(connection)
        self.unfinished = False
        connection.fresh = False

    async def chunks(self) -> AsyncIterator[tuple[float, bytes]]:
        """Give the decoded body in pieces of at most 64 KiB, each with its time of arrival.

        Raises TransportError when the connection breaks or the encoding is not what it says.
        """
        with _translated(DIRECT, Phase.STREAM):
            try:
                decompressor = Decompressor(self.headers.get("content-encoding", ""))
                async for raw in self._response.aiter_raw():
                    arrived_at = self._connection.arrived_at
                    for index, piece in enumerate(decompressor.feed(raw)):
                        if index:  # a small chunk may hold a great deal: others get a turn
                            await asyncio.sleep(0)
                        yield arrived_at, piece
                self.unfinished = decompressor.unfinished
            except EncodingError as exc:
                why = f"The body cannot be read: {exc}."
                raise TransportError("malformed_response", [why], Phase.RESPONSE) from exc


class Transport:
    """One client for a whole run; connections are kept and used again.

    ``trust`` is the TLS context; None where no https address is met.  Where ``route`` has a proxy,
    every connection is a tunnel through it: plain http is spoken to loopback only, which is never
    reached through a proxy.  The lookup, each address, the tunnel and each TLS handshake have
    ``connect_s`` seconds each.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        user_agent: str,
        trust: ssl.SSLContext | None,
        route: Route = DIRECT,
        connect_s: float = CONNECT_TIMEOUT_S,
    ) -> None:
        self._route = route
        tunneller = None
        if route.proxy is not None:
            tunneller = Tunneller(
                proxy=route.proxy,
                trust=trust,
                user_agent=user_agent,
                monotonic=monotonic,
                connect_s=connect_s,
            )
        self._client = httpx.AsyncClient(
            transport=_transport(Backend(monotonic, connect_s, tunneller), trust, route),
            headers={"user-agent": user_agent, "accept-encoding": ACCEPTED},
            timeout=None,  # noqa: S113 - the caller's deadline covers everything
            follow_redirects=False,
            trust_env=False,
            event_hooks={"response": [_set_location_aside]},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    @asynccontextmanager
    async def send(
        self,
        request: Request,
        lost: Callable[[TransportError], None],
        waiting: Waiting | None = None,
    ) -> AsyncIterator[Answer]:
        """Send a request and give the answer, its body unread; raises TransportError.

        ``lost`` hears of every time that a kept connection turned out to be of no use any more
        and the request had to be sent again; ``waiting`` knows how far it has come.
        """
        waiting_request.set(waiting or Waiting())
        response = await self._open(request, lost)
        try:
            stream = response.extensions["network_stream"]
            yield Answer(response, stream.get_extra_info(CONNECTION))
        finally:
            with _translated(DIRECT, Phase.STREAM):
                await response.aclose()

    async def _open(
        self, request: Request, lost: Callable[[TransportError], None]
    ) -> httpx.Response:
        while True:
            steps: set[str] = set()
            try:
                return await self._send(request, steps)
            except TransportError as exc:
                # A kept connection that the server has closed, or on which it left bytes behind
                # its last answer, says nothing about this request; it goes out again on another,
                # in the end on a new one (RFC 9112, section 9.3.1).
                if exc.identifier in _KEPT_TOO_LONG and _CONNECTING not in steps:
                    lost(exc)
                    continue
                raise

    async def _send(self, request: Request, steps: set[str]) -> httpx.Response:
        async def trace(event: str, _: Mapping[str, Any]) -> None:
            steps.add(event)

        built = self._client.build_request(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.content,
            extensions={"trace": trace},
        )
        waiting_request.get().connection = None
        with _translated(self._route, Phase.CONNECT):
            return await self._client.send(built, stream=True)


class _Body(httpx.AsyncByteStream):
    """httpx's view of httpcore's body."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


class _Refusing(httpx.AsyncBaseTransport):
    """Sends nothing: the proxy that is asked for cannot be used."""

    def __init__(self, error: TransportError) -> None:
        self._error = error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        del request
        raise self._error


class _PoolTransport(httpx.AsyncBaseTransport):
    """httpx's view of httpcore's pool: its own takes no network backend."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


def _transport(
    backend: Backend, trust: ssl.SSLContext | None, route: Route
) -> httpx.AsyncBaseTransport:
    if route.proxy is not None and route.proxy.problem:
        return _Refusing(doubted(unusable_proxy(route.proxy), route))
    return _PoolTransport(
        httpcore.AsyncConnectionPool(
            ssl_context=trust, network_backend=backend, max_connections=None
        )
    )


def _timings(connection: Connection) -> Timings:
    opening = connection.opening if connection.fresh else None
    return Timings(
        lookup_ms=opening.lookup_ms if opening else None,
        connect_ms=opening.connect_ms if opening else None,
        tls_ms=opening.tls_ms if opening else None,
        headers_ms=(connection.arrived_at - connection.written_at) * 1000,
    )


@contextmanager
def _translated(route: Route, phase: Phase) -> Iterator[None]:
    """Turn what the libraries and the system raise into a TransportError."""
    try:
        yield
    except DialError as exc:
        raise _unreached(exc, route) from exc
    except TunnelError as exc:
        assert route.proxy is not None  # noqa: S101 - for the type checker
        raise doubted(tunnel_failure(exc, route.proxy), route) from exc
    except ssl.SSLError as exc:
        if phase is Phase.STREAM:
            why = f"TLS broke off: {exc.reason or exc}."
            raise TransportError("stream_disconnected", [why], phase) from exc
        raise _on(route, tls_failure(exc)) from exc
    except HandshakeError as exc:
        raise _on(route, handshake_failure(exc)) from exc
    except httpcore.RemoteProtocolError as exc:
        raise _protocol_failure(str(exc), phase) from exc
    except (httpcore.NetworkError, OSError) as exc:
        raise _dropped(phase, "reset") from exc


def _unreached(error: DialError, route: Route) -> TransportError:
    if route.proxy is not None:
        return doubted(unreachable_proxy(error, route.proxy), route)
    return without_proxy(dial_failure(error), route)


def _on(route: Route, error: TransportError) -> TransportError:
    """Add to a failed handshake with the far side what the way to it has to do with it."""
    if route.proxy is None:
        return without_proxy(error, route)
    return doubted(behind_tunnel(error, route.proxy), route)


def _dropped(phase: Phase, how: str) -> TransportError:
    if phase is Phase.CONNECT:
        return broken_off(how, waiting_request.get().heard)
    why = f"The connection was {how} before the announced end of the body."
    return TransportError("stream_disconnected", [why], phase)


def _protocol_failure(said: str, phase: Phase) -> TransportError:
    if "disconnected" in said and phase is Phase.CONNECT:
        return _dropped(phase, "closed")
    if "too long" in said:
        why = "The head of the answer is longer than 100 KB."
        return TransportError("not_the_gateway", [why], Phase.RESPONSE)
    if phase is Phase.CONNECT:
        return invalid(said, waiting_request.get().heard)
    if "chunk" in said and "illegal" in said:
        why = "The body is not cut into chunks as its head announces."
        return TransportError("stream_disconnected", [why], phase)
    return _dropped(phase, "closed")
