"""TMDB's answers are read with patience: what is odd says nothing."""

from datetime import date

import pytest

from metarr_core.clients.tmdb.answers import first_movie_id, imdb_id
from metarr_core.clients.tmdb.answers import metadata as localized_metadata
from metarr_core.clients.tmdb.images import candidates
from metarr_core.clients.tmdb.texts import Locale
from metarr_core.clients.tmdb.texts import certification as localized_certification
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.metadata import Collection

BASE = "http://t/p"
AMERICAN = Locale.of("en-US", "")


def metadata(document, base=BASE, locale=AMERICAN):
    return localized_metadata(document, base, locale)


def certification(document, country="US"):
    return localized_certification(document, Locale("en", "", country))


def releases(country, *rows):
    return {
        "iso_3166_1": country,
        "release_dates": [{"certification": text, "type": kind, "release_date": day} for text, kind, day in rows],
    }


@pytest.mark.parametrize(
    ("results", "rating"),
    [
        ([releases("US", ("", 1, "1999-09-21"), ("", 1, "1999-10-06"), ("R", 3, "1999-10-15"))], "R"),
        ([releases("US", ("18", 3, "1999-11-12"), ("15", 3, "2024-03-01"))], "18"),
        ([releases("US", ("15", 3, "2024-03-01"), ("18", 3, "1999-11-12"))], "18"),
        ([releases("US", ("NC-17", 1, "1999"), ("TV-MA", 6, "1999"), ("R", 4, "2001"), ("PG", 5, "2000"))], "R"),
        ([releases("US", ("PG-13", 3, "2000"), ("R", 2, "1999"))], "PG-13"),
        ([releases("GB", ("18", 3, "1999"))], None),
        ([releases("GB", ("18", 3, "1999")), releases("US", ("R", 3, "1999"))], "R"),
        ([releases("US", ("", 3, "1999"), (None, 3, "1999"), (5, 3, "1999"))], None),
        ([releases("US", ("R", "3", "1999"), ("PG", None, "1999"))], None),
        ([releases("US", ("R", 3, None))], "R"),
        ([{"iso_3166_1": "US"}, None, "US"], None),
        (None, None),
        ({"iso_3166_1": "US"}, None),
    ],
)
def test_a_certification_is_not_empty_theatrical_and_the_earliest(results, rating):
    assert certification({"release_dates": {"results": results}}, "US") == rating


@pytest.mark.parametrize("document", [{}, {"release_dates": None}, {"release_dates": []}])
def test_a_film_may_have_no_certification_at_all(document):
    assert certification(document, "US") is None


@pytest.mark.parametrize(
    ("sent", "field", "read"),
    [
        ({"runtime": "94"}, "runtime", 94),
        ({"runtime": 0}, "runtime", None),
        ({"runtime": None}, "runtime", None),
        ({"runtime": "long"}, "runtime", None),
        ({"vote_average": "7.65"}, "rating", 7.65),
        ({"vote_average": 0.0}, "rating", None),
        ({"vote_count": "12"}, "votes", 12),
        ({"vote_count": [12]}, "votes", None),
        ({"vote_count": 1e400}, "votes", None),
        ({"release_date": "1922-03-04"}, "release_date", date(1922, 3, 4)),
        ({"release_date": "1922-03-04"}, "year", 1922),
        ({"release_date": ""}, "release_date", None),
        ({"release_date": ""}, "year", None),
        ({"release_date": "1922"}, "year", None),
        ({"release_date": None}, "year", None),
        ({"title": "", "original_title": "Nosferatu"}, "title", "Nosferatu"),
        ({"title": "No\x00s\ud800"}, "title", "Nos"),
        ({"title": 7}, "title", None),
        ({"overview": ""}, "plot", None),
        ({"tagline": "   "}, "tagline", None),
        ({"original_language": "de"}, "original_language", "de"),
    ],
)
def test_a_field_that_is_missing_empty_or_odd_says_nothing(sent, field, read):
    assert metadata(sent, BASE).fields.get(field) == read


def test_an_empty_answer_says_nothing_and_a_list_that_is_empty_says_that_there_are_none():
    nothing = metadata({}, BASE)
    assert (nothing.fields, nothing.genres, nothing.actors, nothing.crew) == ({}, None, None, None)
    empty = metadata({"genres": [], "credits": {"cast": [], "crew": []}}, BASE)
    assert (empty.genres, empty.actors, empty.crew) == ((), (), ())


def test_rows_that_are_no_rows_are_passed_over():
    cast = [None, "x", {}, {"name": ""}, {"name": "B", "order": "1"}, {"name": "A", "order": 0, "id": "7", "character": ""}]
    crew = [{"name": "C"}, {"name": "C", "job": "Director"}, {"job": "Director"}]
    found = metadata({"credits": {"cast": cast, "crew": crew}, "genres": [{"name": "Drama"}] * 2 + [{"id": 1}, 3]}, BASE)
    assert [(part.person.name, part.person.tmdb_id, part.role) for part in found.actors] == [
        ("A", 7, None),
        ("B", None, None),
    ]
    assert [(credit.person.name, credit.job) for credit in found.crew] == [("C", "Director")]
    assert found.genres == ("Drama",)


@pytest.mark.parametrize("shape", [None, [], "x", 3, {"cast": None}, {"crew": "x"}])
def test_credits_of_any_shape_spoil_nothing(shape):
    assert metadata({"title": "A", "credits": shape}, BASE).fields == {"title": "A"}


@pytest.mark.parametrize(
    ("row", "collection"),
    [
        ({"id": 10, "name": "Star Wars Collection"}, Collection(10, "Star Wars Collection")),
        ({"id": "10", "name": "Star Wars Collection"}, Collection(10, "Star Wars Collection")),
        ({"id": 10}, None),
        ({"name": "x"}, None),
        (None, None),
    ],
)
def test_a_collection_has_an_id_and_a_name(row, collection):
    assert metadata({"belongs_to_collection": row}, BASE).collection == collection


def test_the_trailer_is_the_official_one_on_youtube():
    def video(key, *, site="YouTube", kind="Trailer", official=True):
        return {"key": key, "site": site, "type": kind, "official": official}

    rows = [video("v", site="Vimeo"), video("t", kind="Teaser"), video("fan", official=False), video(""), video("good")]
    found = metadata({"videos": {"results": rows}}, BASE)
    assert found.fields["trailer_url"] == "plugin://plugin.video.youtube/play/?video_id=good"


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"imdb_id": "tt1"}, "tt1"),
        ({"imdb_id": "", "external_ids": {"imdb_id": "tt2"}}, "tt2"),
        ({"imdb_id": None, "external_ids": None}, None),
        ({"imdb_id": "nm5"}, None),
    ],
)
def test_an_imdb_id_is_one_of_a_title(document, found):
    assert imdb_id(document) == found


@pytest.mark.parametrize("rows", [None, [], [{}], [{"id": "a"}], "x"])
def test_finding_nothing_is_nothing(rows):
    assert first_movie_id({"movie_results": rows}) is None


def test_pictures_are_told_once_with_their_numbers_and_without_a_language_where_there_is_no_text():
    def image(path, language, **more):
        return {"file_path": path, "iso_639_1": language, "width": 1000, "height": 1500} | more

    posters = [image("/a.jpg", "en"), image("/b.jpg", None), image("/c.jpg", "xx"), image("/d.jpg", ""), image("", "en")]
    odd = [image("/e.jpg", "de", vote_average="5.3", vote_count="2", width=None), {"file_path": None}, "x"]
    found = candidates([{"posters": posters + odd}, {"posters": posters, "logos": [image("/a.jpg", "en")]}, None], BASE)
    assert [one.url.removeprefix(BASE) for one in found if one.type is ArtworkType.KEYART] == [
        f"/original/{name}.jpg" for name in "bcd"
    ]
    found = [one for one in found if one.type is not ArtworkType.KEYART]
    assert [(one.type, one.url.removeprefix(BASE), one.language) for one in found] == [
        (ArtworkType.POSTER, "/original/a.jpg", "en"),
        (ArtworkType.POSTER, "/original/b.jpg", None),
        (ArtworkType.POSTER, "/original/c.jpg", None),
        (ArtworkType.POSTER, "/original/d.jpg", None),
        (ArtworkType.POSTER, "/original/e.jpg", "de"),
        (ArtworkType.CLEARLOGO, "/original/a.jpg", "en"),
    ]
    assert (found[4].vote_average, found[4].vote_count, found[4].width) == (5.3, 2, 0)
