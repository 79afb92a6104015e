"""Two ways to run the program, in this process and as one of its own, and a gateway beside it."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cmtool.cli import boundary, session
from cmtool.clock import Clock
from cmtool.sandbox import Limits, LoggedRequest, Sandbox, key_for
from tests.systems import BASH, WINDOWS

_MEANT_FOR_US = ("CROSSMODEL_", "OPENAI_", "ANTHROPIC_", "SSL_CERT_", "PYTEST_", "COV_", "GITHUB_")
_ALSO = (
    "NO_COLOR",
    "TERM",
    "COLUMNS",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "FORCE_COLOR",
)
_PATIENCE_S = 20
# The parser is the same for every run in one process, and takes longer to build than to use.
_parser = functools.cache(typer.main.get_command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a run left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as the one document that it holds."""
        return json.loads(self.out)

    @property
    def prose(self) -> str:
        """Standard output without its line breaks and indentation."""
        return " ".join(self.out.split())


@dataclass(kw_only=True)
class InProcess:
    """Runs the program in this process: fast, and no wait between retries is real."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    naps: list[float] = field(default_factory=list)

    def __call__(self, *argv: str, **variables: str) -> Ended:
        """Give what came of the command; ``variables`` go into the environment for this run."""
        self.capsys.readouterr()
        self.naps.clear()
        with self.monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["cmtool", *argv])
            for name, value in variables.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                boundary.run()
        out, err = self.capsys.readouterr()
        return Ended(code=int(ended.value.code or 0), out=out, err=err)

    def clock(self) -> Clock:
        """A clock that runs right and never waits."""
        return Clock(monotonic=time.monotonic, now=lambda: datetime.now(UTC), sleep=self._nap)

    async def _nap(self, seconds: float) -> None:
        self.naps.append(seconds)


@dataclass(kw_only=True)
class Served:
    """A sandbox that runs beside the test, on a thread of its own."""

    base_url: str
    entries: queue.Queue[LoggedRequest]

    def environment(self, scenario: str = "healthy") -> dict[str, str]:
        return {
            "CROSSMODEL_API_URL": self.base_url,
            "CROSSMODEL_API_KEY": key_for(scenario),
        }

    def requests(self, number: int) -> list[LoggedRequest]:
        """Give the requests that were seen; there must be so many, and no more."""
        seen = [self.entries.get(timeout=_PATIENCE_S) for _ in range(number)]
        assert self.entries.empty()
        return seen


@pytest.fixture(autouse=True)
def bare_world(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing of the machine's environment counts, and the folder is empty."""
    for name in os.environ:
        if name.startswith(_MEANT_FOR_US) or name in _ALSO or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    cache = str(tmp_path_factory.mktemp("cache"))
    monkeypatch.setenv("LOCALAPPDATA" if WINDOWS else "XDG_CACHE_HOME", cache)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cmtool(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> InProcess:
    runner = InProcess(monkeypatch=monkeypatch, capsys=capsys)
    monkeypatch.setattr(session, "system_clock", runner.clock)
    monkeypatch.setattr(typer.main, "get_command", _parser)
    return runner


@contextmanager
def serving(**options: Any) -> Iterator[Served]:
    """Run a sandbox on a thread of its own until the block ends."""
    started: queue.Queue[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = queue.Queue()
    entries: queue.Queue[LoggedRequest] = queue.Queue()

    async def serve() -> None:
        stop = asyncio.Event()
        quick: dict[str, Any] = {"token_s": 0, "limits": Limits(rpm=10**6, tpm=10**9)}
        async with Sandbox(on_request=entries.put, **(quick | options)) as sandbox:
            started.put((sandbox.base_url, asyncio.get_running_loop(), stop))
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    base_url, loop, stop = started.get(timeout=_PATIENCE_S)
    try:
        yield Served(base_url=base_url, entries=entries)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(_PATIENCE_S)


@pytest.fixture
def gateway(request: pytest.FixtureRequest) -> Iterator[Served]:
    """A sandbox beside the test; a parameter of the fixture adds options."""
    with serving(**getattr(request, "param", {})) as served:
        yield served


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Runs the program as a process of its own."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "COLUMNS": "80", **({"PYTHONIOENCODING": "utf-8"} if WINDOWS else {})}

    def command(self, *argv: str) -> list[str]:
        return [sys.executable, "-m", "cmtool", *argv]

    def run(self, *argv: str, **variables: str) -> Ended:
        return self.call(self.command(*argv), variables)

    def shell(self, script: str, *argv: str, **variables: str) -> Ended:
        """Run a bash script in which ``"$@"`` stands for the program and its arguments."""
        if BASH is None:
            pytest.skip("bash is not installed")
        return self.call([BASH, "-c", script, "bash", *self.command(*argv)], variables)

    def call(self, command: Sequence[str], variables: Mapping[str, str]) -> Ended:
        ended = subprocess.run(
            command,
            env={**self.environment, **variables},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
        )
        out, err = (raw.decode().replace(os.linesep, "\n") for raw in (ended.stdout, ended.stderr))
        return Ended(code=ended.returncode, out=out, err=err)

    def start(self, *argv: str, **variables: str) -> AbstractContextManager[subprocess.Popen[str]]:
        return _started(self.command(*argv), {**self.environment, **variables}, self.folder)


@contextmanager
def _started(
    command: list[str], environment: dict[str, str], folder: Path
) -> Iterator[subprocess.Popen[str]]:
    """A process that is gone when the block is, whatever happened in it."""
    with subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def process(bare_world: None, tmp_path: Path) -> Process:
    del bare_world
    return Process(folder=tmp_path)
