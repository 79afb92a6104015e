"""What a user has set: keys, base URLs and proxies, with a secret in them that must not be told."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from cmtool.address import examine as examine_address
from cmtool.catalog import ROWS
from cmtool.credentials import examine as examine_key
from cmtool.redact import Redactor
from cmtool.routing.proxies import is_loopback, login_parts, read_proxy
from tests.fuzz.answers import repeated
from tests.fuzz.contract import renders, report_of, silent, sound
from tests.fuzz.source import Source, as_setting, seed
from tests.fuzz.watch import Target

SECRET = "Zq7vX2m9Lw4Rt8YpKd3"
_FAMILIES = ("cm-", "sk-", "sk-ant-api03-", "gsk_", "CM-", "cm_", "сm-", "ｃｍ-")
_SOURCES = (None, "env:CROSSMODEL_API_KEY", "file:/a/b", "stdin", "file:.env")


def keys(source: Source) -> None:
    """Look at a key with something around it; what may be sent must be one, and be told nowhere."""
    origin, shown, family = source.pick(_SOURCES), source.number(16) == 15, source.pick(_FAMILIES)
    planted = source.flag()
    before = as_setting(source.cut())
    planted = planted and not re.search(r"[\w-]$", before)  # it would be another word
    raw = before + (family + SECRET if planted else "") + as_setting(source.rest())
    verdict = examine_key(raw, "CROSSMODEL_API_KEY", source=origin)
    assert verdict == examine_key(raw, "CROSSMODEL_API_KEY", source=origin)
    if verdict.finding is not None:
        sound(verdict.finding)
        silent(verdict.finding, SECRET)
        if shown:
            renders(report_of(verdict.finding), SECRET)
    else:
        assert verdict.key is not None, "no key, and nothing wrong"
    if verdict.key is not None:
        key = verdict.key.reveal()
        assert key.startswith("cm-")
        assert key.isascii()
        assert key.isprintable()
        assert " " not in key
        again = examine_key(key, "CROSSMODEL_API_KEY")
        assert again.finding is None, "what was mended has to be mended again"
        assert again.key == verdict.key


def addresses(source: Source) -> None:
    """Look at a base URL; what may be used must be one that the key may go to."""
    shown, login = source.number(16) == 15, source.pick(("", "//user", "/user", "user", "//"))
    before = as_setting(source.cut())
    raw = before + (f"{login}:{SECRET}@" if login else "") + as_setting(source.rest())
    secrets = (f":{SECRET}@",) if login else ()
    verdict = examine_address(raw, "CROSSMODEL_BASE_URL")
    assert verdict == examine_address(raw, "CROSSMODEL_BASE_URL")
    if verdict.finding is not None:
        sound(verdict.finding)
        silent(verdict.finding, *secrets)
        if shown:
            renders(report_of(verdict.finding), *secrets)
    else:
        assert verdict.base_url is not None, "no address, and nothing wrong"
        assert verdict.summary
    told = (verdict.shown, verdict.summary, *(said for _, said in verdict.problems))
    assert not any(secret in text for secret in secrets for text in told), "a secret is shown"
    assert all(identifier in ROWS for identifier, _ in verdict.problems)
    if verdict.base_url is not None:
        _usable(verdict.base_url)


def _usable(base_url: str) -> None:
    parts = urlsplit(base_url)
    assert parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    assert parts.hostname
    assert "@" not in parts.netloc
    assert parts.path.endswith("/v1")
    assert not parts.query
    assert not parts.fragment
    assert parts.port is None or 0 < parts.port < 65_536
    assert base_url.isprintable() or not base_url.isascii()
    if "%" in base_url:
        return  # what had to be escaped may look like something else from then on
    again = examine_address(base_url, "CROSSMODEL_BASE_URL")
    assert again.finding is None, "what was mended has to be mended again"
    assert again.base_url == base_url


def proxies(source: Source) -> None:
    """Read the value of a proxy variable; no part of a login may be told."""
    planted = source.flag()
    before, between = as_setting(source.cut()), as_setting(source.cut())
    raw = before + (f"://us3r{between}:{SECRET}@" if planted else "") + as_setting(source.rest())
    choice = read_proxy(raw, "HTTPS_PROXY")
    assert choice == read_proxy(raw, "HTTPS_PROXY")
    told = [*choice.flaws, *choice.doubts, choice.problem or "", choice.shown, choice.host]
    assert choice.port is None or 0 < choice.port < 65_536
    assert choice.problem or choice.host, "there is no host, and nothing wrong"
    assert choice.is_local == is_loopback(choice.host)
    for sentence in (*choice.flaws, *choice.doubts):
        assert sentence.endswith(".")
    if planted:
        assert not any(SECRET in text for text in told), "a password is told"
    if planted and choice.login is not None and SECRET in "".join(choice.login):
        assert SECRET not in Redactor(login_parts(raw)).text(raw), "a password is shown"


def _scaled(look: Callable[[str], object]) -> Callable[[Source, int], Callable[[], object]]:
    return lambda source, size: lambda: look(repeated(source, size))


_KEYS = (
    *("export CROSSMODEL_API_KEY='cm-0123456789abcdef'", '"cm-0123456789abcdef"\r\n'),
    *("Bearer cm-0123456789", '{"api_key": "cm-0123456789abcdef"}'),
    *("Y20tMDEyMzQ1Njc4OWFiY2RlZg==", "cm-your-key-here", "cm-…9f3c"),
    *("A=1\nCROSSMODEL_API_KEY=cm-0123456789abcdef # mine\n", "cm%2D0123456789abcdef"),
    *("cm-0123\n456789", "-H 'Authorization: Bearer cm-0123456789abcdef'"),
    *("cm-0123456789abcdefcm-0123456789abcdef", "", "Basic dXNlcjpjbS0wMTIzNDU2Nzg5YWJjZGVm"),
    *("-----BEGIN PRIVATE KEY-----\nMIIB\n", "\ufeffcm-a\u200bb"),
)
_URLS = (
    *("https://api.crossmodel.ai/v1", "api.crossmodel.ai"),
    *("http://api.crossmodel.ai:80/v1/chat/completions", "https://crossmodel.ai/console"),
    *("https://api.openai.com/v1", "http://localhost:8080", "http://[::1]/v1"),
    *("https://https://api.crossmodel.ai/v1/v1", "https://user:p@gateway.example/v1?x#y"),
    *("'https://a.example'", "https://api.crossmode1.ai/v1/", "http://[fe80::1%eth0]:1/v1"),
    *("https://a..b/v1", "ftp://a/v1"),
)
_PROXIES = (
    *("http://proxy.example:3128", "proxy:8080", "http://us3r:p%40ss@proxy:80/"),
    *("socks5h://proxy:1080", "https://[::1]:3128", "http://proxy/wpad.dat"),
    *("'http://proxy:1'", "http://u:p#a/b?c@proxy:99999"),
)

TARGETS = (
    Target(
        name="credentials",
        run=keys,
        seeds=tuple(
            seed(text, *how) for text in _KEYS for how in ((1, 1, 0, 0, 0), (1, 0, 0, 1, 4))
        ),
        words=(
            *("cm-", "sk-", "Bearer ", "export ", "=", "\u200b", "\ufeff", "“", "&quot;"),
            *("%22", "\\n", "#", "://", "setx A ", "$env:", "-H ", "Y20t", "ｃ", "х"),
            *("-----BEGIN", "<html", "***", "…"),
        ),
        scaled=_scaled(lambda text: examine_key(text[:8192], "K")),
    ),
    Target(
        name="address",
        run=addresses,
        seeds=tuple(seed(text, *how) for text in _URLS for how in ((1, 0, 0), (0, 1, 6))),
        words=(
            *("https://", "http://", "/v1", "/V1", "/chat/completions", "api.crossmodel.ai"),
            *("@", "::1", "[", "]", "localhost", "%", "xn--", "api.openai.com", ":443", ":0"),
            *("..", "ß", "\u3002"),
        ),
        scaled=_scaled(lambda text: examine_address(text, "U")),
    ),
    Target(
        name="proxies",
        run=proxies,
        seeds=tuple(seed(text, *how) for text in _PROXIES for how in ((0, 0, 0), (1, 4, 0))),
        words=("http://", "socks5://", "@", "%40", ":", "[::1]", ".pac", "#", "?", "%", "'"),
        scaled=_scaled(lambda text: (c := read_proxy(text, "P"), c.shown, c.doubts, c.problem)),
    ),
)
