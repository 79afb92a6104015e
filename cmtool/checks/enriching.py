"""What the rest of a run adds to a failure: the list to a 404, the wallet to a 402 or a 429."""

from __future__ import annotations

import dataclasses

from cmtool.catalog.readings import EMPTY_WALLET, WITH_MONEY
from cmtool.checks.facts import Facts
from cmtool.checks.model import suggestions
from cmtool.model import Balance, Finding
from cmtool.quantities import money

_LISTED_BUT_REFUSED = (
    "The ID is right, so the model is unavailable for the moment: try again later, or use another"
    " one of the list until then."
)


def enriched(finding: Finding, facts: Facts) -> Finding:
    """Give the finding with what the run knows besides; as it is where that is nothing."""
    if finding.predicted:
        return finding
    match finding.id:
        case "model_not_found":
            return _by_list(finding, facts)
        case "insufficient_balance" | "billing_error" if facts.balance is not None:
            return _by_wallet(finding, facts.balance)
        case "rate_limit_exceeded" if facts.balance is not None:
            return _by_empty_wallet(finding, facts.balance)
    return finding


def _by_list(finding: Finding, facts: Facts) -> Finding:
    """Say whether the ID stands in the live list, and which IDs are near."""
    if facts.models is None:
        return finding
    listed = any(entry.id == facts.model for entry in facts.models)
    said = f"{facts.model} is {'in' if listed else 'not in'} the live list of {len(facts.models)}."
    first = (_LISTED_BUT_REFUSED,) if listed else suggestions(facts.nearest)
    return dataclasses.replace(
        finding, actions=(*first, *finding.actions), evidence=(*finding.evidence, said)
    )


def _by_wallet(finding: Finding, wallet: Balance) -> Finding:
    """Say how much money there is that does not help."""
    if wallet.balance_micro <= 0:
        return finding
    return dataclasses.replace(
        finding,
        title=WITH_MONEY.title,
        cause=WITH_MONEY.cause,
        actions=WITH_MONEY.actions,
        evidence=(*finding.evidence, _shown(wallet)),
    )


def _by_empty_wallet(finding: Finding, wallet: Balance) -> Finding:
    """Say of a rate limit that there is no money either: waiting may not help then."""
    if wallet.balance_micro > 0:
        return finding
    return dataclasses.replace(
        finding,
        actions=(*finding.actions, EMPTY_WALLET),
        evidence=(*finding.evidence, _shown(wallet)),
    )


def _shown(wallet: Balance) -> str:
    held = wallet.uncollected_micro
    also = f", and {money(held, wallet.currency)} held by requests in flight" if held else ""
    return f"GET /v1/credits shows {money(wallet.balance_micro, wallet.currency)}{also}."
