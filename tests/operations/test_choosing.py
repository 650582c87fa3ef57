"""A person says which film it is, what is known of it, or that nobody wants to know; and may take it back."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.db import movies
from metarr_core.domain.editing import read_edit
from metarr_core.domain.ids import TmdbId
from metarr_core.domain.manual import ManualMetadata
from metarr_core.errors import InvalidFields, NotFoundError, StateConflict
from metarr_core.operations import choosing
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.bulk import enqueue_library
from metarr_core.operations.editing import edit
from metarr_core.operations.enrichment import NotEnriched, enrich_movie
from metarr_core.operations.identification import identify
from metarr_core.operations.trash import trash_movie
from tests.operations.films import known, sql, whole
from tests.operations.test_identification import unknown

FRAMED = ("title", "plot", "genres", "tmdb_id", "imdb_id", "release_date", "runtime")


async def test_a_film_that_a_person_names_is_identified_and_enriched_before_others(runtime, house):
    movie_id = await unknown(runtime, house, "holiday.mkv")
    assert await choosing.choose_film(runtime, movie_id, TmdbId(SINTEL.tmdb_id)) == movie_id
    movie = await whole(runtime, movie_id)
    assert (movie["tmdb_id"], movie["identification_status"]) == (SINTEL.tmdb_id, "identified")
    (job,) = await sql(runtime, "SELECT * FROM job_queue")
    assert (job.job_type, job.priority, job.payload["movie_ids"]) == ("enrich-media", 2, [movie_id])
    (line,) = await sql(runtime, "SELECT * FROM activity_log WHERE event_type = 'movie.identified'")
    assert line.description == f"User identified movie: holiday → Sintel (2010), TMDB {SINTEL.tmdb_id}"
    assert line.severity == "success"


async def test_a_wrong_choice_is_undone_by_another_and_what_is_locked_stays(runtime, house):
    movie_id = await known(runtime, house, NOSFERATU)
    await enrich_movie(runtime, movie_id)
    await download_artwork(runtime, movie_id)
    async with runtime.database.transaction() as session:
        await movies.lock(session, movie_id, "tagline")
        await movies.lock(session, movie_id, "poster")
    before = await whole(runtime, movie_id)
    await choosing.choose_film(runtime, movie_id, TmdbId(SINTEL.tmdb_id))
    await enrich_movie(runtime, movie_id)
    await download_artwork(runtime, movie_id)
    after = await whole(runtime, movie_id)
    right = await known(runtime, house, SINTEL) == movie_id and await whole(runtime, movie_id)
    assert [after[name] for name in FRAMED] == [right[name] for name in FRAMED]
    assert (after["title"], after["original_title"], after["year"]) == (SINTEL.title, SINTEL.original_title, 2010)
    assert after["tagline"] == before["tagline"] != SINTEL.tagline
    pictures = {
        film: {one["content_hash"]: one["type"] for one in film_["artwork"]} for film, film_ in (("b", before), ("a", after))
    }
    shared = pictures["a"].keys() & pictures["b"].keys()
    assert {pictures["a"][one] for one in shared} == {"poster"}


async def test_a_number_that_tmdb_does_not_have_changes_nothing(runtime, house):
    movie_id = await known(runtime, house, SINTEL)
    with pytest.raises(NotFoundError, match="no film with the number 7"):
        await choosing.choose_film(runtime, movie_id, TmdbId(7))
    assert (await whole(runtime, movie_id))["tmdb_id"] == SINTEL.tmdb_id


async def test_what_a_person_enters_is_locked_field_for_field_and_the_film_counts_as_enriched(runtime, house):
    movie_id = await unknown(runtime, house, "holiday.mkv")
    manual = ManualMetadata(
        title="Our Holiday",
        year=2019,
        plot="Two weeks of rain.",
        genres=["Home"],
        actors=[{"name": "Ann", "role": "Herself"}],
        directors=["Bob"],
    )
    await choosing.enter_metadata(runtime, movie_id, manual)
    movie = await whole(runtime, movie_id)
    assert (movie["title"], movie["year"], movie["plot"]) == ("Our Holiday", 2019, "Two weeks of rain.")
    assert [(one["name"], one["role"]) for one in movie["actors"]] == [("Ann", "Herself")]
    assert movie["crew"] == [{"name": "Bob", "job": "Director"}]
    assert movie["identification_status"] == "enriched"
    assert set(movie["locked_fields"]) == {"title", "year", "plot", "genres", "actors", "crew"}
    (line,) = await sql(runtime, "SELECT * FROM activity_log WHERE event_type = 'movie.manually_enriched'")
    assert line.description == "User manually enriched movie with custom metadata: Our Holiday"


async def test_a_person_may_change_what_a_person_has_locked(runtime, house):
    movie_id = await unknown(runtime, house, "holiday.mkv")
    await choosing.enter_metadata(runtime, movie_id, ManualMetadata(title="Our Holiday"))
    await choosing.enter_metadata(runtime, movie_id, ManualMetadata(title="Our Holidays", year=2020))
    movie = await whole(runtime, movie_id)
    assert (movie["title"], movie["year"], sorted(movie["locked_fields"])) == ("Our Holidays", 2020, ["title", "year"])


async def test_what_says_nothing_is_refused(runtime, house):
    movie_id = await unknown(runtime, house, "holiday.mkv")
    with pytest.raises(InvalidFields, match="at least one"):
        await choosing.enter_metadata(runtime, movie_id, ManualMetadata())
    for wrong in ({"title": " "}, {"year": 3}, {"runtime": 0}, {"tilte": "x"}, {"actors": [{"role": "x"}]}):
        with pytest.raises(ValidationError):
            ManualMetadata.model_validate(wrong)


async def test_an_ignored_film_is_passed_over_until_it_is_taken_back(runtime, house):
    movie_id = await unknown(runtime, house, "Sintel (2010).mkv")
    assert await choosing.ignore(runtime, movie_id)
    assert not await choosing.ignore(runtime, movie_id)
    assert (await identify(runtime, [movie_id])).identified == []
    async with runtime.database.transaction() as session:
        assert await enqueue_library(session, "Movies", force=True) == []
    assert await choosing.take_back(runtime, movie_id) == "unidentified"
    with pytest.raises(StateConflict, match="nothing to take back"):
        await choosing.take_back(runtime, movie_id)
    assert (await identify(runtime, [movie_id])).identified == [movie_id]
    kinds = [row.event_type for row in await sql(runtime, "SELECT event_type FROM activity_log ORDER BY id")]
    assert [kind for kind in kinds if "ignored" in kind] == ["movie.ignored", "movie.unignored"]


async def test_a_film_that_is_taken_back_is_as_far_as_it_was(runtime, house):
    movie_id = await known(runtime, house, SINTEL)
    for status in ("identified", "enriched"):
        await choosing.ignore(runtime, movie_id)
        assert await choosing.take_back(runtime, movie_id) == status
        await enrich_movie(runtime, movie_id)


async def test_a_film_in_the_trash_is_to_be_restored_first(runtime, house):
    movie_id = await known(runtime, house, SINTEL)
    await trash_movie(runtime, movie_id, "a test")
    with pytest.raises(StateConflict, match="restore it first"):
        await choosing.choose_film(runtime, movie_id, TmdbId(NOSFERATU.tmdb_id))
    with pytest.raises(StateConflict, match="restore it first"):
        await choosing.enter_metadata(runtime, movie_id, ManualMetadata(title="x"))


async def test_a_film_without_an_id_is_not_enriched_and_does_not_end_in_error(runtime, house):
    movie_id = await unknown(runtime, house, "holiday.mkv")
    assert isinstance(await enrich_movie(runtime, movie_id), NotEnriched)
    assert (await whole(runtime, movie_id))["identification_status"] == "unidentified"


async def test_what_a_person_entered_is_not_entered_again_over_what_was_edited_since(runtime, house):
    movie_id = await unknown(runtime, house, "holiday.mkv")
    await choosing.enter_metadata(runtime, movie_id, ManualMetadata(title="Our Holiday"), 1)
    async with runtime.database.transaction() as session:
        await edit(session, movie_id, read_edit(b'{"title": "Our Holidays"}'))
    await choosing.enter_metadata(runtime, movie_id, ManualMetadata(title="Our Holiday"), 1)
    assert (await whole(runtime, movie_id))["title"] == "Our Holidays"


async def asked(runtime, movie_id, wish):
    return await choosing.ask_to_identify(runtime, movie_id, wish)


async def test_a_film_that_a_person_named_otherwise_since_is_not_renamed_by_an_older_job_that_comes_back(runtime, house):
    movie_id = await unknown(runtime, house, "holiday.mkv")
    older, newer = [await asked(runtime, movie_id, {"tmdb_id": film.tmdb_id}) for film in (NOSFERATU, SINTEL)]
    assert await choosing.choose_film(runtime, movie_id, TmdbId(SINTEL.tmdb_id), newer) == movie_id
    await enrich_movie(runtime, movie_id)
    before = await whole(runtime, movie_id)
    assert await choosing.choose_film(runtime, movie_id, TmdbId(NOSFERATU.tmdb_id), older) is None
    assert await whole(runtime, movie_id) == before
    again = await asked(runtime, movie_id, {"tmdb_id": NOSFERATU.tmdb_id})
    assert await choosing.choose_film(runtime, movie_id, TmdbId(NOSFERATU.tmdb_id), again) == movie_id


async def test_a_job_knows_which_film_has_the_files_also_where_the_one_that_it_named_is_gone(runtime, house):
    known_film, movie_id = await known(runtime, house), await unknown(runtime, house, "holiday.mkv")
    job = await asked(runtime, movie_id, {"tmdb_id": SINTEL.tmdb_id})
    assert await choosing.named_by(runtime, job) is None
    assert await choosing.choose_film(runtime, movie_id, TmdbId(SINTEL.tmdb_id), job) == known_film
    assert await choosing.named_by(runtime, job) == known_film


async def test_a_film_that_a_person_ignores_since_stays_hidden_when_an_older_job_names_it(runtime, house):
    movie_id = await unknown(runtime, house, "holiday.mkv")
    job = await asked(runtime, movie_id, {"tmdb_id": SINTEL.tmdb_id})
    await choosing.ignore(runtime, movie_id)
    await choosing.choose_film(runtime, movie_id, TmdbId(SINTEL.tmdb_id), job)
    movie = await whole(runtime, movie_id)
    assert (movie["identification_status"], movie["tmdb_id"]) == ("ignored", SINTEL.tmdb_id)


async def test_what_a_person_edits_before_an_entry_is_worked_off_stays(runtime, house):
    movie_id = await unknown(runtime, house, "holiday.mkv")
    entered = ManualMetadata(title="Our Holiday", plot="Two weeks of rain.")
    job = await asked(runtime, movie_id, {"metadata": {"title": "Our Holiday"}})
    async with runtime.database.transaction() as session:
        await edit(session, movie_id, read_edit(b'{"title": "Our Holidays"}'))
    await choosing.enter_metadata(runtime, movie_id, entered, job)
    movie = await whole(runtime, movie_id)
    assert (movie["title"], movie["plot"], movie["locked_fields"]) == (
        "Our Holidays",
        "Two weeks of rain.",
        ["title", "plot"],
    )
