"""The films that TMDB knows, and which of them a search finds: a library of thousands is searched thousands of times."""

import re
from collections import UserDict, defaultdict
from collections.abc import Iterable, Mapping

from deployments.demo.film import Film


class Catalogue(UserDict[int, Film]):
    """Films by their ids, which may be added and taken out at any time; knows in whose titles a word stands."""

    def __init__(self, films: Iterable[Film]) -> None:
        self._ids_of_word: defaultdict[str, dict[int, None]] = defaultdict(dict)
        super().__init__({film.tmdb_id: film for film in films})

    def __setitem__(self, tmdb_id: int, film: Film) -> None:
        self.pop(tmdb_id, None)
        super().__setitem__(tmdb_id, film)
        for word in _words_of(film):
            self._ids_of_word[word][tmdb_id] = None

    def __delitem__(self, tmdb_id: int) -> None:
        for word in _words_of(self[tmdb_id]):
            del self._ids_of_word[word][tmdb_id]
        super().__delitem__(tmdb_id)

    def search(self, query: Mapping[str, str]) -> list[Film]:
        """The films with each word of the query in some title, no typo forgiven, those with the most votes first.

        `primary_release_year` is strict; `year` fits any release in any country.
        """
        ids = sorted((self._ids_of_word.get(word, {}) for word in _words(query.get("query", ""))), key=len)
        if not ids:
            return []
        found = [self[tmdb_id] for tmdb_id in ids[0] if all(tmdb_id in others for others in ids[1:])]
        return sorted((film for film in found if _is_of_year(film, query)), key=lambda film: -film.vote_count)


def _is_of_year(film: Film, query: Mapping[str, str]) -> bool:
    any_year = {str(release.day.year) for release in film.releases} | {str(film.year)}
    return query.get("year", "") in any_year | {""} and query.get("primary_release_year", "") in {str(film.year), ""}


def _words_of(film: Film) -> set[str]:
    titles = [film.title, film.original_title, *(other.title for other in film.translations)]
    return {word for title in titles for word in _words(title)}


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
