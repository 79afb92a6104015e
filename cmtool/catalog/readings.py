"""What the message of an error narrows it down to, where its code leaves several cases."""

from __future__ import annotations

from cmtool.catalog.row import CONSOLE, Reading
from cmtool.catalog.wording import BACK_OFF

WHEN_TOLD = "Honour the Retry-After header when there is one."
LIMITS = (
    Reading(
        pattern=r"\bRPM\b|\brequests?\s*(per|a|/)\s*min",
        title="the key's requests of this minute are used up",
        cause=(
            "A key may make 60 requests a minute (RPM), and the message names that limit. All "
            "programs that use the same key share it."
        ),
        actions=("Lower the number of requests at the same time.", WHEN_TOLD, BACK_OFF),
        commands=("cmtool doctor {model}",),
    ),
    Reading(
        pattern=r"\bTPM\b|\btokens?\s*(per|a|/)\s*min",
        title="the key's tokens of this minute are used up",
        cause=(
            "A key may use 100,000 tokens a minute (TPM), and the message names that limit. It is "
            "the size of the requests that counts here, more than their number: a few large ones "
            "are enough. All programs that use the same key share it."
        ),
        actions=(
            "Lower the output cap, or shorten the input.",
            "Spread large requests over several minutes.",
            WHEN_TOLD,
            BACK_OFF,
        ),
        commands=("cmtool doctor {model}",),
    ),
    Reading(
        pattern=r"\bbalance\b|\bcredits?\b|\bquota\b|\bbilling\b|\bwallet\b|\btop up\b",
        title="the status speaks of a rate limit, the message of money",
        cause=(
            "The answer is a 429, but its message speaks of the balance or of a quota and not of "
            "requests or tokens a minute. Waiting does not fill a wallet."
        ),
        actions=(
            f"Check the balance, and top up when it is used up: {CONSOLE}",
            "If there is money in the wallet, wait as for a rate limit, and lower the output cap.",
        ),
        commands=("cmtool balance", "cmtool doctor {model}"),
    ),
)
"""What the message of a 429 may name (https://www.crossmodel.ai/docs/rate-limits)."""
