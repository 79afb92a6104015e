"""What people paste, as they paste it: the files in `pastes/`, each text with what it comes to.

A text stands under a line of its own: ``==== name | is=identifier | as=form | status=402 | …``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.paste.case import explained

FOLDER = Path(__file__).with_name("pastes")
NOTHING, HEALTHY = "nothing", "healthy"
Facts: TypeAlias = dict[str, str]


def _read() -> Iterator[tuple[str, Facts, str]]:
    for path in sorted(FOLDER.glob("*.txt")):
        for piece in re.split("(?m)^==== ", path.read_text(encoding="utf-8"))[1:]:
            head, _, text = piece.partition("\n")
            name, *facts = head.split(" | ")
            yield name, dict(fact.split("=", 1) for fact in facts), text


PASTES = [pytest.param(facts, text, id=name) for name, facts, text in _read()]


def _seen(text: str) -> Facts:
    """Give what a text comes to, in the words of the files."""
    got = explained(text)
    if got is None:
        return {"is": NOTHING}
    diagnosis, support = got.diagnosis, got.support
    facts = {
        "is": diagnosis.id if diagnosis else HEALTHY,
        "as": got.recognised.forms[0],
        "status": str(diagnosis.status) if diagnosis and diagnosis.status else "",
        "message": (diagnosis.message or "") if diagnosis else "",
        "errors": str(got.recognised.errors),
    }
    if support is not None:
        facts |= {"request": support.request_id, "model": support.model}
        facts["time"] = support.request_time[: len("2026-11-22T10:00:00")]
    return facts


@pytest.mark.parametrize(("facts", "text"), PASTES)
def test_a_paste_comes_to_what_is_written_above_it(facts: Facts, text: str) -> None:
    seen = _seen(text)
    assert {name: seen.get(name, "") for name in facts} == facts


@pytest.mark.parametrize(("facts", "text"), PASTES)
def test_line_ends_and_marks_of_encodings_change_nothing(facts: Facts, text: str) -> None:
    crlf = text.replace("\n", "\r\n")
    for content in (crlf.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        got = explained(content)
        found = got.diagnosis.id if got and got.diagnosis else HEALTHY if got else NOTHING
        assert found == facts["is"]


def test_there_are_as_many_as_were_asked_for() -> None:
    names = [name for name, _, _ in _read()]
    assert len(names) > 350
    assert len(names) == len(set(names))
