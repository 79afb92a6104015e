"""The file of model IDs, as it may be found: nothing in it is ever obeyed, nothing waits for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.shells.conftest import MODELS
from tests.shells.terminal import Fish, Terminal

LINE = "cmtool doctor "
TEXTS = {
    "empty": b"",
    "one-line-end": b"\n",
    "binary": bytes(range(256)) * 20,
    "nul": b"\0\0\n\0",
    "escape-sequences": b"vendor/\x1b[31mred\x1b[0m\n\x1b]0;title\x07\n",
    "command": b"$(touch x)\na$(touch${IFS}x)b\na`touch x`\n",
    "operators": b"a;touch x\na|touch x\na&touch x\na>x\na\\ b\n",
    "globs": b"*\na*\n[a-z]\n~\n~root\n{a,b}\n$HOME\na?\n",
    "quotes": b"'a\n\"a\na'b\n",
    "options": b"--help\n-rf\n",
    "blanks": b" \n a\na b\n\ta\n",
    "other-letters": "módel/ü\nмодель\n".encode(),
    "bad-utf-8": b"vendor/\xff\xfe\n\xc3\n",
    "long-line": b"a" * 1_000_000 + b"\n",
    "long-line-without-end": b"a" * 1_000_000,
    "descriptions": b"a\tb\n",
}


@pytest.fixture
def models(shell: Terminal | Fish) -> Iterator[Path]:
    """The path of the file, which is not there; afterwards it is what it was."""
    path = shell.here / "cache" / "cmtool" / "models"
    kept = path.read_bytes()
    path.unlink()
    yield path
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(kept)


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
def test_what_is_no_plain_word_is_not_offered(
    text: bytes, shell: Terminal | Fish, models: Path
) -> None:
    models.write_bytes(text)
    assert offered(shell) == []


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
def test_what_is_beside_it_still_is(text: bytes, shell: Terminal | Fish, models: Path) -> None:
    models.write_bytes(text + b"\nvendor/a.b-c_d@e+1:free\n")
    assert offered(shell) == ["vendor/a.b-c_d@e+1:free"]


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(lambda path: path, id="nothing"),
        pytest.param(Path.mkdir, id="directory"),
        pytest.param(getattr(os, "mkfifo", None), id="fifo"),
        pytest.param(lambda path: path.symlink_to(path), id="loop"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), id="device"),
        pytest.param(lambda path: shutil.rmtree(path.parent), id="no-folder"),
        pytest.param(lambda path: path.symlink_to("/proc/self/mem"), id="read-error"),
        pytest.param(lambda path: path.touch(0), id="not-readable"),
    ],
)
def test_what_is_no_file_is_passed_over(
    place: Callable[[Path], object], shell: Terminal | Fish, models: Path
) -> None:
    place(models)
    assert offered(shell) == []


def test_a_line_without_an_end_counts(shell: Terminal | Fish, models: Path) -> None:
    models.write_bytes(b"a/b\nc/d")
    assert offered(shell) in (["a/b", "c/d"], ["a/b"])


def test_the_home_directory_stands_in(shell: Terminal | Fish) -> None:
    cache = shell.here / ".cache" / "cmtool"
    cache.mkdir(parents=True)
    (cache / "models").write_text("at/home\n")
    setting = "set -gx XDG_CACHE_HOME {}" if isinstance(shell, Fish) else "XDG_CACHE_HOME={}"
    for elsewhere in ("''", "relative/path"):
        shell.run(setting.format(elsewhere))
        assert shell.candidates(LINE) == ["at/home"]
    shell.run(setting.format(shell.here / "cache"))
    assert sorted(shell.candidates(LINE)) == sorted(MODELS)


def offered(shell: Terminal | Fish) -> list[str]:
    """What is offered; and nothing was run, and nothing was complained about."""
    words = shell.candidates(LINE)
    assert not (shell.here / "files" / "x").exists()
    assert shell.errors == ""
    return words
