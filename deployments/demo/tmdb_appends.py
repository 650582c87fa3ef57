"""The parts of a film that TMDB appends to its details, by the name used in `append_to_response`."""

from collections.abc import Callable
from typing import Any

from deployments.demo.film import Film, Release, Translation
from deployments.demo.tmdb_answers import LANGUAGES, english
from deployments.demo.tmdb_pictures import Picture, pictures_of
from deployments.demo.tmdb_query import Asked

Json = dict[str, Any]


def _credits(film: Film, _: Asked) -> Json:
    cast = [
        _person(member.tmdb_id, member.name, "Acting")
        | {"cast_id": order + 1, "character": member.character, "credit_id": _credit(film, order), "order": order}
        for order, member in enumerate(film.cast)
    ]
    crew = [
        _person(member.tmdb_id, member.name, member.department)
        | {"credit_id": _credit(film, 100 + order), "department": member.department, "job": member.job}
        for order, member in enumerate(film.crew)
    ]
    return {"cast": cast, "crew": crew}


def _images(film: Film, asked: Asked) -> Json:
    listed: Json = {"backdrops": [], "logos": [], "posters": []}
    for picture in pictures_of(film):
        if asked.image_languages is None or picture.language in asked.image_languages:
            listed[picture.kind].append(_image(picture))
    return listed


def _image(picture: Picture) -> Json:
    width, height = picture.full_size
    country = "US" if picture.language == "en" else (picture.language or "").upper()
    return {
        "aspect_ratio": round(width / height, 3),
        "file_path": picture.file_path,
        "height": height,
        "iso_3166_1": country or None,
        "iso_639_1": picture.language,
        "vote_average": picture.vote_average,
        "vote_count": picture.vote_count,
        "width": width,
    }


def _videos(film: Film, asked: Asked) -> Json:
    if not film.trailer or (asked.video_languages is not None and "en" not in asked.video_languages):
        return {"results": []}
    trailer = {
        "id": _credit(film, 200),
        "iso_3166_1": "US",
        "iso_639_1": "en",
        "key": film.trailer,
        "name": "Official Trailer",
        "official": True,
        "published_at": "2012-09-26T10:00:00.000Z",
        "site": "YouTube",
        "size": 1080,
        "type": "Trailer",
    }
    return {"results": [trailer]}


def _release_dates(film: Film, _: Asked) -> Json:
    countries = dict.fromkeys(release.country for release in film.releases)
    return {
        "results": [
            {"iso_3166_1": code, "release_dates": [_release(row) for row in film.releases if row.country == code]}
            for code in countries
        ]
    }


def _release(release: Release) -> Json:
    return {
        "certification": release.certification,
        "descriptors": [],
        "iso_639_1": "",
        "note": "",
        "release_date": f"{release.day.isoformat()}T00:00:00.000Z",
        "type": release.kind,
    }


def _external_ids(film: Film, _: Asked) -> Json:
    absent = dict.fromkeys(("wikidata_id", "facebook_id", "instagram_id", "twitter_id"))
    return {"imdb_id": film.imdb_id} | absent


def _keywords(film: Film, _: Asked) -> Json:
    return {"keywords": [{"id": 900200 + sum(name.encode()), "name": name} for name in film.keywords]}


def _translations(film: Film, _: Asked) -> Json:
    return {"translations": [_translation(film, texts) for texts in (english(film), *film.translations)]}


def _translation(film: Film, texts: Translation) -> Json:
    english_name, name = LANGUAGES.get(texts.language, (texts.language, texts.language))
    data = {"title": texts.title, "tagline": texts.tagline, "overview": texts.overview}
    return {
        "iso_3166_1": texts.country,
        "iso_639_1": texts.language,
        "name": name,
        "english_name": english_name,
        "data": data | {"homepage": "", "runtime": film.runtime_minutes},
    }


def _alternative_titles(film: Film, _: Asked) -> Json:
    rows = [{"iso_3166_1": other.country, "title": other.title, "type": ""} for other in film.translations]
    return {"titles": rows}


def _person(tmdb_id: int, name: str, department: str) -> Json:
    return {
        "adult": False,
        "gender": 0,
        "id": tmdb_id,
        "known_for_department": department,
        "name": name,
        "original_name": name,
        "popularity": 1.0,
        "profile_path": None,
    }


def _credit(film: Film, number: int) -> str:
    """An id of 24 hex digits, as TMDB gives to credits and videos."""
    return f"{film.tmdb_id:016x}{number:08x}"


APPENDABLE: dict[str, Callable[[Film, Asked], Json]] = {
    "alternative_titles": _alternative_titles,
    "credits": _credits,
    "external_ids": _external_ids,
    "images": _images,
    "keywords": _keywords,
    "release_dates": _release_dates,
    "translations": _translations,
    "videos": _videos,
}
