"""What was watched stays, whatever becomes of a film's file: in a real Kodi, asked through its own JSON-RPC."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import text

from deployments.demo.film import Film
from deployments.demo.films import TEARS_OF_STEEL
from metarr_core.operations import players, restoring, trash
from tests.kodi.comings import LARGE, come, go, publish, told
from tests.real_kodi.kodi import RealKodi

pytestmark = pytest.mark.kodi

STATE = ("playcount", "lastplayed", "userrating", "dateadded", "resume")
UNWATCHED = {"playcount": 0, "userrating": 0, "lastplayed": "", "dateadded": "2020-01-02 03:04:05"}
WATCHED = {"playcount": 2, "userrating": 9, "lastplayed": "2024-05-06 20:15:00", "dateadded": "2020-01-02 03:04:05"}
IN_PROGRESS = {
    "playcount": 1,
    "userrating": 7,
    "lastplayed": "2024-05-06 20:15:00",
    "dateadded": "2020-01-02 03:04:05",
    "resume": {"position": 4.0, "total": 12.0},
}
STATES = pytest.mark.parametrize("state", [UNWATCHED, WATCHED, IN_PROGRESS], ids=["unwatched", "watched", "in progress"])


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count(7001)


@pytest.fixture
def film(numbers: Iterator[int]) -> Film:
    """A film of its own."""
    number = next(numbers)
    return replace(TEARS_OF_STEEL, tmdb_id=number, imdb_id=f"tt{number:07}", title=f"Watched {number}")


def entries(kodi: RealKodi, film: Film) -> list[dict]:
    return [one for one in kodi.movies("file", "uniqueid", "streamdetails", *STATE) if one["label"] == film.title]


def entry(kodi: RealKodi, film: Film) -> dict:
    """The film's one entry; a second one is a failure."""
    (only,) = entries(kodi, film)
    return only


def set_state(kodi: RealKodi, film: Film, state: dict) -> None:
    kodi.rpc("VideoLibrary.SetMovieDetails", movieid=entry(kodi, film)["movieid"], **state)


def state_of(movie: dict, wanted: dict) -> dict:
    return {name: movie[name] for name in wanted}


@STATES
async def test_a_film_whose_file_changes_its_name_is_shown_once_and_stays_watched(
    kodi_runtime, real_kodi, kodi_movies, film, state
):
    movie_id, video = await come(kodi_runtime, kodi_movies, film, "old 720p.mkv")
    await told(kodi_runtime, movie_id)
    set_state(real_kodi, film, state)
    go(video)
    await come(kodi_runtime, kodi_movies, film, "new 1080p.mkv")
    await told(kodi_runtime, movie_id)
    shown = entry(real_kodi, film)
    assert shown["file"] == str(video.with_name("new 1080p.mkv"))
    assert state_of(shown, state) == state


@STATES
async def test_a_file_replaced_under_its_name_is_read_anew_and_stays_watched(
    kodi_runtime, real_kodi, kodi_movies, film, state
):
    movie_id, video = await come(kodi_runtime, kodi_movies, film, "film.mkv")
    await told(kodi_runtime, movie_id)
    set_state(real_kodi, film, state)
    before = entry(real_kodi, film)["streamdetails"]
    go(video)
    await come(kodi_runtime, kodi_movies, film, "film.mkv", size=LARGE)
    await told(kodi_runtime, movie_id)
    shown = entry(real_kodi, film)
    assert shown["streamdetails"]["video"][0]["width"] != before["video"][0]["width"]
    assert state_of(shown, state) == state


@STATES
async def test_a_film_is_read_anew_whichever_id_it_has_and_stays_watched(kodi_runtime, real_kodi, kodi_movies, film, state):
    """The entry with the highest id keeps it when it is read anew, every other gets another."""
    movie_id, _ = await come(kodi_runtime, kodi_movies, film, "film.mkv")
    await told(kodi_runtime, movie_id)
    set_state(real_kodi, film, state)
    ids = []
    for number in range(4):
        async with kodi_runtime.database.transaction() as session:
            tagline = {"tagline": f"tagline {number}", "id": movie_id}
            await session.execute(text("UPDATE movies SET tagline = :tagline WHERE id = :id"), tagline)
        await told(kodi_runtime, movie_id)
        (shown,) = [one for one in real_kodi.movies("tagline", "uniqueid", *STATE) if one["label"] == film.title]
        assert shown["tagline"] == f"tagline {number}"
        assert "metarr" not in shown["uniqueid"]
        assert state_of(shown, state) == state
        ids.append(shown["movieid"])
        if number == 1:
            another = replace(
                film, tmdb_id=film.tmdb_id + 500, imdb_id=f"tt{film.tmdb_id + 500:07}", title=f"{film.title} b"
            )
            await told(kodi_runtime, (await come(kodi_runtime, kodi_movies, another, "film.mkv"))[0])
    assert ids[0] == ids[1] != ids[2] == ids[3]


@STATES
async def test_a_deleted_film_leaves_the_screen_and_comes_back_from_the_trash_as_watched_as_before(
    kodi_runtime, real_kodi, kodi_movies, film, state
):
    movie_id, video = await come(kodi_runtime, kodi_movies, film, "film.mkv")
    await told(kodi_runtime, movie_id)
    set_state(real_kodi, film, state)
    data = video.read_bytes()
    await trash.trash_movie(kodi_runtime, movie_id, "it was deleted in radarr")
    video.unlink()
    assert await players.tell_players(kodi_runtime, movie_id) == []
    assert entries(real_kodi, film) == []
    video.write_bytes(data)
    await restoring.bring_back(kodi_runtime, movie_id, must_be_in_trash=True)
    await told(kodi_runtime, movie_id)
    assert state_of(entry(real_kodi, film), state) == state


async def test_a_film_upgraded_before_metarr_knew_of_it_is_shown_once_too(kodi_runtime, real_kodi, kodi_movies, film):
    """Kodi has an entry of a file that is gone and that no table of ours names."""
    movie_id, video = await come(kodi_runtime, kodi_movies, film, "old.mkv")
    await told(kodi_runtime, movie_id)
    set_state(real_kodi, film, WATCHED)
    go(video)
    await come(kodi_runtime, kodi_movies, film, "new.mkv")
    async with kodi_runtime.database.transaction() as session:
        await session.execute(text("DELETE FROM movie_files WHERE path = :path"), {"path": str(video)})
    await told(kodi_runtime, movie_id)
    shown = entry(real_kodi, film)
    assert shown["file"] == str(video.with_name("new.mkv"))
    assert state_of(shown, WATCHED) == WATCHED


async def test_what_was_watched_outlives_a_death_between_the_old_entry_and_the_new_one(
    kodi_runtime, real_kodi, kodi_movies, film
):
    movie_id, video = await come(kodi_runtime, kodi_movies, film, "old.mkv")
    await told(kodi_runtime, movie_id)
    set_state(real_kodi, film, IN_PROGRESS)
    go(video)
    await come(kodi_runtime, kodi_movies, film, "new.mkv")
    await publish(kodi_runtime, movie_id)
    kodi = kodi_runtime.players["kodi"]
    put_back, kodi.set_watched = kodi.set_watched, dies
    with pytest.raises(Killed):
        await players.tell_players(kodi_runtime, movie_id)
    kodi.set_watched = put_back
    assert entry(real_kodi, film)["playcount"] == 0
    assert await players.tell_players(kodi_runtime, movie_id) == []
    assert state_of(entry(real_kodi, film), IN_PROGRESS) == IN_PROGRESS


async def test_a_file_that_comes_within_the_second_of_the_last_scan_is_shown(kodi_runtime, real_kodi, kodi_movies, film):
    movie_id, video = await come(kodi_runtime, kodi_movies, film, "old.mkv")
    await told(kodi_runtime, movie_id)
    scanned_at = video.parent.stat().st_mtime
    go(video)
    _, new = await come(kodi_runtime, kodi_movies, film, "new.mkv")
    await publish(kodi_runtime, movie_id)
    os.utime(video.parent, (scanned_at, scanned_at))
    assert await players.tell_players(kodi_runtime, movie_id) == []
    assert entry(real_kodi, film)["file"] == str(new)


class Killed(BaseException):
    """The process is gone."""


async def dies(*_: object) -> None:
    raise Killed
