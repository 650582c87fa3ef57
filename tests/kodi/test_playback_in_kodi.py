"""An upgrade under the eyes of somebody who watches: a real Kodi goes on with the new file, at the same second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from deployments import players as players_process
from deployments.demo.film import Film
from deployments.demo.films import TEARS_OF_STEEL
from metarr_core.clients import kodi_events
from metarr_core.db.tables.players import PlaybackState
from metarr_core.errors import PlayerUnreachable
from metarr_core.operations import playback, players
from metarr_core.runtime import Runtime
from tests.conftest import House
from tests.kodi.comings import LARGE, come, go, publish, told
from tests.kodi.conftest import mirrored_runtime, settings_with
from tests.real_kodi.kodi import RealKodi

pytestmark = pytest.mark.kodi

LENGTH, SECOND = 60, 20
PATIENCE = 30
WATCHED = {"playcount": 3, "userrating": 8, "lastplayed": "2024-05-06 20:15:00", "dateadded": "2020-01-02 03:04:05"}
T = TypeVar("T")


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count(8001)


@pytest.fixture
def film(numbers: Iterator[int]) -> Film:
    """A film of its own."""
    return another(numbers)


def another(numbers: Iterator[int]) -> Film:
    number = next(numbers)
    return replace(TEARS_OF_STEEL, tmdb_id=number, imdb_id=f"tt{number:07}", title=f"Playing {number}")


@pytest.fixture(autouse=True)
def _idle(real_kodi: RealKodi) -> Iterator[None]:
    yield
    real_kodi.rpc("Player.Stop", playerid=1)


@pytest.fixture(scope="module")
def bedroom(kodi_movies: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealKodi]:
    """Another Kodi over the same folder."""
    with RealKodi(tmp_path_factory.mktemp("bedroom"), {"Movies": kodi_movies}) as kodi:
        yield kodi


@pytest.fixture
async def two_kodis(house: House, real_kodi: RealKodi, bedroom: RealKodi, kodi_movies: Path) -> AsyncIterator[Runtime]:
    async with mirrored_runtime(settings_with(house, kodi_movies, real_kodi, bedroom)) as runtime:
        yield runtime


def played(kodi: RealKodi) -> dict[str, Any]:
    """What plays; empty: nothing."""
    if not kodi.rpc("Player.GetActivePlayers"):
        return {}
    item = kodi.rpc("Player.GetItem", playerid=1, properties=["file"])["item"]
    state = kodi.rpc(
        "Player.GetProperties", playerid=1, properties=["time", "speed", "currentvideostream", "subtitleenabled"]
    )
    time = state["time"]
    position = time["hours"] * 3600 + time["minutes"] * 60 + time["seconds"] + time["milliseconds"] / 1000
    video = state["currentvideostream"]
    return {
        "file": item["file"],
        "position": position,
        "speed": state["speed"],
        "size": (video.get("width"), video.get("height")),
        "subtitle": state["subtitleenabled"],
    }


async def until(condition: Callable[[], T], what: str) -> T:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not (found := condition()):
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.05)
    return found


async def play(kodi: RealKodi, video: Path, second: int = SECOND) -> None:
    kodi.rpc("Player.Open", item={"file": str(video)}, options={"resume": {"seconds": second}})
    await until(lambda: played(kodi).get("position", 0) > second, "it plays")


async def at_rest(kodi: RealKodi) -> dict[str, Any]:
    """What stands still; a moment after it was paused, Kodi still corrects where that is."""
    seen: list[dict[str, Any]] = []

    def is_at_rest() -> bool:
        seen.append(played(kodi))
        return len(seen) > 1 and seen[-1] == seen[-2] and seen[-1]["speed"] == 0

    await until(is_at_rest, "it stands still")
    return seen[-1]


@asynccontextmanager
async def followed(runtime: Runtime) -> AsyncIterator[None]:
    """The players' process is at work."""
    working = asyncio.create_task(players_process.serve(runtime))
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def states(runtime: Runtime) -> list[PlaybackState]:
    async with runtime.database.transaction() as session:
        return list((await session.execute(select(PlaybackState))).scalars())


async def has_ended(runtime: Runtime, how: str | None) -> None:
    """What is played has ended like this; None: it goes on."""
    for _ in range(PATIENCE * 10):
        if [state.ended for state in await states(runtime)] == [how]:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"it is not known that it {how or 'plays'}")


def entries(kodi: RealKodi, film: Film) -> list[dict[str, Any]]:
    return [one for one in kodi.movies("file", *WATCHED, "resume") if one["label"] == film.title]


async def watched_film(runtime: Runtime, movies: Path, film: Film, *kodis: RealKodi) -> tuple[Any, Path]:
    """A film that was watched on each Kodi."""
    movie_id, video = await come(runtime, movies, film, "old 720p.mkv", seconds=LENGTH)
    await told(runtime, movie_id)
    for kodi in kodis:
        (entry,) = entries(kodi, film)
        kodi.rpc("VideoLibrary.SetMovieDetails", movieid=entry["movieid"], **WATCHED)
    return movie_id, video


async def upgrade(runtime: Runtime, movies: Path, film: Film, old: Path, name: str = "new 1080p.mkv") -> Path:
    """The new file comes; players are not told."""
    go(old)
    movie_id, new = await come(runtime, movies, film, name, size=LARGE, seconds=LENGTH)
    await publish(runtime, movie_id)
    return new


def stays_watched(kodi: RealKodi, film: Film, video: Path) -> None:
    (entry,) = entries(kodi, film)
    assert entry["file"] == str(video)
    assert {name: entry[name] for name in ("playcount", "userrating", "dateadded")} == {
        name: WATCHED[name] for name in ("playcount", "userrating", "dateadded")
    }


async def test_kodi_tells_what_it_does_however_often_it_is_asked_whether_it_is_there(
    kodi_runtime, real_kodi, kodi_movies, film
):
    _, video = await come(kodi_runtime, kodi_movies, film, "film.mkv", seconds=LENGTH)
    async with kodi_events.listen("kodi", real_kodi.websocket_url) as events:
        assert [await events.next(0.3) for _ in range(5)] == [None] * 5
        await play(real_kodi, video)
        real_kodi.rpc("Player.Stop", playerid=1)
        told = [await events.next(PATIENCE)]
        while told[-1] is not None and told[-1].method != "Player.OnStop":
            told.append(await events.next(PATIENCE))
    assert {"Player.OnPlay", "Player.OnStop"} <= {event.method for event in told if event}
    assert told[-1] is not None
    assert told[-1].data["end"] is False


async def test_a_kodi_that_goes_is_no_longer_heard(bedroom):
    async with kodi_events.listen("kodi2", bedroom.websocket_url) as events:
        bedroom.kill()
        with pytest.raises(PlayerUnreachable, match="kodi2"):
            await events.next(PATIENCE)
    bedroom.start()


async def test_what_ends_is_known_from_what_kodi_tells(kodi_runtime, real_kodi, kodi_movies, film, monkeypatch):
    """Asking would take an hour here."""
    monkeypatch.setattr(playback, "HEARTBEAT", timedelta(hours=1))
    _, video = await watched_film(kodi_runtime, kodi_movies, film, real_kodi)
    async with followed(kodi_runtime):
        await play(real_kodi, video)
        await has_ended(kodi_runtime, None)
        real_kodi.rpc("Player.Stop", playerid=1)
        await has_ended(kodi_runtime, "stopped")


@pytest.mark.parametrize("name", ["new 1080p.mkv", "old 720p.mkv"], ids=["new name", "same name"])
async def test_a_film_that_plays_goes_on_with_the_new_file_at_the_same_second(
    kodi_runtime, real_kodi, kodi_movies, film, name
):
    movie_id, old = await watched_film(kodi_runtime, kodi_movies, film, real_kodi)
    async with followed(kodi_runtime):
        await play(real_kodi, old)
        await until(lambda: played(real_kodi)["size"] == (320, 180), "the old file plays")
        await has_ended(kodi_runtime, None)
        new = await upgrade(kodi_runtime, kodi_movies, film, old, name)
        before, began = played(real_kodi)["position"], asyncio.get_running_loop().time()
        assert await players.tell_players(kodi_runtime, movie_id) == []
        after, took = played(real_kodi), asyncio.get_running_loop().time() - began
    assert (after["file"], after["size"], after["speed"]) == (str(new), LARGE, 1)
    assert before - 1 <= after["position"] <= before + took + 1
    (state,) = await states(kodi_runtime)
    assert (state.file_path, state.ended) == (str(new), None)
    assert state.restored_at is not None
    stays_watched(real_kodi, film, new)


async def test_a_film_that_stands_still_stands_still_at_the_same_second_of_the_new_file(
    kodi_runtime, real_kodi, kodi_movies, film
):
    movie_id, old = await watched_film(kodi_runtime, kodi_movies, film, real_kodi)
    await play(real_kodi, old)
    real_kodi.rpc("Player.SetSubtitle", playerid=1, subtitle=0, enable=True)
    real_kodi.rpc("Player.PlayPause", playerid=1, play=False)
    before = await at_rest(real_kodi)
    new = await upgrade(kodi_runtime, kodi_movies, film, old)
    assert await players.tell_players(kodi_runtime, movie_id) == []
    after = played(real_kodi)
    assert (after["file"], after["speed"], after["subtitle"]) == (str(new), 0, before["subtitle"])
    assert after["position"] == pytest.approx(before["position"], abs=1)


async def test_who_watches_another_film_is_left_alone_and_the_film_is_there_when_that_ends(
    kodi_runtime, real_kodi, kodi_movies, film, numbers
):
    _, other = await watched_film(kodi_runtime, kodi_movies, another(numbers), real_kodi)
    async with followed(kodi_runtime):
        await play(real_kodi, other)
        movie_id, _ = await come(kodi_runtime, kodi_movies, film, "film.mkv", seconds=LENGTH)
        await publish(kodi_runtime, movie_id)
        (why,) = await players.tell_players(kodi_runtime, movie_id)
        assert "it is told when that ends" in why
        assert entries(real_kodi, film) == []
        assert played(real_kodi)["file"] == str(other)
        real_kodi.rpc("Player.Stop", playerid=1)
        await until(lambda: entries(real_kodi, film), "the film is shown once nobody watches")


async def test_a_viewer_who_stops_is_not_brought_back(kodi_runtime, real_kodi, kodi_movies, film):
    movie_id, old = await watched_film(kodi_runtime, kodi_movies, film, real_kodi)
    async with followed(kodi_runtime):
        await play(real_kodi, old)
        real_kodi.rpc("Player.Stop", playerid=1)
        await until(lambda: not played(real_kodi), "it stops")
        await playback.look(kodi_runtime, "kodi")
        new = await upgrade(kodi_runtime, kodi_movies, film, old)
        assert await players.tell_players(kodi_runtime, movie_id) == []
        assert played(real_kodi) == {}
    stays_watched(real_kodi, film, new)


async def test_of_two_kodis_the_one_that_plays_goes_on_and_both_know_what_was_watched(
    two_kodis, real_kodi, bedroom, kodi_movies, film
):
    movie_id, old = await watched_film(two_kodis, kodi_movies, film, real_kodi, bedroom)
    async with followed(two_kodis):
        await play(bedroom, old)
        new = await upgrade(two_kodis, kodi_movies, film, old)
        before = played(bedroom)["position"]
        assert await players.tell_players(two_kodis, movie_id) == []
    after = played(bedroom)
    assert (after["file"], played(real_kodi)) == (str(new), {})
    assert after["position"] == pytest.approx(before, abs=3)
    for kodi in (real_kodi, bedroom):
        stays_watched(kodi, film, new)
    bedroom.rpc("Player.Stop", playerid=1)


async def test_a_kodi_that_is_off_during_an_upgrade_shows_it_when_it_is_back(
    two_kodis, real_kodi, bedroom, kodi_movies, film
):
    movie_id, old = await watched_film(two_kodis, kodi_movies, film, real_kodi, bedroom)
    async with followed(two_kodis):
        bedroom.stop()
        new = await upgrade(two_kodis, kodi_movies, film, old)
        (why,) = await players.tell_players(two_kodis, movie_id)
        assert "kodi2" in why
        stays_watched(real_kodi, film, new)
        bedroom.start()
        await until(lambda: [one["file"] for one in entries(bedroom, film)] == [str(new)], "it is told when it is back")
        await until(lambda: entries(bedroom, film)[0]["playcount"] == WATCHED["playcount"], "what was watched is put back")
    stays_watched(bedroom, film, new)


async def test_a_kodi_that_dies_while_it_plays_and_is_back_after_the_upgrade_knows_where_it_was(
    two_kodis, real_kodi, bedroom, kodi_movies, film
):
    """It may go on by itself: nobody stopped it."""
    movie_id, old = await watched_film(two_kodis, kodi_movies, film, bedroom)
    async with followed(two_kodis):
        await play(bedroom, old)
        await playback.look(two_kodis, "kodi2")
        bedroom.kill()
        new = await upgrade(two_kodis, kodi_movies, film, old)
        await players.tell_players(two_kodis, movie_id)
        bedroom.start()
        await until(lambda: [one["file"] for one in entries(bedroom, film)] == [str(new)], "it is told when it is back")
        await until(lambda: entries(bedroom, film)[0]["resume"]["position"] >= SECOND, "it knows where it was")
    assert len(entries(bedroom, film)) == 1
    bedroom.rpc("Player.Stop", playerid=1)
