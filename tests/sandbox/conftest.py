"""A client of raw sockets and h11, which knows nothing of cmtool's own transport."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import h11
import pytest

from cmtool.sandbox import Sandbox, key_for

MODEL = "z-ai/glm-5"
BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "Say hello"}]},
    "/v1/responses": {"input": "Say hello"},
    "/v1/messages": {"max_tokens": 64, "messages": [{"role": "user", "content": "Say hello"}]},
}


@dataclass(kw_only=True)
class Got:
    """What came back.  ``ended`` says whether the answer was whole."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    ended: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    def json(self) -> Any:
        return json.loads(self.body)

    def blocks(self) -> list[dict[str, str]]:
        """The blocks of a stream that carry data, by the rules of EventSource."""
        text = self.body.decode().removeprefix("\ufeff")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        blocks = []
        for raw in text.split("\n\n"):
            block: dict[str, str] = {}
            for line in raw.split("\n"):
                name, colon, value = line.partition(":")
                value = value.removeprefix(" ")
                if name and colon:
                    block[name] = f"{block[name]}\n{value}" if name in block else value
            if "data" in block:
                blocks.append(block)
        return blocks

    def documents(self) -> list[dict[str, Any]]:
        """The events of a stream that are JSON, parsed."""
        return [json.loads(b["data"]) for b in self.blocks() if b["data"] != "[DONE]"]


@dataclass(kw_only=True)
class Client:
    """Sends one request on a connection of its own."""

    sandbox: Sandbox

    async def send(
        self,
        method: str,
        path: str,
        *,
        scenario: str = "healthy",
        key: str | None = None,
        header: str | None = "authorization",
        body: object = None,
        enough: int | None = None,
        patience_s: float = 5.0,
    ) -> Got:
        """Give the answer; ``enough`` stops after so many chunks, patience after so long."""
        secret = key_for(scenario) if key is None else key
        headers = [("host", "sandbox"), ("connection", "close")]
        if header == "authorization":
            headers.append((header, f"Bearer {secret}".strip()))
        elif header is not None:
            headers.append((header, secret))
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        headers.append(("content-length", str(len(raw))))
        reader, writer = await asyncio.open_connection("127.0.0.1", self.sandbox.port)
        client = h11.Connection(h11.CLIENT)
        writer.write(client.send(h11.Request(method=method, target=path, headers=headers)) or b"")
        writer.write(client.send(h11.Data(data=raw)) or b"")
        writer.write(client.send(h11.EndOfMessage()) or b"")
        got = Got()
        try:
            async with asyncio.timeout(patience_s):
                await _read(reader, client, got, enough)
        except (TimeoutError, ConnectionError, h11.RemoteProtocolError):
            pass
        finally:
            writer.close()
        return got

    async def get(self, path: str, **more: Any) -> Got:
        return await self.send("GET", path, **more)

    async def post(
        self, path: str, *, stream: bool = False, model: str = MODEL, **more: Any
    ) -> Got:
        """Ask for a generation with a proper body, which ``body`` adds to."""
        extra = more.pop("body", {})
        body = {"model": model, "stream": stream, **BODIES[path], **extra}
        return await self.send("POST", path, body=body, **more)


async def _read(
    reader: asyncio.StreamReader, client: h11.Connection, got: Got, enough: int | None
) -> None:
    while True:
        event = client.next_event()
        match event:
            case h11.NEED_DATA:
                client.receive_data(await reader.read(65536))
            case h11.Response():
                got.status = event.status_code
                got.headers = {n.decode(): v.decode() for n, v in event.headers}
            case h11.Data():
                got.chunks.append(bytes(event.data))
                got.times.append(asyncio.get_running_loop().time())
                if len(got.chunks) == enough:
                    return
            case h11.EndOfMessage():
                got.ended = True
                return
            case _:
                return


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(token_s=0) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox=sandbox)


@pytest.fixture
def client_of() -> Callable[[Sandbox], Client]:
    return lambda running: Client(sandbox=running)


@pytest.fixture
def exchange() -> Callable[[Sandbox, bytes], Awaitable[bytes]]:
    """Send raw bytes, give back all that comes until the server closes."""

    async def talk(running: Sandbox, sent: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(sent)
        try:
            return await asyncio.wait_for(reader.read(), 5)
        finally:
            writer.close()

    return talk
