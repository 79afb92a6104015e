"""What each shell offers, line by line, and that it offers nothing where nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from cmtool.catalog import ROWS
from cmtool.cli.completion import SCRIPTS
from cmtool.cli.completion.definition import Command, Definition, Kind, Value, definition
from cmtool.cli.options import Format
from cmtool.cli.options import Shell as Name
from cmtool.model import Protocol
from cmtool.sandbox import SCENARIOS
from tests.shells.conftest import MODELS, needed, world
from tests.shells.terminal import SHELLS, Fish, Terminal

PROGRAM: Definition = definition()
COMMANDS = [command.name for command in PROGRAM.commands]
PROTOCOLS, FORMATS = list(Protocol), list(Format)
FILES = ["key file.txt", "out.json", "reports"]


def command(name: str) -> Command:
    return next(command for command in PROGRAM.commands if command.name == name)


def options(name: str, start: str = "-", without: str = "") -> list[str]:
    """The options of a command that start so, less those of a name that was given."""
    given = [o.names for o in command(name).options if without in o.names]
    names = [n for o in command(name).options if o.names not in given for n in o.names]
    return [name for name in names if name.startswith(start)]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line and what is offered at its end, or before ``behind``.

    Where fish or zsh differ by their nature: fish offers an option again, and no option without a
    dash; zsh takes every word with a dash for an option.
    """

    line: str
    offered: Sequence[str] = ()
    fish: Sequence[str] | None = None
    zsh: Sequence[str] | None = None
    behind: str = ""

    def expected(self, shell: str) -> list[str]:
        own = {"fish": self.fish, "zsh": self.zsh}.get(shell)
        return sorted(self.offered if own is None else own)


def starting(words: list[str], start: str) -> list[str]:
    return [word for word in words if word.startswith(start)]


LINES = {
    "commands": Row(line="cmtool ", offered=COMMANDS),
    "commands-two-blanks": Row(line="cmtool  ", offered=COMMANDS),
    "command-begun": Row(line="cmtool stream", offered=["stream-test"]),
    "options-of-the-program": Row(line="cmtool -", offered=["--version", "--help", "-h"]),
    "command-behind-an-option": Row(line="cmtool --version ", offered=COMMANDS),
    "options": Row(line="cmtool doctor -", offered=options("doctor")),
    "long-options": Row(line="cmtool doctor --", offered=options("doctor", "--")),
    "option-begun": Row(line="cmtool doctor --pro", offered=["--protocol"]),
    "option-of-another-command": Row(line="cmtool doctor --repe"),
    "options-behind-the-argument": Row(
        line="cmtool doctor a/b --", offered=options("doctor", "--")
    ),
    "no-argument-left": Row(line="cmtool completion bash ", offered=options("completion"), fish=[]),
    "no-argument-at-all": Row(line="cmtool balance ", offered=options("balance"), fish=[]),
    "argument-behind-a-value": Row(line="cmtool doctor -f json ", offered=list(MODELS)),
    "argument-behind-a-dash": Row(line="cmtool doctor -- ", offered=list(MODELS)),
    "value-like-a-command": Row(line="cmtool models doctor --ch", offered=["--check"]),
    "value-like-an-option": Row(
        line="cmtool request --prompt --stream --str",
        offered=["--stream", "--strict"],
        zsh=["--strict"],
    ),
    "protocol": Row(line="cmtool doctor --protocol ", offered=PROTOCOLS),
    "protocol-short": Row(line="cmtool request -p ", offered=PROTOCOLS),
    "protocol-joined": Row(line="cmtool doctor --protocol=me", offered=["messages"]),
    "protocols-in-a-row": Row(line="cmtool doctor -p chat -p messages -p ", offered=PROTOCOLS),
    "repeatable-option": Row(line="cmtool doctor -p chat --report a.md --re", offered=["--report"]),
    "option-given": Row(line="cmtool doctor --format json --f", offered=[], fish=["--format"]),
    "option-given-short": Row(
        line="cmtool doctor -f json --",
        offered=options("doctor", "--", without="-f"),
        fish=options("doctor", "--"),
    ),
    "option-given-joined": Row(
        line="cmtool doctor --format=json --f", offered=[], fish=["--format"]
    ),
    "format": Row(line="cmtool models --format ", offered=FORMATS),
    "format-short": Row(line="cmtool stream-test -f j", offered=["json", "junit"]),
    "format-joined": Row(line="cmtool doctor --format=", offered=FORMATS),
    "format-joined-begun": Row(line="cmtool doctor --format=js", offered=["json"]),
    "scenarios": Row(line="cmtool doctor --sandbox ", offered=list(SCENARIOS)),
    "scenarios-begun": Row(
        line="cmtool balance --sandbox no-", offered=starting(list(SCENARIOS), "no-")
    ),
    "scenarios-of-the-sandbox": Row(
        line="cmtool sandbox --scenario=stream-", offered=starting(list(SCENARIOS), "stream-")
    ),
    "identifiers": Row(line="cmtool errors model_", offered=starting(list(ROWS), "model_")),
    "statuses": Row(line="cmtool errors 50", offered=["500", "502", "503"]),
    "shells": Row(line="cmtool completion ", offered=list(Name)),
    "files": Row(line="cmtool doctor --report ", offered=FILES, fish=[*FILES[:2], "reports/"]),
    "files-of-a-key": Row(line="cmtool doctor --api-key-file k", offered=["key file.txt"]),
    "files-joined": Row(line="cmtool doctor --report=o", offered=["out.json"]),
    "files-behind-a-blank": Row(line="cmtool doctor --report key\\ f", offered=["key file.txt"]),
    "files-in-a-folder": Row(
        line="cmtool stream-test --record reports/j",
        offered=["reports/july.xml", "reports/june.xml"],
    ),
    "files-behind-a-value-with-blanks": Row(
        line='cmtool request --prompt "a \\" b" --report o', offered=["out.json"]
    ),
    "models": Row(line="cmtool doctor ", offered=list(MODELS)),
    "models-of-an-option": Row(line="cmtool request -m ", offered=list(MODELS)),
    "models-of-a-long-option": Row(line="cmtool request --model=ant", offered=[MODELS[0]]),
    "models-to-check": Row(line="cmtool models --check deep", offered=[MODELS[1]]),
    "models-as-a-pattern": Row(line="cmtool models v", offered=[MODELS[2]]),
    "models-behind-a-slash": Row(line="cmtool doctor anthropic/", offered=[MODELS[0]]),
    "models-behind-a-colon": Row(line="cmtool doctor vendor/model:", offered=[MODELS[2]]),
    "models-joined-behind-a-colon": Row(
        line="cmtool doctor --model=vendor/model:fr", offered=[MODELS[2]]
    ),
    "free-text": Row(line="cmtool doctor --base-url "),
    "free-number": Row(line="cmtool stream-test --repeat="),
    "unknown-command": Row(line="cmtool bogus "),
    "unknown-command-options": Row(line="cmtool bogus --"),
    "unknown-option": Row(line="cmtool doctor --bogus=x"),
    "flag-with-a-value": Row(line="cmtool doctor --strict="),
    "middle-of-the-line": Row(line="cmtool doctor --for", offered=["--format"], behind=" a/b -v"),
    "middle-of-a-command": Row(line="cmtool ba", offered=["balance"], behind=" -v"),
    "middle-of-values": Row(line="cmtool doctor -p m", offered=["messages"], behind=" -f json"),
}


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in LINES.items()])
def test_a_shell_offers(row: Row, shell: Terminal | Fish) -> None:
    assert sorted(shell.candidates(row.line, row.behind)) == row.expected(shell.name)
    assert shell.errors == ""


@pytest.mark.parametrize("name", list(SHELLS))
def test_an_argument_may_be_a_file(name: str, tmp_path: Path) -> None:
    needed(name)
    file = Command(name="read", help="It's read", options=(), argument=Value(kind=Kind.FILE))
    start, (_, written) = SHELLS[name], SCRIPTS[Name(name)]
    script = tmp_path / "script"
    script.write_text(written(Definition(options=(), commands=(file,))), encoding="utf-8")
    with start(script, world(tmp_path)) as shell:
        assert shell.candidates("cmtool read reports/ju") == [
            "reports/july.xml",
            "reports/june.xml",
        ]
        assert shell.candidates("cmtool re") == ["read"]
        assert shell.errors == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_offered_everywhere(name: str, shell: Terminal | Fish) -> None:
    offered = shell.candidates(f"cmtool {name} -")
    assert sorted(offered) == sorted(options(name))
