"""The budgets of the tool, measured: `python tests/bench/run.py`.

Start-up against a bare Python (and against HTTPie and llm where they are installed), `models`
against a script of the official openai package on the same sandbox, and the doctor on a slow
sandbox against its slowest chain of dependent requests.  Prints one table; never part of the
tests, because a speed says nothing on a busy machine.
"""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from cmtool.sandbox import Limits, Sandbox

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.measure import Comparison, medians

RUNS = 9
CMTOOL = [sys.executable, "-m", "cmtool"]
BARE = [sys.executable, "-c", "pass"]
LISTING = "import openai; print(*sorted(m.id for m in openai.OpenAI().models.list()), sep='\\n')"

# One answer takes 300 ms, a first token 500 ms more: the list, then the slowest generation.
ANSWER_S, FIRST_TOKEN_S, TOKEN_S, TOKENS = 0.3, 0.5, 0.002, 16
CHAIN_S = ANSWER_S + (ANSWER_S + FIRST_TOKEN_S + TOKENS * TOKEN_S)
UNLIMITED = Limits(rpm=1_000_000, tpm=1_000_000_000)


def start_up() -> Iterator[Comparison]:
    """Compare the start of the shortest commands with a bare Python and with peers."""
    errors, usage = [*CMTOOL, "errors", "402"], [*CMTOOL, "--help"]
    bare_s, errors_s, usage_s = medians([BARE, errors, usage], RUNS)
    yield Comparison(name="errors 402", command_s=errors_s, reference_s=bare_s,
                     reference="python -c pass", budget=14)  # fmt: skip
    yield Comparison(name="--help", command_s=usage_s, reference_s=bare_s,
                     reference="python -c pass", budget=20)  # fmt: skip
    for peer, option, own, budget in (
        ("http", "--version", errors, 0.7),
        ("http", "--help", usage, 1.0),
        ("llm", "--version", errors, 0.2),
    ):
        if program := shutil.which(peer):
            peer_s, own_s = medians([[program, option], own], RUNS)
            yield Comparison(name=own[-1], command_s=own_s, reference_s=peer_s,
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
        own_s, peer_s = await asyncio.to_thread(medians, commands, RUNS, environ)
    return Comparison(name="models", command_s=own_s, reference_s=peer_s,
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
    slow_s, start_up_s = elapsed
    return Comparison(name="doctor on a slow gateway", command_s=slow_s - start_up_s,
                      reference_s=CHAIN_S, reference="the slowest chain", budget=1.3)  # fmt: skip


def main() -> None:
    """Measure, and print the table."""
    print("| what | takes | against | ratio | budget | |")
    print("|---|---|---|---|---|---|")
    rows = [*start_up(), asyncio.run(models()), asyncio.run(doctor())]
    for row in rows:
        if row is not None:
            print(row.row())


if __name__ == "__main__":
    main()
