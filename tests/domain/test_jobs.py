"""What is due for which title, and what follows when it fails."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from metarr_core.domain.jobs import GiveUp, Priority, Progress, Retry, Wait, WaitingJob, Work, after_failure, due_work
from metarr_core.errors import (
    ConfigurationError,
    DatabaseUnavailable,
    FileNotVisibleYet,
    LockBusy,
    PlayerUnreachable,
    ProviderUnavailable,
    RateLimited,
    RunLost,
    StorageUnavailable,
    UnreadableMedia,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def job(number, title="a", kind="new-media", priority=1, due=0, attempts=0):
    """A pending job, due so many seconds after now; its event is the job's number and 100."""
    due_at = NOW + timedelta(seconds=due)
    return WaitingJob(number, f"movie:{title}", title.upper(), kind, priority, due_at, attempts, number + 100)


def due(*jobs, busy=()):
    return due_work(jobs, {f"movie:{title}" for title in busy}, NOW)


@pytest.mark.parametrize(
    ("jobs", "busy", "runs"),
    [
        ([], (), []),
        ([job(1)], (), [(1,)]),
        ([job(1, due=1)], (), []),
        ([job(1, due=-1)], (), [(1,)]),
        ([job(1), job(2)], (), [(1, 2)]),
        ([job(2), job(1)], (), [(1, 2)]),
        ([job(1, "a"), job(2, "b"), job(3, "a")], (), [(1, 3), (2,)]),
        ([job(1, kind="upgrade"), job(2)], (), [(1,)]),
        ([job(1), job(2, kind="upgrade"), job(3)], (), [(1,)]),
        ([job(1), job(2, kind="upgrade", due=300), job(3)], (), [(1, 3)]),
        ([job(1), job(2), job(3, kind="upgrade")], (), [(1, 2)]),
        ([job(1, due=300, attempts=1), job(2)], (), [(1, 2)]),
        ([job(1, due=300, attempts=1), job(2, kind="upgrade")], (), [(2,)]),
        ([job(1), job(2, due=300)], (), [(1, 2)]),
        ([job(1, "a"), job(2, "b")], "a", [(2,)]),
        ([job(1, "a"), job(2, "b")], "ab", []),
        ([job(1, "a", priority=7), job(2, "b", priority=1)], (), [(2,), (1,)]),
        ([job(1, "a", priority=7), job(2, "b"), job(3, "a")], (), [(1, 3), (2,)]),
        ([job(1, "b", priority=5), job(2, "a", priority=5)], (), [(1,), (2,)]),
    ],
)
def test_what_starts_now_is_one_run_for_each_title_most_urgent_first(jobs, busy, runs):
    assert [work.job_ids for work in due(*jobs, busy=busy)] == runs


def test_a_run_carries_all_that_its_jobs_were_told():
    first, second = job(1, priority=7, due=300, attempts=2), job(2, priority=1)
    assert due(first, second) == [
        Work("movie:a", "A", "new-media", Priority.CRITICAL, job_ids=(1, 2), event_ids=(101, 102), attempt=3)
    ]


def test_jobs_that_no_webhook_asked_for_have_no_events():
    alone = WaitingJob(1, "movie:a", "A", "new-media", 5, NOW, 0, None)
    (work,) = due_work([alone, job(2)], set(), NOW)
    assert work.event_ids == (102,)


def with_payload(number, **payload):
    return replace(job(number), event_id=None, payload=payload)


def test_only_jobs_with_the_same_parameters_are_one_run():
    first, other, again = with_payload(1, movie_id=1), with_payload(2, movie_id=2), with_payload(3, movie_id=1)
    (work,) = due(first, other, again)
    assert (work.job_ids, work.parameters) == ((1,), {"movie_id": 1})
    (work,) = due(first, again, other)
    assert (work.job_ids, work.parameters) == ((1,), {"movie_id": 1})
    (work,) = due(with_payload(1, movie_id=1), with_payload(3, movie_id=1))
    assert (work.job_ids, work.parameters) == ((1, 3), {"movie_id": 1})


def test_a_run_is_told_its_events_beside_its_payload():
    (work,) = due(replace(job(1), payload={"dry_run": True}))
    assert work.parameters == {"dry_run": True, "event_ids": [101]}


def test_a_run_has_the_newest_title_of_its_film():
    renamed = WaitingJob(2, "movie:a", "Sintel (2010)", "new-media", 1, NOW, 0, None)
    (work,) = due(job(1), renamed)
    assert work.title == "Sintel (2010)"


def claimed(work):
    """The jobs of a run as the queue has them afterwards: all of them have had as many attempts as the run."""
    return [job(number, attempts=work.attempt) for number in work.job_ids]


def test_a_run_key_never_comes_again_while_a_title_is_retried_and_more_jobs_arrive():
    keys, waiting = [], [job(6)]
    for arriving in (None, job(7), job(5), None, job(8), job(1)):
        waiting += [arriving] if arriving else []
        (work,) = due(*waiting)
        keys.append(work.run_key)
        waiting = claimed(work)
    keys += [due(one)[0].run_key for one in waiting]
    assert len(set(keys)) == len(keys)


def test_run_keys_of_other_titles_and_jobs_differ():
    keys = {work.run_key for work in due(job(1, "a"), job(2, "b"), job(3, "c", attempts=1))}
    keys |= {due(job(4, "a"))[0].run_key}
    assert len(keys) == 4


def test_each_priority_has_a_queue_of_its_name():
    assert [(level.queue, int(level)) for level in Priority] == [
        ("critical", 1),
        ("high", 2),
        ("normal", 5),
        ("low", 7),
        ("maintenance", 10),
    ]


def after(error, *, waited=None, attempts=1, retry_count=0, max_retries=3):
    """What follows a failure: after how many seconds it is tried again, and what is waited for and how long it has been.

    `waited`: what was waited for before, and for how long.
    """
    wait = Wait(waited[0].awaited, NOW - waited[1]) if waited else None
    outcome = after_failure(error, Progress(attempts, retry_count, max_retries, wait), NOW, 300)
    if not isinstance(outcome, Retry):
        return outcome
    seconds = (outcome.due_at - NOW).total_seconds()
    return (seconds, outcome.wait.awaited, NOW - outcome.wait.since) if outcome.wait else (seconds, None)


DAY = timedelta(days=1)
GONE = FileNotVisibleYet("/m/a.mkv")
BAD_HOUR = ProviderUnavailable("tmdb", "HTTP 503")


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (ValueError("a mistake of ours"), 300),
        (PlayerUnreachable("sofa", "it is off"), 300),
        (RunLost("killed"), 1),
    ],
)
def test_what_is_nobodys_bad_hour_is_tried_three_times_more(error, seconds):
    assert [after(error, retry_count=count) for count in range(3)] == [(seconds, None)] * 3
    assert after(error, retry_count=3) == GiveUp()
    assert after(error, retry_count=0, max_retries=0) == GiveUp()
    assert after(error, retry_count=2, waited=(GONE, 30 * DAY)) == (seconds, None)


@pytest.mark.parametrize("error", [ConfigurationError("set a key"), UnreadableMedia(type("P", (), {"name": "a"}), "?")])
def test_what_cannot_change_is_not_tried_again(error):
    assert after(error) == GiveUp()


@pytest.mark.parametrize(
    ("error", "first_wait"),
    [
        (GONE, 5),
        (BAD_HOUR, 60),
        (RateLimited("tmdb", 300), 300),
        (RateLimited("tmdb", 17), 17),
        (DatabaseUnavailable("restarting"), 10),
        (LockBusy("movie:a"), 15),
        (StorageUnavailable("/m"), 60),
    ],
)
def test_what_the_outside_world_keeps_from_us_is_waited_for_without_using_up_retries(error, first_wait):
    assert after(error) == (first_wait, error.awaited, timedelta())
    assert after(error, waited=(error, DAY / 2)) == (first_wait, error.awaited, DAY / 2)
    assert after(error, retry_count=99, attempts=99, waited=(error, error.patience)) != GiveUp()
    assert after(error, waited=(error, error.patience + timedelta(seconds=1))) == GiveUp()


def test_waiting_for_something_else_begins_anew():
    assert after(GONE, waited=(BAD_HOUR, 6 * DAY)) == (5, "StorageUnavailable", timedelta())
    assert after(StorageUnavailable("/m"), waited=(GONE, 2 * DAY)) == GiveUp()
    assert after(RateLimited("tmdb", 60), waited=(BAD_HOUR, 8 * DAY)) == GiveUp()


def test_a_patient_wait_grows_with_each_attempt_up_to_half_an_hour():
    waits = [after(BAD_HOUR, attempts=attempt)[0] for attempt in (1, 2, 3, 4, 5, 6, 7, 5000)]
    assert waits == [60, 120, 240, 480, 960, 1800, 1800, 1800]


def test_a_wait_is_never_shorter_than_what_was_asked_for():
    assert after(RateLimited("tmdb", 7200), attempts=9)[0] == 7200


def test_a_file_that_stays_away_is_waited_for_a_day_and_a_provider_a_week():
    assert (GONE.patience, BAD_HOUR.patience) == (DAY, 7 * DAY)
