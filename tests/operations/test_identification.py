"""Films without an id get one, by their names, their NFO or a search; or a person is asked."""

from __future__ import annotations

import asyncio
import json

import pytest

from deployments.demo.clips import write_clip
from deployments.demo.faults import Fault, Reset, Truncated
from deployments.demo.films import NOSFERATU, SINTEL, TEARS_OF_STEEL
from metarr_core.db import locks
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.matching import Wanted
from metarr_core.domain.metadata import Identity
from metarr_core.errors import LockBusy, ProviderUnavailable
from metarr_core.operations import importing
from metarr_core.operations.identification import identify, search_by_id
from metarr_core.operations.lengths import minutes_on_disk
from metarr_core.operations.trash import trash_movie
from tests.operations.films import known, sql


async def unknown(runtime, house, name, nfo=None) -> MovieId:
    """A film that a scan has found: a file with a name, and no id."""
    video = house.movies / name
    video.parent.mkdir(parents=True, exist_ok=True)
    video.write_bytes(b"a film")
    if nfo is not None:
        video.with_suffix(".nfo").write_bytes(nfo)
    one = importing.import_of_path(runtime, video, Identity(video.stem))
    return await importing.record(runtime, [one], Priority.NORMAL)


async def state(runtime, movie_id):
    (row,) = await sql(runtime, "SELECT tmdb_id, identification_status FROM movies WHERE id = :id", id=movie_id)
    return tuple(row)


async def last_search(runtime, movie_id):
    (row,) = await sql(runtime, "SELECT * FROM identifications WHERE movie_id = :id", id=movie_id)
    return row


UNIDENTIFIED = (None, "unidentified")


@pytest.mark.parametrize(
    "name",
    [
        "Sintel (2010)/Sintel (2010).mkv",
        "Sintel.2010.1080p.BluRay.x264-GROUP/grp-sin.mkv",
        "What.2010.1080p/What {tmdb-45745}.mkv",
        "What [imdbid-tt1727587].mkv",
        "Nosferatu (1922) {tmdb-45745}/Nosferatu (1922).mkv",
    ],
)
async def test_a_film_is_identified_by_an_id_in_its_names_or_by_a_search(runtime, house, name):
    movie_id = await unknown(runtime, house, name)
    done = await identify(runtime, [movie_id])
    assert (done.identified, done.unidentified, done.trouble) == ([movie_id], [], None)
    assert await state(runtime, movie_id) == (SINTEL.tmdb_id, "identified")
    (line,) = await sql(runtime, "SELECT * FROM activity_log WHERE event_type = 'movie.identified'")
    assert (line.severity, line.entity_id, line.metadata["tmdb_id"]) == ("success", movie_id, SINTEL.tmdb_id)


@pytest.mark.parametrize(
    "nfo",
    [
        b'<movie><title>x</title><uniqueid type="tmdb" default="true">45745</uniqueid></movie>',
        b"<movie><tmdbid>45745</tmdbid></movie>",
        b"<movie><id>tt1727587</id></movie>",
        b"<movie><title>a & b</title></movie>\nhttps://www.themoviedb.org/movie/45745-sintel",
        b"Scene release, https://www.imdb.com/title/tt1727587/",
        b'\xef\xbb\xbf<?xml version="1.0"?><movie><imdbid>tt1727587</imdbid></movie>',
    ],
)
async def test_an_nfo_says_more_than_a_search(runtime, house, nfo):
    movie_id = await unknown(runtime, house, "Nosferatu (1922).mkv", nfo)
    await identify(runtime, [movie_id])
    assert (await state(runtime, movie_id))[0] == SINTEL.tmdb_id


@pytest.mark.parametrize(
    "nfo",
    [
        b"",
        b"<tvshow><uniqueid type='tmdb'>45745</uniqueid></tvshow>",
        b"<movie><tmdbid>99999999999999</tmdbid></movie>",
        b"<movie><tmdbid>7</tmdbid></movie>",
        b"<movie>" + b"x" * 2_000_000 + b"<tmdbid>45745</tmdbid></movie>",
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><movie><tmdbid>&a;</tmdbid></movie>',
    ],
)
async def test_an_nfo_that_says_nothing_leaves_it_to_the_search(runtime, house, nfo):
    movie_id = await unknown(runtime, house, "Nosferatu (1922).mkv", nfo)
    await identify(runtime, [movie_id])
    assert (await state(runtime, movie_id))[0] == NOSFERATU.tmdb_id


async def test_what_is_not_sure_waits_for_a_person_with_guesses_candidates_and_reasons(runtime, house):
    movie_id = await unknown(runtime, house, "Sintel (1995).mkv")
    done = await identify(runtime, [movie_id])
    assert (done.identified, done.unidentified) == ([], [movie_id])
    assert await state(runtime, movie_id) == UNIDENTIFIED
    found = await last_search(runtime, movie_id)
    assert (found.guess["title"], found.guess["year"], found.guess["origins"]["year"]) == ("Sintel", 1995, "file")
    assert found.candidates[0]["tmdb_id"] == SINTEL.tmdb_id
    assert found.candidates[0]["confidence"] < 0.85
    assert "another year" in found.candidates[0]["reasons"]
    assert "another year" in found.why
    (line,) = await sql(runtime, "SELECT * FROM activity_log WHERE event_type = 'movie.unidentified'")
    assert line.description.startswith("Sintel (1995) needs you to say which film it is")


async def test_identifying_twice_is_the_same_as_once(runtime, house):
    movie_id = await unknown(runtime, house, "Sintel (2010).mkv")
    await identify(runtime, [movie_id])
    before = len(house.tmdb.requests)
    done = await identify(runtime, [movie_id])
    assert (done.identified, done.unidentified, len(house.tmdb.requests)) == ([], [], before)


async def test_films_in_the_trash_ignored_or_known_are_left_alone(runtime, house):
    trashed = await unknown(runtime, house, "Sintel (2010).mkv")
    ignored = await unknown(runtime, house, "Nosferatu (1922).mkv")
    await trash_movie(runtime, trashed, "a test")
    await sql(runtime, "UPDATE movies SET identification_status = 'ignored' WHERE id = :id", id=ignored)
    done = await identify(runtime, [trashed, ignored, MovieId(999)])
    assert (done.identified, done.unidentified, house.tmdb.requests) == ([], [], [])


async def test_a_file_of_a_film_that_we_know_becomes_a_copy_of_it(runtime, house):
    first = await known(runtime, house, SINTEL)
    second = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    done = await identify(runtime, [second])
    assert done.identified == [first]
    files = await sql(runtime, "SELECT movie_id, path FROM movie_files ORDER BY path")
    assert [file.movie_id for file in files] == [first, first]
    assert [row.id for row in await sql(runtime, "SELECT id FROM movies")] == [first]


async def test_a_film_in_the_trash_comes_back_with_the_file_that_was_found(runtime, house):
    first = await known(runtime, house, SINTEL)
    await trash_movie(runtime, first, "a test")
    second = await unknown(runtime, house, "Other/Sintel.2010.720p.mkv")
    assert (await identify(runtime, [second])).identified == [first]
    (row,) = await sql(runtime, "SELECT trashed_at FROM movies")
    assert row.trashed_at is None


async def test_two_files_of_one_film_that_are_found_at_once_become_one_film(runtime, house):
    ids = [await unknown(runtime, house, f"{place}/Sintel.2010.mkv") for place in ("A", "B")]
    await asyncio.gather(identify(runtime, ids[:1]), identify(runtime, ids[1:]))
    (row,) = await sql(runtime, "SELECT id, tmdb_id FROM movies")
    assert row.tmdb_id == SINTEL.tmdb_id
    assert len(await sql(runtime, "SELECT 1 FROM movie_files WHERE movie_id = :id", id=row.id)) == 2


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_providers_bad_hour_leaves_films_for_later_and_none_in_error(runtime, house, status):
    ids = [await unknown(runtime, house, f"{film.title} ({film.year}).mkv") for film in (SINTEL, NOSFERATU, TEARS_OF_STEEL)]
    house.tmdb.faults.add("/3/search", Fault(status=status, headers={"retry-after": "600"}, times=10_000))
    done = await identify(runtime, ids)
    assert isinstance(done.trouble, ProviderUnavailable)
    assert (done.identified, done.unidentified) == ([], [])
    assert {await state(runtime, movie_id) for movie_id in ids} == {UNIDENTIFIED}


RUBBISH = [b"<html>busy</html>", b"", b"[]", b"{}", b'{"results": null}', b'{"results": "none"}', b'{"status_message": "x"}']


@pytest.mark.parametrize("body", RUBBISH)
async def test_rubbish_is_a_bad_hour_too_and_never_says_that_there_is_no_such_film(runtime, house, body):
    movie_id = await unknown(runtime, house, "Sintel (2010).mkv")
    house.tmdb.faults.add("/3/search", Fault(status=200, body=body))
    done = await identify(runtime, [movie_id])
    assert isinstance(done.trouble, ProviderUnavailable)
    assert (done.unidentified, await state(runtime, movie_id)) == ([], UNIDENTIFIED)
    assert await sql(runtime, "SELECT 1 FROM identifications") == []


async def test_details_of_another_film_are_rubbish(runtime, house):
    movie_id = await unknown(runtime, house, "What {tmdb-45745}.mkv")
    other = json.dumps({"id": NOSFERATU.tmdb_id, "title": NOSFERATU.title, "release_date": "1922-03-04"}).encode()
    house.tmdb.faults.add(f"/3/movie/{SINTEL.tmdb_id}", Fault(status=200, body=other))
    done = await identify(runtime, [movie_id])
    assert isinstance(done.trouble, ProviderUnavailable)
    assert await state(runtime, movie_id) == UNIDENTIFIED


@pytest.mark.parametrize(
    "trouble", [Fault(429, headers={"Retry-After": "300"}), Fault(500), Fault(200, body=b"{}"), Truncated(), Reset()]
)
async def test_after_a_bad_hour_in_the_middle_the_rest_follows(runtime, house, trouble):
    """Two are looked at closely as their files have lengths; one of them meets the bad hour."""
    films = (SINTEL, NOSFERATU, TEARS_OF_STEEL)
    ids = [await unknown(runtime, house, f"{film.title} ({film.year}).mkv") for film in films]
    await sql(runtime, "UPDATE movie_files SET duration_seconds = 6000")
    house.tmdb.faults.add(f"/3/movie/{NOSFERATU.tmdb_id}", trouble)
    done = await identify(runtime, ids)
    assert isinstance(done.trouble, ProviderUnavailable)
    assert ids[1] not in (*done.identified, *done.unidentified)
    assert await state(runtime, ids[1]) == UNIDENTIFIED
    house.tmdb.faults.clear()
    await sql(runtime, "DELETE FROM provider_states")
    again = await identify(runtime, ids)
    assert again.trouble is None
    assert ids[1] in (*again.identified, *again.unidentified)
    statuses = {row.identification_status for row in await sql(runtime, "SELECT identification_status FROM movies")}
    assert statuses <= {"identified", "unidentified"}


async def test_an_answer_in_another_language_is_told_by_the_original_title_or_is_asked_about(runtime, house):
    movie_id = await unknown(runtime, house, "Tears of Steel (2012).mkv")
    row = {"id": TEARS_OF_STEEL.tmdb_id, "title": "Слёзы стали", "original_title": "Tears of Steel"}
    answer = {"results": [row | {"release_date": "2012-09-26"}], "total_results": 1}
    house.tmdb.faults.add("/3/search", Fault(200, body=json.dumps(answer).encode()))
    assert (await identify(runtime, [movie_id])).identified == [movie_id]
    foreign = await unknown(runtime, house, "Nosferatu (1922).mkv")
    row = {"id": NOSFERATU.tmdb_id, "title": "Носферату", "original_title": "Носферату", "release_date": "1922-03-04"}
    house.tmdb.faults.clear()
    house.tmdb.faults.add("/3/search", Fault(200, body=json.dumps({"results": [row], "total_results": 1}).encode()))
    house.tmdb.faults.add("/3/movie", Fault(200, body=json.dumps(row).encode()))
    assert (await identify(runtime, [foreign])).unidentified == [foreign]


async def test_a_film_that_something_else_works_on_comes_back_and_costs_the_others_nothing(runtime, house):
    busy = await unknown(runtime, house, "Sintel (2010).mkv")
    other = await unknown(runtime, house, "Nosferatu (1922).mkv")
    async with locks.held(runtime.database, f"movie:path:{house.movies}/Sintel (2010).mkv"):
        done = await identify(runtime, [busy, other])
    assert (done.identified, isinstance(done.trouble, LockBusy)) == ([other], True)
    assert (await identify(runtime, [busy, other])).identified == [busy]


async def test_the_length_of_the_file_decides_between_films_a_year_apart(runtime, house):
    movie_id = await unknown(runtime, house, "Nosferatu (1923).mkv")
    minutes = NOSFERATU.runtime_minutes
    await sql(runtime, "UPDATE movie_files SET duration_seconds = :seconds", seconds=(minutes - 20) * 60)
    assert (await identify(runtime, [movie_id])).unidentified == [movie_id]
    await sql(runtime, "UPDATE movie_files SET duration_seconds = :seconds", seconds=minutes * 60 + 20)
    assert (await identify(runtime, [movie_id])).identified == [movie_id]


async def test_the_lengths_of_all_parts_together_decide(runtime, house):
    """The first part alone would be far from as long as the film; the others are looked into where they stand."""
    movie_id = await unknown(runtime, house, "Nosferatu/Nosferatu (1923) cd1.mkv")
    write_clip(house.movies / "Nosferatu/Nosferatu (1923) cd2.mkv", seconds=2, title="the end")
    first = NOSFERATU.runtime_minutes * 60 - 2
    await sql(runtime, "UPDATE movie_files SET duration_seconds = :seconds", seconds=first - 600)
    assert (await identify(runtime, [movie_id])).unidentified == [movie_id]
    reasons = (await last_search(runtime, movie_id)).candidates[0]["reasons"]
    assert "not as long as the file" in reasons
    await sql(runtime, "UPDATE movie_files SET duration_seconds = :seconds", seconds=first)
    assert (await identify(runtime, [movie_id])).identified == [movie_id]


@pytest.mark.parametrize("second", [None, b"no video"])
async def test_without_the_length_of_a_part_the_length_says_nothing(runtime, house, second):
    movie_id = await unknown(runtime, house, "Nosferatu/Nosferatu (1922) cd1.mkv")
    if second is not None:
        (house.movies / "Nosferatu/Nosferatu (1922) cd2.mkv").write_bytes(second)
    await sql(runtime, "UPDATE movie_files SET duration_seconds = 1200")
    assert await minutes_on_disk(runtime, movie_id, str(house.movies / "Nosferatu/Nosferatu (1922) cd1.mkv")) is None
    assert (await identify(runtime, [movie_id])).identified == [movie_id]


async def test_a_search_by_an_id_gives_that_film_with_how_well_it_fits(runtime, house):
    wanted = Wanted(("Sintel",), 2010)
    for ids in ((TmdbId(SINTEL.tmdb_id), None), (None, ImdbId(SINTEL.imdb_id))):
        (match,) = (await search_by_id(runtime, wanted, *ids)).matches
        assert (match.film.tmdb_id, match.confidence) == (SINTEL.tmdb_id, 1.0)
    found = await search_by_id(runtime, wanted, None, ImdbId("tt9999999"))
    assert (found.matches, found.why) == ((), "TMDB knows no film with the id tt9999999")
