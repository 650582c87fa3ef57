"""What a person changes, read from JSON; what is wrong with it, in words."""

from __future__ import annotations

import json
from datetime import date

import pytest

from metarr_core.domain.editing import Edit, read_edit
from metarr_core.domain.locks import EDITABLE
from metarr_core.domain.manual import ManualMetadata
from metarr_core.domain.metadata import Collection, Credit, Metadata, Part, Person
from metarr_core.errors import InvalidFields

KNOWN = Metadata(
    fields={"title": "Nosferatu", "plot": "A count."},
    collection=Collection(9, "Vampires", "All of them."),
    actors=(Part(Person("Max Schreck", 1, "https://photo"), "Graf Orlok"), Part(Person("Greta Schröder", 2), "Ellen")),
    crew=(
        Credit(Person("F. W. Murnau", 3), "Director", "Directing"),
        Credit(Person("Henrik Galeen", 4), "Screenplay", "Writing"),
        Credit(Person("Albin Grau", 5), "Producer", "Production"),
    ),
)
VALUES = {
    **dict.fromkeys(("title", "original_title", "sort_title", "plot", "tagline", "certification", "trailer_url"), "x"),
    "year": 1922,
    "runtime": 94,
    "rating": 7.5,
    "votes": 3,
    "release_date": "1922-03-04",
    "original_language": "de",
    **{name: ["x", "y"] for name in ("genres", "studios", "countries", "tags", "alternative_titles")},
    "collection": "x",
    "actors": [{"name": "x", "role": "y", "order": 0, "tmdb_id": 7}],
    "crew": [{"name": "x", "job": "Director"}],
}


def told(**document):
    return read_edit(json.dumps(document).encode()).metadata(KNOWN)


def wrong(body):
    with pytest.raises(InvalidFields) as caught:
        read_edit(body if isinstance(body, bytes) else json.dumps(body).encode())
    return caught.value.fields


def test_every_field_can_be_edited():
    assert set(VALUES) == set(EDITABLE)
    edit = read_edit(json.dumps(VALUES).encode())
    assert set(edit.fields) == set(EDITABLE)
    assert set(edit.metadata(KNOWN).names) == set(EDITABLE)
    assert edit.metadata(KNOWN).fields["release_date"] == date(1922, 3, 4)


@pytest.mark.parametrize("name", sorted(set(EDITABLE) - {"title"}))
def test_null_empties_a_field(name):
    assert told(**{name: None}) == Metadata(erased=frozenset({name}))


def test_what_is_not_given_is_not_told():
    assert told(plot="A clerk.").names == ("plot",)


def test_people_who_stay_keep_their_ids_and_photos():
    (orlok,) = told(actors=[{"name": "Max Schreck", "role": "Nosferatu"}]).actors
    assert orlok == Part(Person("Max Schreck", 1, "https://photo"), "Nosferatu")


def test_somebody_with_another_id_is_somebody_else():
    (orlok,) = told(actors=[{"name": "Max Schreck", "tmdb_id": 8}]).actors
    assert orlok.person == Person("Max Schreck", 8)


def test_directors_are_changed_and_the_rest_of_the_crew_stays():
    assert told(directors=["F. W. Murnau", "Ann"]).crew == (
        KNOWN.crew[0],
        Credit(Person("Ann"), "Director", "Directing"),
        *KNOWN.crew[1:],
    )
    assert told(writers=[]).crew == (KNOWN.crew[0], KNOWN.crew[2])
    edit = read_edit(b'{"directors": ["Ann"], "writers": null}')
    assert [one.job for one in edit.metadata(KNOWN).crew or ()] == ["Director", KNOWN.crew[2].job]
    assert edit.fields == ("crew",)


def test_the_collection_that_it_is_stays_the_same_and_another_is_known_by_its_name():
    assert told(collection="Vampires").collection == KNOWN.collection
    assert told(collection="Mine").collection == Collection(None, "Mine")


@pytest.mark.parametrize(
    ("document", "field", "said"),
    [
        ({"tilte": "x"}, "tilte", "there is no such field; there are: title, original_title"),
        ({"title": None}, "title", "a film has to have a title"),
        ({"title": "  "}, "title", "it says nothing"),
        ({"year": "soon"}, "year", "it should be a valid integer"),
        ({"year": 3}, "year", "it should be greater than or equal to"),
        ({"rating": 11}, "rating", "it should be less than or equal to 10"),
        ({"genres": "Drama"}, "genres", "it should be a valid array"),
        ({"genres": ["Drama", 3]}, "genres.1", "it should be a valid string"),
        ({"actors": [{"role": "x"}]}, "actors.0.name", "field required"),
        ({"actors": [{"name": "x", "rolle": "x"}]}, "actors.0.rolle", "there is no such field"),
        ({"original_language": "German"}, "original_language", "it should be two or three small letters, such as de"),
        ({"external_ids": {"a": "b"}}, "external_ids", "there is no such field"),
        ({"crew": [], "directors": []}, "body", "give either the crew as a whole"),
        ({"crew": [], "writers": None}, "body", "give either the crew as a whole"),
        ({}, "body", "no field is given"),
        ([1], "body", "it must be an object"),
        (b"{", "body", "it is no JSON"),
        (b'{"rating": NaN}', "rating", "it should be less than or equal to 10"),
        (b'{"plot": "' + b"x" * 20_001 + b'"}', "plot", "at most 20000 characters"),
        (b"[" * 100_000, "body", "it is no JSON"),
    ],
)
def test_what_is_wrong_is_said_of_each_field(document, field, said):
    fields = wrong(document)
    assert list(fields) == [field]
    assert said in fields[field]


def test_what_is_wrong_is_said_of_all_fields_at_once():
    assert set(wrong({"year": 3, "runtime": 0, "title": ""})) == {"year", "runtime", "title"}


def test_a_field_cannot_be_set_and_emptied():
    with pytest.raises(InvalidFields, match="not both"):
        Edit(ManualMetadata(plot="x"), ["plot"])
