"""Rows for the codes and error types that the gateway documents.

Source of every status, type and code: https://www.crossmodel.ai/docs/errors.
"""

from __future__ import annotations

from functools import partial

from cmtool.catalog.readings import LIMITS, WHEN_TOLD
from cmtool.catalog.row import CONSOLE, KEYS_PAGE, Origin, Row
from cmtool.catalog.wording import (
    AUTHENTICATION_PAGE,
    BACK_OFF,
    BILLING_PAGE,
    CONTACT_SUPPORT,
    ERRORS_PAGE,
    LIMITS_PAGE,
    MODELS_PAGE,
)
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

_STOP = "Stop after these attempts: an error that outlasts them is not cured by more."
_TOP_UP = f"Top up: {CONSOLE}"
_KEY_HEADER = (
    "Send the key as Authorization: Bearer cm-…, or on /v1/messages as x-api-key: cm-…; SDKs do "
    "so when the key is handed to them."
)

# What the rows of one kind have in common.
_request_row = partial(
    Row,
    severity=Severity.ERROR,
    phase=Phase.RESPONSE,
    exit_code=ExitCode.REQUEST,
    statuses=(400,),
    type="invalid_request_error",
    docs_url=ERRORS_PAGE,
)
_key_row = partial(
    Row,
    severity=Severity.ERROR,
    phase=Phase.RESPONSE,
    exit_code=ExitCode.AUTHENTICATION,
    step=1,
    statuses=(401,),
    type="authentication_error",
    docs_url=AUTHENTICATION_PAGE,
    commands=("cmtool doctor {model}",),
)
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
_service_row = partial(
    Row,
    severity=Severity.ERROR,
    phase=Phase.RESPONSE,
    exit_code=ExitCode.SERVICE,
    step=5,
    retryable=True,
    docs_url=ERRORS_PAGE,
)

_REQUEST: tuple[Row, ...] = (
    _request_row(
        id="invalid_json",
        origin=Origin.CODE,
        title="the request body is not valid JSON",
        cause=(
            "The gateway could not read the body as JSON. A shell that takes the quotes away, a "
            "trailing comma or a body cut short are the usual reasons."
        ),
        actions=(
            "Let a JSON library write the body instead of joining strings.",
            "With curl put the body into a file and send it with --data-binary @body.json.",
            "Compare with a request that is known to work.",
        ),
        commands=("cmtool request {model}",),
        message="The request body is not valid JSON.",
        phrases=("invalid_json", "not valid json", "invalid json", "malformed json"),
    ),
    _request_row(
        id="invalid_messages",
        origin=Origin.CODE,
        title="the messages of the request are not in the right form",
        cause=(
            "The list of messages is missing or empty, or one of them has a role or a content that "
            "this endpoint does not take. Each of the three protocols has its own form."
        ),
        actions=(
            "Send a non-empty list in which every message has a role and a content.",
            (
                "Compare the body with the form of the endpoint that is called: messages for Chat "
                "Completions and Messages, input for Responses."
            ),
            "Compare with a request that is known to work.",
        ),
        commands=("cmtool request {model}",),
        message="Invalid messages: expected a non-empty list with a role and content in each.",
        param="messages",
        phrases=(
            "invalid_messages",
            "invalid messages",
            "messages must",
            "messages is required",
            "at least one message",
        ),
    ),
    _request_row(
        id="unsupported_parameter",
        origin=Origin.CODE,
        title="the model or endpoint does not take a parameter of the request",
        cause=(
            "The request carries a parameter that {model} or the endpoint does not support. The "
            "param field of the error names it."
        ),
        actions=(
            "Leave out the parameter that param or the message names.",
            (
                "For the output cap use the name of the protocol: max_completion_tokens for Chat "
                "Completions, max_output_tokens for Responses, max_tokens for Messages."
            ),
            f"Look up what the model takes: {MODELS_PAGE}",
        ),
        commands=("cmtool request {model}",),
        message="Unsupported parameter: logit_bias is not supported with this model.",
        param="logit_bias",
        phrases=("unsupported_parameter", "unsupported parameter"),
    ),
    _request_row(
        id="unsupported_responses_feature",
        origin=Origin.CODE,
        title="the request uses a Responses feature that is not supported",
        cause=(
            "The request to /v1/responses asks for a feature of the Responses API that the gateway "
            "does not offer for {model}."
        ),
        actions=(
            "Leave out the feature that the message names.",
            "Or send the request to /v1/chat/completions, when that protocol has what is needed.",
            f"Look up what the model takes: {MODELS_PAGE}",
        ),
        commands=("cmtool request --protocol responses {model}",),
        message="Unsupported Responses feature: background runs are not available.",
        param="background",
        phrases=(
            "unsupported_responses_feature",
            "unsupported responses feature",
            "responses feature",
        ),
    ),
    _request_row(
        id="invalid_request_error",
        origin=Origin.FAMILY,
        title="the gateway refuses the request as it was sent",
        cause=(
            "Something in the body or its parameters is not accepted. This shape of error carries "
            "no code, so the message is what tells more."
        ),
        actions=(
            "Mend what the message names, then send again; the same body is refused again.",
            "Compare with a request that is known to work.",
        ),
        commands=("cmtool request {model}",),
        message="The request could not be accepted as it was sent.",
    ),
)

_AUTHENTICATION: tuple[Row, ...] = (
    _key_row(
        id="missing_api_key",
        origin=Origin.CODE,
        title="the request carried no API key",
        cause=(
            "The gateway saw neither an Authorization header nor an x-api-key header with a "
            "key in it. Either the program sends none, or a redirect or a proxy took it away."
        ),
        actions=(
            (
                "Check that CROSSMODEL_API_KEY is set where the program runs, and that the program "
                "reads that variable."
            ),
            _KEY_HEADER,
            "Check that the base URL starts with https:// and is not redirected.",
        ),
        message="Missing API key: send it as Authorization: Bearer or as x-api-key.",
        phrases=(
            "missing_api_key",
            "missing api key",
            "no api key",
            "api key is missing",
            "api key is required",
        ),
    ),
    _key_row(
        id="invalid_api_key",
        origin=Origin.CODE,
        title="the gateway does not know the API key",
        cause=(
            "A key arrived, but no such key exists. It was mistyped or cut short in copying, "
            "deleted since, or it is the key of another vendor or account."
        ),
        actions=(
            f"Compare the first and last characters with the keys at {KEYS_PAGE}.",
            (
                "Check that the program reads the variable that you set, and that it was started "
                "after you set it."
            ),
            f"If in doubt, create a new key at {KEYS_PAGE}; it is shown once.",
        ),
        message="Invalid API key provided.",
        phrases=(
            "invalid_api_key",
            "invalid api key",
            "incorrect api key",
            "api key is invalid",
            "api key is not valid",
        ),
    ),
    _key_row(
        id="api_key_inactive",
        origin=Origin.CODE,
        title="the API key is disabled",
        cause=(
            "The gateway knows the key, but it was disabled in the console, so it is refused. "
            "Another key of the same account can still work."
        ),
        actions=(
            f"Look at the key at {KEYS_PAGE}, and ask whoever disabled it whether it may be used.",
            f"Or create a new key at {KEYS_PAGE} and set CROSSMODEL_API_KEY to it.",
        ),
        message="This API key is inactive.",
        phrases=(
            "api_key_inactive",
            "key is inactive",
            "inactive api key",
            "api key inactive",
            "key is disabled",
            "key was disabled",
            "key has been disabled",
        ),
    ),
    _key_row(
        id="user_inactive",
        origin=Origin.CODE,
        title="the account of the API key is unavailable",
        cause=(
            "The gateway knows the key, but the account that it belongs to is not active. "
            "Another key of the same account is refused as well."
        ),
        actions=(
            f"Sign in at {CONSOLE} and see what is said about the account.",
            CONTACT_SUPPORT,
        ),
        message="The user account is inactive.",
        phrases=(
            "user_inactive",
            "user is inactive",
            "inactive user",
            "account is inactive",
            "account is disabled",
            "account has been disabled",
            "account is unavailable",
        ),
    ),
    _key_row(
        id="authentication_error",
        origin=Origin.FAMILY,
        title="the gateway refuses the API key",
        cause=(
            "The key is missing, wrong or disabled, or its account is unavailable. This shape of "
            "error carries no code that would say which."
        ),
        actions=(
            _KEY_HEADER,
            "Check that the key starts with cm- and has nothing before or after it.",
            f"Check at {KEYS_PAGE} that the key exists and is enabled.",
        ),
        message="Authentication failed.",
    ),
)

_BILLING: tuple[Row, ...] = (
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

_MODEL: tuple[Row, ...] = (
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
)

_LIMIT: tuple[Row, ...] = (
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

_SERVICE: tuple[Row, ...] = (
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

ROWS: tuple[Row, ...] = (
    *_AUTHENTICATION,
    *_BILLING,
    *_MODEL,
    *_LIMIT,
    *_SERVICE,
    *_REQUEST,
)
