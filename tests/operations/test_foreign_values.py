"""Somebody else edits our NFO: by the setting, what they changed is the film's, or is written over, or left alone."""

from __future__ import annotations

import json

import pytest

from metarr_core.db import movies
from metarr_core.domain.editing import read_edit
from metarr_core.domain.metadata import Metadata, Who
from metarr_core.operations import editing
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.verifying import suspects, verify_movie
from tests.operations.films import known, sql, whole
from tests.operations.test_verifying import kept_bytes, setting


@pytest.fixture
async def movie_id(runtime, house):
    number = await known(runtime, house)
    await enrich_movie(runtime, number)
    await publish_movie(runtime, number)
    return number


@pytest.fixture
def nfo(house):
    return house.movies / "Sintel (2010)" / "Sintel (2010).nfo"


def changed(nfo, before, after):
    text = nfo.read_text("utf-8")
    assert before in text
    nfo.write_text(text.replace(before, after), "utf-8")
    return nfo.read_bytes()


async def told(runtime, movie_id, **fields):
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        await movies.write_metadata(session, movie, Metadata(fields=fields), who=Who.PROVIDER)


async def test_a_value_that_somebody_changed_is_the_films_and_locked_and_nothing_else_is(runtime, movie_id, nfo):
    before = await whole(runtime, movie_id)
    theirs = changed(nfo, f"<plot>{before['plot']}</plot>", "<plot>Theirs.</plot>")
    await verify_movie(runtime, movie_id)
    after = await whole(runtime, movie_id)
    assert (after["plot"], after["locked_fields"]) == ("Theirs.", ["plot"])
    assert {name for name in before if before[name] != after[name]} <= {
        *("plot", "locked_fields", "updated_at", "library_files")
    }
    assert theirs in await kept_bytes(runtime)
    await enrich_movie(runtime, movie_id)
    await publish_movie(runtime, movie_id)
    assert "<plot>Theirs.</plot>" in nfo.read_text("utf-8")
    assert await suspects(runtime) == []
    (line,) = await sql(runtime, "SELECT * FROM activity_log WHERE event_type = 'nfo.adopted'")
    assert line.description.endswith("was changed by somebody else: plot are the film's now, and locked")


async def test_an_actor_whom_somebody_took_out_stays_out_and_the_others_keep_their_ids(runtime, movie_id, nfo):
    before = (await whole(runtime, movie_id))["actors"]
    text = nfo.read_text("utf-8")
    first = text[text.index("<actor>") : text.index("</actor>") + len("</actor>")]
    nfo.write_text(text.replace(first, ""), "utf-8")
    await verify_movie(runtime, movie_id)
    await enrich_movie(runtime, movie_id)
    film = await whole(runtime, movie_id)
    assert film["locked_fields"] == ["actors"]
    assert [one["tmdb_id"] for one in film["actors"]] == [one["tmdb_id"] for one in before[1:]]


async def test_what_a_provider_told_meanwhile_is_not_taken_for_their_edit(runtime, movie_id, nfo):
    changed(nfo, "<title>Sintel</title>", "<title>Theirs</title>")
    await told(runtime, movie_id, plot="The provider's new plot.")
    await publish_movie(runtime, movie_id)
    film = await whole(runtime, movie_id)
    assert (film["title"], film["plot"], film["locked_fields"]) == ("Theirs", "The provider's new plot.", ["title"])


async def test_what_a_person_has_locked_is_not_changed_by_an_nfo(runtime, movie_id, nfo):
    async with runtime.database.transaction() as session:
        await editing.edit(session, movie_id, read_edit(json.dumps({"title": "Mine"}).encode()))
    await publish_movie(runtime, movie_id)
    theirs = changed(nfo, "<title>Mine</title>", "<title>Theirs</title>")
    await verify_movie(runtime, movie_id)
    assert (await whole(runtime, movie_id))["title"] == "Mine"
    assert "<title>Mine</title>" in nfo.read_text("utf-8")
    assert theirs in await kept_bytes(runtime)


async def test_an_nfo_of_ours_that_came_back_with_a_backup_is_no_edit(runtime, movie_id, nfo):
    backup = nfo.read_bytes()
    await told(runtime, movie_id, plot="The provider's new plot.")
    await publish_movie(runtime, movie_id)
    nfo.write_bytes(backup)
    await verify_movie(runtime, movie_id)
    film = await whole(runtime, movie_id)
    assert (film["plot"], film["locked_fields"]) == ("The provider's new plot.", [])
    assert "<plot>The provider's new plot.</plot>" in nfo.read_text("utf-8")


async def test_another_form_of_the_same_values_changes_nothing(runtime, movie_id, nfo):
    before = await whole(runtime, movie_id)
    changed(nfo, "<movie>", "<movie><dateadded>2020-01-01</dateadded>")
    await verify_movie(runtime, movie_id)
    after = await whole(runtime, movie_id)
    assert (after["locked_fields"], after["plot"]) == ([], before["plot"])
    assert "<dateadded>2020-01-01</dateadded>" in nfo.read_text("utf-8")


@pytest.mark.parametrize("foreign_edit", ["restore", "leave"])
async def test_by_the_setting_their_values_are_written_over_or_left_where_they_are(runtime, movie_id, nfo, foreign_edit):
    theirs = changed(nfo, "<title>Sintel</title>", "<title>Theirs</title>")
    await verify_movie(setting(runtime, foreign_edit), movie_id)
    film = await whole(runtime, movie_id)
    assert (film["title"], film["locked_fields"]) == ("Sintel", [])
    assert (nfo.read_bytes() == theirs) is (foreign_edit == "leave")
    assert theirs in await kept_bytes(runtime)


async def test_an_nfo_that_was_there_before_us_fills_gaps_and_says_no_more_than_that(runtime, house, nfo):
    movie_id = await known(runtime, house)
    await enrich_movie(runtime, movie_id)
    await told(runtime, movie_id, plot="The provider's plot.")
    theirs = b"<movie><plot>Theirs.</plot><sorttitle>Theirs, too</sorttitle></movie>"
    nfo.write_bytes(theirs)
    await publish_movie(runtime, movie_id)
    assert (await whole(runtime, movie_id))["plot"] == "The provider's plot."
    assert await sql(runtime, "SELECT sort_title, locked_fields FROM movies") == [("Theirs, too", [])]
    await told(runtime, movie_id, plot="Another plot.")
    await publish_movie(runtime, movie_id)
    assert "<sorttitle>Theirs, too</sorttitle>" in nfo.read_text("utf-8")
    assert theirs in await kept_bytes(runtime)
