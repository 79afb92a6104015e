"""What the advice about the base URL is worth, once it is known what else a run has seen.

One answer that is not the gateway's makes the base URL suspect.  It is not at fault where it is
the public gateway's, or where the gateway itself answered at it elsewhere; and https is no advice
for a port that was found to speak plain http.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from cmtool.address.hosts import API_HOST
from cmtool.catalog.wording import CONTACT_SUPPORT, FOR_ANTHROPIC, PUBLIC_BASE_URL
from cmtool.errors import ExitCode
from cmtool.model import Finding, Phase

_ABOUT_IT = re.compile(r"(?<!\bhttp in the )\bbase URLs?\b|\bset it to https:|\bletter by letter\b")
_PLAIN = re.compile(r"\banswers without TLS\b|\bspeaks plain http\b")
_BY_OTHERS = frozenset({"not_the_gateway", "intermediary_error"})
_HTTPS_PORT = 443

_ELSEWHERE = (
    "Try from another network and without a VPN, to see whether it is this network; on a guest "
    "network sign in with a browser first."
)
_OTHER_NETWORK = "Try from another network, such as a phone's, to see whether it is this one."
_BY_PROXY = "If this network reaches the internet through a proxy only, set HTTPS_PROXY to it."
_WHERE_IT_LEADS = (
    f"Look where the name {API_HOST} leads from here: in the hosts file, and by another name "
    f"server (nslookup {API_HOST} 1.1.1.1)."
)
_ON_THE_WAY = (
    f"The base URL is right: {API_HOST} is the public gateway. Something between here and there "
    "answered in its place: the log-in page of a network, a filter, a proxy, or a name server or "
    "hosts file that leads the name elsewhere."
)
_NOT_FOUND = (
    f"The name is right: {API_HOST} is the public gateway. The name server that this machine asks "
    "does not know it or keeps it back, or has no way out to the internet."
)
_FILTERED_NAME = (
    f"Ask another name server: nslookup {API_HOST} 1.1.1.1. Where that one gives an address, the "
    "own one filters the name, and its owner can let it through."
)
_PORTAL = (
    "On a guest network open any page with http:// in the browser and sign in, then try again: "
    "until then its portal answers for every host."
)
_PORTAL_CAUSE = (
    "What answers on port 443 of {host}, the port of https, speaks plain http. The portal of a "
    "guest network, a filter or a proxy does that; no server of an API does."
)
_OWN_SERVER = "If {host} is a server of your own, switch TLS on for its port 443."
_SOME_PATHS = (
    "The base URL is right: the gateway itself answered {works} at it. What stands in front of it "
    "there has an answer of its own for the path that failed."
)
_LET_THROUGH = (
    "Let whoever runs {host} pass the path that failed on to the gateway as it does the others; "
    "its log at the time of the request says where it went."
)
_PLAIN_THERE = "{host} port {port} was asked over https, and it speaks plain http only."
_SECURE_IT = (
    "Let whoever runs {host} offer https, or find the port at which it does (mostly 443); then set "
    "the base URL to https:// with that port."
)
_BY_TUNNEL = (
    "Until then bring the server to this machine, where http is in order: ssh -L "
    "{port}:localhost:{port} {host}, with http://localhost:{port}/v1 for the base URL."
)


def fair(findings: Sequence[Finding], base_url: str | None, works: Sequence[str]) -> list[Finding]:
    """Give the findings with advice about the base URL only where it may be at fault.

    ``base_url`` is the one of the run, as mended; ``works`` are the checks that the gateway
    answered.
    """
    if base_url is None:
        return list(findings)
    is_plain = any(map(_found_plain, findings))
    return [_fair(finding, base_url, works, is_plain=is_plain) for finding in findings]


def _fair(finding: Finding, base_url: str, works: Sequence[str], *, is_plain: bool) -> Finding:
    if finding.id == "base_url_insecure":
        return _insecure(finding, base_url) if is_plain else finding
    if finding.exit_code is not ExitCode.NETWORK or finding.phase is Phase.LOCAL:
        return finding
    if _found_plain(finding) and _port(base_url) == _HTTPS_PORT:
        return _portal(finding, base_url)
    if finding.id in _BY_OTHERS and works and _further(finding) != finding.actions:
        return _some_paths(finding, base_url, works)
    return _public(finding) if base_url == PUBLIC_BASE_URL else finding


def _found_plain(finding: Finding) -> bool:
    """Say whether it is the failure of TLS with a port that does not speak it."""
    return finding.id == "tls_failure" and any(map(_PLAIN.search, finding.evidence))


def _insecure(finding: Finding, base_url: str) -> Finding:
    """Take https out of the advice for a port that does not speak it."""
    words = {"host": urlsplit(base_url).hostname, "port": _port(base_url)}
    return dataclasses.replace(
        finding,
        evidence=(*finding.evidence, _PLAIN_THERE.format_map(words)),
        actions=(_SECURE_IT.format_map(words), _BY_TUNNEL.format_map(words)),
        commands=tuple(line for line in finding.commands if not line.startswith("export ")),
    )


def _portal(finding: Finding, base_url: str) -> Finding:
    host = urlsplit(base_url).hostname
    own = () if host == API_HOST else (_OWN_SERVER.format(host=host),)
    return dataclasses.replace(
        finding,
        cause=_PORTAL_CAUSE.format(host=host),
        actions=(*own, _PORTAL, _BY_PROXY, _OTHER_NETWORK),
    )


def _some_paths(finding: Finding, base_url: str, works: Sequence[str]) -> Finding:
    further = _further(finding)
    if further and "base URL" not in finding.cause:  # an outage in front of it
        return dataclasses.replace(finding, actions=further)
    host = urlsplit(base_url).hostname
    first = (_ELSEWHERE, CONTACT_SUPPORT) if host == API_HOST else (_LET_THROUGH.format(host=host),)
    *others, last = works
    told = f"{', '.join(others)} and {last}" if others else last
    return dataclasses.replace(
        finding, cause=_SOME_PATHS.format(works=told), actions=(*first, *further)
    )


def _public(finding: Finding) -> Finding:
    """Take the advice to write the public base URL out of a finding that came with it."""
    actions = _further(finding)
    if actions == finding.actions:
        return finding
    if finding.id == "dns_failure":
        return dataclasses.replace(finding, cause=_NOT_FOUND, actions=(_FILTERED_NAME, *actions))
    misled = finding.id in {"not_the_gateway", "redirected", "tls_hostname_mismatch"}
    first = (_WHERE_IT_LEADS, _ELSEWHERE) if misled or not actions else ()
    return dataclasses.replace(
        finding,
        cause=_ON_THE_WAY if misled else finding.cause,
        actions=(*first, *actions),
        commands=tuple(line for line in finding.commands if not line.startswith("export ")),
    )


def _further(finding: Finding) -> tuple[str, ...]:
    """Give the actions that are not about the base URL."""
    return tuple(
        action
        for action in finding.actions
        if action != FOR_ANTHROPIC and not _ABOUT_IT.search(action)
    )


def _port(base_url: str) -> int:
    return urlsplit(base_url).port or _HTTPS_PORT
