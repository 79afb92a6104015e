"""How a connection comes about: the name looked up and its addresses tried in turn, each timed."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from cmtool.connection.sockets import (
    CONNECT_TIMEOUT_S,
    Attempt,
    Connection,
    Opening,
    Receiver,
    milliseconds,
)

_STAGGER_S = 0.25  # RFC 8305, section 5: the recommended connection attempt delay

Lookup: TypeAlias = "Callable[[str, int], Awaitable[list[str]]]"


class DialError(Exception):
    """No connection could be made.

    ``attempts`` holds every address that was tried; it is empty when the lookup itself failed,
    and then ``why`` is its :class:`socket.gaierror`, or None when it gave no address, and
    ``after_s`` how long it took.  (httpcore takes ``__cause__`` off what it passes on.)
    """

    def __init__(
        self,
        host: str,
        port: int,
        attempts: Sequence[Attempt],
        why: OSError | UnicodeError | None = None,
        after_s: float | None = None,
    ) -> None:
        super().__init__(f"no connection to {host} port {port}")
        self.host = host
        self.port = port
        self.attempts = tuple(attempts)
        self.why = why
        self.after_s = after_s


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
        raise DialError(host, port, (), exc, monotonic() - start) from exc
    looked_up = monotonic()
    connect = partial(_connect, port=port, monotonic=monotonic, timeout_s=timeout_s)
    attempts: list[Attempt] = []
    connected = await _first(connect, addresses, attempts, monotonic)
    if connected is None:
        raise DialError(host, port, attempts)
    receiver, address = connected
    opening = Opening(
        address=address,
        lookup_ms=milliseconds(looked_up - start),
        connect_ms=milliseconds(monotonic() - looked_up),
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
    connect: Callable[[str], Awaitable[Receiver]],
    addresses: Sequence[str],
    attempts: list[Attempt],
    monotonic: Callable[[], float],
) -> tuple[Receiver, str] | None:
    """Give the first connection that comes about; add the other ones tried to ``attempts``."""
    running: dict[asyncio.Future[Receiver], tuple[str, float]] = {}
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
                    took = milliseconds(monotonic() - start)
                    attempts.append(Attempt(address=address, error=exc, ms=took))
                else:
                    attempts += [Attempt(address=silent) for silent, _ in running.values()]
                    return connected
        return None
    finally:
        for task in running:
            task.add_done_callback(_give_up)
            task.cancel()


def _give_up(task: asyncio.Future[Receiver]) -> None:
    """Close a connection that came about when another one had been chosen already."""
    if task.cancelled() or task.exception() is not None:
        return
    if (transport := task.result().transport) is not None:
        transport.abort()


async def _connect(
    address: str, *, port: int, monotonic: Callable[[], float], timeout_s: float
) -> Receiver:
    async with asyncio.timeout(timeout_s):
        _, receiver = await asyncio.get_running_loop().create_connection(
            lambda: Receiver(monotonic), address, port
        )
    return receiver
