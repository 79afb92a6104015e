"""The server on its socket: framing, bounds, the log, and its end."""

from __future__ import annotations

import asyncio
import gc
import json
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
import trustme

from cmtool.model import Protocol
from cmtool.sandbox import LoggedRequest, Sandbox, key_for
from cmtool.sandbox.headers import masked
from tests.sandbox.conftest import Client

Exchange = Callable[[Sandbox, bytes], Awaitable[bytes]]

GET = b"GET /v1/credits HTTP/1.1\r\nhost: x\r\nauthorization: Bearer cm-sandbox\r\n"
CHAT = "/v1/chat/completions"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        pytest.param(
            GET + b"\r\n" + GET + b"connection: close\r\n\r\n", [200, 200], id="pipelined"
        ),
        pytest.param(GET.replace(b"1.1", b"1.0") + b"\r\n", [200], id="http-1.0"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\r\n\r\n", [400], id="tls-on-plain"),
        pytest.param(b"nonsense\r\n\r\n", [400], id="nonsense"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", [400], id="no-host"),
        pytest.param(GET + b"x: " + b"a" * 70_000 + b"\r\n\r\n", [431], id="long-header"),
        pytest.param(
            GET.replace(b"/v1", b"http://x/v1") + b"connection: close\r\n\r\n",
            [200],
            id="absolute-target",
        ),
        pytest.param(
            GET.replace(b"/v1", b"http://[/v1") + b"connection: close\r\n\r\n",
            [200],
            id="absolute-target-of-no-host",
        ),
    ],
)
async def test_framing(
    sandbox: Sandbox, exchange: Exchange, sent: bytes, statuses: list[int]
) -> None:
    received = await exchange(sandbox, sent)
    assert [int(p.split(b" ", 2)[1]) for p in received.split(b"HTTP/")[1:]] == statuses


async def test_expect_continue(sandbox: Sandbox) -> None:
    body = json.dumps({"model": "z-ai/glm-5", "input": "hi"}).encode()
    head = (
        b"POST /v1/responses HTTP/1.1\r\nhost: x\r\nauthorization: Bearer cm-sandbox\r\n"
        b"expect: 100-continue\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
    async with asyncio.timeout(5):
        writer.write(head)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(body)
        assert (await reader.read()).startswith(b"HTTP/1.1 200")
    writer.close()


@pytest.mark.parametrize(
    ("size", "message"),
    [
        pytest.param(1024 * 1024, "JSON", id="at-the-limit"),
        pytest.param(1024 * 1024 + 1, "larger than 1 MiB", id="above"),
        pytest.param(4 * 1024 * 1024, "larger than 1 MiB", id="far-above"),
    ],
)
async def test_bodies_are_bounded(client: Client, size: int, message: str) -> None:
    got = await client.send("POST", CHAT, body=b"x" * size)
    assert got.status == 400
    assert message in got.json()["error"]["message"]
    assert got.ended


async def test_the_date_is_the_clocks(client_of: Callable[[Sandbox], Client]) -> None:
    async with Sandbox(wall=lambda: NOON) as running:
        client = client_of(running)
        right = await client.get("/v1/models")
        off = await client.get("/v1/models", scenario="clock-skew")
    assert parsedate_to_datetime(right.headers["date"]) == NOON
    assert abs(parsedate_to_datetime(off.headers["date"]) - NOON).days == 1


async def test_a_request_is_logged_with_its_key_masked(
    client_of: Callable[[Sandbox], Client],
) -> None:
    heard: list[LoggedRequest] = []
    async with Sandbox(token_s=0, wall=lambda: NOON, on_request=heard.append) as running:
        got = await client_of(running).post(CHAT, stream=True, scenario="odd-bom")
    assert heard == running.log
    entry = heard[0]
    assert (entry.time, entry.method, entry.path) == (NOON, "POST", CHAT)
    assert (entry.scenario, entry.protocol, entry.status) == ("odd-bom", Protocol.CHAT, 200)
    assert entry.request_id == got.headers["x-request-id"]
    assert isinstance(entry.body, dict)
    assert entry.body["stream"] is True
    assert key_for("odd-bom") not in repr(entry)
    assert entry.headers["authorization"] == "Bearer ***"


async def test_an_unknown_key_is_masked_as_well(sandbox: Sandbox, client: Client) -> None:
    await client.get("/v1/models", key="cm-somebodys-own", header="x-api-key")
    assert "somebodys" not in repr(sandbox.log)
    assert sandbox.log[0].scenario is None


def test_no_credentials_are_shown() -> None:
    headers = {
        "authorization": "Bearer cm-one",
        "x-api-key": "cm-two",
        "cookie": "a=cm-three; b=1",
        "user-agent": "agent with cm-two in it",
    }
    assert masked(headers, "cm-two") == {
        "authorization": "Bearer ***",
        "x-api-key": "***",
        "cookie": "***",
        "user-agent": "agent with *** in it",
    }


async def test_the_times_of_a_stream(client_of: Callable[[Sandbox], Client]) -> None:
    seconds = [100.0]

    async def sleep(wait: float) -> None:
        seconds[0] += wait

    async with Sandbox(
        delay_s=1,
        first_token_s=2,
        token_s=4,
        reply_tokens=2,
        sleep=sleep,
        monotonic=lambda: seconds[0],
    ) as running:
        await client_of(running).post(CHAT, stream=True)
    entry = running.log[0]
    assert (entry.received_at, entry.headers_at, entry.first_text_at) == (100, 101, 103)
    assert entry.duration_ms == 7000


async def test_reasoning_is_not_the_first_text(client_of: Callable[[Sandbox], Client]) -> None:
    seconds = [0.0]

    async def sleep(wait: float) -> None:
        seconds[0] += wait

    async with Sandbox(token_s=1, sleep=sleep, monotonic=lambda: seconds[0]) as running:
        await client_of(running).post(CHAT, stream=True, scenario="reasoning")
    assert running.log[0].first_text_at == 6


@pytest.mark.parametrize("name", ["no-answer", "stalled", "keepalive-stalled", "healthy"])
async def test_leaving_closes_what_is_open(name: str) -> None:
    async with asyncio.timeout(5):
        async with Sandbox() as running:
            reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
            body = b'{"model": "z-ai/glm-5", "input": "hi", "stream": true}'
            key = key_for(name).encode()
            writer.write(
                b"POST /v1/responses HTTP/1.1\r\nhost: x\r\nauthorization: Bearer %b\r\n"
                b"content-length: %d\r\n\r\n%b" % (key, len(body), body)
            )
            if name != "no-answer":
                await reader.readuntil(b"response.output_text.delta")
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(1_000_000)
        writer.close()
    gc.collect()
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_leaving_does_not_wait_for_a_slow_answer() -> None:
    waiting = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(5):
        async with Sandbox(delay_s=1, sleep=sleep) as running:
            _, writer = await asyncio.open_connection("127.0.0.1", running.port)
            writer.write(GET + b"\r\n")
            await waiting.wait()
        writer.close()
    assert running.log[0].status is None


async def test_leaving_does_not_wait_for_a_client_that_reads_nothing() -> None:
    body = b'{"model": "z-ai/glm-5", "input": "hi", "stream": true}'
    async with asyncio.timeout(5):
        async with Sandbox(token_s=0, reply_tokens=60_000) as running:
            reader, writer = await asyncio.open_connection("127.0.0.1", running.port, limit=1024)
            writer.write(
                b"POST /v1/responses HTTP/1.1\r\nhost: x\r\nauthorization: Bearer cm-sandbox\r\n"
                b"content-length: %d\r\n\r\n%b" % (len(body), body)
            )
            await reader.readuntil(b"\r\n")
            for _ in range(100_000):
                if any(kept.transport.get_write_buffer_size() for kept in running._open.values()):
                    break
                await asyncio.sleep(0)
        assert len(running.log) == 1
        assert running._open == {}
        writer.close()


async def test_a_client_that_goes_away_frees_the_stalled_stream(
    client_of: Callable[[Sandbox], Client],
) -> None:
    over = asyncio.Event()
    async with Sandbox(on_request=lambda _: over.set()) as running:
        await client_of(running).post(CHAT, stream=True, scenario="stalled", enough=3)
        await asyncio.wait_for(over.wait(), 5)
    assert running.log[0].scenario == "stalled"


async def test_state_belongs_to_one_sandbox(client_of: Callable[[Sandbox], Client]) -> None:
    for _ in range(2):
        async with Sandbox() as running:
            got = await client_of(running).post(CHAT, scenario="retry-after")
        assert got.status == 429


async def test_over_tls() -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with Sandbox(tls=server) as running:
        assert running.base_url == f"https://127.0.0.1:{running.port}/v1"
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", running.port, ssl=trusting, server_hostname="localhost"
        )
        writer.write(GET + b"\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        writer.close()
        await writer.wait_closed()


async def test_the_port_may_be_chosen_and_is_free_again() -> None:
    async with Sandbox() as first:
        port = first.port
    async with Sandbox(port=port) as second:
        assert second.base_url == f"http://127.0.0.1:{port}/v1"
