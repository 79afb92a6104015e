"""Real shells that are asked for completions: what a key press puts into the line is what counts.

bash and zsh run interactively in a pseudo-terminal.  A key inserts every candidate into the line,
Enter runs it, and a function in the place of cmtool writes down the words that reached it.  fish
tells its candidates itself (``complete -C``).  Nothing waits for a time: each prompt has a number,
and the next one tells that the line is done.
"""

from __future__ import annotations

import os
import re
import select
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE_S = 60.0
TAB, EVERY, BACK, ENTER = "\t", "\x14", "\x02", "\r"
_COLUMNS = 4000
_WORD = re.compile(r"""(?:[^\s\\"']|\\.|"(?:[^\\"]|\\.)*"|'[^']*')+""")

# "every" is what Ctrl-T does, "ready" the prompt; the files stand in the folder $HERE.
_BASH = r"""
PS1='ready \#>' HISTFILE=
set +m
bind 'set enable-bracketed-paste off' 'set bell-style none' 2>/dev/null
bind '"\C-t": insert-completions'
cmtool() { printf '%s\n' "$@" >|"$HERE/words"; }
eval "$(<"$SCRIPT")"
_measured() {
    local start end
    start=${EPOCHREALTIME:-0.0}
    _cmtool "$@" 2>>"$HERE/errors"
    end=${EPOCHREALTIME:-0.0}
    echo "$((10#${end/./} - 10#${start/./}))" >|"$HERE/took"
}
complete -F _measured cmtool
"""
_ZSH = r"""
zmodload zsh/datetime
unsetopt prompt_cr prompt_sp beep
typeset -i lines=0
setopt prompt_subst
precmd() { lines=$((lines + 1)) }
PROMPT='ready $lines>'
autoload -Uz compinit && compinit -u -d "$SCRIPT.dump"
cmtool() { printf '%s\n' "$@" >|"$HERE/words" }
eval "$(<$SCRIPT)"
_every() {
    local start=$EPOCHREALTIME
    { _main_complete || : } 2>>|"$HERE/errors"
    echo $(( int((EPOCHREALTIME - start) * 1000000) )) >|"$HERE/took"
    compstate[insert]=all compstate[list]=
}
zmodload zsh/mathfunc
zle -C every complete-word _every
bindkey '^T' every
"""
_FISH = r"""
source $SCRIPT
while read --local line
    switch $line
        case '! *'
            eval (string sub --start 3 -- $line)
        case '*'
            complete -C $line
    end
    echo ready
end
"""


@dataclass(kw_only=True)
class Terminal:
    """An interactive shell, bash or zsh."""

    name: str
    process: subprocess.Popen[bytes]
    tty: int
    here: Path
    prompts: int = 0
    _seen: bytes = b""

    def run(self, typed: str) -> list[str]:
        """Type a line with its keys, then Enter; gives the words that cmtool was called with."""
        words = self.here / "words"
        words.unlink(missing_ok=True)
        self.type(typed + ENTER)
        self.wait()
        return words.read_text("utf-8").splitlines() if words.exists() else []

    def candidates(self, line: str, behind: str = "") -> list[str]:
        """Give what is offered where the cursor stands: at the end, or before ``behind``."""
        finished, current = _apart(line)
        words = self.run(line + behind + BACK * len(behind) + EVERY)
        rest = behind.split()
        assert words[len(words) - len(rest) :] == rest
        offered = words[finished - 1 : len(words) - len(rest)]
        return [] if offered == [current] else [_plain(word) for word in offered]

    def took_ms(self, line: str) -> float:
        """Give how long the completion of a line takes, in milliseconds, by the shell's clock."""
        self.run(line + EVERY)
        return int((self.here / "took").read_text("utf-8")) / 1000

    @property
    def errors(self) -> str:
        """What the completion has written to standard error."""
        path = self.here / "errors"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def type(self, typed: str) -> None:
        os.write(self.tty, typed.encode())

    def wait(self) -> None:
        """Read until the next prompt."""
        self.prompts += 1
        self.expect(f"ready {self.prompts}>".encode())

    def expect(self, mark: bytes) -> None:
        """Read until a mark has come; what came before is in the message when it does not."""
        deadline = time.monotonic() + PATIENCE_S
        while mark not in self._seen:
            if not select.select([self.tty], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"{mark!r} did not come: {self._seen!r}")
            self._seen += os.read(self.tty, 65536)
        self._seen = self._seen.partition(mark)[2]


@dataclass(kw_only=True)
class Fish:
    """A fish that reads lines and tells what it would offer for each."""

    process: subprocess.Popen[str]
    here: Path
    name: str = "fish"
    descriptions: dict[str, str] = field(default_factory=dict)

    def candidates(self, line: str, behind: str = "") -> list[str]:
        """Give what is offered at the end of the line; fish takes what stands behind from it."""
        del behind
        rows = [row.partition("\t") for row in self._told(line)]
        self.descriptions = {_plain(word): told for word, _, told in rows}
        return [_plain(word) for word, _, _ in rows]

    def run(self, command: str) -> list[str]:
        """Run a command; gives the lines that it printed."""
        return self._told(f"! {command}")

    def took_ms(self, line: str) -> float:
        """Give how long the completion of a line takes, in milliseconds, with the way to and fro.

        fish has no clock of its own.
        """
        start = time.perf_counter()
        self._told(line)
        return (time.perf_counter() - start) * 1000

    @property
    def errors(self) -> str:
        """What fish has written to standard error."""
        return (self.here / "errors").read_text("utf-8", "replace")

    def _told(self, line: str) -> list[str]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        rows: list[str] = []
        while (row := self.process.stdout.readline()) != "ready\n":
            assert row, self.errors
            rows.append(row.rstrip("\n"))
        return rows


@contextmanager
def bash(script: Path, here: Path) -> Iterator[Terminal]:
    """A bash that has read the script."""
    start = here / "bashrc"
    start.write_text(_BASH, "utf-8")
    with _terminal(["bash", "--noprofile", "--rcfile", str(start), "-i"], script, here) as shell:
        yield shell


@contextmanager
def zsh(script: Path, here: Path) -> Iterator[Terminal]:
    """A zsh that has read the script."""
    (here / ".zshrc").write_text(_ZSH, "utf-8")
    with _terminal(["zsh", "-d", "-i"], script, here) as shell:
        yield shell


@contextmanager
def fish(script: Path, here: Path) -> Iterator[Fish]:
    """A fish that has read the script."""
    start = here / "start.fish"
    start.write_text(_FISH, "utf-8")
    with (
        (here / "errors").open("w") as errors,
        subprocess.Popen(
            ["fish", "--no-config", str(start)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            cwd=here / "files",
            env=_environment(script, here),
        ) as process,
    ):
        try:
            yield Fish(process=process, here=here)
        finally:
            process.kill()


SHELLS: dict[str, Callable[[Path, Path], AbstractContextManager[Terminal | Fish]]] = {
    "bash": bash,
    "zsh": zsh,
    "fish": fish,
}


@contextmanager
def _terminal(command: list[str], script: Path, here: Path) -> Iterator[Terminal]:
    import fcntl  # noqa: PLC0415 - POSIX only
    import pty  # noqa: PLC0415 - likewise
    import termios  # noqa: PLC0415 - likewise

    tty, end = pty.openpty()
    fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 50, _COLUMNS, 0, 0))
    with subprocess.Popen(
        command,
        stdin=end,
        stdout=end,
        stderr=end,
        cwd=here / "files",
        env=_environment(script, here),
        start_new_session=True,
    ) as process:
        os.close(end)
        shell = Terminal(name=command[0], process=process, tty=tty, here=here)
        try:
            shell.wait()
            yield shell
        finally:
            process.kill()
            os.close(tty)


def _environment(script: Path, here: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
        "HOME": str(here),
        "ZDOTDIR": str(here),
        "XDG_CACHE_HOME": str(here / "cache"),
        "HERE": str(here),
        "SCRIPT": str(script),
    }


def _apart(line: str) -> tuple[int, str]:
    """Give how many words of a line are finished, and what the one being written says."""
    words = [match for match in _WORD.finditer(line) if match[0]]
    if words and words[-1].end() == len(line):
        return len(words) - 1, re.sub(r"\\(.)", r"\1", words[-1][0])
    return len(words), ""


def _plain(word: str) -> str:
    """Give a candidate without the option that it is the value of, or the = that awaits one."""
    name, _, value = word.partition("=")
    return (value or name) if name.startswith("--") else word
