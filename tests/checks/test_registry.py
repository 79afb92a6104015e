"""The list of all checks: whole, unique, and pointing only at itself."""

from __future__ import annotations

from graphlib import TopologicalSorter

import pytest

from cmtool.checks.graph import CheckSpec
from cmtool.checks.registry import chosen, every
from cmtool.model import Group, Protocol
from tests.checks.conftest import Walk

BEFORE = ["key", "base-url", "environment", "connection", "auth", "balance", "model"]
DOCUMENTED = [*BEFORE, *Protocol, "trace"]
CHECKS = every()
IDS = [spec.id for spec in CHECKS]


def test_every_documented_check_is_there_once() -> None:
    assert IDS == DOCUMENTED


@pytest.mark.parametrize("spec", CHECKS, ids=IDS)
def test_a_check_names_only_checks(spec: CheckSpec) -> None:
    assert {*spec.needs, *spec.after} <= set(IDS) - {spec.id}
    assert spec.title


def test_no_check_waits_for_itself_in_the_end() -> None:
    order = TopologicalSorter({spec.id: {*spec.needs, *spec.after} for spec in CHECKS})
    assert set(order.static_order()) == set(IDS)


def test_groups_stand_together_in_their_order() -> None:
    groups = list(dict.fromkeys(spec.group for spec in CHECKS))
    assert groups == list(Group)
    assert [spec.group for spec in CHECKS] == sorted(
        (spec.group for spec in CHECKS), key=groups.index
    )


def test_chosen_keeps_the_order() -> None:
    assert [spec.id for spec in chosen({"chat", "key", "auth"})] == ["key", "auth", "chat"]


@pytest.mark.parametrize("scenario", ["healthy", "invalid-api-key", "drop", "one-protocol"])
@pytest.mark.parametrize("key", [None, "cm-…", "sk-ant-0123456789"])
async def test_every_check_is_in_every_report(walked: Walk, scenario: str, key: str | None) -> None:
    options = {} if key == "cm-…" else {"key": key}
    result = await walked(scenario, **options)
    assert [check.id for check in result.verdict.checks] == DOCUMENTED
    for check in result.verdict.checks:
        assert check.summary or check.blocked_by
