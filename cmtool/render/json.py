"""The report as JSON, version 1 of the schema beside this file, and the catalogue likewise."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from cmtool.catalog.row import Row
from cmtool.model import (
    Balance,
    Check,
    Exchange,
    Finding,
    Gaps,
    Json,
    Recognised,
    Report,
    SentRequest,
    StreamResult,
    Support,
    Target,
    Timings,
    UsagePeriod,
    Violation,
)
from cmtool.render.figures import timestamp

SCHEMA_VERSION = 1
_RATE_DECIMALS = 3

_TWICE = re.compile("#(?=#)")

Document = dict[str, Json]


def report_json(report: Report) -> str:
    """Give the report as a JSON text in ASCII, with a line end behind it."""
    return _text(report_document(report))


def rows_json(rows: Sequence[Row]) -> str:
    """Give rows of the catalogue as a JSON array in ASCII, with a line end behind it."""
    return _text([row_document(row) for row in rows])


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of the report."""
    text = files("cmtool.render").joinpath("report.schema.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def report_document(report: Report) -> Document:
    """Give the report as plain values.  Durations are milliseconds with one decimal."""
    document: Document = {
        "schema_version": SCHEMA_VERSION,
        "command": report.command,
        "cmtool_version": report.cmtool_version,
        "platform": report.platform,
        "started_at": timestamp(report.started_at),
        "duration_ms": _ms(report.duration_ms),
        "target": _target(report.target),
        "outcome": report.outcome.value,
        "exit_code": int(report.exit_code),
        "diagnosis": None if report.diagnosis is None else _finding(report.diagnosis),
        "findings": [
            _finding(each) | {"severity": each.severity.value} for each in report.findings
        ],
        "checks": [_check(each) for each in report.checks],
        "exchanges": [_exchange(each) for each in report.exchanges],
        "streams": [_stream(each) for each in report.streams],
        "support": None if report.support is None else _support(report.support),
        "spent": {
            "requests": report.spent.requests,
            "input_tokens": report.spent.input_tokens,
            "output_tokens": report.spent.output_tokens,
        },
    }
    if report.models is not None:
        document["models"] = [
            {"id": each.id, "owned_by": each.owned_by, "created": each.created}
            for each in report.models
        ]
    if report.balance is not None:
        document["balance"] = _balance(report.balance)
    if report.requests is not None:
        document["requests"] = [_request(each) for each in report.requests]
    if report.recognised is not None:
        document["recognised"] = _recognised(report.recognised)
    return document


def row_document(row: Row) -> Document:
    """Give one row of the catalogue as plain values; the texts are templates, as in the row."""
    return {
        "id": row.id,
        "origin": row.origin.value,
        "severity": row.severity.value,
        "title": row.title,
        "statuses": list(row.statuses),
        "type": row.type,
        "phase": row.phase.value,
        "step": row.step,
        "exit_code": int(row.exit_code),
        "retryable": row.retryable,
        "documented": row.documented,
        "cause": row.cause,
        "actions": list(row.actions),
        "commands": list(row.commands),
        "docs_url": row.docs_url,
        "samples": [
            {
                "status": sample.status,
                "protocol": _value(sample.protocol),
                "content_type": sample.content_type,
                "headers": dict(sample.headers),
                "body": sample.body,
            }
            for sample in row.all_samples()
        ],
    }


def _text(document: Json) -> str:
    text = json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)
    # The runners of pipelines read the lines, too, and obey some that hold two of these.
    return _TWICE.sub(r"\\u0023", text) + "\n"


def _request(request: SentRequest) -> Document:
    return {
        "protocol": request.protocol.value,
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": request.body,
        "curl": request.curl,
    }


def _recognised(recognised: Recognised) -> Document:
    return {
        "forms": list(recognised.forms),
        "errors": recognised.errors,
        "characters": recognised.characters,
        "left_out": recognised.left_out,
        "surer": list(recognised.surer),
    }


def _target(target: Target) -> Document:
    return {
        "base_url": target.base_url,
        "model": target.model,
        "key_source": target.key_source,
        "key_fingerprint": target.key_fingerprint,
    }


def _finding(finding: Finding) -> Document:
    return {
        "id": finding.id,
        "title": finding.title,
        "phase": finding.phase.value,
        "step": finding.step,
        "status": finding.status,
        "type": finding.type,
        "code": finding.code,
        "param": finding.param,
        "message": finding.message,
        "cause": finding.cause,
        "actions": list(finding.actions),
        "commands": list(finding.commands),
        "retryable": finding.retryable,
        "documented": finding.documented,
        "predicted": finding.predicted,
        "docs_url": finding.docs_url,
        "check": finding.check,
        "evidence": list(finding.evidence),
    }


def _check(check: Check) -> Document:
    return {
        "id": check.id,
        "group": check.group.value,
        "title": check.title,
        "status": check.status.value,
        "summary": check.summary,
        "duration_ms": _ms(check.duration_ms),
        "blocked_by": check.blocked_by,
        "details": {name: _detail(name, value) for name, value in check.details.items()},
    }


def _exchange(exchange: Exchange) -> Document:
    return {
        "check": exchange.check,
        "protocol": _value(exchange.protocol),
        "streamed": exchange.streamed,
        "attempt": exchange.attempt,
        "method": exchange.method,
        "url": exchange.url,
        "sent_at": None if exchange.sent_at is None else timestamp(exchange.sent_at),
        "status": exchange.status,
        "request_id": exchange.request_id,
        "served_model": exchange.served_model,
        "duration_ms": _ms(exchange.duration_ms),
        "timings": _timings(exchange.timings),
        "headers": dict(exchange.headers),
        "body": exchange.body,
        "failure": exchange.failure,
    }


def _timings(timings: Timings) -> Document:
    return {
        "lookup_ms": _ms(timings.lookup_ms),
        "connect_ms": _ms(timings.connect_ms),
        "tls_ms": _ms(timings.tls_ms),
        "headers_ms": _ms(timings.headers_ms),
        "first_byte_ms": _ms(timings.first_byte_ms),
    }


def _stream(stream: StreamResult) -> Document:
    return {
        "protocol": stream.protocol.value,
        "model": stream.model,
        "repetition": stream.repetition,
        "attempt": stream.attempt,
        "outcome": "ok" if stream.ok else "failed",
        "diagnosis": None if stream.diagnosis is None else _finding(stream.diagnosis),
        "violations": [_violation(each) for each in stream.violations],
        "events": stream.events,
        "deltas": stream.deltas,
        "text_chars": stream.text_chars,
        "finish_reason": stream.finish_reason,
        "headers_ms": _ms(stream.headers_ms),
        "first_byte_ms": _ms(stream.first_byte_ms),
        "first_event_ms": _ms(stream.first_event_ms),
        "first_delta_ms": _ms(stream.first_delta_ms),
        "ttft_ms": _ms(stream.ttft_ms),
        "duration_ms": _ms(stream.duration_ms),
        "gaps": _gaps(stream.gaps),
        "input_tokens": stream.input_tokens,
        "output_tokens": stream.output_tokens,
        "tokens_per_second": _rounded(stream.tokens_per_second, _RATE_DECIMALS),
        "request_id": stream.request_id,
        "served_model": stream.served_model,
    }


def _violation(violation: Violation) -> Document:
    return {
        "name": violation.name,
        "event": violation.event,
        "expected": violation.expected,
        "got": violation.got,
        "severity": violation.severity.value,
    }


def _gaps(gaps: Gaps) -> Document:
    return {
        "p50": _ms(gaps.p50),
        "p90": _ms(gaps.p90),
        "p99": _ms(gaps.p99),
        "max": _ms(gaps.max),
    }


def _support(support: Support) -> Document:
    return {
        "request_id": support.request_id,
        "request_time": support.request_time,
        "model": support.model,
        "status": support.status,
        "body": support.body,
    }


def _balance(balance: Balance) -> Document:
    return {
        "currency": balance.currency,
        "balance_micro": balance.balance_micro,
        "uncollected_micro": balance.uncollected_micro,
        "daily": _usage(balance.daily),
        "weekly": _usage(balance.weekly),
        "monthly": _usage(balance.monthly),
    }


def _usage(period: UsagePeriod | None) -> Json:
    if period is None:
        return None
    return {
        "cost_micro": period.cost_micro,
        "prompt_tokens": period.prompt_tokens,
        "completion_tokens": period.completion_tokens,
        "total_tokens": period.total_tokens,
        "request_count": period.request_count,
        "success_count": period.success_count,
    }


def _value(member: str | None) -> str | None:
    return None if member is None else str(member)


def _ms(milliseconds: float | None) -> float | None:
    return _rounded(milliseconds, 1)


def _rounded(number: float | None, decimals: int) -> float | None:
    if number is None or not math.isfinite(number):
        return None
    return round(float(number), decimals)


def _detail(name: str, value: Json) -> Json:
    """Give a detail as JSON can hold it: finite numbers, milliseconds with one decimal."""
    match value:
        case float():
            return _ms(value) if name.endswith("_ms") else _rounded(value, _RATE_DECIMALS)
        case list():
            return [_detail(name, each) for each in value]
        case Mapping():
            return {key: _detail(key, each) for key, each in value.items()}
        case _:
            return value
