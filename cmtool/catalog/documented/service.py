"""500, 502 and 503: the gateway or the model service failed."""

from __future__ import annotations

from functools import partial

from cmtool.catalog.row import Origin, Row
from cmtool.catalog.wording import (
    BACK_OFF,
    CONTACT_SUPPORT,
    ERRORS_PAGE,
)
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

_STOP = "Stop after these attempts: an error that outlasts them is not cured by more."

_service_row = partial(
    Row,
    severity=Severity.ERROR,
    phase=Phase.RESPONSE,
    exit_code=ExitCode.SERVICE,
    step=5,
    retryable=True,
    docs_url=ERRORS_PAGE,
)

ROWS: tuple[Row, ...] = (
    _service_row(
        id="internal_error",
        origin=Origin.CODE,
        title="the gateway had an internal error",
        cause=(
            "The gateway failed while it handled the request. Nothing in the request or the "
            "configuration is known to be wrong."
        ),
        actions=(BACK_OFF, _STOP, CONTACT_SUPPORT),
        commands=("cmtool doctor {model}",),
        statuses=(500,),
        type="api_error",
        message="An internal error occurred while the request was handled.",
        phrases=("internal_error", "an internal error occurred"),
    ),
    _service_row(
        id="db_error",
        origin=Origin.CODE,
        title="the gateway could not reach its database",
        cause=(
            "The gateway failed on its own database while it handled the request. Nothing in the "
            "request or the configuration is known to be wrong."
        ),
        actions=(BACK_OFF, _STOP, CONTACT_SUPPORT),
        commands=("cmtool doctor {model}",),
        statuses=(500,),
        type="api_error",
        message="A database error occurred while the request was handled.",
        phrases=("db_error", "database error"),
    ),
    _service_row(
        id="provider_error",
        origin=Origin.CODE,
        title="the model service could not complete the request",
        cause=(
            "The gateway passed the request on, and the service that runs {model} failed. That "
            "is usually brief."
        ),
        actions=(
            BACK_OFF,
            "Try another model, to see whether it is this one alone.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool doctor {model}", "cmtool models"),
        statuses=(502,),
        type="provider_error",
        message="The model service could not complete the request.",
        phrases=("model service could not complete",),
    ),
    _service_row(
        id="model_unavailable",
        origin=Origin.CODE,
        title="the model is unavailable for the moment",
        cause=(
            "The gateway knows {model}, but the service that runs it does not take requests right "
            "now. That is usually brief."
        ),
        actions=(
            BACK_OFF,
            "Try another model, to see whether it is this one alone.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool doctor {model}", "cmtool models"),
        statuses=(503,),
        type="api_error",
        message="The model is temporarily unavailable.",
        phrases=("model_unavailable", "temporarily unavailable", "model is unavailable"),
    ),
    _service_row(
        id="api_error",
        origin=Origin.FAMILY,
        title="the gateway had an error of its own",
        cause=(
            "The gateway failed while it handled the request. This shape of error carries no code "
            "that would say where."
        ),
        actions=(BACK_OFF, _STOP, CONTACT_SUPPORT),
        commands=("cmtool doctor {model}",),
        statuses=(500,),
        type="api_error",
        message="The server could not handle the request.",
    ),
)
