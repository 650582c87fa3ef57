"""Into the trash and out of it: what changes, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from metarr_core.domain.ids import MovieId
from metarr_core.errors import NotFoundError
from metarr_core.operations.trash import restore_movie, trash_movie
from tests.operations.films import known, sql, whole

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DATES = {"trashed_at", "deleted_at", "updated_at"}


async def story(runtime, movie_id: MovieId) -> list[str]:
    rows = await sql(runtime, "SELECT event_type FROM activity_log WHERE entity_id = :id ORDER BY id", id=movie_id)
    return [row.event_type for row in rows]


async def test_a_film_in_the_trash_knows_when_it_went_why_and_when_it_will_be_purged(runtime, house):
    movie_id = await known(runtime, house)
    assert await trash_movie(runtime, movie_id, "nobody watches it", at=AT)
    ((trashed_at, deleted_at, reason),) = await sql(runtime, "SELECT trashed_at, deleted_at, trash_reason FROM movies")
    assert (trashed_at, deleted_at, reason) == (AT, AT + timedelta(days=30), "nobody watches it")


async def test_twice_into_the_trash_is_once_and_the_first_date_stays(runtime, house):
    movie_id = await known(runtime, house)
    await trash_movie(runtime, movie_id, "first", at=AT)
    assert not await trash_movie(runtime, movie_id, "second", at=AT + timedelta(days=9))
    assert await sql(runtime, "SELECT trashed_at, trash_reason FROM movies") == [(AT, "first")]
    assert (await story(runtime, movie_id)).count("movie.deleted") == 1


async def test_what_stood_on_disk_and_what_was_told_is_in_the_story(runtime, house):
    movie_id = await known(runtime, house)
    await trash_movie(runtime, movie_id, "a webhook", details={"payload": {"deletedFiles": True}})
    ((details,),) = await sql(runtime, "SELECT metadata FROM activity_log WHERE event_type = 'movie.deleted'")
    (video,) = details["on_disk"]
    assert (video["path"].endswith("Sintel (2010).mkv"), video["size"]) == (True, 6)
    assert details["payload"] == {"deletedFiles": True}


async def test_files_that_go_are_missing_and_files_that_stay_are_kept(runtime, house):
    movie_id = await known(runtime, house)
    await trash_movie(runtime, movie_id, "kept", files_stay=True, at=AT)
    assert await sql(runtime, "SELECT kept, missing_since FROM movie_files") == [(True, None)]
    await trash_movie(runtime, movie_id, "and now its files too", at=AT)
    assert await sql(runtime, "SELECT kept, missing_since FROM movie_files") == [(False, AT)]


async def test_what_comes_back_is_as_it_was_and_its_missing_files_are_waited_for_anew(runtime, house):
    movie_id = await known(runtime, house)
    await sql(runtime, "UPDATE movies SET locked_fields = '{title,poster}'")
    before = await whole(runtime, movie_id)
    await trash_movie(runtime, movie_id, "a mistake", at=AT)
    assert await restore_movie(runtime, movie_id, "a user wants it back", at=AT + timedelta(days=3))
    after = await whole(runtime, movie_id)
    (file,), (was,) = after.pop("files"), before.pop("files")
    assert {name: after[name] for name in after if name not in DATES} == {
        name: before[name] for name in before if name not in DATES
    }
    assert (after["trashed_at"], after["deleted_at"]) == (None, None)
    assert {**file, "missing_since": None} == was
    assert await sql(runtime, "SELECT missing_since FROM movie_files") == [(AT + timedelta(days=3),)]
    assert (await story(runtime, movie_id))[-1] == "movie.restored"


async def test_a_film_that_is_not_in_the_trash_cannot_come_back(runtime, house):
    movie_id = await known(runtime, house)
    assert not await restore_movie(runtime, movie_id, "by mistake")
    assert "movie.restored" not in await story(runtime, movie_id)


async def test_a_film_that_nobody_knows_is_an_error(runtime):
    for change in (trash_movie, restore_movie):
        with pytest.raises(NotFoundError, match="no film 7"):
            await change(runtime, MovieId(7), "why not")


async def test_an_import_brings_a_film_back(runtime, house):
    movie_id = await known(runtime, house)
    await trash_movie(runtime, movie_id, "a mistake", files_stay=True)
    assert await known(runtime, house) == movie_id
    assert await sql(runtime, "SELECT trashed_at, deleted_at, trash_reason FROM movies") == [(None, None, None)]
    assert await sql(runtime, "SELECT kept, missing_since FROM movie_files") == [(False, None)]
    assert "movie.restored" in await story(runtime, movie_id)


async def test_an_import_ends_that_a_path_is_ignored(runtime, house):
    video = house.movies / "Sintel (2010)" / "Sintel (2010).mkv"
    await sql(runtime, "INSERT INTO ignored_paths (path, why) VALUES (:path, 'kept at a purge')", path=str(video))
    await known(runtime, house)
    assert await sql(runtime, "SELECT * FROM ignored_paths") == []
