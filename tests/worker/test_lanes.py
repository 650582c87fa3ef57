"""Lanes that hold: whatever the background does, a webhook is worked off beside it, and never behind it."""

from __future__ import annotations

import os

from deployments.processes import NICENESS
from tests.stack.test_bad_luck import assert_all_is_well, film
from tests.worker.conftest import below, pid_of, working

UNDER_WAY = {"RUNNING", "SCHEDULED", "PENDING"}


async def test_a_webhook_is_worked_off_while_every_background_child_is_busy_and_more_waits(live, engine):
    one = film(live, 8301, "Beside A Bulk")
    slots = live.settings.worker.background
    async with working(live):
        busy = [await engine.start("wait", queue="normal", seconds=600) for _ in range(slots)]
        for run_id in busy:
            await engine.in_state(run_id, "RUNNING")
        behind = [await engine.start("wait", queue=queue, seconds=600) for queue in ("normal", "low", "maintenance")]
        await assert_all_is_well(live, {one: await live.import_film(one)}, seconds=60)
        states = [(await engine.run(run_id))["state"]["type"] for run_id in (*busy, *behind)]
        for run_id in (*behind, *busy):
            await engine.cancel(run_id)
        for run_id in (*behind, *busy):
            await engine.in_state(run_id, "CANCELLED")
    assert states == ["RUNNING"] * slots + ["SCHEDULED"] * len(behind)


async def test_urgent_work_has_its_slots_for_itself_and_takes_none_of_the_background(live, engine):
    """The other way round: a storm of webhooks does not stop a scan that is under way, nor keep one from starting."""
    async with working(live, interactive=1):
        storm = [await engine.start("wait", queue="critical", seconds=600) for _ in range(3)]
        await engine.in_state(storm[0], "RUNNING")
        assert (await engine.told("look", queue="maintenance"))["pid"]
        states = {(await engine.run(run_id))["state"]["type"] for run_id in storm}
        for run_id in reversed(storm):
            await engine.cancel(run_id)
        for run_id in storm:
            await engine.in_state(run_id, "CANCELLED")
    assert states == {"RUNNING", "SCHEDULED"}


async def test_the_background_has_only_the_cpu_that_nobody_else_wants(live, engine):
    """Slots alone are not enough: two children of a bulk keep two cores busy."""
    background = live.stack.children["worker-background"]
    async with working(live) as urgent:
        await engine.told("look")
        bulk = await engine.start("wait", queue="normal", seconds=600)
        await engine.in_state(bulk, "RUNNING")
        assert len(below(background)) > 1
        patient, eager = ({niceness(pid) for pid in (pid_of(one), *below(one))} for one in (background, urgent))
        await engine.cancel(bulk)
        await engine.in_state(bulk, "CANCELLED")
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert eager == {own}
    assert patient == {min(own + NICENESS, 19)}


def niceness(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)
