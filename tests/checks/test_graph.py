"""The graph: order, needs and after, concurrency, who blocks whom, and the deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cmtool.checks.facts import Run
from cmtool.checks.graph import CheckSpec, Result, walk
from cmtool.model import Group, Status
from tests.checks.conftest import Story, World

OK = Result(status=Status.OK, summary="fine")
WARN = Result(status=Status.WARN, summary="hm")
FAIL = Result(status=Status.FAIL, summary="broken")
SOFT = Result(status=Status.FAIL, summary="broken", blocking=False)
SKIP = Result(status=Status.SKIP, summary="not asked for")
PASSED_ON = Result(status=Status.SKIP, summary="", blocked_by="root")
NOT_PASSED_ON = Result(status=Status.SKIP, summary="", blocked_by="root", blocking=False)


def giving(result: Result) -> Callable[[Run], Awaitable[Result]]:
    async def run(_: Run) -> Result:
        await asyncio.sleep(0)
        return result

    return run


def spec(
    name: str,
    result: Result = OK,
    *,
    needs: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    asks: bool = False,
) -> CheckSpec:
    return CheckSpec(
        id=name,
        group=Group.NETWORK,
        title=f"about {name}",
        run=giving(result),
        needs=needs,
        after=after,
        asks=asks,
    )


async def test_results_come_in_the_order_of_the_specs(world: World, story: Story) -> None:
    specs = [spec("a"), spec("b", needs=("a",)), spec("c", after=("b",)), spec("d")]
    async with world() as run:
        done = await walk(specs, run, story)
    assert [entry.check.id for entry in done] == ["a", "b", "c", "d"]
    assert [entry.check.title for entry in done] == [f"about {x}" for x in "abcd"]
    for first, second in (("-a", "+b"), ("-b", "+c")):
        assert story.told.index(first) < story.told.index(second)


async def test_independent_checks_run_at_the_same_time(world: World, story: Story) -> None:
    meeting = asyncio.Barrier(3)

    async def meet(_: Run) -> Result:
        await asyncio.wait_for(meeting.wait(), 5)  # comes about only when all three are running
        return OK

    specs = [
        CheckSpec(id=name, group=Group.INFERENCE, title=name, run=meet, needs=("root",))
        for name in "abc"
    ]
    async with world() as run:
        done = await walk([spec("root"), *specs], run, story)
    assert [entry.check.status for entry in done] == [Status.OK] * 4
    assert story.told[:2] == ["+root", "-root"]
    assert sorted(story.told[2:5]) == ["+a", "+b", "+c"]


@pytest.mark.parametrize(
    ("root", "middle", "blocker"),
    [
        pytest.param(OK, OK, None, id="all-well"),
        pytest.param(WARN, OK, None, id="a-warning-blocks-nobody"),
        pytest.param(FAIL, OK, "root", id="the-root-is-named-not-the-middle"),
        pytest.param(SOFT, OK, None, id="a-failure-that-does-not-block"),
        pytest.param(OK, FAIL, "middle", id="the-middle"),
        pytest.param(OK, SKIP, None, id="a-free-skip-blocks-nobody"),
        pytest.param(OK, PASSED_ON, "root", id="a-skip-passes-its-blocker-on"),
        pytest.param(OK, NOT_PASSED_ON, None, id="a-skip-that-does-not"),
    ],
)
async def test_a_skip_names_the_root_of_the_blockage(
    world: World, story: Story, root: Result, middle: Result, blocker: str | None
) -> None:
    specs = [
        spec("root", root),
        spec("middle", middle, needs=("root",)),
        spec("leaf", needs=("middle",)),
    ]
    async with world() as run:
        leaf = (await walk(specs, run, story))[-1]
    assert leaf.check.blocked_by == blocker
    assert leaf.check.status is (Status.SKIP if blocker else Status.OK)
    assert ("+leaf" in story.told) is (blocker is None)
    assert story.told[-1] == "-leaf"


async def test_after_waits_but_does_not_need(world: World, story: Story) -> None:
    specs = [spec("late", after=("broken",)), spec("broken", FAIL)][::-1]
    async with world() as run:
        _, late = await walk(specs, run, story)
    assert late.check.status is Status.OK
    assert story.told == ["+broken", "-broken", "+late", "-late"]


async def test_what_is_not_chosen_is_not_waited_for(world: World, story: Story) -> None:
    async with world() as run:
        (only,) = await walk([spec("only", needs=("gone",), after=("lost",))], run, story)
    assert only.check.status is Status.OK


async def test_behind_the_deadline_nothing_asks(world: World, story: Story) -> None:
    ticks = iter([0.0])
    specs = [
        spec("looks"),
        spec("asks", asks=True, needs=("looks",)),
        spec("behind", needs=("asks",)),
        spec("reads", needs=("looks",), after=("asks",)),
    ]
    async with world(timeout_s=5, monotonic=lambda: next(ticks, 5.0)) as run:
        looks, asks, behind, reads = await walk(specs, run, story)
    assert looks.check.status is reads.check.status is Status.OK
    assert asks.check.status is Status.SKIP
    assert asks.check.summary == "not reached before the deadline"
    assert asks.in_time is False
    assert asks.check.blocked_by is None
    assert behind.check.blocked_by == "asks"
    assert "+asks" not in story.told
    assert looks.in_time is behind.in_time is reads.in_time is True


async def test_a_fault_of_a_check_is_not_swallowed(world: World, story: Story) -> None:
    async def fault(_: Run) -> Result:
        raise LookupError

    broken = CheckSpec(id="x", group=Group.NETWORK, title="x", run=fault)
    async with world() as run:
        with pytest.raises(ExceptionGroup) as caught:
            await walk([broken], run, story)
    assert caught.group_contains(LookupError)
