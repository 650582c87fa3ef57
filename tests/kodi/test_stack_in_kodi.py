"""The whole way: from Radarr's webhook through every process to a real Kodi's screen."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from deployments.demo.clips import write_clip
from deployments.demo.films import FILMS, NOSFERATU, SINTEL, TEARS_OF_STEEL
from deployments.demo.house import PlayerAccess, radarr_download
from tests.kodi.comings import LARGE
from tests.kodi.test_playback_in_kodi import play, played, until
from tests.real_kodi.kodi import RealKodi
from tests.stack.conftest import LiveHouse, live_house, own_environment

__all__ = ["own_environment"]

pytestmark = [pytest.mark.kodi, pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(own_environment: None, real_kodi: RealKodi, kodi_movies: Path) -> AsyncIterator[LiveHouse]:
    player = PlayerAccess(real_kodi.url, real_kodi.websocket_url, real_kodi.username, real_kodi.password)
    with tempfile.TemporaryDirectory(prefix="metarr-tests-") as name:
        Path(name).chmod(0o711)
        async with live_house(Path(name), FILMS, kodi_movies, player) as house:
            yield house


@pytest.mark.parametrize("film", [TEARS_OF_STEEL, NOSFERATU], ids=lambda film: film.title)
async def test_a_film_that_radarr_imports_stands_in_kodi_with_picture_and_cast(live, real_kodi, film):
    event_id, video = await live.import_film(film, f"{film.title} - as Radarr named it ({film.year})")
    event = await live.ended(event_id)
    assert (event["status"], event["error"]) == ("done", None)
    shown = [one for one in real_kodi.movies("file", "art", "cast", "uniqueid", "plot", "tag") if one["file"] == str(video)]
    assert [one["label"] for one in shown] == [film.title]
    assert {"poster", "fanart", "clearlogo", "banner", "clearart", "discart", "landscape"} <= set(shown[0]["art"])
    assert [actor["name"] for actor in shown[0]["cast"]] == [member.name for member in film.cast]
    assert shown[0]["uniqueid"]["tmdb"] == str(film.tmdb_id)
    assert (await live.get("player-updates", status="pending"))["total"] == 0


@pytest.mark.parametrize("name", ["{} Remux-2160p.mkv", "{}.mkv"], ids=["new name", "same name"])
async def test_who_watches_while_radarr_upgrades_the_film_goes_on_with_the_new_file(live, real_kodi, tmp_path, name):
    number = 8500 + len(name)
    film = replace(SINTEL, tmdb_id=number, imdb_id=f"tt{number:07}", title=f"Sintel {number}")
    live.tmdb.films[film.tmdb_id] = live.fanart_tv.films[film.tmdb_id] = film
    folder = f"/data/movies/{film.title} ({film.year})"
    old = write_clip(await live.place(film), seconds=60, title="old")
    await live.ended(await live.tell(radarr_download(film, folder, old)))
    movie = await live.movie(film)
    await play(real_kodi, old)
    better = write_clip(tmp_path / "better.mkv", seconds=60, title="new", size=LARGE)
    new = old.with_name(name.format(old.stem))
    told = radarr_download(film, folder, old)
    deleted = {"eventType": "MovieFileDelete", "deleteReason": "upgrade", "isUpgrade": None}
    await live.ended(await live.tell({**told, "eventType": "Grab", "release": {"releaseTitle": "Sintel.2160p"}}))
    old.unlink()
    await live.tell({**told, **deleted})
    shutil.move(better, new)
    began, before = time.monotonic(), played(real_kodi)["position"]
    event_id = await live.tell(radarr_download(film, folder, new) | {"isUpgrade": True, "deletedFiles": [told["movieFile"]]})
    await until(lambda: played(real_kodi).get("size") == LARGE, "the new file plays")
    event = await live.ended(event_id)
    took, after = time.monotonic() - began, played(real_kodi)  # while it seeks, Kodi does not know yet where it is
    assert (event["status"], event["error"]) == ("done", None)
    assert after["file"] == str(new)
    assert before - 1 <= after["position"] <= before + took + 1
    story = [line["event_type"] for line in (await live.get("activity", movie_id=movie["id"], page_size=200))["items"]]
    assert {"upgrade.announced", "movie.upgraded", "playback.resumed"} <= set(story)
    assert len([one for one in real_kodi.movies() if one["label"] == film.title]) == 1
    real_kodi.rpc("Player.Stop", playerid=1)
