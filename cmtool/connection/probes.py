"""Looking at one address again after a connection failed: each probe a connection, none a key.

Nothing here is asked while all is well.  A probe that comes to nothing gives None: what it would
have told is then left out.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from cmtool.connection.clocks import sent_at
from cmtool.connection.dialling import DialError, Lookup, dial, lookup
from cmtool.connection.sockets import Connection
from cmtool.connection.tunnels import TunnelError, Tunneller
from cmtool.tls.certificates import asks_for_certificate, shown_in
from cmtool.tls.verification import NOT_KNOWN

T = TypeVar("T")

VERSIONS = {
    "TLS 1.0": ssl.TLSVersion.TLSv1,
    "TLS 1.1": ssl.TLSVersion.TLSv1_1,
    "TLS 1.2": ssl.TLSVersion.TLSv1_2,
    "TLS 1.3": ssl.TLSVersion.TLSv1_3,
}
_HEAD_LIMIT = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a probe goes: a host and port, through a tunnel if there is a proxy.

    ``path`` is what it asks for.  A probe ends after ``limit_s`` seconds.
    """

    host: str
    port: int
    path: str
    monotonic: Callable[[], float]
    limit_s: float
    tunneller: Tunneller | None = None
    addresses_of: Lookup = lookup


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a server shows to somebody who does not verify it.

    ``date`` is when its answer says that it was sent, None where it does not.
    """

    address: str
    version: str | None
    certificate: bytes
    date: datetime | None = None


async def shown(way: Way) -> Shown | None:
    """Give what the server shows, and its Date."""
    return await _within(way, _shown(way))


async def chain(way: Way) -> list[bytes]:
    """Give the certificates that the server sends, its own first; none from TLS 1.3 alone."""
    return await _within(way, _chain(way)) or []


async def accepted(way: Way, context: ssl.SSLContext) -> bool | None:
    """Say whether a context knows the authority; None where something else was in the way."""
    return await _within(way, _accepted(way, context))


async def addresses(way: Way) -> list[str]:
    """Give the addresses that the host has; none where a proxy looks it up."""
    if way.tunneller is not None:
        return []
    return await _within(way, way.addresses_of(way.host, way.port)) or []


def at(way: Way, address: str) -> Way:
    """Give the way to one address of the host."""

    async def only(_host: str, _port: int) -> list[str]:
        return [address]

    return replace(way, addresses_of=only)


async def demands(way: Way) -> bool | None:
    """Say whether the server asks for a certificate of the client, as far as TLS 1.2 tells."""
    flight = await _within(way, _flight(way))
    return None if flight is None else asks_for_certificate(flight)


async def speaks(way: Way, version: ssl.TLSVersion) -> bool | None:
    """Say whether a handshake in one version of TLS comes about."""
    return await _within(way, _finishes(way, _only(version), way.host))


async def answers_nameless(way: Way) -> bool | None:
    """Say whether a handshake that names no host (SNI) comes about."""
    return await _within(way, _finishes(way, _unverified(), None))


async def plainly(way: Way) -> bytes | None:
    """Give the first bytes that come back for a request without TLS."""
    return await _within(way, _plainly(way))


async def _within(way: Way, probe: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(way.limit_s):
            return await probe
    except (
        OSError,
        DialError,
        TunnelError,
        UnicodeError,
    ):  # an SSLError and a TimeoutError are OSErrors
        return None


async def _shown(way: Way) -> Shown:
    async with _Opened(way) as raw:
        secured = await raw.secured(_unverified(), way.host, way.limit_s)
        try:
            return Shown(
                address=secured.opening.address,
                version=secured.opening.tls_version,
                certificate=secured.opening.certificate or b"",
                date=await _date(way, secured),
            )
        finally:
            secured.close()


async def _date(way: Way, connection: Connection) -> datetime | None:
    """Ask for the Date, which may come late or never: what is known by then counts more."""
    with contextlib.suppress(OSError):  # a TimeoutError is one
        async with asyncio.timeout(way.limit_s / 2):
            await connection.write(_request(way))
            head = await _head(connection)
        lines = (line.decode("latin-1").partition(":") for line in head.split(b"\r\n")[1:])
        return sent_at({name.strip().lower(): value.strip() for name, _, value in lines})
    return None


async def _chain(way: Way) -> list[bytes]:
    return shown_in(await _flight(way))


async def _flight(way: Way) -> bytes:
    """Shake hands in a version that sends certificates in the clear, and keep what comes.

    Also of a handshake that is refused in the end.
    """
    context = _unverified()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    incoming, outgoing, stream = ssl.MemoryBIO(), ssl.MemoryBIO(), b""
    tls = context.wrap_bio(incoming, outgoing, server_hostname=way.host)
    async with _Opened(way) as connection:
        with contextlib.suppress(OSError):  # an SSLError is one
            while not _shaken(tls):
                await connection.write(outgoing.read())
                piece = await connection.read(_HEAD_LIMIT)
                if not piece:
                    break
                stream += piece
                incoming.write(piece)
    return stream


def _shaken(tls: ssl.SSLObject) -> bool:
    """Take the handshake as far as it goes; True when it is finished.  Raises ssl.SSLError."""
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


async def _accepted(way: Way, context: ssl.SSLContext) -> bool:
    """Finish a handshake; raises where the certificate is refused for another reason."""
    try:
        return await _finishes(way, context, way.host, raising=True)
    except ssl.SSLCertVerificationError as exc:
        if exc.verify_code in NOT_KNOWN:
            return False
        raise


async def _finishes(
    way: Way, context: ssl.SSLContext, name: str | None, *, raising: bool = False
) -> bool:
    async with _Opened(way) as connection:
        try:
            secured = await connection.secured(context, name, way.limit_s)
        except OSError:
            if raising:
                raise
            return False
        secured.close()
        return True


async def _plainly(way: Way) -> bytes:
    async with _Opened(way) as connection:
        await connection.write(_request(way))
        with contextlib.suppress(OSError):
            await connection.read(_HEAD_LIMIT)
        return connection.heard


class _Opened:
    """A connection to the server, through the proxy if there is one, closed in the end."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._connection: Connection | None = None

    async def __aenter__(self) -> Connection:
        way = self._way
        if way.tunneller is not None:
            self._connection = await way.tunneller.open(way.host, way.port)
        else:
            self._connection = await dial(
                way.host, way.port, way.monotonic, way.limit_s, way.addresses_of
            )
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()


async def _head(connection: Connection) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _HEAD_LIMIT:
        piece = await connection.read(_HEAD_LIMIT)
        if not piece:
            break
        head += piece
    return head.partition(b"\r\n\r\n")[0]


def _request(way: Way) -> bytes:
    return (
        f"HEAD {way.path} HTTP/1.1\r\nHost: {_authority(way)}\r\nUser-Agent: cmtool\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n"
    ).encode()


def _authority(way: Way) -> str:
    host = f"[{way.host}]" if ":" in way.host else way.host
    return f"{host}:{way.port}"


def _unverified() -> ssl.SSLContext:
    """Give a context that believes everything and speaks whatever OpenSSL still can.

    What is learnt over it is evidence about a connection that was refused; no key goes over it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with contextlib.suppress(ssl.SSLError):  # levels are OpenSSL's own
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def _only(version: ssl.TLSVersion) -> ssl.SSLContext:
    context = _unverified()
    with warnings.catch_warnings():  # naming an old version is the point
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context
