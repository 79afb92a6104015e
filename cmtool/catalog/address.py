"""Rows for a base URL that is seen to be wrong before anything is sent."""

from __future__ import annotations

from functools import partial

from cmtool.catalog.row import Origin, Row, Sample
from cmtool.catalog.wording import AUTHENTICATION_PAGE, SET_BASE_URL
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

_row = partial(
    Row,
    origin=Origin.OURS,
    severity=Severity.ERROR,
    exit_code=ExitCode.CONFIGURATION,
    phase=Phase.LOCAL,
    docs_url=AUTHENTICATION_PAGE,
)

ROWS: tuple[Row, ...] = (
    _row(
        id="base_url_invalid",
        title="the base URL is not written as a URL",
        cause=(
            "A base URL is an http or https address with a host, and nothing else. Here something "
            "is missing, came along with it, or stands in its place."
        ),
        actions=("Write it bare: no quotes, no blanks, no user name, no key in it.",),
        commands=SET_BASE_URL,
        samples=(
            Sample(
                body=(
                    "httpx.UnsupportedProtocol: Request URL is missing an 'http://' or 'https://' "
                    "protocol."
                ),
                content_type="text/plain",
            ),
        ),
    ),
    _row(
        id="base_url_path",
        title="the path of the base URL is wrong",
        cause=(
            "The base URL must end with exactly one /v1. Requests to any other path go to an "
            "address that does not exist, and are answered with 404 or a page."
        ),
        actions=(
            (
                "Give cmtool and OpenAI clients the base URL with /v1, Anthropic clients without: "
                "they add /v1 themselves."
            ),
        ),
        commands=SET_BASE_URL,
    ),
    _row(
        id="base_url_host",
        title="the host of the base URL is not that of the API",
        cause=(
            "The API lives at api.crossmodel.ai. Another host, be it the website, another vendor "
            "or a misspelling, answers with a page or a 404, or sees a key that is not meant for "
            "it."
        ),
        actions=("Without a variable or option for it, cmtool asks the public gateway by itself.",),
        commands=SET_BASE_URL,
    ),
    _row(
        id="base_url_insecure",
        title="the base URL uses http instead of https",
        cause=(
            "Over plain http anyone on the way could read the key, so it was not sent. A redirect "
            "from http to https does not mend it either: it can turn a POST into a GET or drop "
            "the key on the way."
        ),
        actions=("Write https:// in front of the host; only localhost may be asked over http.",),
        commands=SET_BASE_URL,
    ),
)
