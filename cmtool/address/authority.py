"""What stands in front of the path: the scheme, the host and the port, however they were written.

Schemes and authorities: RFC 3986, sections 3.1 and 3.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, ip_address

from cmtool.typos import edits_between

_SCHEME = re.compile(r"(?P<word>[A-Za-z][A-Za-z0-9+.\-]{0,20})(?P<colon>[:;]?)(?P<slashes>[/\\]*)")
_HOST_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_ZONE = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+")  # RFC 6874, section 2
_HIGHEST_PORT = 65_535
_LONGEST_PORT = 8  # what is longer may be a password
_WEB_SOCKETS = {"ws": "http", "wss": "https"}
_WEB = ("http", "https")
_OTHER = "other"
_WITHOUT_SLASHES = frozenset({"data", "javascript", "mailto", "urn", "unix", "about", "blob"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """What the scheme was meant to be, what follows it, and what was wrong, in a sentence."""

    name: str
    rest: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A host in lower case and without brackets, its port as text ("" for none), and a remark."""

    host: str
    port: str = ""
    said: str = ""

    @property
    def netloc(self) -> str:
        """The two as a URL holds them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host


def scheme_of(text: str) -> Scheme | str:
    """Read the scheme of an address; a text is the rest of a sentence that says why it cannot be.

    A scheme that is written twice is read once, one that is misspelt as https (as http where it
    has no s), one that is missing is https.
    """
    rest, names, said = text, [], []
    while (found := _SCHEME.match(rest)) and (name := _meant(found, rest)):
        if name == _OTHER:
            return f"begins with {found['word']}:, which is neither http nor https."
        names.append(name)
        written = found[0] if "." in rest or "localhost" in rest else found[0][: len("https://")]
        if written.lower() not in {"http://", "https://"}:
            said.append(f"It begins with {written}, where {name}:// belongs.")
        rest = rest[len(written) :]
    if not names:
        name = (
            "http" if re.match(r"(?i)(localhost|127\.\d+\.\d+\.\d+)(?=[:/]|$)", text) else "https"
        )
        return Scheme(name=name, rest=text, said=f"It lacks the {name}:// in front.")
    if len(names) > 1:
        said = [f"It begins with {len(names)} schemes: {text[: len(text) - len(rest)]}."]
    return Scheme(name="https" if "https" in names else "http", rest=rest, said=" ".join(said))


def _meant(found: re.Match[str], rest: str) -> str | None:
    """Give the scheme that was meant, "other" for one of another protocol, None for none at all."""
    word, marks = found["word"].lower(), found["colon"] + found["slashes"]
    after = rest[found.end() :]
    has_slashes = len(found["slashes"]) > (0 if found["colon"] else 1)
    if word in _WEB:
        follows = has_slashes or (found["colon"] and not after[:1].isdigit())
        return word if after and follows else None
    if not has_slashes or "." in word or word == "localhost":
        return _OTHER if marks == ":" and word in _WITHOUT_SLASHES else None
    if word in _WEB_SOCKETS:
        return _WEB_SOCKETS[word]
    near = min(edits_between(word, name, 2) for name in _WEB)
    if near == 1 or (near == 2 and {*"htp"} <= {*word}):  # noqa: PLR2004 - letters swapped twice
        return "https" if "s" in word else "http"
    return _OTHER if found["colon"] else None


def authority_of(netloc: str) -> Authority | str:
    """Read a host and a port; a text is the rest of a sentence that says why it cannot be."""
    if netloc.startswith("["):
        inner, bracket, port = netloc[1:].partition("]")
        if not bracket or not _is_ipv6(inner) or (port and not port.startswith(":")):
            return f"has {_quoted(netloc)} for its host, which is no IPv6 address in brackets."
        return _with_port(inner, port[1:])
    if netloc.count(":") > 1:
        return _ipv6_without_brackets(netloc)
    host, colon, port = netloc.partition(":")
    if colon and not port:
        return f"has nothing behind the colon of {_quoted(netloc)}, where a port belongs."
    return _with_port(host, port)


def _ipv6_without_brackets(netloc: str) -> Authority | str:
    host, _, port = netloc.rpartition(":")
    said = "An IPv6 address belongs in brackets."
    # ::1:8080 is an address as well, but nobody's.
    if _is_ipv6(netloc) and not (host == "::1" and port.isdigit()):
        return Authority(host=netloc.lower(), said=said)
    if _is_ipv6(host) and port.isdigit():
        at = _with_port(host, port)
        return replace(at, said=said) if isinstance(at, Authority) else at
    return f"has {_quoted(netloc)} for its host and port, which is neither."


def _with_port(host: str, port: str) -> Authority | str:
    if why := _no_host(host.lower()):
        return why
    is_number = port.isascii() and port.isdigit() and len(port) <= _LONGEST_PORT
    if port and not (is_number and 0 < int(port) <= _HIGHEST_PORT):
        named = f"{port} for its port" if len(port) <= _LONGEST_PORT else "no number for its port"
        return f"names {named}; a port is a number from 1 to {_HIGHEST_PORT}."
    return Authority(host=host.lower(), port=str(int(port)) if port else "")


def _no_host(host: str) -> str | None:
    if not host:
        return "has no host."
    if ":" in host:
        return None
    if re.fullmatch(r"[\d.]+", host.rstrip(".")) and not _is_ip(host):
        return f"names the host {_quoted(host)}, which is no IP address."
    if not _HOST_NAME.fullmatch(host.rstrip(".")) or ".." in host:
        return f"names the host {_quoted(host)}, which is no host name."
    return None


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_ipv6(host: str) -> bool:
    address, percent, zone = host.partition("%")
    try:
        IPv6Address(address)
    except ValueError:
        return False
    return not percent or _ZONE.fullmatch(zone) is not None


def _quoted(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"  # noqa: PLR2004 - one line
