"""The checks of the account: whether the key is taken, and what is in the wallet."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from typing import Any

from cmtool import catalog
from cmtool.asking import ANSWER_LIMIT_S, ASIDE_LIMIT_S, Attempt
from cmtool.checks.facts import Run
from cmtool.checks.graph import CheckSpec, Result
from cmtool.checks.secondlook import looked_again
from cmtool.checks.wording import duration_ms, failure, recovered, tries
from cmtool.documents import Credits, Usage, read_credits, read_usage
from cmtool.errors import ExitCode
from cmtool.model import Balance, Finding, Group, Severity, Status, UsagePeriod
from cmtool.quantities import count, money

_WORTH_A_WORD = 5_000  # micro units; less would be half a cent
_FEW_REQUESTS = 20  # of fewer a rate says little
_LOW_RATE = 0.8

# What says that the key, or the way to the gateway, is at fault; behind it nothing can work.
_BLOCKING = frozenset({ExitCode.AUTHENTICATION, ExitCode.NETWORK})


async def auth(run: Run) -> Result:
    """Read the answer to ``GET /v1/models``."""
    attempts = run.facts.listing
    last = attempts[-1]
    if last.finding is not None:
        return failure(attempts, blocking=last.finding.exit_code in _BLOCKING)
    models = run.facts.models = last.value or ()
    remarks = recovered(attempts, "auth", run.settings.model)
    listed = count(len(models), "model")
    return Result(
        status=Status.WARN if remarks else Status.OK,
        summary=f"GET /v1/models {last.exchange.status} · {listed}{tries(attempts)}",
        findings=remarks,
        duration_ms=duration_ms(attempts),
    )


async def balance(run: Run) -> Result:
    """Read the wallet, and the day's success rate."""
    gateway, model, limit_s = run.reached(), run.facts.model or run.settings.model, _limit_s(run)
    credit, usage = await asyncio.gather(
        gateway.get("/credits", "balance", read_credits, model, limit_s),
        gateway.get("/usage", "balance", read_usage, model, limit_s),
    )
    wallet, spend = credit[-1].value, usage[-1].value
    if wallet is None:
        return await _unread(run, credit)
    run.facts.balance = _balance(wallet, spend)
    findings = (
        *_wallet_remarks(run, wallet),
        *_spend_remarks(usage),
        *recovered(credit, "balance", run.settings.model),
        *recovered(usage if spend else [], "balance", run.settings.model),
    )
    return Result(
        status=_status(findings),
        summary=_summary(wallet, spend) + tries(credit),
        findings=findings,
        duration_ms=duration_ms(credit),
        details=_details(wallet),
        blocking=False,
    )


async def _unread(run: Run, credit: list[Attempt[Credits | None]]) -> Result:
    """Give the result without a wallet; `cmtool balance` opens its connection here."""
    failed = failure(credit, blocking=False)
    return failed if run.facts.listing else await looked_again(run, credit, failed)


def _limit_s(run: Run) -> float:
    """Give the seconds for each answer: few where real requests say whether all is well.

    ``cmtool balance``, which asks for nothing else, and ``--no-spend`` have to wait for it.
    """
    aside = bool(run.facts.listing) and not run.wishes.no_spend
    return ASIDE_LIMIT_S if aside else ANSWER_LIMIT_S


def _status(findings: tuple[Finding, ...]) -> Status:
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Status.FAIL
    return Status.WARN if findings else Status.OK


def _balance(wallet: Credits, spend: Usage | None) -> Balance:
    return Balance(
        currency=wallet.currency,
        balance_micro=wallet.balance_micro,
        uncollected_micro=wallet.uncollected_micro,
        daily=spend.daily if spend else None,
        weekly=spend.weekly if spend else None,
        monthly=spend.monthly if spend else None,
    )


def _wallet_remarks(run: Run, wallet: Credits) -> Iterator[Finding]:
    if wallet.balance_micro > 0:
        return
    said = f"GET /v1/credits shows {money(wallet.balance_micro, wallet.currency)}."
    held = "A user who has no wallet yet sees zeros as well."
    predicted = run.wishes.no_spend
    row = catalog.row("insufficient_balance" if predicted else "balance_empty")
    model = run.facts.model or run.settings.model
    yield catalog.fill(
        row, model=model, evidence=[said, held], check="balance", predicted=predicted
    )


def _spend_remarks(attempts: list[Attempt[Usage | None]]) -> Iterator[Finding]:
    last = attempts[-1]
    if last.finding is not None:
        yield dataclasses.replace(last.finding, severity=Severity.ERROR)
        return
    day = last.value.daily if last.value else None
    if day is not None and day.request_count >= _FEW_REQUESTS and _rate(day) < _LOW_RATE:
        said = f"Of {count(day.request_count, 'request')} today {day.success_count} succeeded."
        yield catalog.fill(catalog.row("success_rate_low"), evidence=[said], check="balance")


def _summary(wallet: Credits, spend: Usage | None) -> str:
    parts = [money(wallet.balance_micro, wallet.currency)]
    if wallet.uncollected_micro >= _WORTH_A_WORD:
        parts.append(
            f"{money(wallet.uncollected_micro, wallet.currency)} held by requests in flight"
        )
    if spend is not None and spend.daily.request_count:
        day = spend.daily
        parts.append(
            f"{day.success_count} of {count(day.request_count, 'request')} today succeeded"
        )
    return ", ".join(parts)


def _details(wallet: Credits) -> dict[str, Any]:
    return {
        "currency": wallet.currency,
        "balance_micro": wallet.balance_micro,
        "uncollected_micro": wallet.uncollected_micro,
    }


def _rate(period: UsagePeriod) -> float:
    return period.success_count / period.request_count


CHECKS = (
    CheckSpec(
        id="auth",
        group=Group.ACCOUNT,
        title="the key is accepted",
        run=auth,
        needs=("key", "connection"),
    ),
    CheckSpec(
        id="balance",
        group=Group.ACCOUNT,
        title="the wallet and the day's success rate",
        run=balance,
        needs=("key", "base-url", "auth"),
        asks=True,
    ),
)
