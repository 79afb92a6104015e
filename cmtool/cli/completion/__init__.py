"""Completion scripts for shells, written from the program's own definition.

The scripts are static: no Python runs when Tab is pressed.
"""

from __future__ import annotations

from collections.abc import Callable

from cmtool.cli.completion import bash, fish, powershell, zsh
from cmtool.cli.completion.definition import Definition, definition
from cmtool.cli.options import Shell

SCRIPTS: dict[Shell, tuple[str, Callable[[Definition], str]]] = {
    Shell.BASH: ("cmtool.bash", bash.script),
    Shell.ZSH: ("_cmtool", zsh.script),
    Shell.FISH: ("cmtool.fish", fish.script),
    Shell.POWERSHELL: ("cmtool.ps1", powershell.script),
}
"""Each shell's file in ``completions/``, and what writes it."""


def script(shell: Shell) -> str:
    """Give the completion script for a shell."""
    return SCRIPTS[shell][1](definition())
