"""The scenarios of the documented error codes, as answers and inside an open stream."""

from __future__ import annotations

from cmtool.catalog import ROWS
from cmtool.sandbox import faults
from cmtool.sandbox.accounts import Wallet
from cmtool.sandbox.answers import code_rules
from cmtool.sandbox.scenario import Scenario

_CODES = (
    "missing_api_key",
    "invalid_api_key",
    "api_key_inactive",
    "user_inactive",
    "insufficient_balance",
    "no_wallet",
    "model_not_found",
    "rate_limit_exceeded",
    "provider_error",
    "model_unavailable",
    "internal_error",
    "db_error",
    "invalid_json",
    "invalid_messages",
    "unsupported_parameter",
    "unsupported_responses_feature",
)
_STREAM_CODES = (
    "provider_error",
    "model_unavailable",
    "rate_limit_exceeded",
    "internal_error",
    "insufficient_balance",
)
EMPTY_WALLET = Wallet(balance_micro=0, uncollected_micro=20_000)
_WALLETS = {
    "insufficient_balance": EMPTY_WALLET,
    "no_wallet": Wallet(balance_micro=0),
}


def _dashes(code: str) -> str:
    return code.replace("_", "-")


def _code(code: str) -> Scenario:
    return Scenario(
        name=_dashes(code),
        title=f"{ROWS[code].statuses[0]}: {ROWS[code].title}",
        expects=code,
        rules=code_rules(code),
        wallet=_WALLETS.get(code, Wallet()),
    )


def _stream_code(code: str) -> Scenario:
    return Scenario(
        name=f"stream-{_dashes(code)}",
        title=f"inside the open stream: {ROWS[code].title}",
        expects=code,
        fault=faults.errors_as(code),
    )


CODES = tuple(map(_code, _CODES))
STREAM_CODES = tuple(map(_stream_code, _STREAM_CODES))
