"""Looks for a film in a provider's catalogue: from the plainest question to the widest, and no further than needed.

TMDB wants every word of a question in some title of the film and forgives no letter, so a name that is spelt otherwise is
asked for again in other forms. The year is never the only filter: it is judged here, by `domain.matching`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from metarr_core.domain.ids import TmdbId
from metarr_core.domain.matching import Film, Verdict, Wanted, judge, weigh
from metarr_core.domain.title_words import ARTICLES, BEFORE_NUMBERS, SHORT, fold, tokens
from metarr_core.errors import NotFoundError

DETAILS = 3
"""Films of a search that are looked at closely; only their details tell how long they are and what else they are called."""
CERTAIN = 0.97
LONGEST_WORD = 4
_JOINING = {"and", "of", "to", "in", *ARTICLES, *BEFORE_NUMBERS, *SHORT}


class Catalogue(Protocol):
    """A provider that can be searched. Its methods raise ProviderUnavailable."""

    async def search(self, query: str, *, year: int | None = None, page: int = 1) -> tuple[tuple[Film, ...], int]:
        """A page of the films in whose titles all the words stand, with a year only those of it; and how many there are."""

    async def film(self, tmdb_id: TmdbId) -> Film:
        """A film with its length and its other titles. Raises NotFoundError."""


@dataclass
class _Search:
    catalogue: Catalogue
    wanted: Wanted
    films: dict[TmdbId, Film] = field(default_factory=dict)
    detailed: set[TmdbId] = field(default_factory=set)
    asked: set[tuple[str, int | None, int]] = field(default_factory=set)

    async def ask(self, query: str, year: int | None = None, page: int = 1) -> int:
        """Ask once for each question; gives how many films there are for it."""
        question = (query.casefold(), year, page)
        if not query.strip() or question in self.asked:
            return 0
        self.asked.add(question)
        films, total = await self.catalogue.search(query, year=year, page=page)
        for film in films:
            self.films.setdefault(film.tmdb_id, film)
        return total - len(films) if page == 1 else 0

    async def verdict(self) -> Verdict:
        """The verdict on what was found so far, after a closer look at the likeliest where that can change it."""
        verdict = judge(self.wanted, list(self.films.values()))
        if self.is_certain(verdict):
            return verdict
        for film in sorted(self.films.values(), key=self._promise)[:DETAILS]:
            if film.tmdb_id not in self.detailed:
                self.detailed.add(film.tmdb_id)
                await self._look_closer(film.tmdb_id)
                if self.is_certain(verdict := judge(self.wanted, list(self.films.values()))):
                    return verdict
        return judge(self.wanted, list(self.films.values()))

    def is_certain(self, verdict: Verdict) -> bool:
        """Whether nothing that is still to be found could change the verdict."""
        best = verdict.accepted
        if best is None or best.confidence < CERTAIN:
            return False
        return self.wanted.minutes is None or best.film.tmdb_id in self.detailed

    def _promise(self, film: Film) -> tuple[bool, float]:
        """Films of about the right year first: one of them may have another title that fits."""
        year = self.wanted.year
        is_near = year is None or film.year is None or abs(film.year - year) <= 1
        return not is_near, -weigh(self.wanted, film).confidence

    async def _look_closer(self, tmdb_id: TmdbId) -> None:
        try:
            self.films[tmdb_id] = await self.catalogue.film(tmdb_id)
        except NotFoundError:
            del self.films[tmdb_id]


async def search_film(catalogue: Catalogue, wanted: Wanted) -> Verdict:
    """The verdict on all films that may be the one that is looked for. Raises ProviderUnavailable."""
    search = _Search(catalogue, wanted)
    for title in wanted.titles:
        left = await search.ask(title)
        if search.is_certain(verdict := await search.verdict()) and not left:
            return verdict
        for year in _years(wanted.year) if left else ():
            await search.ask(title, year)
        if left and wanted.year is None:
            await search.ask(title, page=2)
        if (verdict := await search.verdict()).accepted:
            return verdict
    for query, of_year in _wider(wanted):
        await search.ask(query, of_year)
        if (verdict := await search.verdict()).accepted:
            return verdict
    return await search.verdict()


def _years(year: int | None) -> tuple[int, ...]:
    return (year, year - 1, year + 1) if year else ()


def _wider(wanted: Wanted) -> Iterator[tuple[str, int | None]]:
    """The same title in forms in which it may stand there: without punctuation, without what is spelt in several ways."""
    for title in wanted.titles[:2]:
        yield re.sub(r"[\W_]+", " ", title).strip(), None
        yield fold(title), None
        words = [one for one in re.findall(r"\w+", title.casefold()) if one not in _JOINING]
        plain = [one for one in words if len(one) >= LONGEST_WORD and not one.endswith("s") and one.isalpha()]
        yield " ".join(plain or words), None
        longest = sorted(plain or list(tokens(title)), key=len, reverse=True)[:2]
        for word in longest:
            if len(word) >= LONGEST_WORD and wanted.year:
                yield word, wanted.year
