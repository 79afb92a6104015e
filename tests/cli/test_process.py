"""The program as a process: signals, pipes, closed streams, locales and terminals."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from cmtool import __version__
from tests.cli.conftest import Process
from tests.systems import full_device, posix, terminals

KEY = "cm-live-0123456789abcdef"


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(15)
        yield listening


def variables(server: socket.socket) -> dict[str, str]:
    url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
    return {"CROSSMODEL_API_URL": url, "CROSSMODEL_API_KEY": KEY}


def test_the_module_runs(process: Process) -> None:
    ended = process.run("--version")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"cmtool {__version__} ")


@posix
@pytest.mark.parametrize("argv", [["doctor"], ["request", "a/b", "-f", "json"]])
def test_an_interrupt_ends_it_at_once(
    process: Process, silent: socket.socket, argv: list[str]
) -> None:
    with process.start(*argv, **variables(silent)) as running:
        connection, _ = silent.accept()
        with connection:
            assert connection.recv(1024)
            start = time.monotonic()
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=15)
    assert time.monotonic() - start < 2
    assert running.returncode == 130
    assert (out, err) == ("", "cmtool: interrupted\n")


@posix
@pytest.mark.parametrize(
    ("argv", "first"),
    [
        pytest.param(["models", "--sandbox", "healthy"], "anthropic/claude-fable-5", id="models"),
        pytest.param(["errors", "-f", "json"], "[", id="errors"),
        pytest.param(["sandbox", "--list"], "healthy  ", id="scenarios"),
    ],
)
def test_a_reader_that_goes_away_is_no_error(process: Process, argv: list[str], first: str) -> None:
    ended = process.shell('set -o pipefail; "$@" | head -n 1', *argv)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(first)
    assert len(ended.out.splitlines()) == 1


@pytest.mark.parametrize(
    ("scenario", "argv", "code"),
    [
        pytest.param("healthy", ["models"], 0, id="healthy"),
        pytest.param("no-wallet", ["doctor", "-f", "json"], 5, id="failed-json"),
    ],
)
def test_a_reader_that_was_never_there_changes_no_verdict(
    process: Process, scenario: str, argv: list[str], code: int
) -> None:
    with process.start(*argv, "--sandbox", scenario) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == ""
        assert running.wait(15) == code


@posix
@pytest.mark.parametrize(
    ("script", "argv", "code", "out", "err"),
    [
        pytest.param('"$@" >&-', ["doctor", "--sandbox", "no-wallet"], 5, "", "", id="stdout"),
        pytest.param('"$@" >&-', ["errors", "402"], 0, "", "", id="stdout-errors"),
        pytest.param('"$@" >&-', ["--version"], 0, "", "", id="stdout-version"),
        pytest.param(
            '"$@" 2>&-', ["doctor", "--sandbox", "no-wallet"], 5, "no_wallet", "", id="stderr"
        ),
        pytest.param('"$@" 2>&-', ["doctor", "--timeout", "0"], 2, "", "", id="stderr-usage"),
        pytest.param('"$@" >&- 2>&-', ["models", "--sandbox", "drop"], 9, "", "", id="both"),
        pytest.param(
            '"$@" <&- >&- 2>&-', ["doctor", "--sandbox", "no-wallet"], 5, "", "", id="all-three"
        ),
        pytest.param(
            '"$@" >&-',
            ["models", "none", "--sandbox", "healthy"],
            0,
            "",
            "no model matches none",
            id="stdout-and-a-remark",
        ),
        pytest.param(
            '"$@" <&-', ["models", "--sandbox", "healthy"], 0, "z-ai/glm-5", "", id="stdin"
        ),
        pytest.param(
            '"$@" <&-',
            ["balance", "--api-key-file", "-"],
            2,
            "",
            "which is closed.",
            id="stdin-key",
        ),
    ],
)
def test_closed_streams(
    *, process: Process, script: str, argv: list[str], code: int, out: str, err: str
) -> None:
    timeout = ["--timeout", "0.4"] if "drop" in argv else []
    ended = process.shell(script, *argv, *timeout)
    assert ended.code == code
    assert out in ended.out
    assert bool(out) == bool(ended.out)
    assert err in ended.err
    assert bool(err) == bool(ended.err)


@posix
@pytest.mark.parametrize(
    "argv", [["--version"], ["--help"], ["errors"], ["doctor", "--sandbox", "healthy"]]
)
@full_device
def test_a_full_disk_is_told_in_a_sentence(process: Process, argv: list[str]) -> None:
    ended = process.shell('"$@" >/dev/full', *argv)
    assert ended.code == 2
    assert ended.err == "cmtool: the output cannot be written: No space left on device\n"


@posix
@full_device
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        pytest.param(["doctor", "--timeout", "0"], 2, id="usage"),
        pytest.param(["models", "--sandbox", "invalid-api-key"], 4, id="remark"),
    ],
)
@pytest.mark.parametrize(
    "script",
    [
        pytest.param('"$@" 2>/dev/full', id="full"),
        pytest.param('set -o pipefail; "$@" 2>&1 >/dev/null | true', id="gone"),
    ],
)
def test_a_standard_error_that_takes_nothing_changes_no_verdict(
    process: Process, script: str, argv: list[str], code: int
) -> None:
    if "full" in script and "models" in argv:
        code = 2  # the diagnosis itself could not be told
    ended = process.shell(script, *argv)
    assert (ended.code, ended.out, ended.err) == (code, "", "")


@posix
@pytest.mark.parametrize(
    "argv", [["--help"], ["--version"], ["doctor", "--help"], ["completion", "bash"]]
)
def test_a_reader_of_the_help_may_go_away(process: Process, argv: list[str]) -> None:
    ended = process.shell('set -o pipefail; "$@" | true', *argv)
    assert (ended.code, ended.err) == (0, "")


def test_a_locale_without_unicode_gets_ascii(process: Process) -> None:
    ended = process.run(
        "doctor", "--sandbox", "no-wallet", PYTHONIOENCODING="ascii", LANG="C", LC_ALL="C"
    )
    assert (ended.code, ended.err) == (5, "")
    assert ended.out.isascii()
    assert "x 402 no_wallet" in ended.prose.replace("x  ", "x ")


@pytest.mark.parametrize("command", ["doctor", "stream-test"])
def test_without_a_terminal_no_escape_sequence(process: Process, command: str) -> None:
    ended = process.run(
        command, "--sandbox", "no-wallet", "-v", FORCE_COLOR="1", TERM="xterm-256color"
    )
    assert ended.out
    assert "\x1b" not in ended.out + ended.err
    assert ended.err == ""


@posix
def test_the_sandbox_serves_until_interrupted(process: Process) -> None:
    with process.start("sandbox", "--scenario", "no-wallet") as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip().removeprefix("export CROSSMODEL_API_URL=")
        key = running.stdout.readline().strip().removeprefix("export CROSSMODEL_API_KEY=")
        assert key == "cm-sandbox-no-wallet"
        assert running.stdout.readline().startswith("# serving until Ctrl-C")
        request = urllib.request.Request(  # noqa: S310 - the URL is the sandbox's own
            f"{url}/models", headers={"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310 - likewise
            assert answer.status == 200
            request_id = answer.headers["x-request-id"]
        line = running.stdout.readline()
        assert re.search(rf" 200 GET /v1/models +no-wallet +\d+ ms +{request_id}$", line)
        assert "cm-sandbox" not in line
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=15)
    assert running.returncode == 130
    assert (out, err) == ("", "cmtool: interrupted\n")


def _on_terminal(
    process: Process,
    *argv: str,
    columns: int = 80,
    signals: Sequence[int] = (),
    behind: bytes = b"",
    **more: str,
) -> tuple[int, str]:
    """Run on a pseudo-terminal; give the exit code and all that it showed.

    The signals are sent once ``behind`` has been shown.
    """
    import fcntl  # noqa: PLC0415 - POSIX only
    import pty  # noqa: PLC0415 - likewise
    import struct  # noqa: PLC0415 - likewise
    import termios  # noqa: PLC0415 - likewise

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        process.command(*argv),
        env={**process.environment, "TERM": "xterm-256color", **more},
        cwd=process.folder,
        stdin=theirs,
        stdout=subprocess.PIPE if more.get("PIPED") else theirs,
        stderr=theirs,
    ) as running:
        os.close(theirs)
        shown = b""
        while select.select([ours], [], [], 15)[0]:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # Linux says EIO when the other side is closed
                break
            if not shown:
                break
            while signals and behind in shown:
                running.send_signal(signals[0])
                signals = signals[1:]
        code = running.wait(15)
    os.close(ours)
    return code, shown.decode()


@terminals
def test_a_terminal_sees_progress_and_keeps_its_cursor(process: Process) -> None:
    code, shown = _on_terminal(process, "doctor", "--sandbox", "no-answer", "--timeout", "0.6")
    assert code == 9
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1
    progress, _, report = shown.partition("\x1b[?25h")
    assert "chat" in progress
    assert re.search("[⠀-⣿]", progress)
    assert not re.search("[⠀-⣿]", report)
    assert "\x1b[" in report
    assert "response_timeout" in report


@terminals
def test_progress_goes_to_standard_error_alone(process: Process) -> None:
    code, shown = _on_terminal(process, "doctor", "--sandbox", "no-wallet", PIPED="1")
    assert code == 5
    assert "\x1b[?25h" in shown
    assert "For support" not in shown


@terminals
@pytest.mark.parametrize(
    ("argv", "more"),
    [
        pytest.param(["-q"], {"NO_COLOR": "1"}, id="no-color-variable"),
        pytest.param(["-q", "--no-color"], {}, id="no-color-option"),
        pytest.param([], {"TERM": "dumb"}, id="dumb"),
    ],
)
def test_a_terminal_without_colours_sees_none(
    process: Process, argv: list[str], more: dict[str, Any]
) -> None:
    code, shown = _on_terminal(process, "doctor", "--sandbox", "no-wallet", *argv, **more)
    assert code == 5
    assert "no_wallet" in shown
    assert "\x1b" not in shown


@terminals
def test_no_colour_still_moves(process: Process) -> None:
    _, shown = _on_terminal(process, "doctor", "--sandbox", "no-wallet", "--no-color")
    assert "\x1b[?25h" in shown
    assert not re.search(r"\x1b\[[0-9;]*m", shown.replace("\x1b[0m", ""))


HANGING = ("doctor", "--sandbox", "no-answer", "--timeout", "20")


@pytest.fixture
def usual_hangup() -> Iterator[None]:
    """Let a hang-up end a process, also where the tests were started to survive it (nohup)."""
    hangup = getattr(signal, "SIGHUP", None)
    before = signal.signal(hangup, signal.SIG_DFL) if hangup else None
    yield
    if hangup:
        signal.signal(hangup, before)


@terminals
@pytest.mark.usefixtures("usual_hangup")
@pytest.mark.parametrize(
    ("signals", "code"),
    [
        pytest.param(("SIGINT",), 130, id="interrupted"),
        pytest.param(("SIGINT", "SIGINT", "SIGINT"), (130, -2), id="impatiently"),
        pytest.param(("SIGTERM",), -15, id="terminated"),
        pytest.param(("SIGHUP",), -1, id="terminal-gone"),
        pytest.param(("SIGTERM", "SIGTERM"), -15, id="terminated-twice"),
    ],
)
@pytest.mark.parametrize("behind", [b"", b"tracing"], ids=["at-once", "later"])
def test_a_signal_during_the_progress_gives_the_cursor_back(
    process: Process, signals: tuple[str, ...], code: int | tuple[int, ...], behind: bytes
) -> None:
    start = time.monotonic()
    numbers = [getattr(signal, name) for name in signals]
    ended, shown = _on_terminal(process, *HANGING, signals=numbers, behind=behind)
    assert time.monotonic() - start < 10
    assert ended == code or (isinstance(code, tuple) and ended in code)
    assert shown.rfind("\x1b[?25h") >= shown.rfind("\x1b[?25l")
    assert "Traceback" not in shown
    assert ("cmtool: interrupted" in shown) == (ended == 130)


@posix
@pytest.mark.parametrize("argv", [["doctor", "--report", "r.json"], ["sandbox"]])
def test_a_signal_to_end_leaves_nothing_behind(
    process: Process, silent: socket.socket, argv: list[str]
) -> None:
    with process.start(*argv, **variables(silent)) as running:
        assert running.stdout is not None
        if argv == ["sandbox"]:
            running.stdout.readline()
        else:
            connection, _ = silent.accept()
            connection.close()
        running.terminate()
        _, err = running.communicate(timeout=15)
    assert (running.returncode, err) == (-signal.SIGTERM, "")
    assert list(process.folder.iterdir()) == []


@posix
def test_what_the_parent_ignores_stays_ignored(process: Process) -> None:
    """As under nohup: the terminal goes away, and the run comes to its end."""
    script = 'trap "" HUP; "$@" & sleep 0; kill -HUP $!; wait $!'
    ended = process.shell(script, "errors", "402")
    assert (ended.code, ended.err) == (0, "")
    assert "insufficient_balance" in ended.out


@posix
def test_an_interrupt_while_the_key_is_awaited(process: Process) -> None:
    reading, writing = os.pipe()
    try:
        with subprocess.Popen(
            process.command("balance", "--api-key-file", "-"),
            env=process.environment,
            cwd=process.folder,
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            _wait_for_thread(running.pid, 2)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=15)
    finally:
        os.close(reading)
        os.close(writing)
    assert (running.returncode, out, err) == (130, "", "cmtool: interrupted\n")


def _wait_for_thread(pid: int, number: int) -> None:
    """Wait until a process has so many threads."""
    tasks = f"/proc/{pid}/task"
    if not os.path.isdir(tasks):  # noqa: PTH112 - no path is kept
        pytest.skip("no /proc here")
    limit = time.monotonic() + 15
    while len(os.listdir(tasks)) < number:  # noqa: PTH208 - likewise
        assert time.monotonic() < limit


@terminals
@pytest.mark.parametrize("columns", [0, 1, 5, 20])
def test_a_terminal_may_be_of_any_width(process: Process, columns: int) -> None:
    code, shown = _on_terminal(process, "doctor", "--sandbox", "no-wallet", columns=columns)
    assert code == 5
    assert "no_wallet" in shown
    assert "fault" not in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1


@terminals
@pytest.mark.parametrize("kind", ["", "unknown-terminal", "vt52"])
def test_a_terminal_may_be_of_any_kind(process: Process, kind: str) -> None:
    code, shown = _on_terminal(process, "doctor", "--sandbox", "no-wallet", TERM=kind)
    assert code == 5
    assert "no_wallet" in shown
    assert "fault" not in shown


@posix
def test_the_sandbox_serves_on_when_nobody_reads_its_lines(process: Process) -> None:
    with process.start("sandbox") as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip().removeprefix("export CROSSMODEL_API_URL=")
        running.stdout.close()
        request = urllib.request.Request(  # noqa: S310 - the URL is the sandbox's own
            f"{url}/models", headers={"Authorization": "Bearer cm-sandbox"}
        )
        for _ in range(2):
            with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310 - likewise
                assert answer.status == 200
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        assert running.stderr.read() == "cmtool: interrupted\n"
        assert running.wait(15) == 130
