"""What a proxy variable says: the address of the proxy, its login, and what is wrong with it.

How programs read such a value was tried with curl 7.88, httpx 0.28 and urllib of Python 3.11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import unquote

from cmtool.typos import edits_between

_PORTS = {"https": 443, "http": 80}
_HIGHEST_PORT = 65_535
# What comes along when a value is copied, or is kept by `docker --env-file`.
_AROUND = " \t\r\n\x0b\x0c\"'`<>“”‘’,;\u00a0\u200b\ufeff"
_URL = re.compile(r"(?s)([^:/?#@]*)://(?:(.*)@)?([^/?#]*)(.*)")
_ADDRESS = re.compile(
    r"(?i)(\[[0-9a-f:.]+(?:%\w+)?\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?)(?::(.*))?"
)
_SHOWABLE = re.compile(r"(\[[0-9A-Fa-f:.]*(?:%\w+)?\]?|[\w.-]*)(:\d{1,6})?(?=[/?#]|$)")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Where a variable that is to hold an address holds a word that was meant to switch it off.
_NO_PROXIES = frozenset(
    {*("none", "no", "off", "false", "0", "null", "nil", "undefined", "direct"), "disabled"}
)
_NO_ADDRESSES = frozenset({"true", "yes", "on", "1", "enabled", "auto", "system", "http", "https"})
_EXAMPLE = re.compile(r"(?i)(?:.*\.)?example\.(?:com|net|org)")  # RFC 2606, section 3
_UNFILLED = re.compile(r"\$\{?\w+\}?|%\w+%|\{\{[^}]*\}\}")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9]{1,9})([:;]?[/\\]+|[:;](?=[^\d/\\]))(?=[^/\\])")
_ESCAPES = {"#": "%23", "/": "%2F", "?": "%3F"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyChoice:
    """The proxy that is used, and the variable that asks for it; credentials are in ``url``.

    ``flaws`` are sentences about what was mended in the value: most programs fail on it.
    ``is_gateway`` is True when the address is the one of the base URL, ``is_bare`` when there is
    nothing but quotation marks.
    """

    url: str
    variable: str
    flaws: tuple[str, ...] = ()
    is_gateway: bool = False
    is_bare: bool = False

    @property
    def _parts(self) -> tuple[str, str | None, str, str]:
        """Give the scheme, the login, host and port in one, and the rest.

        The login ends at the last @, so that none of its characters counts as an address.
        """
        found = _URL.fullmatch(self.url)
        scheme, login, address, rest = found.groups() if found else ("", None, "", "")
        return scheme.lower(), login, address, rest

    @property
    def scheme(self) -> str:
        """How the proxy itself is spoken to: ``http``, ``https`` or what cannot be used."""
        return self._parts[0]

    @property
    def host(self) -> str:
        """Its host, without the brackets of IPv6; empty when there is none."""
        found = _ADDRESS.fullmatch(self._parts[2])
        return found[1].strip("[]") if found else ""

    @property
    def port(self) -> int | None:
        """Its port, by default the one of the scheme; None when it can be none."""
        found = _ADDRESS.fullmatch(self._parts[2])
        if found is None or not found[2]:
            return _PORTS.get(self.scheme)
        port = int(found[2]) if re.fullmatch(r"[0-9]{1,5}", found[2]) else 0
        return port if 0 < port <= _HIGHEST_PORT else None

    @property
    def names_a_port(self) -> bool:
        """Whether the port stands in the value; where it does not, programs take different ones."""
        found = _ADDRESS.fullmatch(self._parts[2])
        return bool(found and found[2])

    @property
    def login(self) -> tuple[str, str] | None:
        """The user name and the password as they are sent; None where there is no login."""
        raw = self._parts[1]
        if not raw:
            return None
        user, _, password = raw.partition(":")
        return unquote(user), unquote(password)

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine."""
        return is_loopback(self.host)

    @property
    def problem(self) -> str | None:
        """Why it cannot be used as it is written, in a sentence; None when it can."""
        if self.scheme in _UNSPOKEN:
            return _UNSPOKEN[self.scheme]
        if self._switch is not None:
            off = "no word in it" if self._switch else "no mark in it"
            return f"programs read it as the address of a proxy, and {off} switches one off."
        if "@" not in self.url and (found := _UNFILLED.search(self.url)):
            return f"{found[0]} in it was never filled in."
        if self.scheme not in _PORTS:
            return f"a proxy is spoken to over http or https, not over {self.scheme or 'nothing'}."
        return self._misplaced

    @property
    def _misplaced(self) -> str | None:
        """Why nothing can be reached at the address; None when something can."""
        _, _, address, rest = self._parts
        if rest.lower().endswith((".pac", "wpad.dat")):
            return "this is a script that names proxies (PAC); name the proxy that stands in it."
        if not self.host:
            return "there is no host in it." if not address else "this is no address."
        if address.lower() in _NO_ADDRESSES or _EXAMPLE.fullmatch(self.host):
            return "this is a word or an example, and the address of no proxy."
        if self.port is None:
            return "its port is no number from 1 to 65535."
        return "this is the gateway itself, which is no proxy." if self.is_gateway else None

    @property
    def remedy(self) -> str:
        """What to do first about the problem."""
        if self.is_gateway:
            at = "the gateway's own address belongs into CROSSMODEL_API_URL."
            return f"Unset {self.variable}; {at}"
        if self._switch is not None:
            return f"Unset {self.variable}: where it is not set, no proxy is used."
        if self.scheme in _UNSPOKEN and self.host:
            return (
                "If it speaks HTTP too, as many proxy programs do at the same port, write"
                f" http://{self.shown.partition('://')[2]} into {self.variable}."
            )
        return f"Correct {self.variable}: a usable value has the form http://host:port."

    @property
    def claim(self) -> str:
        """What the variable says, where that cannot be used: the rest of a sentence about it."""
        if self._switch is None:
            return f"asks for the proxy {self.shown}"
        return f'is "{self._switch}"' if self._switch else "holds nothing but marks"

    @property
    def is_switch(self) -> bool:
        """Whether there is no address in it, but what was meant to say that no proxy is used."""
        return self._switch is not None

    @property
    def _switch(self) -> str | None:
        """The word that stands in place of an address to switch the proxy off, "" for no word."""
        _, login, address, rest = self._parts
        is_word = login is None and not rest and address.lower() in _NO_PROXIES
        return address if is_word or self.is_bare else None

    @property
    def shown(self) -> str:
        """The proxy's address without credentials, be it a URL or not."""
        scheme, _, address, rest = self._parts
        found = _SHOWABLE.match(address + rest)
        # What has not the form of an address may be a password in the wrong place.
        return f"{scheme}://{found[0] if found else '…'}"

    @property
    def doubts(self) -> tuple[str, ...]:
        """Sentences about what some programs read in another way, or not at all."""
        login = self._parts[1] or ""
        found = [
            (login.count("@"), "an @ that is not written %40"),
            (_BROKEN_ESCAPE.search(login), "a % that is not written %25"),
        ]
        return tuple(
            f"The login in {self.variable} holds {what}: httpx takes it, curl and Go refuse the"
            " whole address."
            for is_there, what in found
            if is_there
        )


_UNSPOKEN = {
    "socks": "SOCKS is not spoken here; name the proxy's http address if it has one.",
    "socks4": (
        "SOCKS 4 is spoken neither here nor by httpx; name the proxy's http address if it has one."
    ),
    "socks4a": (
        "SOCKS 4a is spoken neither here nor by httpx; name the proxy's http address if it has one."
    ),
    "socks5": (
        "SOCKS is not spoken here, and by Python programs only with an extra (httpx[socks]); name"
        " the proxy's http address if it has one."
    ),
    "socks5h": (
        "SOCKS is not spoken here, and by Python programs only with an extra (httpx[socks]); name"
        " the proxy's http address if it has one."
    ),
}
"""Schemes that are met in proxy variables, and why they cannot be used."""


def read_proxy(value: str, variable: str) -> ProxyChoice:
    """Read the value of a proxy variable, mended where it is clear what was meant."""
    text = value.strip(_AROUND)
    scheme, rest, said = _scheme(text)
    url = f"{scheme}://{rest}"
    login = ProxyChoice(url=url, variable=variable)._parts[1] or ""  # noqa: SLF001 - its own module
    return ProxyChoice(
        url=url,
        variable=variable,
        flaws=(
            *_around(value, variable),
            *(f"The address in {variable} {each}" for each in said),
            *_unescaped(login, variable),
        ),
        is_bare=not text,
    )


def _scheme(text: str) -> tuple[str, str, tuple[str, ...]]:
    """Part the scheme, as it was meant, from the rest; and say what was wrong with it.

    curl refuses a scheme that it does not know, and takes what lacks a slash for a host "http".
    """
    names, rest, said = [], text, []
    while (found := _SCHEME.match(rest)) and (name := _meant(found[1].lower())):
        names.append(name)
        rest = rest[found.end() :]
        if found[0].lower() != f"{name}://":
            said.append(f"begins with {found[0]}, where {name}:// belongs.")
    if len(names) > 1:
        said = [f"begins with {len(names)} schemes."]
    if names:
        return names[-1], rest, tuple(said)
    scheme, mark, rest = text.partition("://")
    return (scheme, rest, ()) if mark else ("http", text, ())


def _meant(word: str) -> str | None:
    """Give the scheme that a word is, or is a misspelling of."""
    if word in _PORTS or word in _UNSPOKEN:
        return word
    if edits_between(word, "https", 1) <= 1 and "s" in word:
        return "https"
    return "http" if edits_between(word, "http", 1) <= 1 else None


def login_parts(value: str) -> tuple[str, ...]:
    """Give what is secret in a URL, as it stands there and as it is sent; nothing without a login.

    A user name that stands alone is mostly a token.
    """
    scheme, rest, _ = _scheme(value)
    read = ProxyChoice(url=f"{scheme}://{rest}", variable="")
    raw, login = read._parts[1], read.login  # noqa: SLF001 - its own module
    if raw is None or login is None or ("://" not in value and raw.startswith(("/", "."))):
        return ()
    user, password = login
    if not password:
        return (raw.removesuffix(":"), user)
    return tuple(dict.fromkeys((raw.partition(":")[2], password, f"{user}:{password}", raw)))


def is_loopback(host: str) -> bool:
    """Say whether a host name or address can only be this machine."""
    name = host.lower().strip("[]")
    try:
        address = ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")  # RFC 6761, section 6.3
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _around(value: str, variable: str) -> tuple[str, ...]:
    """Say what stands around the address that is no part of it."""
    text = value.strip(_AROUND)
    around = value.replace(text, "", 1)
    if not around:
        return ()
    what = "blanks or a line end" if not around.strip() else "quotation marks or other characters"
    return (f"Around the address in {variable} stand {what} that are no part of it.",)


def _unescaped(login: str, variable: str) -> tuple[str, ...]:
    """Say which characters of a login end the address for most programs."""
    found = [f"{char} (write {code})" for char, code in _ESCAPES.items() if char in login]
    if not found:
        return ()
    return (f"The login in {variable} holds {', '.join(found)}, at which programs stop reading.",)
