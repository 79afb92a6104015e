"""What the variables of other clients, and those of cmtool, say about the base URL.

Pure.  The OpenAI clients put the path of an endpoint behind their base URL, the Anthropic clients
put ``/v1`` and the path behind theirs.  Variables: ``OPENAI_BASE_URL`` and ``ANTHROPIC_BASE_URL``
are read by the official packages; ``OPENAI_API_BASE`` by LangChain and by openai before 1.0,
``ANTHROPIC_API_URL`` by LangChain.  cmtool itself reads none of them.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from cmtool import catalog
from cmtool.address import API_HOST, PUBLIC_BASE_URL, examine, shown
from cmtool.credentials import PREFIX, bare
from cmtool.credentials.vendors import vendor_of
from cmtool.model import Finding
from cmtool.routing.proxies import is_loopback
from cmtool.settings import Settings
from cmtool.settings.variables import KEY_VARIABLE

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
    yield from _conflict(settings, base_url)
    yield from _not_loaded(settings, used)
    for client in CLIENTS:
        held = [name for name in client.keys if bare(environ.get(name, "")).startswith(PREFIX)]
        values = {name: environ[name] for name in client.variables if environ.get(name, "").strip()}
        here = {
            name: value
            for name, value in values.items()
            if _is_meant_here(value, used, holds_key=bool(held))
        }
        foreign = () if held else _foreign(client, environ)
        if foreign and (at := next((n for n, v in here.items() if _is_same(v, used)), None)):
            yield _strangers(settings, at, foreign[0])
            continue
        for name, value in here.items():
            yield from _misfit(client, name, value, used)
        if held and not values and (empty := _empty(client, environ)):
            yield _hollow(client, empty, used)
        elif held and all(map(_vendor, values.values())):
            yield _astray(client, held, values, used)
    if settings.base_url_where == _DEFAULT:
        yield from _unread(environ, used)


def _conflict(settings: Settings, base_url: str | None) -> Iterator[Finding]:
    """Warn of two variables of our own that come to different addresses."""
    values = {
        name: settings.environ[name] for name in _OWN if settings.environ.get(name, "").strip()
    }
    meant = {name: examine(value, name).base_url for name, value in values.items()}
    if len({meant[name] or value for name, value in values.items()}) <= 1:
        return
    told = " and ".join(f"{name} is {shown(value)}" for name, value in values.items())
    where = settings.base_url_where
    if base_url is not None:
        yield _remark("base_url_conflict", f"{told}; {where} is used, which comes to {base_url}.")


def with_the_other(finding: Finding, settings: Settings) -> Finding:
    """Say of an address that cannot be used, where that is so, that our other variable has one."""
    first, second = _OWN
    good = examine(settings.environ.get(second, ""), second).base_url
    if settings.base_url_where != first or good is None:
        return finding
    said = f"{second} names {good}, which can be used, but {first} outweighs it."
    line = f"unset {first}"
    return replace(
        finding,
        evidence=(*finding.evidence, said),
        actions=(f"Unset {first}, if {good} is meant: {line}", *finding.actions),
        commands=(line, finding.commands[-1]),
    )


def _not_loaded(settings: Settings, used: str) -> Iterator[Finding]:
    """Warn of an address in a .env file to which a program that loads the file would go."""
    dotenv = settings.dotenv
    for name in _OWN if dotenv and settings.key and settings.env_file is None else ():
        value = dotenv.others.get(name, "") if dotenv else ""
        if value and name not in settings.environ and examine(value, name).base_url != used:
            where = f"{name} in {dotenv.path if dotenv else ''}"
            said = f"{where} is {shown(value)}, which was not loaded; cmtool asked {used}."
            yield _remark("base_url_conflict", said)
            return


def _foreign(client: Client, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Give the variables that hold keys of other vendors, which these clients would send."""
    return tuple(name for name in client.keys if vendor_of(bare(environ.get(name, ""))))


def _empty(client: Client, environ: Mapping[str, str]) -> str | None:
    """Give the variable that is set to nothing: the official packages take even that for a URL."""
    first = client.variables[0]
    return first if first in environ else None


def _is_meant_here(value: str, used: str, *, holds_key: bool) -> bool:
    """Say whether a value names this gateway, or would if it were written right."""
    if _vendor(value):
        return False
    meant = examine(value, "it").base_url
    host = urlsplit(meant).hostname if meant else None
    return holds_key or host == API_HOST or (host is not None and host == urlsplit(used).hostname)


def _is_same(value: str, used: str) -> bool:
    """Say whether a value names the public gateway, or the very server of this run."""
    named = urlsplit(examine(value, "it").base_url or "").netloc
    return named in {API_HOST, urlsplit(used).netloc}


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
    if identifier == "base_url_insecure":
        return f"{client.name} send the key there over plain http: anyone on the way can read it."
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


def _hollow(client: Client, variable: str, used: str) -> Finding:
    """Warn of an empty base URL; seen with openai 3.57.0 and anthropic 2.13.0."""
    said = (
        f"{variable} is set, but empty: {client.name} take that for the address and fail with a "
        "connection error; only where it is unset do they ask their own vendor."
    )
    return _remark("client_base_url", said, setting=(variable, client.base_url(used)))


def _strangers(settings: Settings, variable: str, name: str) -> Finding:
    """Warn of another vendor's key, under ``name``, that clients send to this gateway."""
    whose = vendor_of(bare(settings.environ[name]))
    said = f"{variable} names this gateway, but {name} holds a key of {whose}: clients send it here"
    ours = settings.key_source == f"env:{KEY_VARIABLE}"
    line = f'export {name}="${KEY_VARIABLE}"' if ours else f"unset {variable}"
    return _remark("foreign_key_sent", f"{said}.", line=line)


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


def _remark(
    identifier: str, *evidence: str, setting: tuple[str, str] | None = None, line: str = ""
) -> Finding:
    """Fill a row; ``setting`` is the variable to set and its value, ``line`` what else helps."""
    first = f"In bash or zsh: {line}" if line else ""
    if setting:
        line = f"export {setting[0]}={shlex.quote(setting[1])}"
        first = f"Set {setting[0]}; in bash or zsh: {line}"
    return catalog.fill(
        catalog.row(identifier),
        evidence=evidence,
        first_actions=[first] if first else (),
        first_commands=[line] if line else (),
        check="environment",
    )
