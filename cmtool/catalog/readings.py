"""What an error narrows down to where more than its code is known: by its message, by the run."""

from __future__ import annotations

from cmtool.catalog.row import CONSOLE, Reading
from cmtool.catalog.wording import BACK_OFF

WHEN_TOLD = "Honour the Retry-After header when there is one."

_REQUESTS = Reading(
    title="the key's requests of this minute are used up",
    cause=(
        "A key may make 60 requests a minute (RPM), and the message names that limit. All "
        "programs that use the same key share it."
    ),
    actions=("Lower the number of requests at the same time.", WHEN_TOLD, BACK_OFF),
)
_TOKENS = Reading(
    title="the key's tokens of this minute are used up",
    cause=(
        "A key may use 100,000 tokens a minute (TPM), and the message names that limit. It is "
        "the size of the requests that counts here, more than their number: a few large ones are "
        "enough. All programs that use the same key share it."
    ),
    actions=(
        "Lower the output cap, or shorten the input.",
        "Spread large requests over several minutes.",
        WHEN_TOLD,
        BACK_OFF,
    ),
)
_MONEY = Reading(
    title="the status speaks of a rate limit, the message of money",
    cause=(
        "The answer is a 429, but its message speaks of the balance or of a quota and not of "
        "requests or tokens a minute. Waiting does not fill a wallet."
    ),
    actions=(
        f"Look at the balance (cmtool balance), and top up when it is used up: {CONSOLE}",
        "If there is money in the wallet, lower the output cap, and wait as for a rate limit.",
    ),
)

LIMITS = (
    (r"\bRPM\b|\brequests?\s*(per|a|/)\s*min", _REQUESTS),
    (r"\bTPM\b|\btokens?\s*(per|a|/)\s*min", _TOKENS),
    (r"\bbalance\b|\bcredits?\b|\bquota\b|\bbilling\b|\bwallet\b|\btop up\b", _MONEY),
)
"""What the message of a 429 may name (https://www.crossmodel.ai/docs/rate-limits)."""

WITH_MONEY = Reading(
    title="the balance does not cover the request",
    cause=(
        "There is money in the wallet, and the gateway refuses to generate all the same: it is "
        "not enough for this request. Requests in flight hold a part of the balance, and a new "
        "one can need more than it costs in the end, when its whole output cap is set aside until "
        "it is done."
    ),
    actions=(
        "Lower the output cap of your requests, and the number of them at the same time.",
        "Wait until those in flight are done: they hold a part of the balance.",
        f"If a small request alone is refused as well, top up: {CONSOLE}",
    ),
)
"""A 402 although the wallet shows money."""

EMPTY_WALLET = f"The wallet shows no money: if waiting does not help, top up: {CONSOLE}"
"""What to do besides about a 429 while the wallet is empty."""

TIME_UP = Reading(
    title="the time of the command ran out before the stream ended",
    cause=(
        "The stream was still going on when the deadline of the whole command came. It takes "
        "longer than the command was given; that it is broken was not seen."
    ),
    actions=(
        "Give the command more time with --timeout, and compare how long the stream takes then.",
        (
            "If a short answer takes this long, or never ends, try another model: the output cap "
            "of the request is not heeded, or the model is slow."
        ),
    ),
)
"""A stream that the deadline of the command cut while it was going on."""
