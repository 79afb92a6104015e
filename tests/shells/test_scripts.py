"""The scripts themselves: kept as the program writes them, readable everywhere, and complete."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from cmtool.cli.completion import SCRIPTS, script
from cmtool.cli.completion.definition import Command, definition
from cmtool.cli.options import Shell
from tests.shells.conftest import needed

ROOT = Path(__file__).parents[2]
PROGRAM = definition()
NAMES = [(shell, file) for shell, (file, _) in SCRIPTS.items()]
EACH = pytest.mark.parametrize("shell", [pytest.param(shell, id=shell.value) for shell in Shell])


@pytest.mark.parametrize(("shell", "file"), NAMES)
def test_the_kept_script_is_the_one_that_the_program_writes(shell: Shell, file: str) -> None:
    kept = (ROOT / "completions" / file).read_bytes()
    assert kept == script(shell).encode(), (
        f"completions/{file} is out of date; run: python -m cmtool.cli.completion completions"
    )


def test_nothing_else_is_kept_beside_them() -> None:
    assert {path.name for path in (ROOT / "completions").iterdir()} == {file for _, file in NAMES}


@EACH
def test_a_script_is_ascii(shell: Shell) -> None:
    assert [line for line in script(shell).splitlines() if not line.isascii()] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_can_read_it(shell: str, scripts: Path) -> None:
    needed(shell)
    path = scripts / SCRIPTS[Shell(shell)][0]
    read = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True, check=False)
    assert (read.returncode, read.stdout, read.stderr) == (0, "", "")


@EACH
@pytest.mark.parametrize("command", [pytest.param(each, id=each.name) for each in PROGRAM.commands])
def test_every_option_of_a_command_is_in_its_part(shell: Shell, command: Command) -> None:
    part = _part(shell, command.name)
    missing = [n for o in command.options for n in o.names if not _holds(part, shell, n)]
    assert missing == []


@EACH
def test_every_option_of_the_program_is_there(shell: Shell) -> None:
    text = script(shell)
    assert [n for o in PROGRAM.options for n in o.names if not _holds(text, shell, n)] == []


# What bash 3.2 does not know, each with a line that has it.
NOT_IN_BASH_3_2 = {
    r"(declare|local|typeset) -\w*[An]": "local -A seen",
    r"\b(mapfile|readarray|coproc)\b": "mapfile -t lines <file",
    r"\$\{\w+(\[[^]]*\])?(,|\^|@)": "echo ${word,,}",
    r"\|&|&>>": "a |& b",
    r";;?&": "a) b ;;&",
    r"\[-\d+\]": "echo ${words[-1]}",
    r"\$\{\w+:\d+: *-": "echo ${word:0:-1}",
    r"%\(": "printf '%(%s)T'",
    r"\[\[ -v": "[[ -v word ]]",
    r"EPOCH|BASH_ARGV0|SRANDOM": "echo $EPOCHSECONDS",
    r"< <\(": "read word < <(ls)",
    r"shopt -[su]": "shopt -s globstar",
    r"\bdeclare -g": "declare -g word",
    r"\{\w+\}[<>]": "exec {fd}>file",
    r"\\u\{?[0-9a-f]": r"echo $'\u00e9'",
    r"read .*-[Ni]\b": "read -N 1",
    r"^(?!.*2>/dev/null \|\|).*\bcompopt\b(?! *$)": "compopt -o nospace",
}


@pytest.mark.parametrize("pattern", NOT_IN_BASH_3_2)
def test_bash_3_2_knows_all_of_it(pattern: str) -> None:
    assert re.search(pattern, NOT_IN_BASH_3_2[pattern])
    code = [line.partition(" # ")[0] for line in script(Shell.BASH).splitlines()]
    code = [line for line in code if not line.lstrip().startswith("#")]
    assert [line for line in code if re.search(pattern, line)] == []


def _part(shell: Shell, command: str) -> str:
    """What a script says of one command, up to the next one."""
    text = script(shell)
    if shell is Shell.FISH:
        return "\n".join(x for x in text.splitlines() if f"'__cmtool_in {command}'" in x)
    start = {
        Shell.BASH: rf"^        {command}\)$",
        Shell.ZSH: rf"^        {command}\)$",
        Shell.POWERSHELL: rf"^        '{command}' \{{$",
    }[shell]
    end = r"^        ;;$|^            ;;$|^        \}$"
    (found,) = re.findall(rf"{start}(.*?)(?:{end})", text, re.MULTILINE | re.DOTALL)
    assert isinstance(found, str)
    return found


def _holds(text: str, shell: Shell, name: str) -> bool:
    if shell is Shell.FISH:
        name = f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None
