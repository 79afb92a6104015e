"""What --help shows: it fits a screen, stands under headings, and its examples run."""

from __future__ import annotations

import re
import shlex
import sys

import pytest
import typer.main

from cmtool.cli.app import app
from cmtool.cli.completion.definition import definition
from tests.cli.conftest import InProcess, Process

COMMANDS = [command.name for command in definition().commands]
HEADINGS = {
    *("Arguments", "Options", "Whom to ask", "What to ask", "What comes out"),
    *("The streams", "Limits", "Recordings", "What the paste does not tell", "Examples"),
}
SCREEN = 50  # lines; the longest page is that of a command with some thirty options
# How an example ends: a scenario that fails has the code of its failure.
ENDS = {
    "402 Payment Required": 5,
    "invalid-api-key": 4,
    "insufficient-balance": 5,
    "truncated": 11,
    "--max-ttft": 11,
    "rate-limit-exceeded": 7,
    "no-wallet": 0,
    "claude-sonnet-4.6": 6,
}


def examples() -> list[str]:
    commands = typer.main.get_command(app).commands.values()  # type: ignore[attr-defined]
    lines = [line.strip() for command in commands for line in command.epilog.splitlines()]
    return [line for line in lines if line.startswith("cmtool ") or "|" in line]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_screen(command: str, cmtool: InProcess) -> None:
    page = cmtool(command, "--help").out
    lines = page.splitlines()
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if re.match(r" {12,}\S", line)], "a text that goes on"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_headings_and_ends_with_examples(command: str, cmtool: InProcess) -> None:
    page = cmtool(command, "--help").out
    headings = re.findall(r"^(\S.*):$", page, re.MULTILINE)
    assert set(headings) <= HEADINGS
    assert len(headings) == len(set(headings))
    assert headings[-1] == "Examples"
    told = page.partition("Examples:")[2].split("\n")
    assert 2 <= len([line for line in told if "cmtool" in line]) <= 3


@pytest.mark.parametrize(
    "line", [line for line in examples() if not {"--port", "|"} & {*line.split()}]
)
def test_an_example_runs_as_it_stands(line: str, cmtool: InProcess) -> None:
    ended = cmtool(*shlex.split(line.partition(" > ")[0])[1:])
    expected = [code for part, code in ENDS.items() if part in line]
    assert ended.code == (expected[0] if expected else 0)
    assert ended.out


@pytest.mark.parametrize("line", [line for line in examples() if "|" in line])
def test_an_example_with_a_pipe_runs_as_it_stands(line: str, process: Process) -> None:
    program = shlex.join(process.command())
    ended = process.shell(f'cmtool() {{ {program} "$@"; }}; {line}')
    expected = [code for part, code in ENDS.items() if part in line]
    assert ended.code == expected[0]
    assert ended.out
    assert not ended.err


def test_the_example_that_serves_is_parsed(cmtool: InProcess) -> None:
    (line,) = [line for line in examples() if "--port" in line]
    ended = cmtool(*shlex.split(line)[1:], "--host", "192.0.2.1")
    assert ended.code == 2
    assert "not a loopback address" in ended.err


def test_a_default_that_is_a_number_is_short(cmtool: InProcess) -> None:
    page = cmtool("stream-test", "--help").out
    assert "[default: 60]" in page
    assert "x>=" not in page


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        pytest.param(["docter"], "doctor", id="command"),
        pytest.param(["streamtest"], "stream-test", id="command-without-dash"),
        pytest.param(["doctor", "--modle", "x"], "--model", id="option"),
        pytest.param(["doctor", "--api-key", "x"], "--api-key-file", id="option-of-a-key"),
        pytest.param(["doctor", "-p", "chta"], "chat", id="value"),
        pytest.param(["doctor", "--sandbox", "helthy"], "healthy", id="scenario"),
        pytest.param(["errors", "insuficient_balance"], "insufficient_balance", id="identifier"),
        pytest.param(["completion", "bsh"], "bash", id="shell"),
    ],
)
def test_a_slip_gets_the_nearest_right_word(argv: list[str], meant: str, cmtool: InProcess) -> None:
    ended = cmtool(*argv)
    assert ended.code == 2
    assert ended.out == ""
    assert meant in ended.err


def test_version_tells_program_python_and_platform(process: Process) -> None:
    ended = process.run("--version")
    assert ended.code == 0
    version = ".".join(map(str, sys.version_info[:3]))
    assert re.fullmatch(rf"cmtool \d+\.\d+\.\d+\S* · Python {version} · \S.*\n", ended.out)
