"""The program as a process: signals, pipes, closed streams, locales and terminals."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from cmtool import __version__
from tests.cli.conftest import Process

KEY = "cm-live-0123456789abcdef"
posix = pytest.mark.skipif(os.name != "posix", reason="signals, shells and terminals of POSIX")


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
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")  # noqa: PTH110
def test_a_full_disk_is_told_in_a_sentence(process: Process, argv: list[str]) -> None:
    ended = process.shell('"$@" >/dev/full', *argv)
    assert ended.code == 1
    assert ended.err == "cmtool: the output cannot be written: No space left on device\n"


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


def _on_terminal(process: Process, *argv: str, **more: str) -> tuple[int, str]:
    """Run on a pseudo-terminal of eighty columns; give the exit code and all that it showed."""
    import fcntl  # noqa: PLC0415 - POSIX only
    import pty  # noqa: PLC0415 - likewise
    import struct  # noqa: PLC0415 - likewise
    import termios  # noqa: PLC0415 - likewise

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
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
        code = running.wait(15)
    os.close(ours)
    return code, shown.decode()


@posix
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
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


@posix
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_progress_goes_to_standard_error_alone(process: Process) -> None:
    code, shown = _on_terminal(process, "doctor", "--sandbox", "no-wallet", PIPED="1")
    assert code == 5
    assert "\x1b[?25h" in shown
    assert "For support" not in shown


@posix
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(
    ("argv", "more"),
    [
        pytest.param(["-q"], {"NO_COLOR": "1"}, id="no-color-variable"),
        pytest.param(["-q", "--no-color"], {}, id="no-color-option"),
        pytest.param([], {"TERM": "dumb"}, id="dumb"),
    ],
)
def test_a_terminal_without_colours_sees_none(
    process: Process, argv: list[str], more: dict[str, str]
) -> None:
    code, shown = _on_terminal(process, "doctor", "--sandbox", "no-wallet", *argv, **more)
    assert code == 5
    assert "no_wallet" in shown
    assert "\x1b" not in shown


@posix
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_no_colour_still_moves(process: Process) -> None:
    _, shown = _on_terminal(process, "doctor", "--sandbox", "no-wallet", "--no-color")
    assert "\x1b[?25h" in shown
    assert not re.search(r"\x1b\[[0-9;]*m", shown.replace("\x1b[0m", ""))
