"""What a purge removes, what it spares, and that it can be killed anywhere."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.db import locks
from metarr_core.domain.purging import A_VIDEO, AN_ORIGINAL, folders_of
from metarr_core.errors import LockBusy, NotFoundError, StateConflict
from metarr_core.files.library import draft_of
from metarr_core.operations import trash
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.purging import Rules, due_films, purge_film, purge_films
from tests.operations.films import known, sql
from tests.operations.kills import Killed, counted, killed_at
from tests.operations.offers import GOOD, encoded, offer, painting

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
THEN = Rules(AT + 31 * DAY)


@pytest.fixture
async def movie_id(runtime, house):
    """A film with an NFO and a poster in the library, in the trash; its video went with it."""
    number = await known(runtime, house)
    await offer(runtime, house, number, {"good.jpg": GOOD, "next.jpg": encoded(painting("next"))})
    await download_artwork(runtime, number)
    await publish_movie(runtime, number)
    (folder(house) / "Sintel (2010).mkv").unlink()
    await trash.trash_movie(runtime, number, "it was deleted in radarr", at=AT)
    (house.movies / "Another (1999)").mkdir()
    return number


def folder(house) -> Path:
    return house.movies / "Sintel (2010)"


def names(house) -> list[str]:
    return sorted(path.name for path in folder(house).iterdir()) if folder(house).exists() else []


async def rows(runtime, table: str) -> int:
    ((count,),) = await sql(runtime, f"SELECT count(*) FROM {table}")
    return int(count)


async def last_words(runtime):
    (line,) = await sql(runtime, "SELECT * FROM activity_log WHERE event_type = 'movie.permanently_deleted'")
    return line


async def test_a_film_whose_day_has_come_goes_with_all_that_we_wrote(runtime, house, movie_id):
    wrote = names(house)
    assert "Sintel (2010).nfo" in wrote
    assert await due_films(runtime, THEN.at, is_confirmed=False) == [movie_id]
    done = await purge_films(runtime, [movie_id], THEN)
    assert [len(plan.ours) for plan in done.purged] == [len(wrote)]
    assert not folder(house).exists()
    assert house.movies.exists()
    for table in ("movies", "movie_files", "library_files", "asset_references", "asset_candidates", "movie_actors"):
        assert await rows(runtime, table) == 0, table
    line = await last_words(runtime)
    assert (line.entity_id, line.severity, line.metadata["reason"]) == (movie_id, "warning", "it was deleted in radarr")
    assert sorted(Path(path).name for path in line.metadata["files"]) == wrote


async def test_its_pictures_stay_in_the_cache_as_unused_from_now_on(runtime, movie_id):
    await purge_film(runtime, movie_id, THEN)
    assets = await sql(runtime, "SELECT file_path, reference_count, orphaned_at FROM cache_assets")
    assert assets
    assert all(asset.reference_count == 0 and asset.orphaned_at for asset in assets)
    assert all(runtime.cache.path(asset.file_path).exists() for asset in assets)


async def test_a_film_whose_day_has_not_come_stays(runtime, house, movie_id):
    early = Rules(AT + 29 * DAY)
    before = names(house)
    assert await due_films(runtime, early.at, is_confirmed=False) == []
    with pytest.raises(StateConflict, match="stays in the trash until 2026-03-31"):
        await purge_film(runtime, movie_id, early)
    assert names(house) == before


async def test_the_trash_is_emptied_of_a_film_before_its_day_where_somebody_wants_it(runtime, house, movie_id):
    await purge_film(runtime, movie_id, Rules(AT + DAY, is_early=True))
    assert (await rows(runtime, "movies"), folder(house).exists()) == (0, False)


async def test_a_dry_run_tells_the_same_plan_and_changes_nothing(runtime, house, movie_id):
    before = names(house)
    shown = await purge_film(runtime, movie_id, replace(THEN, is_dry=True))
    assert (names(house), await rows(runtime, "movies")) == (before, 1)
    assert await purge_film(runtime, movie_id, THEN) == shown


async def test_what_others_wrote_stays_and_so_does_the_folder(runtime, house, movie_id):
    theirs = folder(house) / "Sintel (2010)-poster.jpg"
    theirs.write_bytes(b"another program's")
    (folder(house) / "Sintel (2010).en.srt").write_text("1")
    (folder(house) / "holiday.jpg").write_bytes(b"mine")
    plan = await purge_film(runtime, movie_id, THEN)
    assert [(Path(one.path).name, one.why) for one in plan.spared] == [
        (theirs.name, "its bytes are not those that we wrote")
    ]
    assert names(house) == ["Sintel (2010)-poster.jpg", "Sintel (2010).en.srt", "holiday.jpg"]
    assert theirs.read_bytes() == b"another program's"
    assert (await last_words(runtime)).metadata["spared"][0]["path"] == str(theirs)


async def test_a_picture_that_a_user_gave_us_stays_where_we_published_it(runtime, house, movie_id):
    await sql(runtime, "UPDATE asset_references SET source = 'user' WHERE type = 'poster' AND position = 0")
    plan = await purge_film(runtime, movie_id, THEN)
    assert {one.why for one in plan.spared} == {AN_ORIGINAL}
    assert names(house) == sorted(Path(one.path).name for one in plan.spared)


async def test_what_a_killed_write_left_goes_too_whatever_became_of_its_file(runtime, house, movie_id):
    nfo, poster = folder(house) / "Sintel (2010).nfo", folder(house) / "Sintel (2010)-poster.jpg"
    nfo.unlink()
    poster.write_bytes(b"another program's")
    for path in (nfo, poster):
        draft_of(path).write_bytes(b"half of")
    await purge_film(runtime, movie_id, THEN)
    assert names(house) == [poster.name]


async def test_a_draft_of_a_file_that_is_not_in_the_ledger_stays(runtime, house, movie_id):
    draft = draft_of(folder(house) / "nobody's.nfo")
    draft.write_bytes(b"half of")
    await purge_film(runtime, movie_id, THEN)
    assert names(house) == [draft.name]


async def test_the_story_tells_where_the_cache_keeps_what_others_wrote_before_us(runtime, house, movie_id):
    nfo = folder(house) / "Sintel (2010).nfo"
    nfo.write_bytes(b"<movie><title>mine</title></movie>, and more")
    (folder(house) / "Sintel (2010).mkv").write_bytes(b"a film")
    await sql(runtime, "UPDATE movie_files SET missing_since = NULL, kept = true")
    await publish_movie(runtime, movie_id)
    await purge_film(runtime, movie_id, THEN)
    (kept,) = (await last_words(runtime)).metadata["originals"]
    assert (kept["source"], kept["url"]) == ("local", f"file:{nfo}")
    assert runtime.cache.path(kept["file_path"]).read_bytes() == b"<movie><title>mine</title></movie>, and more"


async def test_a_link_at_our_path_is_somebody_elses(runtime, house, movie_id):
    nfo = folder(house) / "Sintel (2010).nfo"
    elsewhere = house.movies / "elsewhere.nfo"
    shutil.move(nfo, elsewhere)
    nfo.symlink_to(elsewhere)
    await purge_film(runtime, movie_id, THEN)
    assert (nfo.is_symlink(), elsewhere.exists()) == (True, True)


async def test_a_video_that_was_kept_stays_and_no_scan_takes_it_for_a_new_film(runtime, house, movie_id):
    await sql(runtime, "UPDATE movie_files SET kept = true, missing_since = NULL")
    video = folder(house) / "Sintel (2010).mkv"
    video.write_bytes(b"a film")
    plan = await purge_film(runtime, movie_id, THEN)
    assert [(one.path, one.why) for one in plan.spared] == [(str(video), A_VIDEO)]
    assert names(house) == [video.name]
    assert [row.path for row in await sql(runtime, "SELECT path FROM ignored_paths")] == [str(video)]


async def test_a_film_whose_lost_file_is_there_again_comes_back_instead(runtime, house, movie_id):
    (folder(house) / "Sintel (2010).mkv").write_bytes(b"a film")
    before = names(house)
    done = await purge_films(runtime, [movie_id], THEN)
    assert (len(done.returned), done.purged, names(house)) == (1, [], before)
    ((trashed_at,),) = await sql(runtime, "SELECT trashed_at FROM movies")
    assert trashed_at is None
    assert await sql(runtime, "SELECT job_type, payload FROM job_queue") == [("restore-media", {"movie_id": movie_id})]
    assert await sql(runtime, "SELECT missing_since FROM movie_files") == [(None,)]


@pytest.mark.parametrize("state", ["empty", "away"])
async def test_a_library_that_is_away_or_empty_keeps_its_films_until_somebody_confirms(runtime, house, movie_id, state):
    elsewhere = house.movies.with_name("unmounted")
    house.movies.rename(elsewhere)
    if state == "empty":
        house.movies.mkdir()
    done = await purge_films(runtime, [movie_id], THEN)
    assert [plan.hindrance.endswith("is the share mounted?") for plan in done.waiting] == [True]
    assert await rows(runtime, "movies") == 1
    await purge_films(runtime, [movie_id], replace(THEN, is_confirmed=True))
    assert await rows(runtime, "movies") == 0
    assert (elsewhere / "Sintel (2010)" / "Sintel (2010).nfo").exists()


async def test_unusually_many_films_wait_for_somebody_to_confirm(runtime, house, movie_id):
    few = runtime.settings.trash.model_copy(update={"max_purge_films": 0})
    careful = replace(runtime, settings=runtime.settings.model_copy(update={"trash": few}))
    with pytest.raises(StateConflict, match=r"1 films would be deleted for good, more than trash.max_purge_films \(0\)"):
        await due_films(careful, THEN.at, is_confirmed=False)
    assert await due_films(careful, THEN.at, is_confirmed=True) == [movie_id]


async def test_a_film_that_something_works_on_is_left_for_the_next_purge(runtime, house, movie_id):
    async with locks.held(runtime.database, f"movie:tmdb:{SINTEL.tmdb_id}"):
        with pytest.raises(LockBusy):
            await purge_film(runtime, movie_id, THEN)
        assert len((await purge_films(runtime, [movie_id], THEN)).skipped) == 1
    assert len((await purge_films(runtime, [movie_id], THEN)).purged) == 1


async def test_a_restore_and_a_purge_at_once_one_of_them_wins_wholly(runtime, house, movie_id):
    before = names(house)
    outcomes = await asyncio.gather(
        purge_film(runtime, movie_id, THEN), trash.restore_movie(runtime, movie_id, "a test"), return_exceptions=True
    )
    lost = [one for one in outcomes if isinstance(one, Exception)]
    assert [type(one) for one in lost] in ([NotFoundError], [StateConflict])
    is_restored = isinstance(lost[0], StateConflict)
    assert await rows(runtime, "movies") == int(is_restored)
    assert names(house) == (before if is_restored else [])


async def test_one_film_that_cannot_be_purged_keeps_none_from_it(runtime, house, movie_id):
    other = await known(runtime, house, NOSFERATU)
    done = await purge_films(runtime, [other, movie_id], THEN)
    assert done.skipped == [f"film {other}: Nosferatu is not in the trash, so it is not purged"]
    assert [plan.movie_id for plan in done.purged] == [movie_id]


async def test_one_whose_files_cannot_be_looked_at_stays_in_the_trash_and_the_others_of_its_batch_go(
    runtime, house, movie_id
):
    other = await known(runtime, house, NOSFERATU)
    await publish_movie(runtime, other)
    nfo = house.folder(NOSFERATU) / "Nosferatu (1922).nfo"
    nfo.unlink()
    nfo.symlink_to(nfo.name)  # to itself, without end
    await trash.trash_movie(runtime, other, "a test", files_stay=True, at=AT)
    done = await purge_films(runtime, [other, movie_id], THEN)
    assert [plan.movie_id for plan in done.purged] == [movie_id]
    assert [why.startswith(f"film {other}: {nfo}") for why in done.skipped] == [True]
    assert await sql(runtime, "SELECT id FROM movies") == [(other,)]
    assert not folder(house).exists()


async def test_a_purge_that_is_killed_anywhere_is_finished_by_the_next(runtime, house, movie_id):
    theirs = folder(house) / "Sintel (2010)-poster.jpg"
    theirs.write_bytes(b"another program's")
    library, kept = house.movies, house.movies.with_name("kept")
    shutil.copytree(library, kept)
    tables = ("movies", "movie_files", "library_files", "asset_references", "activity_log", "cache_assets")

    async def purged() -> None:
        await purge_film(runtime, movie_id, THEN)

    async def remember() -> None:
        for table in tables:
            await sql(runtime, f"CREATE TABLE was_{table} AS SELECT * FROM {table}")

    async def as_before() -> None:
        shutil.rmtree(library)
        shutil.copytree(kept, library)
        async with runtime.database.transaction() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for table in tables:
                await session.execute(text(f"DELETE FROM {table}"))
                await session.execute(text(f"INSERT INTO {table} SELECT * FROM was_{table}"))

    async def end() -> object:
        told = (await last_words(runtime)).metadata
        return names(house), [await rows(runtime, table) for table in tables], told, theirs.read_bytes()

    await remember()
    moments = await counted(purged)
    whole_end = await end()
    assert moments > 10
    for moment in range(moments):
        await as_before()
        with pytest.raises(Killed):
            await killed_at(moment, purged)
        assert await rows(runtime, "movies") == 1, moment
        await purged()
        assert await end() == whole_end, moment


def test_folders_are_those_of_the_film_the_deepest_first_and_never_the_library():
    paths = ["/m/A (1)/A.mkv", "/m/A (1)/extrafanart/1.jpg", "/m/loose.nfo", "/other/x.jpg"]
    assert folders_of(paths, "/m") == ("/m/A (1)/extrafanart", "/m/A (1)")
