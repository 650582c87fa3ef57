"""What providers tell of a film is written, and never costs it what it had."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from deployments.demo.faults import Fault
from deployments.demo.films import SINTEL
from metarr_core.domain.ids import ImdbId, TmdbId
from metarr_core.errors import ProviderUnavailable
from metarr_core.operations.enrichment import Enriched, NotEnriched, enrich_movie
from metarr_core.operations.publishing import publish_movie
from tests.operations.films import known, sql, whole

DETAILS = f"/3/movie/{SINTEL.tmdb_id}$"
GONE = Fault(status=404, body=b'{"success":false,"status_code":34,"status_message":"Not found."}')
WHOLE = {
    "title": "Sintel",
    "original_title": "Sintel",
    "original_language": "en",
    "overview": "A girl and a dragon.",
    "tagline": "She lost it.",
    "runtime": 15,
    "imdb_id": "tt1727587",
    "genres": [{"id": 1, "name": "Fantasy"}],
    "keywords": {"keywords": [{"id": 1, "name": "dragon"}]},
    "external_ids": {"wikidata_id": "Q1"},
    "alternative_titles": {"titles": [{"title": "Durian"}]},
    "belongs_to_collection": {"id": 7, "name": "Dragons", "overview": "All of them."},
    "credits": {"cast": [{"id": 5, "name": "Halina Reijn", "character": "Sintel", "profile_path": "/h.jpg"}], "crew": []},
}
TELLING = ("title", "plot", "tagline", "runtime", "genres", "actors", "imdb_id", "collection")


def answering(house, document, path=DETAILS):
    house.tmdb.faults.clear()
    house.tmdb.faults.add(path, Fault(status=200, body=json.dumps(document).encode()))


async def told(runtime, movie_id):
    now = await whole(runtime, movie_id)
    tags = await sql(runtime, "SELECT count(*) FROM movie_tags WHERE movie_id = :id", id=movie_id)
    others = await sql(runtime, "SELECT external_ids, alternative_titles FROM movies WHERE id = :id", id=movie_id)
    return [{name: now[name] for name in TELLING}, tags, others]


@pytest.mark.parametrize(
    "later",
    [
        {"title": "Sintel"},
        {"title": "Sintel", "overview": "", "tagline": None, "runtime": 0, "imdb_id": "", "belongs_to_collection": None},
        {"title": "Sintel", "credits": {}, "keywords": None, "external_ids": None, "alternative_titles": None},
        {"title": "Sintel", "credits": {"cast": None, "crew": None}, "genres": None, "keywords": {"keywords": None}},
    ],
    ids=["without keys", "empty", "null parts", "null lists"],
)
async def test_a_later_answer_that_tells_less_erases_nothing(runtime, house, later):
    movie_id = await known(runtime, house)
    answering(house, WHOLE)
    await enrich_movie(runtime, movie_id)
    before = await told(runtime, movie_id)
    assert before[1:] == [[(1,)], [({"wikidata": "Q1"}, ["Durian"])]]
    answering(house, later)
    assert isinstance(await enrich_movie(runtime, movie_id), Enriched)
    assert await told(runtime, movie_id) == before


@pytest.mark.parametrize("other", [{}, {"status_code": 7}, {"id": 653, "title": "Nosferatu"}])
async def test_an_answer_to_another_question_is_an_outage(runtime, house, other):
    movie_id = await known(runtime, house)
    answering(house, WHOLE)
    await enrich_movie(runtime, movie_id)
    before = await told(runtime, movie_id)
    answering(house, other)
    with pytest.raises(ProviderUnavailable, match="not to what was asked"):
        await enrich_movie(runtime, movie_id)
    assert await told(runtime, movie_id) == before


async def test_a_list_that_is_empty_now_is_empty(runtime, house):
    movie_id = await known(runtime, house)
    answering(house, WHOLE)
    await enrich_movie(runtime, movie_id)
    answering(house, WHOLE | {"genres": [], "credits": {"cast": [], "crew": []}})
    await enrich_movie(runtime, movie_id)
    after = await whole(runtime, movie_id)
    assert (after["genres"], after["actors"]) == ([], [])


async def test_a_film_that_tmdb_merged_away_keeps_all_that_is_known(runtime, house):
    movie_id = await known(runtime, house)
    await enrich_movie(runtime, movie_id)
    before = await told(runtime, movie_id)
    house.tmdb.faults.add(DETAILS, GONE)
    assert isinstance(await enrich_movie(runtime, movie_id), NotEnriched)
    assert (await whole(runtime, movie_id))["identification_status"] == "enriched"
    assert await told(runtime, movie_id) == before


async def test_a_film_that_tmdb_never_had_ends_in_error_with_a_sentence(runtime, house):
    movie_id = await known(runtime, house, tmdb_id=TmdbId(1))
    outcome = await enrich_movie(runtime, movie_id)
    assert outcome == NotEnriched("tmdb does not have what was asked for")
    assert (await whole(runtime, movie_id))["identification_status"] == "error"


async def test_an_outage_is_no_error_of_the_film(runtime, house):
    house.tmdb.faults.add("/3/", Fault(status=404, body=b"<html>wrong base_url</html>"))
    movie_id = await known(runtime, house)
    with pytest.raises(ProviderUnavailable):
        await enrich_movie(runtime, movie_id)
    assert (await whole(runtime, movie_id))["identification_status"] == "identified"


async def test_a_film_known_by_its_imdb_id_alone_is_found(runtime, house):
    movie_id = await known(runtime, house, imdb_id=ImdbId(SINTEL.imdb_id))
    assert await enrich_movie(runtime, movie_id) == Enriched()
    assert (await whole(runtime, movie_id))["tmdb_id"] == SINTEL.tmdb_id


async def test_a_film_that_turns_out_to_be_one_that_is_there_already_says_so(runtime, house):
    first = await known(runtime, house, tmdb_id=TmdbId(SINTEL.tmdb_id))
    other = replace(SINTEL, title="Durian")
    second = await known(runtime, house, other, imdb_id=ImdbId(SINTEL.imdb_id))
    assert second != first
    outcome = await enrich_movie(runtime, second)
    assert outcome == NotEnriched(f"it is the same film as film {first}, which has TMDB's id {SINTEL.tmdb_id}")
    assert (await whole(runtime, second))["identification_status"] == "identified"


async def test_without_a_key_there_is_a_first_nfo_and_a_sentence(runtime, house):
    keyless = replace(runtime, tmdb=None)
    movie_id = await known(keyless, house)
    outcome = await enrich_movie(keyless, movie_id)
    assert "providers.tmdb.api_key" in outcome.why
    written = await publish_movie(keyless, movie_id)
    assert "<title>Sintel</title>" in written[0].read_text("utf-8")
    said = await sql(runtime, "SELECT description FROM activity_log WHERE event_type = 'movie.not_enriched'")
    assert said == [(outcome.why,)]


async def test_a_person_who_changes_name_or_loses_the_photo_is_still_one_with_a_photo(runtime, house):
    movie_id = await known(runtime, house)
    answering(house, WHOLE)
    await enrich_movie(runtime, movie_id)
    renamed = {"cast": [{"id": 5, "name": "H. Reijn", "character": "Sintel", "profile_path": None}], "crew": []}
    answering(house, WHOLE | {"credits": renamed})
    await enrich_movie(runtime, movie_id)
    ((tmdb_id, name, photo),) = await sql(runtime, "SELECT tmdb_id, name, thumb_url FROM actors")
    assert (tmdb_id, name, photo.rpartition("/")[2]) == (5, "H. Reijn", "h.jpg")


async def test_people_without_an_id_are_told_apart_by_name_and_never_taken_for_those_with_one(runtime, house):
    movie_id = await known(runtime, house)
    cast = [{"name": "A"}, {"name": "A"}, {"name": "B"}, {"id": 9, "name": "A"}]
    answering(house, WHOLE | {"credits": {"cast": cast, "crew": []}})
    await enrich_movie(runtime, movie_id)
    await enrich_movie(runtime, movie_id)
    rows = await sql(runtime, "SELECT name, tmdb_id FROM actors ORDER BY name, tmdb_id NULLS FIRST")
    assert rows == [("A", None), ("A", 9), ("B", None)]
    assert [actor["name"] for actor in (await whole(runtime, movie_id))["actors"]] == ["A", "A", "B", "A"]


async def test_keywords_and_the_collection_have_rows_of_their_own(runtime, house):
    answering(house, WHOLE)
    movie_id = await known(runtime, house)
    await enrich_movie(runtime, movie_id)
    assert await sql(runtime, "SELECT name FROM tags") == [("dragon",)]
    joined = (
        "SELECT c.tmdb_id, c.name, c.overview FROM collections c JOIN movies m ON m.collection_id = c.id WHERE m.id = :id"
    )
    assert await sql(runtime, joined, id=movie_id) == [(7, "Dragons", "All of them.")]
