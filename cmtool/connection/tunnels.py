"""A tunnel through a proxy: CONNECT asked for on an open connection (RFC 9110, section 9.3.6).

The proxy hears the name and the port of the gateway and its own login, and nothing else.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from cmtool.compression import Decompressor, EncodingError
from cmtool.connection.dialling import DialError, dial
from cmtool.connection.sockets import Connection
from cmtool.routing.proxies import ProxyChoice
from cmtool.tls.handshakes import HandshakeError

_HEAD_LIMIT = 64 * 1024
_BODY_LIMIT = 16 * 1024
_BODY_S = 1.0  # what a refusal says comes at once
_PIECE = 16 * 1024
# RFC 1928, section 3: version 5, one method, no authentication; the answer begins with the version.
_SOCKS_GREETING, _SOCKS_VERSION = b"\x05\x01\x00", b"\x05"
_SOCKS_S = 0.5  # who speaks it says so at once
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([0-9]{3})(?: ([^\r\n]*))?\r?\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]*\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FIRST_FINAL = 200  # below are interim answers (RFC 9110, 15.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyAnswer:
    """What a proxy answered in place of a tunnel; ``headers`` has lower-case names."""

    status: int
    reason: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strange:
    """What was heard is no answer of HTTP."""

    heard: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """Nothing came within so many seconds."""

    after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HungUp:
    """The proxy closed the connection without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTls:
    """The TLS handshake with the proxy itself failed."""

    error: ssl.SSLError | HandshakeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Socks:
    """The proxy speaks SOCKS: asked in HTTP it hung up, greeted in SOCKS it answered."""


Trouble: TypeAlias = ProxyAnswer | Strange | Silent | HungUp | NoTls | Socks


class TunnelError(Exception):
    """The proxy was reached and gave no tunnel to ``host`` and ``port``; ``trouble`` says why."""

    def __init__(self, host: str, port: int, trouble: Trouble) -> None:
        super().__init__(f"no tunnel to {host} port {port}")
        self.host = host
        self.port = port
        self.trouble = trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunneller:
    """Makes tunnels through one proxy.

    ``trust`` is for a proxy that is spoken to over https.  Each step, the handshake with the
    proxy and its answer, has ``connect_s`` seconds.
    """

    proxy: ProxyChoice
    trust: ssl.SSLContext | None
    user_agent: str
    monotonic: Callable[[], float]
    connect_s: float

    async def open(self, host: str, port: int) -> Connection:
        """Give a connection on which the far side is spoken to; raises DialError, TunnelError."""
        connection = await dial(
            self.proxy.host, self.proxy.port or 0, self.monotonic, self.connect_s
        )
        try:
            return await self._through(connection, host, port)
        except TunnelError as exc:
            connection.close()
            if _may_be_socks(exc.trouble) and await self._speaks_socks():
                raise TunnelError(host, port, Socks()) from exc
            raise
        except BaseException:
            connection.close()
            raise

    async def _through(self, connection: Connection, host: str, port: int) -> Connection:
        if self.trust is not None and self.proxy.scheme == "https":
            try:
                connection = await connection.secured(self.trust, self.proxy.host, self.connect_s)
            except (ssl.SSLError, HandshakeError) as exc:
                raise TunnelError(host, port, NoTls(error=exc)) from exc
        start = self.monotonic()
        trouble = await self._ask(connection, host, port)
        if trouble is not None:
            raise TunnelError(host, port, trouble)
        took = (self.monotonic() - start) * 1000
        connection.opening = replace(connection.opening, tunnel_ms=took)
        return connection

    async def _speaks_socks(self) -> bool:
        """Say whether the proxy answers a greeting of SOCKS 5, which names nothing and nobody."""
        limit_s = min(_SOCKS_S, self.connect_s)
        try:
            connection = await dial(
                self.proxy.host, self.proxy.port or 0, self.monotonic, self.connect_s
            )
        except DialError:
            return False
        try:
            async with asyncio.timeout(limit_s):
                await connection.write(_SOCKS_GREETING)
                return (await connection.read(_PIECE)).startswith(_SOCKS_VERSION)
        except OSError:  # also a TimeoutError
            return False
        finally:
            connection.close()

    async def _ask(self, connection: Connection, host: str, port: int) -> Trouble | None:
        heard = bytearray()
        try:
            async with asyncio.timeout(self.connect_s):
                await connection.write(self._request(host, port))
                return await _answer(connection, heard)
        except TimeoutError:
            return Strange(heard=bytes(heard)) if heard else Silent(after_s=self.connect_s)
        except OSError:  # TLS that breaks off is one too
            return Strange(heard=bytes(heard)) if heard else HungUp()

    def _request(self, host: str, port: int) -> bytes:
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}", f"User-Agent: {self.user_agent}"]
        if self.proxy.login is not None:
            pair = ":".join(self.proxy.login).encode("utf-8", "surrogateescape")
            lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
        return "\r\n".join([*lines, "", ""]).encode("ascii")


def _may_be_socks(trouble: Trouble) -> bool:
    """Say whether one who speaks SOCKS may have answered so to HTTP: most hang up."""
    match trouble:
        case HungUp():
            return True
        case Strange(heard=heard):
            return heard.startswith((_SOCKS_VERSION, b"\x00"))
    return False


async def _answer(connection: Connection, heard: bytearray) -> Trouble | None:
    """Read the answer to CONNECT into ``heard``; gives None when the tunnel is open."""
    while True:
        end = _HEAD_END.search(heard)
        if end is not None:
            head, behind = bytes(heard[: end.start()]) + b"\n", bytes(heard[end.end() :])
            line = _STATUS_LINE.match(head)
            if line is None:
                return Strange(heard=bytes(heard))
            if int(line[1]) >= _FIRST_FINAL:
                return await _final(connection, head, behind)
            del heard[: end.end()]
        elif len(heard) > _HEAD_LIMIT or not b"HTTP/1.".startswith(heard[:7]):
            return Strange(heard=bytes(heard))
        else:
            piece = await connection.read(_PIECE)
            if not piece:
                return Strange(heard=bytes(heard)) if heard else HungUp()
            heard += piece


async def _final(connection: Connection, head: bytes, behind: bytes) -> Trouble | None:
    line = _STATUS_LINE.match(head)
    assert line is not None  # noqa: S101 - for the type checker
    status = int(line[1])
    opened = 200 <= status < 300  # noqa: PLR2004 - RFC 9110, 9.3.6: any 2xx opens the tunnel
    if opened and not behind:
        return None
    headers = _headers(head[line.end() :])
    return ProxyAnswer(
        status=status,
        reason=(line[2] or b"").decode("latin-1").strip(),
        headers=headers,
        body=_readable(headers, await _body(connection, headers, behind)),
    )


def _headers(lines: bytes) -> dict[str, str]:
    """Give the fields of a head, those that come more than once joined by ", "."""
    headers: dict[str, str] = {}
    for line in lines.decode("latin-1").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            known = headers.get(name.lower())
            headers[name.lower()] = f"{known}, {value.strip()}" if known else value.strip()
    return headers


async def _body(connection: Connection, headers: Mapping[str, str], behind: bytes) -> bytes:
    """Read what the refusal says, as far as it comes soon and in reason."""
    announced = headers.get("content-length", "")
    limit = min(int(announced), _BODY_LIMIT) if re.fullmatch("[0-9]{1,9}", announced) else None
    body = bytearray(behind)
    try:
        async with asyncio.timeout(_BODY_S):
            while len(body) < (_BODY_LIMIT if limit is None else limit):
                piece = await connection.read(_PIECE)
                if not piece:
                    break
                body += piece
    except OSError:  # also a TimeoutError: what has come says enough
        pass
    return bytes(body[:_BODY_LIMIT])


def _readable(headers: Mapping[str, str], body: bytes) -> str:
    """Give the text of a refusal, out of its chunks and its compression as far as it came."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    text = bytearray()
    try:
        for piece in Decompressor(headers.get("content-encoding", "")).feed(body):
            text += piece
            if len(text) >= _BODY_LIMIT:
                break
    except EncodingError:
        return ""  # nobody can read it, so that nothing of it is quoted
    return text[:_BODY_LIMIT].decode("utf-8", "replace")


def _unchunked(body: bytes) -> bytes:
    """Put chunks together (RFC 9112, section 7.1); what is cut off at the end counts too."""
    whole = bytearray()
    while found := _CHUNK.match(body):
        size = int(found[1], 16)
        whole += body[found.end() : found.end() + size]
        body = body[found.end() + size :].removeprefix(b"\r\n")
    return bytes(whole)
