"""A new film through all operations, with a real database, real files, and stand-ins that speak HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from deployments.demo.clips import write_clip
from deployments.demo.faults import Fault
from deployments.demo.films import SINTEL, TEARS_OF_STEEL
from deployments.demo.house import radarr_download
from deployments.demo.proof import shortcomings
from metarr_core.db import artwork, library_files, movies
from metarr_core.domain.ids import EventId, MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.errors import FileNotVisibleYet, ProviderUnavailable
from metarr_core.operations import artwork as artwork_operations
from metarr_core.operations import enrichment, importing, players, probing, publishing
from metarr_core.operations.inbox import Source, receive
from metarr_core.runtime import Runtime
from metarr_core.web import views
from tests.conftest import House

RADARR = Source("radarr", "radarr")


async def told(runtime: Runtime, house: House, film=TEARS_OF_STEEL, name: str | None = None) -> tuple[EventId, Path]:
    video = house.folder(film) / (name or f"{film.title} ({film.year}).mkv")
    write_clip(video, seconds=1, title=film.title)
    webhook = radarr_download(film, f"/data/movies/{video.parent.name}", video)
    return await receive(runtime, RADARR, json.dumps(webhook).encode()), video


async def recorded(runtime: Runtime, event_id: EventId) -> MovieId:
    return await importing.record(runtime, await importing.imports_of_events(runtime, [event_id]), Priority.CRITICAL)


async def all_steps(runtime: Runtime, movie_id: MovieId) -> None:
    await probing.probe_movie_files(runtime, movie_id)
    await enrichment.enrich_movie(runtime, movie_id)
    await artwork_operations.download_artwork(runtime, movie_id)
    await publishing.publish_movie(runtime, movie_id)
    await players.tell_players(runtime, movie_id)


async def whole(runtime: Runtime, movie_id: MovieId) -> dict:
    async with runtime.database.transaction() as session:
        return await views.movie_whole(session, movie_id)


async def test_a_new_film_ends_with_nfo_artwork_rows_and_on_the_screen(runtime, house):
    event_id, video = await told(runtime, house)
    movie_id = await recorded(runtime, event_id)
    await all_steps(runtime, movie_id)
    assert shortcomings(TEARS_OF_STEEL, video, await whole(runtime, movie_id), house.kodi) == []


async def test_all_steps_twice_are_the_same_as_once(runtime, house):
    event_id, video = await told(runtime, house)
    movie_id = await recorded(runtime, event_id)
    await all_steps(runtime, movie_id)
    before = await whole(runtime, movie_id)
    stats = {path: path.stat().st_mtime_ns for path in video.parent.iterdir()}
    asked = len([line for line in house.tmdb.requests if "/t/p/" in line])
    assert await recorded(runtime, event_id) == movie_id
    await all_steps(runtime, movie_id)
    after = await whole(runtime, movie_id)
    ignored = {"updated_at", "enriched_at"}
    assert {k: v for k, v in after.items() if k not in ignored} == {k: v for k, v in before.items() if k not in ignored}
    assert {path: path.stat().st_mtime_ns for path in video.parent.iterdir()} == stats
    assert len([line for line in house.tmdb.requests if "/t/p/" in line]) == asked


async def test_a_file_that_is_not_there_yet_is_worth_another_try(runtime, house):
    event_id, video = await told(runtime, house)
    video.unlink()
    with pytest.raises(FileNotVisibleYet, match="not there yet"):
        await recorded(runtime, event_id)


async def test_without_a_provider_the_film_still_gets_a_first_nfo_from_what_radarr_sent(runtime, house):
    house.tmdb.faults.add("/3/", Fault(status=503))
    event_id, video = await told(runtime, house, SINTEL)
    movie_id = await recorded(runtime, event_id)
    await probing.probe_movie_files(runtime, movie_id)
    with pytest.raises(ProviderUnavailable):
        await enrichment.enrich_movie(runtime, movie_id)
    await publishing.publish_movie(runtime, movie_id)
    nfo = video.with_suffix(".nfo").read_text("utf-8")
    assert "<title>Sintel</title>" in nfo
    assert '<uniqueid type="tmdb" default="true">45745</uniqueid>' in nfo
    assert "<codec>h264</codec>" in nfo
    assert (await whole(runtime, movie_id))["identification_status"] == "identified"


async def test_one_failed_picture_makes_room_for_the_next(runtime, house):
    event_id, _ = await told(runtime, house)
    movie_id = await recorded(runtime, event_id)
    await enrichment.enrich_movie(runtime, movie_id)
    async with runtime.database.transaction() as session:
        best = next(one for one in await artwork.candidates(session, movie_id) if one.type == "poster")
    house.tmdb.faults.add(best.url.rsplit("/", 1)[1], Fault(status=404))
    downloads = await artwork_operations.download_artwork(runtime, movie_id)
    posters = [one for one in (await whole(runtime, movie_id))["artwork"] if one["type"] == "poster"]
    assert len(downloads.failed) == 1
    assert [one["url"] for one in posters] != [best.url]
    assert len(posters) == 1


async def test_html_instead_of_a_picture_is_refused_and_leaves_no_draft(runtime, house):
    event_id, _ = await told(runtime, house)
    movie_id = await recorded(runtime, event_id)
    await enrichment.enrich_movie(runtime, movie_id)
    house.tmdb.faults.add("/t/p/", Fault(status=200, body=b"<html>maintenance</html>"))
    house.fanart_tv.faults.add("/fanart/", Fault(status=200, body=b"<html>maintenance</html>"))
    downloads = await artwork_operations.download_artwork(runtime, movie_id)
    assert downloads.stored == 0
    assert all("not a JPEG, PNG or WebP picture" in reason for reason in downloads.failed)
    assert list((runtime.cache.root / "incoming").iterdir()) == []


async def test_foreign_bytes_at_our_path_go_into_the_cache_first(runtime, house):
    event_id, video = await told(runtime, house)
    video.with_suffix(".nfo").write_bytes(b"<movie><title>My own</title></movie>")
    movie_id = await recorded(runtime, event_id)
    await publishing.publish_movie(runtime, movie_id)
    kept = [path.read_bytes() for path in runtime.cache.root.rglob("*.nfo")]
    assert kept == [b"<movie><title>My own</title></movie>"]
    assert b"My own" not in video.with_suffix(".nfo").read_bytes()


async def test_an_identical_foreign_file_is_left_alone_and_not_called_ours(runtime, house):
    event_id, _ = await told(runtime, house)
    movie_id = await recorded(runtime, event_id)
    await publishing.publish_movie(runtime, movie_id)
    async with runtime.database.transaction() as session:
        for row in await library_files.of_movie(session, movie_id):
            await session.delete(row)
    assert await publishing.publish_movie(runtime, movie_id) == []
    async with runtime.database.transaction() as session:
        assert await library_files.of_movie(session, movie_id) == []


async def test_a_locked_field_is_never_written_by_a_provider(runtime, house):
    event_id, _ = await told(runtime, house)
    movie_id = await recorded(runtime, event_id)
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        movie.title, movie.locked_fields = "My title", ["title", "actors"]
    await enrichment.enrich_movie(runtime, movie_id)
    after = await whole(runtime, movie_id)
    assert (after["title"], after["actors"]) == ("My title", [])
    assert after["genres"] == list(TEARS_OF_STEEL.genres)


async def test_a_player_that_is_off_is_told_when_it_is_back(runtime, house):
    house.kodi.available = False
    event_id, video = await told(runtime, house)
    movie_id = await recorded(runtime, event_id)
    await publishing.publish_movie(runtime, movie_id)
    waiting = await players.tell_players(runtime, movie_id)
    assert len(waiting) == 1
    assert "sofa" in waiting[0]
    house.kodi.available = True
    await _make_due(runtime)
    assert await players.deliver_due(runtime) == 1
    assert [movie.file for movie in house.kodi.library.movies.values()] == [video]
    assert await players.deliver_due(runtime) == 0


async def _make_due(runtime: Runtime) -> None:
    async with runtime.database.transaction() as session:
        await session.execute(text("UPDATE player_updates SET due_at = now()"))


async def test_a_changed_film_is_shown_anew_and_stays_watched(runtime, house):
    event_id, video = await told(runtime, house)
    movie_id = await recorded(runtime, event_id)
    await publishing.publish_movie(runtime, movie_id)
    await players.tell_players(runtime, movie_id)
    (row,) = house.kodi.library.movies.values()
    house.kodi.library.change(row.movieid, {"playcount": 3, "userrating": 8})
    await all_steps(runtime, movie_id)
    (row,) = house.kodi.library.movies.values()
    assert row.file == video
    assert "poster" in row.details["art"]
    assert (row.details["playcount"], row.details["userrating"]) == (3, 8)


@pytest.mark.parametrize("name", ["Amélie's 100% #1.mkv", "-leading dash.mkv", "new\nline.mkv", "日本 [x] {tmdb-7}.mkv"])
async def test_odd_names_pass_through_every_step(runtime, house, name):
    event_id, video = await told(runtime, house, TEARS_OF_STEEL, name)
    movie_id = await recorded(runtime, event_id)
    await all_steps(runtime, movie_id)
    assert shortcomings(TEARS_OF_STEEL, video, await whole(runtime, movie_id), house.kodi) == []
