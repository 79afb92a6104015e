"""The README tells the truth: its commands, its options and exit codes are those of the code."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from cmtool.catalog import ROWS
from cmtool.errors import ExitCode
from tests.cli.conftest import Process, Served, bare_world, gateway, process
from tests.systems import needs_bash

__all__ = ["bare_world", "gateway", "process"]

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = (
    *("doctor", "models", "stream-test", "request"),
    *("explain", "errors", "balance", "sandbox", "completion"),
)
ELSEWHERE = {"--help", "--version"}  # told by --help itself
_BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
_OFFERED = re.compile(r"^  (?:-\w, )?(--[a-z][a-z-]+)", re.MULTILINE)


def _help(command: str = "") -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "cmtool", *command.split(), "--help"],
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
        check=True,
    )
    return ended.stdout


@pytest.fixture(scope="module")
def helps() -> dict[str, str]:
    return {command: _help(command) for command in ("", *COMMANDS)}


def _table(heading: str) -> list[list[str]]:
    """The rows of the first table behind a line that starts so."""
    after = README[README.index(heading) :]
    rows = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    assert rows is not None
    cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in rows[0].splitlines()]
    return [[cell.strip() for cell in row] for row in cells[2:]]


def _ours() -> list[str]:
    """Every line of the code blocks, and every piece of code in the text, that calls cmtool."""
    lines = [part.strip() for block in _BLOCKS for part in re.split(r"&&|\n|\|", block)]
    inline = [code for code in re.findall(r"`(cmtool [^`]+)`", README) if "[" not in code]
    return [line for line in (*lines, *inline) if re.match(r"(\.venv/bin/)?cmtool( |$)", line)]


@pytest.mark.parametrize(
    ("mark", "needed"),
    [
        pytest.param("try", (".venv/bin/cmtool doctor --sandbox healthy",), id="try"),
        pytest.param("tests", ("-e '.[dev]'", ".venv/bin/python -m pytest"), id="tests"),
    ],
)
def test_the_marked_commands_are_there(mark: str, needed: tuple[str, ...]) -> None:
    marked = re.findall(rf"<!-- {mark} -->\n```sh\n(.*?)```", README, re.DOTALL)
    assert len(marked) == 1
    (line,) = marked[0].strip().splitlines()
    assert line.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
    assert all(part in line for part in needed)


@pytest.mark.parametrize("line", sorted(set(_ours())))
def test_a_command_line_of_the_readme_is_one(line: str, helps: dict[str, str]) -> None:
    _, *arguments = shlex.split(line)
    if arguments and not arguments[0].startswith("-"):
        assert arguments[0] in COMMANDS
    text = helps[arguments[0] if arguments and arguments[0] in COMMANDS else ""]
    assert {word for word in arguments if word.startswith("--")} <= set(_OFFERED.findall(text))


# What a command of the README ends with where it is not 0: it shows how a failure looks.
ENDS = {
    "cmtool doctor --sandbox insufficient-balance": 5,
    "cmtool doctor --sandbox model-not-found --format json > report.json": 6,
    "cmtool models --check anthropic/claude-sonnet-4.6": 6,
    "cmtool explain error.log": 5,
}
_ERROR = (
    "openai.APIStatusError: Error code: 402 - {'error': {'message': 'Insufficient balance.', "
    "'type': 'billing_error', 'param': None, 'code': 'insufficient_balance'}}"
)
# What shows how a command is called, belongs to other shells, waits for a paste, or serves.
_FORMS = re.compile(r"\[|SHELL|Invoke-|\\\||^cmtool (explain|sandbox)$")


def _runnable() -> list[str]:
    """Every line of the shell blocks but those that set up, and every command in the text."""
    blocks = [block for block in _BLOCKS if "venv" not in block]
    lines = [line for block in blocks for line in block.splitlines() if not _sets(line)]
    inline = re.findall(r"`(cmtool [^`]+)`", README)
    return [line for line in dict.fromkeys([*lines, *inline]) if not _FORMS.search(line)]


def _sets(line: str) -> bool:
    return line.startswith("export CROSSMODEL_API_KEY=cm-…")


@needs_bash
@pytest.mark.parametrize("line", _runnable())
def test_a_command_of_the_readme_runs(
    line: str, process: Process, gateway: Served, tmp_path: Path
) -> None:
    (tmp_path / "error.log").write_text(_ERROR, encoding="utf-8")
    (tmp_path / "report.json").write_text('{"diagnosis": {"id": "none"}}', encoding="utf-8")
    folder = str(Path(sys.executable).parent)
    ended = process.call(
        ["bash", "-c", f"set -o pipefail; {line}"],
        {**gateway.environment(), "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
    )
    assert ended.code == ENDS.get(line, 0), ended.err
    assert ended.err == ""


def test_every_end_belongs_to_a_line() -> None:
    assert set(ENDS) <= set(_runnable())
    assert len(_runnable()) >= 10


def test_the_readme_calls_cmtool() -> None:
    assert len(_ours()) >= 5


def test_the_readme_lists_every_command(helps: dict[str, str]) -> None:
    listed = {row[0].strip("`").split()[1] for row in _table("| command | does |")}
    offered = re.search(r"Commands:\n(.*)", helps[""], re.DOTALL)
    assert offered is not None
    assert listed == set(re.findall(r"^  ([a-z-]+)  ", offered[1], re.MULTILINE))


def test_every_option_of_the_readme_exists(helps: dict[str, str]) -> None:
    said = set(_OPTION.findall(README))
    offered = {option for text in helps.values() for option in _OFFERED.findall(text)}
    assert said <= offered


@pytest.mark.parametrize("command", ["doctor", "models", "stream-test", "request", "balance"])
def test_every_shared_option_is_in_the_table(command: str, helps: dict[str, str]) -> None:
    """An option that more than one command has is a shared one."""
    offered = {name: set(_OFFERED.findall(text)) for name, text in helps.items()}
    shared = {
        option
        for option in offered[command]
        if sum(option in offered[name] for name in COMMANDS) >= 3
    }
    told = {option for row in _table("Options that several") for option in _OPTION.findall(row[0])}
    assert shared - ELSEWHERE <= told


@pytest.mark.parametrize("command", ["doctor", "stream-test"])
def test_the_choices_are_those_of_the_help(command: str, helps: dict[str, str]) -> None:
    for row in _table("Options that several"):
        code = row[0].replace("\\|", "|")
        found = re.search(r"`(--[a-z-]+) ([a-z]+(?:\|[a-z]+)+)`", code)
        if found is not None:
            assert found[2].replace("|", ", ") in " ".join(helps[command].split())


def test_the_pictures_are_there_and_in_the_source_distribution() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert pictures
    for path in pictures:
        assert (ROOT / path).is_file()
        assert any(fnmatchcase(f"/{path}", pattern) for pattern in included)


def test_the_exit_codes_are_those_of_the_code() -> None:
    told = {int(code) for code, _ in _table("## Exit codes")}
    assert told == {int(code) for code in ExitCode}


@pytest.mark.parametrize(
    "row",
    [row for row in _table("## Exit codes") if re.match(r"\d{3}", row[1])],
    ids=lambda r: r[0],
)
def test_an_exit_code_stands_for_its_statuses(row: list[str]) -> None:
    code, meaning = row
    statuses = {int(status) for status in re.findall(r"\b\d{3}\b", meaning)}
    documented = {
        status
        for entry in ROWS.values()
        if entry.documented and entry.exit_code == int(code)
        for status in entry.statuses
    }
    assert statuses == documented
