"""TMDB's answers in our words. Pure."""

from __future__ import annotations

from typing import Any

from metarr_core.clients.json_values import as_date, as_number, as_object, as_objects, as_text
from metarr_core.clients.tmdb import texts
from metarr_core.clients.tmdb.texts import Locale
from metarr_core.domain.ids import ImdbId, TmdbId
from metarr_core.domain.matching import Film
from metarr_core.domain.metadata import Collection, Credit, Metadata, Part, Person, Scalar

PHOTO_SIZE = "h632"
EXTERNAL_IDS = {"wikidata_id": "wikidata", "facebook_id": "facebook", "instagram_id": "instagram", "twitter_id": "twitter"}


def metadata(document: dict[str, Any], image_base_url: str, locale: Locale) -> Metadata:
    """Texts, numbers, people and lists; what is empty says nothing."""
    credits_ = as_object(document.get("credits"))
    released = as_date(document.get("release_date"))
    fields: dict[str, Scalar | None] = {
        "title": texts.title(document, locale),
        "original_title": as_text(document.get("original_title")),
        "plot": texts.text(document, "overview", locale),
        "tagline": texts.text(document, "tagline", locale),
        "runtime": as_number(document.get("runtime"), int),
        "rating": as_number(document.get("vote_average"), float),
        "votes": as_number(document.get("vote_count"), int),
        "release_date": released,
        "year": released.year if released else None,
        "original_language": original_language(document),
        "certification": texts.certification(document, locale),
        "trailer_url": texts.trailer(document, locale),
    }
    return Metadata(
        fields={name: value for name, value in fields.items() if value is not None},
        collection=collection(document.get("belongs_to_collection"), image_base_url),
        genres=_names(document, "genres"),
        studios=_names(document, "production_companies"),
        countries=_names(document, "production_countries"),
        tags=_names(as_object(document.get("keywords")), "keywords"),
        alternative_titles=_alternative_titles(document),
        external_ids=_external_ids(document),
        actors=_actors(credits_, image_base_url),
        crew=_crew(credits_),
    )


def imdb_id(document: dict[str, Any]) -> ImdbId | None:
    """IMDb's id, from the film itself or its external ids."""
    found = as_text(document.get("imdb_id")) or as_text(as_object(document.get("external_ids")).get("imdb_id"))
    return ImdbId(found) if found and found.startswith("tt") else None


def original_language(document: dict[str, Any]) -> str | None:
    """ISO 639-1."""
    return as_text(document.get("original_language"))


def first_movie_id(document: dict[str, Any]) -> TmdbId | None:
    """The first film of an answer of /find."""
    ids = (as_number(row.get("id"), int) for row in as_objects(document.get("movie_results")))
    return next((TmdbId(number) for number in ids if number), None)


def collection(value: Any, image_base_url: str) -> Collection | None:
    """A collection, as a film names it or as it tells of itself."""
    row = as_object(value)
    number, name = as_number(row.get("id"), int), as_text(row.get("name"))
    if not number or not name:
        return None
    poster, fanart = as_text(row.get("poster_path")), as_text(row.get("backdrop_path"))
    return Collection(
        tmdb_id=number,
        name=name,
        overview=as_text(row.get("overview")),
        poster_url=f"{image_base_url}/original{poster}" if poster else None,
        fanart_url=f"{image_base_url}/original{fanart}" if fanart else None,
    )


POSTER_SIZE = "w185"


def film(row: dict[str, Any], image_base_url: str) -> Film | None:
    """A film as it is compared with others, from a row of a search or from its details."""
    number, title = as_number(row.get("id"), int), as_text(row.get("title")) or as_text(row.get("original_title"))
    if not number or not title:
        return None
    released, poster = as_date(row.get("release_date")), as_text(row.get("poster_path"))
    return Film(
        tmdb_id=TmdbId(number),
        title=title,
        original_title=as_text(row.get("original_title")),
        other_titles=_alternative_titles(row) or (),
        year=released.year if released else None,
        minutes=as_number(row.get("runtime"), int),
        release_years=_release_years(row),
        poster_url=f"{image_base_url}/{POSTER_SIZE}{poster}" if poster else None,
        overview=as_text(row.get("overview")),
    )


def _release_years(row: dict[str, Any]) -> frozenset[int]:
    countries = as_objects(as_object(row.get("release_dates")).get("results"))
    days = (as_date(one.get("release_date")) for country in countries for one in as_objects(country.get("release_dates")))
    return frozenset(day.year for day in days if day)


def tells_of(document: dict[str, Any], tmdb_id: TmdbId) -> bool:
    """Whether an answer tells of this film, and not of another or of nothing."""
    is_named = bool(as_text(document.get("title")) or as_text(document.get("original_title")))
    return is_named and document.get("id", tmdb_id) == tmdb_id


def films(document: dict[str, Any], image_base_url: str) -> tuple[Film, ...]:
    """The films of a search, in its order."""
    found = (film(row, image_base_url) for row in as_objects(document.get("results")))
    return tuple(one for one in found if one is not None)


def total(document: dict[str, Any]) -> int:
    """How many films a search has found, on all its pages."""
    return as_number(document.get("total_results"), int) or 0


def _actors(credits_: dict[str, Any], image_base_url: str) -> tuple[Part, ...] | None:
    if not isinstance(credits_.get("cast"), list):
        return None
    rows = sorted(as_objects(credits_["cast"]), key=lambda row: as_number(row.get("order"), int) or 0)
    named = (row for row in rows if as_text(row.get("name")))
    return tuple(Part(_person(row, image_base_url), as_text(row.get("character"))) for row in named)


def _crew(credits_: dict[str, Any]) -> tuple[Credit, ...] | None:
    if not isinstance(credits_.get("crew"), list):
        return None
    return tuple(
        Credit(_person(row, None), job, as_text(row.get("department")))
        for row in as_objects(credits_["crew"])
        if as_text(row.get("name")) and (job := as_text(row.get("job")))
    )


def _person(row: dict[str, Any], image_base_url: str | None) -> Person:
    photo = as_text(row.get("profile_path"))
    return Person(
        name=as_text(row["name"]) or "",
        tmdb_id=as_number(row.get("id"), int),
        thumb_url=f"{image_base_url}/{PHOTO_SIZE}{photo}" if photo and image_base_url else None,
    )


def _names(document: dict[str, Any], name: str) -> tuple[str, ...] | None:
    if not isinstance(document.get(name), list):
        return None
    return tuple(dict.fromkeys(text for row in as_objects(document[name]) if (text := as_text(row.get("name")))))


def _alternative_titles(document: dict[str, Any]) -> tuple[str, ...] | None:
    """Other titles and translated ones, each once: searches and matches look at them."""
    if not isinstance(document.get("alternative_titles"), dict):
        return None
    others = [row.get("title") for row in as_objects(as_object(document.get("alternative_titles")).get("titles"))]
    translated = [
        as_object(row.get("data")).get("title")
        for row in as_objects(as_object(document.get("translations")).get("translations"))
    ]
    return tuple(dict.fromkeys(text for title in (*others, *translated) if (text := as_text(title))))


def _external_ids(document: dict[str, Any]) -> dict[str, str] | None:
    if not isinstance(document.get("external_ids"), dict):
        return None
    ids = as_object(document["external_ids"])
    return {name: text for field, name in EXTERNAL_IDS.items() if (text := as_text(ids.get(field)))}
