"""What the variables of other clients, and those of cmtool, say about the base URL.

Pure.  The OpenAI clients put the path of an endpoint behind their base URL, the Anthropic clients
put ``/v1`` and the path behind theirs.  Variables: ``OPENAI_BASE_URL`` and ``ANTHROPIC_BASE_URL``
are read by the official packages; ``OPENAI_API_BASE`` by LangChain and by openai before 1.0,
``ANTHROPIC_API_URL`` by LangChain.  cmtool itself reads none of them.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cmtool import catalog
from cmtool.address import API_HOST, PUBLIC_BASE_URL, examine, shown
from cmtool.credentials import PREFIX, bare
from cmtool.model import Finding
from cmtool.routing.proxies import is_loopback
from cmtool.settings import Settings

_OWN = ("CROSSMODEL_API_URL", "CROSSMODEL_BASE_URL")
_DEFAULT = "the default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Clients of one kind: the first of ``variables`` is the one to set, ``readers`` tells of each.

    ``version`` is what they put behind the base URL before ``endpoint``; without a base URL they
    ask ``vendor``.
    """

    name: str
    version: str
    endpoint: str
    variables: tuple[str, ...]
    readers: Mapping[str, str]
    keys: tuple[str, ...]
    vendor: str

    def base_url(self, base_url: str) -> str:
        """Give the base URL that these clients need for one that ends in /v1."""
        return base_url.removesuffix(self.version) if self.version else base_url


CLIENTS = (
    Client(
        name="OpenAI clients",
        version="",
        endpoint="/chat/completions",
        variables=("OPENAI_BASE_URL", "OPENAI_API_BASE"),
        readers={"OPENAI_API_BASE": "LangChain and old OpenAI clients"},
        keys=("OPENAI_API_KEY",),
        vendor="api.openai.com",
    ),
    Client(
        name="Anthropic clients",
        version="/v1",
        endpoint="/messages",
        variables=("ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL"),
        readers={"ANTHROPIC_API_URL": "LangChain's Anthropic clients"},
        keys=("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
        vendor="api.anthropic.com",
    ),
)


def remarks(settings: Settings, base_url: str | None) -> Iterator[Finding]:
    """Give warnings for variables that point here wrongly; ``base_url`` is the one of this run."""
    environ, used = settings.environ, base_url or PUBLIC_BASE_URL
    yield from _conflict(settings, used)
    for client in CLIENTS:
        held = [name for name in client.keys if bare(environ.get(name, "")).startswith(PREFIX)]
        values = {name: environ[name] for name in client.variables if environ.get(name, "").strip()}
        for name, value in values.items():
            if _is_meant_here(value, used, holds_key=bool(held)):
                yield from _misfit(client, name, value, used)
        if held and all(map(_vendor, values.values())):
            yield _astray(client, held, values, used)
    if settings.base_url_where == _DEFAULT:
        yield from _unread(environ, used)


def _conflict(settings: Settings, used: str) -> Iterator[Finding]:
    """Warn of two variables of our own that come to different addresses."""
    values = {
        name: settings.environ[name] for name in _OWN if settings.environ.get(name, "").strip()
    }
    if len({examine(value, name).base_url or value for name, value in values.items()}) > 1:
        told = " and ".join(f"{name} is {shown(value)}" for name, value in values.items())
        where = settings.base_url_where
        yield _remark("base_url_conflict", f"{told}; {where} is used, which comes to {used}.")


def _is_meant_here(value: str, used: str, *, holds_key: bool) -> bool:
    """Say whether a value names this gateway, or would if it were written right."""
    if _vendor(value):
        return False
    meant = examine(value, "it").base_url
    host = urlsplit(meant).hostname if meant else None
    return holds_key or host == API_HOST or (host is not None and host == urlsplit(used).hostname)


def _vendor(value: str) -> str | None:
    return examine(value, "it").vendor


def _misfit(client: Client, name: str, value: str, used: str) -> Iterator[Finding]:
    """Warn of a base URL from which these clients make another address than is right."""
    asked = value.removesuffix("/") + client.version
    verdict = examine(asked, name)
    if verdict.finding is None:
        return
    right = client.base_url(verdict.base_url or used)
    if verdict.base_url is None:
        said = [verdict.finding.evidence[0]]
    else:
        said = [_why(client, verdict.problems)]
        readers = client.readers.get(name, client.name)
        said.append(f"{name} is {shown(value)}: {readers} ask {shown(asked + client.endpoint)}.")
    yield _remark("client_base_url", *said, setting=(name, right))


def _why(client: Client, problems: tuple[tuple[str, str], ...]) -> str:
    """Give the gravest reason in words that hold for these clients."""
    identifier, said = problems[0]
    if identifier != "base_url_path":
        return said
    adds = "add /v1 themselves" if client.version else "do not add /v1"
    return f"{client.name} put the path of the endpoint behind it, and {adds}."


def _astray(client: Client, held: list[str], values: Mapping[str, str], used: str) -> Finding:
    """Warn of a key of the gateway that these clients send to their own vendor."""
    keys, variable = " and ".join(held), client.variables[0]
    to = next(filter(None, map(_vendor, values.values())), client.vendor)
    why = f"{next(iter(values))} names {to}" if values else f"{variable} is not set"
    holds = "holds a key" if len(held) == 1 else "hold keys"
    said = f"{keys} {holds} of this gateway, and {why}: {client.name} send it to {to}."
    return _remark("key_in_other_variable", said, setting=(variable, client.base_url(used)))


def _unread(environ: Mapping[str, str], used: str) -> Iterator[Finding]:
    """Say that cmtool asked the public gateway though another client would ask this machine."""
    for client in CLIENTS:
        for name in client.variables:
            meant = examine(environ.get(name, "") or used, name).base_url
            foreign = any(
                environ.get(key, "").strip() and not bare(environ[key]).startswith(PREFIX)
                for key in client.keys
            )
            if meant and is_loopback(urlsplit(meant).hostname or "") and not foreign:
                said = f"cmtool does not read {name}, which names {meant}; it asked {used}."
                yield _remark("base_url_conflict", said, setting=("CROSSMODEL_API_URL", meant))
                return


def _remark(identifier: str, *evidence: str, setting: tuple[str, str] | None = None) -> Finding:
    """Fill a row; ``setting`` is the variable to set and its value."""
    line = f"export {setting[0]}={shlex.quote(setting[1])}" if setting else ""
    return catalog.fill(
        catalog.row(identifier),
        evidence=evidence,
        first_actions=[f"Set {setting[0]}; in bash or zsh: {line}"] if setting else (),
        first_commands=[line] if line else (),
        check="environment",
    )
