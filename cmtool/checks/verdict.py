"""From what the checks found to one root cause.

The diagnosis is the first failure in the documented debugging order
(https://www.crossmodel.ai/docs/errors): key and URL, connection, 401, 402, 404, 429, 5xx, 400, an
answer that nobody documents, then what only a stream shows.  Real requests outweigh predictions:
what the account's or the list's answers suggest is a warning once a generation has succeeded.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from cmtool import catalog
from cmtool.address.blame import fair
from cmtool.checks.enriching import enriched
from cmtool.checks.facts import Facts
from cmtool.checks.graph import Done
from cmtool.classify import REQUEST_ID_PREFIX
from cmtool.errors import ExitCode
from cmtool.model import (
    Check,
    Exchange,
    Finding,
    Group,
    Outcome,
    Protocol,
    Severity,
    Status,
    Support,
)
from cmtool.order import place
from cmtool.protocols import DIALECTS
from cmtool.support import support_of

_KEY_IS_ACCEPTED = (
    "The key is right: the gateway takes it for {works}. Only for {check} it is refused, so what"
    " is wrong is the way in which the key is sent there, or what stands on that way."
)
_LOOK_AT_HEADER = (
    "Look at what changes the request on that path: a proxy that takes the header of the key off,"
    " or a client that sends another one."
)
_TOO_LATE = (
    "The time that the command was given ran out before everything was asked. What was asked until"
    " then is no reason to call the gateway unwell, and none to call it healthy."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a run came to; ``checks`` as they stand once everything is known."""

    outcome: Outcome
    exit_code: ExitCode
    diagnosis: Finding | None
    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]


def judge(
    done: Sequence[Done],
    facts: Facts,
    *,
    strict: bool,
    base_url: str | None = None,
    exchanges: Sequence[Exchange] = (),
) -> Verdict:
    """Weigh what was found; gives the root cause and everything else under it.

    ``base_url`` is the one that was asked, None where nothing was; ``exchanges`` is all that was.
    """
    works = [d.check.id for d in done if _generates(d.check) and _succeeded(d.check)]
    weighed = [_weigh(entry, proven=bool(works)) for entry in done]
    checks = [entry.check for entry in weighed]
    findings = [enriched(f, facts) for entry in weighed for f in entry.findings]
    findings = fair(findings, base_url, _answered(exchanges))
    if not any(f.severity is Severity.ERROR for f in findings):
        findings += _unasked(weighed)
    diagnosis = _root(findings, strict=strict)
    others = tuple(f for f in findings if f is not diagnosis)
    if diagnosis is not None:
        diagnosis = _differential(diagnosis, works, checks)
    return Verdict(
        outcome=_outcome(diagnosis, others),
        exit_code=diagnosis.exit_code if diagnosis else ExitCode.HEALTHY,
        diagnosis=diagnosis,
        findings=others,
        checks=tuple(checks),
    )


def support_for(diagnosis: Finding | None, exchanges: Sequence[Exchange]) -> Support | None:
    """Give the five facts that the vendor asks for; None when no answer led to the diagnosis."""
    if diagnosis is None or diagnosis.predicted:
        return None
    answered = [e for e in exchanges if e.check == diagnosis.check and e.status is not None]
    ended = {e.url: e for e in answered}  # a check may ask for two things, each several times
    failed = [e for e in ended.values() if e.failure == diagnosis.id]
    earlier = [e for e in answered if e.failure == diagnosis.id] or answered
    meant = failed[0] if failed else earlier[-1] if earlier else None
    return support_of(meant) if meant else None


def _answered(exchanges: Sequence[Exchange]) -> list[str]:
    """Give the checks whose requests the gateway answered itself: its trace header tells."""
    traced = (e.check for e in exchanges if (e.request_id or "").startswith(REQUEST_ID_PREFIX))
    return list(dict.fromkeys(traced))


def _generates(check: Check) -> bool:
    return check.group is Group.INFERENCE


def _succeeded(check: Check) -> bool:
    return check.status in {Status.OK, Status.WARN}


def _weigh(entry: Done, *, proven: bool) -> Done:
    """Turn a failure that real requests have disproved into a warning."""
    check = entry.check
    if check.id == "model" and any(f.id == "model_not_listed" for f in entry.findings):
        status = Status.WARN if proven else Status.FAIL
        return dataclasses.replace(entry, check=dataclasses.replace(check, status=status))
    if not proven or check.group is not Group.ACCOUNT or check.status is not Status.FAIL:
        return entry
    if not entry.findings:  # a fault of our own, which no request can disprove
        return entry
    return Done(
        check=dataclasses.replace(check, status=Status.WARN),
        findings=tuple(_disproved(finding) for finding in entry.findings),
    )


def _disproved(finding: Finding) -> Finding:
    if finding.severity is Severity.WARNING:
        return finding
    row = catalog.row("catalogue_unavailable" if finding.check == "auth" else "account_unavailable")
    status = f"{finding.status} " if finding.status is not None else ""
    said = f"It came to {status}{finding.id}, but real requests succeeded."
    return catalog.fill(row, evidence=[said, *finding.evidence], check=finding.check)


def _unasked(done: Sequence[Done]) -> list[Finding]:
    """Say what the deadline left unasked: a run that has not asked is not healthy."""
    names = [entry.check.id for entry in done if not entry.in_time]
    if not names:
        return []
    said = f"The deadline came before {_listed(names)} could be asked."
    filled = catalog.fill(catalog.row("response_timeout"), evidence=[said], check=names[0])
    return [dataclasses.replace(filled, cause=_TOO_LATE)]


def _root(findings: Sequence[Finding], *, strict: bool) -> Finding | None:
    errors = [f for f in findings if f.severity is Severity.ERROR]
    candidates = errors or (list(findings) if strict else [])
    return min(candidates, key=place, default=None)


def _outcome(diagnosis: Finding | None, others: Sequence[Finding]) -> Outcome:
    if diagnosis is not None:
        return Outcome.FAILED
    return Outcome.DEGRADED if others else Outcome.HEALTHY


def _differential(diagnosis: Finding, works: Sequence[str], checks: Sequence[Check]) -> Finding:
    """Say, when one protocol fails and another works, what the two differ in."""
    failed = [c.id for c in checks if _generates(c) and c.status is Status.FAIL]
    if not works or diagnosis.check not in failed or diagnosis.id == "threshold_exceeded":
        return diagnosis
    told = (
        f"{_listed(failed)} {_verb('fail', failed)}, while {_listed(works)}"
        f" {_verb('work', works)} with the same key and model."
    )
    difference = _difference(failed[0], works[0])
    diagnosis = dataclasses.replace(diagnosis, evidence=(*diagnosis.evidence, told, difference))
    if diagnosis.exit_code is not ExitCode.AUTHENTICATION:
        return diagnosis
    accepted = _KEY_IS_ACCEPTED.format(works=_listed(works), check=diagnosis.check)
    return dataclasses.replace(diagnosis, cause=accepted, actions=(_LOOK_AT_HEADER,))


def _difference(failing: str, working: str) -> str:
    bad, good = DIALECTS[Protocol(failing)], DIALECTS[Protocol(working)]
    parts = [f"the path (/v1{bad.path} against /v1{good.path})"]
    if bad.key_header != good.key_header:
        parts.append(f"the header of the key ({bad.key_header} against {good.key_header})")
    parts.append("the support of the model for the protocol")
    return f"They differ in {_listed(parts)}."


def _verb(verb: str, names: Sequence[str]) -> str:
    return verb if len(names) > 1 else f"{verb}s"


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
