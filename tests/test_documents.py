"""The gateway's documents: read as documented, and nothing of them trusted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.documents import (
    Credits,
    count,
    read_credits,
    read_models,
    read_usage,
    record,
    records,
    text,
)
from cmtool.model import ModelInfo

PERIOD = {
    "cost_micro": 1_250_000,
    "prompt_tokens": 10,
    "completion_tokens": 20,
    "total_tokens": 30,
    "request_count": 4,
    "success_count": 3,
}


def entry(identifier: object, **fields: object) -> dict[str, object]:
    return {"id": identifier, "object": "model", **fields}


@pytest.mark.parametrize(
    ("document", "models"),
    [
        pytest.param(
            {"data": [entry("b/2", created=5, owned_by="b"), entry("a/1")]},
            (ModelInfo(id="a/1"), ModelInfo(id="b/2", created=5, owned_by="b")),
            id="sorted",
        ),
        pytest.param({"object": "list", "data": []}, (), id="empty-list"),
        pytest.param({"data": [entry("a"), entry("a")]}, (ModelInfo(id="a"),), id="twice"),
        pytest.param(
            {"data": [entry("a"), entry(""), entry(7), entry(None), {}, "x", None, [1]]},
            (ModelInfo(id="a"),),
            id="odd-entries-are-left-out",
        ),
        pytest.param(
            {"data": [entry("a", created="now", owned_by=7)]},
            (ModelInfo(id="a"),),
            id="odd-fields-are-none",
        ),
        pytest.param(
            {"data": [entry("a", created=True, owned_by="")]}, (ModelInfo(id="a"),), id="true-is-1"
        ),
        pytest.param({"data": [entry("a", created=-1)]}, (ModelInfo(id="a"),), id="before-1970"),
        pytest.param({"data": [1, 2]}, None, id="nothing-readable"),
        pytest.param({"data": [{"name": "a"}]}, None, id="other-entries"),
        pytest.param({"data": {"a": 1}}, None, id="data-an-object"),
        pytest.param({"data": None}, None, id="data-null"),
        pytest.param({"models": []}, None, id="another-name"),
        pytest.param({}, None, id="empty-object"),
        pytest.param([entry("a")], None, id="bare-array"),
        pytest.param(None, None, id="null"),
        pytest.param("data", None, id="text"),
    ],
)
def test_models(document: object, models: tuple[ModelInfo, ...] | None) -> None:
    assert read_models(document) == models


def credit(balance: int, held: int = 0, currency: str = "USD") -> Credits:
    return Credits(currency=currency, balance_micro=balance, uncollected_micro=held)


@pytest.mark.parametrize(
    ("document", "credits_"),
    [
        pytest.param(
            {"currency": "EUR", "balance_micro": 12_340_000, "uncollected_micro": 20_000},
            credit(12_340_000, 20_000, "EUR"),
            id="documented",
        ),
        pytest.param({"balance_micro": 0}, credit(0), id="no-wallet"),
        pytest.param({"balance_micro": -5}, credit(-5), id="overdrawn"),
        pytest.param({"balance_micro": 1, "uncollected_micro": "x"}, credit(1), id="odd-held"),
        pytest.param({"balance_micro": 1, "currency": ["USD"]}, credit(1), id="odd-currency"),
        pytest.param({"balance_micro": "12"}, None, id="text"),
        pytest.param({"balance_micro": 1.5}, None, id="fraction"),
        pytest.param({"balance_micro": True}, None, id="true"),
        pytest.param({"balance": 12}, None, id="another-name"),
        pytest.param([], None, id="array"),
        pytest.param(None, None, id="null"),
    ],
)
def test_credits(document: object, credits_: Credits | None) -> None:
    assert read_credits(document) == credits_


def test_usage_of_three_periods() -> None:
    weekly = {**PERIOD, "request_count": 40}
    usage = read_usage({"currency": "USD", "daily": PERIOD, "weekly": weekly, "monthly": PERIOD})
    assert usage is not None
    assert (usage.daily.request_count, usage.weekly.request_count) == (4, 40)
    assert usage.monthly.cost_micro == 1_250_000
    assert usage.monthly.success_count == 3


def test_a_missing_figure_is_zero() -> None:
    period = {"request_count": 2, "cost_micro": "x", "prompt_tokens": -4, "extra": 1}
    usage = read_usage({"daily": period, "weekly": period, "monthly": period})
    assert usage is not None
    assert (usage.daily.request_count, usage.daily.cost_micro, usage.daily.prompt_tokens) == (
        2,
        0,
        0,
    )


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"daily": PERIOD, "weekly": PERIOD}, id="a-period-missing"),
        pytest.param({"daily": PERIOD, "weekly": PERIOD, "monthly": None}, id="a-period-null"),
        pytest.param({"daily": PERIOD, "weekly": PERIOD, "monthly": {}}, id="a-period-empty"),
        pytest.param({"daily": [PERIOD], "weekly": PERIOD, "monthly": PERIOD}, id="an-array"),
        pytest.param(None, id="null"),
    ],
)
def test_no_usage(document: object) -> None:
    assert read_usage(document) is None


@pytest.mark.parametrize("value", [None, 1, "a", [], True])
def test_what_is_no_object_is_an_empty_record(value: object) -> None:
    assert record(value) == {}
    assert records(value) == []


def test_only_the_objects_of_an_array_are_records() -> None:
    assert records([{"a": 1}, None, [], "x", {}]) == [{"a": 1}, {}]


@pytest.mark.parametrize(
    ("value", "as_count", "as_text"),
    [
        pytest.param(0, 0, None, id="zero"),
        pytest.param(10**30, None, None, id="huge"),
        pytest.param(-1, None, None, id="negative"),
        pytest.param(True, None, None, id="true"),
        pytest.param(1.0, None, None, id="float"),
        pytest.param("1", None, "1", id="text"),
        pytest.param("", None, None, id="empty-text"),
        pytest.param(None, None, None, id="null"),
    ],
)
def test_counts_and_texts(value: object, as_count: int | None, as_text: str | None) -> None:
    assert count(value) == as_count
    assert text(value) == as_text


names = st.sampled_from(["data", "id", "daily", "weekly", "monthly", "request_count", "currency"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(names | st.just("balance_micro"), inner, max_size=4)
    ),
    max_leaves=15,
)


@settings(deadline=None)  # the machine may be busy
@given(values)
def test_any_document_is_read_or_refused(document: Any) -> None:
    for document_or_list in (document, {"data": document}):
        models = read_models(document_or_list)
        assert models is None or all(model.id for model in models)
    found = read_credits(document)
    assert found is None or isinstance(found.balance_micro, int)
    usage = read_usage(document)
    assert usage is None or usage.daily.request_count >= 0
