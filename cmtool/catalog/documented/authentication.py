"""401: the key, or the account behind it, is refused."""

from __future__ import annotations

from functools import partial

from cmtool.catalog.row import CONSOLE, KEYS_PAGE, Origin, Row
from cmtool.catalog.wording import (
    AUTHENTICATION_PAGE,
    CONTACT_SUPPORT,
)
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

_KEY_HEADER = (
    "Send the key as Authorization: Bearer cm-…, or on /v1/messages as x-api-key: cm-…; SDKs do "
    "so when the key is handed to them."
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

ROWS: tuple[Row, ...] = (
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
