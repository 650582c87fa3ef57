"""What a MovieDelete does, what it leaves alone, and that a kill at any moment changes nothing of the end."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from deployments.demo.films import SINTEL, TEARS_OF_STEEL
from metarr_core.db import jobs
from metarr_core.domain.ids import EventId, ImdbId, MovieId, TmdbId
from metarr_core.errors import StateConflict
from metarr_core.operations import deleting, inbox, restoring
from metarr_core.operations.trash import restore_movie
from tests.operations.films import known, sql, whole
from tests.operations.kills import Killed, counted, killed_at


def webhook(film=SINTEL, **more: Any) -> bytes:
    ids = {"tmdbId": film.tmdb_id, "imdbId": film.imdb_id}
    movie = {"title": film.title, "year": film.year, "folderPath": f"/data/movies/{film.title} ({film.year})", **ids}
    return json.dumps({"eventType": "MovieDelete", "movie": movie, "deletedFiles": True, **more}).encode()


async def told(runtime, manager: str = "radarr", **more: Any) -> EventId:
    return await inbox.receive(runtime, inbox.Source("radarr", manager), webhook(**more))


async def work_off(runtime, *event_ids: EventId, dry_run: bool = False) -> str:
    deletions = await deleting.deletions_of_events(runtime, event_ids)
    return "; ".join([await deleting.delete(runtime, one, dry_run=dry_run) for one in deletions])


async def claimed_by(runtime, **managers: str | None) -> None:
    for name, manager in managers.items():
        await sql(runtime, "UPDATE movie_files SET manager = :m WHERE path LIKE :name", m=manager, name=f"%{name}.mkv")


async def second_copy(runtime, movie_id: MovieId, manager: str) -> None:
    await sql(
        runtime,
        "INSERT INTO movie_files (movie_id, library_id, manager, path, size, mtime_ns)"
        " SELECT movie_id, library_id, :manager, '/4k/' || id || '.mkv', 1, 1 FROM movie_files WHERE movie_id = :id",
        manager=manager,
        id=movie_id,
    )


async def in_trash(runtime) -> bool:
    return await sql(runtime, "SELECT trashed_at IS NOT NULL FROM movies") == [(True,)]


async def files(runtime) -> list[Any]:
    return await sql(runtime, "SELECT manager, kept, missing_since IS NOT NULL FROM movie_files ORDER BY id")


@pytest.mark.parametrize(("gone", "kept", "missing"), [(True, False, True), (False, True, False)])
async def test_a_deleted_film_is_in_the_trash_and_its_files_are_where_the_webhook_says(runtime, house, gone, kept, missing):
    movie_id = await known(runtime, house)
    assert "is in the trash" in await work_off(runtime, await told(runtime, deletedFiles=gone))
    assert await in_trash(runtime)
    assert await files(runtime) == [(None, kept, missing)]
    ((details,),) = await sql(runtime, "SELECT metadata FROM activity_log WHERE event_type = 'movie.deleted'")
    assert details["payload"] == json.loads(webhook(deletedFiles=gone))
    assert (await whole(runtime, movie_id))["file_path"].endswith("Sintel (2010).mkv")
    assert (house.folder(SINTEL) / "Sintel (2010).mkv").read_bytes() == b"a film"


async def test_a_film_that_nobody_knows_is_told_of_and_nothing_is_done(runtime, house):
    await known(runtime, house, TEARS_OF_STEEL)
    assert "does not know" in await work_off(runtime, await told(runtime))
    assert not await in_trash(runtime)
    assert await sql(runtime, "SELECT entity_id FROM activity_log WHERE event_type = 'movie.not_deleted'") == [(None,)]


async def test_a_dry_run_tells_and_changes_nothing(runtime, house):
    await known(runtime, house)
    event_id = await told(runtime)
    before = await sql(runtime, "SELECT count(*) FROM activity_log")
    assert "would go to the trash" in await work_off(runtime, event_id, dry_run=True)
    assert not await in_trash(runtime)
    assert await sql(runtime, "SELECT count(*) FROM activity_log") == before


async def test_what_was_imported_again_since_stays(runtime, house):
    await known(runtime, house)
    event_id = await told(runtime)
    await sql(
        runtime,
        "WITH later AS (INSERT INTO webhook_events (manager, manager_type, event_type, status, body, body_sha256)"
        " VALUES ('radarr', 'radarr', 'Download', 'done', '{}', 'x') RETURNING id)"
        " INSERT INTO job_queue (job_type, title_key, title, priority, status, event_id)"
        " SELECT 'new-media', :key, 'Sintel', 1, 'completed', id FROM later",
        key=f"movie:tmdb:{SINTEL.tmdb_id}",
    )
    assert "came again" in await work_off(runtime, event_id)
    assert not await in_trash(runtime)


async def test_a_webhook_that_is_worked_off_again_does_not_undo_a_restore(runtime, house):
    movie_id = await known(runtime, house)
    event_id = await told(runtime)
    await work_off(runtime, event_id)
    await restore_movie(runtime, movie_id, "a user wants it back")
    assert "worked off already" in await work_off(runtime, event_id)
    assert not await in_trash(runtime)


async def test_a_film_stays_while_another_manager_has_it_and_goes_with_the_last(runtime, house):
    movie_id = await known(runtime, house)
    await claimed_by(runtime, **{"Sintel (2010)": "radarr"})
    await second_copy(runtime, movie_id, "radarr-4k")
    assert "stays, as it has files of radarr-4k" in await work_off(runtime, await told(runtime))
    assert not await in_trash(runtime)
    assert await files(runtime) == [("radarr", False, True), ("radarr-4k", False, False)]
    assert "is in the trash" in await work_off(runtime, await told(runtime, "radarr-4k"))
    assert await in_trash(runtime)


async def test_two_managers_that_both_leave_the_files_on_disk_leave_a_film_in_the_trash(runtime, house):
    movie_id = await known(runtime, house)
    await claimed_by(runtime, **{"Sintel (2010)": "radarr"})
    await second_copy(runtime, movie_id, "radarr-4k")
    await work_off(runtime, await told(runtime, deletedFiles=False))
    assert not await in_trash(runtime)
    await work_off(runtime, await told(runtime, "radarr-4k", deletedFiles=False))
    assert await in_trash(runtime)
    assert await files(runtime) == [("radarr", True, False), ("radarr-4k", True, False)]


async def test_a_film_is_found_by_imdb_where_tmdb_is_not_known(runtime, house):
    await known(runtime, house, imdb_id=ImdbId(SINTEL.imdb_id))
    await work_off(runtime, await told(runtime))
    assert await in_trash(runtime)


async def test_whether_more_deletions_are_due_is_known_so_that_the_last_one_shows_the_table_for_all(runtime):
    async def is_due() -> bool:
        async with runtime.database.transaction() as session:
            return await jobs.is_due(session, "delete-media", datetime.now(UTC))

    assert not await is_due()
    await told(runtime)
    assert await is_due()
    for change in ("status = 'running'", "status = 'pending', next_retry_at = now() + interval '5 minutes'"):
        await sql(runtime, f"UPDATE job_queue SET {change}")
        assert not await is_due(), change


async def end_of(runtime) -> tuple[Any, ...]:
    film = "SELECT title, trashed_at IS NULL, deleted_at IS NULL, trash_reason IS NULL, locked_fields FROM movies"
    story = "SELECT event_type, count(*) FROM activity_log GROUP BY 1 ORDER BY 1"
    return (await sql(runtime, film), await files(runtime), await sql(runtime, story))


async def test_a_deletion_that_is_killed_at_any_moment_ends_like_one_that_is_not(runtime, house):
    await known(runtime, house)

    async def deleted() -> None:
        await work_off(runtime, await told(runtime))

    async def as_before() -> None:
        await sql(runtime, "DELETE FROM activity_log WHERE event_type LIKE 'movie.%deleted'")
        await sql(runtime, "DELETE FROM job_queue")
        await sql(runtime, "DELETE FROM webhook_events")
        await sql(runtime, "UPDATE movies SET trashed_at = NULL, deleted_at = NULL, trash_reason = NULL")
        await sql(runtime, "UPDATE movie_files SET missing_since = NULL, kept = false")

    moments = await counted(deleted)
    whole_end = await end_of(runtime)
    assert moments > 8
    for moment in range(moments):
        await as_before()
        with pytest.raises(Killed):
            await killed_at(moment, deleted)
        await deleted()
        ended = await end_of(runtime)
        told_once = [row for row in ended[2] if row[0] != "movie.not_deleted"]
        assert (*ended[:2], told_once) == whole_end, moment


async def test_a_restore_that_is_killed_at_any_moment_ends_like_one_that_is_not(runtime, house):
    movie_id = await known(runtime, house)
    await sql(runtime, "UPDATE movies SET locked_fields = '{title}'")
    await work_off(runtime, await told(runtime))

    async def restored() -> None:
        await restoring.bring_back(runtime, movie_id, must_be_in_trash=False)

    async def as_before() -> None:
        await sql(runtime, "DELETE FROM activity_log WHERE event_type = 'movie.restored'")
        await sql(runtime, "UPDATE movies SET trashed_at = now(), deleted_at = now(), trash_reason = 'x'")
        await sql(runtime, "UPDATE movie_files SET missing_since = now()")

    moments = await counted(restored)
    whole_end = await end_of(runtime)
    assert whole_end[1] == [(None, False, False)]  # its file is where it was
    for moment in range(moments):
        await as_before()
        with pytest.raises(Killed):
            await killed_at(moment, restored)
        await restored()
        assert await end_of(runtime) == whole_end, moment


async def test_a_film_that_is_not_in_the_trash_is_a_conflict_by_hand_and_none_for_a_job_that_comes_again(runtime, house):
    movie_id = await known(runtime, house, tmdb_id=TmdbId(SINTEL.tmdb_id))
    with pytest.raises(StateConflict, match="Sintel is not in the trash"):
        await restoring.bring_back(runtime, movie_id, must_be_in_trash=True)
    assert await restoring.bring_back(runtime, movie_id, must_be_in_trash=False) == []
