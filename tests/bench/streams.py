"""The budgets of streams: processor time and memory of reading one, and the error of `ttft_ms`."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cmtool.sandbox import Limits, Sandbox
from tests.bench.measure import Comparison, Difference, output
from tests.bench.served import DELTA

HERE = Path(__file__).parent
EVENTS = 50_000
SHORT_BYTES, LONG_BYTES = 2_000_000, 200_000_000
RUNS = 3

FIRST_TOKEN_S, TOKEN_S, TOKENS = 0.2, 0.01, 24
UNLIMITED = Limits(rpm=1_000_000, tpm=1_000_000_000)
STREAM_TEST = [sys.executable, "-m", "cmtool", "stream-test", "--format", "json"]


def stream_cpu() -> Comparison | None:
    """Compare the processor time of reading one stream with that of the openai package."""
    if importlib.util.find_spec("openai") is None:
        return None
    with served() as url:
        rounds = [[read(by, url, EVENTS) for by in ("cmtool", "openai")] for _ in range(RUNS)]
    if any(own["characters"] != peer["characters"] for own, peer in rounds):
        raise SystemExit("cmtool and the openai package read different texts")
    own_s, peer_s = (statistics.median(r["cpu_s"] for r in by) for by in zip(*rounds, strict=True))
    return Comparison(name=f"CPU of {EVENTS:,} events", takes=own_s * 1000, against=peer_s * 1000,
                      reference="openai package", budget=0.6)  # fmt: skip


def memory() -> Difference | None:
    """Compare the peak memory of reading a long stream with that of a short one."""
    with served() as url:
        short_mb = read("cmtool", url, SHORT_BYTES // len(DELTA))["peak_mb"]
        if short_mb is None:
            return None
        long_mb = read("cmtool", url, LONG_BYTES // len(DELTA))["peak_mb"]
    return Difference(name="memory of a 200 MB stream", takes=long_mb, against=short_mb,
                      beyond=long_mb - short_mb, reference="2 MB stream", budget=15,
                      unit="MB")  # fmt: skip


async def ttft() -> list[Difference]:
    """Compare `ttft_ms` with the sandbox's own clock, of one stream at a time and of 25 at once.

    The sandbox runs in this process and `stream-test` in another, as a gateway and its client do:
    in one loop each would wait for the other, and both clocks would be late together.
    """
    one = ["--repeat", "5", "--concurrency", "1"]
    many = ["--protocol", "chat", "--repeat", "25", "--concurrency", "25"]
    return [
        await _ttft("ttft_ms of one stream", one, budget=2),
        await _ttft("ttft_ms of 25 at once", many, budget=5),
    ]


async def _ttft(name: str, options: Sequence[str], *, budget: float) -> Difference:
    sandbox = Sandbox(
        limits=UNLIMITED, first_token_s=FIRST_TOKEN_S, token_s=TOKEN_S, reply_tokens=TOKENS
    )
    shown: dict[str, float] = {}
    async with sandbox:
        environ = {"CROSSMODEL_API_URL": sandbox.base_url, "CROSSMODEL_API_KEY": "cm-sandbox"}
        for _ in range(RUNS):
            report = json.loads(await asyncio.to_thread(output, [*STREAM_TEST, *options], environ))
            shown |= {stream["request_id"]: stream["ttft_ms"] for stream in report["streams"]}
    real = {
        request.request_id: (request.first_text_at - request.received_at) * 1000
        for request in sandbox.log
        if request.request_id in shown and request.first_text_at is not None
    }
    pairs = [(shown_ms, real[request_id]) for request_id, shown_ms in shown.items()]
    return Difference(
        name=name,
        takes=statistics.median(shown_ms for shown_ms, _ in pairs),
        against=statistics.median(real_ms for _, real_ms in pairs),
        beyond=statistics.median(abs(shown_ms - real_ms) for shown_ms, real_ms in pairs),
        reference=f"sandbox's clock, {len(pairs)} streams",
        budget=budget,
        unit="ms",
    )


@contextmanager
def served() -> Iterator[str]:
    """Serve streams while the context is open; gives the base URL."""
    server = subprocess.Popen(
        [sys.executable, str(HERE / "served.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.communicate()  # it ends with its standard input


def read(reader: str, url: str, deltas: int) -> dict[str, Any]:
    """Read a stream in a process of its own; gives what that one prints."""
    command = [sys.executable, str(HERE / "reading.py"), reader, url, str(deltas)]
    figures: dict[str, Any] = json.loads(output(command))
    return figures
