"""Answers of providers that are odd, hostile, or come at the same time."""

from __future__ import annotations

import asyncio
import json

import pytest

from deployments.demo.faults import Fault, Hold
from deployments.demo.films import SINTEL, TEARS_OF_STEEL
from metarr_core.errors import RateLimited
from metarr_core.operations.enrichment import Enriched, enrich_movie
from tests.operations.films import known, sql, whole

WHOLE = {"title": "Sintel", "original_title": "Sintel", "original_language": "en", "overview": "A girl and a dragon."}


def answering(house, document, film=SINTEL):
    house.tmdb.faults.add(f"/3/movie/{film.tmdb_id}$", Fault(status=200, body=json.dumps(document).encode()))


@pytest.mark.parametrize(
    "odd",
    [
        {"runtime": 1e300, "vote_count": -(10**30), "vote_average": "NaN"},
        {"genres": [{"name": "a\x00b"}], "original_language": "\ud800"},
        {"images": {"posters": [{"file_path": "/\x00.jpg", "iso_639_1": ["en"], "width": 1e300}], "logos": "x"}},
        {"credits": {"cast": [{"id": 1e30, "name": "A", "order": "x"}], "crew": [None]}},
        {"release_dates": {"results": [{"iso_3166_1": "US", "release_dates": [{"certification": "R", "type": [3]}]}]}},
    ],
    ids=["numbers", "text", "pictures", "people", "ratings"],
)
async def test_odd_values_cost_only_themselves(runtime, house, odd):
    answering(house, WHOLE | odd)
    movie_id = await known(runtime, house)
    assert isinstance(await enrich_movie(runtime, movie_id), Enriched)
    assert (await whole(runtime, movie_id))["plot"] == "A girl and a dragon."


async def test_two_films_with_the_same_people_are_enriched_at_once(runtime, house):
    one, other = await known(runtime, house), await known(runtime, house, TEARS_OF_STEEL)
    cast = [{"id": number, "name": f"N{number}"} for number in range(1, 60)] + [{"name": "B"}, {"name": "A"}]
    answering(house, WHOLE | {"credits": {"cast": cast, "crew": cast[::-1]}})
    answering(house, WHOLE | {"credits": {"cast": cast[::-1], "crew": cast}}, TEARS_OF_STEEL)
    for _ in range(3):
        await asyncio.gather(enrich_movie(runtime, one), enrich_movie(runtime, other))
    assert await sql(runtime, "SELECT count(*) FROM actors") == [(61,)]


@pytest.mark.parametrize("retry_after", ["9" * 400, "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_a_pause_for_ever_is_a_day_at_most(runtime, house, retry_after):
    house.tmdb.faults.add("/3/", Fault(status=429, headers={"Retry-After": retry_after}))
    movie_id = await known(runtime, house)
    with pytest.raises(RateLimited) as caught:
        await enrich_movie(runtime, movie_id)
    assert caught.value.retry_after == 86_400


async def test_a_field_that_is_locked_while_providers_are_asked_stays(runtime, house):
    hold = Hold(asyncio.Event())
    house.tmdb.faults.add("/3/movie/", hold)
    movie_id = await known(runtime, house)
    enriching = asyncio.create_task(enrich_movie(runtime, movie_id))
    await hold.arrived.wait()
    await sql(runtime, "UPDATE movies SET title = 'Mine', locked_fields = '{title}' WHERE id = :id", id=movie_id)
    hold.event.set()
    await enriching
    assert (await whole(runtime, movie_id))["title"] == "Mine"
