"""A scan records what is new, follows what moved, and takes nothing out by mistake."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from deployments.demo.clips import write_clip
from deployments.demo.films import NOSFERATU, SINTEL, TEARS_OF_STEEL
from metarr_core.domain.ids import TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.metadata import Identity
from metarr_core.errors import InvalidFields, NotFoundError, StorageUnavailable
from metarr_core.operations import choosing, identification, importing, scan_steps, scanning
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.operations.probing import probe_movie_files
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.scanning import Scope
from metarr_core.operations.trash import trash_movie
from tests.operations.films import known, sql, whole
from tests.operations.kills import Killed, counted, killed_at
from tests.operations.offers import encoded, painting
from tests.operations.scans import MOVIES, counts, scan


def place(house, name: str, title: str | None = None) -> Path:
    """A clip in the library; each title has bytes of its own."""
    path = house.movies / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_clip(path, seconds=1, title=title or path.stem)


async def films(runtime):
    rows = await sql(runtime, "SELECT title, tmdb_id, identification_status FROM movies ORDER BY title, id")
    return [tuple(row) for row in rows]


async def paths(runtime):
    return [row.path for row in await sql(runtime, "SELECT path FROM movie_files WHERE missing_since IS NULL ORDER BY path")]


async def enriched(runtime, house, film=SINTEL) -> int:
    """A film that is whole: recorded, probed, enriched and published."""
    place(house, f"{film.title} ({film.year})/{film.title} ({film.year}).mkv")
    await scan(runtime)
    ((number,),) = await sql(runtime, "SELECT id FROM movies WHERE tmdb_id = :id", id=film.tmdb_id)
    await enrich_movie(runtime, number)
    await download_artwork(runtime, number)
    await publish_movie(runtime, number)
    return number


async def test_new_films_are_recorded_probed_identified_and_queued(runtime, house):
    place(house, "Sintel (2010)/Sintel (2010).mkv")
    place(house, "Nosferatu.1922.1080p.mkv")
    place(house, "holiday/holiday 2019.mkv")
    plan = await scan(runtime)
    assert counts(plan) == {"added": 3}
    assert await films(runtime) == [
        ("Nosferatu", NOSFERATU.tmdb_id, "identified"),
        ("Sintel", SINTEL.tmdb_id, "identified"),
        ("holiday", None, "unidentified"),
    ]
    assert len(await sql(runtime, "SELECT 1 FROM movie_files WHERE probed_at IS NOT NULL AND file_hash IS NOT NULL")) == 3
    (job,) = await sql(runtime, "SELECT job_type, priority, payload FROM job_queue")
    assert (job.job_type, job.priority, len(job.payload["movie_ids"])) == ("enrich-media", 5, 2)


async def test_a_second_scan_finds_nothing_and_asks_nobody(runtime, house):
    place(house, "Sintel (2010)/Sintel (2010).mkv")
    place(house, "holiday.mkv")
    await scan(runtime)
    before, asked = await sql(runtime, "SELECT count(*) FROM activity_log"), len(house.tmdb.requests)
    plan = await scan(runtime)
    assert (counts(plan), plan.unchanged) == ({}, 2)
    assert await sql(runtime, "SELECT count(*) FROM activity_log") == before
    assert len(house.tmdb.requests) == asked


async def test_making_a_plan_changes_nothing(runtime, house):
    place(house, "Sintel (2010)/Sintel (2010).mkv")
    plan = await scanning.plan(runtime, MOVIES)
    assert counts(plan) == {"added": 1}
    assert await sql(runtime, "SELECT 1 FROM movies") == []
    assert house.tmdb.requests == []


async def test_after_an_import_the_first_scan_finds_nothing_changed(runtime, house):
    video = place(house, "Sintel (2010)/Sintel (2010).mkv")
    one = importing.import_of_path(runtime, video, Identity("Sintel", 2010, TmdbId(SINTEL.tmdb_id)))
    number = await importing.record(runtime, [one], Priority.CRITICAL)
    await probe_movie_files(runtime, number)
    assert counts(await scan(runtime)) == {}
    assert len(await films(runtime)) == 1


async def test_another_time_and_the_same_bytes_is_no_change(runtime, house):
    video = place(house, "holiday.mkv")
    await scan(runtime)
    os.utime(video, ns=(1, 1))
    assert counts(await scan(runtime)) == {"touched": 1}
    assert counts(await scan(runtime)) == {}


async def test_a_changed_file_is_probed_again_and_the_film_stays_as_it_was(runtime, house):
    number = await enriched(runtime, house)
    before = await whole(runtime, number)
    await sql(runtime, "UPDATE video_streams SET width = 1")
    place(house, "Sintel (2010)/Sintel (2010).mkv", "other bytes")
    assert counts(await scan(runtime)) == {"changed": 1}
    after = await whole(runtime, number)
    assert [stream["width"] for stream in after["streams"]["video"]] == [320]
    for name in ("title", "plot", "actors", "artwork", "identification_status"):
        assert after[name] == before[name], name


async def test_a_film_that_moved_keeps_everything_and_its_sidecars_stand_beside_it(runtime, house):
    number = await enriched(runtime, house)
    old, new = house.movies / "Sintel (2010)", house.movies / "S" / "Sintel [2010]"
    asked = len(house.tmdb.requests)
    new.mkdir(parents=True)
    (old / "Sintel (2010).mkv").rename(new / "Sintel.mkv")
    assert counts(await scan(runtime)) == {"moved": 1}
    after = await whole(runtime, number)
    assert (after["file_path"], len(await films(runtime))) == (str(new / "Sintel.mkv"), 1)
    assert {"Sintel.nfo", "Sintel-poster.jpg"} <= {path.name for path in new.iterdir()}
    assert list(old.iterdir()) == []
    assert len(house.tmdb.requests) == asked


async def test_a_film_whose_file_is_gone_goes_to_the_trash_and_comes_back_with_it(runtime, house):
    number = await enriched(runtime, house)
    for title in ("a", "b", "c"):
        place(house, f"{title}.mkv")
    await scan(runtime)
    video = house.movies / "Sintel (2010)" / "Sintel (2010).mkv"
    aside = house.movies.with_name("aside.mkv")
    video.rename(aside)
    assert counts(await scan(runtime)) == {"removed": 1}
    ((trashed, reason),) = await sql(runtime, "SELECT trashed_at, trash_reason FROM movies WHERE id = :id", id=number)
    assert (trashed is not None, reason) == (True, "its file is gone from the library")
    assert counts(await scan(runtime)) == {}
    aside.rename(video)
    assert counts(await scan(runtime)) == {"returned": 1}
    ((trashed,),) = await sql(runtime, "SELECT trashed_at FROM movies WHERE id = :id", id=number)
    assert (trashed, (await whole(runtime, number))["identification_status"]) == (None, "enriched")


async def test_a_film_with_another_file_stays_when_one_is_gone(runtime, house):
    await enriched(runtime, house)
    second = place(house, "Sintel (2010)/Sintel (2010) 720p.mkv")
    await scan(runtime)
    assert len(await films(runtime)) == 1
    second.unlink()
    assert counts(await scan(runtime)) == {"removed": 1}
    assert await sql(runtime, "SELECT trashed_at FROM movies") == [(None,)]
    assert len(await paths(runtime)) == 1


async def test_nothing_is_removed_where_everything_is_missing_until_somebody_confirms(runtime, house):
    for number in range(12):
        place(house, f"film {number}.mkv")
    await scan(runtime)
    for video in house.movies.glob("*.mkv"):
        video.unlink()
    plan = await scan(runtime)
    assert (counts(plan), "Confirm removal" in plan.refusal) == ({}, True)
    assert await sql(runtime, "SELECT 1 FROM movies WHERE trashed_at IS NOT NULL") == []
    assert counts(await scan(runtime, replace(MOVIES, confirmed=True))) == {"removed": 12}
    assert len(await sql(runtime, "SELECT 1 FROM movies WHERE trashed_at IS NOT NULL")) == 12


async def test_where_more_than_a_few_are_missing_what_is_new_comes_in_all_the_same(runtime, house):
    for number in range(30):
        place(house, f"film {number}.mkv", "the same for all")
    await scan(runtime)
    for number in range(15):
        (house.movies / f"film {number}.mkv").unlink()
    place(house, "Sintel (2010).mkv")
    plan = await scan(runtime)
    assert (counts(plan), "15 of 30 known videos are missing" in plan.refusal) == ({"added": 1}, True)


async def test_a_disk_that_is_away_or_no_longer_mounted_stops_the_scan(runtime, house):
    place(house, "film.mkv")
    await scan(runtime)
    await sql(runtime, "UPDATE libraries SET was_mount = true")
    with pytest.raises(StorageUnavailable, match="it was a mount point and is none now"):
        await scan(runtime)
    shutil.rmtree(house.movies)
    with pytest.raises(StorageUnavailable, match="is the share mounted"):
        await scan(runtime)
    assert await sql(runtime, "SELECT trashed_at FROM movies") == [(None,)]


async def test_a_disk_that_goes_between_plan_and_removal_costs_nothing(runtime, house):
    for title in ("a", "b", "c", "d"):
        place(house, f"{title}.mkv")
    await scan(runtime)
    (house.movies / "a.mkv").unlink()
    plan = await scanning.plan(runtime, MOVIES)
    assert counts(plan) == {"removed": 1}
    shutil.rmtree(house.movies)
    with pytest.raises(StorageUnavailable):
        await scan_steps.remove_chunk(runtime, MOVIES, plan.removed)
    assert await sql(runtime, "SELECT 1 FROM movies WHERE trashed_at IS NOT NULL") == []


async def test_a_file_that_came_back_between_plan_and_removal_stays(runtime, house):
    for title in ("a", "b", "c", "d"):
        place(house, f"{title}.mkv")
    await scan(runtime)
    (house.movies / "a.mkv").unlink()
    plan = await scanning.plan(runtime, MOVIES)
    place(house, "a.mkv")
    assert (await scan_steps.remove_chunk(runtime, MOVIES, plan.removed)).count == 0
    assert await sql(runtime, "SELECT 1 FROM movies WHERE trashed_at IS NOT NULL") == []


async def test_what_was_kept_on_purpose_and_what_is_ignored_is_nobodys_business(runtime, house):
    place(house, "kept.mkv")
    place(house, "ignored.mkv")
    await scan(runtime)
    ((kept,),) = await sql(runtime, "SELECT id FROM movies WHERE title = 'kept'")
    await trash_movie(runtime, kept, "deleted in radarr, its files stay", files_stay=True)
    await sql(runtime, "DELETE FROM movies WHERE title = 'ignored'")
    await sql(
        runtime, "INSERT INTO ignored_paths (path, why) VALUES (:path, 'a test')", path=str(house.movies / "ignored.mkv")
    )
    assert counts(await scan(runtime)) == {}
    assert await sql(runtime, "SELECT title FROM movies WHERE trashed_at IS NULL") == []


async def test_an_ignored_film_is_passed_over_wherever_it_goes_and_nobody_misses_it(runtime, house):
    file = place(house, "holiday.mkv")
    await scan(runtime)
    ((film,),) = await sql(runtime, "SELECT id FROM movies")
    await choosing.ignore(runtime, film)
    moved = house.movies / "Private" / "our holiday.mkv"
    moved.parent.mkdir()
    file.rename(moved)
    assert counts(await scan(runtime)) == {"moved": 1}
    moved.unlink()
    place(house, "Sintel (2010).mkv")
    assert counts(await scan(runtime)) == {"added": 1}
    assert await sql(runtime, "SELECT trashed_at, identification_status FROM movies WHERE id = :id", id=film) == [
        (None, "ignored")
    ]
    told = await sql(runtime, "SELECT event_type FROM activity_log WHERE entity_id = :id ORDER BY id DESC LIMIT 1", id=film)
    assert told == [("file.moved",)]


async def test_an_unidentified_film_that_gets_a_better_name_is_looked_up_again(runtime, house):
    file = place(house, "holiday.mkv")
    await scan(runtime)
    assert [status for _, _, status in await films(runtime)] == ["unidentified"]
    file.rename(house.movies / f"{SINTEL.title} ({SINTEL.year}).mkv")
    assert counts(await scan(runtime)) == {"moved": 1}
    assert [(tmdb_id, status) for _, tmdb_id, status in await films(runtime)] == [(SINTEL.tmdb_id, "identified")]


async def test_only_a_folder_is_scanned_where_one_is_given(runtime, house):
    place(house, "A/a.mkv")
    place(house, "B/b.mkv")
    plan = await scan(runtime, Scope("Movies", str(house.movies / "A")))
    assert counts(plan) == {"added": 1}
    assert await paths(runtime) == [str(house.movies / "A" / "a.mkv")]


async def test_a_library_or_a_folder_that_is_none_is_refused_with_a_sentence(runtime, house):
    with pytest.raises(NotFoundError, match="no library 'Music' in the settings; known are: Movies"):
        scanning.scopes(runtime, "Music", "", confirmed=False)
    with pytest.raises(InvalidFields, match="lies in no library"):
        scanning.scopes(runtime, "", "/elsewhere", confirmed=False)
    inside = str(house.movies / "A")
    assert scanning.scopes(runtime, "", inside, confirmed=True) == [Scope("Movies", inside, confirmed=True)]
    assert scanning.scopes(runtime, "", str(house.movies), confirmed=False) == [MOVIES]


async def test_a_webhook_that_is_faster_than_the_scan_keeps_its_film(runtime, house):
    video = place(house, "Sintel (2010)/Sintel (2010).mkv")
    plan = await scanning.plan(runtime, MOVIES)
    one = importing.import_of_path(runtime, video, Identity("Sintel", 2010, TmdbId(SINTEL.tmdb_id)))
    number = await importing.record(runtime, [one], Priority.CRITICAL)
    assert (await scan_steps.add_chunk(runtime, MOVIES, plan.added)).count == 0
    assert [row.id for row in await sql(runtime, "SELECT id FROM movies")] == [number]
    assert await sql(runtime, "SELECT movie_id FROM movie_files") == [(number,)]


async def test_a_webhook_that_comes_while_the_scan_has_recorded_the_film_leaves_one_film(runtime, house):
    video = place(house, "Sintel (2010)/Sintel (2010).mkv")
    plan = await scanning.plan(runtime, MOVIES)
    await scan_steps.add_chunk(runtime, MOVIES, plan.added)
    one = importing.import_of_path(runtime, video, Identity("Sintel", 2010, TmdbId(SINTEL.tmdb_id)))
    await importing.record(runtime, [one], Priority.CRITICAL)
    await scan(runtime)
    assert await films(runtime) == [("Sintel", SINTEL.tmdb_id, "identified")]


async def test_a_hand_kept_library_keeps_its_pictures_and_its_texts(runtime, house):
    video = place(house, "Sintel (2010)/Sintel (2010).mkv")
    theirs = encoded(painting("by hand", 500, 750))
    video.with_name("poster.jpg").write_bytes(theirs)
    video.with_name("fanart.jpg").write_bytes(b"no picture at all")
    video.with_suffix(".nfo").write_text(
        "<movie><title>Sintel, my cut</title><plot>My own words.</plot><uniqueid type='tmdb'>45745</uniqueid></movie>"
    )
    await scan(runtime)
    ((number,),) = await sql(runtime, "SELECT id FROM movies")
    await enrich_movie(runtime, number)
    await download_artwork(runtime, number)
    await publish_movie(runtime, number)
    movie = await whole(runtime, number)
    assert (movie["title"], movie["plot"], movie["tmdb_id"]) == ("Sintel, my cut", "My own words.", SINTEL.tmdb_id)
    assert movie["tagline"] == SINTEL.tagline
    (poster,) = [one for one in movie["artwork"] if one["type"] == "poster"]
    assert poster["source"] == "local"
    assert video.with_name("poster.jpg").read_bytes() == video.with_name("Sintel (2010)-poster.jpg").read_bytes() == theirs
    assert video.with_name("fanart.jpg").read_bytes() == b"no picture at all"


async def test_the_texts_of_an_nfo_only_fill_gaps_where_they_are_not_trusted(runtime, house):
    careful = runtime.settings.scan.model_copy(update={"trust_nfo": False})
    runtime = replace(runtime, settings=runtime.settings.model_copy(update={"scan": careful}))
    video = place(house, "Sintel (2010)/Sintel (2010).mkv")
    video.with_suffix(".nfo").write_text("<movie><title>Wrong</title><uniqueid type='tmdb'>45745</uniqueid></movie>")
    await scan(runtime)
    ((number,),) = await sql(runtime, "SELECT id FROM movies")
    await enrich_movie(runtime, number)
    assert (await whole(runtime, number))["title"] == "Sintel"


async def test_a_picture_in_a_folder_of_many_films_belongs_to_none_of_them(runtime, house):
    place(house, "All/Sintel (2010).mkv")
    place(house, "All/Tears of Steel (2012).mkv")
    (house.movies / "All" / "poster.jpg").write_bytes(encoded(painting("whose", 500, 750)))
    await scan(runtime)
    assert await sql(runtime, "SELECT 1 FROM asset_references") == []
    assert [tmdb_id for _, tmdb_id, _ in await films(runtime)] == [SINTEL.tmdb_id, TEARS_OF_STEEL.tmdb_id]


@pytest.mark.long
async def test_a_scan_that_is_killed_anywhere_is_finished_by_the_next(runtime, house, monkeypatch):
    monkeypatch.setattr(scan_steps, "AT_ONCE", 1)  # so that its moments have an order
    monkeypatch.setattr(identification, "FILMS_AT_ONCE", 1)
    place(house, "Sintel (2010)/Sintel (2010).mkv")
    place(house, "holiday.mkv")

    async def scanned() -> None:
        await scan(runtime)

    async def as_before() -> None:
        async with runtime.database.transaction() as session:
            for table in ("job_queue", "bulks", "activity_log", "movies"):
                await session.execute(text(f"DELETE FROM {table}"))

    async def end():
        jobs = await sql(runtime, "SELECT DISTINCT job_type FROM job_queue")
        probed = await sql(runtime, "SELECT path, probed_at IS NOT NULL FROM movie_files ORDER BY path")
        return await films(runtime), [tuple(row) for row in probed], [tuple(row) for row in jobs]

    await scanned()
    await as_before()
    moments = await counted(scanned)
    whole_end = await end()
    assert [status for *_, status in whole_end[0]] == ["identified", "unidentified"]
    deaths = 0
    for moment in range(0, moments, 3):
        await as_before()
        try:
            await killed_at(moment, scanned)
        except (Killed, BaseExceptionGroup):  # not always as many statements: hashes and questions come when they come
            deaths += 1
        await scanned()
        assert await end() == whole_end, moment
    assert deaths > moments // 4


async def test_a_known_film_elsewhere_is_a_second_copy(runtime, house):
    first = await known(runtime, house, SINTEL)
    place(house, "4K/Sintel (2010) 2160p.mkv")
    await scan(runtime)
    assert {row.movie_id for row in await sql(runtime, "SELECT movie_id FROM movie_files")} == {first}
