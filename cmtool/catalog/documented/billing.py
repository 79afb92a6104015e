"""402: the wallet does not pay for the request."""

from __future__ import annotations

from functools import partial

from cmtool.catalog.row import CONSOLE, KEYS_PAGE, Origin, Row
from cmtool.catalog.wording import (
    BILLING_PAGE,
    CONTACT_SUPPORT,
)
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

_TOP_UP = f"Top up: {CONSOLE}"

_billing_row = partial(
    Row,
    severity=Severity.ERROR,
    phase=Phase.RESPONSE,
    exit_code=ExitCode.BILLING,
    step=2,
    statuses=(402,),
    type="billing_error",
    docs_url=BILLING_PAGE,
    commands=("cmtool balance", "cmtool doctor {model}"),
)

ROWS: tuple[Row, ...] = (
    _billing_row(
        id="insufficient_balance",
        origin=Origin.CODE,
        title="the wallet is empty",
        cause=(
            "The key is accepted, but the gateway refuses to generate because the balance does "
            "not cover the request. A request can need more than it costs in the end, when "
            "its whole output cap is set aside until it is done."
        ),
        actions=(
            _TOP_UP,
            (
                "If there is money in the wallet, lower the output cap, or wait for the requests "
                "in flight: they hold part of the balance."
            ),
            "Then send the request again; retrying before that cannot help.",
        ),
        message="Insufficient balance: top up the account and try again.",
        phrases=(
            "insufficient_balance",
            "insufficient balance",
            "balance is insufficient",
            "balance is too low",
            "not enough balance",
            "out of balance",
        ),
    ),
    _billing_row(
        id="no_wallet",
        origin=Origin.CODE,
        title="the account has no wallet",
        cause=(
            "The key is accepted, but its account has no wallet that a request could be paid "
            "from, so the gateway refuses to generate."
        ),
        actions=(
            f"Sign in at {CONSOLE} with the account of this key and top up.",
            (
                "If you have topped up already, check that the key belongs to the same account: "
                f"{KEYS_PAGE}"
            ),
            CONTACT_SUPPORT,
        ),
        message="No wallet exists for this account.",
        phrases=("no_wallet", "no wallet", "not have a wallet", "wallet not found"),
    ),
    _billing_row(
        id="billing_error",
        origin=Origin.FAMILY,
        title="the account cannot pay for the request",
        cause=(
            "The key is accepted, but the balance is used up or the account has no wallet. This "
            "shape of error carries no code that would say which."
        ),
        actions=(
            _TOP_UP,
            "Then send the request again; retrying before that cannot help.",
        ),
        message="The request was refused for a billing reason.",
    ),
)
