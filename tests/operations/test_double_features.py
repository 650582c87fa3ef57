"""A file that is two films is the one that a person tells; two films in two files of one folder are two."""

from __future__ import annotations

import pytest

from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.domain.ids import TmdbId
from metarr_core.operations import choosing
from metarr_core.operations.identification import identify
from tests.operations.films import sql
from tests.operations.test_identification import UNIDENTIFIED, state, unknown


@pytest.mark.parametrize(
    "name",
    [
        "Sintel + Nosferatu (2010).mkv",
        "Sintel & Nosferatu - Double Feature (2010).mkv",
        "Sintel (2010) + Nosferatu (1922).mkv",
        "Nosferatu.1922.and.Sintel.2010.1080p.mkv",
    ],
)
async def test_a_file_that_is_two_films_is_the_one_that_a_person_tells(runtime, house, name):
    movie_id = await unknown(runtime, house, name)
    await identify(runtime, [movie_id])
    assert await state(runtime, movie_id) == UNIDENTIFIED
    assert await choosing.choose_film(runtime, movie_id, TmdbId(NOSFERATU.tmdb_id)) == movie_id
    assert await state(runtime, movie_id) == (NOSFERATU.tmdb_id, "identified")
    assert len(await sql(runtime, "SELECT 1 FROM movie_files")) == 1


async def test_two_films_in_two_files_of_one_folder_are_two(runtime, house):
    ids = [await unknown(runtime, house, f"Double Feature/{name}.mkv") for name in ("Sintel (2010)", "Nosferatu (1922)")]
    await identify(runtime, ids)
    assert [(await state(runtime, one))[0] for one in ids] == [SINTEL.tmdb_id, NOSFERATU.tmdb_id]
