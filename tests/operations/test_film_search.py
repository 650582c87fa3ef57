"""Films are searched for in a catalogue that forgives nothing, and found rightly or not at all."""

from __future__ import annotations

import random
import re

import pytest

from metarr_core.domain.ids import TmdbId
from metarr_core.domain.matching import Film, Wanted
from metarr_core.operations.film_search import search_film
from tests.operations.catalogue import Catalogue, Entry, made_up_catalogue, outcomes, words_of

SAMPLE = 150
WRONG_INSIDE, WRONG_OUTSIDE, RIGHT_CLEAN = 0.01, 0.03, 0.97


@pytest.fixture(scope="module")
def entries():
    return made_up_catalogue(random.Random(6))


@pytest.fixture(scope="module")
def confusables(entries):
    titles = [one.film.title for one in entries]
    shared = {title for title in titles if titles.count(title) > 1}
    return random.Random(7).sample([one for one in entries if one.film.title in shared], SAMPLE)


def clean(film):
    return film.title, film.year


def without_punctuation(film):
    return re.sub(r"\W+", " ", film.title.replace("'", "")), film.year


def without_year(film):
    return film.title, None


async def test_clean_names_are_found(entries, confusables):
    counted = await outcomes(entries, confusables, clean)
    assert counted["right"] >= RIGHT_CLEAN * SAMPLE, counted
    assert counted["wrong"] <= WRONG_INSIDE * SAMPLE, counted


@pytest.mark.parametrize(("name_of", "share"), [(without_punctuation, 0.8), (without_year, 0.5)])
async def test_poor_names_are_found_rightly_or_not_at_all(entries, confusables, name_of, share):
    counted = await outcomes(entries, confusables, name_of)
    assert counted["wrong"] <= WRONG_INSIDE * SAMPLE, counted
    assert counted["right"] >= share * SAMPLE, counted


async def test_films_that_the_provider_does_not_have_are_left_to_a_person(entries, confusables):
    counted = await outcomes(entries, confusables, clean, is_missing=True)
    assert counted["wrong"] <= WRONG_OUTSIDE * SAMPLE, counted


def catalogue_of(*films):
    return Catalogue(
        [Entry(one, words_of(" ".join((one.title, *one.other_titles))), 100 - n) for n, one in enumerate(films)]
    )


def film(number, title, year, *others, minutes=100):
    return Film(TmdbId(number), title, title, others, year, minutes)


async def found(catalogue, *titles, year=None, minutes=None):
    verdict = await search_film(catalogue, Wanted(titles, year, minutes))
    return verdict.accepted.film.tmdb_id if verdict.accepted else None


async def test_an_exact_title_wins_over_a_longer_popular_one():
    catalogue = catalogue_of(film(1, "Abraham Lincoln: Vampire Hunter", 2012), film(2, "Lincoln", 2012))
    assert await found(catalogue, "Lincoln", year=2012) == 2


async def test_a_film_behind_the_first_page_is_found_by_its_year():
    catalogue = catalogue_of(*(film(n, "Home", 1950 + n) for n in range(1, 60)))
    assert await found(catalogue, "Home", year=2008) == 58


async def test_a_film_is_found_by_another_title_that_only_its_details_tell():
    catalogue = catalogue_of(film(1, "Spirited Away", 2001, "Sen to Chihiro no kamikakushi"))
    assert await found(catalogue, "Sen to Chihiro no kamikakushi", year=2001) == 1


@pytest.mark.parametrize(
    ("name", "title", "year"),
    [
        ("Schindlers List", "Schindler's List", 1993),
        ("Dune Part 2", "Dune: Part Two", 2024),
        ("Fast and Furious", "Fast & Furious", 2009),
        ("The Godfather Part 2", "The Godfather Part II", 1974),
        ("WALL-E", "WALL·E", 2008),
    ],
)
async def test_a_title_that_is_spelt_otherwise_is_found_by_wider_questions(name, title, year):
    assert await found(catalogue_of(film(1, title, year)), name, year=year) == 1


async def test_both_ways_to_read_a_name_are_tried():
    catalogue = catalogue_of(film(1, "Death to 2020", 2020))
    assert await found(catalogue, "Death to", "Death to 2020", year=2020) == 1


async def test_a_clean_name_costs_one_question():
    catalogue = catalogue_of(film(1, "Heat", 1995), film(2, "Heat", 1986))
    assert await found(catalogue, "Heat", year=1995) == 1
    assert catalogue.questions == 1


async def test_a_film_that_is_gone_when_it_is_looked_at_is_no_candidate():
    catalogue = catalogue_of(film(1, "Heat", 1995))
    gone = catalogue.entries.copy()

    async def search(query, *, year=None, page=1):
        return (gone[1].film,), 1

    catalogue.search, catalogue.entries = search, {}
    assert await found(catalogue, "Heat", year=1995, minutes=170.0) is None
