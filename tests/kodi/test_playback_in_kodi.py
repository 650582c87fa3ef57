"""An upgrade under the eyes of somebody who watches: a real Kodi goes on with the new file, at the same second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from deployments.demo.film import Film
from deployments.demo.films import TEARS_OF_STEEL
from metarr_core.db.tables.players import PlaybackState
from metarr_core.operations import listening
from metarr_core.runtime import Runtime
from tests.kodi.comings import LARGE, come, go, told
from tests.real_kodi.kodi import RealKodi

pytestmark = pytest.mark.kodi

LENGTH = 60
PATIENCE = 20


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count(8001)


@pytest.fixture
def film(numbers: Iterator[int]) -> Film:
    """A film of its own."""
    number = next(numbers)
    return replace(TEARS_OF_STEEL, tmdb_id=number, imdb_id=f"tt{number:07}", title=f"Playing {number}")


@pytest.fixture(autouse=True)
def _idle(real_kodi: RealKodi) -> Iterator[None]:
    yield
    real_kodi.rpc("Player.Stop", playerid=1)


def played(kodi: RealKodi) -> dict:
    """What plays, with its position in seconds; empty: nothing."""
    if not kodi.rpc("Player.GetActivePlayers"):
        return {}
    item = kodi.rpc("Player.GetItem", playerid=1, properties=["file"])["item"]
    state = kodi.rpc("Player.GetProperties", playerid=1, properties=["time", "speed", "totaltime"])
    time = state["time"]
    position = time["hours"] * 3600 + time["minutes"] * 60 + time["seconds"] + time["milliseconds"] / 1000
    return {"file": item["file"], "position": position, "speed": state["speed"], "total": state["totaltime"]}


async def until(condition, what: str):
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not (found := condition()):
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.05)
    return found


async def play(kodi: RealKodi, video: Path, second: int) -> None:
    kodi.rpc("Player.Open", item={"file": str(video)}, options={"resume": {"minutes": second // 60, "seconds": second % 60}})
    await until(lambda: played(kodi).get("position", 0) > second, "it plays")


@asynccontextmanager
async def followed(runtime: Runtime) -> AsyncIterator[None]:
    """The players' process listens."""
    following = asyncio.create_task(listening.follow(runtime, "kodi"))
    try:
        yield
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def states(runtime: Runtime) -> list[PlaybackState]:
    async with runtime.database.transaction() as session:
        return list((await session.execute(select(PlaybackState))).scalars())


@pytest.mark.parametrize("new_name", ["new 1080p.mkv", "old 720p.mkv"], ids=["new name", "same name"])
async def test_a_film_that_plays_goes_on_with_the_new_file_at_the_same_second(
    kodi_runtime, real_kodi, kodi_movies, film, new_name
):
    movie_id, video = await come(kodi_runtime, kodi_movies, film, "old 720p.mkv", seconds=LENGTH)
    await told(kodi_runtime, movie_id)
    async with followed(kodi_runtime):
        await play(real_kodi, video, 20)
        go(video)
        _, new = await come(kodi_runtime, kodi_movies, film, new_name, size=LARGE, seconds=LENGTH)
        before = played(real_kodi)
        began = asyncio.get_running_loop().time()
        await told(kodi_runtime, movie_id)
        after = played(real_kodi)
        took = asyncio.get_running_loop().time() - began
    assert after["file"] == str(new)
    assert before["position"] - 1 <= after["position"] <= before["position"] + took + 1
    (state,) = await states(kodi_runtime)
    assert state.restored_at is not None
    assert len([one for one in real_kodi.movies("file") if one["label"] == film.title]) == 1
