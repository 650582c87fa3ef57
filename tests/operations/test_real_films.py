"""Of real films, most of which share their title with a remake, names are matched rightly or left to a person.

Three measures decide: wrong where the catalogue has the film, wrong where it lacks it, and right for clean names. Each is
taken with the length of the file, without, and with that of a clip of two seconds.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from metarr_core.domain.ids import TmdbId
from metarr_core.domain.matching import Film, Wanted
from metarr_core.domain.title_words import fold
from metarr_core.operations.film_search import search_film
from tests.operations.catalogue import Catalogue, Entry, words_of

WRONG_INSIDE, WRONG_OUTSIDE, RIGHT_CLEAN = 0.01, 0.03, 0.97


def entry(number, line):
    title, year, minutes, *others = line.split(" | ")
    film = Film(TmdbId(number), title, title, tuple(others), int(year), int(minutes))
    return Entry(film, words_of(" ".join((title, *others))), 1000 / number)


LINES = (Path(__file__).parent / "real_films.txt").read_text("utf-8").splitlines()
FILMS = [entry(number, line) for number, line in enumerate(random.Random(8).sample(LINES, len(LINES)), 1)]
LENGTHS = {
    "as long as the film": lambda film, dice: film.minutes + dice.uniform(-0.9, 0.9),
    "not known": lambda _film, _dice: None,
    "a clip": lambda _film, _dice: 2 / 60,
}
each_length = pytest.mark.parametrize("length", LENGTHS)


async def counted(length, *, off=0, is_missing=False):
    """How many films are found rightly, wrongly and not at all, where names have a year that is so far off."""
    found, dice = Counter(), random.Random(9)
    for one in FILMS:
        catalogue = Catalogue(FILMS, without=one.film.tmdb_id if is_missing else None)
        year = one.film.year + off * dice.choice([1, -1])
        verdict = await search_film(catalogue, Wanted((one.film.title,), year, LENGTHS[length](one.film, dice)))
        accepted = verdict.accepted.film.tmdb_id if verdict.accepted else None
        found["none" if accepted is None else "right" if accepted == one.film.tmdb_id else "wrong"] += 1
    return {outcome: number / len(FILMS) for outcome, number in found.items()}


def test_most_of_the_list_is_hard():
    shared = Counter(fold(one.film.title) for one in FILMS)
    assert sum(number for number in shared.values() if number > 1) > 0.8 * len(FILMS)


@each_length
async def test_clean_names_are_right(length):
    rates = await counted(length)
    assert rates["right"] >= RIGHT_CLEAN, rates
    assert rates.get("wrong", 0) <= WRONG_INSIDE, rates


@each_length
async def test_a_film_that_the_catalogue_lacks_is_hardly_ever_taken_for_its_remake(length):
    rates = await counted(length, is_missing=True)
    assert rates.get("wrong", 0) <= WRONG_OUTSIDE, rates


@each_length
async def test_a_year_that_is_one_off_is_hardly_ever_wrong(length):
    rates = await counted(length, off=1)
    assert rates.get("wrong", 0) <= WRONG_INSIDE, rates


async def test_a_year_that_is_one_off_is_found_where_the_file_is_as_long_as_the_film():
    rates = await counted("as long as the film", off=1)
    assert rates["right"] >= RIGHT_CLEAN, rates


async def test_films_are_found_by_their_other_titles_and_without_accents():
    named = [(one.film, title) for one in FILMS for title in one.film.other_titles]
    named += [(one.film, fold(one.film.title)) for one in FILMS if not one.film.title.isascii()]
    found = Counter()
    for film, title in named:
        accepted = (await search_film(Catalogue(FILMS), Wanted((title,), film.year, None))).accepted
        found["none" if accepted is None else "right" if accepted.film.tmdb_id == film.tmdb_id else "wrong"] += 1
    assert found == {"right": len(named)}
