"""What TMDB v3 says of a film, as JSON values in the shapes of its real answers."""

from typing import Any

from deployments.demo.film import Film, Translation
from deployments.demo.tmdb_pictures import Kind, pictures_of
from deployments.demo.tmdb_query import Asked

Json = dict[str, Any]

GENRE_IDS = {
    "Action": 28,
    "Adventure": 12,
    "Animation": 16,
    "Comedy": 35,
    "Drama": 18,
    "Family": 10751,
    "Fantasy": 14,
    "Horror": 27,
    "Science Fiction": 878,
}
COUNTRIES = {"DE": "Germany", "FR": "France", "NL": "Netherlands", "US": "United States of America"}
LANGUAGES = {"de": ("German", "Deutsch"), "en": ("English", "English"), "fr": ("French", "Français")}

CONFIGURATION: Json = {
    "change_keys": ["images", "overview", "release_dates", "title"],
    "images": {
        "base_url": "http://image.tmdb.org/t/p/",
        "secure_base_url": "https://image.tmdb.org/t/p/",
        "backdrop_sizes": ["w300", "w780", "w1280", "original"],
        "logo_sizes": ["w45", "w92", "w154", "w185", "w300", "w500", "original"],
        "poster_sizes": ["w92", "w154", "w185", "w342", "w500", "w780", "original"],
        "profile_sizes": ["w45", "w185", "h632", "original"],
        "still_sizes": ["w92", "w185", "w300", "original"],
    },
}


def details(film: Film, asked: Asked) -> Json:
    """GET /movie/{id} without what is appended."""
    return search_row(film, asked, genre_ids=False) | {
        "belongs_to_collection": None,
        "budget": 0,
        "genres": [{"id": _genre_id(name), "name": name} for name in film.genres],
        "homepage": "",
        "imdb_id": film.imdb_id,
        "origin_country": list(film.countries),
        "production_companies": [
            {"id": firm.tmdb_id, "logo_path": None, "name": firm.name, "origin_country": firm.country}
            for firm in film.companies
        ],
        "production_countries": [{"iso_3166_1": code, "name": COUNTRIES.get(code, code)} for code in film.countries],
        "revenue": 0,
        "runtime": film.runtime_minutes,
        "spoken_languages": [_spoken(film.original_language)],
        "status": "Released",
        "tagline": _texts(film, asked.language).tagline,
    }


def search_row(film: Film, asked: Asked, *, genre_ids: bool = True) -> Json:
    """A film as search and find list it."""
    texts = _texts(film, asked.language)
    row: Json = {
        "adult": False,
        "backdrop_path": _best(film, "backdrops", (None,)),
        "id": film.tmdb_id,
        "original_language": film.original_language,
        "original_title": film.original_title,
        "overview": texts.overview,
        "popularity": round(film.vote_count / 40, 4),
        "poster_path": _best(film, "posters", (asked.language, film.original_language)),
        "release_date": film.release_date.isoformat(),
        "title": texts.title or film.original_title,
        "video": False,
        "vote_average": film.vote_average,
        "vote_count": film.vote_count,
    }
    return row | ({"genre_ids": [_genre_id(name) for name in film.genres]} if genre_ids else {})


def english(film: Film) -> Translation:
    """The film's own texts as the English translation."""
    return Translation("en", "US", film.title, film.tagline, film.overview)


def _texts(film: Film, language: str) -> Translation:
    """The texts in a language; without a translation all are empty, TMDB does not fall back to English."""
    known = {texts.language: texts for texts in (*film.translations, english(film))}
    return known.get(language) or Translation(language, "", "", "", "")


def _best(film: Film, kind: Kind, languages: tuple[str | None, ...]) -> str | None:
    """The path of the first picture in the first of the languages that has one, else of the first at all."""
    of_kind = [picture for picture in pictures_of(film) if picture.kind == kind]
    fitting = [picture for language in languages for picture in of_kind if picture.language == language]
    return next((picture.file_path for picture in fitting or of_kind), None)


def _genre_id(name: str) -> int:
    return GENRE_IDS.get(name, 900300 + sum(name.encode()))


def _spoken(language: str) -> Json:
    english_name, name = LANGUAGES.get(language, (language, language))
    return {"english_name": english_name, "iso_639_1": language, "name": name}
