"""One run against a gateway: the real clock, the real sockets, and the report in the end."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cmtool import __version__
from cmtool.address import examine as examine_address
from cmtool.checks import graph, registry, verdict
from cmtool.checks.facts import Facts, Run, Wishes
from cmtool.cli.boundary import contained
from cmtool.cli.hiding import secrets_of
from cmtool.cli.telling import keep_secret
from cmtool.clock import Clock, Deadline
from cmtool.connection.sockets import CONNECT_TIMEOUT_S
from cmtool.credentials import KeyVerdict, found_elsewhere
from cmtool.credentials import examine as examine_key
from cmtool.errors import ExitCode
from cmtool.gateway import Gateway
from cmtool.model import (
    Check,
    Exchange,
    Outcome,
    Report,
    Secret,
    Spent,
    Status,
    StreamResult,
    Target,
)
from cmtool.pace import Gate
from cmtool.protocols import Content
from cmtool.redact import Redactor, fingerprint
from cmtool.render.progress import Progress
from cmtool.retry import Patience
from cmtool.routing.routes import DIRECT, Route, route_to
from cmtool.settings import Settings
from cmtool.tls.trust import Trust, system_store, trust
from cmtool.transport import Transport

_CONNECT_SHARE = 3  # of the command's time, for lookup, TCP and TLS each: there is more to find out


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a command wants done.  ``checks`` are the IDs of the checks that it consists of."""

    command: str
    settings: Settings
    wishes: Wishes
    checks: Collection[str]
    timeout_s: float
    strict: bool = False

    def within(self, settings: Settings) -> Order:
        """Give the same order for other settings."""
        return replace(self, settings=settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """A finished run: the report, safe to show, and what was found out on the way."""

    report: Report
    facts: Facts


def system_clock() -> Clock:
    """Give the clock of this machine."""
    return Clock(monotonic=time.monotonic, now=lambda: datetime.now(UTC), sleep=asyncio.sleep)


async def conduct(order: Order, progress: Progress) -> Conclusion:
    """Run the checks of an order and report."""
    clock = system_clock()
    started_at, start = clock.now(), clock.monotonic()
    key = _examined_key(order.settings)
    secrets = secrets_of(order.settings, key.key)
    keep_secret(secrets)
    redactor = Redactor(secrets)
    watcher = _Scrubbed(progress, redactor)
    async with _prepared(order, key, clock, redactor, watcher) as run:
        faulty: list[str] = []
        specs = [_contained(spec, faulty) for spec in registry.chosen(order.checks)]
        done = await graph.walk(specs, run, watcher)
    exchanges = tuple(sorted(run.gateway.journal, key=_sent_at)) if run.gateway else ()
    judged = verdict.judge(
        done,
        run.facts,
        strict=order.strict,
        base_url=run.address.base_url,
        exchanges=exchanges,
    )
    if faulty:  # what the others found stands; that all is well nobody can say
        judged = replace(judged, outcome=Outcome.FAILED, exit_code=ExitCode.FAULT)
    streams = tuple(generation.result for generation in run.facts.generations)
    report = Report(
        command=order.command,
        cmtool_version=__version__,
        started_at=started_at,
        duration_ms=(clock.monotonic() - start) * 1000,
        target=_target(run),
        outcome=judged.outcome,
        exit_code=judged.exit_code,
        diagnosis=judged.diagnosis,
        findings=judged.findings,
        checks=judged.checks,
        exchanges=exchanges,
        streams=streams,
        support=verdict.support_for(judged.diagnosis, exchanges),
        spent=_spent(exchanges, run),
        models=run.facts.models if order.command == "models" else None,
        balance=run.facts.balance if order.command == "balance" else None,
        requests=tuple(run.facts.requests) if order.command == "request" else None,
    )
    return Conclusion(report=redactor.scrub(report), facts=run.facts)


def _contained(spec: graph.CheckSpec, faulty: list[str]) -> graph.CheckSpec:
    """Give the check as one whose faults fail it alone; ``faulty`` gets its name then."""

    def failed(error: Exception) -> graph.Result:
        faulty.append(spec.id)
        summary = f"a fault of cmtool itself ({type(error).__name__})"
        return graph.Result(status=Status.FAIL, summary=summary)

    def run(run: Run) -> Awaitable[graph.Result]:
        return contained(spec.run(run), failed)

    return replace(spec, run=run)


def _examined_key(settings: Settings) -> KeyVerdict:
    raw = settings.key.reveal() if settings.key else None
    return examine_key(
        raw,
        settings.key_where,
        settings.model,
        source=settings.key_source,
        elsewhere=found_elsewhere(settings),
    )


@asynccontextmanager
async def _prepared(
    order: Order, key: KeyVerdict, clock: Clock, redactor: Redactor, watcher: graph.Watcher
) -> AsyncIterator[Run]:
    settings = order.settings
    address = examine_address(settings.base_url, settings.base_url_where, settings.model)
    route = route_to(address.base_url, settings.environ) if address.base_url else DIRECT
    patience = Patience(
        clock=clock,
        deadline=Deadline.after(clock, order.timeout_s),
        jitter=random.random,
        retries=order.wishes.retries,
    )
    trusted = _trust(address.base_url, route, settings)
    async with Transport(
        monotonic=clock.monotonic,
        user_agent=f"cmtool/{__version__}",
        trust=trusted.context if trusted else None,
        route=route,
        connect_s=min(CONNECT_TIMEOUT_S, order.timeout_s / _CONNECT_SHARE),
    ) as transport:
        gateway = None
        if address.base_url is not None:
            gateway = Gateway(
                transport=transport,
                patience=patience,
                redactor=redactor,
                base_url=address.base_url,
                key=key.key,
                gate=Gate(clock, order.wishes.concurrency),
            )
        yield Run(
            settings=settings,
            key=key,
            address=address,
            gateway=gateway,
            route=route,
            trust=trusted,
            clock=clock,
            wishes=order.wishes,
            facts=Facts(model=settings.model),
            advanced=watcher.advanced,
        )


def _trust(base_url: str | None, route: Route, settings: Settings) -> Trust | None:
    """Give whom the run trusts; None where no https address is met."""
    by_proxy = route.proxy is not None and route.proxy.scheme == "https"
    secure = by_proxy or (base_url or "").startswith("https:")
    if not secure:
        return None
    verifies_itself = sys.platform in {"win32", "darwin"}
    return trust(settings.environ, None if verifies_itself else system_store())


def _target(run: Run) -> Target:
    key: Secret | None = run.key.key
    return Target(
        base_url=run.address.base_url or run.address.shown,
        model=run.facts.model,
        key_source=run.settings.key_source,
        key_fingerprint=fingerprint(key.reveal()) if key else None,
    )


def _sent_at(exchange: Exchange) -> datetime:
    return exchange.sent_at or datetime.max.replace(tzinfo=UTC)


def _spent(exchanges: tuple[Exchange, ...], run: Run) -> Spent:
    facts = run.facts
    streams = [generation.result for generation in (*facts.generations, *facts.probes)]
    answers: list[StreamResult | Content] = [*streams, *facts.contents]
    return Spent(
        requests=len(exchanges),
        input_tokens=sum(answer.input_tokens or 0 for answer in answers),
        output_tokens=sum(answer.output_tokens or 0 for answer in answers),
        spaced_s=run.gateway.gate.waited_s if run.gateway else 0.0,
    )


class _Scrubbed:
    """Passes on what the run tells, with every secret taken out."""

    def __init__(self, progress: Progress, redactor: Redactor) -> None:
        self._progress = progress
        self._redactor = redactor

    def started(self, check_id: str) -> None:
        self._progress.started(check_id)

    def advanced(self, check_id: str, told: str) -> None:
        self._progress.advanced(check_id, told)

    def finished(self, check: Check) -> None:
        self._progress.finished(self._redactor.scrub(check))
