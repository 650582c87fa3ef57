"""Due jobs become runs: one per title at a time, each asked for under a key that never changes."""

from __future__ import annotations

from deployments.dispatcher.dispatching import MOST_RUNS
from metarr_core.domain.jobs import Priority
from metarr_core.operations import verdicts
from tests.dispatcher.desk import SINTEL


async def test_an_event_becomes_a_run_on_the_queue_of_its_priority(desk):
    event_id = await desk.tell()
    await desk.round()
    work = desk.engine.last
    assert (work.job_type, work.title_key, work.title) == ("new-media", SINTEL, "Sintel (2010)")
    assert (work.event_ids, work.priority.queue, work.attempt) == ((event_id,), "critical", 1)
    (job,) = await desk.tables.jobs()
    assert (job["status"], job["run_key"], job["attempts"]) == ("running", work.run_key, 1)
    assert job["flow_run_id"] == f"run of {work.run_key}"


async def test_two_events_of_a_title_are_one_run_that_knows_both(desk):
    events = (await desk.tell(what="one"), await desk.tell(what="other"))
    await desk.round()
    assert [work.event_ids for work in desk.engine.runs.values()] == [events]
    assert {job["run_key"] for job in await desk.tables.jobs()} == {desk.engine.last.run_key}


async def test_an_event_that_comes_while_its_title_has_a_run_waits_for_the_next(desk):
    await desk.tell(what="one")
    await desk.round()
    late = await desk.tell(what="late")
    await desk.round()
    assert len(desk.engine.runs) == 1
    await verdicts.succeed(desk.runtime, desk.engine.last.run_key)
    await desk.round()
    assert [work.event_ids for work in desk.engine.runs.values()][1:] == [(late,)]


async def test_different_titles_run_beside_each_other(desk):
    for tmdb_id in (1, 2, 3):
        await desk.tell(tmdb_id)
    await desk.round()
    assert {work.title_key for work in desk.engine.runs.values()} == {f"movie:tmdb:{n}" for n in (1, 2, 3)}


async def test_the_most_urgent_is_asked_for_first(desk):
    for title, priority in (("a", Priority.LOW), ("b", Priority.CRITICAL), ("c", Priority.NORMAL)):
        await desk.add("new-media", title, priority)
    await desk.round()
    assert [work.title_key for work in desk.engine.runs.values()] == ["b", "c", "a"]


async def test_jobs_of_another_kind_for_the_same_title_keep_their_turn(desk):
    await desk.add("new-media", "a", Priority.LOW)
    await desk.add("upgrade", "a", Priority.CRITICAL)
    await desk.round()
    assert [work.job_type for work in desk.engine.runs.values()] == ["new-media"]
    await verdicts.succeed(desk.runtime, desk.engine.last.run_key)
    await desk.round()
    assert [work.job_type for work in desk.engine.runs.values()] == ["new-media", "upgrade"]


async def test_a_job_starts_only_when_it_is_due(desk):
    await desk.tell()
    await desk.tables.rows("UPDATE job_queue SET next_retry_at = now() + interval '5 minutes'")
    await desk.round()
    assert desk.engine.asked == []
    await desk.make_due()
    await desk.round()
    assert len(desk.engine.runs) == 1


async def test_a_new_event_does_not_wait_for_the_retry_of_an_old_one(desk):
    old = await desk.tell(what="old")
    await desk.tables.rows("UPDATE job_queue SET next_retry_at = now() + interval '5 minutes'")
    new = await desk.tell(what="new")
    await desk.round()
    assert [work.event_ids for work in desk.engine.runs.values()] == [(old, new)]


async def test_only_so_many_titles_are_handed_over_and_the_rest_follows(desk):
    many = "SELECT 'new-media', n, n, 5 FROM generate_series(1, %s) n"
    await desk.tables.rows(f"INSERT INTO job_queue (job_type, title_key, title, priority) {many}", MOST_RUNS + 20)
    await desk.round()
    await desk.round()
    assert len(desk.engine.runs) == MOST_RUNS
    for run_key in list(desk.engine.runs)[:30]:
        await verdicts.succeed(desk.runtime, run_key)
    await desk.round()
    assert len(desk.engine.runs) == MOST_RUNS + 20


async def test_while_the_engine_is_down_the_job_stays_claimed_and_the_same_run_is_asked_for_again(desk):
    await desk.tell()
    desk.engine.is_down = True
    await desk.round()
    assert await desk.statuses() == ["running"]
    await desk.round()
    desk.engine.is_down = False
    await desk.round()
    assert len(set(desk.engine.asked)) == 1
    assert len(desk.engine.runs) == 1
    (job,) = await desk.tables.jobs()
    assert (job["status"], job["attempts"], job["retry_count"]) == ("running", 1, 0)
    assert job["flow_run_id"] is not None


async def test_a_run_whose_answer_was_lost_is_found_again_not_doubled(desk):
    event_id = await desk.tell()
    desk.engine.loses_answers = True
    await desk.round()
    desk.engine.loses_answers = False
    await desk.round()
    assert [work.event_ids for work in desk.engine.runs.values()] == [(event_id,)]
    assert len(set(desk.engine.asked)) == 1
    (job,) = await desk.tables.jobs()
    assert job["flow_run_id"] == f"run of {desk.engine.last.run_key}"


async def test_a_dispatcher_that_takes_over_between_claim_and_answer_asks_for_the_same_run(desk):
    events = (await desk.tell(what="one"), await desk.tell(what="other"))
    desk.engine.is_down = True
    await desk.round()
    desk.restart()
    desk.engine.is_down = False
    late = await desk.tell(what="late")
    await desk.round()
    assert [work.event_ids for work in desk.engine.runs.values()] == [events]
    assert late not in desk.engine.last.event_ids
    assert len(set(desk.engine.asked)) == 1


async def test_a_run_that_is_refused_does_not_keep_others_from_starting(desk):
    desk.engine.refused = {"movie:tmdb:2"}
    for tmdb_id in (1, 2, 3):
        await desk.tell(tmdb_id)
    await desk.round()
    assert {work.title_key for work in desk.engine.runs.values()} == {"movie:tmdb:1", "movie:tmdb:3"}
    jobs = {job["title_key"]: job["flow_run_id"] is not None for job in await desk.tables.jobs()}
    assert jobs == {"movie:tmdb:1": True, "movie:tmdb:2": False, "movie:tmdb:3": True}
