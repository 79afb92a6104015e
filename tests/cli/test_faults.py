"""Faults of our own: exit 1, one sentence, no bare traceback, and whatever else was found."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from cmtool.checks import registry
from cmtool.checks.facts import Run
from cmtool.checks.graph import CheckSpec, Result
from cmtool.cli import telling
from cmtool.render.human import report as human
from cmtool.render.json import schema
from tests.cli.conftest import Ended, InProcess, Process

KEY = "cm-live-0123456789abcdef"
SENTENCE = "cmtool: a fault of cmtool itself ({}); --verbose shows where\n"
CHECKS = [spec.id for spec in registry.every()]


def failing(monkeypatch: pytest.MonkeyPatch, name: str, kind: type[BaseException]) -> None:
    """Let one of the checks fail in a way that nobody foresaw."""

    async def fail(_: Run) -> Result:
        raise kind

    def changed(spec: CheckSpec) -> CheckSpec:
        return dataclasses.replace(spec, run=fail) if spec.id == name else spec

    chosen = registry.chosen
    monkeypatch.setattr(registry, "chosen", lambda ids: tuple(map(changed, chosen(ids))))


@pytest.mark.parametrize("name", CHECKS)
def test_a_fault_in_one_check_costs_that_check_alone(
    cmtool: InProcess, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    failing(monkeypatch, name, ZeroDivisionError)
    ended = cmtool(
        "doctor", "--sandbox", "healthy", "-f", "json", "--report=r.md", "--report=r.xml"
    )
    report = ended.json()
    jsonschema.validate(report, schema())
    assert (ended.code, ended.err) == (1, SENTENCE.format("ZeroDivisionError"))
    assert (report["outcome"], report["exit_code"]) == ("failed", 1)
    checks = {check["id"]: check for check in report["checks"]}
    assert list(checks) == CHECKS
    assert checks[name]["status"] == "fail"
    assert checks[name]["summary"] == "a fault of cmtool itself (ZeroDivisionError)"
    for other in set(checks) - {name}:
        assert checks[other]["status"] in {"ok", "warn", "skip"}
        assert checks[other]["blocked_by"] in {None, name}
    assert "✗ cmtool doctor: failed" in Path("r.md").read_text("utf-8")
    assert "a fault of cmtool itself" in Path("r.xml").read_text("utf-8")


def test_what_else_was_found_is_still_the_diagnosis(
    cmtool: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "balance", RecursionError)
    ended = cmtool("doctor", "--sandbox", "insufficient-balance")
    assert (ended.code, ended.err) == (1, SENTENCE.format("RecursionError"))
    assert "402 insufficient_balance" in ended.out
    assert "a fault of cmtool itself (RecursionError)" in ended.prose
    assert ended.out.endswith("exit 1\n")


def test_a_run_without_another_finding_is_no_verdict_on_the_gateway(
    cmtool: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "chat", MemoryError)
    ended = cmtool("doctor", "--sandbox", "healthy", "-q")
    assert (ended.code, ended.err) == (1, SENTENCE.format("MemoryError"))
    assert "failed: a fault of cmtool itself" in ended.prose
    assert "no verdict on the gateway" in ended.prose


@pytest.mark.parametrize("command", ["models", "balance", "request", "stream-test"])
def test_every_command_ends_with_one_sentence(
    cmtool: InProcess, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    for name in ("auth", "balance", "chat"):
        failing(monkeypatch, name, KeyError)
    ended = cmtool(command, "--sandbox", "healthy")
    assert (ended.code, ended.err) == (1, SENTENCE.format("KeyError"))


def test_a_fault_in_one_format_costs_that_format_alone(
    cmtool: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object, **__: object) -> None:
        raise AttributeError(KEY)

    monkeypatch.setattr(human, "report_lines", fault)
    ended = cmtool("doctor", "--sandbox", "no-wallet", "--report", "r.json")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == SENTENCE.format("AttributeError")
    assert json.loads(Path("r.json").read_bytes())["diagnosis"]["id"] == "no_wallet"


def test_a_fault_in_telling_of_a_fault_is_told(
    cmtool: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(telling, "show", fault)
    monkeypatch.setattr(telling, "_without_secrets", fault)
    failing(monkeypatch, "key", KeyError)
    ended = cmtool("doctor", "--sandbox", "healthy", "--verbose")
    assert ended.code == 1
    assert ended.err == "cmtool: a fault of cmtool itself (MemoryError)\n"


def scripted(process: Process, before: str, *argv: str, **variables: str) -> Ended:
    """Run the program with something done to it first."""
    script = f"import sys\nsys.argv[0] = 'cmtool'\n{before}\n"
    script += "from cmtool.cli.boundary import main\nmain()\n"
    return process.call([sys.executable, "-c", script, *argv], variables)


@pytest.mark.parametrize(
    ("module", "argv"),
    [
        pytest.param("typer", ["--help"], id="at-the-start"),
        pytest.param("httpx", ["doctor"], id="in-a-command"),
        pytest.param("h11", ["doctor", "--sandbox", "healthy"], id="in-the-sandbox"),
        pytest.param("cmtool.checks.registry", ["models"], id="of-our-own"),
    ],
)
def test_an_installation_that_is_not_whole_is_one_sentence(
    process: Process, module: str, argv: list[str]
) -> None:
    ended = scripted(process, f"sys.modules[{module!r}] = None", *argv)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(
        f"cmtool: the installation is not whole: the module {module} cannot be loaded ("
    )
    assert ended.err.endswith(" Install cmtool again, with what it depends on\n")
    assert len(ended.err.splitlines()) == 1


_THREAD = """
import threading, cmtool.cli.table as table
def fail(): raise ZeroDivisionError("KEY")
def started(*args, run=table.errors):
    thread = threading.Thread(target=fail); thread.start(); thread.join(); return run(*args)
table.errors = started
"""
_FINALISER = """
import cmtool.cli.table as table
class Broken:
    def __del__(self): raise ZeroDivisionError("KEY")
def started(*args, run=table.errors):
    Broken(); return run(*args)
table.errors = started
"""
_AT_EXIT = """
import atexit
def fail(): raise ZeroDivisionError("KEY")
import cmtool.cli.boundary; atexit.register(fail)
"""
_TASK = """
import asyncio, gc, cmtool.cli.table as table
from cmtool.cli.looping import complete
async def fail(): raise ZeroDivisionError("KEY")
async def forget():
    task = asyncio.create_task(fail()); await asyncio.sleep(0); del task; gc.collect()
def started(*args, run=table.errors):
    complete(forget()); return run(*args)
table.errors = started
"""
_NEVER_AWAITED = """
import asyncio, cmtool.cli.table as table
async def fail(): raise ZeroDivisionError
def started(*args, run=table.errors):
    fail(); return run(*args)
table.errors = started
"""


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(_THREAD, id="thread"),
        pytest.param(_FINALISER, id="finaliser"),
        pytest.param(_TASK, id="task"),
        pytest.param(_AT_EXIT, id="at-exit"),
    ],
)
def test_a_fault_that_no_result_depends_on_is_told_who_asks(process: Process, before: str) -> None:
    before = before.replace("KEY", KEY)
    quiet = scripted(process, before, "errors", "402")
    assert (quiet.code, quiet.err) == (0, "")
    told = scripted(process, before, "errors", "402", "-v", CROSSMODEL_API_KEY=KEY)
    assert told.code == 0
    assert told.out.startswith(quiet.out[:200])
    assert "ZeroDivisionError: cm-[redacted]\n" in told.err or "[redacted]" in told.err
    assert KEY not in told.err


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param(
            {"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "error", "PYTHONASYNCIODEBUG": "1"},
            id="development-mode-and-warnings-are-errors",
        ),
        pytest.param(
            {"PYTHONOPTIMIZE": "2", "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1"},
            id="optimised-unbuffered-safe-path",
        ),
        pytest.param({"PYTHONUTF8": "0", "LC_ALL": "C"}, id="no-unicode"),
        pytest.param({"PYTHONIOENCODING": "latin-1"}, id="latin"),
    ],
)
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        pytest.param(["doctor", "--sandbox", "no-wallet"], 5, id="doctor"),
        pytest.param(["errors", "402"], 0, id="errors"),
    ],
)
def test_how_python_is_set_up_changes_nothing(
    process: Process, variables: dict[str, str], argv: list[str], code: int
) -> None:
    ended = process.run(*argv, **variables)
    assert (ended.code, ended.err) == (code, "")
    assert ended.out


def test_a_coroutine_that_nobody_awaits_is_no_matter_for_people(process: Process) -> None:
    ended = scripted(process, _NEVER_AWAITED, "errors", "402", "-v", PYTHONDEVMODE="1")
    assert (ended.code, ended.err) == (0, "")


def test_it_runs_isolated(process: Process) -> None:
    command = [sys.executable, "-I", "-m", "cmtool", "errors", "402"]
    assert process.call(command, {}).out == process.run("errors", "402").out


SURROGATE = b"\xff\xfe"


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        pytest.param([SURROGATE], 2, id="command"),
        pytest.param([b"errors", SURROGATE], 2, id="identifier"),
        pytest.param([b"doctor", SURROGATE, b"--sandbox", b"healthy"], 2, id="model"),
        pytest.param([b"models", SURROGATE, b"--sandbox", b"healthy"], 2, id="pattern"),
        pytest.param([b"doctor", b"--base-url", SURROGATE], 3, id="base-url"),
        pytest.param([b"balance", b"--api-key-file", SURROGATE], 2, id="file"),
        pytest.param([b"explain", SURROGATE], 2, id="paste"),
        pytest.param([b"doctor", b"--sandbox", SURROGATE], 2, id="scenario"),
        pytest.param([b"request", b"--sandbox=healthy", b"--prompt", SURROGATE], 0, id="prompt"),
        pytest.param(
            [b"stream-test", b"--sandbox=healthy", b"--expect", SURROGATE], 11, id="expression"
        ),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text there")
def test_arguments_that_are_no_text(process: Process, argv: list[bytes], code: int) -> None:
    ended = subprocess.run(
        [*(word.encode() for word in process.command()), *argv],
        env=process.environment,
        cwd=process.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == code, ended.stderr.decode()
    assert "Traceback" not in ended.stderr.decode()
    assert "fault" not in ended.stderr.decode()
    ended.stdout.decode()


def test_the_commands_take_only_their_own_faults(
    cmtool: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one run contained is forgotten by the next one in the same process."""
    with monkeypatch.context() as patch:
        failing(patch, "chat", KeyError)
        assert cmtool("doctor", "--sandbox", "healthy", "-q").code == 1
    assert cmtool("doctor", "--sandbox", "healthy", "-q").code == 0
