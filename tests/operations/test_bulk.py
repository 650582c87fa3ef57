"""Many films are cut into jobs, and the films of a chunk are enriched whatever happens to some of them."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from deployments.demo.clips import write_clip
from deployments.demo.faults import Fault, Reset, Truncated
from deployments.demo.films import NOSFERATU, SINTEL, TEARS_OF_STEEL
from deployments.demo.house import radarr_download
from deployments.demo.proof import ARTWORK
from metarr_core.db import locks
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.errors import LockBusy, ProviderUnavailable, RateLimited
from metarr_core.operations import players
from metarr_core.operations.bulk import enqueue_enrichment, enqueue_library
from metarr_core.operations.bulk_enrichment import FILMS_AT_ONCE, enrich_chunk
from metarr_core.operations.inbox import Source, receive
from tests.operations.films import known, sql, whole

SINTELS_KEY = f"movie:tmdb:{SINTEL.tmdb_id}"


async def asked(runtime, movie_ids, priority=Priority.NORMAL, **how):
    """The payloads of the jobs that a wish for enrichment makes."""
    async with runtime.database.transaction() as session:
        job_ids = await enqueue_enrichment(session, movie_ids, priority, **how)
    rows = await sql(runtime, "SELECT payload FROM job_queue WHERE id = ANY(:ids) ORDER BY id", ids=job_ids)
    return [row.payload for row in rows]


async def bulk_of(runtime, movie_ids, **how):
    (payload,) = await asked(runtime, movie_ids, **how)
    return payload["bulk_id"]


async def made_up_films(runtime, number):
    rows = await sql(
        runtime,
        "INSERT INTO movies (library_id, title, tmdb_id, identification_status)"
        " SELECT (SELECT id FROM libraries), 'Film ' || n, n, 'identified' FROM generate_series(1, :number) n RETURNING id",
        number=number,
    )
    return [row.id for row in rows]


async def films(runtime, house, *some):
    """Films with real clips, not probed yet."""
    ids = {}
    for film in some:
        ids[film] = await known(runtime, house, film)
        write_clip(house.folder(film) / f"{film.title} ({film.year}).mkv", seconds=1, title=film.title)
    return ids


async def statuses(runtime):
    return {row.title: row.identification_status for row in await sql(runtime, "SELECT * FROM movies")}


async def outcomes(runtime):
    rows = await sql(runtime, "SELECT title, outcome FROM bulk_movies JOIN movies ON movies.id = movie_id")
    return {row.title: row.outcome for row in rows}


async def test_films_are_cut_into_jobs_of_fifty_in_their_order(runtime):
    ids = await made_up_films(runtime, 120)
    payloads = await asked(runtime, ids[::-1])
    assert [one["movie_ids"] for one in payloads] == [ids[:69:-1], ids[69:19:-1], ids[19::-1]]
    assert len({one["bulk_id"] for one in payloads}) == 1
    jobs = await sql(runtime, "SELECT * FROM job_queue ORDER BY id")
    assert {(job.job_type, job.priority) for job in jobs} == {("enrich-media", 5)}
    assert [job.title_key for job in jobs] == [
        f"chunk:enrich:{ids[-1]}",
        f"chunk:enrich:{ids[69]}",
        f"chunk:enrich:{ids[19]}",
    ]
    assert [job.title for job in jobs] == ["50 of 120 films", "50 of 120 films", "20 of 120 films"]


async def test_a_film_that_a_user_asks_for_is_a_chunk_of_one_with_its_title(runtime, house):
    movie_id = await known(runtime, house)
    assert [one["movie_ids"] for one in await asked(runtime, [movie_id], Priority.HIGH)] == [[movie_id]]
    (job,) = await sql(runtime, "SELECT * FROM job_queue")
    assert (job.title, job.priority) == ("Sintel (2010)", 2)
    assert (await sql(runtime, "SELECT enrichment_priority FROM movies"))[0].enrichment_priority == 2


async def test_only_films_that_can_and_need_be_enriched_are_taken_and_by_force_enriched_ones_too(runtime):
    plain, trashed, ignored, enriched, unknown, failed = ids = await made_up_films(runtime, 6)
    await sql(runtime, "UPDATE movies SET trashed_at = now() WHERE id = :id", id=trashed)
    for movie_id, status in ((ignored, "ignored"), (enriched, "enriched"), (unknown, "unidentified"), (failed, "error")):
        await sql(runtime, "UPDATE movies SET identification_status = :status WHERE id = :id", status=status, id=movie_id)
    await sql(runtime, "UPDATE movies SET tmdb_id = NULL WHERE id = :id", id=unknown)
    assert [one["movie_ids"] for one in await asked(runtime, [*ids, plain, 999])] == [[plain, failed]]
    assert [one["movie_ids"] for one in await asked(runtime, ids, force=True)] == [[plain, enriched, failed]]
    async with runtime.database.transaction() as session:
        assert len(await enqueue_library(session, "Movies")) == 1
        assert await enqueue_library(session, "Series") == []
    assert await asked(runtime, [trashed, ignored, unknown]) == []
    assert await asked(runtime, []) == []


async def test_a_chunk_leaves_its_films_whole_and_the_players_to_be_told(runtime, house):
    ids = await films(runtime, house, SINTEL, NOSFERATU)
    bulk_id = await bulk_of(runtime, list(ids.values()))
    chunk = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert (chunk.done, chunk.error) == (2, None)
    assert set((await outcomes(runtime)).values()) == {"enriched"}
    for film, movie_id in ids.items():
        movie = await whole(runtime, movie_id)
        assert movie["identification_status"] == "enriched"
        assert {one["type"] for one in movie["artwork"]} >= set(ARTWORK)
        assert movie["streams"]["video"]
        assert (house.folder(film) / f"{film.title} ({film.year}).nfo").exists()
    waiting = await sql(runtime, "SELECT movie_id FROM player_updates WHERE status = 'pending'")
    assert {row.movie_id for row in waiting} == set(ids.values())
    assert house.kodi.called("VideoLibrary.Scan") == []
    await players.deliver_due(runtime)
    assert len(house.kodi.library.movies) == 2
    (told,) = await sql(runtime, "SELECT description FROM activity_log WHERE event_type = 'bulk.done'")
    assert told.description.startswith("enrichment: 2 of 2 films done, 0 left")


async def test_a_chunk_twice_is_the_same_as_once(runtime, house):
    ids = await films(runtime, house, SINTEL)
    bulk_id = await bulk_of(runtime, [ids[SINTEL]])
    await enrich_chunk(runtime, bulk_id, [ids[SINTEL]])
    before = len(house.tmdb.requests)
    chunk = await enrich_chunk(runtime, bulk_id, [ids[SINTEL]])
    assert (chunk.done, chunk.error, len(house.tmdb.requests)) == (0, None, before)
    assert len(await sql(runtime, "SELECT 1 FROM activity_log WHERE event_type = 'bulk.done'")) == 1


async def test_a_film_that_something_else_works_on_is_passed_over_and_comes_back(runtime, house):
    ids = await films(runtime, house, SINTEL, NOSFERATU)
    bulk_id = await bulk_of(runtime, list(ids.values()))
    async with locks.held(runtime.database, SINTELS_KEY):
        chunk = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert isinstance(chunk.error, LockBusy)
    assert await statuses(runtime) == {"Sintel": "identified", "Nosferatu": "enriched"}
    again = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert (again.done, again.error) == (1, None)
    assert set((await statuses(runtime)).values()) == {"enriched"}


async def test_a_webhook_that_waits_for_a_film_goes_first(runtime, house):
    ids = await films(runtime, house, SINTEL)
    bulk_id = await bulk_of(runtime, list(ids.values()))
    video = house.folder(SINTEL) / f"{SINTEL.title} ({SINTEL.year}).mkv"
    webhook = radarr_download(SINTEL, f"/data/movies/{video.parent.name}", video)
    await receive(runtime, Source("radarr", "radarr"), json.dumps(webhook).encode())
    chunk = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert isinstance(chunk.error, LockBusy)
    assert await statuses(runtime) == {"Sintel": "identified"}
    await sql(runtime, "UPDATE job_queue SET status = 'completed'")
    assert (await enrich_chunk(runtime, bulk_id, list(ids.values()))).done == 1


async def test_a_film_that_a_webhook_has_enriched_meanwhile_is_not_enriched_again(runtime, house):
    ids = await films(runtime, house, SINTEL)
    bulk_id = await bulk_of(runtime, list(ids.values()))
    await sql(runtime, "UPDATE movies SET identification_status = 'enriched'")
    chunk = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert (chunk.done, chunk.error, await outcomes(runtime)) == (1, None, {"Sintel": "passed_over"})
    assert house.tmdb.requests == []


async def test_a_film_that_goes_meanwhile_costs_the_others_nothing(runtime, house):
    ids = await films(runtime, house, SINTEL, NOSFERATU, TEARS_OF_STEEL)
    bulk_id = await bulk_of(runtime, list(ids.values()))
    await sql(runtime, "UPDATE movies SET trashed_at = now() WHERE id = :id", id=ids[SINTEL])
    await sql(runtime, "DELETE FROM movies WHERE id = :id", id=ids[NOSFERATU])
    chunk = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert (chunk.done, chunk.error) == (2, None)
    assert await outcomes(runtime) == {"Sintel": "passed_over", "Tears of Steel": "enriched"}


async def test_a_providers_bad_hour_ends_the_chunk_and_no_film_in_error(runtime, house):
    ids = await made_up_films(runtime, 20)
    bulk_id = await bulk_of(runtime, ids)
    house.tmdb.faults.add("/3/movie/.*", Fault(429, headers={"Retry-After": "300"}))
    chunk = await enrich_chunk(runtime, bulk_id, ids)
    assert isinstance(chunk.error, ProviderUnavailable)
    assert chunk.error.retry_after >= 290
    assert chunk.done == 0
    assert len(house.tmdb.requests) <= FILMS_AT_ONCE
    assert set((await statuses(runtime)).values()) == {"identified"}


async def test_a_pause_for_a_refused_key_ends_the_chunk_too(runtime, house):
    ids = await made_up_films(runtime, 20)
    bulk_id = await bulk_of(runtime, ids)
    house.tmdb.faults.add("/3/movie/.*", Fault(401))
    chunk = await enrich_chunk(runtime, bulk_id, ids)
    assert isinstance(chunk.error, ProviderUnavailable)
    assert len(house.tmdb.requests) <= FILMS_AT_ONCE
    assert set((await statuses(runtime)).values()) == {"identified"}


async def test_what_was_done_before_a_bad_hour_stays_done_and_the_rest_follows(runtime, house):
    ids = await films(runtime, house, SINTEL, NOSFERATU)
    bulk_id = await bulk_of(runtime, list(ids.values()))
    house.tmdb.faults.add(f"/3/movie/{NOSFERATU.tmdb_id}", Fault(429, headers={"Retry-After": "300"}))
    chunk = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert isinstance(chunk.error, RateLimited)
    house.tmdb.faults.clear()
    await sql(runtime, "DELETE FROM provider_states")
    asked_for_sintel = [line for line in house.tmdb.requests if f"/movie/{SINTEL.tmdb_id}" in line]
    again = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert (chunk.done + again.done, again.error) == (2, None)
    assert set((await outcomes(runtime)).values()) == {"enriched"}
    assert [line for line in house.tmdb.requests if f"/movie/{SINTEL.tmdb_id}" in line] == asked_for_sintel


@pytest.mark.parametrize("trouble", [Fault(500), Fault(200, body=b"{}"), Fault(200, body=b"<html>"), Truncated(), Reset()])
async def test_whatever_goes_wrong_at_the_provider_films_come_back_and_none_ends_in_error(runtime, house, trouble):
    ids = await films(runtime, house, SINTEL, NOSFERATU)
    bulk_id = await bulk_of(runtime, list(ids.values()))
    house.tmdb.faults.add(f"/3/movie/{NOSFERATU.tmdb_id}", trouble)
    chunk = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert isinstance(chunk.error, ProviderUnavailable)
    assert (await statuses(runtime))["Nosferatu"] == "identified"
    house.tmdb.faults.clear()
    await sql(runtime, "DELETE FROM provider_states")
    again = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert (chunk.done + again.done, again.error) == (2, None)
    assert set((await statuses(runtime)).values()) == {"enriched"}


async def test_films_without_fanart_tv_are_enriched_and_come_back_for_its_pictures(runtime, house):
    ids = await films(runtime, house, SINTEL, NOSFERATU)
    bulk_id = await bulk_of(runtime, list(ids.values()))
    house.fanart_tv.faults.add("/v3/movies/.*", Fault(401))
    chunk = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert isinstance(chunk.error, ProviderUnavailable)
    assert set((await statuses(runtime)).values()) == {"enriched"}
    assert set((await outcomes(runtime)).values()) == {None}
    house.fanart_tv.faults.clear()
    await sql(runtime, "DELETE FROM provider_states")
    again = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert (again.done, again.error) == (2, None)
    assert "clearlogo" in {one["type"] for one in (await whole(runtime, ids[SINTEL]))["artwork"]}


async def test_a_film_that_breaks_everything_does_not_take_the_others_along(runtime, house):
    ids = await films(runtime, house, SINTEL, NOSFERATU)
    bulk_id = await bulk_of(runtime, list(ids.values()))
    await sql(runtime, "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$")
    async with runtime.database.transaction() as session:
        await session.execute(
            text(
                "CREATE TRIGGER refuse BEFORE INSERT ON asset_candidates FOR EACH ROW"
                f" WHEN (NEW.movie_id = {ids[SINTEL]}) EXECUTE FUNCTION refuse()"
            )
        )
    chunk = await enrich_chunk(runtime, bulk_id, list(ids.values()))
    assert "no" in str(chunk.error)
    assert await outcomes(runtime) == {"Sintel": None, "Nosferatu": "enriched"}


async def test_a_film_that_no_provider_knows_is_done_and_told_of(runtime, house):
    (movie_id,) = await made_up_films(runtime, 1)
    bulk_id = await bulk_of(runtime, [movie_id])
    chunk = await enrich_chunk(runtime, bulk_id, [MovieId(movie_id)])
    assert (chunk.done, chunk.error, await outcomes(runtime)) == (1, None, {"Film 1": "not_enriched"})
