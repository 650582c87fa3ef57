"""A new film in a real Kodi: there, with picture and cast; also where Kodi's caches stand in the way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from deployments.demo.clips import write_clip
from deployments.demo.film import Film
from deployments.demo.films import NOSFERATU, TEARS_OF_STEEL
from deployments.demo.house import radarr_download
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.operations import artwork, enrichment, importing, players, probing, publishing
from metarr_core.operations.inbox import Source, receive
from metarr_core.runtime import Runtime
from tests.kodi.conftest import mirrored_runtime, settings_with

pytestmark = pytest.mark.kodi

PROPERTIES = (
    "title",
    "file",
    "art",
    "cast",
    "uniqueid",
    "playcount",
    "userrating",
    "lastplayed",
    "plot",
    "streamdetails",
    "genre",
)


async def imported(runtime: Runtime, movies: Path, film: Film, folder: str, name: str = "film.mkv") -> tuple[MovieId, Path]:
    video = movies / folder / name
    video.parent.mkdir(exist_ok=True)
    write_clip(video, seconds=1, title=film.title)
    webhook = json.dumps(radarr_download(film, f"/data/movies/{folder}", video)).encode()
    event_id = await receive(runtime, Source("radarr", "radarr"), webhook)
    imports = await importing.imports_of_events(runtime, [event_id])
    return await importing.record(runtime, imports, Priority.CRITICAL), video


async def enriched(runtime: Runtime, movie_id: MovieId) -> None:
    await probing.probe_movie_files(runtime, movie_id)
    await enrichment.enrich_movie(runtime, movie_id)
    await artwork.download_artwork(runtime, movie_id)
    await publishing.publish_movie(runtime, movie_id)


def shown(real_kodi, video: Path) -> dict:
    (movie,) = [one for one in real_kodi.movies(*PROPERTIES) if one["file"] == str(video)]
    return movie


async def test_a_new_film_is_there_with_picture_and_cast_though_kodi_has_the_parent_cached(
    kodi_runtime, real_kodi, kodi_movies
):
    real_kodi.rpc("Files.GetDirectory", directory=f"{kodi_movies}/", media="files")
    movie_id, video = await imported(kodi_runtime, kodi_movies, TEARS_OF_STEEL, "Tears of Steel (2012)")
    await enriched(kodi_runtime, movie_id)
    assert await players.tell_players(kodi_runtime, movie_id) == []
    movie = shown(real_kodi, video)
    assert movie["title"] == "Tears of Steel"
    assert movie["uniqueid"] == {"tmdb": "133701", "imdb": "tt2285752"}
    assert {"poster", "fanart", "fanart1", "fanart2", "clearlogo"} <= set(movie["art"])
    assert [actor["name"] for actor in movie["cast"]] == [member.name for member in TEARS_OF_STEEL.cast]
    assert movie["streamdetails"]["video"][0]["codec"] == "h264"


async def test_a_film_that_changes_is_shown_anew_and_stays_watched(kodi_runtime, real_kodi, kodi_movies):
    movie_id, video = await imported(kodi_runtime, kodi_movies, NOSFERATU, "Nosferatu (1922)")
    await publishing.publish_movie(kodi_runtime, movie_id)
    assert await players.tell_players(kodi_runtime, movie_id) == []
    first = shown(real_kodi, video)
    assert "poster" not in first["art"]
    watched = {"playcount": 2, "userrating": 9, "lastplayed": "2024-05-06 20:15:00"}
    real_kodi.rpc("VideoLibrary.SetMovieDetails", movieid=first["movieid"], **watched)
    await enriched(kodi_runtime, movie_id)
    assert await players.tell_players(kodi_runtime, movie_id) == []
    movie = shown(real_kodi, video)
    assert {"poster", "fanart", "clearlogo"} <= set(movie["art"])
    assert movie["plot"] == NOSFERATU.overview
    assert {name: movie[name] for name in watched} == watched


async def test_a_kodi_that_was_off_is_told_when_it_is_back(kodi_runtime, real_kodi, kodi_movies):
    film = replace(NOSFERATU, tmdb_id=900, imdb_id="tt0000900", title="Back Later")
    movie_id, video = await imported(kodi_runtime, kodi_movies, film, "Back Later (1922)")
    await publishing.publish_movie(kodi_runtime, movie_id)
    real_kodi.stop()
    (why,) = await players.tell_players(kodi_runtime, movie_id)
    assert "is it on?" in why
    real_kodi.start()
    async with kodi_runtime.database.transaction() as session:
        await session.execute(text("UPDATE player_updates SET due_at = now()"))
    assert await players.deliver_due(kodi_runtime) == 1
    assert shown(real_kodi, video)["title"] == "Back Later"


@pytest.mark.parametrize(
    ("number", "folder"),
    [
        (901, "Amélie's 100% #1 (2001)"),
        (902, "-leading dash (2002)"),
        (903, "new\nline (2003)"),
        (904, "日本 [x] {tmdb-7} & Co (2004)"),
        (905, 'quo"ted; `odd` $HOME (2005)'),
    ],
)
async def test_odd_folders_reach_the_screen(kodi_runtime, real_kodi, kodi_movies, number, folder):
    film = replace(TEARS_OF_STEEL, tmdb_id=number, imdb_id=f"tt0000{number}", title=f"Odd {number}")
    movie_id, video = await imported(kodi_runtime, kodi_movies, film, folder, f"{folder}.mkv")
    await publishing.publish_movie(kodi_runtime, movie_id)
    assert await players.tell_players(kodi_runtime, movie_id) == []
    assert shown(real_kodi, video)["title"] == film.title


async def test_a_player_that_says_yes_and_does_nothing_is_not_believed(house, real_kodi):
    outside = house.movies  # a library that is none of this Kodi's sources
    async with mirrored_runtime(settings_with(house, outside, real_kodi)) as runtime:
        movie_id, _ = await imported(runtime, outside, TEARS_OF_STEEL, "Tears of Steel (2012)")
        await publishing.publish_movie(runtime, movie_id)
        (why,) = await players.tell_players(runtime, movie_id)
    assert "is the folder one of its video sources" in why
