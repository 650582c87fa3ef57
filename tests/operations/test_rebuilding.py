"""A library disk is lost: everything that we published is written again, from cache and database."""

from __future__ import annotations

import shutil
import stat

import pytest

from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.errors import NotFoundError, StorageUnavailable
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.rebuilding import Rebuilt, lost_films, rebuild_chunk
from metarr_core.operations.trash import trash_movie
from metarr_core.operations.verifying import suspects, verify_movie
from tests.operations.films import known, sql
from tests.operations.offers import GOOD, encoded, offer, painting


@pytest.fixture
async def films(runtime, house):
    found = []
    for film in (SINTEL, NOSFERATU):
        number = await known(runtime, house, film)
        await offer(runtime, house, number, {f"{film.tmdb_id}.jpg": GOOD if film is SINTEL else encoded(painting("other"))})
        await download_artwork(runtime, number)
        await publish_movie(runtime, number)
        found.append(number)
    return found


def sidecars(house):
    return {path.relative_to(house.movies): path.read_bytes() for path in house.movies.rglob("*") if path.suffix in WRITTEN}


WRITTEN = {".nfo", ".jpg"}


def lose(house, *, with_videos):
    for path in list(house.movies.iterdir()):
        if with_videos:
            shutil.rmtree(path)
        else:
            for one in path.iterdir():
                if one.suffix in WRITTEN:
                    one.unlink()


@pytest.mark.parametrize("with_videos", [False, True])
async def test_everything_is_there_again_with_the_same_bytes(runtime, house, films, with_videos):
    before = sidecars(house)
    lose(house, with_videos=with_videos)
    assert await lost_films(runtime, "Movies") == films
    assert await rebuild_chunk(runtime, films, dry_run=True) == Rebuilt(2, 4)
    assert sidecars(house) == {}
    assert await rebuild_chunk(runtime, films) == Rebuilt(2, 4)
    assert sidecars(house) == before
    assert await rebuild_chunk(runtime, films) == Rebuilt(2, 0)
    assert await suspects(runtime) == []


async def test_files_that_count_as_missing_are_written_beside_the_main_one_only(runtime, house, films):
    before = sidecars(house)
    old = "INSERT INTO movie_files (movie_id, library_id, path, size, mtime_ns) SELECT movie_id, library_id, :path, 1, 1"
    await sql(
        runtime, f"{old} FROM movie_files WHERE movie_id = :id", id=films[0], path=str(house.movies / "old" / "old.mkv")
    )
    await sql(runtime, "UPDATE movie_files SET missing_since = now()")
    lose(house, with_videos=True)
    assert await rebuild_chunk(runtime, films) == Rebuilt(2, 4)
    assert sidecars(house) == before


async def test_new_folders_are_as_open_as_the_librarys_own(runtime, house, films):
    house.movies.chmod(0o775)
    lose(house, with_videos=True)
    await rebuild_chunk(runtime, films)
    assert {stat.S_IMODE(path.stat().st_mode) for path in house.movies.iterdir()} == {0o775}


async def test_a_picture_that_somebody_put_there_is_back_too(runtime, house, films):
    theirs = encoded(painting("by hand", 500, 750))
    poster = house.movies / "Sintel (2010)" / "Sintel (2010)-poster.jpg"
    poster.write_bytes(theirs)
    await verify_movie(runtime, films[0])
    lose(house, with_videos=True)
    await rebuild_chunk(runtime, films)
    assert poster.read_bytes() == theirs


async def test_pictures_that_the_cache_lost_too_are_asked_for_again(runtime, house, films):
    lose(house, with_videos=True)
    shutil.rmtree(runtime.cache.root / "assets")
    assert await rebuild_chunk(runtime, films) == Rebuilt(2, 2, lost_pictures=2)
    assert {path.suffix for path in sidecars(house)} == {".nfo"}
    (job,) = await sql(runtime, "SELECT * FROM job_queue WHERE job_type = 'enrich-media'")
    assert job.payload["movie_ids"] == films


async def test_one_film_that_cannot_be_written_keeps_no_other_from_it(runtime, house, films):
    lose(house, with_videos=True)
    (house.movies / "Sintel (2010)").write_text("a file where the folder should be")
    done = await rebuild_chunk(runtime, films)
    assert (done.films, done.written, len(done.skipped)) == (1, 2, 1)
    assert f"film {films[0]}" in done.skipped[0]


async def test_the_trash_is_left_out(runtime, films):
    await trash_movie(runtime, films[0], "why")
    assert await lost_films(runtime) == [films[1]]


async def test_a_library_that_is_not_there_is_not_written_beside_its_mount(runtime, house, films):
    assert films
    shutil.rmtree(house.movies)
    with pytest.raises(StorageUnavailable, match="mount or make it first"):
        await lost_films(runtime, "Movies")
    with pytest.raises(NotFoundError, match="no library 'Music'"):
        await lost_films(runtime, "Music")
