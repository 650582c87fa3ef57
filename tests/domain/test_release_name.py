"""Names of releases and of libraries give title and year; ids, editions and parts too."""

from __future__ import annotations

from pathlib import Path

import pytest

from metarr_core.domain.release_name import Origin, read_name
from metarr_core.domain.title_words import fold

NAMES = Path(__file__).parent / "names"
WORKED_ON, SET_ASIDE = ("worked_on.txt", "library.txt", "hostile.txt"), ("set_aside.txt", "unseen.txt")
"""The rules were made with the first lists; the second were written before, and only measured."""
WELL = 0.95


def table(name):
    rows = [line.rsplit(" | ", 2) for line in (NAMES / name).read_text("utf-8").splitlines()]
    return [(path, title, None if year == "-" else int(year)) for path, title, year in rows]


def wrongly_read(name):
    read = ((path, title, year, read_name(path)) for path, title, year in table(name))
    return [(path, found.title, found.year) for path, title, year, found in read if not is_right(found, title, year)]


def is_right(found, title, year):
    return (fold(found.title), found.year) == (fold(title), year)


@pytest.mark.parametrize("name", [*WORKED_ON, *SET_ASIDE])
def test_of_real_names_nearly_all_give_title_and_year(name):
    wrong = wrongly_read(name)
    assert len(wrong) <= (1 - WELL) * len(table(name)), wrong


@pytest.mark.parametrize(
    ("path", "tmdb_id", "imdb_id"),
    [
        ("/m/The Matrix (1999) {tmdb-603}/x.mkv", 603, None),
        ("/m/The Matrix (1999) [tmdbid-603]/x.mkv", 603, None),
        ("/m/x/The Matrix (1999) [imdbid-tt0133093].mkv", None, "tt0133093"),
        ("/m/x/The Matrix (1999) {imdb-tt0133093}.mkv", None, "tt0133093"),
        ("/m/x/The.Matrix.tt0133093.mkv", None, "tt0133093"),
        ("/m/x/The Matrix (tmdb 603) (1999).mkv", 603, None),
        ("/m/x/The Matrix {tmdb-99999999999}.mkv", None, None),
        ("/m/x/The Matrix (1999) {tvdb-5}.mkv", None, None),
    ],
)
def test_ids_are_read_and_are_no_part_of_the_title(path, tmdb_id, imdb_id):
    found = read_name(path)
    assert (found.title, found.tmdb_id, found.imdb_id) == ("The Matrix", tmdb_id, imdb_id)


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("Alien 3 (1992) {edition-Assembly Cut}.mkv", "Assembly Cut"),
        ("Aliens.Directors.Cut.1986.1080p.mkv", "Directors Cut"),
        ("Blade.Runner.1982.The.Final.Cut.1080p.mkv", "The Final Cut"),
        ("Top.Gun.Maverick.2022.IMAX.1080p.mkv", "IMAX"),
        ("Donnie.Darko.DC.2001.1080p.mkv", "DC"),
        ("Almost.Famous.Bootleg.Cut.2000.mkv", "Bootleg Cut"),
        ("Avventura, L' (1960).mkv", None),
        ("South.Park.Bigger.Longer.and.Uncut.1999.mkv", None),
        ("The.Extended.Family.2014.mkv", None),
        ("The Final Cut (2004).mkv", None),
        ("Joker (Director's Cut) (2019).mkv", "Director's Cut"),
        ("Joker [Extended] (2019).mkv", "Extended"),
    ],
)
def test_editions_are_told_from_titles(name, edition):
    assert read_name(name).edition == edition


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Ben-Hur (1959) cd1.avi", 1),
        ("Ben-Hur.1959.CD2.avi", 2),
        ("Ben-Hur (1959) - part2.avi", 2),
        ("Ben-Hur (1959)-disc 3.avi", 3),
        ("Dune Part 2 (2024).mkv", None),
        ("Harry Potter and the Deathly Hallows - Part 2 (2011).mkv", None),
        ("Toy Story 3.mkv", None),
    ],
)
def test_a_file_of_several_is_told_from_the_part_of_a_saga(name, part):
    assert read_name(name).part == part


def test_each_part_says_where_it_stood():
    found = read_name("/m/The Matrix (1999) {tmdb-603}/mtx cd2 {edition-Workprint}.mkv")
    assert (found.title, found.year, found.part, found.edition) == ("The Matrix", 1999, 2, "Workprint")
    assert found.origins == {
        **dict.fromkeys(("title", "year", "tmdb_id"), Origin.FOLDER),
        **dict.fromkeys(("part", "edition"), Origin.FILE),
    }


@pytest.mark.parametrize(
    ("name", "title", "other"),
    [
        ("Death to 2020.mkv", "Death to", "Death to 2020"),
        ("2001 - A Space Odyssey.mkv", "A Space Odyssey", "2001 A Space Odyssey"),
        ("Gisaengchung AKA Parasite (2019).mkv", "Gisaengchung", "Parasite"),
        ("10 - Ten (2002).mkv", "Ten", "10 - Ten"),
        ("007 - Goldfinger (1964).mkv", "Goldfinger", "007 - Goldfinger"),
        ("(05) The Avengers (2012).mkv", "The Avengers", "05) The Avengers"),
        ("1994. Forrest Gump.mkv", "Forrest Gump", "1994 Forrest Gump"),
        ("1980 The Blues Brothers.mkv", "The Blues Brothers", "1980 The Blues Brothers"),
        ("1980.The.Blues.Brothers.1080p.BluRay.x264-GRP.mkv", "The Blues Brothers", "1980 The Blues Brothers"),
        ("1980 The Blues Brothers/movie.mkv", "The Blues Brothers", "1980 The Blues Brothers"),
        ("Ringu (aka Ring) (1998).mkv", "Ringu", "Ring"),
        ("Saw 3D (2010).mkv", "Saw 3D", "Saw"),
        ("Gravity.3D.2013.1080p.H-SBS.mkv", "Gravity", "Gravity 3D"),
        ("Der.Joker.German.DL.1080p.BluRay.x264.mkv", "Der Joker German DL", "Der Joker"),
    ],
)
def test_what_can_be_read_in_two_ways_is_told_in_both(name, title, other):
    found = read_name(name)
    assert (found.title, other in found.other_titles) == (title, True)


@pytest.mark.parametrize(
    ("name", "title", "year"),
    [
        ("1980 The Blues Brothers.mkv", "The Blues Brothers", 1980),
        ("1980_The_Blues_Brothers.mkv", "The Blues Brothers", 1980),
        ("2012.mkv", "2012", None),
        ("1917 (2019).mkv", "1917", 2019),
        ("1917.German.DL.1080p.mkv", "1917 German DL", None),
        ("1922 1080p WEB.mkv", "1922", None),
        ("1945 Directors Cut.mkv", "1945", None),
        ("2001 A Space Odyssey.mkv", "2001 A Space Odyssey", None),
        ("2001.L'Odyssée.de.l'Espace.mkv", "2001 L'Odyssée de l'Espace", None),
        ("2012 Ice Age (2011).mkv", "2012 Ice Age", 2011),
        ("1984.1984.mkv", "1984", 1984),
        ("1941.1979.mkv", "1941", 1979),
        ("300 (2006).mkv", "300", 2006),
        ("1990 Thriller/Heat.mkv", "Heat", None),
    ],
)
def test_a_year_before_the_title_is_told_from_one_that_belongs_to_it(name, title, year):
    found = read_name(name)
    assert (found.title, found.year) == (title, year)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("films/Movie.43.2013.mkv", "Movie 43"),
        ("films/T-34 (2018).mkv", "T-34"),
        ("Heat (1995)/Movie 10 (1995).mkv", "Heat"),
        ("Heat/movie (1995).mkv", "Heat"),
        ("Heat/title_t12.mkv", "Heat"),
        ("Heat/Movie 10.mkv", "Heat"),
    ],
)
def test_a_file_that_is_called_a_film_with_a_number_is_one_if_it_alone_has_a_year(path, title):
    assert read_name(path).title == title


@pytest.mark.parametrize(
    "name", ["", ".mkv", "-.mkv", "()", "1.mkv", "\x00.mkv", "\udcff (1999).mkv", "(" * 500, "a" * 5000]
)
def test_no_name_is_too_odd(name):
    assert read_name(f"/movies/{name}").title is not None
