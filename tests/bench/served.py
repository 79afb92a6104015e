"""A server of chat streams of any length: `python tests/bench/served.py` prints its base URL.

A process of its own, so that what it costs is not counted.  The model of a request says what is
wanted: ``bench/50000`` is a stream of 50,000 deltas, each an event in an HTTP chunk of its own,
as a gateway writes them.  Ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req_cm_bench\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
BLOCK = 256  # events that are written at once
_DELTAS = re.compile(rb'"model": ?"bench/(\d+)"')


def event(data: str) -> bytes:
    """Give one event in its HTTP chunk."""
    block = f"data: {data}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(block), block)


def chunk(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return event(
        json.dumps(
            {
                "id": "chatcmpl-bench0123456789",
                "object": "chat.completion.chunk",
                "created": 1_790_000_000,
                "model": "bench/model",
                "choices": [choice],
            }
        )
    )


FIRST, DELTA = chunk({"role": "assistant", "content": ""}), chunk({"content": " one"})
LAST = chunk({}, "stop") + event("[DONE]") + b"0\r\n\r\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one client until it goes away."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split()[0])
            found = _DELTAS.search(await reader.readexactly(length))
            await write(writer, int(found[1]) if found else 1)
    except (OSError, asyncio.IncompleteReadError):
        writer.close()


async def write(writer: asyncio.StreamWriter, deltas: int) -> None:
    """Write a stream as fast as it is read."""
    writer.write(HEAD + FIRST)
    blocks, rest = divmod(deltas, BLOCK)
    whole = DELTA * BLOCK
    for _ in range(blocks):
        writer.write(whole)
        await writer.drain()
    writer.write(DELTA * rest + LAST)
    await writer.drain()


async def main() -> None:
    """Serve until standard input ends."""
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
