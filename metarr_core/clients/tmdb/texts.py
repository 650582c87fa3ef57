"""Which of TMDB's languages and countries are shown.

TMDB falls back from a missing title to the original one, and from a missing overview to nothing; a person would rather read
English than nothing, and rather an English title than one in a script that they may not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from metarr_core.clients.json_values import as_object, as_objects, as_text

RELEASE_TYPES = (3, 2, 4, 5, 6, 1)
"""Theatrical first, then limited, digital, physical, TV, premiere: the early rows of festivals are often unrated."""
USUAL_COUNTRY = {"en": "US", "ja": "JP", "ko": "KR", "zh": "CN", "cs": "CZ", "da": "DK", "sv": "SE", "uk": "UA", "el": "GR"}


@dataclass(frozen=True)
class Locale:
    """The language of texts (ISO 639-1) and the country of age ratings (ISO 3166-1)."""

    language: str
    region: str
    country: str

    @classmethod
    def of(cls, language: str, country: str) -> Locale:
        """From settings such as 'de-AT' and ''."""
        code, _, region = language.partition("-")
        return cls(code, region, country or region or USUAL_COUNTRY.get(code, code.upper()))


def title(document: dict[str, Any], locale: Locale) -> str | None:
    """The title in the locale's language, else in English, else the original one."""
    original = as_text(document.get("original_title"))
    shown = as_text(document.get("title"))
    is_translated = shown is not None and shown != original
    if is_translated or document.get("original_language") == locale.language:
        return shown or original
    return _translated(document, "title", locale) or shown or original


def text(document: dict[str, Any], field: str, locale: Locale) -> str | None:
    """An overview or tagline in the locale's language, else in English, else in the original one."""
    return as_text(document.get(field)) or _translated(document, field, locale)


def _translated(document: dict[str, Any], field: str, locale: Locale) -> str | None:
    rows = as_objects(as_object(document.get("translations")).get("translations"))
    order = (locale.language, "en", document.get("original_language"))
    fitting = [row for row in rows if row.get("iso_639_1") in order and as_text(as_object(row.get("data")).get(field))]
    fitting.sort(key=lambda row: (order.index(row["iso_639_1"]), _strangeness(row, locale)))
    return as_text(fitting[0]["data"][field]) if fitting else None


def _strangeness(row: dict[str, Any], locale: Locale) -> int:
    """Of one language, the locale's own region comes first, then the country that it is named for."""
    country, language = row.get("iso_3166_1"), row["iso_639_1"]
    nearest = (locale.region, USUAL_COUNTRY.get(language, str(language).upper()))
    return nearest.index(country) if country in nearest else len(nearest)


def certification(document: dict[str, Any], locale: Locale) -> str | None:
    """The age rating of the locale's country, else the American one.

    Not empty; of several, the one of a theatrical release, then the earliest.
    """
    return next((rated for country in (locale.country, "US") if (rated := _rating(document, country))), None)


def _rating(document: dict[str, Any], country: str) -> str | None:
    rows = [
        row
        for result in as_objects(as_object(document.get("release_dates")).get("results"))
        if result.get("iso_3166_1") == country
        for row in as_objects(result.get("release_dates"))
        if as_text(row.get("certification")) and row.get("type") in RELEASE_TYPES
    ]
    rows.sort(key=lambda row: (RELEASE_TYPES.index(row["type"]), str(row.get("release_date"))))
    return as_text(rows[0]["certification"]) if rows else None


def trailer(document: dict[str, Any], locale: Locale) -> str | None:
    """A trailer on YouTube, in the form that Kodi's YouTube add-on plays: official first, in the locale's language first."""
    videos = as_objects(as_object(document.get("videos")).get("results"))
    trailers = [
        row for row in videos if row.get("site") == "YouTube" and row.get("type") == "Trailer" and as_text(row.get("key"))
    ]
    trailers.sort(key=lambda row: (row.get("iso_639_1") != locale.language, not row.get("official")))
    return f"plugin://plugin.video.youtube/play/?video_id={trailers[0]['key']}" if trailers else None
