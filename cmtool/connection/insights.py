"""What a certificate that was refused means, as sentences: who issued it, for whom, until when.

Pure: from what was seen to what is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from cmtool.connection.addresses import odd_range
from cmtool.connection.clocks import CLOCK_TOLERANCE, span, told_skew
from cmtool.connection.trusting import Trusting, comparison, way_out
from cmtool.model import Json
from cmtool.tls.certificates import Certificate
from cmtool.tls.inspectors import Inspector, Place, inspector_of
from cmtool.tls.standins import device, standin_of

_NAMES_SHOWN = 4
_SET_CLOCK = (
    "Set the clock of this machine, which is {skew}: let the system set it from the network (NTP); "
    "in a virtual machine or container set the clock of the host."
)
_CLOCK_CAUSE = (
    "The certificate shown for {{base_url}} is good, and the clock of this machine is {skew}: seen "
    "from there the certificate is outside its dates."
)
_AUTHORITY_FILE = (
    "name a PEM file that holds it together with the public ones in SSL_CERT_FILE (httpx, the "
    "Python SDKs, curl), REQUESTS_CA_BUNDLE (requests) and NODE_EXTRA_CA_CERTS (Node.js)."
)
_WAYS_OUT = {
    Place.NETWORK: "Get the root certificate of {name} from your IT department, and "
    + _AUTHORITY_FILE,
    Place.MACHINE: "Let {name} leave this host out of its inspection, in its settings; or export "
    "its root certificate there, and " + _AUTHORITY_FILE,
    Place.DEBUGGER: "Quit {name}, or switch off that it is the system's proxy; if it is meant to "
    "watch, "
    + _AUTHORITY_FILE.replace("name a PEM", "name its root certificate, in a PEM", 1).replace(
        "that holds it together", "together", 1
    ),
}
_INSPECTED = (
    "{name}, {place}, opened the TLS connection to {{base_url}} and showed a certificate of its "
    "own, whose authority is not trusted here."
)
_LEFT_OUT = (
    "The server sent its own certificate alone, without that of the authority in between. Browsers "
    "fetch what is missing, programs do not."
)
_SEND_ALL = (
    "Let whoever runs the server send the whole chain: its own certificate followed by that of the "
    "authority in between (fullchain.pem)."
)
_SELF_SIGNED = (
    "If this server is yours, name its certificate in SSL_CERT_FILE; the public gateway never "
    "shows a certificate that it issued to itself."
)
_ONE_OF_THEM = (
    "Let whoever runs {host} mend the server at {address}, or take the address out of the DNS; "
    "where a hosts file or a name server of your own gives it, correct that."
)
_NOT_ALL_ALIKE = (
    "The name of {base_url} leads to several servers, and not all of them show a certificate that "
    "is accepted here: it depends on the address whether a call works."
)
_MEND_PATH = (
    "Correct the path in the variable that names no certificates: it was set to add this authority."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """What a second look adds to a failure: facts, what to try first, and a better cause if any.

    ``final`` says that the actions are all there is to do, so that those of the row would only
    mislead.  ``cause`` may hold ``{base_url}``; ``details`` are for programs.
    """

    evidence: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    final: bool = False
    cause: str = ""
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of a server whose certificate was refused.

    ``address`` is "" where a proxy looked the name up.  ``chain`` holds what it sent, its own
    certificate first; ``complete`` says that nothing of it is missing here.  ``here`` is the time
    of this machine, ``there`` the Date of an answer.  ``useless`` are sentences about variables
    that name no certificates, ``bundled`` says that the system has none, ``explained`` that the
    reason of the refusal is known already.  At the addresses ``accepted_at`` the same host shows
    a certificate that is accepted.
    """

    host: str
    address: str
    version: str | None
    chain: tuple[Certificate, ...]
    complete: bool
    here: datetime
    there: datetime | None = None
    trusting: tuple[Trusting, ...] = ()
    useless: tuple[str, ...] = ()
    bundled: bool = False
    explained: bool = False
    accepted_at: tuple[str, ...] = ()

    @property
    def skew(self) -> timedelta:
        """How far the clock here is ahead; nothing within what the network explains."""
        ahead = self.here - self.there if self.there is not None else timedelta()
        return ahead if abs(ahead) > CLOCK_TOLERANCE else timedelta()


def explain_certificate(identifier: str, seen: Seen) -> Insight:
    """Say what is wrong with a certificate that was refused as ``identifier``."""
    if not seen.chain:
        return Insight(details=_details(seen))
    found = _EXPLANATIONS[identifier](seen, seen.chain[0])
    common = (*_odd_address(seen), *_clock(seen, identifier))
    evidence = tuple(dict.fromkeys((*found.evidence, *common)))
    told = replace(found, evidence=evidence, details=_details(seen))
    if seen.accepted_at:
        return _at_one_address(seen, told)
    return replace(told, actions=(), cause="", final=False) if seen.explained else told


def _at_one_address(seen: Seen, told: Insight) -> Insight:
    """Say that only some of the servers behind a name show a certificate that is refused."""
    good = " and ".join(seen.accepted_at)
    return replace(
        told,
        evidence=(
            f"The certificate is refused at {seen.address}, and at {good} it is accepted.",
            *told.evidence,
        ),
        actions=(_ONE_OF_THEM.format(address=seen.address, host=seen.host), *told.actions),
        final=True,
        cause=_NOT_ALL_ALIKE,
    )


_ABOVE = (
    "Every certificate that the server shows is within its dates: an authority above them is not."
)
_UPDATE = (
    "Update the authorities of this machine (the package ca-certificates), or the file that "
    "SSL_CERT_FILE names."
)


def _of_dates(seen: Seen, own: Certificate) -> Insight:
    late = next((c for c in seen.chain if not c.valid_at(seen.here)), None)
    if late is None:
        return Insight(evidence=(_ABOVE, _issued(own)), actions=(_UPDATE,), final=True)
    if seen.skew and seen.there is not None and all(c.valid_at(seen.there) for c in seen.chain):
        skew = told_skew(seen.skew)
        return Insight(
            evidence=(f"The certificate is valid {_dates(late)}.",),
            actions=(_SET_CLOCK.format(skew=skew),),
            final=True,
            cause=_CLOCK_CAUSE.format(skew=skew),
        )
    whose = "The certificate" if late is own else f"The certificate of the authority {late.subject}"
    expired = seen.here > late.not_after
    ago = span(seen.here - late.not_after if expired else late.not_before - seen.here)
    when = f"expired {ago} ago" if expired else f"becomes valid in {ago} only"
    agreed = seen.there is not None and not seen.skew
    clock = " The clock of this machine agrees with the server's." if agreed else ""
    whom = (
        "whoever runs the product that issued it" if _inspected(seen) else "whoever runs the server"
    )
    return Insight(
        evidence=(f"{whose} {when}: it is valid {_dates(late)}.", _issued(own)),
        actions=(f"Let {whom} replace the certificate; no setting here makes it valid.",)
        if agreed
        else (),
        final=agreed,
        cause=f"{whose} shown for {{base_url}} {when}.{clock}" if agreed else "",
    )


def _of_names(seen: Seen, own: Certificate) -> Insight:
    wild = own.wildcard_short_of(seen.host)
    reach = [f"{wild} stands for one label only, so not for {seen.host}."] if wild else []
    actions = []
    if seen.host.replace(".", "").isdigit() or ":" in seen.host:
        actions.append("Put the host's name into the base URL in place of its address.")
    return Insight(
        evidence=(
            f"The certificate is for {_names(own)}, not for {seen.host}.",
            *reach,
            _issued(own),
        ),
        actions=tuple(actions),
    )


def _of_trust(seen: Seen, own: Certificate) -> Insight:
    compared = (*seen.useless, *comparison(seen.trusting, bundled=seen.bundled))
    first = (*(_MEND_PATH for _ in seen.useless[:1]), *way_out(seen.trusting))
    standin = standin_of(own)
    if standin is not None:
        return Insight(
            evidence=(_self_signed(own) if own.self_issued else _issued(own),),
            actions=standin.actions,
            final=True,
            cause=standin.cause,
        )
    inspector = _inspected(seen)
    if inspector is not None and inspector.place is Place.NETWORK and _of_another(seen, own):
        page = device(inspector.name)
        return Insight(
            evidence=(*_of_another(seen, own), _issued(own)),
            actions=page.actions,
            final=True,
            cause=page.cause,
        )
    if inspector is not None:
        return Insight(
            evidence=(_issued(own), *compared),
            actions=(*first, _WAYS_OUT[inspector.place].format(name=inspector.name)),
            final=True,
            cause=_INSPECTED.format(name=inspector.name, place=inspector.place.value),
        )
    if own.self_issued:
        return Insight(
            evidence=(*_of_another(seen, own), _self_signed(own), *compared),
            actions=(*first, _SELF_SIGNED),
            final=True,
            cause="What answers at {base_url} shows a certificate that it issued to itself. A "
            "server does that which was never given another one, or a device on the way.",
        )
    if seen.complete and len(seen.chain) == 1 and own.fetchable:
        return Insight(
            evidence=(_LEFT_OUT, _issued(own), *compared),
            actions=(*first, _SEND_ALL),
            final=True,
            cause="The server at {base_url} sends an incomplete chain of certificates.",
        )
    named = _of_another(seen, own)
    return Insight(evidence=(*named, _issued(own), *_top(seen), *compared), actions=first)


_EXPLANATIONS = {
    "tls_expired": _of_dates,
    "tls_hostname_mismatch": _of_names,
    "tls_untrusted": _of_trust,
}


def _self_signed(own: Certificate) -> str:
    return f"The certificate is self-signed: {own.subject} issued it to itself."


def _issued(own: Certificate) -> str:
    inspector = inspector_of(own)
    what = f": that is {inspector.name}, {inspector.place.value}" if inspector else ""
    return f"It was issued by {own.issuer}{what}."


def _inspected(seen: Seen) -> Inspector | None:
    return inspector_of(*seen.chain)


def _top(seen: Seen) -> Iterator[str]:
    for below, above in pairwise(seen.chain):
        if below.issuer != above.subject:
            yield (
                f"The chain that the server sent is out of order: {above.subject} stands behind "
                f"the certificate of {below.subject}, which {below.issuer} issued."
            )
            return
    if len(seen.chain) > 1:
        yield f"The chain that the server sent ends at {seen.chain[-1].issuer}."


def _of_another(seen: Seen, own: Certificate) -> tuple[str, ...]:
    """Say that a certificate is besides not for this host: what inspects makes one that is."""
    if not own.names or own.covers(seen.host):
        return ()
    return (f"The certificate is for {_names(own)}, not for {seen.host}.",)


def _names(own: Certificate) -> str:
    if not own.names:
        return f"{own.subject}, by its common name alone"
    shown = ", ".join(own.names[:_NAMES_SHOWN])
    more = len(own.names) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _dates(own: Certificate) -> str:
    return f"from {own.not_before:%Y-%m-%d %H:%M} to {own.not_after:%Y-%m-%d %H:%M} UTC"


def _odd_address(seen: Seen) -> Iterator[str]:
    found = odd_range(seen.host, seen.address)
    if found is not None:
        yield f"{seen.host} leads to {seen.address}, {found.kind}: {found.meaning}."


def _clock(seen: Seen, identifier: str) -> Iterator[str]:
    if seen.skew:
        yield (
            f"This machine's clock is {told_skew(seen.skew)} against the Date header of the same "
            "server, whose word was not verified."
        )
    elif identifier == "tls_expired":
        yield f"By the clock of this machine it is {seen.here:%Y-%m-%d %H:%M} UTC."


def _details(seen: Seen) -> dict[str, Json]:
    details: dict[str, Json] = {"address": seen.address or None, "tls_version": seen.version}
    if seen.chain:
        own, inspector = seen.chain[0], _inspected(seen)
        details["certificate"] = {
            "subject": str(own.subject),
            "issuer": str(own.issuer),
            "not_before": own.not_before.isoformat(),
            "not_after": own.not_after.isoformat(),
            "names": [*own.names[:20]],
            "self_signed": own.self_issued,
        }
        details["chain"] = [str(c.subject) for c in seen.chain]
        details["inspected_by"] = inspector.name if inspector else None
    if seen.accepted_at:
        details["accepted_at"] = [*seen.accepted_at]
    if seen.there is not None:
        details["clock_ahead_s"] = (seen.here - seen.there).total_seconds()
    trusting: dict[str, Json] = {t.variable or "certifi": t.accepts for t in seen.trusting}
    if trusting:
        details["trusted_by"] = trusting
    return details
