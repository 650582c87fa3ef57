from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from deployments.demo.film import Film
from deployments.demo.films import SINTEL
from metarr_core.operations.doctor.findings import Severity
from tests.doctor.conftest import all_well, only

SUBJECT = "player 'sofa'"
pytestmark = pytest.mark.usefixtures("kodi")


@pytest.fixture
def video(movies: Path) -> Path:
    video = movies / "Sintel (2010)" / "Sintel.mkv"
    video.parent.mkdir()
    video.write_bytes(b"")
    return video


async def test_a_player_that_sees_what_we_see_is_well(says, movies, video):
    told = all_well(await says(SUBJECT))
    assert "Kodi 20.1 answers and takes the credentials" in told
    assert f"sees the library 'Movies' at {movies}" in told


async def test_a_player_that_is_off_is_only_a_warning(says, document):
    document["player_groups"][0]["players"][0]["url"] = "http://127.0.0.1:9"
    found = only(await says(SUBJECT), Severity.WARNING)
    assert "is it on?" in found.sentence
    assert "remote control via HTTP" in found.cure


async def test_wrong_credentials_are_a_problem(says, document):
    document["player_groups"][0]["players"][0]["password"] = "wrong"
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "username and password" in found.sentence
    assert "Settings → Services → Control" in found.cure


async def test_what_is_no_kodi_at_all_is_told(says, document, tmdb):
    document["player_groups"][0]["players"][0]["url"] = document["providers"]["tmdb"]["base_url"]
    assert only(await says(SUBJECT), Severity.WARNING)


async def test_an_old_kodi_is_told(says, kodi):
    kodi.methods["Application.GetProperties"] = lambda _: {"name": "Kodi", "version": {"major": 18, "minor": 9}}
    assert "upgrade it" in only(await says(SUBJECT), Severity.WARNING).cure


async def test_a_library_that_no_mapping_fits_is_a_problem(says, document):
    document["player_groups"][0]["path_mappings"] = [{"metarr_path": "/elsewhere", "player_path": "smb://nas/movies"}]
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "no path mapping of 'home' fits the library 'Movies'" in found.sentence
    assert "metarr_path = " in found.cure


async def test_a_library_that_is_none_of_its_sources_is_a_problem(says, document, movies, kodi):
    document["player_groups"][0]["path_mappings"] = [{"metarr_path": str(movies), "player_path": "smb://nas/movies"}]
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "none of its video sources holds smb://nas/movies" in found.sentence
    assert "Local information only" in found.cure


SOURCES = [
    "smb://nas/movies/",
    "smb://nas/",
    "smb://kodi:secret@nas/movies/",
    "multipath://smb%3a%2f%2fother%2ffilms%2f/smb%3a%2f%2fnas%2fmovies%2f/",
]


@pytest.mark.parametrize("source", SOURCES)
async def test_a_source_above_the_library_holds_it_in_all_forms(says, document, movies, kodi, source):
    document["player_groups"][0]["path_mappings"] = [{"metarr_path": str(movies), "player_path": "smb://nas/movies"}]
    kodi.methods["Files.GetSources"] = lambda _: {"sources": [{"file": source, "label": "Movies"}]}
    kodi.methods["Files.GetDirectory"] = lambda _: {"files": [], "limits": {"start": 0, "end": 0, "total": 7}}
    assert "at smb://nas/movies" in all_well(await says(SUBJECT))


async def test_a_folder_that_is_empty_only_for_the_player_is_a_problem(says, kodi, video):
    kodi.methods["Files.GetDirectory"] = lambda _: {"limits": {"start": 0, "end": 0, "total": 0}}
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "sees an empty folder" in found.sentence
    assert "Mount it" in found.cure


async def test_an_empty_library_is_empty_for_everybody(says):
    all_well(await says(SUBJECT))


async def test_a_folder_that_the_player_cannot_list_is_a_problem(says, document, movies):
    inside = movies / "not there"
    document["player_groups"][0]["path_mappings"] = [{"metarr_path": str(movies), "player_path": str(inside)}]
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert f"cannot list {inside}" in found.sentence
    assert "path_mappings of 'home'" in found.cure


def published(database_url: str, film: Film, video: Path) -> None:
    """As if the film's NFO had been written."""
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("INSERT INTO libraries (name, path) VALUES ('Movies', %s)", [str(video.parent.parent)])
        connection.execute("INSERT INTO movies (library_id, title) SELECT id, %s FROM libraries", [film.title])
        connection.execute(
            "INSERT INTO movie_files (movie_id, library_id, path, size, mtime_ns) "
            "SELECT id, library_id, %s, 1, 1 FROM movies",
            [str(video)],
        )
        connection.execute(
            "INSERT INTO library_files (movie_id, kind, path, sha256, size, mtime_ns) "
            "SELECT id, 'nfo', %s, 'x', 1, 1 FROM movies",
            [str(video.with_suffix(".nfo"))],
        )


async def test_a_published_film_that_it_does_not_show_points_to_the_source(says, database, video):
    published(database, SINTEL, video)
    found = only(await says(SUBJECT), Severity.WARNING)
    assert "does not show 'Sintel'" in found.sentence
    assert "Local information only" in found.cure


async def test_a_published_film_that_it_shows_is_well(says, database, kodi, video):
    video.with_suffix(".nfo").write_text("<movie><title>Sintel</title></movie>")
    published(database, SINTEL, video)
    kodi.library.scan(None)
    all_well(await says(SUBJECT))


async def test_without_a_database_the_player_is_looked_at_all_the_same(says, video):
    all_well(await says(SUBJECT))


async def test_a_player_of_other_libraries_is_not_asked_for_this_one(says, document):
    document["player_groups"][0]["libraries"] = []
    (found,) = await says(SUBJECT)
    assert found.severity is Severity.OK
