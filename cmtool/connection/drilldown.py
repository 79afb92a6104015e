"""What a second look at a failed connection tells: which probes are sent, and what they mean.

The looks are short, at the same time, and without the key; a connection that works gets none.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from cmtool.connection import probes
from cmtool.connection.faults import TransportError, address_details, quoted
from cmtool.connection.insights import Insight, Seen, explain_certificate
from cmtool.connection.probes import VERSIONS, Way
from cmtool.connection.sockets import Attempt
from cmtool.connection.trusting import Trusting
from cmtool.model import Json
from cmtool.routing.proxies import is_loopback
from cmtool.tls.certificates import readable
from cmtool.tls.handshakes import CLIENT, PARAMETERS, PLAIN, HandshakeError
from cmtool.tls.refusals import Refusal
from cmtool.tls.trust import CA_VARIABLES, Trust, bundle, told, unusable

_MOST_ADDRESSES = 4  # of a host that are looked at besides the one that failed
_NAMELESS = (
    "The same handshake without the host name in it is answered: something on the way reads the "
    "name and lets it not pass."
)
_NO_VERSION = (
    "It was asked again in each version of TLS, and without the host name, and refused each time."
)
_REFUSES_ALL = Insight(
    evidence=(_NO_VERSION,),
    actions=(
        (
            "Check the host of the base URL and the address that it leads to: a server that does "
            "not serve the name, or has no certificate for it, refuses in just this way."
        ),
        "Try from another network, to see whether something on the way refuses in its place.",
    ),
    final=True,
    cause="What answers at {base_url} speaks TLS and refuses every handshake: it has no "
    "certificate for this host, or takes no cipher that was offered.",
)
_SPEAKS_TLS = Insight(
    evidence=("The port speaks TLS, and the base URL begins with http://.",),
    actions=("Begin the base URL with https://.",),
    final=True,
    cause="What answers at {base_url} speaks https only, and was asked over plain http.",
)

_NOBODY_HERE = Insight(
    actions=(
        "Start the server that is to listen there, or correct the port of the base URL.",
        "Inside a container localhost is the container itself, not the machine that runs it.",
        "If the base URL was left behind from a test, unset it: then the public gateway is asked.",
    ),
    final=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a connection failed, and what the environment says about it.

    ``now`` is the moment of the failure by this machine's clock.
    """

    way: Way
    secure: bool
    now: datetime
    trust: Trust | None = None
    environ: Mapping[str, str] = field(default_factory=dict)


async def look_again(scene: Scene, fault: TransportError) -> Insight:
    """Find out more about a connection that failed."""
    found = await _look(fault)(scene, fault)
    return replace(found, details={**_address_details(fault.addresses), **found.details})


def _look(fault: TransportError) -> Callable[[Scene, TransportError], Awaitable[Insight]]:
    by_cause = isinstance(fault.__cause__, HandshakeError | ssl.SSLError)
    if fault.identifier in {"tls_expired", "tls_untrusted", "tls_hostname_mismatch"}:
        return _at_certificate
    if fault.identifier == "tls_failure" or by_cause:
        return _at_handshake
    return _at_port if fault.identifier == "connection_reset" else _nowhere


async def _nowhere(scene: Scene, fault: TransportError) -> Insight:
    nobody = fault.identifier == "connection_refused" and is_loopback(scene.way.host)
    return _NOBODY_HERE if nobody else Insight()


async def _at_certificate(scene: Scene, fault: TransportError) -> Insight:
    way = scene.way
    untrusted = fault.identifier == "tls_untrusted"
    bundles = _bundles(scene) if untrusted and not fault.cause else []
    shown, sent, trusting = await asyncio.gather(
        probes.shown(way),
        probes.chain(way),
        asyncio.gather(*(_trusting(scene, *named) for named in bundles)),
    )
    if shown is None:
        return Insight()
    others = await _elsewhere(scene, shown.address)
    whole = sent if sent and sent[0] == shown.certificate else [shown.certificate]
    seen = Seen(
        host=way.host,
        address="" if way.tunneller else shown.address,  # through a proxy: the proxy's own
        version=shown.version,
        chain=readable(whole),
        complete=bool(sent),
        here=scene.now,
        there=shown.date,
        trusting=tuple(trusting),
        useless=tuple(_useless(scene)) if bundles else (),
        bundled=scene.trust is not None and scene.trust.bundled,
        explained=bool(fault.cause),
        accepted_at=others,
    )
    return explain_certificate(fault.identifier, seen)


async def _elsewhere(scene: Scene, failed: str) -> tuple[str, ...]:
    """Give the other addresses of the host whose certificate is accepted."""
    known = [a for a in await probes.addresses(scene.way) if a != failed][:_MOST_ADDRESSES]
    if scene.trust is None or not known:
        return ()
    context = scene.trust.context
    taken = await asyncio.gather(
        *(probes.accepted(probes.at(scene.way, address), context) for address in known)
    )
    return tuple(address for address, accepts in zip(known, taken, strict=True) if accepts)


def _useless(scene: Scene) -> Iterator[str]:
    """Say which variables would add an authority, and name nothing that can be used."""
    for entry in CA_VARIABLES:
        path = scene.environ.get(entry.name)
        if path and (why := unusable(path, entry)) is not None:
            yield told(entry.name, path, why)


def _bundles(scene: Scene) -> list[tuple[str, str, str]]:
    """Give the files that other programs trust: the variable, its path, and who reads it."""
    named = [
        (entry.name, path, entry.readers)
        for entry in CA_VARIABLES
        if (path := scene.environ.get(entry.name, "")) and entry.file
        if unusable(path, entry) is None
    ]
    return [("", bundle(), ""), *named]


async def _trusting(scene: Scene, variable: str, path: str, readers: str) -> Trusting:
    try:
        context = ssl.create_default_context(cafile=path)  # as httpx and requests do
    except OSError:
        return Trusting(variable=variable, readers=readers, accepts=None)
    accepts = await probes.accepted(scene.way, context)
    return Trusting(variable=variable, readers=readers, accepts=accepts)


async def _at_handshake(scene: Scene, fault: TransportError) -> Insight:
    """Look at what the port speaks: plain bytes, which versions of TLS, and for which name."""
    way = scene.way
    plain, nameless, demanded, spoken = await asyncio.gather(
        probes.plainly(way),
        probes.answers_nameless(way),
        probes.demands(way),
        asyncio.gather(*(probes.speaks(way, version) for version in VERSIONS.values())),
    )
    offered = [name for name, speaks in zip(VERSIONS, spoken, strict=True) if speaks]
    unexplained = fault.identifier == "tls_failure" and not fault.cause
    if demanded and unexplained:
        return _as(CLIENT, {"tls_versions": [*offered]})
    if offered or nameless:
        return _of_versions(offered, nameless=bool(nameless), fault=fault)
    return _of_plain(plain or b"", fault)


def _as(known: Refusal, details: dict[str, Json], *evidence: str) -> Insight:
    """Give what a second look showed to be a refusal that is known."""
    return Insight(
        evidence=(known.words, *evidence),
        actions=known.actions,
        final=True,
        cause=known.cause,
        details=details,
    )


def _of_versions(offered: list[str], *, nameless: bool, fault: TransportError) -> Insight:
    details: dict[str, Json] = {"tls_versions": [*offered]}
    refused = fault.identifier == "tls_failure"
    versions = " and ".join(offered)
    if nameless and not offered and not refused:
        return Insight(evidence=(_NAMELESS,), details=details)
    if offered and not {"TLS 1.2", "TLS 1.3"} & set(offered):
        told = f"It speaks {versions}, and this program TLS 1.2 and 1.3."
        return Insight(evidence=(told,), details=details)
    if offered and refused and not fault.cause:
        told = f"With the old ciphers and short keys allowed it speaks {versions}."
        return _as(PARAMETERS, details, told)
    return Insight(details=details)


def _of_plain(heard: bytes, fault: TransportError) -> Insight:
    if heard.startswith(b"HTTP/"):
        return Insight(
            evidence=("The port speaks plain http, and the base URL begins with https://.",),
            actions=("Use the port on which the server speaks https, mostly 443.",),
            final=True,
            cause=PLAIN.cause,
        )
    if heard and not heard.startswith((b"\x15\x03", b"\x16\x03")):
        return Insight(
            evidence=(f"To a request without TLS {quoted(heard)}.",),
            actions=(
                "Check the host and the port of the base URL: another service listens there.",
            ),
            final=True,
            cause=PLAIN.cause,
        )
    if fault.identifier != "tls_failure" or fault.cause:
        return Insight()
    alert = isinstance(fault.__cause__, ssl.SSLError) and "ALERT" in (fault.__cause__.reason or "")
    return _REFUSES_ALL if alert else Insight(evidence=(_NO_VERSION,))


async def _at_port(scene: Scene, fault: TransportError) -> Insight:
    del fault
    if scene.secure:
        return Insight()
    return _SPEAKS_TLS if await probes.shown(scene.way) else Insight()


def _address_details(attempts: tuple[Attempt, ...]) -> dict[str, Json]:
    return {"addresses": address_details(attempts)} if attempts else {}
