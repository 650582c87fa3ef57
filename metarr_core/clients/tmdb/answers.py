"""TMDB's answers in our words. Pure, and patient: fields are missing, empty, 0, or strings where numbers should be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from metarr_core.domain.artwork import ArtworkType, Candidate
from metarr_core.domain.ids import ImdbId, TmdbId
from metarr_core.domain.metadata import Collection, Credit, Metadata, Part, Person, Scalar
from metarr_core.domain.text import storable

NO_LANGUAGE = {None, "", "xx"}
IMAGE_KINDS = {"posters": ArtworkType.POSTER, "backdrops": ArtworkType.FANART, "logos": ArtworkType.CLEARLOGO}
RELEASE_TYPES = (3, 2, 4, 5, 6, 1)
"""Theatrical first, then limited, digital, physical, TV, premiere: the early rows of festivals are often unrated."""
PHOTO_SIZE = "h632"

N = TypeVar("N", int, float)


def metadata(document: dict[str, Any], image_base_url: str) -> Metadata:
    """Texts, numbers, people and lists; what is empty says nothing."""
    credits_ = _object(document.get("credits"))
    fields: dict[str, Scalar | None] = {
        "title": _text(document.get("title")) or _text(document.get("original_title")),
        "original_title": _text(document.get("original_title")),
        "plot": _text(document.get("overview")),
        "tagline": _text(document.get("tagline")),
        "runtime": _number(document.get("runtime"), int),
        "rating": _number(document.get("vote_average"), float),
        "votes": _number(document.get("vote_count"), int),
        "release_date": (released := _date(document.get("release_date"))),
        "year": released.year if released else None,
        "original_language": original_language(document),
        "certification": certification(document, "US"),
        "trailer_url": _trailer(document),
    }
    return Metadata(
        fields={name: value for name, value in fields.items() if value is not None},
        collection=_collection(document),
        genres=_names(document, "genres"),
        studios=_names(document, "production_companies"),
        countries=_names(document, "production_countries"),
        actors=_actors(credits_, image_base_url),
        crew=_crew(credits_),
    )


def imdb_id(document: dict[str, Any]) -> ImdbId | None:
    """IMDb's id, from the film itself or its external ids."""
    found = _text(document.get("imdb_id")) or _text(_object(document.get("external_ids")).get("imdb_id"))
    return ImdbId(found) if found and found.startswith("tt") else None


def original_language(document: dict[str, Any]) -> str | None:
    """ISO 639-1."""
    return _text(document.get("original_language"))


def first_movie_id(document: dict[str, Any]) -> TmdbId | None:
    """The first film of an answer of /find."""
    return next(
        (TmdbId(row["id"]) for row in _objects(document.get("movie_results")) if isinstance(row.get("id"), int)), None
    )


def certification(document: dict[str, Any], country: str) -> str | None:
    """The rating of a country: not empty, by kind of release, then the earliest."""
    rows = [
        row
        for result in _objects(_object(document.get("release_dates")).get("results"))
        if result.get("iso_3166_1") == country
        for row in _objects(result.get("release_dates"))
        if _text(row.get("certification")) and row.get("type") in RELEASE_TYPES
    ]
    rows.sort(key=lambda row: (RELEASE_TYPES.index(row["type"]), str(row.get("release_date"))))
    return _text(rows[0]["certification"]) if rows else None


def candidates(image_sets: Iterable[Any], image_base_url: str) -> tuple[Candidate, ...]:
    """Every picture that TMDB offers, once each."""
    found = {
        (kind, image["file_path"]): _candidate(artwork_type, image, image_base_url)
        for images in image_sets
        for kind, artwork_type in IMAGE_KINDS.items()
        for image in _objects(_object(images).get(kind))
        if _text(image.get("file_path"))
    }
    return tuple(found.values())


def _candidate(artwork_type: ArtworkType, image: dict[str, Any], image_base_url: str) -> Candidate:
    language = image.get("iso_639_1")
    return Candidate(
        type=artwork_type,
        provider="tmdb",
        url=f"{image_base_url}/original{image['file_path']}",
        language=None if language in NO_LANGUAGE else str(language),
        width=_number(image.get("width"), int) or 0,
        height=_number(image.get("height"), int) or 0,
        vote_average=_number(image.get("vote_average"), float) or 0.0,
        vote_count=_number(image.get("vote_count"), int) or 0,
    )


def _actors(credits_: dict[str, Any], image_base_url: str) -> tuple[Part, ...] | None:
    if "cast" not in credits_:
        return None
    rows = sorted(_objects(credits_["cast"]), key=lambda row: _number(row.get("order"), int) or 0)
    return tuple(Part(_person(row, image_base_url), _text(row.get("character"))) for row in rows if _text(row.get("name")))


def _crew(credits_: dict[str, Any]) -> tuple[Credit, ...] | None:
    if "crew" not in credits_:
        return None
    return tuple(
        Credit(_person(row, None), job, _text(row.get("department")))
        for row in _objects(credits_["crew"])
        if _text(row.get("name")) and (job := _text(row.get("job")))
    )


def _person(row: dict[str, Any], image_base_url: str | None) -> Person:
    photo = _text(row.get("profile_path"))
    return Person(
        name=_text(row["name"]) or "",
        tmdb_id=_number(row.get("id"), int),
        thumb_url=f"{image_base_url}/{PHOTO_SIZE}{photo}" if photo and image_base_url else None,
    )


def _collection(document: dict[str, Any]) -> Collection | None:
    row = _object(document.get("belongs_to_collection"))
    number, name = _number(row.get("id"), int), _text(row.get("name"))
    return Collection(number, name) if number and name else None


def _trailer(document: dict[str, Any]) -> str | None:
    """The first official trailer on YouTube, in the form that Kodi's YouTube add-on plays."""
    videos = [row for row in _objects(_object(document.get("videos")).get("results")) if row.get("site") == "YouTube"]
    trailers = [row for row in videos if row.get("type") == "Trailer" and _text(row.get("key"))]
    trailers.sort(key=lambda row: not row.get("official"))
    return f"plugin://plugin.video.youtube/play/?video_id={trailers[0]['key']}" if trailers else None


def _names(document: dict[str, Any], name: str) -> tuple[str, ...] | None:
    if name not in document:
        return None
    return tuple(dict.fromkeys(text for row in _objects(document[name]) if (text := _text(row.get("name")))))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return storable(value).strip() or None if isinstance(value, str) else None


def _number(value: Any, kind: type[N]) -> N | None:
    """A number, also from a string; 0 says nothing."""
    try:
        return kind(float(value)) or None
    except (TypeError, ValueError, OverflowError):
        return None


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
