"""Events that are taken in again: after a change of the settings, and never while they are being worked off."""

from __future__ import annotations

import asyncio

import pytest

from metarr_core.settings import Settings
from tests.web import radarr, sonarr
from tests.web.shim import Shim, open_shim, problem

ELSEWHERE = radarr.download(movie={"folderPath": "/data/documentaries/Sintel (2010)"})


def with_library(settings: Settings, path: str) -> Settings:
    """The settings after the user has added a library."""
    library = {"name": "Documentaries", "path": path}
    return Settings.model_validate(
        {
            **settings.model_dump(),
            "libraries": [*(library.model_dump() for library in settings.libraries), library],
        }
    )


async def with_open_connections(shim: Shim) -> None:
    """So that requests at one instant do not queue up behind the opening of connections."""
    await asyncio.gather(*(shim.client.get("/api/v1/jobs") for _ in range(10)))


async def test_an_event_without_a_library_says_which_were_tried(shim, tmp_path):
    event_id = (await shim.send(ELSEWHERE)).json()["event_id"]
    event = (await shim.client.get(f"/api/v1/webhook-events/{event_id}")).json()
    assert event["status"] == "unroutable"
    assert "/data/documentaries/Sintel (2010)" in event["error"]
    assert f"'Movies' ({tmp_path / 'movies'})" in event["error"]
    assert await shim.tables.jobs() == []


async def test_a_library_is_not_the_home_of_paths_that_only_begin_like_it(shim):
    await shim.send(radarr.download(movie={"folderPath": "/data/movies-4k/Sintel (2010)"}))
    assert [event["status"] for event in await shim.tables.events()] == ["unroutable"]


async def test_after_a_library_was_added_a_replay_asks_for_the_work(settings):
    async with open_shim(settings) as before:
        event_id = (await before.send(ELSEWHERE)).json()["event_id"]
    async with open_shim(with_library(settings, "/data/documentaries")) as after:
        answer = await after.replay(event_id)
        assert (answer.status_code, answer.json()) == (202, {"event_id": event_id, "status": "pending"})
        (event,) = await after.tables.events()
        assert (event["status"], event["error"], event["finished_at"]) == ("pending", None, None)
        assert [(job["event_id"], job["status"]) for job in await after.tables.jobs()] == [(event_id, "pending")]


async def test_a_replay_under_the_same_settings_ends_as_before(shim):
    added, health = radarr.event("MovieAdded", movie=radarr.MOVIE), radarr.event("Health", level="warning")
    for payload, status in ((ELSEWHERE, "unroutable"), (health, "ignored"), (added, "done"), (radarr.TEST, "done")):
        event_id = (await shim.send(payload)).json()["event_id"]
        assert (await shim.replay(event_id)).json() == {"event_id": event_id, "status": status}
    assert await shim.tables.jobs() == []


async def test_an_event_of_sonarr_can_be_replayed(shim):
    event_id = (await shim.send(sonarr.IMPORT_COMPLETE, "/webhooks/sonarr/tv")).json()["event_id"]
    assert (await shim.replay(event_id)).json() == {"event_id": event_id, "status": "ignored"}


@pytest.mark.parametrize("status", ["pending", "running"])
async def test_an_event_that_is_being_worked_off_cannot_be_replayed(shim, status):
    event_id = (await shim.send(radarr.DOWNLOAD)).json()["event_id"]
    await shim.tables.rows("UPDATE webhook_events SET status = %s", status)
    assert status in problem(await shim.replay(event_id), 409)
    assert len(await shim.tables.jobs()) == 1


@pytest.mark.parametrize("status", ["done", "failed"])
async def test_an_event_that_has_ended_can_be_replayed(shim, status):
    event_id = (await shim.send(radarr.DOWNLOAD)).json()["event_id"]
    await shim.tables.have_ended(status)
    assert (await shim.replay(event_id)).json() == {"event_id": event_id, "status": "pending"}
    assert [job["status"] for job in await shim.tables.jobs()] == ["completed", "pending"]


async def test_an_event_whose_twin_is_being_worked_off_cannot_be_replayed(shim):
    first = (await shim.send(radarr.DOWNLOAD)).json()["event_id"]
    await shim.tables.have_ended("failed")
    second = (await shim.send(radarr.DOWNLOAD)).json()["event_id"]
    assert f"event {second}" in problem(await shim.replay(first), 409)


async def test_many_replays_at_one_instant_are_one(shim):
    event_id = (await shim.send(radarr.DOWNLOAD)).json()["event_id"]
    await shim.tables.have_ended("failed")
    await with_open_connections(shim)
    answers = await asyncio.gather(*(shim.replay(event_id) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [202, *[409] * 9]
    assert [job["status"] for job in await shim.tables.jobs()] == ["completed", "pending"]


async def test_a_replay_and_the_same_webhook_at_one_instant_are_one(shim):
    event_id = (await shim.send(radarr.DOWNLOAD)).json()["event_id"]
    await shim.tables.have_ended("failed")
    await with_open_connections(shim)
    answers = await asyncio.gather(*(shim.replay(event_id) if n % 2 else shim.send(radarr.DOWNLOAD) for n in range(10)))
    assert {answer.status_code for answer in answers} <= {200, 202, 409}
    assert [job["status"] for job in await shim.tables.jobs()] == ["completed", "pending"]


async def test_an_unknown_event_cannot_be_replayed(shim):
    for event_id in (0, 1, 2**70):
        problem(await shim.replay(event_id), 404)


async def test_after_a_restart_what_waits_for_another_try_is_due_at_once_and_what_has_ended_is_not(settings):
    async with open_shim(settings) as before:
        await before.send(radarr.download())
        await before.send(radarr.download(movie={"tmdbId": 2, "title": "Another"}))
        await before.send(radarr.download(movie={"tmdbId": 3, "title": "Put off from the beginning"}))
        await before.tables.rows("UPDATE job_queue SET next_retry_at = now() + interval '1 hour'")
        await before.tables.rows("UPDATE job_queue SET attempts = 1 WHERE title_key != 'movie:tmdb:3'")
        await before.tables.rows("UPDATE job_queue SET status = 'failed' WHERE title_key = 'movie:tmdb:2'")
    async with open_shim(settings) as after:
        due = await after.tables.rows("SELECT status, next_retry_at <= now() AS is_due FROM job_queue ORDER BY id")
    assert [(job["status"], job["is_due"]) for job in due] == [("pending", True), ("failed", False), ("pending", False)]
