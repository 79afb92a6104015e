"""One connection: h11 reads requests off the socket and writes the planned replies.

Framing: RFC 9112.  The faults of a wire (cut, stalled, silent) are carried out here.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import h11

from cmtool.sandbox.gateway import Gateway, Plan
from cmtool.sandbox.log import LoggedRequest, Stopwatch, entry
from cmtool.sandbox.pages import plain
from cmtool.sandbox.wire import (
    Answer,
    Cut,
    Hangup,
    Pause,
    Raw,
    Request,
    Silence,
    Stall,
    Stream,
)

BODY_LIMIT = 1024 * 1024
_READ_SIZE = 64 * 1024
_LEFTOVER_LIMIT = 16 * BODY_LIMIT
_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


_Sendable: TypeAlias = h11.InformationalResponse | h11.Response | h11.Data | h11.EndOfMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a connection works with: the gateway, the clocks, and whom it tells of a request."""

    gateway: Gateway
    monotonic: Callable[[], float]
    wall: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    logged: Callable[[LoggedRequest], None]


class Connection:
    """Serves one client until either side has had enough."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, world: World
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._world = world
        self._h11 = h11.Connection(h11.SERVER)
        self._head_only = False

    async def serve(self) -> None:
        """Answer requests one after the other; a client that goes away ends it quietly."""
        try:
            while (request := await self._next_request()) is not None:
                await self._handle(request)
                if self._writer.is_closing() or not self._reusable():
                    break
                self._h11.start_next_cycle()
            await self._drop_leftovers()
        except h11.RemoteProtocolError as error:
            self._refuse(error)
        except OSError:
            return  # the client is gone; nobody is left to tell
        finally:
            self._writer.close()

    def _reusable(self) -> bool:
        return self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE

    async def _next_request(self) -> Request | None:
        head: h11.Request | None = None
        body = bytearray()
        while True:
            match await self._next_event():
                case h11.Request() as head:
                    pass
                case h11.Data(data=data):
                    body += data
                    if head is not None and len(body) > BODY_LIMIT:
                        return _request(head, b"", oversized=True)
                case h11.EndOfMessage() if head is not None:
                    return _request(head, bytes(body))
                case _:
                    return None

    async def _next_event(self) -> object:
        while True:
            event = self._h11.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._h11.they_are_waiting_for_100_continue:
                self._write(h11.InformationalResponse(status_code=100, headers=[]))
            self._h11.receive_data(await self._reader.read(_READ_SIZE))

    async def _handle(self, request: Request) -> None:
        watch = Stopwatch(self._world.monotonic, self._world.wall())
        plan = self._world.gateway.handle(request)
        self._head_only = request.method == "HEAD"
        try:
            if plan.delay_s > 0:
                await self._world.sleep(plan.delay_s)
            await self._carry_out(plan, watch)
        finally:
            if isinstance(plan.reply, Answer | Stream):
                plan.reply.finish()
            self._world.logged(entry(request, plan, watch))

    async def _carry_out(self, plan: Plan, watch: Stopwatch) -> None:
        match plan.reply:
            case Answer() as answer:
                watch.headers()
                self._answer(answer)
                await self._writer.drain()
            case Stream() as stream:
                await self._stream(stream, watch)
            case Silence():
                await self._until_gone()
            case Hangup(reset=reset):
                self._hang_up(reset=reset)

    def _answer(self, answer: Answer) -> None:
        headers = [*answer.headers, ("content-length", str(len(answer.body)))]
        if self._h11.their_state in {h11.SEND_BODY, h11.ERROR}:
            headers.append(("connection", "close"))
        pieces = [self._h11.send(h11.Response(status_code=answer.status, headers=headers))]
        if answer.body and not self._head_only:
            pieces.append(self._h11.send(h11.Data(data=answer.body)))
        pieces.append(self._h11.send(h11.EndOfMessage()))
        self._writer.write(b"".join(piece for piece in pieces if piece))

    async def _stream(self, stream: Stream, watch: Stopwatch) -> None:
        watch.headers()
        self._write(h11.Response(status_code=stream.status, headers=list(stream.headers)))
        for step in stream.steps:
            match step:
                case Raw(data=data, text=text):
                    await self._room()
                    if text:
                        watch.text()
                    self._write(h11.Data(data=data))
                case Pause(seconds=seconds):
                    await self._world.sleep(seconds)
                case Cut():
                    self._writer.close()
                    return
                case Stall():
                    await self._until_gone()
                    return
        self._write(h11.EndOfMessage())

    async def _room(self) -> None:
        """Wait until the client has taken what was written, and let other tasks run."""
        await self._writer.drain()
        await asyncio.sleep(0)

    async def _until_gone(self) -> None:
        while await self._reader.read(_READ_SIZE):
            pass
        self._writer.close()

    def _hang_up(self, *, reset: bool) -> None:
        if reset:
            sock = self._writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
            self._writer.transport.abort()
        self._writer.close()

    def _refuse(self, error: h11.RemoteProtocolError) -> None:
        if self._h11.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self._answer(plain(error.error_status_hint, "400 bad request\n"))

    async def _drop_leftovers(self) -> None:
        """Read what an oversized request still sends, lest a reset destroy the answer to it."""
        if self._h11.their_state is h11.SEND_BODY and not self._writer.is_closing():
            left = _LEFTOVER_LIMIT
            while left > 0 and (data := await self._reader.read(_READ_SIZE)):
                left -= len(data)

    def _write(self, event: _Sendable) -> None:
        data = self._h11.send(event)
        if data:
            self._writer.write(data)


def _request(head: h11.Request, body: bytes, *, oversized: bool = False) -> Request:
    return Request(
        method=head.method.decode("ascii"),
        path=_path(head.target.decode("latin-1")),
        headers={name.decode("ascii"): value.decode("latin-1") for name, value in head.headers},
        body=body,
        oversized=oversized,
    )


def _path(target: str) -> str:
    """Give the path of a target in origin or absolute form (RFC 9112, section 3.2)."""
    path = target.partition("?")[0]
    _, absolute, rest = path.partition("://")
    return "/" + rest.partition("/")[2] if absolute and not path.startswith("/") else path
