"""Rows for a key that is seen to be unusable before anything is sent."""

from __future__ import annotations

from functools import partial

from cmtool.catalog.row import KEYS_PAGE, Origin, Row, Sample
from cmtool.catalog.wording import AUTHENTICATION_PAGE
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

_row = partial(
    Row,
    origin=Origin.OURS,
    severity=Severity.ERROR,
    exit_code=ExitCode.CONFIGURATION,
    phase=Phase.LOCAL,
    step=1,
    docs_url=AUTHENTICATION_PAGE,
)

ROWS: tuple[Row, ...] = (
    _row(
        id="key_missing",
        title="no API key was found",
        cause=(
            "The place that the key is read from holds none; that is CROSSMODEL_API_KEY, unless a "
            "file was named. Without a key the gateway answers every request with 401."
        ),
        actions=(
            (
                "Set CROSSMODEL_API_KEY in the environment from which the program is started, and "
                "export it, so that child processes see it too."
            ),
            f"If you have no key yet, create one at {KEYS_PAGE}; it is shown once.",
            "Or keep the key in a file and name the file with --api-key-file.",
        ),
        commands=("cmtool doctor {model}",),
        samples=(
            Sample(
                body=(
                    "openai.OpenAIError: The api_key client option must be set either by passing "
                    "api_key to the client or by setting the OPENAI_API_KEY environment variable"
                ),
                content_type="text/plain",
            ),
            Sample(
                body=(
                    "TypeError: Could not resolve authentication method. Expected either api_key "
                    "or auth_token to be set."
                ),
                content_type="text/plain",
            ),
        ),
    ),
    _row(
        id="key_placeholder",
        title="the API key is a placeholder",
        cause=(
            "The value is the stand-in of an example or a template, not a key. It was copied "
            "along, or the variable that should replace it was never filled in."
        ),
        actions=(
            f"Create a key at {KEYS_PAGE}; it is shown once.",
            "Put it in place of the example value, wherever the variable is set.",
        ),
        commands=("cmtool doctor {model}",),
    ),
    _row(
        id="key_malformed",
        title="the API key holds characters that do not belong to it",
        cause=(
            "When the key was copied or read from a file, something came along or was changed: a "
            "line end, quotes, the word Bearer, an invisible character, a second key. Such a "
            "header is refused by the gateway, or by the client before anything is sent, which "
            "SDKs report as a connection error."
        ),
        actions=(
            (
                "Set the variable again with the bare key: it starts with cm- and has nothing "
                "before or after it."
            ),
            (
                "In an env file for docker write the value without quotes: docker --env-file keeps "
                "them as part of the key."
            ),
            "When the key comes from a file, take off the line end at its end.",
        ),
        commands=("cmtool doctor {model}",),
        samples=(
            Sample(
                body="httpx.LocalProtocolError: Illegal header value b'Bearer ***\\n'",
                content_type="text/plain",
            ),
            Sample(
                body=(
                    "UnicodeEncodeError: 'ascii' codec can't encode character '\\u200b' in "
                    "position 42: ordinal not in range(128)"
                ),
                content_type="text/plain",
            ),
        ),
    ),
    _row(
        id="key_wrong_vendor",
        title="the API key belongs to another vendor",
        cause=(
            "The key has the form of another vendor's keys, so this gateway cannot know it. "
            "It was not sent, so that it stays secret."
        ),
        actions=(
            f"Set CROSSMODEL_API_KEY to a key made at {KEYS_PAGE}; it starts with cm-.",
            (
                "Check which variable the program reads: an SDK of another vendor takes its own "
                "variable unless the key is handed to it."
            ),
        ),
        commands=("cmtool doctor {model}",),
    ),
    _row(
        id="key_wrong_prefix",
        title="the API key does not start with cm-",
        cause=(
            "Every key of the gateway starts with cm-. This one does not: the beginning was lost "
            "in copying, or it is some other secret."
        ),
        actions=(
            "Compare the first characters with the key as you stored it; it must start with cm-.",
            f"If it is lost, create a new one at {KEYS_PAGE}; a key is shown only once.",
        ),
        commands=("cmtool doctor {model}",),
    ),
)
