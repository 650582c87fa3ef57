"""A film that is added in Radarr again comes back from the trash, where a file of it is there."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from deployments.demo.films import SINTEL
from metarr_core.domain.ids import EventId
from metarr_core.errors import StorageUnavailable
from metarr_core.operations import deleting, inbox, restoring, returning
from metarr_core.operations.returning import Stays
from tests.operations.films import known, sql
from tests.operations.test_deleting import in_trash, told, work_off

RADARR = inbox.Source("radarr", "radarr")


async def added(runtime) -> EventId:
    movie = {"title": SINTEL.title, "year": SINTEL.year, "tmdbId": SINTEL.tmdb_id, "imdbId": SINTEL.imdb_id}
    body = {"eventType": "MovieAdded", "movie": {**movie, "folderPath": "/data/movies/Sintel (2010)"}, "addMethod": "manual"}
    return await inbox.receive(runtime, RADARR, json.dumps(body).encode())


async def event(runtime, event_id) -> Any:
    (row,) = await sql(runtime, "SELECT status, error FROM webhook_events WHERE id = :id", id=event_id)
    return row


async def restored(runtime, event_id) -> str:
    """Do as the flow does, but for what it writes and tells players."""
    one = await returning.addition_of_events(runtime, [event_id])
    film = await returning.film_to_restore(runtime, one)
    if isinstance(film, Stays):
        return film.why
    return ", ".join(await restoring.bring_back(runtime, film, must_be_in_trash=False, why=one.reason))


@pytest.fixture
async def film(runtime, house):
    return await known(runtime, house)


@pytest.mark.parametrize("gone", [True, False])
async def test_a_film_in_the_trash_comes_back_with_its_file(runtime, house, film, gone):
    await work_off(runtime, await told(runtime, deletedFiles=gone))
    await restored(runtime, await added(runtime))
    assert not await in_trash(runtime)
    assert await sql(runtime, "SELECT kept, missing_since FROM movie_files") == [(False, None)]
    (line,) = await sql(runtime, "SELECT description FROM activity_log WHERE event_type = 'movie.restored'")
    assert line.description.endswith("is back from the trash: it was added in radarr again")


async def test_without_a_file_it_stays_and_its_story_says_why(runtime, house, film):
    await work_off(runtime, await told(runtime))
    shutil.rmtree(house.folder(SINTEL))
    assert "none of its files is there" in await restored(runtime, await added(runtime))
    assert await in_trash(runtime)
    assert await sql(runtime, "SELECT count(*) FROM activity_log WHERE event_type = 'movie.not_restored'") == [(1,)]


async def test_while_the_library_is_away_it_is_waited_for(runtime, house, film):
    await work_off(runtime, await told(runtime))
    shutil.rmtree(house.movies)
    with pytest.raises(StorageUnavailable):
        await restored(runtime, await added(runtime))


async def test_a_film_that_is_not_in_the_trash_costs_no_run(runtime, house, film):
    jobs = await sql(runtime, "SELECT count(*) FROM job_queue")
    status, why = await event(runtime, await added(runtime))
    assert (status, "is not in the trash; there is nothing to restore" in why) == ("done", True)
    await sql(runtime, "DELETE FROM movies")
    assert (await event(runtime, await added(runtime))).status == "done"
    assert await sql(runtime, "SELECT count(*) FROM job_queue") == jobs


async def test_one_that_is_on_its_way_to_the_trash_is_worth_a_run(runtime, house, film):
    deletion = await told(runtime, deletedFiles=False)
    addition = await added(runtime)
    assert (await event(runtime, addition)).status == "pending"
    await work_off(runtime, deletion)
    await restored(runtime, addition)
    assert not await in_trash(runtime)


async def test_a_replay_asks_again_whether_it_is_in_the_trash(runtime, house, film):
    addition = await added(runtime)
    await work_off(runtime, await told(runtime))
    assert await inbox.replay(runtime, addition) == "pending"


@pytest.mark.parametrize(("gone", "stays"), [(False, True), (True, False)])
async def test_a_deletion_that_comes_after_it_counts_where_the_files_went_too(runtime, house, film, gone, stays):
    deletion = await told(runtime, deletedFiles=gone)
    addition = await added(runtime)
    await restored(runtime, addition)
    await sql(runtime, "UPDATE job_queue SET status = 'completed' WHERE event_id = :id", id=addition)
    (one,) = await deleting.deletions_of_events(runtime, [deletion])
    await deleting.delete(runtime, one)
    assert await in_trash(runtime) != stays


async def test_one_that_was_deleted_again_since_stays(runtime, house, film):
    await work_off(runtime, await told(runtime, deletedFiles=False))
    addition, later = await added(runtime), await told(runtime, deletedFiles=True)
    await work_off(runtime, later)
    await sql(runtime, "UPDATE job_queue SET status = 'completed' WHERE event_id = :id", id=later)
    assert "deleted again since" in await restored(runtime, addition)
    assert await in_trash(runtime)


async def test_a_run_that_was_killed_after_it_took_the_film_out_goes_on(runtime, house, film):
    await work_off(runtime, await told(runtime))
    addition = await added(runtime)
    await restored(runtime, addition)
    assert await restored(runtime, addition) == ""
    assert not await in_trash(runtime)
