"""How many warm children there are, and which of them go."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from deployments.nursery.asking import Nursery
from deployments.worker import children
from deployments.worker.child import Child
from deployments.worker.children import Children
from metarr_core.settings.sections import Worker

RUNS = 3


class Born:
    """A child that is warm at once and never does anything."""

    all: list[Born]

    def __init__(self) -> None:
        self.pid, self.runs, self.memory_mb, self.gone = len(self.all) + 1, 0, 100.0, asyncio.Event()
        self.has_left = False
        self.all.append(self)

    def is_worn(self, runs: int, memory_mb: float) -> bool:
        return self.gone.is_set() or self.runs >= runs or self.memory_mb > memory_mb

    async def leave(self) -> None:
        self.has_left = True


@pytest.fixture
def births(monkeypatch) -> list[Born]:
    Born.all = []

    async def born(_: Nursery) -> Born:
        return Born()

    monkeypatch.setattr(Child, "born", born)
    return Born.all


def children_of(*, most: int, ahead: int) -> Children:
    return Children(Nursery(), most, ahead, Worker(runs_per_child=RUNS, child_memory_mb=200), lambda: None)


async def quiet() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_more_are_born_as_they_are_used_but_no_more_than_may_be_used_at_once(births):
    async with children_of(most=3, ahead=1) as some, AsyncExitStack() as busy:
        counts = []
        for _ in range(3):
            await quiet()
            counts.append((len(births), some.free))
            await busy.enter_async_context(some.borrowed())
        await quiet()
        assert counts == [(1, 1), (2, 1), (3, 1)]
        assert (len(births), some.free) == (3, 0)


async def test_those_that_should_wait_do_so_from_the_start(births):
    async with children_of(most=2, ahead=2) as some:
        await quiet()
        assert (len(births), some.free) == (2, 2)
    assert all(child.has_left for child in births)


async def test_the_successor_is_there_before_the_last_run_ends(births):
    async with children_of(most=1, ahead=1) as some:
        for _ in range(RUNS - 1):
            async with some.borrowed():
                await quiet()
                assert len(births) == 1
        async with some.borrowed() as last:
            await quiet()
            assert (len(births), some.free) == (2, 1)
        await quiet()
        assert last is births[0]
        assert (last.has_left, births[1].has_left, len(births)) == (True, False, 2)


async def test_whoever_has_grown_too_large_goes_and_is_replaced(births):
    async with children_of(most=1, ahead=1) as some:
        async with some.borrowed() as child:
            child.memory_mb = 201.0
        await quiet()
        assert (child.has_left, len(births), some.free) == (True, 2, 1)


async def test_one_that_dies_while_it_waits_is_replaced(births):
    async with children_of(most=2, ahead=1) as some:
        await quiet()
        births[0].gone.set()
        await quiet()
        assert (len(births), some.free) == (2, 1)
        async with some.borrowed() as child:
            assert child is births[1]


async def test_after_a_while_without_work_the_largest_of_those_that_are_too_many_goes(births, monkeypatch):
    monkeypatch.setattr(children, "QUIET_SECONDS", 0.05)
    async with children_of(most=3, ahead=1) as some:
        async with some.borrowed(), some.borrowed(), some.borrowed():
            births[0].memory_mb, births[1].memory_mb = 120.0, 150.0
        await quiet()
        assert some.free == 3
        await asyncio.sleep(0.2)
        assert [child.has_left for child in births] == [True, True, False]
        assert (some.free, len(births)) == (1, 3)


async def test_as_long_as_there_is_work_nobody_goes(births, monkeypatch):
    monkeypatch.setattr(children, "QUIET_SECONDS", 0.2)
    async with children_of(most=2, ahead=1) as some:
        async with some.borrowed(), some.borrowed():
            pass
        for _ in range(2):
            await asyncio.sleep(0.12)
            async with some.borrowed():
                pass
        assert [child.has_left for child in births] == [False, False]


async def test_where_none_is_to_wait_the_first_is_born_for_the_first_run_and_none_stays(births, monkeypatch):
    monkeypatch.setattr(children, "QUIET_SECONDS", 0.05)
    async with children_of(most=2, ahead=0) as some:
        await quiet()
        assert (len(births), some.free) == (0, 1)
        async with some.borrowed():
            await quiet()
            assert (len(births), some.free) == (2, 1)
            async with some.borrowed():
                await quiet()
                assert (len(births), some.free) == (2, 0)
        assert some.free == 2
        await asyncio.sleep(0.2)
        assert [child.has_left for child in births] == [True, True]
        assert some.free == 1
