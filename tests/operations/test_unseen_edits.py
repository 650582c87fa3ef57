"""What others put in the place of ours counts from the moment that it is there, not from when we look."""

from __future__ import annotations

import pytest

from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.metadata import Identity
from metarr_core.operations import importing
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.choosing import choose_film
from metarr_core.operations.old_names import remove_old_names
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.scanning import Scope
from metarr_core.operations.undoing import change_to_undo, choose_again, undo
from metarr_core.operations.verifying import suspects, verify_movie
from tests.operations.films import known, sql, whole
from tests.operations.kills import Killed, killed_at
from tests.operations.offers import chosen, encoded, offer, painting
from tests.operations.scans import scan
from tests.operations.test_replacing import film, upload

POSTER = ArtworkType.POSTER
THEIRS, ALSO_THEIRS = encoded(painting("by hand", 500, 750)), encoded(painting("by hand too", 500, 750))


@pytest.fixture
async def movie_id(runtime, house):
    """A film whose poster somebody has changed on disk, and nobody has looked since."""
    movie_id = await film(runtime, house)
    poster(house).write_bytes(THEIRS)
    return movie_id


def poster(house):
    (path,) = house.movies.rglob("*-poster.jpg")
    return path


async def locked(runtime, movie_id):
    return (await whole(runtime, movie_id))["locked_fields"]


async def test_a_better_picture_of_a_provider_does_not_take_its_place(runtime, house, movie_id):
    offered = {f"{name}.jpg": encoded(painting(name)) for name in ("better", "first")}
    await offer(runtime, house, movie_id, offered)
    await download_artwork(runtime, movie_id)
    await publish_movie(runtime, movie_id)
    assert (poster(house).read_bytes(), await locked(runtime, movie_id)) == (THEIRS, ["poster"])


async def test_it_stays_when_the_film_turns_out_to_be_another(runtime, house, movie_id):
    await choose_film(runtime, movie_id, TmdbId(NOSFERATU.tmdb_id))
    await publish_movie(runtime, movie_id)
    assert (poster(house).read_bytes(), await locked(runtime, movie_id)) == (THEIRS, ["poster"])


async def test_undoing_what_a_person_chose_afterwards_brings_it_back(runtime, house, movie_id):
    await upload(runtime, movie_id)
    assert poster(house).read_bytes() != THEIRS
    async with runtime.database.transaction() as session:
        change = await change_to_undo(session, movie_id, POSTER, None)
    await undo(runtime, movie_id, POSTER, change.id)
    await publish_movie(runtime, movie_id)
    assert (poster(house).read_bytes(), await locked(runtime, movie_id)) == (THEIRS, ["poster"])


async def test_a_person_lets_metarr_choose_instead_of_it(runtime, house, movie_id):
    await choose_again(runtime, movie_id, POSTER)
    await publish_movie(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["first.jpg"]
    assert (poster(house).read_bytes() != THEIRS, await locked(runtime, movie_id)) == (True, [])


async def test_all_that_was_changed_of_a_type_is_adopted(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {name: encoded(painting(name)) for name in ("one.jpg", "two.jpg")}, "fanart")
    await download_artwork(runtime, movie_id)
    await publish_movie(runtime, movie_id)
    first, second = sorted(house.movies.rglob("*-fanart*.jpg"))
    first.write_bytes(THEIRS)
    second.write_bytes(ALSO_THEIRS)
    await verify_movie(runtime, movie_id)
    assert [path.read_bytes() for path in (first, second)] == [THEIRS, ALSO_THEIRS]
    assert await chosen(runtime, movie_id, "fanart") == [first.name, second.name]


async def test_a_film_in_the_trash_is_left_as_it_is(runtime, house, movie_id):
    await sql(runtime, "UPDATE movies SET trashed_at = now(), deleted_at = now()")
    await publish_movie(runtime, movie_id)
    assert await locked(runtime, movie_id) == []


EVERYTHING = Scope("Movies", confirmed=True)


async def moved(runtime, house):
    """The film's folder has another name, with all that is in it."""
    await sql(runtime, "UPDATE movies SET identification_status = 'enriched'")
    (folder,) = house.movies.iterdir()
    return folder.rename(folder.with_name("Sintel, moved"))


async def ledger(runtime):
    return {row.path for row in await sql(runtime, "SELECT path FROM library_files")}


def beside(house):
    return {str(path) for path in house.movies.rglob("*") if path.suffix not in {".mkv", ".mp4"} and path.is_file()}


async def test_what_moves_along_with_its_video_is_still_ours_and_is_not_written_again(runtime, house):
    await film(runtime, house)
    before = {path.name: path.stat().st_mtime_ns for path in house.movies.rglob("*.*")}
    await moved(runtime, house)
    await scan(runtime, EVERYTHING)
    assert await ledger(runtime) == beside(house)
    assert {path.name: path.stat().st_mtime_ns for path in house.movies.rglob("*.*")} == before
    assert await suspects(runtime) == []


async def test_what_was_changed_before_it_moved_along_is_adopted(runtime, house, movie_id):
    await moved(runtime, house)
    await scan(runtime, EVERYTHING)
    assert (poster(house).read_bytes(), await locked(runtime, movie_id)) == (THEIRS, ["poster"])


async def test_what_radarr_renames_along_with_its_video_is_still_ours(runtime, house):
    movie_id = await film(runtime, house)
    (folder,) = house.movies.iterdir()
    for path in list(folder.iterdir()):
        path.rename(path.with_name(path.name.replace("Sintel (2010)", "Sintel 2010 BluRay")))
    video = folder / "Sintel 2010 BluRay.mkv"
    identity = Identity("Sintel", 2010, tmdb_id=TmdbId(SINTEL.tmdb_id))
    await importing.record(runtime, [importing.import_of_path(runtime, video, identity)], Priority.CRITICAL)
    await publish_movie(runtime, movie_id)
    await remove_old_names(runtime, movie_id, [folder / "Sintel (2010).mkv"])
    assert await ledger(runtime) == beside(house)
    assert len(beside(house)) == 2


async def test_nobody_misses_what_stood_beside_a_former_file_before_its_folder_moved(runtime, house):
    movie_id = await film(runtime, house)
    (folder,) = house.movies.iterdir()
    (folder / "Sintel (2010).mkv").unlink()
    video = folder / "Sintel (2010).mp4"
    video.write_bytes(b"a better film")
    identity = Identity("Sintel", 2010, tmdb_id=TmdbId(SINTEL.tmdb_id))
    await importing.record(runtime, [importing.import_of_path(runtime, video, identity)], Priority.CRITICAL)
    await publish_movie(runtime, movie_id)
    await moved(runtime, house)
    await scan(runtime, EVERYTHING)
    assert await ledger(runtime) >= beside(house)
    assert (await verify_movie(runtime, movie_id)).findings == ()
    told = await sql(runtime, "SELECT 1 FROM activity_log WHERE event_type = 'movie.verified'")
    assert told == []


async def test_what_stands_beside_another_copy_is_not_taken_for_ours_while_a_disk_is_away(runtime, house):
    movie_id = await film(runtime, house)
    (folder,) = house.movies.iterdir()
    away = folder.rename(house.movies.with_name("away"))
    copy = house.movies / "copy" / "Sintel.mkv"
    copy.parent.mkdir()
    copy.write_bytes(b"a copy")
    copy.with_name("Sintel-poster.jpg").write_bytes(THEIRS)
    identity = Identity("Sintel", 2010, tmdb_id=TmdbId(SINTEL.tmdb_id))
    await importing.record(runtime, [importing.import_of_path(runtime, copy, identity)], Priority.CRITICAL)
    await publish_movie(runtime, movie_id)
    assert await locked(runtime, movie_id) == []
    away.rename(folder)
    assert str(folder / "Sintel (2010)-poster.jpg") in await ledger(runtime)


@pytest.mark.parametrize("moment", [30, 36, 42])
async def test_a_scan_that_is_killed_after_a_move_leaves_no_line_of_the_ledger_for_ever(runtime, house, moment):
    movie_id = await film(runtime, house)
    await moved(runtime, house)
    with pytest.raises((Killed, BaseExceptionGroup)):
        await killed_at(moment, lambda: scan(runtime, EVERYTHING))
    await scan(runtime, EVERYTHING)
    await verify_movie(runtime, movie_id)
    assert await suspects(runtime) == []
    assert await ledger(runtime) == beside(house)
