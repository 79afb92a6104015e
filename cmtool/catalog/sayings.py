"""What answers of others say themselves that leaves no doubt, and what to do about it.

A new sentence is a new row; the patterns are searched in the body without regard to case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cmtool.catalog.parties import RELAY, SET_BASE_URL, Words
from cmtool.catalog.wording import PUBLIC_BASE_URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A sentence of web servers; ``behind`` are the words where the base URL is https already."""

    pattern: str
    words: Words
    behind: Words | None = None


_HTTPS_ONLY = Words(
    cause=(
        "The answer was written by {who}, which speaks https only on that port, and was asked over "
        "plain http."
    ),
    actions=("Begin the base URL with https://.",),
)
_HTTPS_BEHIND = Words(
    cause=(
        "The answer was written by {who}: what stands in front of it passes the requests on over "
        "plain http, to a port that wants https."
    ),
    actions=(
        (
            "If the base URL is a relay of your own, let it speak https to what is behind it: "
            "{base_url} itself was asked over https."
        ),
        SET_BASE_URL,
    ),
)
_CERTIFICATE_WANTED = Words(
    cause=(
        "The answer was written by {who}, which lets in only clients that show a certificate of "
        "their own (mutual TLS). The gateway never saw the request, and the API key is not at "
        "fault."
    ),
    actions=(
        (
            f"Check the host of the base URL: the public gateway is {PUBLIC_BASE_URL} and asks for "
            "a key, not for a certificate."
        ),
        (
            "A gate of your own company that asks for a certificate must be given one by your "
            "client (cert= in httpx and requests, --cert in curl)."
        ),
    ),
)
_HEAD_TOO_LARGE = Words(
    cause="The answer was written by {who}, which takes no head of a request of this size.",
    actions=(
        "Leave out cookies and long headers that your client or a proxy adds to each request.",
        RELAY,
    ),
)
_OTHER_HOSTS = Words(
    cause=(
        "The answer was written by {who}, which is set to answer for other host names than the one "
        "in the base URL."
    ),
    actions=(
        SET_BASE_URL,
        "If the server is yours, add the host of {base_url} to those that it answers for.",
    ),
)

SAYINGS = (
    Saying(
        pattern=(
            r"plain http request was sent to https port|speaking plain http to an ssl-enabled"
            r"|client sent an http request to an https server"
            r"|combination of host and port requires tls|http.{1,20}sent to.{1,20}tls port"
        ),
        words=_HTTPS_ONLY,
        behind=_HTTPS_BEHIND,
    ),
    Saying(
        pattern=(
            r"no required ssl certificate was sent|the ssl certificate error"
            r"|client certificate (is )?required|requires a client certificate"
        ),
        words=_CERTIFICATE_WANTED,
    ),
    Saying(pattern=r"request header or cookie too large", words=_HEAD_TOO_LARGE),
    Saying(
        pattern=r"invalid http_host header|invalid host header|host not allowed|disallowedhost",
        words=_OTHER_HOSTS,
    ),
)


def said_in(body: str, base_url: str | None) -> Words | None:
    """Give the words for what a body says plainly; None where it does not."""
    found = (row for row in SAYINGS if re.search(row.pattern, body, re.IGNORECASE | re.DOTALL))
    row = next(found, None)
    if row is None:
        return None
    secure = (base_url or "").lower().startswith("https:")
    return row.behind if row.behind is not None and secure else row.words
