"""How sure it is that a file is a film, derived from the table of weights."""

from __future__ import annotations

import itertools

import pytest

from metarr_core.domain.film_length import compared
from metarr_core.domain.ids import TmdbId
from metarr_core.domain.matching import LEAD, THRESHOLD, WEIGHTS, Film, Wanted, judge, weigh


def film(title="The Very Long Space Between Us", year=2017, minutes=None, number=1, **more):
    return Film(TmdbId(number), title, year=year, minutes=minutes, **more)


def accepted(wanted, *films):
    verdict = judge(wanted, films)
    return verdict.accepted.film.tmdb_id if verdict.accepted else None


TITLES = {
    "The Very Long Space Between Us": (),
    "Very Long Space Between Us": ("an article more or less",),
    "The Very Long SpaceBetween Us": ("words joined or apart",),
}
YEARS = {
    2017: (),
    2016: ("the year is one off",),
    2018: ("the year is one off",),
    2019: ("the year is two off",),
    1990: ("another year",),
    None: ("no year in the name",),
}
LENGTHS = {
    None: (),
    120.1: ("as long as the file",),
    119.0: ("not as long as the file",),
    110.0: ("not as long as the file",),
    60.0: ("far from as long as the file",),
    2.0: (),
    90_000.0: (),
}
WHY_NO_LENGTH = {
    None: ("the length of the file is not known",),
    2.0: ("the file is a clip, so its length says nothing",),
    90_000.0: ("the length of the file is not known",),
}


@pytest.mark.parametrize(("title", "year", "minutes"), list(itertools.product(TITLES, YEARS, LENGTHS)))
def test_the_confidence_is_the_sum_of_the_weights_that_are_told(title, year, minutes):
    match = weigh(Wanted((title,), year, minutes), film(minutes=121))
    why = WHY_NO_LENGTH.get(minutes, ()) if YEARS[year] else ()
    weights = (*TITLES[title], *YEARS[year], *LENGTHS[minutes], *why)
    assert match.reasons == ("the same title", *weights)
    assert match.confidence == pytest.approx(min(1 + sum(WEIGHTS[name] for name in weights), 1.0))


SURE = 1.0
OFF, NO_YEAR, FIRST_SHOWN = "the year is one off", "no year in the name", "first shown in that year"
FEW_HAVE, MANY_HAVE = "a title that other films may have", "a title that many films may have"
ALIKE, AS_MANY = "as long as the file", "as long as the file, as many films are"
ABOUT, UNLIKE = "about as long as the file, as many films are", "not as long as the file"
DOUBTS = {
    ("an alternative title",): True,
    ("an article more or less",): True,
    (UNLIKE,): True,
    ("far from as long as the file",): False,
    (UNLIKE, "the film of that title a year apart is as long as the file"): False,
    # a title of its own needs no length, but none that speaks against it
    (OFF,): True,
    (OFF, ABOUT): True,
    (OFF, UNLIKE): False,
    (NO_YEAR,): True,
    (NO_YEAR, UNLIKE): False,
    # a title of few telling words needs a length; without a year, no common one
    (OFF, FEW_HAVE): False,
    (OFF, FEW_HAVE, ABOUT): True,
    (OFF, FEW_HAVE, AS_MANY): True,
    (OFF, FEW_HAVE, ALIKE): True,
    (NO_YEAR, FEW_HAVE): False,
    (NO_YEAR, FEW_HAVE, ABOUT): False,
    (NO_YEAR, FEW_HAVE, AS_MANY): True,
    (NO_YEAR, FEW_HAVE, ALIKE): True,
    # a title that stands in others needs a length that says much; without a year, one that few films have
    (OFF, MANY_HAVE): False,
    (OFF, MANY_HAVE, ABOUT): False,
    (OFF, MANY_HAVE, AS_MANY): True,
    (OFF, MANY_HAVE, ALIKE): True,
    (NO_YEAR, MANY_HAVE): False,
    (NO_YEAR, MANY_HAVE, ABOUT): False,
    (NO_YEAR, MANY_HAVE, AS_MANY): False,
    (NO_YEAR, MANY_HAVE, ALIKE): True,
    (FIRST_SHOWN, MANY_HAVE): True,
    (FIRST_SHOWN, FEW_HAVE, UNLIKE): False,
    (OFF, "an alternative title"): False,
    (OFF, FEW_HAVE, "an alternative title", ALIKE): False,
    ("the year is two off", ALIKE): False,
    ("another year", ALIKE): False,
    ("other numbers", ALIKE): False,
}


@pytest.mark.parametrize("doubts", DOUBTS)
def test_which_doubts_are_too_many(doubts):
    assert (SURE + sum(WEIGHTS[name] for name in doubts) >= THRESHOLD) is DOUBTS[doubts]


def test_a_film_with_its_year_is_clearly_ahead_of_one_a_year_off():
    assert -WEIGHTS["the year is one off"] > LEAD
    assert accepted(Wanted(("Heat",), 1995), film("Heat", 1996, number=2), film("Heat", 1995)) == 1


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ("WALL-E", "WALL·E"),
        ("Amelie", "Amélie"),
        ("S W A T", "S.W.A.T."),
        ("Rocky 4", "Rocky IV"),
        ("Fast and Furious", "Fast & Furious"),
        ("Schindlers List", "Schindler's List"),
        ("Dune Part 2", "Dune: Part Two"),
        ("Alien 3", "Alien³"),
        ("Kill Bill Vol 1", "Kill Bill: Vol. 1"),
        ("Strasse der Angst", "Straße der Angst"),
        ("Guardians of the Galaxy Vol 2", "Guardians of the Galaxy Vol. 2"),
    ],
)
def test_titles_that_are_spelt_in_another_way_are_the_same(wanted, title):
    assert weigh(Wanted((wanted,), 2000), film(title, 2000)).confidence == SURE


@pytest.mark.parametrize(
    ("wanted", "year", "title", "film_year"),
    [
        ("Lincoln", 2012, "Abraham Lincoln: Vampire Hunter", 2012),
        ("Max", 2015, "Mad Max", 2015),
        ("Robin Hood", 1991, "Robin Hood: Prince of Thieves", 1991),
        ("Saw 3D", 2010, "Saw IV", 2010),
        ("Toy Story 3", 2010, "Toy Story 2", 2010),
        ("Harry Potter and the Deathly Hallows Part 2", 2011, "Harry Potter and the Deathly Hallows: Part 1", 2010),
        ("Batman Begins", 2005, "Batman Begins 2", 2005),
        ("Day of the Dead", 2008, "Diary of the Dead", 2008),
        ("Bride & Prejudice", 2005, "Pride & Prejudice", 2005),
        ("Robocop", 2014, "RoboCop", 1987),
        ("The Mummy", 2017, "The Mummy", 1999),
        ("1984", None, "1984", 1984),
        ("Split", 2016, "Split", 2017),
    ],
)
def test_a_wrong_film_is_worse_than_none(wanted, year, title, film_year):
    assert accepted(Wanted((wanted,), year), film(title, film_year)) is None


def test_of_two_films_with_the_same_title_and_year_only_the_length_tells_which():
    films = film("Detour", 2016, 97), film("Detour", 2016, 84, number=2)
    assert accepted(Wanted(("Detour",), 2016), *films) is None
    assert accepted(Wanted(("Detour",), 2016, 84.5), *films) == 2


def test_a_year_that_is_one_off_is_still_found_where_the_film_is_as_long_as_the_file():
    assert accepted(Wanted(("Split",), 2016, 117.2), film("Split", 2017, 117)) == 1
    assert accepted(Wanted(("Split",), 2016, 97.0), film("Split", 2017, 117)) is None


def test_a_film_is_found_by_its_original_title_and_by_others():
    parasite = film("Parasite", 2019, original_title="기생충", other_titles=("Gisaengchung",))
    assert accepted(Wanted(("기생충",), 2019), parasite) == 1
    assert accepted(Wanted(("Gisaengchung",), 2019), parasite) == 1


def test_the_verdict_says_why_in_words():
    assert judge(Wanted(("Heat",)), []).why == "no film was found by this name"
    wanted = Wanted(("Heat",), 1995)
    assert judge(wanted, [film("Heat", 1995), film("Heat", 1995, number=2)]).why == (
        "Heat (1995) [1.00] and Heat (1995) [1.00] are both likely"
    )
    assert "another year" in judge(wanted, [film("Heat", 1986)]).why
    assert judge(wanted, [film("Heat", 1995)]).why == "Heat (1995) [1.00]: the same title"


def test_a_year_that_is_one_off_is_no_riddle_where_the_film_was_first_shown_in_that_year():
    dolittle = film("Dolittle", 2020, release_years=frozenset({2019, 2020, 2021}))
    assert accepted(Wanted(("Dolittle",), 2019), dolittle) == 1
    assert accepted(Wanted(("Dolittle",), 2021), dolittle) is None


@pytest.mark.parametrize(
    ("others", "found"),
    [((), 1), (("The Space Beneath",), 1), (("The Space Between Us",), None), (("The Space Between Us: The Return",), None)],
)
def test_without_lengths_a_year_that_is_one_off_is_accepted_only_for_a_title_that_stands_alone(others, found):
    films = [film("The Space Between Us", 2017), *(film(title, 1990, number=2 + n) for n, title in enumerate(others))]
    assert accepted(Wanted(("The Space Between Us",), 2016), *films) == found


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Graveyard Encounters", 1),
        ("The Last Emperor of Rome", 1),
        ("The Man with the Golden Arm", 1),
        ("Frankenhooker", None),
        ("Night of the Living Dead", 1),
        ("The Last Emperor", None),
        ("Raw Nerve", None),
        ("To Be or Not to Be", None),
        ("Apollo 13", None),
    ],
)
def test_without_lengths_a_year_that_is_one_off_is_accepted_only_for_a_title_of_two_telling_words(title, found):
    assert accepted(Wanted((title,), 2001), film(title, 2000)) == found


def test_a_number_that_may_be_the_year_or_a_word_of_the_title_is_either():
    odyssey, brothers = film("2001: A Space Odyssey", 1968, 149), film("The Blues Brothers", 1980, 133, number=2)
    read_in_two_ways = ("A Space Odyssey", "2001 A Space Odyssey")
    assert accepted(Wanted(read_in_two_ways, 2001, 148.8), odyssey) == 1
    assert accepted(Wanted(read_in_two_ways, 2001), odyssey) is None
    assert accepted(Wanted(("The Blues Brothers", "1980 The Blues Brothers"), 1980), brothers) == 2
    assert accepted(Wanted(("The Blues Brothers", "1981 The Blues Brothers"), 1981), brothers) is None


def test_without_lengths_a_name_without_a_year_needs_three_telling_words():
    assert (
        accepted(Wanted(("Eternal Sunshine of the Spotless Mind",)), film("Eternal Sunshine of the Spotless Mind", 2004))
        == 1
    )
    assert accepted(Wanted(("The Last Emperor of Rome",)), film("The Last Emperor of Rome", 2000)) is None


@pytest.mark.parametrize(
    ("film_minutes", "off", "told"),
    [
        (97, 0.6, "as long as the file, as many films are"),
        (97, 0.9, "about as long as the file, as many films are"),
        (90, 0.0, "about as long as the file, as many films are"),
        (97, 1.1, "not as long as the file"),
        (131, 0.9, "as long as the file"),
        (61, -1.0, "as long as the file"),
        (131, 1.1, "not as long as the file"),
    ],
)
def test_the_more_films_are_as_long_the_less_a_length_says(film_minutes, off, told):
    assert compared(film_minutes + off, film_minutes) == told


def test_an_exact_year_is_doubted_where_the_film_of_a_year_before_is_as_long_as_the_file():
    films = film("Killers", 1997, 86), film("Killers", 1996, 131, number=2)
    assert accepted(Wanted(("Killers",), 1997, 86.2), *films) == 1
    assert accepted(Wanted(("Killers",), 1997, 97.0), *films) == 1
    extended = Wanted(("Killers",), 1997, 101.2)
    assert accepted(extended, films[0], film("Killers", 1996, 101, number=2)) is None
    assert accepted(extended, films[0], film("Killers", 1990, 101, number=2)) == 1


@pytest.mark.parametrize("minutes", [None, 0.03, 4.0, 2000.0])
def test_the_length_of_a_clip_or_of_a_damaged_file_is_no_evidence(minutes):
    assert accepted(Wanted(("Heat",), 1995, minutes), film("Heat", 1995, 170)) == 1
    assert accepted(Wanted(("Heat",), 1996, minutes), film("Heat", 1995, 170)) is None


def test_a_clip_is_not_as_long_as_a_film_of_one_minute():
    assert "as long as the file" not in weigh(Wanted(("Luxo",), 1986, 0.03), film("Luxo", 1986, 1)).reasons
    assert "as long as the file" in weigh(Wanted(("Luxo Jr.",), 1986, 2.2), film("Luxo Jr.", 1986, 2)).reasons
