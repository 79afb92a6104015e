from __future__ import annotations

import pytest

from cmtool.model import Report
from cmtool.render import DOCUMENTS, document


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_rendered_and_ends_its_last_line(
    name: str, reports: dict[str, Report]
) -> None:
    assert document(name)(reports["healthy"]).endswith("\n")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_ascii_is_for_what_people_read(name: str, built: Report) -> None:
    shown, plain = document(name)(built), document(name, ascii_only=True)(built)
    assert plain.isascii()
    assert (plain == shown) or name == "markdown"


def test_names_and_endings_are_told_once() -> None:
    assert all(name == entry.name for name, entry in DOCUMENTS.items())
    assert len({entry.ending for entry in DOCUMENTS.values()}) == len(DOCUMENTS)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(KeyError):
        document("telegram")
