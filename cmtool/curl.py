"""A request as a person may see it: what was sent, and the curl line that sends the same."""

from __future__ import annotations

import shlex

from cmtool.model import SentRequest
from cmtool.protocols import Dialect, Prompt

KEY_IN_SHELL = "$CROSSMODEL_API_KEY"


def sent(dialect: Dialect, prompt: Prompt, base_url: str) -> SentRequest:
    """Give a generation's request with the variable's name in place of the key."""
    url = base_url + dialect.path
    headers = {**dialect.headers(prompt), **dialect.key_headers(KEY_IN_SHELL)}
    body = dialect.content(prompt).decode()
    return SentRequest(
        protocol=dialect.protocol,
        method="POST",
        url=url,
        headers=headers,
        body=body,
        curl=_line(url, headers, body, stream=prompt.stream),
    )


def _line(url: str, headers: dict[str, str], body: str, *, stream: bool) -> str:
    options = "-sSiN" if stream else "-sSi"
    shown = [f"-H {_quoted(f'{name}: {value}')}" for name, value in headers.items()]
    return " ".join(["curl", options, shlex.quote(url), *shown, "-d", shlex.quote(body)])


def _quoted(header: str) -> str:
    """Quote a header so that the shell still puts the key in."""
    return f'"{header}"' if KEY_IN_SHELL in header else shlex.quote(header)
