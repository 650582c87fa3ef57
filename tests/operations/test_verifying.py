"""What we published is looked at again: repaired from the cache, or, where somebody else changed it, as the setting says."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from metarr_core.domain.editing import read_edit
from metarr_core.domain.verification import Condition
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.editing import edit
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.verifying import suspects, verify_chunk, verify_movie
from tests.operations.films import known, sql, whole
from tests.operations.offers import GOOD, encoded, offer, painting

THEIRS = encoded(painting("by hand", 500, 750))


@pytest.fixture
async def movie_id(runtime, house):
    """A film with an NFO and a poster in the library."""
    number = await known(runtime, house)
    await offer(runtime, house, number, {"good.jpg": GOOD, "next.jpg": encoded(painting("next"))})
    await download_artwork(runtime, number)
    await publish_movie(runtime, number)
    return number


@pytest.fixture
def poster(house):
    return house.movies / "Sintel (2010)" / "Sintel (2010)-poster.jpg"


@pytest.fixture
def nfo(house):
    return house.movies / "Sintel (2010)" / "Sintel (2010).nfo"


def setting(runtime, foreign_edit):
    artwork = runtime.settings.artwork.model_copy(update={"foreign_edit": foreign_edit})
    return replace(runtime, settings=runtime.settings.model_copy(update={"artwork": artwork}))


def conditions(verified):
    return [one.condition for one in verified.findings]


async def kept_bytes(runtime):
    rows = await sql(runtime, "SELECT file_path FROM cache_assets")
    return [runtime.cache.path(row.file_path).read_bytes() for row in rows]


async def test_a_library_in_which_all_is_well_has_no_suspects_and_nothing_is_written(runtime, movie_id):
    assert await suspects(runtime) == []
    assert await verify_movie(runtime, movie_id, by_hash=True) == await verify_movie(runtime, movie_id)
    assert (await verify_movie(runtime, movie_id)).written == ()


async def test_by_hash_a_film_is_a_suspect_only_if_its_bytes_differ_whatever_size_and_time_say(runtime, movie_id, poster):
    assert await suspects(runtime, by_hash=True) == []
    before, data = poster.stat(), bytearray(poster.read_bytes())
    data[len(data) // 2] ^= 1
    poster.write_bytes(data)
    os.utime(poster, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert await suspects(runtime) == []
    assert await suspects(runtime, by_hash=True) == [movie_id]
    poster.unlink()
    assert await suspects(runtime, by_hash=True) == [movie_id]


async def test_what_is_missing_is_written_again_from_the_cache(runtime, movie_id, poster, nfo):
    text = nfo.read_bytes()
    poster.unlink()
    nfo.unlink()
    assert await suspects(runtime, "Movies") == [movie_id]
    verified = await verify_movie(runtime, movie_id)
    assert conditions(verified) == [Condition.MISSING, Condition.MISSING]
    assert (poster.read_bytes(), nfo.read_bytes()) == (GOOD, text)
    assert await suspects(runtime) == []


@pytest.mark.parametrize("broken", [b"", GOOD[: len(GOOD) // 2], b"no picture"])
@pytest.mark.parametrize("foreign_edit", ["adopt", "restore", "leave"])
async def test_an_empty_or_broken_picture_is_written_again_whatever_the_setting(
    runtime, movie_id, poster, broken, foreign_edit
):
    poster.write_bytes(broken)
    assert conditions(await verify_movie(setting(runtime, foreign_edit), movie_id)) == [Condition.DAMAGED]
    assert poster.read_bytes() == GOOD
    assert broken in [*await kept_bytes(runtime), b""]


async def test_the_same_bytes_with_another_time_are_looked_at_once(runtime, movie_id, poster):
    os.utime(poster, ns=(1, 1))
    assert await suspects(runtime) == [movie_id]
    assert await verify_movie(runtime, movie_id) == await verify_movie(runtime, movie_id)
    assert await suspects(runtime) == []


async def test_bytes_changed_behind_the_back_of_size_and_time_are_found_by_hash(runtime, movie_id, poster):
    was = poster.stat()
    poster.write_bytes(bytes(len(GOOD)))
    os.utime(poster, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert (await verify_movie(runtime, movie_id)).findings == ()
    assert conditions(await verify_movie(runtime, movie_id, by_hash=True)) == [Condition.DAMAGED]
    assert poster.read_bytes() == GOOD


async def test_a_picture_that_somebody_put_there_is_adopted_and_locked_and_stays_theirs(runtime, house, movie_id, poster):
    poster.write_bytes(THEIRS)
    assert conditions(await verify_movie(runtime, movie_id)) == [Condition.CHANGED]
    film = await whole(runtime, movie_id)
    assert film["locked_fields"] == ["poster"]
    assert await sql(runtime, "SELECT source FROM asset_references WHERE type = 'poster'") == [("local",)]
    assert await sql(runtime, "SELECT path FROM library_files WHERE artwork_type = 'poster'") == []
    await offer(runtime, house, movie_id, {"better.jpg": encoded(painting("better"))})
    await download_artwork(runtime, movie_id)
    await publish_movie(runtime, movie_id)
    assert poster.read_bytes() == THEIRS


async def test_an_adopted_picture_that_is_lost_is_written_again(runtime, movie_id, poster):
    poster.write_bytes(THEIRS)
    await verify_movie(runtime, movie_id)
    poster.unlink()
    assert await suspects(runtime) == [movie_id]
    assert (await verify_movie(runtime, movie_id)).written == (poster,)
    assert poster.read_bytes() == THEIRS


async def test_a_change_is_adopted_by_whatever_publishes_first(runtime, movie_id, poster):
    poster.write_bytes(THEIRS)
    await publish_movie(runtime, movie_id)
    assert poster.read_bytes() == THEIRS
    assert (await whole(runtime, movie_id))["locked_fields"] == ["poster"]


async def test_by_setting_ours_is_put_back_and_theirs_is_in_the_cache(runtime, movie_id, poster):
    poster.write_bytes(THEIRS)
    await verify_movie(setting(runtime, "restore"), movie_id)
    assert poster.read_bytes() == GOOD
    assert THEIRS in await kept_bytes(runtime)
    assert (await whole(runtime, movie_id))["locked_fields"] == []


async def test_by_setting_theirs_is_left_and_in_the_cache_and_told_once(runtime, movie_id, poster):
    poster.write_bytes(THEIRS)
    for _ in range(2):
        await verify_movie(setting(runtime, "leave"), movie_id)
        await publish_movie(setting(runtime, "leave"), movie_id)
    assert poster.read_bytes() == THEIRS
    assert THEIRS in await kept_bytes(runtime)
    assert len(await sql(runtime, "SELECT 1 FROM activity_log WHERE event_type = 'file.replaced'")) == 1


async def edited(runtime, movie_id, **fields):
    async with runtime.database.transaction() as session:
        await edit(session, movie_id, read_edit(json.dumps(fields).encode()))
    await publish_movie(runtime, movie_id)


async def test_what_an_nfo_that_is_left_does_not_tell_is_told_once_and_when_that_is_removed_ours_is_written(
    runtime, movie_id, nfo
):
    runtime = setting(runtime, "leave")
    await edited(runtime, movie_id, tagline="Old.")
    theirs = nfo.read_bytes().replace(b"Old.", b"Theirs.")
    nfo.write_bytes(theirs)
    await publish_movie(runtime, movie_id)
    told = "SELECT description, metadata->'fields' AS fields FROM activity_log WHERE event_type = 'nfo.left' ORDER BY id"
    assert await sql(runtime, told) == []
    for _ in range(2):
        await edited(runtime, movie_id, plot="Mine.", tagline=None)
    assert nfo.read_bytes() == theirs
    (line,) = await sql(runtime, told)
    assert "does not tell the film's tagline, plot; remove it" in line.description
    nfo.unlink()
    await publish_movie(runtime, movie_id)
    assert b"<plot>Mine.</plot>" in nfo.read_bytes()
    await publish_movie(runtime, movie_id)
    assert len(await sql(runtime, told)) == 1


async def test_a_locked_choice_is_put_back_for_the_lock_is_older(runtime, movie_id, poster):
    await sql(runtime, "UPDATE movies SET locked_fields = '{poster}'")
    poster.write_bytes(THEIRS)
    await verify_movie(runtime, movie_id)
    assert poster.read_bytes() == GOOD
    assert THEIRS in await kept_bytes(runtime)


async def test_a_picture_of_ours_that_came_back_with_a_backup_is_no_choice(runtime, house, movie_id, poster):
    await sql(runtime, "UPDATE asset_candidates SET blocked = true WHERE url LIKE '%/good.jpg'")
    await download_artwork(runtime, movie_id)
    await publish_movie(runtime, movie_id)
    ours = poster.read_bytes()
    assert ours != GOOD
    poster.write_bytes(GOOD)
    await verify_movie(runtime, movie_id)
    assert poster.read_bytes() == ours
    assert (await whole(runtime, movie_id))["locked_fields"] == []


async def test_what_a_killed_write_left_is_no_change_of_somebody_else(runtime, movie_id, poster):
    await sql(runtime, "UPDATE library_files SET sha256 = 'what was to come', mtime_ns = 0 WHERE artwork_type = 'poster'")
    poster.write_bytes(THEIRS)
    assert conditions(await verify_movie(runtime, movie_id)) == [Condition.UNFINISHED]
    assert poster.read_bytes() == GOOD
    assert (await whole(runtime, movie_id))["locked_fields"] == []


async def test_a_dry_run_tells_and_touches_nothing(runtime, movie_id, poster):
    poster.write_bytes(THEIRS)
    verified = await verify_movie(runtime, movie_id, dry_run=True)
    assert conditions(verified) == [Condition.CHANGED]
    assert (poster.read_bytes(), verified.written) == (THEIRS, ())
    assert (await whole(runtime, movie_id))["locked_fields"] == []


async def test_where_the_video_is_away_nothing_is_written(runtime, movie_id, poster):
    (poster.parent / "Sintel (2010).mkv").unlink()
    poster.unlink()
    assert (await verify_movie(runtime, movie_id)).findings == ()
    assert not poster.exists()


async def test_films_in_the_trash_are_not_looked_at(runtime, movie_id, poster):
    await sql(runtime, "UPDATE movies SET trashed_at = now(), deleted_at = now()")
    poster.unlink()
    assert await suspects(runtime) == []
    assert (await verify_movie(runtime, movie_id)).findings == ()


async def test_a_chunk_goes_on_after_a_film_that_is_gone_and_counts_what_it_found(runtime, movie_id, poster):
    poster.unlink()
    done = await verify_chunk(runtime, [movie_id + 1, movie_id])
    assert (done.changed, done.conditions, done.written) == ((movie_id,), {"missing": 1}, 1)
    assert [skipped.split(":")[0] for skipped in done.skipped] == [f"film {movie_id + 1}"]


async def test_a_folder_in_the_place_of_a_picture_keeps_nothing_else_from_being_written(runtime, movie_id, poster, nfo):
    poster.unlink()
    (poster / "mine").mkdir(parents=True)
    nfo.unlink()
    verified = await verify_movie(runtime, movie_id)
    assert verified.written == (nfo,)
    assert (poster / "mine").is_dir()
    for _ in range(2):
        await publish_movie(runtime, movie_id)
    told = await sql(runtime, "SELECT description FROM activity_log WHERE event_type = 'file.in_the_way'")
    assert [row.description for row in told] == [f"not written, for a folder of that name stands there: {poster.name}"]
