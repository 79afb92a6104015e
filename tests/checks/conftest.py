"""A run of checks over a real sandbox, and one of made-up checks over nothing at all."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from cmtool.address import examine as examine_address
from cmtool.checks import graph, registry, verdict
from cmtool.checks.facts import Facts, Run, Wishes
from cmtool.clock import Clock, Deadline
from cmtool.credentials import examine as examine_key
from cmtool.gateway import Gateway
from cmtool.model import Check, Secret
from cmtool.redact import Redactor
from cmtool.retry import Patience
from cmtool.routing.routes import DIRECT
from cmtool.sandbox import Sandbox, key_for
from cmtool.settings import Settings
from cmtool.transport import Transport

World = Callable[..., AbstractAsyncContextManager[Run]]
Walk = Callable[..., Any]


@dataclass(kw_only=True)
class Story:
    """Remembers what a watcher was told."""

    told: list[str] = field(default_factory=list)

    def started(self, check_id: str) -> None:
        self.told.append(f"+{check_id}")

    def advanced(self, check_id: str, told: str) -> None:
        self.told.append(f"{check_id}: {told}")

    def finished(self, check: Check) -> None:
        self.told.append(f"-{check.id}")


async def _no_wait(_: float) -> None:
    """Every wait is over at once."""


def clock(monotonic: Callable[[], float] = time.monotonic) -> Clock:
    return Clock(monotonic=monotonic, now=lambda: datetime.now(UTC), sleep=_no_wait)


@asynccontextmanager
async def _world(
    *,
    base_url: str = "http://127.0.0.1:9/v1",
    key: str | None = "cm-sandbox",
    model: str | None = None,
    environ: dict[str, str] | None = None,
    wishes: Wishes | None = None,
    timeout_s: float = 30.0,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Run]:
    now = clock(monotonic)
    settings = Settings(
        key=Secret(key) if key is not None else None,
        key_where="THE_KEY",
        key_source="env:THE_KEY",
        base_url=base_url,
        base_url_where="THE_URL",
        model=model,
        environ=environ or {},
    )
    verdict_on_key = examine_key(key, "THE_KEY", model)
    address = examine_address(base_url, "THE_URL", model)
    patience = Patience(clock=now, deadline=Deadline.after(now, timeout_s), jitter=lambda: 0.0)
    async with Transport(monotonic=monotonic, user_agent="test", trust=None) as transport:
        gateway = None
        if address.base_url is not None:
            gateway = Gateway(
                transport=transport,
                patience=patience,
                redactor=Redactor(),
                base_url=address.base_url,
                key=verdict_on_key.key,
            )
        yield Run(
            settings=settings,
            key=verdict_on_key,
            address=address,
            gateway=gateway,
            route=DIRECT,
            clock=now,
            wishes=wishes or Wishes(),
            facts=Facts(model=model),
            advanced=Story().advanced,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What all checks came to."""

    done: dict[str, graph.Done]
    verdict: verdict.Verdict
    run: Run

    def status(self, check: str) -> str:
        return self.done[check].check.status.value

    def findings(self, check: str) -> list[str]:
        return [finding.id for finding in self.done[check].findings]


async def _walk(scenario: str, *, strict: bool = False, **more: Any) -> Walked:
    async with Sandbox(token_s=0) as sandbox:
        options = {"base_url": sandbox.base_url, "key": key_for(scenario), **more}
        async with _world(**options) as run:
            done = await graph.walk(registry.every(), run, Story())
            judged = verdict.judge(done, run.facts, strict=strict)
            return Walked(done={d.check.id: d for d in done}, verdict=judged, run=run)


@pytest.fixture
def world() -> World:
    return _world


@pytest.fixture
def walked() -> Walk:
    """Walk every check against a scenario of the sandbox."""
    return _walk


@pytest.fixture
def story() -> Story:
    return Story()
