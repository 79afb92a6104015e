"""Shells that their users have set to something odd, and ways to load the script."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cmtool.cli.completion import SCRIPTS
from cmtool.cli.options import Shell
from tests.shells.conftest import FILES, MODELS, needed
from tests.shells.terminal import TAB, Terminal

BASH = (
    *("set -u", "set -e", "set -f", "set -eu", "set -o posix", "set -o noclobber"),
    *("shopt -s failglob", "shopt -s nullglob", "shopt -s nocasematch", "shopt -s extglob"),
    *("shopt -s dotglob globstar", "shopt -u progcomp_alias", "shopt -s nocaseglob"),
    *("IFS=:", "IFS=", "IFS=/-", "IFS=,=", "unset IFS", "unset HOME", "LC_ALL=C", "set -k"),
    *("words=x cur=y command=z", "COMPREPLY=(a b)"),
)
ZSH = (
    *("set -u", "setopt ksharrays", "setopt shwordsplit", "setopt nonomatch", "setopt nullglob"),
    *("setopt noglob", "setopt errexit", "setopt errreturn", "setopt extendedglob", "IFS=:"),
    *("IFS=", "unset HOME", "setopt warncreateglobal", "setopt noclobber", "setopt cshnullglob"),
    *("setopt completealiases", "setopt completeinword", "setopt globsubst", "setopt kshglob"),
)


@pytest.mark.parametrize("setting", BASH)
def test_bash_reads_the_script_and_completes(setting: str, bash: Terminal) -> None:
    bash.run(f'{setting}; eval "$(<"$SCRIPT")" 2>>"$HERE/errors"; complete -F _measured cmtool')
    _completes(bash)


@pytest.mark.parametrize("setting", ZSH)
def test_zsh_reads_the_script_and_completes(setting: str, zsh: Terminal) -> None:
    zsh.run(f'{setting}; eval "$(<$SCRIPT)" 2>>|"$HERE/errors"')
    _completes(zsh)


def test_bash_without_compopt_escapes_names_itself(bash: Terminal) -> None:
    """As bash 3.2 has to, which has none."""
    bash.run("enable -n compopt; unset -f command_not_found_handle")
    assert bash.run(f"cmtool doctor --report ke{TAB}")[2] == "key file.txt"
    assert bash.run(f"cmtool doctor --report=key\\ f{TAB}")[1] == "--report=key file.txt"
    assert bash.run(f"cmtool doctor --report re{TAB}")[2] == "reports/"
    assert bash.run(f"cmtool doctor --report ~/fi{TAB}")[2] == f"{bash.here}/files"


def test_bash_completes_an_alias_that_it_is_told_of(bash: Terminal) -> None:
    bash.run("alias cm=cmtool; complete -F _cmtool cm")
    assert bash.run(f"cm doctor --format=js{TAB}") == ["doctor", "--format=json"]


def test_zsh_completes_an_alias(zsh: Terminal) -> None:
    zsh.run("alias cm='cmtool doctor'")
    assert zsh.run(f"cm --format=js{TAB}") == ["doctor", "--format=json"]


def test_zsh_says_what_is_missing(scripts: Path) -> None:
    needed("zsh")
    loaded = _run("zsh", "-f", "-c", 'eval "$(<$1)"', "zsh", str(scripts / "_cmtool"))
    assert loaded.returncode == 0
    assert "autoload -Uz compinit && compinit" in loaded.stderr
    assert "not found" not in loaded.stderr


def test_zsh_finds_the_script_in_its_path(scripts: Path, tmp_path: Path) -> None:
    """As an installed package puts it there; nothing else is loaded."""
    needed("zsh")
    told = _run(
        *("zsh", "-f", "-c"),
        "fpath=($1 $fpath); autoload -Uz compinit; compinit -u -d $2; print $_comps[cmtool]",
        *("zsh", str(scripts), str(tmp_path / "dump")),
    )  # fmt: skip
    assert (told.stdout, told.stderr) == ("_cmtool\n", "")


def _completes(shell: Terminal) -> None:
    assert sorted(shell.candidates("cmtool doctor ")) == sorted(MODELS)
    assert shell.candidates("cmtool doctor -m vendor/model:") == [MODELS[2]]
    assert shell.candidates("cmtool doctor --no-spend --format=js") == ["json"]
    assert shell.candidates("cmtool doctor --base-url ") == []
    assert shell.candidates("cmtool errors 50") == ["500", "502", "503"]
    assert shell.candidates("cmtool doctor --report k") == [FILES[0]]
    assert "--strict" in shell.candidates("cmtool balance -")
    assert shell.errors == ""


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
    )


def test_there_is_a_file_for_each_shell() -> None:
    assert set(SCRIPTS) == set(Shell)
