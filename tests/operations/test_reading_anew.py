"""How a player is known to have read a film anew: it answers at once and does it later, under the same id or another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from deployments.demo.kodi import KodiStandIn
from metarr_core.operations import players
from metarr_core.operations.publishing import publish_movie
from tests.operations.films import known, sql

Json = dict[str, Any]
WATCHED = {"playcount": 2, "lastplayed": "2024-05-06 20:15:00", "userrating": 9}


@pytest.fixture
async def movie_id(runtime, house):
    """A film that the player shows, that was watched, and whose NFO is another since."""
    movie_id = await known(runtime, house)
    await publish_movie(runtime, movie_id)
    assert await players.tell_players(runtime, movie_id) == []
    entry(house.kodi).details.update(WATCHED)
    await sql(runtime, "UPDATE movies SET tagline = 'another' WHERE id = :id", id=movie_id)
    await publish_movie(runtime, movie_id)
    return movie_id


def entry(kodi: KodiStandIn):
    (only,) = kodi.library.movies.values()
    return only


def refreshes_later(kodi: KodiStandIn, looks: int, more_looks: int = 0, movieid: int = 1) -> None:
    """A Kodi that reads a film anew once it was looked at so often, and forgets what was watched after so many more."""
    refresh, look = kodi.methods["VideoLibrary.RefreshMovie"], kodi.methods["VideoLibrary.GetMovies"]
    later: list[Callable[[], Any]] = []

    def read(params: Json) -> None:
        watched = {name: entry(kodi).details[name] for name in ("playcount", "lastplayed")}
        refresh(params)
        entry(kodi).details.update(watched)
        entry(kodi).movieid = movieid
        kodi.library.movies = {movieid: entry(kodi)}

    def asked(params: Json) -> str:
        forget = {"playcount": 0, "lastplayed": ""}
        later.extend([lambda: None] * looks + [lambda: read(params)])
        later.extend([lambda: None] * more_looks + [lambda: entry(kodi).details.update(forget)])
        return "OK"

    def looked(params: Json) -> Any:
        if later:
            later.pop(0)()
        return look(params)

    kodi.methods |= {"VideoLibrary.RefreshMovie": asked, "VideoLibrary.GetMovies": looked}


@pytest.mark.parametrize("looks", [0, 3])
@pytest.mark.parametrize("movieid", [1, 99], ids=["same id", "new id"])
async def test_it_is_waited_for_until_it_is_done_and_no_longer(runtime, house, movie_id, monkeypatch, looks, movieid):
    monkeypatch.setattr("metarr_core.operations.showing.REFRESH_SECONDS", 3600)
    refreshes_later(house.kodi, looks, movieid=movieid)
    async with asyncio.timeout(20):
        assert await players.tell_players(runtime, movie_id) == []
    assert entry(house.kodi).movieid == movieid
    assert entry(house.kodi).details["tagline"] == "another"
    assert entry(house.kodi).details["uniqueid"].keys() == {"tmdb", "imdb"}


async def test_what_was_watched_is_said_again_only_when_the_player_has_forgotten_it(runtime, house, movie_id):
    refreshes_later(house.kodi, looks=2, more_looks=4)
    assert await players.tell_players(runtime, movie_id) == []
    for _ in range(9):
        house.kodi.methods["VideoLibrary.GetMovies"]({})
    assert {name: entry(house.kodi).details[name] for name in WATCHED} == WATCHED


async def test_a_player_that_says_yes_and_does_nothing_is_told_again_later(runtime, house, movie_id, monkeypatch):
    monkeypatch.setattr("metarr_core.operations.showing.REFRESH_SECONDS", 0)
    refresh = house.kodi.methods["VideoLibrary.RefreshMovie"]
    house.kodi.methods["VideoLibrary.RefreshMovie"] = lambda _: "OK"
    (why,) = await players.tell_players(runtime, movie_id)
    assert "has not done so" in why
    assert entry(house.kodi).details["uniqueid"].keys() == {"tmdb", "imdb"}
    house.kodi.methods["VideoLibrary.RefreshMovie"] = refresh
    await sql(runtime, "UPDATE player_updates SET due_at = now()")
    await players.deliver_due(runtime)
    assert entry(house.kodi).details["tagline"] == "another"
    assert {name: entry(house.kodi).details[name] for name in WATCHED} == WATCHED


async def test_a_mark_that_a_kill_left_goes_with_the_next_reading(runtime, house, movie_id):
    entry(house.kodi).details["uniqueid"]["metarr"] = "is read anew"
    assert await players.tell_players(runtime, movie_id) == []
    assert entry(house.kodi).details["uniqueid"].keys() == {"tmdb", "imdb"}
