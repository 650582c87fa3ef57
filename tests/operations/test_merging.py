"""An unidentified film turns out to be one that we know: nothing that a person decided of either is lost."""

from __future__ import annotations

import pytest

from deployments.demo import pictures
from deployments.demo.films import SINTEL
from metarr_core.db import movies
from metarr_core.domain.ids import TmdbId
from metarr_core.domain.manual import ManualMetadata
from metarr_core.domain.metadata import Metadata, Who
from metarr_core.operations import choosing
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.operations.identification import identify
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.replacing import replace_artwork
from metarr_core.operations.trash import trash_movie
from tests.operations.films import known, sql, whole
from tests.operations.test_identification import unknown
from tests.operations.test_replacing import staged


async def chosen_by_a_person(runtime, movie_id, data):
    """A poster that a person chose; gives its hash."""
    await replace_artwork(runtime, await staged(runtime, movie_id, data))
    (poster,) = [one for one in (await whole(runtime, movie_id))["artwork"] if one["type"] == "poster"]
    return poster["content_hash"]


async def test_what_a_person_entered_and_locked_goes_along(runtime, house):
    film = await known(runtime, house, SINTEL)
    await enrich_movie(runtime, film)
    before = await whole(runtime, film)
    copy = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    entered = ManualMetadata(plot="The one with the dragon.", genres=["Dragons"], actors=[{"name": "Ann"}])
    await choosing.enter_metadata(runtime, copy, entered)
    await sql(runtime, "UPDATE movies SET identification_status = 'unidentified' WHERE id = :id", id=copy)
    assert (await identify(runtime, [copy])).identified == [film]
    after = await whole(runtime, film)
    assert (after["plot"], after["genres"]) == ("The one with the dragon.", ["Dragons"])
    assert [one["name"] for one in after["actors"]] == ["Ann"]
    assert set(after["locked_fields"]) == {"plot", "genres", "actors"}
    assert (after["title"], after["rating"], after["crew"]) == (before["title"], before["rating"], before["crew"])
    told = "SELECT * FROM activity_log WHERE event_type = 'movie.identified' AND entity_id = :id"
    (line,) = await sql(runtime, told, id=film)
    assert (line.metadata["was"], set(line.metadata["locks"])) == (copy, {"plot", "genres", "actors"})


async def test_of_two_words_of_a_person_the_one_about_the_known_film_counts(runtime, house):
    film = await known(runtime, house, SINTEL)
    await choosing.enter_metadata(runtime, film, ManualMetadata(plot="Here."))
    copy = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    await choosing.enter_metadata(runtime, copy, ManualMetadata(plot="There.", tagline="New."))
    assert await choosing.choose_film(runtime, copy, TmdbId(SINTEL.tmdb_id)) == film
    after = await whole(runtime, film)
    assert (after["plot"], after["tagline"], set(after["locked_fields"])) == ("Here.", "New.", {"plot", "tagline"})


async def test_what_nobody_locked_does_not_take_the_place_of_what_is_known(runtime, house):
    film = await known(runtime, house, SINTEL)
    await enrich_movie(runtime, film)
    before = await whole(runtime, film)
    copy = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, copy)
        await movies.write_metadata(session, movie, Metadata(fields={"plot": "From a webhook."}), who=Who.MANAGER)
    await identify(runtime, [copy])
    assert (await whole(runtime, film))["plot"] == before["plot"] != "From a webhook."


async def test_a_picture_that_a_person_chose_goes_along_and_is_published_beside_both(runtime, house):
    film = await known(runtime, house, SINTEL)
    await enrich_movie(runtime, film)
    await download_artwork(runtime, film)
    copy = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    poster = pictures.poster("mine", 2010, 1000, 1500)
    chosen = await chosen_by_a_person(runtime, copy, poster)
    assert (await identify(runtime, [copy])).identified == [film]
    after = await whole(runtime, film)
    (shown,) = [one for one in after["artwork"] if one["type"] == "poster"]
    assert (shown["content_hash"], shown["source"], shown["locked"]) == (chosen, "user", True)
    assert "poster" in after["locked_fields"]
    await publish_movie(runtime, film)
    assert (house.movies / "Other/Sintel.2010.720p-poster.jpg").read_bytes() == poster
    assert (house.folder(SINTEL) / f"{SINTEL.title} ({SINTEL.year})-poster.jpg").read_bytes() == poster
    counts = await sql(runtime, "SELECT reference_count FROM cache_assets WHERE content_hash = :hash", hash=chosen)
    assert counts == [(1,)]


async def test_a_picture_that_is_locked_on_the_known_film_stays(runtime, house):
    film = await known(runtime, house, SINTEL)
    mine = await chosen_by_a_person(runtime, film, pictures.poster("mine", 2010, 1000, 1500))
    copy = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    await chosen_by_a_person(runtime, copy, pictures.poster("yours", 2011, 1000, 1500))
    await identify(runtime, [copy])
    assert [one["content_hash"] for one in (await whole(runtime, film))["artwork"]] == [mine]


async def test_a_copy_of_an_enriched_film_gets_its_files_too(runtime, house):
    film = await known(runtime, house, SINTEL)
    await enrich_movie(runtime, film)
    copy = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    assert (await identify(runtime, [copy])).identified == [film]
    (job,) = await sql(runtime, "SELECT * FROM job_queue WHERE status = 'pending'")
    assert (job.job_type, job.priority, job.payload["movie_ids"]) == ("enrich-media", 5, [film])


async def test_a_film_that_comes_back_from_the_trash_with_a_copy_is_where_the_copy_is(runtime, house):
    film = await known(runtime, house, SINTEL)
    await trash_movie(runtime, film, "a test")
    copy = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    await identify(runtime, [copy])
    (row,) = await sql(runtime, "SELECT id, file_path, trashed_at FROM movies")
    assert (row.id, row.file_path, row.trashed_at) == (film, str(house.movies / "Other/Sintel.2010.720p.mkv"), None)


@pytest.mark.parametrize(("by_hand", "status"), [(False, "ignored"), (True, "identified")])
async def test_an_ignored_film_stays_so_unless_a_person_names_it(runtime, house, by_hand, status):
    film = await known(runtime, house, SINTEL)
    await choosing.ignore(runtime, film)
    copy = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    if by_hand:
        await choosing.choose_film(runtime, copy, TmdbId(SINTEL.tmdb_id))
    else:
        await identify(runtime, [copy])
    assert (await whole(runtime, film))["identification_status"] == status
    jobs = await sql(runtime, "SELECT 1 FROM job_queue WHERE job_type = 'enrich-media'")
    assert bool(jobs) is by_hand


async def test_what_was_watched_of_the_copy_goes_along(runtime, house):
    film = await known(runtime, house, SINTEL)
    copy = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    await sql(
        runtime,
        "INSERT INTO playback_state (media_player_id, entity_type, entity_id, file_path, position_seconds)"
        " SELECT id, 'movie', :id, '/x.mkv', 60 FROM media_players LIMIT 1",
        id=copy,
    )
    await identify(runtime, [copy])
    assert await sql(runtime, "SELECT entity_id FROM playback_state") == [(film,)]
