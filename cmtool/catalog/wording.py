"""Sentences and addresses that several families of the catalogue share, written once."""

from __future__ import annotations

from cmtool.catalog.row import CONTACT, DOCS

PUBLIC_BASE_URL = "https://api.crossmodel.ai/v1"

ERRORS_PAGE = f"{DOCS}/errors"
AUTHENTICATION_PAGE = f"{DOCS}/authentication"
LIMITS_PAGE = f"{DOCS}/rate-limits"
BILLING_PAGE = f"{DOCS}/billing"
STREAMING_PAGE = f"{DOCS}/guides/streaming"
PRODUCTION_PAGE = f"{DOCS}/guides/production"
MODELS_PAGE = f"{DOCS}/models-and-capabilities"

# The delays are those of https://www.crossmodel.ai/docs/guides/production.
BACK_OFF = (
    "Retry with exponential backoff and jitter: wait about 0.5, 1, 2 and 4 seconds between "
    "the attempts."
)
TICKET = "--report ticket.md"
CONTACT_SUPPORT = (
    f"When it persists, write to {CONTACT}: {TICKET} makes the text, with the "
    "x-request-id, the time of the request, the model ID, the HTTP status and the error body."
)
PERSISTED = (
    f"It has persisted through {{attempts}} attempts: send {CONTACT} the file that "
    f"{TICKET} writes. It holds what support asks for, and no secret."
)
START_AFRESH = (
    "Discard the text received so far and send a fresh, complete request; never join the two "
    "answers."
)
FOR_ANTHROPIC = (
    "Anthropic clients add /v1/messages themselves: give them https://api.crossmodel.ai "
    "without /v1."
)
# Not those of other clients: with them the keys of other vendors would be sent here.
SET_BASE_URL = ("export CROSSMODEL_API_URL={url}", "cmtool doctor {model}")
