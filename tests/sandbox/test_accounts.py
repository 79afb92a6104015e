"""The wallet, the limits and the usage figures, with a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from cmtool.sandbox import Limits, Sandbox
from cmtool.sandbox.accounts import Account, Wallet
from cmtool.sandbox.asks import RefusedError
from tests.sandbox.conftest import Client

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


class World:
    """Two clocks that stand still until they are moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.now = MONDAY

    def account(self, wallet: Wallet | None = None, limits: Limits | None = None) -> Account:
        return Account(
            wallet or Wallet(), limits or Limits(), lambda: self.seconds, lambda: self.now
        )


def spend(account: Account, prompt: int = 10, completion: int = 20, *, ok: bool = True) -> None:
    account.admit(prompt, completion).settle(prompt, completion, ok=ok)


def test_the_61st_request_of_a_minute_is_refused_and_the_window_slides() -> None:
    world = World()
    account = world.account()
    for _ in range(60):
        spend(account)
        world.seconds += 0.5
    with pytest.raises(RefusedError) as refused:
        spend(account)
    assert refused.value.row_id == "rate_limit_exceeded"
    assert "60 requests per minute (RPM)" in str(refused.value.message)
    world.seconds = 1060.0
    spend(account)
    with pytest.raises(RefusedError):
        spend(account)


def test_tokens_of_a_minute_are_counted_and_forgotten() -> None:
    world = World()
    account = world.account()
    spend(account, 1, 99_998)
    spend(account, 1, 0)
    with pytest.raises(RefusedError) as refused:
        spend(account)
    assert "100000 tokens per minute (TPM)" in str(refused.value.message)
    world.seconds += 60
    spend(account)


def test_a_request_in_flight_holds_its_highest_price() -> None:
    account = World().account(Wallet(balance_micro=1_000))
    charge = account.admit(10, 100)
    assert account.credits()["uncollected_micro"] == 410
    charge.settle(10, 5, ok=True)
    charge.settle(10, 5, ok=True)
    assert account.credits() == {
        "currency": "USD",
        "balance_micro": 970,
        "uncollected_micro": 0,
    }


def test_a_wallet_that_cannot_cover_the_hold_refuses() -> None:
    account = World().account(Wallet(balance_micro=1_000))
    held = account.admit(10, 200)
    with pytest.raises(RefusedError) as refused:
        account.admit(10, 200)
    assert refused.value.row_id == "insufficient_balance"
    held.settle(10, 1, ok=True)
    account.admit(10, 200)


def test_two_generations_at_a_fixed_price() -> None:
    account = World().account(Wallet(balance_micro=200, price_micro=100))
    spend(account)
    spend(account)
    assert account.credits()["balance_micro"] == 0
    with pytest.raises(RefusedError):
        spend(account)


def test_usage_by_day_week_and_month() -> None:
    world = World()
    account = world.account()
    world.now = MONDAY - timedelta(days=23)  # the month before
    spend(account)
    world.now = MONDAY - timedelta(days=1)  # the week before
    spend(account)
    world.now = MONDAY
    spend(account, ok=False)
    world.now = MONDAY + timedelta(days=1)
    spend(account)
    account.count_failure()
    counts = {
        period: (figures["request_count"], figures["success_count"], figures["total_tokens"])
        for period, figures in account.usage().items()
        if isinstance(figures, dict)
    }
    assert counts == {"daily": (2, 1, 30), "weekly": (3, 1, 60), "monthly": (4, 2, 90)}


async def test_the_message_names_the_limit(client_of: Callable[[Sandbox], Client]) -> None:
    seconds = [0.0]
    async with Sandbox(
        token_s=0, limits=Limits(rpm=2, tpm=1_000), monotonic=lambda: seconds[0]
    ) as running:
        client = client_of(running)
        path = "/v1/chat/completions"
        statuses = [(await client.post(path)).status for _ in range(3)]
        refused = await client.post(path)
        other_key = await client.post(path, scenario="reasoning")
        seconds[0] = 60.0
        again = await client.post(path)
    assert statuses == [200, 200, 429]
    assert "RPM" in refused.json()["error"]["message"]
    assert (other_key.status, again.status) == (200, 200)


async def test_a_stream_in_flight_is_uncollected(
    client_of: Callable[[Sandbox], Client],
) -> None:
    seen: list[dict[str, int]] = []

    async def sleep(_seconds: float) -> None:
        if not seen:
            seen.append({})
            seen.append((await client_of(running).get("/v1/credits")).json())

    async with Sandbox(first_token_s=1, token_s=0, sleep=sleep) as running:
        client = client_of(running)
        await client.post("/v1/messages", stream=True)
        after = (await client.get("/v1/credits")).json()
        usage = (await client.get("/v1/usage")).json()
    assert seen[1]["uncollected_micro"] > 0
    assert seen[1]["balance_micro"] == 12_340_000
    assert after["uncollected_micro"] == 0
    assert after["balance_micro"] == 12_340_000 - usage["daily"]["cost_micro"] < 12_340_000
    assert usage["daily"]["completion_tokens"] == 24
    assert usage["monthly"]["success_count"] == 1


@pytest.mark.parametrize("name", ["truncated", "disconnected", "stream-error", "provider-error"])
async def test_a_broken_generation_is_no_success(client: Client, name: str) -> None:
    await client.post("/v1/responses", stream=True, scenario=name)
    daily = (await client.get("/v1/usage", scenario=name)).json()["daily"]
    assert (daily["request_count"], daily["success_count"]) == (1, 0)
