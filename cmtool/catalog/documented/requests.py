"""400: the request itself cannot be taken."""

from __future__ import annotations

from functools import partial

from cmtool.catalog.row import Origin, Row
from cmtool.catalog.wording import (
    ERRORS_PAGE,
    MODELS_PAGE,
)
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

_request_row = partial(
    Row,
    severity=Severity.ERROR,
    phase=Phase.RESPONSE,
    exit_code=ExitCode.REQUEST,
    statuses=(400,),
    type="invalid_request_error",
    docs_url=ERRORS_PAGE,
)

ROWS: tuple[Row, ...] = (
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
