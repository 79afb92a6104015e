"""Sentences and results that the families of checks share."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Sequence
from typing import Any

from cmtool import catalog
from cmtool.asking import Attempt
from cmtool.catalog import CONTACT
from cmtool.catalog.wording import PERSISTED, TICKET
from cmtool.checks.graph import Result
from cmtool.model import Finding, Status
from cmtool.retry import retry_after_s


def failure(attempts: Sequence[Attempt[Any]], *, blocking: bool = True) -> Result:
    """Give the result of a check whose last attempt failed."""
    finding = attempts[-1].finding
    assert finding is not None  # noqa: S101 - what a failure is
    return Result(
        status=Status.FAIL,
        summary=failed_words(finding) + tries(attempts),
        findings=(with_attempts(finding, attempts),),
        duration_ms=duration_ms(attempts),
        blocking=blocking,
    )


def failed_words(finding: Finding) -> str:
    """Give what an answer said, in its own terms: status, type, code; else what happened."""
    if finding.status is None:
        return finding.title
    said = dict.fromkeys(word for word in (finding.type, finding.code or finding.id) if word)
    status = [str(finding.status)] if finding.status is not None else []
    own = finding.id if finding.id not in said else None
    return " ".join([*status, *said, *([own] if own else [])])


def tries(attempts: Sequence[Attempt[Any]]) -> str:
    """Give how often it was tried, where that is worth a word."""
    return f", {len(attempts)} attempts" if len(attempts) > 1 else ""


def with_attempts(finding: Finding, attempts: Sequence[Attempt[Any]]) -> Finding:
    """Add to a finding what the attempts came to, and how long the answer asks to wait."""
    told = [history(attempts)] if len(attempts) > 1 else []
    last = attempts[-1]
    asked_for = retry_after_s(last.headers, last.answered_at) if last.answered_at else None
    if asked_for:
        told.append(f"The answer asks to wait {asked_for:,.0f} s before the next request.")
    finding = dataclasses.replace(finding, evidence=(*finding.evidence, *told))
    persisted = len(attempts) > 1 and finding.retryable and last.exchange.status is not None
    return _for_support(finding, attempts) if persisted else finding


def _for_support(finding: Finding, attempts: Sequence[Attempt[Any]]) -> Finding:
    """Say of a failure that no retry has cured that it is one for support, and what to send."""
    model = attempts[-1].exchange.model
    again = f"cmtool doctor {shlex.quote(model)}" if model else "cmtool doctor"
    return dataclasses.replace(
        finding,
        actions=(
            *(action for action in finding.actions if CONTACT not in action),
            PERSISTED.format(attempts=len(attempts)),
        ),
        commands=(*(line for line in finding.commands if line != again), f"{again} {TICKET}"),
    )


def history(attempts: Sequence[Attempt[Any]]) -> str:
    """Tell the attempts in one sentence."""
    outcomes = [_outcome(attempt) for attempt in attempts]
    if len(set(outcomes)) == 1:
        return f"{len(attempts)} attempts, each {outcomes[0]}."
    return f"{len(attempts)} attempts: {', '.join(outcomes)}."


def _outcome(attempt: Attempt[Any]) -> str:
    status = attempt.exchange.status
    if attempt.finding is None:
        return f"{status} in order"
    return f"{status} {attempt.finding.id}" if status is not None else attempt.finding.id


def recovered(
    attempts: Sequence[Attempt[Any]], check: str, model: str | None
) -> tuple[Finding, ...]:
    """Give the warning for a request that succeeded only after a retry; else nothing."""
    if len(attempts) <= 1:
        return ()
    row = catalog.row("recovered")
    return (catalog.fill(row, model=model, check=check, evidence=[history(attempts)]),)


def duration_ms(attempts: Sequence[Attempt[Any]]) -> float | None:
    """Give the duration of the last attempt."""
    return attempts[-1].exchange.duration_ms
