"""A picture of somebody else's beside ours, under the same name with another ending: players show either of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from metarr_core.domain.artwork import ArtworkType
from metarr_core.operations import editing
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.undoing import choose_again
from metarr_core.operations.verifying import suspects, verify_chunk, verify_movie
from metarr_core.settings.artwork import Artwork
from tests.operations.films import sql, whole
from tests.operations.offers import chosen, encoded, painting
from tests.operations.test_replacing import MINE, film, posters, upload

THEIRS = encoded(painting("theirs", 500, 750), "PNG")
JPG, PNG = "Sintel (2010)-poster.jpg", "Sintel (2010)-poster.png"


@pytest.fixture
async def movie_id(runtime, house):
    return await film(runtime, house)


def put_beside(house, data=THEIRS, name=PNG):
    (folder,) = house.movies.iterdir()
    (folder / name).write_bytes(data)
    return folder / name


async def warnings(runtime):
    rows = await sql(runtime, "SELECT description FROM activity_log WHERE event_type = 'artwork.rival' ORDER BY id")
    return [row.description for row in rows]


async def is_kept(runtime, data):
    return data in [path.read_bytes() for path in runtime.cache.root.rglob("*.*")]


@pytest.mark.parametrize("name", [PNG, "Sintel (2010)-poster.PNG"])
async def test_it_is_the_films_from_now_on_and_ours_makes_room(runtime, house, movie_id, name):
    put_beside(house, name=name)
    assert await suspects(runtime) == [movie_id]
    await verify_movie(runtime, movie_id)
    movie = await whole(runtime, movie_id)
    assert [one["source"] for one in movie["artwork"]] == ["local"]
    assert movie["locked_fields"] == ["poster"]
    assert JPG not in posters(house)
    (folder,) = house.movies.iterdir()
    assert {path.read_bytes() for path in folder.glob("*-poster.*")} == {THEIRS}
    assert await suspects(runtime) == []
    assert await warnings(runtime) == []


@pytest.mark.parametrize("why", ["locked", "restore", "leave", "no picture"])
async def test_where_it_is_not_taken_over_it_stays_is_kept_and_told_once(runtime, house, movie_id, why):
    if why == "locked":
        async with runtime.database.transaction() as session:
            await editing.lock(session, movie_id, ["poster"])
    elif why != "no picture":
        settings = runtime.settings.model_copy(update={"artwork": Artwork(foreign_edit=why)})
        runtime = replace(runtime, settings=settings)
    data = b"no picture" if why == "no picture" else THEIRS
    path = put_beside(house, data)
    for _ in range(2):
        await verify_movie(runtime, movie_id)
        await publish_movie(runtime, movie_id)
    assert (path.read_bytes(), posters(house)) == (data, [JPG, PNG])
    assert await chosen(runtime, movie_id) == ["first.jpg"]
    (told,) = await warnings(runtime)
    assert told.startswith(f"{PNG}, which is not ours, stands beside {JPG}: players show either")
    assert await is_kept(runtime, data)
    assert await suspects(runtime) == []


async def test_a_dry_run_tells_of_it_and_a_library_counts_it(runtime, house, movie_id):
    path = put_beside(house)
    assert (await verify_movie(runtime, movie_id, dry_run=True)).rivals == (str(path),)
    assert posters(house) == [JPG, PNG]
    done = await verify_chunk(runtime, [movie_id])
    assert (done.changed, done.conditions) == ((movie_id,), {"put beside ours": 1})


async def test_one_that_was_taken_over_and_then_replaced_by_a_person_is_told_of(runtime, house, movie_id):
    put_beside(house)
    await upload(runtime, movie_id)
    assert {path.read_bytes() for path in house.movies.rglob("*-poster.*")} == {MINE, THEIRS}
    assert len(await warnings(runtime)) == 1
    assert await suspects(runtime) == []


async def test_one_that_is_known_does_not_come_back_when_metarr_is_to_choose(runtime, house, movie_id):
    put_beside(house)
    await verify_movie(runtime, movie_id)
    await choose_again(runtime, movie_id, ArtworkType.POSTER)
    for _ in range(2):
        await publish_movie(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["first.jpg"]
    assert (await whole(runtime, movie_id))["locked_fields"] == []
    assert posters(house) == [JPG, PNG]
    assert len(await warnings(runtime)) == 1


@pytest.mark.parametrize(
    "name", ["Sintel (2010)-posters.png", "Sintel-poster.png", "poster.png", "Sintel (2010)-poster.txt"]
)
async def test_what_is_called_otherwise_is_none(runtime, house, movie_id, name):
    put_beside(house, name=name)
    assert await suspects(runtime) == []
    await publish_movie(runtime, movie_id)
    assert await warnings(runtime) == []
