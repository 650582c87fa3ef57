"""Workflow 6 as the API has it."""

from __future__ import annotations

import pytest

from tests.web.films import a_film
from tests.web.shim import problem

API = "/api/v1"
SEARCHED = """INSERT INTO identifications (movie_id, guess, candidates, why)
 VALUES (%s, '{"title": "Sintel", "year": 1995}', '[{"tmdb_id": 45745, "confidence": 0.6}]', 'not sure enough')"""


async def an_unknown_film(shim, title="Sintel"):
    movie_id = await a_film(shim.tables, title)
    await shim.tables.rows(
        "UPDATE movies SET tmdb_id = NULL, imdb_id = NULL, identification_status = 'unidentified' WHERE id = %s", movie_id
    )
    return movie_id


async def test_unidentified_films_are_listed_with_guesses_and_candidates(shim):
    movie_id = await an_unknown_film(shim)
    await shim.tables.rows(SEARCHED, movie_id)
    found = (await shim.client.get(f"{API}/unidentified")).json()
    (item,) = found["items"]
    assert (found["total"], item["id"], item["identification_status"]) == (1, movie_id, "unidentified")
    assert item["identification"]["guess"]["year"] == 1995
    assert item["identification"]["candidates"][0]["tmdb_id"] == 45745
    assert item["identification"]["why"] == "not sure enough"
    one = (await shim.client.get(f"{API}/movies/{movie_id}")).json()
    assert one["identification"] == item["identification"]


async def test_what_a_person_enters_is_queued_for_the_film_before_others(shim):
    movie_id = await an_unknown_film(shim)
    body = {"title": "Our Holiday", "year": 2019, "actors": [{"name": "Ann"}]}
    answer = await shim.client.put(f"{API}/movies/{movie_id}/metadata", json=body)
    assert (answer.status_code, answer.json()["locked_fields"]) == (202, ["title", "year", "actors"])
    (job,) = await shim.tables.jobs()
    assert (job["id"], job["job_type"], job["priority"]) == (answer.json()["job_id"], "identify-media", 2)
    assert job["payload"] == {"movie_ids": [movie_id], "metadata": {**body, "actors": [{"name": "Ann"}]}}


@pytest.mark.parametrize(
    ("body", "field"), [({"year": 3}, "year"), ({"tilte": "x"}, "tilte"), ({}, "body"), ({"title": " "}, "title")]
)
async def test_what_makes_no_sense_is_refused_with_its_field(shim, body, field):
    movie_id = await an_unknown_film(shim)
    answer = await shim.client.put(f"{API}/movies/{movie_id}/metadata", json=body)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert await shim.tables.jobs() == []


async def test_a_film_is_ignored_and_taken_back(shim):
    movie_id = await an_unknown_film(shim)
    answer = await shim.client.put(f"{API}/movies/{movie_id}/ignore")
    assert answer.json() == {"movie_id": movie_id, "identification_status": "ignored"}
    assert (await shim.client.get(f"{API}/unidentified")).json()["total"] == 0
    answer = await shim.client.delete(f"{API}/movies/{movie_id}/ignore")
    assert answer.json() == {"movie_id": movie_id, "identification_status": "unidentified"}
    assert "nothing to take back" in problem(await shim.client.delete(f"{API}/movies/{movie_id}/ignore"), 409)


async def test_a_choice_needs_a_number_and_a_film(shim):
    movie_id = await an_unknown_film(shim)
    assert (await shim.client.post(f"{API}/movies/{movie_id}/identify", json={"tmdb_id": 0})).status_code == 422
    assert (await shim.client.post(f"{API}/movies/{movie_id}/identify", json={})).status_code == 422
    assert "there is no film 999" in problem(await shim.client.post(f"{API}/movies/999/identify", json={"tmdb_id": 1}), 404)
    assert await shim.tables.jobs() == []


async def test_while_the_provider_is_away_a_search_says_so(shim):
    movie_id = await an_unknown_film(shim)
    assert "tmdb cannot be used" in problem(await shim.client.get(f"{API}/movies/{movie_id}/search?title=Heat"), 503)
    assert "such as 603" in problem(await shim.client.get(f"{API}/movies/{movie_id}/search?tmdb_id=x"), 400)
    assert "such as tt0133093" in problem(await shim.client.get(f"{API}/movies/{movie_id}/search?imdb_id=0133093"), 400)
    assert "such as 1999" in problem(await shim.client.get(f"{API}/movies/{movie_id}/search?year=19"), 400)
