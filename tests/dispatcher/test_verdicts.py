"""The verdict on a run, passed by the run itself: on all its jobs and events, and only once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from metarr_core.errors import InvalidWebhook, ProviderUnavailable, StorageUnavailable
from metarr_core.operations import verdicts


@pytest.fixture
async def run_key(desk) -> str:
    """The key of a run that has begun, for two events of a title."""
    await desk.tell(what="one")
    await desk.tell(what="other")
    await desk.round()
    await desk.begin()
    return desk.engine.last.run_key


async def both(desk, column: str) -> tuple[list, list]:
    """A column of the jobs, and of the events."""
    jobs, events = await desk.tables.jobs(), await desk.tables.events()
    return [job[column] for job in jobs], [event[column] for event in events]


async def test_a_run_that_begins_says_which_events_it_works_off(desk, run_key):
    assert await both(desk, "status") == (["running"] * 2, ["running"] * 2)
    assert await both(desk, "flow_run_id") == ([f"run of {run_key}"] * 2, [f"run of {run_key}"] * 2)


async def test_success_ends_all_jobs_and_events_of_the_run(desk, run_key):
    await verdicts.succeed(desk.runtime, run_key)
    assert await both(desk, "status") == (["completed"] * 2, ["done"] * 2)
    assert all(event["finished_at"] for event in await desk.tables.events())


async def test_success_after_a_failure_leaves_no_error_behind(desk, run_key):
    await verdicts.fail(desk.runtime, run_key, RuntimeError("a fault"))
    await desk.make_due()
    await desk.round()
    await desk.begin()
    await verdicts.succeed(desk.runtime, desk.engine.last.run_key)
    (events, errors) = (await both(desk, "status"))[1], [event["error"] for event in await desk.tables.events()]
    assert (events, errors) == (["done"] * 2, [None] * 2)


async def test_success_leaves_what_came_during_the_run(desk, run_key):
    await desk.tell(what="late")
    await verdicts.succeed(desk.runtime, run_key)
    assert await both(desk, "status") == (["completed", "completed", "pending"], ["done", "done", "pending"])


async def test_what_cannot_succeed_has_failed_at_once(desk, run_key):
    assert await verdicts.fail(desk.runtime, run_key, InvalidWebhook("no folder")) is None
    assert await both(desk, "status") == (["failed"] * 2, ["failed"] * 2)
    assert [event["error"] for event in await desk.tables.events()] == ["no folder"] * 2
    (line,) = await desk.tables.rows("SELECT * FROM activity_log")
    assert (line["severity"], "no folder" in line["description"]) == ("error", True)


async def test_a_fault_is_tried_again_after_the_delay_of_the_settings(desk, run_key):
    before = datetime.now(UTC)
    due_at = await verdicts.fail(desk.runtime, run_key, RuntimeError("a fault"))
    delay = timedelta(seconds=desk.runtime.settings.dispatcher.retry_seconds)
    assert before + delay <= due_at <= datetime.now(UTC) + delay
    assert await both(desk, "status") == (["pending"] * 2, ["pending"] * 2)
    jobs = await desk.tables.jobs()
    assert [(job["retry_count"], job["next_retry_at"]) for job in jobs] == [(1, due_at)] * 2
    assert "a fault" in jobs[0]["error_message"]


async def test_waiting_for_a_provider_uses_up_no_retry(desk, run_key):
    assert await verdicts.fail(desk.runtime, run_key, ProviderUnavailable("TMDB", "it is away")) is not None
    assert [(job["status"], job["retry_count"]) for job in await desk.tables.jobs()] == [("pending", 0)] * 2


async def test_how_long_something_is_waited_for_counts_from_when_it_was_missed_first(desk, run_key):
    await desk.tables.rows("UPDATE job_queue SET created_at = now() - interval '9 days'")
    for _ in range(2):
        assert await verdicts.fail(desk.runtime, run_key, StorageUnavailable(Path("/m"))) is not None
        await desk.make_due()
        await desk.round()
        await desk.begin()
        run_key = desk.engine.last.run_key
    since = [job["waits_since"] for job in await desk.tables.jobs()]
    await desk.tables.rows("UPDATE job_queue SET waits_since = now() - interval '25 hours'")
    assert await verdicts.fail(desk.runtime, run_key, ProviderUnavailable("TMDB", "it is away")) is not None
    assert all(job["waits_since"] > earlier for job, earlier in zip(await desk.tables.jobs(), since, strict=True))
    await desk.make_due()
    await desk.round()
    await desk.begin()
    await desk.tables.rows("UPDATE job_queue SET waits_since = now() - interval '8 days'")
    assert await verdicts.fail(desk.runtime, desk.engine.last.run_key, ProviderUnavailable("TMDB", "it is away")) is None
    assert await both(desk, "status") == (["failed"] * 2, ["failed"] * 2)


async def test_what_is_done_in_a_run_that_waits_for_the_rest_is_done(desk, run_key):
    first, _ = [event["id"] for event in await desk.tables.events()]
    await verdicts.succeed_in_part(desk.runtime, [first])
    await verdicts.fail(desk.runtime, run_key, StorageUnavailable(Path("/m")))
    assert await both(desk, "status") == (["completed", "pending"], ["done", "pending"])


async def test_only_the_first_verdict_counts(desk, run_key):
    await verdicts.succeed(desk.runtime, run_key)
    assert await verdicts.fail(desk.runtime, run_key, RuntimeError("too late")) is None
    assert await both(desk, "status") == (["completed"] * 2, ["done"] * 2)


async def test_a_run_that_was_given_up_has_no_say_in_the_next_one(desk, run_key):
    await verdicts.fail(desk.runtime, run_key, RuntimeError("given up"))
    await desk.make_due()
    await desk.round()
    await desk.begin()
    await verdicts.succeed(desk.runtime, run_key)
    await verdicts.begin(desk.runtime, run_key, "the run that was given up")
    assert await both(desk, "status") == (["running"] * 2, ["running"] * 2)
    assert (await both(desk, "flow_run_id"))[1] == [f"run of {desk.engine.last.run_key}"] * 2
