"""The number under which whoever wrote an answer finds it again: its owner asks for it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from cmtool.redact import visible

HEADERS = (
    "cf-ray",
    "x-amz-cf-id",
    "x-amzn-requestid",
    "apigw-requestid",
    "x-amz-request-id",
    "x-azure-ref",
    "apim-request-id",
    "akamai-grn",
    "x-akamai-request-id",
    "x-fastly-request-id",
    "x-varnish",
    "x-iinfo",
    "x-sucuri-id",
    "x-vercel-id",
    "x-nf-request-id",
    "fly-request-id",
    "rndr-id",
    "x-railway-request-id",
    "x-github-request-id",
    "ngrok-error-code",
    "x-kong-request-id",
    "x-litellm-call-id",
    "x-oneapi-request-id",
    "x-portkey-trace-id",
    "helicone-id",
    "request-id",
)
"""Response headers that hold one, lower-case."""

# What a body calls it, and the number.
_IN_BODY = (
    (
        "Reference",
        r"reference&#32;&#35;((?:[0-9a-f]{1,40}(?:&#46;|\.)?){1,6})",
    ),
    ("Reference", r"reference ?#([0-9a-f.]{8,80})"),
    ("Ray ID", r"ray id:\s{0,4}(?:<[^<>]{0,80}>)?([0-9a-f]{16})"),
    ("Ray ID", r'"ray_id":\s*"([0-9a-f]{16})'),
    ("Support ID", r"support id(?: is)?:?\s{0,4}(?:<[^<>]{0,40}>)?([0-9]{6,30})"),
    ("Incident ID", r"incident id:\s{0,4}([0-9-]{8,80})"),
    ("Request ID", r"request id:\s{0,4}([\w=-]{8,120})"),
    ("RequestId", r"<requestid>([0-9a-z]{8,40})</requestid>"),
    ("XID", r"xid:\s{0,4}([0-9]{1,20})"),
)
_MOST = 2
_LONGEST = 120


def references(headers: Mapping[str, str], body: str) -> list[str]:
    """Give up to two numbers with their names, such as ``cf-ray 8f1c2d3e4a5b6c7d-FRA``."""
    found = [f"{name} {headers[name]}" for name in HEADERS if headers.get(name, "").strip()]
    return [visible(line)[:_LONGEST] for line in (found or _in_body(body))[:_MOST]]


def _in_body(body: str) -> list[str]:
    for name, pattern in _IN_BODY:
        number = re.search(pattern, body, re.IGNORECASE)
        if number is not None:
            return [f"{name} {html.unescape(number[1])}"]
    return []
