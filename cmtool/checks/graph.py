"""Checks as a graph: each names what it needs, independent ones run at the same time."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cmtool.checks.facts import Run
from cmtool.model import Check, Finding, Group, Json, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a check came to.

    ``blocking`` says that checks which need this one cannot run; a failure blocks unless it says
    otherwise, and a skip passes on what blocked it.  ``blocked_by`` names, on a skip, the failed
    check that is the reason.
    """

    status: Status
    summary: str
    findings: tuple[Finding, ...] = ()
    duration_ms: float | None = None
    details: Mapping[str, Json] = field(default_factory=dict)
    blocking: bool = True
    blocked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSpec:
    """One check: a function, and where it stands in the graph.

    It runs when all of ``needs`` have succeeded and all of ``after`` have ended, whatever they
    came to.  ``asks`` says that it sends something, for which it must not be too late.
    """

    id: str
    group: Group
    title: str
    run: Callable[[Run], Awaitable[Result]]
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A check that has ended.  ``blocker`` is the check that blocks those behind it.

    ``in_time`` is False where the deadline came before the check could ask; that blocks as well.
    """

    check: Check
    findings: tuple[Finding, ...] = ()
    blocker: str | None = None
    in_time: bool = True


class Watcher(Protocol):
    """Who is told how the run goes."""

    def started(self, check_id: str) -> None:
        """Hear that a check runs now."""

    def advanced(self, check_id: str, told: str) -> None:
        """Hear how far a check has come."""

    def finished(self, check: Check) -> None:
        """Hear what a check came to."""


async def walk(specs: Sequence[CheckSpec], run: Run, watcher: Watcher) -> list[Done]:
    """Run the checks; gives what each came to, in the order of ``specs``.

    What a check names and is not among ``specs`` is not waited for.
    """
    ids = {spec.id for spec in specs}
    tasks: dict[str, asyncio.Task[Done]] = {}
    async with asyncio.TaskGroup() as group:
        for spec in specs:
            known = dataclasses.replace(
                spec,
                needs=tuple(need for need in spec.needs if need in ids),
                after=tuple(name for name in spec.after if name in ids),
            )
            tasks[spec.id] = group.create_task(_run(known, tasks, run, watcher))
    return [tasks[spec.id].result() for spec in specs]


async def _run(
    spec: CheckSpec, tasks: Mapping[str, asyncio.Task[Done]], run: Run, watcher: Watcher
) -> Done:
    before = {name: await tasks[name] for name in (*spec.needs, *spec.after)}
    blocker = next((before[need].blocker for need in spec.needs if before[need].blocker), None)
    too_late = blocker is None and spec.asks and run.is_over()
    if blocker is not None:
        result = Result(status=Status.SKIP, summary="", blocked_by=blocker)
    elif too_late:
        result = Result(status=Status.SKIP, summary="not reached before the deadline")
    else:
        watcher.started(spec.id)
        result = await spec.run(run)
    done = concluded(spec, result)
    watcher.finished(done.check)
    return dataclasses.replace(done, in_time=False, blocker=spec.id) if too_late else done


def concluded(spec: CheckSpec, result: Result) -> Done:
    """Give the check that has ended with a result."""
    check = Check(
        id=spec.id,
        group=spec.group,
        title=spec.title,
        status=result.status,
        summary=result.summary,
        duration_ms=result.duration_ms,
        blocked_by=result.blocked_by,
        details=result.details,
    )
    blocks = result.status is Status.FAIL and result.blocking
    return Done(
        check=check,
        findings=result.findings,
        blocker=spec.id if blocks else result.blocked_by if result.blocking else None,
    )
