"""A pasted text and what it must come to; and the whole way from the one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cmtool.catalog import ROWS
from cmtool.cli.playing import follow
from cmtool.explaining import Explained, explain
from cmtool.model import Protocol
from cmtool.paste import Hints, read
from cmtool.paste.base import Form
from cmtool.redact import Redactor

MODEL = "deepseek/deepseek-v4-flash"
REQUEST_ID = "req_cm_01JDX3K7Q2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One paste: its text, and what is expected of it; ``identifier`` None is a healthy one."""

    text: str | bytes
    form: Form
    identifier: str | None
    status: int | None = None
    protocol: Protocol | None = None
    request_id: str | None = None
    model: str | None = None
    sent_at: datetime | None = None
    message: str | None = None


def explained(text: str | bytes, hints: Hints | None = None, *secrets: str) -> Explained | None:
    """Read, follow and judge a paste, as the command does."""
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    hints = hints or Hints()
    return explain(read(content), hints, Redactor(secrets), lambda c: follow(c, hints.model))


def check(case: Case) -> Explained:
    """Explain a case and hold it to what it expects."""
    got = explained(case.text)
    assert got is not None, "nothing was recognised"
    found = got.diagnosis.id if got.diagnosis else None
    assert found == case.identifier, (found, got.recognised.forms)
    assert got.recognised.forms[0] == case.form.name
    if got.diagnosis is None or case.identifier is None:
        return got
    diagnosis = got.diagnosis
    assert diagnosis.exit_code is ROWS[case.identifier].exit_code
    assert diagnosis.evidence[0] == f"The paste was read as {case.form.name}."
    assert diagnosis.status == case.status
    if case.message is not None:
        assert diagnosis.message == case.message
    _check_exchange(case, got)
    return got


def _check_exchange(case: Case, got: Explained) -> None:
    told = [each for each in got.exchanges if each.failure == case.identifier][-1:]
    exchange = told[0] if told else None
    for name in ("protocol", "request_id", "model", "sent_at"):
        seen = getattr(exchange, name) if exchange else None
        assert seen == getattr(case, name), name
    if case.request_id is not None:
        assert got.support is not None
        assert got.support.request_id == case.request_id
