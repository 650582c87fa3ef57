"""A catalogue of made-up films, many of which share their title, searched as TMDB's is: by all words, without accents."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from metarr_core.domain.ids import TmdbId
from metarr_core.domain.matching import Film, Wanted
from metarr_core.errors import NotFoundError
from metarr_core.operations.film_search import search_film

FIRST = [
    "Silent",
    "Last",
    "Burning",
    "Lost",
    "Crimson",
    "Hidden",
    "Midnight",
    "Broken",
    "Golden",
    "Winter",
    "Savage",
    "Second",
]
SECOND = [
    "River",
    "Harbour",
    "Kingdom",
    "Road",
    "Witness",
    "Letter",
    "Garden",
    "Soldier",
    "Mirror",
    "Station",
    "Island",
    "Hour",
]
ENDS = [
    "",
    "",
    "",
    " of Paris",
    " of the Dead",
    " and the Sea",
    " 2",
    " III",
    ": Part Two",
    " Returns",
    " in the Dark",
    "'s End",
]
ROWS = 20


@dataclass(frozen=True)
class Entry:
    film: Film
    words: frozenset[str]
    popularity: float


def words_of(text):
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return frozenset(re.findall(r"\w+", plain.casefold()))


def made_up_catalogue(dice: random.Random, titles: int = 2000, confusables: int = 700) -> list[Entry]:
    """Films with titles of their own, and others that share one: years apart, or a single one."""
    names = [f"{article}{a} {b}{end}" for a in FIRST for b in SECOND for end in ENDS for article in ("", "The ")]
    chosen = [(name, dice.randint(1930, 2024)) for name in dice.sample(sorted(set(names)), titles)]
    chosen += [(name, year + dice.choice([1, -1, 2, -2, 10, 25, -30])) for name, year in dice.sample(chosen, confusables)]
    return [entry(dice, number, name, year) for number, (name, year) in enumerate(chosen, 1)]


def entry(dice, number, title, year):
    other = f"Titel {number} {title.split()[-1]}"
    minutes = max(62, round(dice.gauss(105, 18)))
    film = Film(TmdbId(number), title, title, (other,), year, minutes)
    return Entry(film, words_of(f"{title} {other}"), dice.paretovariate(1))


class Catalogue:
    """Pages of rows without length and other titles, by popularity; `without` is a film that it lacks."""

    def __init__(self, entries, without=None):
        self.entries = {one.film.tmdb_id: one for one in entries if one.film.tmdb_id != without}
        self.questions = 0

    async def search(self, query, *, year=None, page=1):
        self.questions += 1
        words = words_of(query)
        found = [one for one in self.entries.values() if words <= one.words and year in (None, one.film.year)]
        found.sort(key=lambda one: -one.popularity)
        rows = [Film(one.film.tmdb_id, one.film.title, one.film.title, (), one.film.year) for one in found]
        return tuple(rows[(page - 1) * ROWS : page * ROWS]), len(rows)

    async def film(self, tmdb_id):
        self.questions += 1
        if tmdb_id not in self.entries:
            raise NotFoundError("TMDB does not have what was asked for")
        return self.entries[tmdb_id].film


async def outcomes(entries, sample, name_of, *, is_missing=False):
    """How many of the films are found rightly, wrongly and not at all; the file is as long as its film, to half a minute."""
    counted = Counter()
    for one in sample:
        catalogue = Catalogue(entries, without=one.film.tmdb_id if is_missing else None)
        title, year = name_of(one.film)
        verdict = await search_film(catalogue, Wanted((title,), year, one.film.minutes + 0.4))
        found = verdict.accepted.film.tmdb_id if verdict.accepted else None
        counted["none" if found is None else "right" if found == one.film.tmdb_id else "wrong"] += 1
    return counted
