"""One stream read in a process of its own: `python tests/bench/reading.py READER URL DELTAS`.

READER is ``cmtool``, the generation as every command of ours reads it, or ``openai``, the
official package.  Prints as JSON how many characters of text came, the processor time that the
reading took (user and system, in seconds) and the peak of the process's memory (in MB).  A short
stream is read before, so that neither reader pays for what it loads at its first request.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

KEY = "cm-bench-0123456789"
TIMEOUT_S = 900.0
_STATUS = Path("/proc/self/status")


def with_cmtool(url: str) -> Callable[[int], int]:
    """Give what reads a stream of so many deltas with cmtool, and the length of its text."""
    from cmtool.clock import Clock, Deadline  # noqa: PLC0415 - each reader loads its own
    from cmtool.gateway import Gateway  # noqa: PLC0415
    from cmtool.generation import Plan, stream  # noqa: PLC0415
    from cmtool.model import Protocol, Secret  # noqa: PLC0415
    from cmtool.protocols import DIALECTS, Prompt  # noqa: PLC0415
    from cmtool.redact import Redactor  # noqa: PLC0415
    from cmtool.retry import Patience  # noqa: PLC0415
    from cmtool.transport import Transport  # noqa: PLC0415

    clock = Clock(monotonic=time.monotonic, now=lambda: datetime.now(UTC), sleep=asyncio.sleep)

    async def read(deltas: int) -> int:
        prompt = Prompt(model=f"bench/{deltas}", text="Go", max_tokens=deltas, stream=True)
        async with Transport(monotonic=time.monotonic, user_agent="bench", trust=None) as transport:
            gateway = Gateway(
                transport=transport,
                patience=Patience(
                    clock=clock, deadline=Deadline.after(clock, TIMEOUT_S), jitter=lambda: 0.0
                ),
                redactor=Redactor([KEY]),
                base_url=url,
                key=Secret(KEY),
            )
            plan = Plan(dialect=DIALECTS[Protocol.CHAT], prompt=prompt, check="chat")
            generation = (await stream(gateway, plan))[-1]
        if generation.finding is not None:
            raise SystemExit(f"cmtool found the stream wanting: {generation.finding.id}")
        return generation.result.text_chars

    return lambda deltas: asyncio.run(read(deltas))


def with_openai(url: str) -> Callable[[int], int]:
    """Give what reads a stream with the official package, its parts counted as a client would."""
    import openai  # noqa: PLC0415 - each reader loads its own

    client = openai.OpenAI(base_url=url, api_key=KEY, timeout=TIMEOUT_S)

    def read(deltas: int) -> int:
        chunks = client.chat.completions.create(
            model=f"bench/{deltas}", messages=[{"role": "user", "content": "Go"}], stream=True
        )
        return sum(len(chunk.choices[0].delta.content or "") for chunk in chunks if chunk.choices)

    return read


def peak_mb() -> float | None:
    """Give the most memory that this process has had resident, in MB (10**6 bytes).

    None where the platform does not tell (Windows).

    Linux hands the ru_maxrss of the parent on to a child; there the kernel's own figure for this
    program is taken instead.
    """
    if _STATUS.exists():
        line = next(x for x in _STATUS.read_text("ascii").splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    if importlib.util.find_spec("resource") is None:
        return None
    import resource  # noqa: PLC0415 - not on every platform

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # bytes, on macOS


def main(reader: str, url: str, deltas: int) -> None:
    """Read a stream and print what it took."""
    read = {"cmtool": with_cmtool, "openai": with_openai}[reader](url)
    read(2000)
    start = time.process_time()
    characters = read(deltas)
    took = time.process_time() - start
    print(json.dumps({"characters": characters, "cpu_s": took, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
