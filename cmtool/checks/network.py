"""The check of the way to the gateway, made on the first request that is needed anyway."""

from __future__ import annotations

import dataclasses
from typing import Any

from cmtool import catalog
from cmtool.asking import Attempt
from cmtool.checks.facts import Run
from cmtool.checks.graph import CheckSpec, Result
from cmtool.checks.secondlook import looked_again
from cmtool.checks.wording import failure
from cmtool.connection.clocks import CLOCK_TOLERANCE, sent_at, told_skew
from cmtool.connection.faults import address_details
from cmtool.connection.sockets import Opening
from cmtool.documents import read_models
from cmtool.model import Finding, Group, Phase, Status
from cmtool.tls.certificates import Certificate, readable
from cmtool.tls.inspectors import inspector_of


async def connection(run: Run) -> Result:
    """Open the connection: name lookup, TCP and TLS or the proxy, and the clock.

    The request that opens it is ``GET /v1/models``, whose answer the check ``auth`` reads;
    without a key that may be sent it goes out all the same, to see who answers.
    """
    attempts = await run.reached().get("/models", "auth", read_models, run.settings.model)
    run.facts.listing = attempts
    last = attempts[-1]
    if last.finding is not None and last.finding.phase is Phase.CONNECT:
        found = await looked_again(run, attempts, failure(attempts), check="connection")
        return dataclasses.replace(found, details={**_proxy_details(run), **found.details})
    opening = next((attempt.opening for attempt in attempts if attempt.opening), None)
    clock, inspected = _clock_remarks(last), _inspection_remarks(opening)
    remarks = (*clock, *inspected, *_strictness_remarks(opening))
    return Result(
        status=Status.WARN if remarks else Status.OK,
        summary=_summary(run, opening)
        + (", but the clocks differ" if clock else "")
        + (", inspected on the way" if inspected else ""),
        findings=remarks,
        details=_details(run, opening),
    )


def _summary(run: Run, opening: Opening | None) -> str:
    through = f"through the proxy {run.proxy.shown} · " if run.proxy else ""
    if opening is None:
        return f"{through}connected"
    steps = [f"lookup {_ms(opening.lookup_ms)}", f"TCP {_ms(opening.connect_ms)}"]
    if opening.tunnel_ms is not None:
        steps.append(f"tunnel {_ms(opening.tunnel_ms)}")
    if opening.tls_ms is not None:
        steps.append(f"{opening.tls_version or 'TLS'} {_ms(opening.tls_ms)}")
    return through + " · ".join(steps)


def _ms(duration: float) -> str:
    return f"{duration:.0f} ms" if duration >= 1 else f"{duration:.1f} ms"


def _details(run: Run, opening: Opening | None) -> dict[str, Any]:
    if opening is None:
        return _proxy_details(run)
    failed = {"failed_addresses": address_details(opening.failed)} if opening.failed else {}
    issuer = next((str(c.issuer) for c in _certificates(opening)), None)
    bundled = run.trust is not None and run.trust.bundled
    return {
        "address": opening.address,
        "lookup_ms": opening.lookup_ms,
        "connect_ms": opening.connect_ms,
        "tls_ms": opening.tls_ms,
        "tls_version": opening.tls_version,
        "issuer": issuer,
        "trust": "certifi, as this system has no certificates of its own" if bundled else None,
        **failed,
        **_proxy_details(run),
        **({"tunnel_ms": opening.tunnel_ms} if run.proxy else {}),
    }


def _proxy_details(run: Run) -> dict[str, Any]:
    """Give the proxy for programs, without its credentials."""
    if run.proxy is None:
        return {}
    return {"proxy": run.proxy.shown, "proxy_variable": run.proxy.variable}


def _certificates(opening: Opening | None) -> tuple[Certificate, ...]:
    shown = opening.certificate if opening is not None else None
    return readable([shown]) if shown else ()


def _inspection_remarks(opening: Opening | None) -> tuple[Finding, ...]:
    """Warn of a certificate that is trusted here and that other programs may refuse."""
    inspector = inspector_of(*_certificates(opening))
    if inspector is None:
        return ()
    said = f"The certificate was issued by {inspector.name}, {inspector.place.value}."
    return (catalog.fill(catalog.row("tls_inspected"), evidence=[said], check="connection"),)


def _strictness_remarks(opening: Opening | None) -> tuple[Finding, ...]:
    """Warn of a certificate that is taken here, and is not where OpenSSL is asked to be strict."""
    own = next(iter(_certificates(opening)), None)
    if own is None or own.identified or own.self_issued:
        return ()
    said = f"The certificate has no authority key identifier; it was issued by {own.issuer}."
    return (catalog.fill(catalog.row("tls_not_strict"), evidence=[said], check="connection"),)


def _clock_remarks(attempt: Attempt[Any]) -> tuple[Finding, ...]:
    there = sent_at(attempt.headers)
    here = attempt.answered_at
    if there is None or here is None or abs(here - there) <= CLOCK_TOLERANCE:
        return ()
    ahead = told_skew(here - there).replace("ahead", "ahead of")
    said = f"This machine's clock is {ahead} the gateway's Date header."
    row = catalog.row("clock_skew")
    return (catalog.fill(row, evidence=[said], check="connection"),)


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
