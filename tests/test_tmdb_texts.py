"""Which of TMDB's languages and countries are shown."""

from __future__ import annotations

import json

import pytest

from deployments.demo.faults import Fault
from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.clients.tmdb import Tmdb, texts
from metarr_core.clients.tmdb.answers import metadata
from metarr_core.clients.tmdb.texts import Locale
from metarr_core.domain.metadata import Collection
from metarr_core.errors import ProviderUnavailable
from metarr_core.operations.enrichment import Enriched, enrich_movie
from tests.operations.films import known, sql, whole

AUSTRIAN = Locale.of("de-AT", "")
COLLECTION = {"id": 8091, "name": "Alien Collection", "poster_path": "/p.jpg", "backdrop_path": "/b.jpg"}


def film(translations=(), original="ja", **fields):
    """An answer for a Japanese film, with texts by language and country."""
    rows = [
        {"iso_639_1": code[:2], "iso_3166_1": code[3:], "data": dict.fromkeys(("title", "overview", "tagline"), words)}
        for code, words in translations
    ]
    shown = {"title": "原題", "original_title": "原題", "overview": "", "tagline": "", "original_language": original}
    return shown | {"translations": {"translations": rows}} | fields


LADDER = [("de-AT", "austrian"), ("de-DE", "german"), ("en-US", "english"), ("ja-JP", "japanese")]


@pytest.mark.parametrize("field", ["overview", "tagline"])
@pytest.mark.parametrize(
    ("translations", "shown"),
    [
        (LADDER, "austrian"),
        (LADDER[::-1], "austrian"),
        ([("fr-FR", "french"), *LADDER[1:]], "german"),
        ([("de-CH", "a Swiss"), *LADDER[1:]], "german"),
        ([("de-CH", "swiss"), *LADDER[2:]], "swiss"),
        (LADDER[2:], "english"),
        ([("en-GB", "british"), *LADDER[2:]], "english"),
        ([("en-GB", "british"), *LADDER[3:]], "british"),
        (LADDER[3:], "japanese"),
        ([("de-AT", ""), ("de-DE", "  "), ("en-US", "english")], "english"),
        ([("fr-FR", "french")], None),
        ([], None),
    ],
)
def test_a_text_that_is_empty_is_taken_from_the_next_best_language(field, translations, shown):
    assert texts.text(film(translations), field, AUSTRIAN) == shown


def test_a_text_in_the_own_language_is_taken_as_it_is():
    assert texts.text(film(LADDER, overview="of TMDB's choice"), "overview", AUSTRIAN) == "of TMDB's choice"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (film(LADDER, title="Der Titel"), "Der Titel"),
        (film(LADDER), "austrian"),
        (film(LADDER[1:]), "german"),
        (film(LADDER[2:]), "english"),
        (film(LADDER[3:]), "japanese"),
        (film(), "原題"),
        (film(LADDER[2:], original="de", title="Der Himmel", original_title="Der Himmel"), "Der Himmel"),
        (film(title=""), "原題"),
        ({"original_title": "原題"}, "原題"),
        ({}, None),
    ],
)
def test_a_title_is_translated_else_english_else_original_and_a_film_in_the_own_language_keeps_its_own(answer, shown):
    assert texts.title(answer, AUSTRIAN) == shown


@pytest.mark.parametrize("shape", [None, [], "x", {"translations": None}, {"translations": [None, {"iso_639_1": "de"}]}])
def test_translations_of_any_shape_spoil_nothing(shape):
    assert texts.text(film() | {"translations": shape}, "overview", AUSTRIAN) is None


@pytest.mark.parametrize(
    ("language", "setting", "countries", "rating"),
    [
        ("de-AT", "", ("AT", "DE", "US"), "AT-16"),
        ("de", "", ("AT", "DE", "US"), "DE-16"),
        ("en", "", ("GB", "US"), "US-16"),
        ("ja", "", ("JP", "US"), "JP-16"),
        ("de-AT", "GB", ("AT", "GB", "US"), "GB-16"),
        ("de-AT", "", ("DE", "US"), "US-16"),
        ("de-AT", "", ("DE",), None),
    ],
)
def test_the_age_rating_is_that_of_the_setting_else_of_the_languages_country_else_american(
    language, setting, countries, rating
):
    results = [
        {"iso_3166_1": country, "release_dates": [{"certification": f"{country}-16", "type": 3, "release_date": "2000"}]}
        for country in countries
    ]
    assert texts.certification({"release_dates": {"results": results}}, Locale.of(language, setting)) == rating


def video(key, language="en", *, site="YouTube", kind="Trailer", official=True):
    return {"key": key, "iso_639_1": language, "site": site, "type": kind, "official": official}


@pytest.mark.parametrize(
    ("videos", "shown"),
    [
        ([video("english"), video("german", "de")], "german"),
        ([video("english"), video("german", "de", official=False)], "german"),
        ([video("fan", official=False), video("official")], "official"),
        ([video("first"), video("second")], "first"),
        ([video("vimeo", "de", site="Vimeo"), video("english")], "english"),
        ([video("teaser", "de", kind="Teaser"), video("english")], "english"),
        ([video("", "de"), video("english")], "english"),
        ([video("clip", kind="Clip")], None),
        ([], None),
    ],
)
def test_a_trailer_is_one_on_youtube_in_the_own_language_first_and_official_first(videos, shown):
    url = texts.trailer({"videos": {"results": videos}}, AUSTRIAN)
    assert url == (f"plugin://plugin.video.youtube/play/?video_id={shown}" if shown else None)


async def test_an_english_trailer_is_better_than_none(runtime, house):
    german = runtime.settings.providers.tmdb.model_copy(update={"language": "de-DE"})
    found = await Tmdb(german, runtime.tmdb._provider).movie(SINTEL.tmdb_id, ("en",))
    assert found.metadata.fields["trailer_url"].endswith(SINTEL.trailer)


def test_other_titles_ids_and_keywords_are_told_once_each():
    answer = film(LADDER[:2]) | {
        "alternative_titles": {"titles": [{"title": "Auch so"}, {"title": "german"}, {"title": ""}, None]},
        "external_ids": {"wikidata_id": "Q1", "facebook_id": None, "twitter_id": "", "imdb_id": "tt1", "tvrage_id": 7},
        "keywords": {"keywords": [{"name": "dragon"}, {"name": "dragon"}, {"name": None}, {"name": "ice"}]},
    }
    found = metadata(answer, "http://t/p", AUSTRIAN)
    assert found.alternative_titles == ("Auch so", "german", "austrian")
    assert found.external_ids == {"wikidata": "Q1"}
    assert found.tags == ("dragon", "ice")


def details(times=None, **changes):
    body = json.dumps({"title": "Sintel", "original_language": "en"} | changes).encode()
    return Fault(status=200, times=times, body=body)


async def test_a_collection_comes_with_its_overview_and_pictures(runtime, house):
    house.tmdb.faults.add(f"/3/movie/{SINTEL.tmdb_id}$", details(belongs_to_collection=COLLECTION))
    whole_one = json.dumps(COLLECTION | {"name": "Alien", "overview": "In space."}).encode()
    house.tmdb.faults.add("/3/collection/8091$", Fault(status=200, body=whole_one))
    found = await runtime.tmdb.movie(SINTEL.tmdb_id, ("en",))
    base = runtime.settings.providers.tmdb.image_base_url
    poster, fanart = f"{base}/original/p.jpg", f"{base}/original/b.jpg"
    assert found.metadata.collection == Collection(8091, "Alien", "In space.", poster, fanart)
    assert found.trouble is None


@pytest.mark.parametrize(("status", "is_asked_later"), [(404, False), (503, True)])
async def test_a_collection_that_cannot_be_had_does_not_cost_the_film(runtime, house, status, is_asked_later):
    house.tmdb.faults.add(f"/3/movie/{SINTEL.tmdb_id}$", details(belongs_to_collection=COLLECTION))
    house.tmdb.faults.add("/3/collection/", Fault(status=status, body=b"{}"))
    movie_id = await known(runtime, house)
    enriched = await enrich_movie(runtime, movie_id)
    assert isinstance(enriched, Enriched)
    assert isinstance(enriched.trouble, ProviderUnavailable) is is_asked_later
    assert (await whole(runtime, movie_id))["identification_status"] == "enriched"
    assert await sql(runtime, "SELECT tmdb_id, name FROM collections") == [(8091, "Alien Collection")]


async def test_pictures_in_the_original_language_that_cannot_be_had_do_not_cost_the_film(runtime, house):
    house.tmdb.faults.add("/3/movie/653$", details(times=1, title="Nosferatu", original_language="de"))
    house.tmdb.faults.add("/3/movie/653$", Fault(status=503))
    found = await runtime.tmdb.movie(NOSFERATU.tmdb_id, ("en", "original"))
    assert found.metadata.fields["title"] == "Nosferatu"
    assert isinstance(found.trouble, ProviderUnavailable)
