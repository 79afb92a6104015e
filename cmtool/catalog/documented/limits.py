"""404 and 429: a model that is not there, and a key that asks for too much."""

from __future__ import annotations

from cmtool.catalog.readings import LIMITS, WHEN_TOLD
from cmtool.catalog.row import Origin, Row
from cmtool.catalog.wording import (
    BACK_OFF,
    LIMITS_PAGE,
    MODELS_PAGE,
)
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

ROWS: tuple[Row, ...] = (
    Row(
        id="model_not_found",
        origin=Origin.CODE,
        severity=Severity.ERROR,
        title="the model does not exist under this ID",
        cause=(
            "The gateway does not offer {model}: the ID is misspelt, not listed, or unavailable at "
            "the moment. IDs are vendor/model; a dot for a dash, a capital letter, a missing "
            "vendor or a suffix such as :free makes another ID of it."
        ),
        actions=(
            "Take the ID from the live list, never from memory or from an example.",
            "If it is an alias of yours, check that it belongs to the account of this key.",
        ),
        commands=("cmtool models --check {model}", "cmtool models"),
        exit_code=ExitCode.MODEL,
        phase=Phase.RESPONSE,
        step=3,
        statuses=(404,),
        type="invalid_request_error",
        docs_url=MODELS_PAGE,
        message="The model does not exist or is not available.",
        param="model",
        phrases=(
            "model_not_found",
            "model not found",
            "model does not exist",
            "no such model",
        ),
    ),
    Row(
        id="rate_limit_exceeded",
        origin=Origin.CODE,
        severity=Severity.ERROR,
        title="the key is over its rate limit",
        cause=(
            "A key may make 60 requests a minute (RPM) and use 100,000 tokens a minute (TPM). One "
            "of the two is used up for the moment; the message says which."
        ),
        actions=(
            "When the message names RPM, lower the number of requests at the same time.",
            "When it names TPM, lower the output cap or shorten the input.",
            WHEN_TOLD,
            BACK_OFF,
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.RATE_LIMIT,
        phase=Phase.RESPONSE,
        step=4,
        statuses=(429,),
        type="rate_limit_error",
        retryable=True,
        docs_url=LIMITS_PAGE,
        message="Rate limit exceeded: 60 requests per minute (RPM) for this key.",
        phrases=("rate_limit_exceeded", "rate limit exceeded"),
        readings=LIMITS,
    ),
)
