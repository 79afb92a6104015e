"""What a proxy that wants a login asks for, and what helps against each way of asking.

A 407 names the schemes in ``Proxy-Authenticate`` (RFC 9110, section 11.7.1).  Basic (RFC 7617) is
the only one that most HTTP clients speak to a proxy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NAMES = {
    "basic": "Basic",
    "digest": "Digest",
    "ntlm": "NTLM",
    "negotiate": "Negotiate",
    "kerberos": "Kerberos",
    "bearer": "Bearer",
}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?')
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]{0,30})(?=\s+[^=\s]|\s*$)")
_ESCAPES = "@ is %40, : is %3A, / is %2F, # is %23, % is %25"

BY_HELPER = (
    "Run a helper on this machine that logs in to the proxy for other programs, such as Px or"
    " cntlm, and name the helper's address in {variable}."
)
BY_OWNER = "Ask the owner of the proxy for a rule that lets the host through without a login."


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a proxy that answered 407 wants, in sentences, and what to do first."""

    details: tuple[str, ...]
    actions: tuple[str, ...]
    cause: str = ""


def schemes(header: str) -> tuple[str, ...]:
    """Give the schemes that a ``Proxy-Authenticate`` header names, by their usual spelling."""
    pieces = _QUOTED.sub('""', header).split(",")
    found = [match[1] for piece in pieces if (match := _SCHEME.match(piece))]
    return tuple(dict.fromkeys(_NAMES.get(name.lower(), name) for name in found))


def demand(
    header: str, *, variable: str | None = None, login: tuple[str, str] | None = None
) -> Demand:
    """Say what is wanted by a proxy.

    ``variable`` is the one that names it, None for a proxy that may be anywhere on the way;
    ``login`` is what was sent to it, None for nothing.
    """
    asked = schemes(header)
    holds = f", and {variable} holds none" if variable else ""
    variable = variable or "HTTPS_PROXY"
    if asked and "Basic" not in asked:
        return _unspoken(asked, variable)
    if login is not None:
        return _refused(asked, variable, login)
    kind = f"asks for a login of the kind {_either(asked)}" if asked else "asks for a login"
    form = "as user:password@ in front of its host, special characters percent-encoded"
    return Demand(
        details=(f"It {kind}{holds}.",),
        actions=(f"Write the login into {variable}, {form} ({_ESCAPES}).", BY_OWNER),
    )


def _unspoken(asked: tuple[str, ...], variable: str) -> Demand:
    most = "the one way in which most HTTP clients, cmtool among them, log in to a proxy"
    return Demand(
        details=(f"It takes a login by {_either(asked)} only, not by Basic, {most}.",),
        actions=(BY_HELPER.format(variable=variable), BY_OWNER),
        cause=(
            f"The proxy answered 407: it wants a login by {_either(asked)}, which a user name and a"
            " password in its address do not give. The gateway never saw the request, and the API"
            " key is not at fault."
        ),
    )


def _refused(asked: tuple[str, ...], variable: str, login: tuple[str, str]) -> Demand:
    empty = "" if login[1] else " It holds a user name and no password."
    asks = f" It asks for {_either(asked)}." if asked else ""
    why = "a password may have changed or run out, and some proxies want the domain before the name"
    return Demand(
        details=(f"It was given the login of {variable} and refused it.{empty}{asks}",),
        actions=(
            f"Correct the user name and the password in {variable}: {why} (DOMAIN%5Cuser).",
            f"Write special characters of the login percent-encoded: {_ESCAPES}.",
        ),
        cause=(
            "The proxy answered 407 although a login was sent: it does not take this one. The"
            " gateway never saw the request, and the API key is not at fault."
        ),
    )


def _either(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
