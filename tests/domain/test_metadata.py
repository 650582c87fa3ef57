"""A lock is a lock."""

from datetime import date

import pytest

from metarr_core.domain.metadata import LISTS, Collection, Credit, Metadata, Part, Person

PERSON = Person("Max Schreck", 900122)
WHOLE = Metadata(
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
    assert WHOLE.without(set()) == WHOLE


def test_a_locked_field_says_nothing_any_more_and_the_others_stay():
    unlocked = WHOLE.without({"title", "year"})
    assert unlocked.fields == {"release_date": date(1922, 3, 4)}
    assert unlocked.genres == ("Horror",)


@pytest.mark.parametrize("name", LISTS)
def test_a_locked_list_is_locked_as_a_whole(name):
    unlocked = WHOLE.without({name})
    assert getattr(unlocked, name) is None
    assert {other for other in LISTS if getattr(unlocked, other) is None} == {name}
    assert unlocked.fields == WHOLE.fields


def test_locks_on_things_that_a_source_does_not_tell_change_nothing():
    assert WHOLE.without({"poster", "plot", "nonsense"}) == WHOLE


def test_what_is_locked_is_left_out_of_a_copy_and_not_out_of_the_original():
    WHOLE.without({"title", "actors"})
    assert WHOLE.fields["title"] == "Nosferatu"
    assert WHOLE.actors


def test_every_list_of_a_film_can_be_locked():
    not_edited = {"alternative_titles", "external_ids"}
    assert set(vars(WHOLE)) - not_edited == {*LISTS, "fields"}
