"""The second look at a connection that failed, for every check that may be the first to open it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cmtool.asking import Attempt
from cmtool.checks.facts import Run
from cmtool.checks.graph import Result
from cmtool.connection.faults import TransportError
from cmtool.connection.tunnels import Tunneller
from cmtool.model import Finding, Phase

if TYPE_CHECKING:
    from cmtool.connection.insights import Insight

_LOOK_S = 2.0  # for each look at a connection that failed; all of them go out at once


async def looked_again(
    run: Run, attempts: Sequence[Attempt[Any]], result: Result, check: str | None = None
) -> Result:
    """Add to the result of a check what a second look at its connection tells.

    There is none where the last attempt got as far as an answer, or no time is left.  The findings
    become those of ``check`` where one is given.
    """
    fault = attempts[-1].fault if attempts else None
    if fault is None or fault.phase is not Phase.CONNECT:
        return result
    insight = await _insight(run, fault)
    findings = tuple(
        _told(run, finding, insight, check or finding.check)
        if finding.id == fault.identifier
        else finding
        for finding in result.findings
    )
    return dataclasses.replace(
        result, findings=findings, details={**result.details, **insight.details}
    )


async def _insight(run: Run, fault: TransportError) -> Insight:
    # Start-up time: what looks at certificates and addresses is of use after a failure alone.
    from cmtool.connection.drilldown import Scene, look_again  # noqa: PLC0415
    from cmtool.connection.insights import Insight  # noqa: PLC0415
    from cmtool.connection.probes import Way  # noqa: PLC0415

    gateway = run.reached()
    limit_s = min(_LOOK_S, gateway.remaining_s() / 3)
    if limit_s <= 0:
        return Insight()
    parts = urlsplit(gateway.base_url)
    secure = parts.scheme == "https"
    way = Way(
        host=parts.hostname or "",
        port=parts.port or (443 if secure else 80),
        path=f"{parts.path}/models",
        monotonic=run.clock.monotonic,
        limit_s=limit_s,
        tunneller=_tunneller(run, limit_s),
    )
    now = run.clock.now()
    scene = Scene(way=way, secure=secure, now=now, trust=run.trust, environ=run.settings.environ)
    return await look_again(scene, fault)


def _tunneller(run: Run, limit_s: float) -> Tunneller | None:
    if run.proxy is None:
        return None
    return Tunneller(
        proxy=run.proxy,
        trust=run.trust.context if run.trust else None,
        user_agent="cmtool",
        monotonic=run.clock.monotonic,
        connect_s=limit_s,
    )


def _told(run: Run, finding: Finding, insight: Insight, check: str | None) -> Finding:
    """Add to a failure what a second look told, most telling first."""
    own = insight.cause.replace("{base_url}", run.reached().base_url)
    actions = (*insight.actions, *(() if insight.final else finding.actions))
    return dataclasses.replace(
        finding,
        check=check,
        cause=own or finding.cause,
        actions=tuple(dict.fromkeys(actions)),
        evidence=tuple(dict.fromkeys((*insight.evidence, *finding.evidence))),
    )
