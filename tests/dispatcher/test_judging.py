"""What becomes of runs that end without a word: they are found out, and their jobs are tried again."""

from __future__ import annotations

import pytest

from deployments.dispatcher.dispatching import TIDY_SECONDS
from metarr_core.db import locks
from metarr_core.domain.runs import RunState
from metarr_core.operations import verdicts
from tests.dispatcher.desk import SINTEL

ENDED = [RunState.COMPLETED, RunState.FAILED, RunState.CRASHED, RunState.GONE]


@pytest.fixture
def limit(runtime) -> float:
    """So many seconds may a run be without its lock."""
    return runtime.settings.dispatcher.lost_run_seconds


async def test_a_run_without_its_lock_for_too_long_is_crashed_and_its_job_tried_again_under_a_new_key(desk, limit):
    event_id = await desk.tell()
    await desk.round()
    run_id = await desk.begin()
    await desk.round()
    await desk.round(limit + 1)
    assert desk.engine.crashed == [run_id]
    (job,) = await desk.tables.jobs()
    assert (job["status"], job["attempts"], job["retry_count"]) == ("pending", 1, 1)
    assert "lock" in job["error_message"]
    (event,) = await desk.tables.events()
    assert (event["status"], event["error"]) == ("pending", job["error_message"])
    await desk.make_due()
    await desk.round()
    first, second = desk.engine.runs.values()
    assert first.run_key != second.run_key
    assert second.event_ids == (event_id,)


async def test_a_run_without_its_lock_for_a_short_time_is_left_alone(desk, limit):
    await desk.tell()
    await desk.round()
    await desk.begin()
    await desk.round()
    await desk.round(limit - 1)
    assert (desk.engine.crashed, await desk.statuses()) == ([], ["running"])


async def test_a_run_that_holds_its_lock_is_left_alone_however_long_it_takes(desk, limit):
    await desk.tell()
    await desk.round()
    await desk.begin()
    async with locks.held(desk.runtime.database, SINTEL):
        for _ in range(5):
            await desk.round(limit * 2)
    assert (desk.engine.crashed, await desk.statuses()) == ([], ["running"])


async def test_the_time_without_a_lock_counts_from_when_it_was_last_held(desk, limit):
    await desk.tell()
    await desk.round()
    run_id = await desk.begin()
    await desk.round(limit - 1)
    async with locks.held(desk.runtime.database, SINTEL):
        await desk.round(limit - 1)
    await desk.round(2)
    await desk.round(limit - 1)
    assert desk.engine.crashed == []
    await desk.round(2)
    assert desk.engine.crashed == [run_id]


async def test_a_dispatcher_that_takes_over_gives_running_runs_their_time(desk, limit):
    await desk.tell()
    await desk.round()
    run_id = await desk.begin()
    desk.restart()
    await desk.round(limit * 10)
    assert desk.engine.crashed == []
    await desk.round(limit + 1)
    assert desk.engine.crashed == [run_id]


async def test_a_run_that_waits_in_its_queue_waits_as_long_as_it_takes(desk, limit):
    await desk.tell()
    await desk.round()
    for _ in range(5):
        await desk.round(limit * 100)
    assert (desk.engine.crashed, await desk.statuses()) == ([], ["running"])


@pytest.mark.parametrize("state", ENDED)
async def test_a_run_that_ended_without_a_verdict_is_tried_again(desk, state):
    await desk.tell()
    await desk.round()
    await desk.begin(state)
    await desk.round()
    (job,) = await desk.tables.jobs()
    assert (job["status"], job["retry_count"]) == ("pending", 1)
    assert desk.engine.crashed == []


@pytest.mark.parametrize("state", ENDED)
async def test_a_run_that_ended_but_still_holds_its_lock_is_not_doubled(desk, state):
    await desk.tell()
    await desk.round()
    await desk.begin(state)
    async with locks.held(desk.runtime.database, SINTEL):
        await desk.round()
        assert await desk.statuses() == ["running"]
    await desk.round()
    assert await desk.statuses() == ["pending"]


async def test_what_a_user_cancels_has_failed(desk):
    await desk.tell()
    await desk.round()
    await desk.begin(RunState.CANCELLED)
    await desk.round()
    (job,), (event,) = await desk.tables.jobs(), await desk.tables.events()
    assert (job["status"], event["status"]) == ("failed", "failed")
    assert "cancelled" in event["error"]
    await desk.make_due()
    await desk.round()
    assert len(desk.engine.runs) == 1


async def test_a_run_with_a_verdict_is_not_judged_again(desk):
    await desk.tell()
    await desk.round()
    await desk.begin(RunState.FAILED)
    await verdicts.succeed(desk.runtime, desk.engine.last.run_key)
    await desk.round()
    assert await desk.statuses() == ["completed"]


async def test_after_max_retries_the_job_has_failed_and_the_story_says_so(desk):
    await desk.tell()
    (job,) = await desk.tables.jobs()
    for _ in range(job["max_retries"] + 1):
        await desk.round()
        await desk.begin(RunState.GONE)
        await desk.round()
        await desk.make_due()
    (job,), (event,) = await desk.tables.jobs(), await desk.tables.events()
    assert (job["status"], job["attempts"], job["retry_count"]) == ("failed", 4, 3)
    assert event["status"] == "failed"
    assert event["error"] == job["error_message"]
    (line,) = await desk.tables.rows("SELECT * FROM activity_log WHERE severity = 'error'")
    assert "Sintel" in line["description"]
    assert len(desk.engine.runs) == 4
    await desk.round()
    assert len(desk.engine.runs) == 4


async def test_a_run_that_prefect_refuses_does_not_keep_others_from_being_judged(desk):
    desk.engine.refused = {"movie:tmdb:2"}
    await desk.tell(1)
    await desk.round()
    await desk.begin(RunState.GONE)
    await desk.tell(2)
    await desk.round()
    assert await desk.statuses() == ["pending", "running"]


async def test_while_the_engine_is_down_nothing_is_judged(desk, limit):
    await desk.tell()
    await desk.round()
    await desk.begin()
    desk.engine.is_down = True
    for _ in range(3):
        await desk.round(limit * 2)
    assert await desk.statuses() == ["running"]


async def test_what_prefect_missed_of_tasks_is_tidied_up_now_and_then_also_after_it_was_away(desk):
    await desk.round(later=1)
    assert desk.engine.tidied == []
    await desk.round(later=TIDY_SECONDS)
    desk.engine.is_down = True
    await desk.round(later=TIDY_SECONDS)
    assert len(desk.engine.tidied) == 1
    desk.engine.is_down = False
    await desk.round(later=TIDY_SECONDS)
    assert len(desk.engine.tidied) == 2


async def test_a_run_whose_job_is_done_but_whose_process_died_before_it_told_prefect_does_not_stay_running(desk):
    await desk.tell()
    await desk.round()
    run_id = await desk.begin()
    await verdicts.succeed(desk.runtime, desk.engine.last.run_key)
    await desk.round(later=TIDY_SECONDS)
    assert desk.engine.crashed == []
    await desk.round(later=TIDY_SECONDS)
    assert desk.engine.crashed == [run_id]


async def test_a_run_that_its_job_waits_for_is_left_alone(desk, runtime):
    await desk.tell()
    await desk.round()
    await desk.begin()
    async with locks.held(runtime.database, SINTEL):
        for _ in range(3):
            await desk.round(later=TIDY_SECONDS)
    assert desk.engine.crashed == []
