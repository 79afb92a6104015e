"""The shells that are there, each with the script that the program writes now."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from cmtool.cli.completion import SCRIPTS, script
from cmtool.cli.options import Shell as Name
from tests.shells.terminal import SHELLS, Fish, Terminal
from tests.systems import WINDOWS

MODELS = ("anthropic/claude-sonnet-4-6", "deepseek/deepseek-v4-flash", "vendor/model:free")
FILES = ("key file.txt", "out.json", "reports/june.xml", "reports/july.xml")


@pytest.fixture(scope="session")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts of all shells."""
    folder = tmp_path_factory.mktemp("scripts")
    for name, (file, _) in SCRIPTS.items():
        (folder / file).write_text(script(name), encoding="utf-8", newline="\n")
    return folder


def world(here: Path) -> Path:
    """Fill a folder: files to name, and the model IDs that were seen last."""
    for name in FILES:
        (here / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (here / "files" / name).touch()
    (here / "cache" / "cmtool").mkdir(parents=True)
    (here / "cache" / "cmtool" / "models").write_text("".join(f"{id_}\n" for id_ in MODELS))
    return here


def needed(name: str) -> None:
    """Skip the test where a shell is not installed."""
    if WINDOWS:
        pytest.skip("no shells of POSIX")
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")


def running(
    name: str, scripts: Path, factory: pytest.TempPathFactory
) -> AbstractContextManager[Terminal | Fish]:
    """A shell of that name in a world of its own; skips where it is not installed."""
    needed(name)
    file, _ = SCRIPTS[Name(name)]
    return SHELLS[name](scripts / file, world(factory.mktemp(name)))


@pytest.fixture
def bash(scripts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A bash for this test alone, which may set what it likes."""
    with running("bash", scripts, tmp_path_factory) as started:
        assert isinstance(started, Terminal)
        yield started


@pytest.fixture
def zsh(scripts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A zsh for this test alone."""
    with running("zsh", scripts, tmp_path_factory) as started:
        assert isinstance(started, Terminal)
        yield started


@pytest.fixture(scope="session", params=list(SHELLS))
def shell(  # shared, so no test may change what it has set
    request: pytest.FixtureRequest, scripts: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terminal | Fish]:
    with running(request.param, scripts, tmp_path_factory) as started:
        yield started
