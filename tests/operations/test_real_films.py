"""Of real films, most of which share their title with a remake, names are matched rightly or left to a person.

Three measures decide: wrong where the catalogue has the film, wrong where it lacks it, and right for clean names. Each is
taken with the length of the file, without, and with that of a clip of two seconds; and for names whose year is right, one
off, missing, or a year from that of a namesake.
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

WRONG_INSIDE, WRONG_OUTSIDE, RIGHT_CLEAN, FOUND_ONE_OFF = 0.01, 0.03, 0.97, 0.8
WRONG_A_YEAR_APART = 0.08
"""Where the catalogue lacks a film and has its namesake of a year before or after: those are a third of a mixed list."""
FOUND_ONE_OFF_WITHOUT_LENGTH = 0.4


def entry(number, line):
    title, year, minutes, *others = line.split(" | ")
    film = Film(TmdbId(number), title, title, tuple(others), int(year), int(minutes))
    return Entry(film, words_of(" ".join((title, *others))), 1000 / number)


def entries(name, first=1):
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return [entry(number, line) for number, line in enumerate(random.Random(8).sample(lines, len(lines)), first)]


FILMS, A_YEAR_APART = entries("real_films.txt"), entries("films_a_year_apart.txt", first=1001)
NAMED_LIKE_THOSE = entries("films_named_like_those.txt", first=2001)
"""Films in whose titles all the words of a film a year apart stand: a whole catalogue has them too."""
LENGTHS = {
    "as long as the film": lambda film, dice: film.minutes + dice.uniform(-0.9, 0.9),
    "not known": lambda _film, _dice: None,
    "a clip": lambda _film, _dice: 2 / 60,
}
each_length = pytest.mark.parametrize("length", LENGTHS)


def right_year(film, _dice):
    return film.year


def one_off(film, dice):
    return film.year + dice.choice([1, -1])


def no_year(_film, _dice):
    return None


async def counted(length, year_of=right_year, *, films=FILMS, is_missing=False):
    """How many films are found rightly, wrongly and not at all, where names have such a year."""
    found, dice = Counter(), random.Random(9)
    for one in films:
        catalogue = Catalogue([*FILMS, *A_YEAR_APART, *NAMED_LIKE_THOSE], without=one.film.tmdb_id if is_missing else None)
        wanted = Wanted((one.film.title,), year_of(one.film, dice), LENGTHS[length](one.film, dice))
        verdict = await search_film(catalogue, wanted)
        accepted = verdict.accepted.film.tmdb_id if verdict.accepted else None
        found["none" if accepted is None else "right" if accepted == one.film.tmdb_id else "wrong"] += 1
    return {outcome: number / len(films) for outcome, number in found.items()}


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
    rates = await counted(length, one_off)
    assert rates.get("wrong", 0) <= WRONG_INSIDE, rates


async def test_a_year_that_is_one_off_is_found_where_the_file_is_as_long_as_the_film():
    rates = await counted("as long as the film", one_off)
    assert rates["right"] >= FOUND_ONE_OFF, rates


async def test_without_a_length_two_fifths_of_these_titles_are_found_where_the_year_is_one_off():
    shared = Counter(fold(one.film.title) for one in [*FILMS, *A_YEAR_APART])
    own = [one for one in [*FILMS, *NAMED_LIKE_THOSE] if shared[fold(one.film.title)] <= 1]
    rates = await counted("not known", one_off, films=own)
    assert rates["right"] >= FOUND_ONE_OFF_WITHOUT_LENGTH, rates


@each_length
async def test_a_name_without_a_year_is_hardly_ever_wrong(length):
    inside, outside = await counted(length, no_year), await counted(length, no_year, is_missing=True)
    assert inside.get("wrong", 0) <= WRONG_INSIDE, inside
    assert outside.get("wrong", 0) <= WRONG_OUTSIDE, outside


@each_length
async def test_films_whose_namesake_is_a_year_apart_are_told_from_it(length):
    rates = await counted(length, films=A_YEAR_APART)
    assert rates["right"] >= RIGHT_CLEAN, rates
    outside = await counted(length, films=A_YEAR_APART, is_missing=True)
    assert outside.get("wrong", 0) <= WRONG_A_YEAR_APART, outside


async def test_films_are_found_by_their_other_titles_and_without_accents():
    named = [(one.film, title) for one in FILMS for title in one.film.other_titles]
    named += [(one.film, fold(one.film.title)) for one in FILMS if not one.film.title.isascii()]
    found = Counter()
    for film, title in named:
        accepted = (await search_film(Catalogue(FILMS), Wanted((title,), film.year, None))).accepted
        found["none" if accepted is None else "right" if accepted.film.tmdb_id == film.tmdb_id else "wrong"] += 1
    assert found == {"right": len(named)}
