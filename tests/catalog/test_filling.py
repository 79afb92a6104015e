"""From a row to a finding: its texts filled, what the run knows first, commands that can be run."""

from __future__ import annotations

import shlex

import pytest

from cmtool import catalog
from cmtool.catalog import ROWS, Row
from cmtool.catalog.filling import fill
from cmtool.model import Severity

every_row = pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS.values()])
URL = "https://gw.test/v1"
HOSTILE = "v/m'; $(echo pwned) {model} {0}"


@every_row
@pytest.mark.parametrize(
    ("model", "base_url"),
    [
        pytest.param(None, None, id="nothing-known"),
        pytest.param("vendor/model", URL, id="both-known"),
        pytest.param(HOSTILE, f"{URL}{{x}}'\"", id="hostile"),
    ],
)
def test_every_text_is_filled_and_every_command_parses(
    row: Row, model: str | None, base_url: str | None
) -> None:
    found = fill(row, model=model, base_url=base_url)
    for text in (found.cause, *found.actions):
        for value, template in ((model, "{model}"), (base_url, "{base_url}")):
            assert template not in text.replace(value or "\0", "")
    for command in found.commands:
        words = shlex.split(command)
        assert words[0] in {"cmtool", "curl", "export"}
        assert not words[-1].startswith("-") or model
        assert "echo" not in words


@every_row
def test_the_finding_is_the_rows(row: Row) -> None:
    found = fill(row)
    assert (found.id, found.title, found.exit_code, found.step) == (
        row.id,
        row.title,
        row.exit_code,
        row.step,
    )
    assert (found.severity, found.phase, found.type) == (row.severity, row.phase, row.type)
    assert (found.retryable, found.documented, found.docs_url) == (
        row.retryable,
        row.documented,
        row.docs_url,
    )
    assert (found.status, found.code, found.check, found.predicted) == (None, None, None, False)


def test_the_model_stands_in_the_words_and_quoted_in_the_commands() -> None:
    found = fill(catalog.row("model_not_found"), model="a b/c")
    assert "does not offer a b/c:" in found.cause
    assert found.commands == ("cmtool models --check 'a b/c'", "cmtool models")


def test_without_a_model_no_command_lacks_its_value() -> None:
    found = fill(catalog.row("model_not_found"))
    assert "does not offer the model:" in found.cause
    assert found.commands == ("cmtool models",)
    assert fill(catalog.row("no_wallet")).commands == ("cmtool balance", "cmtool doctor")


def test_without_a_base_url_the_shell_is_asked_for_it() -> None:
    found = fill(catalog.row("dns_failure"))
    its = "${CROSSMODEL_API_URL:-https://api.crossmodel.ai/v1}"
    assert found.commands[0] == f'curl -v "{its}"/models'
    assert "the host of the base URL" in found.cause
    assert fill(catalog.row("dns_failure"), base_url=URL).commands[0] == f"curl -v {URL}/models"


def test_what_this_run_knows_better_comes_first() -> None:
    row = catalog.row("model_not_found")
    found = fill(
        row,
        model="v/m",
        severity=Severity.WARNING,
        evidence=(said for said in ("one", "two")),
        first_actions=["Use v/n."],
        first_commands=["cmtool doctor v/n"],
        check="model",
        predicted=True,
    )
    assert found.actions[0] == "Use v/n."
    assert len(found.actions) == len(row.actions) + 1
    assert found.commands[:2] == ("cmtool doctor v/n", "cmtool models --check v/m")
    assert (found.severity, found.evidence) == (Severity.WARNING, ("one", "two"))
    assert (found.check, found.predicted) == ("model", True)
