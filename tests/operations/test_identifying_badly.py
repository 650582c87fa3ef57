"""Identification when the process dies, when a provider answers with rubbish, and of files that are no single film."""

from __future__ import annotations

import pytest

from deployments.demo.faults import Fault, Reset, Truncated
from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.metadata import Identity
from metarr_core.errors import ProviderUnavailable
from metarr_core.operations import importing
from metarr_core.operations.identification import identify, look_up
from tests.operations.films import known, sql
from tests.operations.kills import Killed, counted, killed_at


async def unknown(runtime, house, name) -> MovieId:
    video = house.movies / name
    video.parent.mkdir(parents=True, exist_ok=True)
    video.write_bytes(b"a film")
    return await importing.record(runtime, [importing.import_of_path(runtime, video, Identity(video.stem))], Priority.NORMAL)


async def ends_of(runtime):
    """What identification leaves: films, whose the files are, the last search of each, and what was told."""
    films = await sql(runtime, "SELECT tmdb_id, identification_status, trashed_at FROM movies ORDER BY tmdb_id")
    files = await sql(runtime, "SELECT f.path, m.tmdb_id FROM movie_files f JOIN movies m ON m.id = movie_id ORDER BY 1")
    searches = await sql(runtime, "SELECT why FROM identifications ORDER BY 1")
    told = await sql(
        runtime, "SELECT event_type, severity FROM activity_log WHERE event_type LIKE 'movie.%identified' ORDER BY id"
    )
    return [[tuple(row) for row in rows] for rows in (films, files, searches, told)]


@pytest.mark.parametrize("name", ["Sintel (2010)/Sintel (2010).mkv", "Nosferatu (1922).mkv", "Who Knows (1995).mkv"])
async def test_killed_at_any_moment_a_search_ends_as_if_it_had_not_been(runtime, house, name):
    """Of the names, one is a film that we know, one is new, and one nobody knows."""
    await known(runtime, house, SINTEL)
    await sql(runtime, "DELETE FROM activity_log")

    async def identified() -> None:
        await identify(runtime, [row.id for row in await sql(runtime, "SELECT id FROM movies")])

    async def as_before() -> None:
        await sql(runtime, "DELETE FROM movies WHERE tmdb_id IS DISTINCT FROM :known", known=SINTEL.tmdb_id)
        await sql(runtime, "DELETE FROM movie_files WHERE path = :path", path=str(house.movies / name))
        await sql(runtime, "DELETE FROM activity_log")
        await unknown(runtime, house, name)

    await as_before()
    await identified()  # what the provider answers is kept from now on
    await as_before()
    moments = await counted(identified)
    whole_end = await ends_of(runtime)
    for moment in range(moments):
        await as_before()
        with pytest.RaisesGroup(Killed, allow_unwrapped=True, flatten_subgroups=True):
            await killed_at(moment, identified)
        await identified()
        assert await ends_of(runtime) == whole_end, moment


@pytest.mark.parametrize(
    "fault",
    [
        Fault(200, body=b"<html>We are down</html>"),
        Fault(200, body=b'{"results": "none"}'),
        Fault(200, body=b'{"results": [{"id": "a", "title": 7}, null, {}], "total_results": -1}'),
        Fault(200, body=b"[]"),
        Fault(200, body=b""),
        Truncated(),
        Reset(),
    ],
    ids=["page", "no list", "odd rows", "no document", "nothing", "half", "cut off"],
)
async def test_rubbish_for_an_answer_identifies_nothing_and_loses_nothing(runtime, house, fault):
    movie_id = await unknown(runtime, house, "Sintel (2010).mkv")
    house.tmdb.faults.add("/3/search", fault)
    done = await identify(runtime, [movie_id])
    assert done.identified == []
    assert done.unidentified == [movie_id] or isinstance(done.trouble, ProviderUnavailable)
    house.tmdb.faults.clear()
    await sql(runtime, "DELETE FROM provider_states")
    assert (await identify(runtime, [movie_id])).identified == [movie_id]


async def test_a_file_with_two_films_in_it_is_for_a_person_to_name(runtime, house):
    names = ["Sintel + Nosferatu (2010).mkv", "Nosferatu & Sintel (1922).mkv", "Double Feature - Sintel, Nosferatu.mkv"]
    ids = [await unknown(runtime, house, name) for name in names]
    done = await identify(runtime, ids)
    assert (done.identified, sorted(done.unidentified)) == ([], ids)


async def test_a_film_is_looked_up_by_any_of_its_ids(runtime):
    for ids in ((TmdbId(NOSFERATU.tmdb_id), None), (None, ImdbId(NOSFERATU.imdb_id))):
        verdict = await look_up(runtime, *ids)
        assert verdict.accepted is not None
        assert (verdict.accepted.film.title, verdict.accepted.confidence) == (NOSFERATU.title, 1.0)
    unknown_id = await look_up(runtime, None, ImdbId("tt9999999"))
    assert (unknown_id.accepted, unknown_id.why) == (None, "TMDB knows no film with the id tt9999999")
