"""The whole way: from Radarr's webhook through every process to a real Kodi's screen."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from deployments.demo.films import FILMS, NOSFERATU, TEARS_OF_STEEL
from deployments.demo.house import PlayerAccess
from tests.real_kodi.kodi import RealKodi
from tests.stack.conftest import LiveHouse, live_house, own_environment

__all__ = ["own_environment"]

pytestmark = [pytest.mark.kodi, pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(own_environment: None, real_kodi: RealKodi, kodi_movies: Path) -> AsyncIterator[LiveHouse]:
    player = PlayerAccess(real_kodi.url, real_kodi.username, real_kodi.password)
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
