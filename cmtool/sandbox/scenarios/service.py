"""Scenarios in which the gateway itself answers, and something about it is unusual."""

from __future__ import annotations

from cmtool.sandbox import pages
from cmtool.sandbox.accounts import Wallet, tpm_message
from cmtool.sandbox.answers import (
    always,
    documented,
    echo_key,
    everywhere,
    on_posts,
    on_served,
    undocumented,
)
from cmtool.sandbox.endpoints import Endpoint
from cmtool.sandbox.headers import day_late, untraced
from cmtool.sandbox.scenario import Rule, Scenario
from cmtool.sandbox.scenarios.codes import EMPTY_WALLET
from cmtool.sandbox.wire import Hangup

RECOVERING = (
    Scenario(
        name="flaky",
        title="503 twice for each path, then it works",
        warns=("recovered",),
        rules=on_posts(documented("model_unavailable"), times=2),
    ),
    Scenario(
        name="flaky-auth",
        title="401 once for the key, then it works",
        warns=("recovered",),
        rules=on_served(documented("invalid_api_key"), times=1),
    ),
    Scenario(
        name="flaky-drop",
        title="the connection is closed without an answer once for each path, then it works",
        warns=("recovered",),
        rules=everywhere(always(Hangup()), times=1),
    ),
    Scenario(
        name="retry-after",
        title="429 with Retry-After: 1 once for each path, then it works",
        warns=("recovered",),
        rules=on_posts(
            documented("rate_limit_exceeded", None, ("retry-after", "1")),
            times=1,
        ),
    ),
)

ACCOUNT = (
    Scenario(
        name="rate-limit-tokens",
        title="429 whose message names the tokens per minute",
        expects="rate_limit_exceeded",
        rules=on_posts(documented("rate_limit_exceeded", tpm_message(100_000))),
    ),
    Scenario(
        name="wallet-runs-dry",
        title="the wallet pays for two generations, then 402",
        expects="insufficient_balance",
        wallet=Wallet(balance_micro=200, price_micro=100),
    ),
    Scenario(
        name="wallet-reserved",
        title="402 with money in the wallet: requests in flight hold it",
        expects="insufficient_balance",
        wallet=Wallet(balance_micro=5_000_000, uncollected_micro=4_990_000),
        rules=on_posts(documented("insufficient_balance")),
    ),
    Scenario(
        name="empty-wallet-works",
        title="the balance is zero, yet requests succeed",
        warns=("balance_empty",),
        wallet=Wallet(balance_micro=0, lenient=True),
    ),
    Scenario(
        name="alias",
        title="the model my-alias works though the list lacks it",
        aliases=("my-alias",),
    ),
    Scenario(
        name="model-substituted",
        title="another model answers than the one asked for",
        warns=("model_substituted",),
        served_model="z-ai/glm-4.7",
    ),
    Scenario(
        name="no-trace",
        title="answers carry neither x-request-id nor x-crossmodel-model",
        warns=("trace_missing",),
        headers=untraced,
    ),
    Scenario(
        name="clock-skew",
        title="the Date header is one day off",
        warns=("clock_skew",),
        headers=day_late,
    ),
)

ODD_ANSWERS = (
    Scenario(
        name="one-protocol",
        title="Messages answers 400 for this model, the two others work",
        expects="invalid_request_error",
        rules=(
            Rule(
                where=frozenset({Endpoint.MESSAGES}),
                answer=documented(
                    "invalid_request_error", "This model is not served with this protocol."
                ),
            ),
        ),
    ),
    Scenario(
        name="usage-broken",
        title="the wallet and usage figures answer 500, the rest works",
        warns=("account_unavailable",),
        rules=(
            Rule(
                where=frozenset({Endpoint.USAGE, Endpoint.CREDITS}),
                answer=documented("db_error"),
            ),
        ),
    ),
    Scenario(
        name="models-broken",
        title="the model list answers 500, inference works",
        expects="internal_error",
        rules=(Rule(where=frozenset({Endpoint.MODELS}), answer=documented("internal_error")),),
    ),
    Scenario(
        name="lying-status",
        title="401 whose body says insufficient_balance",
        expects="insufficient_balance",
        rules=on_posts(documented("insufficient_balance", status=401)),
        wallet=EMPTY_WALLET,
    ),
    Scenario(
        name="error-200",
        title="status 200 with a JSON error where a stream was asked for",
        expects="insufficient_balance",
        rules=on_posts(documented("insufficient_balance", status=200)),
        wallet=EMPTY_WALLET,
    ),
    Scenario(
        name="undocumented",
        title="418 in the gateway's shape with a code that is not documented",
        expects="undocumented_error",
        rules=on_posts(
            undocumented(418, "teapot_error", "teapot_mode", "The gateway is a teapot today."),
        ),
    ),
    Scenario(
        name="anthropic-overloaded",
        title="Messages answers 529 overloaded_error, the two others work",
        expects="undocumented_error",
        rules=(
            Rule(
                where=frozenset({Endpoint.MESSAGES}),
                answer=undocumented(529, "overloaded_error", "overloaded_error", "Overloaded"),
            ),
        ),
    ),
    Scenario(
        name="echo-key",
        title="a 400 that repeats the key in its message and headers",
        expects="invalid_messages",
        rules=on_posts(echo_key),
    ),
    Scenario(
        name="malformed",
        title="a 200 whose JSON is cut in the middle, everywhere",
        expects="malformed_response",
        rules=on_served(lambda call: pages.cut_json(call.trace)),
    ),
    Scenario(
        name="empty-200",
        title="a 200 with an empty body, everywhere",
        expects="malformed_response",
        rules=on_served(lambda call: pages.empty(call.trace)),
    ),
)
