"""What cmtool itself wrote: a JSON report of any command, and a recording of a stream test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cmtool import catalog
from cmtool.classify import error_object, parse_json
from cmtool.documents import record, records, text
from cmtool.model import Protocol
from cmtool.paste import forms
from cmtool.paste.base import Answer, Capture, Found, Healthy, Named, Told
from cmtool.paste.clocks import clock_of
from cmtool.paste.literals import Literal
from cmtool.paste.told import status_value

_MARK = "cmtool-recording"


def recordings(text: str) -> Iterator[Found]:
    """Give the recording that a paste is."""
    first = text.lstrip().partition("\n")[0][:500]
    if first.startswith("{") and _MARK in first:
        yield Capture(
            form=forms.RECORDING,
            place=0,
            end=len(text),
            told=Told(),
            body=text.lstrip(),
            recording=True,
        )


def reports(literal: Literal) -> Iterator[Found]:
    """Give the diagnosis of a report, and its other errors; or that it found nothing wrong."""
    value = literal.value
    if not {"schema_version", "cmtool_version", "outcome"} <= set(value):
        return
    errors = [f for f in records(value.get("findings")) if f.get("severity") == "error"]
    found = [record(value.get("diagnosis")), *errors]
    told = _told(value)
    named = [_finding(each, literal, told) for each in found if text(each.get("id"))]
    known = [each for each in named if each is not None]
    if not known:
        yield Healthy(form=forms.REPORT, place=literal.start, end=literal.end, told=told)
    yield from known


def _finding(finding: Mapping[str, Any], literal: Literal, told: Told) -> Found | None:
    """Give one finding as what it was made from: its body where the report kept it, or its name."""
    identifier = text(finding.get("id")) or ""
    if identifier not in catalog.ROWS:
        return None
    protocol = text(finding.get("check"))
    own = Told(
        status=status_value(finding.get("status")),
        protocol=Protocol(protocol) if protocol in set(Protocol) else None,
    ).merged(told)
    support = record(record(literal.value).get("support"))
    body = text(support.get("body")) or ""
    said = next((t for t in finding.get("evidence") or [] if isinstance(t, str)), "")
    return as_found(identifier, own, body, (literal.start, literal.end), said)


def as_found(
    identifier: str, told: Told, body: str, span: tuple[int, int], said: str = ""
) -> Found:
    """Give a diagnosis of a report: by its body where that shows the same, else by its name."""
    place, end = span
    try:
        error = error_object(parse_json(body))
    except ValueError:
        error = None
    if error is not None and identifier == (error.code or identifier):
        return Answer(form=forms.REPORT, place=place, end=end, told=told, body=body, error=error)
    return Named(
        form=forms.REPORT,
        place=place,
        end=end,
        told=told,
        identifier=identifier,
        said=said,
        body="" if body.startswith("none:") else body,
        certain=True,
    )


def _told(value: Mapping[str, Any]) -> Told:
    support, target = record(value.get("support")), record(value.get("target"))
    identifier = text(support.get("request_id")) or ""
    moment, clock = clock_of(text(support.get("request_time")) or "")
    url = text(target.get("base_url"))
    return Told(
        headers={"x-request-id": identifier} if identifier.startswith("req_") else {},
        model=text(target.get("model")),
        url=url if url and url.startswith("http") else None,
        sent_at=moment if isinstance(moment, datetime) else None,
        clock=clock,
    )
