"""Rows mirror the settings; what disappears there is disabled and keeps its films."""

from __future__ import annotations

import pytest

from metarr_core.db.mirror import mirror
from metarr_core.settings import Settings

LIBRARIES = [{"name": "Movies", "path": "/media/movies"}, {"name": "Kids", "path": "/media/kids"}]
MAPPING = {"metarr_path": "/media", "player_path": "smb://nas"}
SOFA = {"name": "sofa", "url": "http://sofa:8080", "password": "secret"}
BED = {"name": "bed", "url": "http://bed:8080"}
HOME = {"name": "home", "path_mappings": [MAPPING], "players": [SOFA, BED]}


@pytest.fixture
def rows(connect):
    connection = connect()
    return lambda query: connection.execute(query).fetchall()


@pytest.fixture
def mirrored(database):
    async def mirroring(**settings):
        async with database.transaction() as session:
            await mirror(session, Settings.model_validate(settings))

    return mirroring


LIBRARY_ROWS = "SELECT name, path, enabled FROM libraries ORDER BY name"
PLAYER_ROWS = (
    "SELECT g.name, p.name, p.url, g.enabled, p.enabled FROM media_players p"
    " JOIN media_player_groups g ON g.id = media_player_group_id ORDER BY p.name"
)
MAPPING_ROWS = "SELECT metarr_path, player_path FROM path_mappings ORDER BY 1"


async def test_the_rows_are_what_the_settings_say(mirrored, rows):
    await mirrored(libraries=LIBRARIES, player_groups=[HOME])
    assert rows(LIBRARY_ROWS) == [("Kids", "/media/kids", True), ("Movies", "/media/movies", True)]
    assert rows(PLAYER_ROWS) == [
        ("home", "bed", "http://bed:8080", True, True),
        ("home", "sofa", "http://sofa:8080", True, True),
    ]
    assert rows(MAPPING_ROWS) == [("/media", "smb://nas")]
    assert rows("SELECT type, library FROM media_player_groups") == [("kodi", "own")]


async def test_twice_is_the_same_as_once(mirrored, rows):
    everything = "SELECT (SELECT json_agg(l) FROM libraries l)::text, (SELECT json_agg(p) FROM media_players p)::text"
    await mirrored(libraries=LIBRARIES, player_groups=[HOME])
    before = rows(everything)
    await mirrored(libraries=LIBRARIES, player_groups=[HOME])
    assert rows(everything) == before
    assert len(rows(MAPPING_ROWS)) == 1


async def test_a_library_that_disappears_is_disabled_and_keeps_its_films(mirrored, rows):
    await mirrored(libraries=LIBRARIES)
    rows("INSERT INTO movies (library_id, title) SELECT id, name FROM libraries RETURNING id")
    await mirrored(libraries=LIBRARIES[:1])
    assert rows(LIBRARY_ROWS) == [("Kids", "/media/kids", False), ("Movies", "/media/movies", True)]
    assert len(rows("SELECT id FROM movies")) == 2


async def test_a_library_that_comes_back_is_the_same_one_even_elsewhere(mirrored, rows):
    await mirrored(libraries=LIBRARIES)
    ids = rows("SELECT name, id FROM libraries ORDER BY name")
    await mirrored()
    await mirrored(libraries=[LIBRARIES[0], {"name": "Kids", "path": "/mnt/kids"}])
    assert rows("SELECT name, id FROM libraries ORDER BY name") == ids
    assert rows(LIBRARY_ROWS) == [("Kids", "/mnt/kids", True), ("Movies", "/media/movies", True)]


async def test_players_that_disappear_are_disabled_and_those_that_move_move(mirrored, rows):
    await mirrored(player_groups=[HOME])
    cellar = {"name": "cellar", "library": "shared", "players": [BED | {"url": "http://10.0.0.9:8080"}]}
    await mirrored(player_groups=[cellar])
    assert rows(PLAYER_ROWS) == [
        ("cellar", "bed", "http://10.0.0.9:8080", True, True),
        ("home", "sofa", "http://sofa:8080", False, False),
    ]


async def test_what_waits_for_a_player_survives_its_absence(mirrored, rows):
    await mirrored(libraries=LIBRARIES[:1], player_groups=[HOME])
    rows("INSERT INTO movies (library_id, title) SELECT id, 'Sintel' FROM libraries RETURNING id")
    rows("INSERT INTO player_updates (media_player_id, movie_id, kind) SELECT p.id, m.id, 'publish'"
         " FROM media_players p, movies m RETURNING id")  # fmt: skip
    await mirrored(libraries=LIBRARIES[:1])
    assert rows("SELECT count(*) FROM player_updates") == [(2,)]


async def test_changed_path_mappings_replace_the_old_ones(mirrored, rows):
    await mirrored(player_groups=[HOME])
    await mirrored(player_groups=[HOME | {"path_mappings": [{"metarr_path": "/media", "player_path": "nfs://nas"}]}])
    assert rows(MAPPING_ROWS) == [("/media", "nfs://nas")]


async def test_no_password_is_written_into_the_database(mirrored, rows):
    await mirrored(player_groups=[HOME])
    assert "secret" not in str(rows("SELECT json_agg(p)::text FROM media_players p"))
