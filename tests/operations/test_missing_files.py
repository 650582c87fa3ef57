"""A file that is gone without a successor: its film waits, and goes to the trash only when its time is over."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from deployments.demo.films import BIG_BUCK_BUNNY, SINTEL
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.missing import Purpose
from metarr_core.errors import StorageUnavailable
from metarr_core.operations import checking, importing, inbox, missing, upgrading
from metarr_core.runtime import now
from tests.operations.films import known, sql
from tests.operations.kills import Killed, counted, killed_at
from tests.scripted_radarr import ScriptedRadarr

VIDEO, NEW = "Sintel (2010).mkv", "Sintel (2010) Bluray-1080p.mkv"
LOOKS = (
    "SELECT status, payload->>'purpose', round(extract(epoch FROM next_retry_at - created_at) / 3600)::int"
    " FROM job_queue WHERE job_type = 'check-media' AND payload ? 'purpose' ORDER BY id"
)
STORY = "SELECT event_type FROM activity_log WHERE event_type NOT IN ('movie.added', 'movie.changed') ORDER BY id"
TRASHED = "SELECT trashed_at IS NOT NULL FROM movies"


@pytest.fixture
def radarr(runtime, house):
    async def tell(webhook):
        return await inbox.receive(runtime, inbox.Source("radarr", "radarr"), json.dumps(webhook).encode())

    return ScriptedRadarr(house.movies, tell)


@pytest.fixture
async def film(runtime, house, radarr):
    """A film in a library that holds another one too."""
    (house.movies / "Another (2001)").mkdir()
    return await imported(runtime, await radarr.import_film(SINTEL, VIDEO))


async def imported(runtime, event) -> MovieId:
    return await importing.record(runtime, await importing.imports_of_events(runtime, [event]), Priority.CRITICAL)


async def work_off(runtime, event) -> str:
    """Do as the flow does with a webhook that names no newcomer."""
    doubt = await checking.doubt_of_events(runtime, [event])
    movie_id = await importing.known_film(runtime, doubt.identity, doubt.path)
    assert movie_id is not None
    found = await checking.look(runtime, movie_id)
    assert found.newcomer is None
    return await missing.settle(runtime, movie_id, found, doubt.purpose, is_told=True)


async def look_again(runtime, movie_id, purpose) -> str:
    """Do as the job does that was left for the end of the time."""
    found = await checking.look(runtime, movie_id)
    return await missing.settle(runtime, movie_id, found, purpose, is_told=False)


async def time_passes(runtime) -> None:
    await sql(runtime, "UPDATE movie_files SET missing_since = missing_since - interval '25 hours'")


@pytest.mark.parametrize("reason", ["manual", "missingFromDisk", "manualOverride", "noLinkedEpisodes"])
async def test_a_film_without_a_file_goes_to_the_trash_when_its_time_is_over(runtime, house, radarr, film, reason):
    told = await work_off(runtime, await radarr.delete_file(SINTEL, reason))
    assert "unless one comes, it goes to the trash" in told
    assert await sql(runtime, TRASHED) == [(False,)]
    purpose = Purpose.DELETED if reason == "manual" else Purpose.MISSING
    assert await sql(runtime, LOOKS) == [("pending", purpose, 24)]
    assert "unless one comes" in await look_again(runtime, film, purpose)  # too early: it waits on
    assert await sql(runtime, TRASHED) == [(False,)]
    await time_passes(runtime)
    assert "is in the trash" in await look_again(runtime, film, purpose)
    assert await sql(runtime, TRASHED) == [(True,)]
    assert "is in the trash already" in await look_again(runtime, film, purpose)
    assert await sql(runtime, STORY) == [("file.missing",), ("movie.deleted",)]


async def test_a_file_that_is_there_all_the_same_is_not_missing(runtime, house, radarr, film):
    event = await radarr.tell(radarr.file_deleted(SINTEL, "manualOverride"))
    assert "has its file" in await work_off(runtime, event)
    assert await sql(runtime, "SELECT missing_since FROM movie_files") == [(None,)]
    assert await sql(runtime, LOOKS) == []


async def test_a_later_download_cancels(runtime, house, radarr, film):
    await work_off(runtime, await radarr.delete_file(SINTEL, "manual"))
    assert await imported(runtime, await radarr.move_in(SINTEL, NEW)) == film
    await time_passes(runtime)
    assert f"has its file: {NEW}" in await look_again(runtime, film, Purpose.DELETED)
    assert await sql(runtime, TRASHED) == [(False,)]


async def test_the_same_file_once_more_cancels_and_is_told(runtime, house, radarr, film):
    aside = house.movies / "aside"
    aside.mkdir()
    video = radarr.films["Sintel"].video
    video.rename(aside / VIDEO)
    await work_off(runtime, await radarr.tell(radarr.file_deleted(SINTEL, "missingFromDisk")))
    (aside / VIDEO).rename(video)
    await time_passes(runtime)
    found = await checking.look(runtime, film)
    assert found.back == (video,)
    assert "has its file" in await missing.settle(runtime, film, found, Purpose.MISSING, is_told=False)
    assert await sql(runtime, TRASHED) == [(False,)]
    assert ("file.returned",) in await sql(runtime, STORY)


async def test_other_bytes_under_the_old_name_have_come_like_any_other_file(runtime, house, radarr, film):
    await work_off(runtime, await radarr.delete_file(SINTEL, "manual"))
    await radarr.move_in(SINTEL, VIDEO, told=False)
    found = await checking.look(runtime, film)
    assert (found.back, found.newcomer.path.name) == ((), VIDEO)


@pytest.mark.parametrize("name", [NEW, "sintel.2010.2160p.mkv", "parts/whatever.mkv"])
async def test_a_newcomer_in_the_folder_is_the_films(runtime, house, radarr, film, name):
    await radarr.make_room(SINTEL, announced=False)
    (house.folder(SINTEL) / name).parent.mkdir(exist_ok=True)
    (house.folder(SINTEL) / name).write_bytes(b"a video")
    found = await checking.look(runtime, film)
    assert found.newcomer.path == house.folder(SINTEL) / name
    assert found.newcomer.identity.tmdb_id == SINTEL.tmdb_id
    assert await importing.record(runtime, [found.newcomer], Priority.CRITICAL) == film


async def test_a_newcomer_whose_run_was_killed_is_one_again_to_the_next(runtime, house, radarr, film):
    await radarr.make_room(SINTEL, announced=False)
    (house.folder(SINTEL) / NEW).write_bytes(b"a video")
    found = await checking.look(runtime, film)
    await importing.record(runtime, [found.newcomer], Priority.CRITICAL)
    assert (await checking.look(runtime, film)).newcomer is None
    again = (await checking.look(runtime, film, goes_on=True)).newcomer
    assert again.path == found.newcomer.path


@pytest.mark.parametrize(
    "names", [["Sintel (2010)-trailer.mkv"], ["Sample/a.mkv"], ["a.mkv", "b.mkv"], ["x {tmdb-603}.mkv"]]
)
async def test_what_need_not_be_the_film_is_not_taken_for_it(runtime, house, radarr, film, names):
    await radarr.make_room(SINTEL, announced=False)
    for name in names:
        (house.folder(SINTEL) / name).parent.mkdir(exist_ok=True)
        (house.folder(SINTEL) / name).write_bytes(b"a video")
    assert (await checking.look(runtime, film)).newcomer is None


async def test_in_a_folder_with_a_file_of_another_film_nothing_new_is_this_films(runtime, house, radarr, film):
    other = await known(runtime, house, BIG_BUCK_BUNNY)
    await sql(
        runtime,
        "UPDATE movie_files SET path = :path WHERE movie_id = :movie",
        movie=other,
        path=str(house.folder(SINTEL) / "o.mkv"),
    )
    (house.folder(SINTEL) / "new.mkv").write_bytes(b"a video")
    assert (await checking.look(runtime, film)).newcomer is None


async def test_a_library_that_is_away_or_empty_never_leads_to_the_trash(runtime, house, radarr, film):
    event = await radarr.tell(radarr.file_deleted(SINTEL, "missingFromDisk"))
    for away in (shutil.rmtree, lambda root: root.mkdir()):
        away(house.movies)
        with pytest.raises(StorageUnavailable):
            await work_off(runtime, event)
    assert await sql(runtime, "SELECT missing_since FROM movie_files") == [(None,)]
    await sql(runtime, "UPDATE movie_files SET missing_since = now() - interval '9 days'")
    with pytest.raises(StorageUnavailable):
        await look_again(runtime, film, Purpose.DELETED)
    due_at = await missing.put_off(runtime, film, Purpose.DELETED)
    assert timedelta(minutes=59) < due_at - now() <= timedelta(hours=1)
    assert await sql(runtime, LOOKS) == [("pending", "deleted", 1)]
    assert await sql(runtime, TRASHED) == [(False,)]


async def test_a_librarys_last_film_that_a_person_deleted_goes_to_the_trash_all_the_same(runtime, house, radarr):
    film = await imported(runtime, await radarr.import_film(SINTEL, VIDEO))
    event = await radarr.delete_file(SINTEL, "manual")
    house.folder(SINTEL).rmdir()
    assert list(house.movies.iterdir()) == []
    doubt = await checking.doubt_of_events(runtime, [event])
    found = await checking.look(runtime, film, doubt.purpose)
    assert "unless one comes" in await missing.settle(runtime, film, found, doubt.purpose, is_told=True)
    await time_passes(runtime)
    found = await checking.look(runtime, film, Purpose.DELETED)
    assert "is in the trash" in await missing.settle(runtime, film, found, Purpose.DELETED, is_told=False)


async def test_an_empty_library_is_away_where_nobody_deleted_anything_or_it_is_on_another_device(runtime, house, radarr):
    film = await imported(runtime, await radarr.import_film(SINTEL, VIDEO))
    shutil.rmtree(house.folder(SINTEL))
    for purpose in (Purpose.MISSING, Purpose.LOOK, Purpose.AWAITED):
        with pytest.raises(StorageUnavailable, match="Confirm removal"):
            await checking.look(runtime, film, purpose)
    for inode in ("1:2", None):
        await sql(runtime, "UPDATE movie_files SET inode = :inode", inode=inode)
        with pytest.raises(StorageUnavailable):
            await checking.look(runtime, film, Purpose.DELETED)


async def test_unusually_many_films_without_a_file_stay_unless_a_person_deleted_them(runtime, house, radarr, film):
    others = "INSERT INTO movies (library_id, title) SELECT library_id, 'n' || n FROM movies, generate_series(1, 10) n"
    await sql(runtime, others)
    mine = "SELECT id, library_id, 'gone/' || id, 1, 1, now() FROM movies WHERE title LIKE 'n%'"
    await sql(runtime, f"INSERT INTO movie_files (movie_id, library_id, path, size, mtime_ns, missing_since) {mine}")
    await sql(runtime, "UPDATE movie_files SET missing_since = now() - interval '9 days'")
    (house.folder(SINTEL) / VIDEO).unlink()
    assert "is the disk there?" in await look_again(runtime, film, Purpose.MISSING)
    assert await sql(runtime, f"{TRASHED} WHERE id = :film", film=film) == [(False,)]
    assert await sql(runtime, LOOKS) == [("pending", "missing", 24)]
    assert "is in the trash" in await look_again(runtime, film, Purpose.DELETED)


async def test_one_of_two_copies_goes_and_the_film_shows_the_other(runtime, house, radarr, film):
    copy = house.movies / "Sintel (2010) 4K" / NEW
    await imported(runtime, await radarr.import_film(SINTEL, NEW, folder=copy.parent.name))
    (house.folder(SINTEL) / VIDEO).unlink()
    await sql(runtime, "UPDATE movies SET file_path = :path", path=str(house.folder(SINTEL) / VIDEO))
    assert "has its file" in await look_again(runtime, film, Purpose.LOOK)
    assert await sql(runtime, "SELECT file_path, file_size FROM movies") == [(str(copy), copy.stat().st_size)]
    assert await sql(runtime, LOOKS) == []


async def test_an_announced_file_that_never_comes_is_told_and_nothing_is_removed(runtime, house, radarr, film):
    since, there = now(), set(house.folder(SINTEL).iterdir()) - {house.folder(SINTEL) / VIDEO}
    await upgrading.announce(runtime, await upgrading.told_by_events(runtime, [await radarr.make_room(SINTEL)]))
    assert await sql(runtime, LOOKS) == [("pending", "awaited", 24)]
    for _ in range(2):
        await look_again(runtime, film, Purpose.AWAITED)
        assert "has not come" in await missing.expire(runtime, film, since)
    assert await sql(runtime, STORY) == [("upgrade.announced",), ("upgrade.expired",)]
    await time_passes(runtime)
    assert "waits for one" in await look_again(runtime, film, Purpose.AWAITED)
    assert await sql(runtime, TRASHED) == [(False,)]
    assert set(house.folder(SINTEL).iterdir()) == there


async def test_an_announced_file_that_came_is_not_told_of(runtime, house, radarr, film):
    since = now()
    room = await radarr.make_room(SINTEL)
    await upgrading.announce(runtime, await upgrading.told_by_events(runtime, [room]))
    await imported(runtime, await radarr.move_in(SINTEL, NEW))
    assert "has come" in await missing.expire(runtime, film, since)
    assert ("upgrade.expired",) not in await sql(runtime, STORY)


async def test_an_announcement_that_is_killed_at_any_moment_ends_like_one_that_is_not(runtime, house, radarr, film):
    room = await radarr.make_room(SINTEL)

    async def announced() -> None:
        await upgrading.announce(runtime, await upgrading.told_by_events(runtime, [room]))

    await ends_alike(runtime, announced)


async def test_a_look_that_is_killed_at_any_moment_ends_like_one_that_is_not(runtime, house, radarr, film):
    event = await radarr.delete_file(SINTEL, "manual")

    async def looked() -> None:
        await work_off(runtime, event)

    await ends_alike(runtime, looked)


async def ends_alike(runtime, work) -> None:
    async def as_before() -> None:
        await sql(runtime, "DELETE FROM activity_log")
        await sql(runtime, "DELETE FROM job_queue WHERE event_id IS NULL")
        await sql(runtime, "UPDATE movie_files SET missing_since = NULL")

    async def end() -> list[object]:
        looks = [row for row in await sql(runtime, LOOKS) if row[0] == "pending"]
        return [looks, await sql(runtime, STORY), await sql(runtime, "SELECT missing_since IS NULL FROM movie_files")]

    await as_before()
    moments = await counted(work)
    whole_end = await end()
    assert moments > 5
    assert len(whole_end[0]) == 1
    for moment in range(moments):
        await as_before()
        with pytest.raises(Killed):
            await killed_at(moment, work)
        await work()
        assert await end() == whole_end, moment


async def test_a_film_that_nobody_knows_is_nothing_to_look_for(runtime, radarr, film):
    await sql(runtime, "DELETE FROM movies")
    doubt = await checking.doubt_of_events(runtime, [await radarr.delete_file(SINTEL, "manual")])
    assert doubt.paths == (Path(radarr.movies / "Sintel (2010)" / VIDEO),)
    assert await importing.known_film(runtime, doubt.identity, doubt.path) is None
