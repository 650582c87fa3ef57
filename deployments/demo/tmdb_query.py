"""What a request to TMDB asks for: languages, and which films a search finds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from deployments.demo.film import Film


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters that change what is said of a film; languages are ISO 639-1, a None among them = untagged."""

    language: str = "en"
    image_languages: frozenset[str | None] | None = None
    """None = all."""
    video_languages: frozenset[str | None] | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """Read `language`, `include_image_language` and `include_video_language`.

        `language` filters the pictures too where no `include_image_language` says otherwise: TMDB's best-known trap.
        """
        only = query.get("language", "")
        images = query.get("include_image_language") or only
        videos = query.get("include_video_language") or only
        return cls(_language(only) or "en", _languages(images), _languages(videos))


def matches(film: Film, query: Mapping[str, str]) -> bool:
    """Whether a search finds the film: each word in some title, no typo forgiven.

    `primary_release_year` is strict; `year` fits any release in any country.
    """
    titles = [film.title, film.original_title, *(other.title for other in film.translations)]
    known = {word for title in titles for word in _words(title)}
    wanted = _words(query.get("query", ""))
    any_year = {str(release.day.year) for release in film.releases} | {str(film.year)}
    return (
        bool(wanted)
        and wanted <= known
        and query.get("year", "") in any_year | {""}
        and query.get("primary_release_year", "") in {str(film.year), ""}
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _languages(codes: str) -> frozenset[str | None] | None:
    return frozenset(_language(code) for code in codes.split(",")) if codes else None


def _language(code: str) -> str | None:
    """The language of `pt-BR`; None for `null` and its older spelling `xx`."""
    language = code.strip().split("-")[0].lower()
    return None if language in {"", "null", "xx"} else language
