"""A film comes back whole: what stood beside it too, whoever kills the work at any moment, and nothing is fetched."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.players import leave_for_players
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.restoring import bring_back
from metarr_core.operations.trash import trash_movie
from tests.operations.films import known, sql
from tests.operations.kills import Killed, counted, killed_at
from tests.operations.offers import GOOD, offer
from tests.operations.snapshots import Snapshot

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TABLES = ("movies", "movie_files", "library_files", "asset_references", "cache_assets", "player_updates", "activity_log")
STATE = (
    "SELECT title, locked_fields, poster_id IS NULL, trashed_at IS NULL, deleted_at IS NULL, trash_reason FROM movies",
    "SELECT path, kept, missing_since IS NULL FROM movie_files ORDER BY path",
    "SELECT path, sha256, mtime_ns > 0 FROM library_files ORDER BY path",
    "SELECT type, position, source, url FROM asset_references ORDER BY type, position",
    "SELECT content_hash, reference_count, orphaned_at IS NULL FROM cache_assets ORDER BY content_hash",
    "SELECT status, count(*) FROM player_updates GROUP BY status",
    "SELECT count(*) FROM activity_log WHERE event_type = 'movie.restored'",
)


def beside(house) -> dict[str, str]:
    folder = house.movies / "Sintel (2010)"
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


async def state(runtime, house) -> tuple[Any, ...]:
    return (beside(house), *[await sql(runtime, statement) for statement in STATE])


@pytest.fixture
async def movie_id(runtime, house):
    """A film in the trash, with its video, a user's picture and a lock; what was published is gone from the disk."""
    number = await known(runtime, house)
    await offer(runtime, house, number, {"good.jpg": GOOD})
    await download_artwork(runtime, number)
    await sql(runtime, "UPDATE asset_references SET source = 'user'")
    await sql(runtime, "UPDATE movies SET locked_fields = '{poster,title}'")
    await publish_movie(runtime, number)
    return number


async def restored(runtime, movie_id) -> None:
    """The steps of `restore-media`, in their order."""
    await bring_back(runtime, movie_id, must_be_in_trash=False)
    await publish_movie(runtime, movie_id)
    await leave_for_players(runtime, movie_id)


async def into_the_trash(runtime, house, movie_id) -> None:
    await trash_movie(runtime, movie_id, "it was deleted in radarr", at=AT)
    for path in (house.movies / "Sintel (2010)").iterdir():
        if path.suffix != ".mkv":
            path.unlink()


async def test_what_stood_beside_a_film_stands_there_again_byte_for_byte_and_nothing_is_fetched(runtime, house, movie_id):
    before, asked = await state(runtime, house), len(house.tmdb.requests)
    await into_the_trash(runtime, house, movie_id)
    assert list(beside(house)) == ["Sintel (2010).mkv"]
    await restored(runtime, movie_id)
    after = await state(runtime, house)
    assert len(before[0]) == 3
    assert after[:6] == before[:6]
    assert len(house.tmdb.requests) == asked


@pytest.mark.long
async def test_a_restore_that_is_killed_at_any_file_or_statement_ends_like_one_that_is_not(runtime, house, movie_id):
    await into_the_trash(runtime, house, movie_id)
    snapshot = Snapshot(runtime, house.movies, TABLES)
    await snapshot.take()
    moments = await counted(lambda: restored(runtime, movie_id))
    whole_end = await state(runtime, house)
    assert moments > 30
    for moment in range(moments):
        await snapshot.put_back()
        with pytest.raises(Killed):
            await killed_at(moment, lambda: restored(runtime, movie_id))
        await restored(runtime, movie_id)
        assert await state(runtime, house) == whole_end, moment
