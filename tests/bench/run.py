"""The budgets of the tool, measured: `python tests/bench/run.py [SUBJECT ...]`.

Start-up against a bare Python (and against HTTPie and llm where they are installed), `models`
against a script of the official openai package on the same sandbox, the doctor on a slow sandbox
against its slowest chain of dependent requests, reading streams, and completion in the shells that
are there.  Prints one table; never part of the tests, because a speed says nothing on a busy
machine.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from cmtool.sandbox import Limits, Sandbox

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench import shells, streams
from tests.bench.measure import HEADING, Comparison, Difference, Elapsed, medians

RUNS = 9
CMTOOL = [sys.executable, "-m", "cmtool"]
BARE = [sys.executable, "-c", "pass"]
LISTING = "import openai; print(*sorted(m.id for m in openai.OpenAI().models.list()), sep='\\n')"

# One answer takes 300 ms, a first token 500 ms more: the list, then the slowest generation.
ANSWER_S, FIRST_TOKEN_S, TOKEN_S, TOKENS = 0.3, 0.5, 0.002, 16
CHAIN_MS = (ANSWER_S + (ANSWER_S + FIRST_TOKEN_S + TOKENS * TOKEN_S)) * 1000
UNLIMITED = Limits(rpm=1_000_000, tpm=1_000_000_000)

Measured: TypeAlias = Comparison | Difference | Elapsed


def start_up() -> Iterator[Measured]:
    """Compare the start of the shortest commands with a bare Python and with peers."""
    errors, usage = [*CMTOOL, "errors", "402"], [*CMTOOL, "--help"]
    bare_ms, errors_ms, usage_ms = medians([BARE, errors, usage], RUNS)
    yield Comparison(name="errors 402", takes=errors_ms, against=bare_ms,
                     reference="python -c pass", budget=14)  # fmt: skip
    yield Comparison(name="--help", takes=usage_ms, against=bare_ms,
                     reference="python -c pass", budget=20)  # fmt: skip
    for peer, option, own, budget in (
        ("http", "--version", errors, 0.7),
        ("http", "--help", usage, 1.0),
        ("llm", "--version", errors, 0.2),
    ):
        if program := shutil.which(peer):
            peer_ms, own_ms = medians([[program, option], own], RUNS)
            name = " ".join(own[len(CMTOOL) :])
            yield Comparison(name=name, takes=own_ms, against=peer_ms,
                             reference=f"{peer} {option}", budget=budget)  # fmt: skip


async def models() -> Comparison | None:
    """Compare `models` with a script of the openai package."""
    if importlib.util.find_spec("openai") is None:
        return None
    async with Sandbox(limits=UNLIMITED) as sandbox:
        environ = {
            "CROSSMODEL_API_URL": sandbox.base_url,
            "CROSSMODEL_API_KEY": "cm-sandbox",
            "OPENAI_BASE_URL": sandbox.base_url,
            "OPENAI_API_KEY": "cm-sandbox",
        }
        commands = [[*CMTOOL, "models"], [sys.executable, "-c", LISTING]]
        own_ms, peer_ms = await asyncio.to_thread(medians, commands, RUNS, environ)
    return Comparison(name="models", takes=own_ms, against=peer_ms,
                      reference="openai script", budget=0.5)  # fmt: skip


async def doctor() -> Comparison:
    """Compare the doctor on a slow sandbox, less its start-up, with its slowest chain."""
    command = [*CMTOOL, "doctor"]
    slow = Sandbox(limits=UNLIMITED, delay_s=ANSWER_S, first_token_s=FIRST_TOKEN_S, token_s=TOKEN_S)
    elapsed = []
    for pace in (slow, Sandbox(limits=UNLIMITED, token_s=0.0)):
        async with pace as sandbox:
            environ = {
                "CROSSMODEL_API_URL": sandbox.base_url,
                "CROSSMODEL_API_KEY": "cm-sandbox",
            }
            elapsed += await asyncio.to_thread(medians, [command], 5, environ)
    slow_ms, start_up_ms = elapsed
    return Comparison(name="doctor on a slow gateway", takes=slow_ms - start_up_ms,
                      against=CHAIN_MS, reference="the slowest chain", budget=1.3)  # fmt: skip


SUBJECTS: Mapping[str, Callable[[], Iterable[Measured | None]]] = {
    "start-up": start_up,
    "models": lambda: [asyncio.run(models())],
    "doctor": lambda: [asyncio.run(doctor())],
    "stream-cpu": lambda: [streams.stream_cpu()],
    "memory": lambda: [streams.memory()],
    "ttft": lambda: asyncio.run(streams.ttft()),
    "completion": shells.completion,
}


def main() -> None:
    """Measure the subjects that are asked for, all by default, and print the table."""
    parser = argparse.ArgumentParser(description="Measure the budgets of the tool.")
    parser.add_argument("subject", nargs="*", help=f"of {', '.join(SUBJECTS)}; default: all")
    subjects = parser.parse_args().subject or list(SUBJECTS)
    if unknown := sorted({*subjects} - {*SUBJECTS}):
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    print(HEADING)
    for subject in subjects:
        for row in SUBJECTS[subject]():
            if row is not None:
                print(row.row(), flush=True)


if __name__ == "__main__":
    main()
