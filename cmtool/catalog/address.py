"""Rows for a base URL that is seen to be wrong before anything is sent."""

from __future__ import annotations

from functools import partial

from cmtool.catalog.row import Origin, Row, Sample
from cmtool.catalog.wording import AUTHENTICATION_PAGE, FOR_ANTHROPIC, PUBLIC_BASE_URL
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

_SET_PUBLIC = (
    f"Set CROSSMODEL_API_URL to {PUBLIC_BASE_URL}, or unset it: that address is the default."
)

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
        title="the base URL is not a URL",
        cause=(
            "The value cannot be read as an http or https address with a host, so no request can "
            "be sent. Often the https:// in front is missing, or quotes came along."
        ),
        actions=(
            _SET_PUBLIC,
            "Write it bare: no quotes, no blanks, no angle brackets around it.",
        ),
        commands=("cmtool doctor {model}",),
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
            "The base URL must end with exactly one /v1. Here it is missing or doubled, or the "
            "path of an endpoint was pasted behind it, so that requests go to an address that "
            "does not exist."
        ),
        actions=(
            (
                f"For OpenAI clients and cmtool set the base URL to {PUBLIC_BASE_URL}; the client "
                "adds the path of the endpoint."
            ),
            FOR_ANTHROPIC,
        ),
        commands=("cmtool doctor {model}",),
    ),
    _row(
        id="base_url_host",
        title="the base URL points at a website, not at the API",
        cause=(
            "The host serves the website, the console or the documentation. The API lives at "
            "api.crossmodel.ai; elsewhere a request gets a page of HTML, or a 404."
        ),
        actions=(_SET_PUBLIC,),
        commands=("cmtool doctor {model}",),
    ),
    _row(
        id="base_url_insecure",
        title="the base URL uses http instead of https",
        cause=(
            "Over plain http anyone on the way could read the key, so it was not sent. A redirect "
            "from http to https does not mend it either: it can turn a POST into a GET or drop "
            "the key on the way."
        ),
        actions=(
            "Write https:// in front of the host.",
            _SET_PUBLIC,
        ),
        commands=("cmtool doctor {model}",),
    ),
)
