"""The base URL, looked at before anything is sent: what is wrong with it, and what is meant.

Pure.  The key goes to the gateway's own host, to a host that the user names on purpose, and to
this machine; never over plain http to anything but loopback, never to another vendor.  What can
only have been meant in one way is mended for the run; everything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from cmtool import catalog
from cmtool.address import hosts, paths, text
from cmtool.address.authority import Authority, authority_of, scheme_of
from cmtool.address.hosts import API_HOST
from cmtool.address.secrecy import is_key, logins, shown
from cmtool.catalog.wording import PUBLIC_BASE_URL
from cmtool.credentials.lookalikes import called
from cmtool.model import Finding
from cmtool.routing.proxies import is_loopback

_PORTS = {"http": "80", "https": "443"}
_OF_OTHERS = {"80": "http", "443": "https"}
_IN_PATHS = "/\\%@:+=~"  # beside letters, digits and -._
_ORDER = ("base_url_invalid", "base_url_insecure", "base_url_host", "base_url_path")
_CONTAINER_HOSTS = ("host.docker.internal", "host.containers.internal", "gateway.docker.internal")
_FROM_A_CONTAINER = (
    "For a local server without https run cmtool where that server runs, or in a container that "
    "shares its network, and name it by 127.0.0.1."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressVerdict:
    """What there is to say about a base URL.

    ``base_url`` is what may be used, mended where that was needed, without a slash at its end;
    None where nothing may be.  ``shown`` is what was found, without its secrets.  ``summary`` says
    in a few words what was found right, ``problems`` in sentences about "it" what was mended, each
    with the identifier that it alone would have.  ``vendor`` is the host of another vendor that it
    names.
    """

    base_url: str | None
    finding: Finding | None
    shown: str
    summary: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    vendor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    """Why nothing may be asked, as the rest of a sentence, and what to do first."""

    said: str
    identifier: str = "base_url_invalid"
    first_action: str | None = None
    vendor: str | None = None


@dataclass(slots=True, kw_only=True)
class _Case:
    """One base URL while it is looked at: its parts as mended so far, and what was wrong."""

    scheme: str
    at: Authority
    path: str
    problems: list[tuple[str, str]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    def note(self, identifier: str, *said: str) -> None:
        self.problems += [(identifier, sentence) for sentence in said if sentence]

    @property
    def base_url(self) -> str:
        return f"{self.scheme}://{self.at.netloc}{self.path}"


def examine(raw: str, where: str, model: str | None = None) -> AddressVerdict:
    """Look at a base URL as it was found; ``where`` names the option or variable in words."""
    tidy = text.tidied(raw)
    case = _one_of_several(raw, where) or _read(raw, tidy)
    if isinstance(case, _Refusal):
        return _refused(case, raw, where, model)
    case.problems = [("base_url_invalid", said) for said in tidy.notes] + case.problems
    return _judged(case, raw, where, model)


def _one_of_several(raw: str, where: str) -> _Case | None:
    """Give the address that several in one value come to, where they come to the same."""
    found = text.several(text.tidied(raw).text)
    meant = {examine(each, where).base_url for each in found}
    if len(meant) != 1 or None in meant:
        return None
    case = _read(found[0], text.tidied(found[0]))
    if isinstance(case, _Case):
        case.problems.insert(0, ("base_url_invalid", f"It holds {len(found)} addresses."))
        return case
    return None


def _read(raw: str, tidy: text.Tidied) -> _Case | _Refusal:
    """Take an address apart as far as it can be one."""
    if text.is_a_key(raw, tidy.text):
        return _A_KEY
    if why := text.refused(raw, tidy.text):
        return _Refusal(said=why)
    scheme = scheme_of(tidy.text)
    if isinstance(scheme, str):
        return _Refusal(said=scheme)
    authority, path, behind = _parts(scheme.rest)
    login, _, netloc = authority.rpartition("@")
    if {*logins(tidy.text)} - {login}:
        return _Refusal(said=text.OPEN_LOGIN)  # an address with a login behind another one
    at = _look_alike(netloc) or _at(_in_ascii(netloc))
    if isinstance(at, str):
        return _Refusal(said=at if not login else "names no usable host behind the user name.")
    case = _Case(scheme=scheme.name, at=at, path=path)
    case.note("base_url_invalid", scheme.said, at.said)
    case.note("base_url_invalid", _LOGIN if login else "", _BEHIND if behind else "")
    return _not_to_be_asked(at.host.rstrip("."), tidy.text) or case


_LOGIN = "A user name or password stands in it; the gateway takes the key in a header only."
_BEHIND = "Something stands behind the path, after a ? or #."


def _not_to_be_asked(host: str, written: str) -> _Refusal | None:
    """Refuse another vendor, a network card, and a word that nothing says to be a host."""
    if "%" in host:
        return _ZONE
    if whose := hosts.vendor(host):
        said = f"names {host}, which belongs to {whose}; nothing was sent there."
        return _Refusal(said=said, identifier="base_url_host", vendor=host)
    if hosts.is_dotless(host) and not is_loopback(host) and "://" not in written:
        return _Refusal(said=f"is {shown(written)}, which is no address.")
    return None


def _parts(rest: str) -> tuple[str, str, str]:
    """Cut what follows the scheme into the authority, the path, and what stands behind it."""
    cut_at = re.search(r"[/\\?#]", rest)
    authority = rest[: cut_at.start()] if cut_at else rest
    path, mark, behind = re.sub(r"#", "?", rest[len(authority) :], count=1).partition("?")
    return authority, path, mark + behind


def _in_ascii(netloc: str) -> str:
    """Give a name in another script as it is looked up: RFC 3490, section 4."""
    try:
        return netloc if netloc.isascii() else netloc.encode("idna").decode("ascii")
    except UnicodeError:
        return netloc


def _look_alike(netloc: str) -> Authority | None:
    """Give the API's host for a name that only looks like it, in whichever script."""
    name = hosts.in_unicode(netloc)
    plain = hosts.in_plain_letters(name)
    if name.isascii() or not (plain == API_HOST or hosts.misspelt(plain)):
        return None
    strange = next(char for char in name if not char.isascii())
    said = f"The host {name} only looks like {API_HOST}: in it stands {called(strange)}."
    return Authority(host=API_HOST, said=said)


def _at(netloc: str) -> Authority | str:
    """Read host and port; with the API's own host a port that cannot be is left out."""
    at = authority_of(netloc)
    if isinstance(at, Authority):
        return at
    host, _, port = netloc.lower().partition(":")
    if port and (host.rstrip(".") == API_HOST or hosts.misspelt(host)):
        return Authority(host=host, said=f"It {at}")
    return at


_ZONE = _Refusal(
    said=(
        "names an IPv6 address together with a network card (what stands behind the %): curl, "
        "Python and Node.js read that each in another way, or not at all."
    ),
    first_action=(
        "Name the machine by a host name, or by an address that needs no network card, such as its "
        "IPv4 address."
    ),
)
_A_KEY = _Refusal(
    said="holds what looks like a key, not an address; it is not shown.",
    first_action=(
        "Put the key into CROSSMODEL_API_KEY; a variable or option for the URL takes none."
    ),
)


def _judged(case: _Case, raw: str, where: str, model: str | None) -> AddressVerdict:
    _check_host(case)
    _check_scheme(case)
    _check_port(case)
    _check_path(case)
    # What was mended may look like what would have been refused.
    if text.is_a_key(case.base_url, case.base_url):
        return _refused(_A_KEY, raw, where, model)
    left = text.OPEN_LOGIN if any(logins(case.base_url)) else None
    if why := left or text.refused(case.base_url, case.base_url):
        return _refused(_Refusal(said=why), raw, where, model)
    return _verdict(case, raw, where, model)


def _check_host(case: _Case) -> None:
    host = case.at.host.rstrip(".")
    if pages := hosts.website(host, case.path):
        case.note("base_url_host", f"{host} serves {pages}; the API is at {API_HOST}.")
        case.at, case.path = Authority(host=API_HOST), "/v1"
    elif hosts.misspelt(host):
        said = f"{host} looks like a typing error for {API_HOST}."
        case.note("base_url_host", said)
        case.at = Authority(host=API_HOST)
    elif hosts.is_unspecified(host):
        said = f"{host} is the address of a server that listens everywhere; clients call 127.0.0.1."
        case.note("base_url_host", said)
        case.at = Authority(host="127.0.0.1", port=case.at.port)
    elif case.at.host != host:
        case.note("base_url_host", "A dot stands at the end of its host.")
        case.at = Authority(host=host, port=case.at.port)


def _check_scheme(case: _Case) -> None:
    host = case.at.host
    if case.scheme != "http" or is_loopback(host):
        return
    said = f"{host} is named with http; a key goes over http to this machine only."
    case.note("base_url_insecure", said)
    if host in _CONTAINER_HOSTS or hosts.is_dotless(host):
        case.note("base_url_insecure", f"{host} is known to containers only, or to one network.")
        case.actions.append(_FROM_A_CONTAINER)
    port = "" if case.at.port in _OF_OTHERS else case.at.port
    case.scheme, case.at = "https", Authority(host=host, port=port)


def _check_port(case: _Case) -> None:
    port = case.at.port
    if case.at.host == API_HOST and port and port != _PORTS["https"]:
        speaks = f" {port} is the port of plain http." if port == _PORTS["http"] else ""
        case.note("base_url_host", f"{API_HOST} is asked at 443, the port of https.{speaks}")
        case.at = Authority(host=API_HOST)


def _check_path(case: _Case) -> None:
    kept = [part for part in case.path.split("/") if not is_key(part)]
    if len(kept) != len(case.path.split("/")):
        said = "A key stands in its path, where every log on the way keeps it; it was left out."
        case.note("base_url_invalid", said)
    whole, tail = paths.cut_tail("/".join(kept))
    if tail:
        case.note("base_url_invalid", f'Behind its path stands "{tail}", which is no part of it.')
    if (plain := quote(whole, safe=_IN_PATHS, errors="surrogatepass")) != whole:
        case.note("base_url_path", "In its path stand characters that a URL has to escape.")
    path = paths.mended(plain, only_v1=case.at.host == API_HOST)
    case.note("base_url_path", *path.notes)
    case.path = path.path


def _refused(refusal: _Refusal, raw: str, where: str, model: str | None) -> AddressVerdict:
    finding = _finding(
        refusal.identifier,
        model,
        [f"{where} {refusal.said}"],
        first_actions=(refusal.first_action or _set(where, PUBLIC_BASE_URL),),
    )
    return AddressVerdict(
        base_url=None, finding=finding, shown=_what_was_found(raw), vendor=refusal.vendor
    )


def _what_was_found(raw: str) -> str:
    return shown(text.tidied(raw).text) or "nothing"


def _verdict(case: _Case, raw: str, where: str, model: str | None) -> AddressVerdict:
    base_url = case.base_url
    if not case.problems:
        return AddressVerdict(
            base_url=base_url, finding=None, shown=shown(raw), summary=_summary(case)
        )
    problems = sorted(case.problems, key=lambda problem: _ORDER.index(problem[0]))
    said = [sentence for _, sentence in problems]
    used = f"For this run {base_url} was used; {where} itself still has to be mended."
    finding = _finding(
        problems[0][0],
        model,
        [*said, used],
        base_url=base_url,
        first_actions=(*case.actions, _set(where, base_url)),
    )
    return AddressVerdict(
        base_url=base_url, finding=finding, shown=_what_was_found(raw), problems=tuple(problems)
    )


def _set(where: str, base_url: str) -> str:
    if where.startswith("--"):
        return f"Give {where} {base_url}, or leave it out for the public gateway."
    return f"Set {where} to {base_url}."


def _summary(case: _Case) -> str:
    host = case.at.host
    if host == API_HOST:
        return f"{case.scheme}, API host, one /v1"
    kind = "this machine" if is_loopback(host) else f"host {host} instead of {API_HOST}"
    return f"{case.scheme}, {kind}, one /v1"


def _finding(
    identifier: str,
    model: str | None,
    evidence: Iterable[str],
    *,
    first_actions: tuple[str, ...],
    base_url: str = PUBLIC_BASE_URL,
) -> Finding:
    return catalog.fill(
        catalog.row(identifier),
        model=model,
        base_url=base_url,
        evidence=evidence,
        first_actions=first_actions,
        check="base-url",
    )
