"""The check of the way to the gateway, made on the first request that is needed anyway."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from cmtool import catalog
from cmtool.asking import Attempt
from cmtool.checks.facts import Run
from cmtool.checks.graph import CheckSpec, Result
from cmtool.checks.wording import failure
from cmtool.documents import read_models
from cmtool.model import Finding, Group, Phase, Status
from cmtool.sockets import Opening

_CLOCK_TOLERANCE = timedelta(minutes=2)


async def connection(run: Run) -> Result:
    """Open the connection: name lookup, TCP and TLS or the proxy, and the clock.

    The request that opens it is ``GET /v1/models``, whose answer the check ``auth`` reads;
    without a key that may be sent it goes out all the same, to see who answers.
    """
    attempts = await run.reached().get("/models", "auth", read_models, run.settings.model)
    run.facts.listing = attempts
    last = attempts[-1]
    if last.finding is not None and last.finding.phase is Phase.CONNECT:
        result = failure(attempts)
        findings = tuple(dataclasses.replace(f, check="connection") for f in result.findings)
        return dataclasses.replace(result, findings=findings)
    opening = next((attempt.opening for attempt in attempts if attempt.opening), None)
    remarks = _clock_remarks(last)
    return Result(
        status=Status.WARN if remarks else Status.OK,
        summary=_summary(run, opening) + (", but the clocks differ" if remarks else ""),
        findings=remarks,
        details=_details(opening),
    )


def _summary(run: Run, opening: Opening | None) -> str:
    through = f"through the proxy {run.proxy.shown} · " if run.proxy else ""
    if opening is None:
        return f"{through}connected"
    steps = [f"lookup {_ms(opening.lookup_ms)}", f"TCP {_ms(opening.connect_ms)}"]
    if opening.tls_ms is not None:
        steps.append(f"{opening.tls_version or 'TLS'} {_ms(opening.tls_ms)}")
    return through + " · ".join(steps)


def _ms(duration: float) -> str:
    return f"{duration:.0f} ms" if duration >= 1 else f"{duration:.1f} ms"


def _details(opening: Opening | None) -> dict[str, Any]:
    if opening is None:
        return {}
    return {
        "address": opening.address,
        "lookup_ms": opening.lookup_ms,
        "connect_ms": opening.connect_ms,
        "tls_ms": opening.tls_ms,
        "tls_version": opening.tls_version,
    }


def _clock_remarks(attempt: Attempt[Any]) -> tuple[Finding, ...]:
    there = _date(attempt.headers.get("date", ""))
    here = attempt.answered_at
    if there is None or here is None or abs(here - there) <= _CLOCK_TOLERANCE:
        return ()
    ahead = "ahead of" if here > there else "behind"
    said = f"This machine's clock is {_span(abs(here - there))} {ahead} the gateway's Date header."
    row = catalog.row("clock_skew")
    return (catalog.fill(row, evidence=[said], check="connection"),)


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # a time zone of any size is taken apart without a check
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60))


def _span(difference: timedelta) -> str:
    seconds = difference.total_seconds()
    name, size = next((unit for unit in _UNITS if seconds >= 2 * unit[1]), _UNITS[-1])
    return f"{seconds / size:.0f} {name}"


CHECKS = (
    CheckSpec(
        id="connection",
        group=Group.NETWORK,
        title="the connection to the gateway",
        run=connection,
        needs=("base-url",),
        after=("key",),
        asks=True,
    ),
)
