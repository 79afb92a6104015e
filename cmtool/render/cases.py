"""What a report has to tell, each thing once: streams by repetition, findings by identifier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cmtool.model import Finding, Protocol, Report, Severity, StreamResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """One stream that was wanted, with every attempt at it in order; the last one decides."""

    attempts: tuple[StreamResult, ...]

    @property
    def last(self) -> StreamResult:
        """The attempt that decides."""
        return self.attempts[-1]

    @property
    def name(self) -> str:
        """The protocol and the number of the repetition: ``chat 2``."""
        return f"{self.last.protocol.value} {self.last.repetition}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All findings of one identifier; ``finding`` speaks for them.

    ``places`` names the checks and streams that found it, ``request_id`` the answer that shows
    it, None where there was none.  ``fails`` says that it made the run fail.
    """

    finding: Finding
    places: tuple[str, ...]
    request_id: str | None
    fails: bool


def is_stream_test(report: Report) -> bool:
    """Whether the streams are what the report is about: not so for a doctor's own requests."""
    return report.command == "stream-test" or bool(report.streams and not report.checks)


def repetitions(streams: Iterable[StreamResult]) -> list[Repetition]:
    """Give the streams by protocol and repetition, in the order in which each was first tried."""
    together: dict[tuple[Protocol, int], list[StreamResult]] = {}
    for stream in streams:
        together.setdefault((stream.protocol, stream.repetition), []).append(stream)
    return [
        Repetition(attempts=tuple(sorted(group, key=lambda each: each.attempt)))
        for group in together.values()
    ]


def failed_repetitions(report: Report) -> list[Repetition]:
    """Give those of a stream test whose last attempt failed."""
    if not is_stream_test(report):
        return []
    return [each for each in repetitions(report.streams) if not each.last.ok]


def findings_of(report: Report, check: str) -> list[Finding]:
    """Give what one check found: the diagnosis first, then errors, then warnings."""
    return [each for each in _ordered(report) if each.check == check]


def found(report: Report) -> list[Found]:
    """Give everything found, by identifier: the diagnosis first, then errors, then warnings."""
    failed = failed_repetitions(report)
    in_streams = [each.last.diagnosis for each in failed if each.last.diagnosis is not None]
    together: dict[str, list[Finding]] = {}
    for finding in _errors_first(report.diagnosis, [*_ordered(report), *in_streams]):
        together.setdefault(finding.id, []).append(finding)
    return [_found(report, group, failed) for group in together.values()]


def _ordered(report: Report) -> list[Finding]:
    findings = [] if report.diagnosis is None else [report.diagnosis]
    return _errors_first(report.diagnosis, [*findings, *report.findings])


def _errors_first(diagnosis: Finding | None, findings: Sequence[Finding]) -> list[Finding]:
    """Sort warnings behind errors; the diagnosis stays first, even a warning under strict."""
    return sorted(
        findings,
        key=lambda each: each is not diagnosis and each.severity is Severity.WARNING,
    )


def _found(report: Report, group: Sequence[Finding], failed: Sequence[Repetition]) -> Found:
    first = group[0]
    streams = [
        each for each in failed if each.last.diagnosis and each.last.diagnosis.id == first.id
    ]
    protocols = {each.last.protocol.value for each in streams}
    checks = [each.check for each in group if each.check and each.check not in protocols]
    return Found(
        finding=first,
        places=tuple(dict.fromkeys([*checks, *(each.name for each in streams)])),
        request_id=_request_id(report, first, streams),
        fails=first is report.diagnosis or first.severity is Severity.ERROR,
    )


def _request_id(report: Report, finding: Finding, streams: Sequence[Repetition]) -> str | None:
    if finding is report.diagnosis and report.support is not None:
        return report.support.request_id
    seen = [each.last.request_id for each in streams]
    seen += [each.request_id for each in report.exchanges if each.failure == finding.id]
    return next((each for each in seen if each), None)
