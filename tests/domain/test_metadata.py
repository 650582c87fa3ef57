"""A lock is a lock."""

import json
from dataclasses import replace
from datetime import date

import pytest

from metarr_core.domain import metadata as md
from metarr_core.domain.field_values import as_json, from_json
from metarr_core.domain.metadata import LISTS, Collection, Credit, Metadata, Part, Person

PERSON = Person("Max Schreck", 900122)
EVERYTHING = Metadata(
    fields={"title": "Nosferatu", "year": 1922, "release_date": date(1922, 3, 4)},
    collection=Collection(1, "Vampires"),
    genres=("Horror",),
    studios=("Prana-Film",),
    countries=("Germany",),
    tags=("vampire",),
    actors=(Part(PERSON, "Graf Orlok"),),
    crew=(Credit(PERSON, "Director"),),
)


def test_without_locks_everything_may_be_written():
    assert EVERYTHING.without(set()) == EVERYTHING


def test_a_locked_field_says_nothing_any_more_and_the_others_stay():
    unlocked = EVERYTHING.without({"title", "year"})
    assert unlocked.fields == {"release_date": date(1922, 3, 4)}
    assert unlocked.genres == ("Horror",)


@pytest.mark.parametrize("name", LISTS)
def test_a_locked_list_is_locked_as_a_whole(name):
    unlocked = EVERYTHING.without({name})
    assert getattr(unlocked, name) is None
    assert {other for other in LISTS if getattr(unlocked, other) is None} == {name}
    assert unlocked.fields == EVERYTHING.fields


def test_locks_on_things_that_a_source_does_not_tell_change_nothing():
    assert EVERYTHING.without({"poster", "plot", "nonsense"}) == EVERYTHING


def test_what_is_locked_is_left_out_of_a_copy_and_not_out_of_the_original():
    EVERYTHING.without({"title", "actors"})
    assert EVERYTHING.fields["title"] == "Nosferatu"
    assert EVERYTHING.actors


def test_every_list_of_a_film_can_be_locked():
    assert set(vars(EVERYTHING)) == {*md.WHOLE, "fields", "erased"}


def test_more_that_is_told_replaces_what_was_known_and_what_is_not_told_stays():
    more = EVERYTHING.with_more(Metadata(fields={"year": 1923}, genres=(), tags=None))
    assert (more.fields["year"], more.fields["title"]) == (1923, "Nosferatu")
    assert (more.genres, more.tags) == ((), ("vampire",))


def test_gaps_are_filled_and_nothing_else():
    more = EVERYTHING.with_more(Metadata(fields={"year": 1, "plot": "A count."}, genres=("Drama",)), only_gaps=True)
    assert more == EVERYTHING.with_more(Metadata(fields={"plot": "A count."}))


def test_only_what_is_said_to_be_erased_is():
    less = EVERYTHING.with_more(Metadata(erased=frozenset({"year", "actors", "collection"})))
    assert {name for name in EVERYTHING.names if less.value(name) is None} == {"year", "actors", "collection"}


def test_a_locked_field_is_not_erased():
    assert Metadata(erased=frozenset({"year", "plot"})).without({"year"}).erased == {"plot"}


def test_somebody_without_a_photo_keeps_the_one_that_is_known():
    photo = Part(Person("Max Schreck", 900122, "https://photo"), "Graf Orlok")
    known = replace(EVERYTHING, actors=(photo,))
    assert known.with_more(EVERYTHING).actors == (photo,)


@pytest.mark.parametrize("name", EVERYTHING.names)
def test_a_value_is_the_same_after_its_way_through_the_history(name):
    kept = json.loads(json.dumps({name: as_json(EVERYTHING, name)}))
    assert from_json(kept).value(name) == EVERYTHING.value(name)


def test_a_value_that_was_not_there_is_emptied_by_the_history():
    assert from_json({"plot": None, "genres": None}).erased == {"plot", "genres"}
