"""What leaves the cache, what stays, and that it can be killed anywhere."""

from __future__ import annotations

import asyncio
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from metarr_core.db import cache as db
from metarr_core.db.tables.artwork import AssetReference, CacheAsset
from metarr_core.errors import StorageUnavailable
from metarr_core.files.cache_shelves import SHELVES
from metarr_core.operations import cleaning
from metarr_core.operations.cache_repair import Repairs, repair_shelf
from metarr_core.operations.storing import record_content
from tests.operations.films import known, sql
from tests.operations.kills import Killed, counted, killed_at
from tests.operations.offers import encoded, painting

DAYS_91, DAYS_89 = timedelta(days=91), timedelta(days=89)
ADD = """INSERT INTO asset_references (asset_id, movie_id, type, position, source)
 VALUES (:asset, :movie, 'poster', :place, :source)"""


def now() -> datetime:
    return datetime.now(UTC)


async def content(runtime, word: str) -> CacheAsset:
    """A content that is in the cache and that nobody uses."""
    data = encoded(painting(word, 60, 90))
    content_hash, path = await asyncio.to_thread(runtime.cache.keep_bytes, data, "jpg")
    asset = CacheAsset(content_hash=content_hash, file_path=path, file_size=len(data), mime="image/jpeg")
    async with runtime.database.transaction() as session:
        asset.id = await record_content(runtime, session, asset)
    return asset


async def used(runtime, asset: CacheAsset, movie_id, source="provider", place=0) -> None:
    await sql(runtime, ADD, asset=asset.id, movie=movie_id, place=place, source=source)


async def clean(runtime, at: datetime) -> cleaning.Cleaned:
    """Everything that the flow does, in its order."""
    done = await cleaning.send_off(runtime, await cleaning.orphans(runtime, at), at)
    done.add(await cleaning.drop_drafts(runtime, at, is_dry=False))
    done.add(await cleaning.follow_all(runtime))
    for shelf in SHELVES:
        done.repairs.add(await repair_shelf(runtime, shelf, at, is_dry=False))
    return done


def lying(runtime) -> set[str]:
    root = runtime.cache.root
    return {str(path.relative_to(root)) for path in (root / "assets").rglob("*.*") if path.is_file()}


async def recorded(runtime) -> set[str]:
    return {row.file_path for row in await sql(runtime, "SELECT file_path FROM cache_assets")}


async def test_what_nobody_has_used_for_90_days_goes_with_its_file(runtime, house):
    movie_id = await known(runtime, house)
    unused, in_use = await content(runtime, "unused"), await content(runtime, "used")
    await used(runtime, in_use, movie_id)
    done = await clean(runtime, now() + DAYS_91)
    assert (done.removed, done.freed) == ([unused.file_path], unused.file_size)
    assert lying(runtime) == await recorded(runtime) == {in_use.file_path}
    assert await sql(runtime, "SELECT 1 FROM cache_departures") == []


async def test_what_was_orphaned_a_moment_ago_stays_however_old_it_is(runtime, house):
    movie_id = await known(runtime, house)
    asset = await content(runtime, "old")
    await used(runtime, asset, movie_id)
    await sql(runtime, "UPDATE cache_assets SET created_at = now() - interval '400 days'")
    await sql(runtime, "DELETE FROM asset_references")
    assert (await clean(runtime, now() + DAYS_89)).removed == []
    assert (await clean(runtime, now() + DAYS_91)).removed == [asset.file_path]


async def test_what_comes_again_counts_as_new(runtime):
    asset = await content(runtime, "again")
    await sql(runtime, "UPDATE cache_assets SET created_at = now() - interval '400 days'")
    await content(runtime, "again")
    assert (await clean(runtime, now() + DAYS_89)).removed == []
    assert lying(runtime) == {asset.file_path}


@pytest.mark.parametrize("source", ["user", "local"])
async def test_what_a_user_or_another_program_gave_stays_for_ever(runtime, house, source):
    movie_id = await known(runtime, house)
    asset = await content(runtime, "mine")
    await used(runtime, asset, movie_id, source)
    await sql(runtime, "DELETE FROM movies")
    assert (await clean(runtime, now() + timedelta(days=4000))).removed == []
    assert lying(runtime) == await recorded(runtime) == {asset.file_path}


@pytest.mark.parametrize("source", ["user", "local"])
async def test_what_a_user_or_another_program_gave_goes_by_hand_once_nobody_has_used_it_as_long(runtime, house, source):
    movie_id, at = await known(runtime, house), now() + DAYS_91
    asset = await content(runtime, "mine")
    await used(runtime, asset, movie_id, source)
    assert await cleaning.orphans(runtime, at, or_original=True) == []  # a film uses it
    await sql(runtime, "DELETE FROM movies")
    assert await cleaning.orphans(runtime, now() + DAYS_89, or_original=True) == []
    found = await cleaning.orphans(runtime, at, or_original=True)
    assert (await cleaning.send_off(runtime, found, at)).removed == []  # not without being asked, whatever is handed over
    assert (await cleaning.send_off(runtime, found, at, or_original=True)).removed == [asset.file_path]
    assert lying(runtime) == await recorded(runtime) == set()


async def test_what_is_linked_between_the_look_and_the_removal_stays(runtime, house):
    movie_id = await known(runtime, house)
    asset, at = await content(runtime, "linked"), now() + DAYS_91
    found = await cleaning.orphans(runtime, at)
    await used(runtime, asset, movie_id)
    assert (await cleaning.send_off(runtime, found, at)).removed == []
    assert lying(runtime) == await recorded(runtime) == {asset.file_path}


async def test_what_is_being_linked_at_this_very_moment_stays(runtime, house):
    movie_id = await known(runtime, house)
    asset, at = await content(runtime, "linked"), now() + DAYS_91
    found = await cleaning.orphans(runtime, at)
    async with runtime.database.transaction() as session:
        session.add(AssetReference(asset_id=asset.id, movie_id=movie_id, type="poster", position=0, source="provider"))
        await session.flush()
        assert (await cleaning.send_off(runtime, found, at)).removed == []
    assert lying(runtime) == await recorded(runtime) == {asset.file_path}


async def test_what_comes_again_between_row_and_file_keeps_its_file(runtime):
    asset, at = await content(runtime, "comes again"), now() + DAYS_91
    async with runtime.database.transaction() as session:
        assert await db.send_off(session, [asset.id], at)
    await content(runtime, "comes again")
    assert (await cleaning.follow_all(runtime)).removed == []
    assert lying(runtime) == await recorded(runtime) == {asset.file_path}
    assert await sql(runtime, "SELECT 1 FROM cache_departures") == []


async def test_what_is_recorded_at_the_moment_of_the_unlink_waits_or_is_made_anew(runtime):
    asset, at = await content(runtime, "a race"), now() + DAYS_91
    async with runtime.database.transaction() as session:
        assert await db.send_off(session, [asset.id], at)
    async with runtime.database.transaction() as session:
        await record_content(runtime, session, asset)
        assert (await cleaning.follow_all(runtime)).removed == []
    assert lying(runtime) == await recorded(runtime)
    async with runtime.database.transaction() as session:
        assert await db.send_off(session, [asset.id], now() + DAYS_91) == []  # its id is another one now
    await sql(runtime, "DELETE FROM cache_assets")
    await sql(runtime, "INSERT INTO cache_departures (path) VALUES (:path) ON CONFLICT DO NOTHING", path=asset.file_path)
    assert (await cleaning.follow_all(runtime)).removed == [asset.file_path]
    with pytest.raises(StorageUnavailable, match="fetched again"):
        async with runtime.database.transaction() as session:
            await record_content(runtime, session, asset)
    assert lying(runtime) == await recorded(runtime) == set()


async def test_a_lost_file_is_copied_back_from_the_library(runtime, house):
    movie_id = await known(runtime, house)
    asset = await content(runtime, "lost")
    await used(runtime, asset, movie_id, "user")
    data = runtime.cache.path(asset.file_path).read_bytes()
    poster = house.movies / "poster.jpg"
    poster.write_bytes(data)
    await sql(
        runtime,
        "INSERT INTO library_files (movie_id, kind, artwork_type, path, sha256, size, mtime_ns)"
        " VALUES (:movie, 'artwork', 'poster', :path, :sha256, 1, 1)",
        movie=movie_id,
        path=str(poster),
        sha256=asset.content_hash,
    )
    runtime.cache.path(asset.file_path).unlink()
    await content(runtime, "another")
    done = await clean(runtime, now())
    assert done.repairs.copied_back == [asset.file_path]
    assert runtime.cache.path(asset.file_path).read_bytes() == data


async def test_a_lost_file_that_is_nowhere_is_reported_and_its_film_fetches_it_again(runtime, house):
    movie_id = await known(runtime, house)
    asset = await content(runtime, "lost")
    await used(runtime, asset, movie_id)
    runtime.cache.path(asset.file_path).unlink()
    await content(runtime, "another")
    done = await clean(runtime, now())
    assert done.repairs.missing == [asset.file_path]
    assert asset.file_path in await recorded(runtime)
    assert [row.job_type for row in await sql(runtime, "SELECT job_type FROM job_queue")] == ["enrich-media"]


async def test_a_row_without_file_that_nothing_needs_goes(runtime):
    asset, other = await content(runtime, "lost"), await content(runtime, "another")
    runtime.cache.path(asset.file_path).unlink()
    done = await clean(runtime, now())
    assert done.repairs.forgotten == [asset.file_path]
    assert await recorded(runtime) == {other.file_path}


async def test_a_file_without_row_gets_one_and_goes_when_its_time_has_come(runtime):
    asset = await content(runtime, "no row")
    await sql(runtime, "DELETE FROM cache_assets")
    assert (await clean(runtime, now())).repairs == Repairs()  # it may be on its way
    assert (await clean(runtime, now() + timedelta(hours=2))).repairs.adopted == [asset.file_path]
    (row,) = await sql(runtime, "SELECT content_hash, width, height, mime, reference_count FROM cache_assets")
    assert tuple(row) == (asset.content_hash, 60, 90, "image/jpeg", 0)
    assert (await clean(runtime, now() + DAYS_91)).removed == [asset.file_path]
    assert lying(runtime) == set()


async def test_a_file_with_other_bytes_than_its_name_says_is_reported_and_left(runtime):
    asset = await content(runtime, "damaged")
    await sql(runtime, "DELETE FROM cache_assets")
    runtime.cache.path(asset.file_path).write_bytes(b"something else")
    done = await clean(runtime, now() + DAYS_91)
    assert (done.repairs.unreadable, lying(runtime)) == ([asset.file_path], {asset.file_path})


async def test_drafts_that_never_came_go_and_what_is_not_named_as_ours_stays(runtime):
    stale, fresh = runtime.cache.draft("stale"), runtime.cache.draft("fresh")
    theirs = stale.with_name("notes.txt")
    for path in (stale, fresh, theirs):
        path.write_bytes(b"x")
    for path in (stale, theirs):
        os.utime(path, (1, 1))
    done = await cleaning.drop_drafts(runtime, now(), is_dry=False)
    assert (done.drafts, done.freed) == (1, 1)
    assert [path.exists() for path in (stale, fresh, theirs)] == [False, True, True]


async def test_a_cache_that_is_away_loses_no_row(runtime):
    await content(runtime, "away")
    shutil.rmtree(runtime.cache.root)
    with pytest.raises(StorageUnavailable, match="is its disk mounted"):
        await cleaning.orphans(runtime, now() + DAYS_91)
    assert len(await recorded(runtime)) == 1


async def test_what_was_done_is_told_with_counts_and_bytes(runtime):
    asset = await content(runtime, "unused")
    await cleaning.tell(runtime, await clean(runtime, now() + DAYS_91))
    (line,) = await sql(runtime, "SELECT * FROM activity_log WHERE event_type = 'cache.cleanup'")
    assert (line.metadata["removed"], line.metadata["bytes"]) == (1, asset.file_size)
    assert line.description == f"1 unused contents left the cache, {asset.file_size:,} bytes"


async def test_a_clean_up_that_is_killed_anywhere_is_finished_by_the_next_and_no_row_is_ever_without_its_file(
    runtime, house
):
    movie_id = await known(runtime, house)
    for number in range(3):
        await content(runtime, f"unused {number}")
    await used(runtime, await content(runtime, "used"), movie_id)
    kept = runtime.cache.root.with_name("kept")
    shutil.copytree(runtime.cache.root, kept)
    await sql(runtime, "CREATE TABLE was AS SELECT * FROM cache_assets")
    at = now() + DAYS_91

    async def cleaned() -> None:
        await clean_up(runtime, at)

    async def as_before() -> None:
        shutil.rmtree(runtime.cache.root)
        shutil.copytree(kept, runtime.cache.root)
        async with runtime.database.transaction() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in ("DELETE FROM cache_assets", "INSERT INTO cache_assets SELECT * FROM was"):
                await session.execute(text(statement))
            await session.execute(text("DELETE FROM cache_departures"))

    moments = await counted(cleaned)
    whole_end = lying(runtime), await recorded(runtime)
    assert moments > 10
    for moment in range(moments):
        await as_before()
        with pytest.raises(Killed):
            await killed_at(moment, cleaned)
        assert await recorded(runtime) <= lying(runtime), moment
        await cleaned()
        assert (lying(runtime), await recorded(runtime)) == whole_end, moment
        assert await sql(runtime, "SELECT 1 FROM cache_departures") == []


async def clean_up(runtime, at: datetime) -> None:
    """The part that removes."""
    await cleaning.send_off(runtime, await cleaning.orphans(runtime, at), at)
    await cleaning.follow_all(runtime)
