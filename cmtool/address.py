"""The base URL, looked at before anything is sent: what is wrong with it, and what is meant.

Pure.  The key goes to the gateway's own host, to a host that the user names on purpose, and to
this machine; never over plain http to anything but loopback, never to another vendor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit, urlunsplit

from cmtool import catalog
from cmtool.model import Finding
from cmtool.proxies import is_loopback
from cmtool.redact import cut
from cmtool.typos import edits_between

API_HOST = "api.crossmodel.ai"
PUBLIC_BASE_URL = f"https://{API_HOST}/v1"

_WEBSITES = frozenset(
    {"crossmodel.ai", "www.crossmodel.ai", "docs.crossmodel.ai", "console.crossmodel.ai"}
)
_OTHER_VENDORS = {
    "api.openai.com": "OpenAI",
    "api.anthropic.com": "Anthropic",
    "openrouter.ai": "OpenRouter",
    "api.deepseek.com": "DeepSeek",
    "generativelanguage.googleapis.com": "Google",
    "api.groq.com": "Groq",
    "api.x.ai": "xAI",
    "api.mistral.ai": "Mistral",
}
_ENDPOINT = re.compile(
    r"/(chat(/completions)?|completions|responses|messages|models(/.*)?|credits|usage|embeddings)$"
)
_VERSION = re.compile(r"/[vV]1(?=/|$)")
# What comes along when a URL is copied: blanks, quotes, brackets, marks that nobody sees.
_AROUND = " \t\r\n\x0b\x0c\"'`<>“”‘’,;\u00a0\u200b\u200c\u200d\u2060\ufeff"
_SHOWN = 200
_NEAR = 2  # a host that is that few edits away from the right one is a typing error


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressVerdict:
    """What there is to say about a base URL.

    ``base_url`` is what may be used, mended where that was needed, without a slash at its end;
    None where nothing may be.  ``summary`` says in a few words what was found right.
    """

    base_url: str | None
    finding: Finding | None
    summary: str = ""


@dataclass(slots=True)
class _Case:
    """One base URL while it is looked at: its parts as mended so far, and what was wrong."""

    parts: SplitResult
    problems: list[tuple[str, str]] = field(default_factory=list)

    def mend(self, identifier: str, said: str, **parts: str) -> None:
        self.problems.append((identifier, said))
        self.parts = self.parts._replace(**parts)


def examine(raw: str, where: str, model: str | None = None) -> AddressVerdict:
    """Look at a base URL as it was found; ``where`` names the option or variable in words."""
    text = raw.strip(_AROUND)
    parts = _split(text)
    if parts is None:
        said = f"{where} is {_without_login(text)!r}, in which there is no usable address."
        return AddressVerdict(base_url=None, finding=_finding("base_url_invalid", model, said))
    case = _Case(parts)
    if text != raw:
        case.mend("base_url_invalid", f"Around the URL in {where} stands what is no part of it.")
    if "://" not in text:
        case.mend("base_url_invalid", f"The URL in {where} lacks the https:// in front.")
    if vendor := _OTHER_VENDORS.get((case.parts.hostname or "").rstrip(".")):
        said = f"{case.parts.hostname} belongs to {vendor}; nothing was sent there."
        return AddressVerdict(base_url=None, finding=_finding("base_url_host", model, said))
    _check_scheme(case)
    _check_host(case)
    _check_rest(case)
    _check_path(case)
    return _verdict(case, where, model)


def _without_login(text: str) -> str:
    """Give a text without all that stands in front of the last ``@``, be it a URL or not."""
    before, at, behind = text.rpartition("@")
    scheme = re.match(r"[a-z]{1,10}://", before)
    return cut(f"{scheme[0] if scheme else ''}…@{behind}" if at else text, _SHOWN)


def _split(text: str) -> SplitResult | None:
    if not text or re.search(r"[\s\x00-\x1f\x7f]", text):
        return None
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port_is_valid = parts.port != 0  # the property raises for a port that cannot be
    except ValueError:
        return None
    host = parts.hostname or ""
    # A colon without a port is a scheme that was pasted twice: https://https://…
    usable = parts.scheme in {"http", "https"} and port_is_valid and _is_host(host)
    usable = usable and not parts.netloc.endswith(":")
    usable = usable and not _holds_login(parts.path)
    return parts if usable and ("://" in text or "." in host or is_loopback(host)) else None


def _holds_login(path: str) -> bool:
    """Say whether an address with a login was pasted behind another one."""
    return any(":" in name.rpartition("@")[0] for name in path.split("/"))


def _is_host(host: str) -> bool:
    name = r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?"
    ipv6 = r"[0-9a-f.]*:[0-9a-f:.]*(%.+)?"
    return bool(re.fullmatch(f"{name}|{ipv6}", host)) and ".." not in host


def _check_scheme(case: _Case) -> None:
    if case.parts.scheme == "http" and not is_loopback(case.parts.hostname or ""):
        said = f"{case.parts.hostname} was asked over https instead; the key never went over http."
        netloc = case.parts.netloc.removesuffix(":80")
        case.mend("base_url_insecure", said, scheme="https", netloc=netloc)


def _check_host(case: _Case) -> None:
    host = (case.parts.hostname or "").rstrip(".")
    if host in _WEBSITES:
        said = f"{host} serves web pages; the API is at {API_HOST}."
        case.mend("base_url_host", said, netloc=API_HOST, path="/v1")
    elif host != API_HOST and edits_between(host, API_HOST, _NEAR) <= _NEAR:
        said = f"{host} looks like a typing error for {API_HOST}, which was asked instead."
        case.mend("base_url_host", said, netloc=API_HOST)


def _check_rest(case: _Case) -> None:
    if "@" in case.parts.netloc:
        said = "A user name or password stands in it; the gateway takes the key in a header only."
        case.mend("base_url_invalid", said, netloc=case.parts.netloc.rpartition("@")[2])
    if case.parts.query or case.parts.fragment:
        said = "Something stands behind the path, after a ? or #."
        case.mend("base_url_invalid", said, query="", fragment="")


def _check_path(case: _Case) -> None:
    path = re.sub(r"/+", "/", case.parts.path).rstrip("/")
    if found := _ENDPOINT.search(path):
        said = f"The path of an endpoint ({found[0]}) is pasted behind it; clients add it."
        path = path[: found.start()]
        case.mend("base_url_path", said, path=path)
    versions = [found.end() for found in _VERSION.finditer(path)]
    if not versions:
        path = f"{path}/v1"
        case.mend("base_url_path", "/v1 is missing at its end.", path=path)
    elif len(versions) > 1 or not path.endswith("/v1"):
        times = f"/v1 stands in it {len(versions)} times."
        said = times if len(versions) > 1 else f"It ends in {path}, not in /v1."
        path = path[: versions[0] - 2] + "v1"
        case.mend("base_url_path", said, path=path)
    case.parts = case.parts._replace(path=path)


_ORDER = ("base_url_invalid", "base_url_insecure", "base_url_host", "base_url_path")


def _verdict(case: _Case, where: str, model: str | None) -> AddressVerdict:
    base_url = urlunsplit(case.parts)
    if not case.problems:
        return AddressVerdict(base_url=base_url, finding=None, summary=_summary(case.parts))
    worst = min((identifier for identifier, _ in case.problems), key=_ORDER.index)
    said = [sentence for _, sentence in case.problems]
    used = f"For this run {base_url} was used; {where} itself still has to be mended."
    fix = f"Set {where} to {base_url}"
    return AddressVerdict(
        base_url=base_url, finding=_finding(worst, model, *said, used, first_action=f"{fix}.")
    )


def _summary(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if host == API_HOST:
        return f"{parts.scheme}, API host, one /v1"
    kind = "this machine" if is_loopback(host) else f"host {host} instead of {API_HOST}"
    return f"{parts.scheme}, {kind}, one /v1"


def _finding(
    identifier: str, model: str | None, *evidence: str, first_action: str | None = None
) -> Finding:
    return catalog.fill(
        catalog.row(identifier),
        model=model,
        evidence=evidence,
        first_actions=(first_action,) if first_action else (),
        check="base-url",
    )
