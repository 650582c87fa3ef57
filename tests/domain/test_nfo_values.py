"""What an NFO tells, whoever wrote it; and which of it somebody changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from metarr_core.domain.manual import ManualMetadata
from metarr_core.domain.metadata import Metadata
from metarr_core.domain.nfo import NfoMovie, render
from metarr_core.domain.nfo_values import changed, hashes_of, read_nfo
from tests.domain.test_nfo import METADATA

OURS = render(NfoMovie(METADATA, {"tmdb": "653"}, None))
BY_JELLYFIN = """<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<movie>
  <plot><![CDATA[A clerk & a count.]]></plot>
  <outline />
  <lockdata>false</lockdata>
  <title>Nosferatu</title>
  <director>F. W. Murnau</director>
  <writer>Henrik Galeen</writer>
  <credits>Henrik Galeen</credits>
  <rating>7.6</rating>
  <year>1922</year>
  <premiered>1922-03-04</premiered>
  <releasedate>1922-03-04</releasedate>
  <runtime>94</runtime>
  <genre>Horror / Fantasy</genre>
  <set tmdbcolid="1"><name>Vampires</name></set>
  <actor><name>Greta Schröder</name><order>1</order></actor>
  <actor><name>Max Schreck</name><role>Graf Orlok</role><type>Actor</type><order>0</order></actor>
</movie>"""


def movie(*tags: str) -> bytes:
    return f"<movie>{''.join(tags)}</movie>".encode()


def test_what_we_write_is_read_back_as_it_was():
    known = ManualMetadata.model_validate(read_nfo(OURS)).metadata(METADATA)
    assert known.fields == {name: METADATA.fields[name] for name in known.fields}
    assert (known.collection, known.studios, known.countries) == (METADATA.collection, METADATA.studios, ("Germany",))
    assert known.genres == ("Horror", "Fantasy")
    assert known.actors == METADATA.actors
    assert {credit.person.name for credit in known.crew} == {credit.person.name for credit in METADATA.crew}


def test_nothing_is_changed_in_what_we_wrote():
    assert changed(read_nfo(OURS), hashes_of(read_nfo(OURS))) == {}


def test_what_somebody_changed_is_found_field_for_field():
    theirs = OURS.replace(b"A symphony of horror.", b"Beware.").replace(b"<runtime>94", b"<runtime>95")
    assert changed(read_nfo(theirs), hashes_of(read_nfo(OURS))) == {"tagline": "Beware.", "runtime": 95}


def test_what_somebody_left_out_says_nothing():
    assert changed(read_nfo(movie("<title>Nosferatu</title>")), hashes_of(read_nfo(OURS))) == {}


def test_an_actor_who_was_taken_out_is_a_change_of_the_cast():
    fewer = replace(METADATA, actors=METADATA.actors[:1])
    found = changed(read_nfo(render(NfoMovie(fewer, {}, None))), hashes_of(read_nfo(OURS)))
    assert [one["name"] for one in found["actors"]] == ["Max Schreck"]
    assert list(found) == ["actors"]


def test_another_photo_is_no_change_of_the_cast():
    theirs = OURS.replace(b"http://t/p/1.jpg", b"http://elsewhere/1.jpg")
    assert changed(read_nfo(theirs), hashes_of(read_nfo(OURS))) == {}


def test_the_forms_of_other_programs_are_understood():
    found = read_nfo(BY_JELLYFIN.encode())
    assert found["plot"] == "A clerk & a count."
    assert (found["genres"], found["collection"]) == (["Horror", "Fantasy"], "Vampires")
    assert (found["directors"], found["writers"]) == (["F. W. Murnau"], ["Henrik Galeen"])
    assert found["actors"] == [{"name": "Max Schreck", "role": "Graf Orlok"}, {"name": "Greta Schröder"}]
    assert found["release_date"] == "1922-03-04"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("<runtime>94 min</runtime>", {"runtime": 94}),
        ("<runtime>soon</runtime>", {}),
        ("<year>0</year>", {}),
        ("<premiered>in March</premiered>", {}),
        ("<set>Vampires</set>", {"collection": "Vampires"}),
        ("<genre>AC/DC</genre>", {"genres": ["AC/DC"]}),
        ("<actor><role>x</role></actor>", {}),
        (f"<plot>{'x' * 20_001}</plot>", {}),
        ("<rating>9</rating><votes>3</votes>", {}),
        ("<title> </title>", {}),
    ],
)
def test_what_makes_no_sense_is_left_out(tag, expected):
    assert read_nfo(movie(tag)) == expected


@pytest.mark.parametrize("data", [b"", b"no XML", b"<tvshow><title>x</title></tvshow>", b"\xff\xfe\x00"])
def test_what_is_no_nfo_of_a_film_tells_nothing(data):
    assert read_nfo(data) == {}


def test_metadata_that_is_empty_tells_nothing():
    assert read_nfo(render(NfoMovie(Metadata(), {}, None))) == {}
