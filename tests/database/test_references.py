"""The database counts who uses the cache, and takes everything of a film along with the film."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import errors

USE = """INSERT INTO asset_references (asset_id, movie_id, type, position, source)
    VALUES (%s, %s, %s, %s, 'user') RETURNING id"""


@pytest.fixture
def db(connect):
    return Cache(connect())


class Cache:
    """A library with films and contents, in SQL as it is."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.run = connection.execute
        self.library = self.one("INSERT INTO libraries (name, path) VALUES ('Movies', '/m') RETURNING id")

    def one(self, statement, *values):
        return self.run(statement, values).fetchone()[0]

    def movie(self, title="Sintel"):
        return self.one("INSERT INTO movies (library_id, title) VALUES (%s, %s) RETURNING id", self.library, title)

    def asset(self, name="a"):
        statement = "INSERT INTO cache_assets (content_hash, file_path, file_size, mime) VALUES (%s, %s, 1, 'image/jpeg')"
        return self.one(statement + " RETURNING id", name, f"assets/{name}.jpg")

    def use(self, asset, movie, position=0, kind="poster"):
        return self.one(USE, asset, movie, kind, position)

    def count(self, asset):
        """How often a content is used, and whether it is an orphan."""
        statement = "SELECT reference_count, orphaned_at IS NOT NULL FROM cache_assets WHERE id = %s"
        return self.run(statement, [asset]).fetchone()

    def rows(self, table):
        return self.one(f"SELECT count(*) FROM {table}")


def test_a_content_that_was_never_used_is_no_orphan_yet(db):
    assert db.count(db.asset()) == (0, False)


def test_each_use_counts_and_the_last_one_that_goes_leaves_an_orphan(db):
    asset, movie, other = db.asset(), db.movie(), db.movie("Other")
    first, second = db.use(asset, movie), db.use(asset, other)
    assert db.count(asset) == (2, False)
    db.run("DELETE FROM asset_references WHERE id = %s", [first])
    assert db.count(asset) == (1, False)
    db.run("DELETE FROM asset_references WHERE id = %s", [second])
    assert db.count(asset) == (0, True)


def test_an_orphan_that_is_used_again_is_none_any_more(db):
    asset, movie = db.asset(), db.movie()
    db.run("DELETE FROM asset_references WHERE id = %s", [db.use(asset, movie)])
    db.use(asset, movie)
    assert db.count(asset) == (1, False)


def test_the_time_of_becoming_an_orphan_is_the_last_time(db):
    asset, movie = db.asset(), db.movie()
    db.run("DELETE FROM asset_references WHERE id = %s", [db.use(asset, movie)])
    db.run("UPDATE cache_assets SET orphaned_at = '2020-01-01'")
    db.run("DELETE FROM asset_references WHERE id = %s", [db.use(asset, movie)])
    assert db.one("SELECT orphaned_at > '2020-01-02' FROM cache_assets") is True


def test_another_picture_in_a_place_counts_down_there_and_up_here(db):
    old, new = db.asset("old"), db.asset("new")
    reference = db.use(old, db.movie())
    db.run("UPDATE asset_references SET asset_id = %s WHERE id = %s", [new, reference])
    assert (db.count(old), db.count(new)) == ((0, True), (1, False))


def test_a_change_of_anything_else_counts_nothing(db):
    asset = db.asset()
    db.use(asset, db.movie())
    db.run("UPDATE asset_references SET position = 3, language = 'en', asset_id = asset_id")
    assert db.count(asset) == (1, False)


def test_a_deleted_film_uses_nothing_any_more(db):
    shared, own = db.asset("shared"), db.asset("own")
    movie, other = db.movie(), db.movie("Other")
    db.use(shared, movie)
    db.use(own, movie, position=1)
    db.use(shared, other)
    db.run("DELETE FROM movies WHERE id = %s", [movie])
    assert (db.count(shared), db.count(own)) == ((1, False), (0, True))


def test_many_at_once_are_counted_one_by_one(db):
    asset, movie = db.asset(), db.movie()
    db.run(
        "INSERT INTO asset_references (asset_id, movie_id, type, position, source)"
        " SELECT %s, %s, 'fanart', n, 'provider' FROM generate_series(0, 49) n",
        [asset, movie],
    )
    assert db.count(asset) == (50, False)
    db.run("DELETE FROM asset_references")
    assert db.count(asset) == (0, True)


def test_what_is_rolled_back_does_not_count(db, connect):
    asset, movie = db.asset(), db.movie()
    connection = connect()
    with connection.transaction(force_rollback=True):
        connection.execute(USE, [asset, movie, "poster", 0])
    assert db.count(asset) == (0, False)


def test_transactions_at_the_same_time_lose_no_count(db, connect):
    asset = db.asset()
    movies = [db.movie(f"Film {number}") for number in range(4)]

    def use_and_leave(pair):
        connection, movie = pair
        for position in range(25):
            connection.execute(USE, [asset, movie, "poster", position])
            if position % 5:
                connection.execute("DELETE FROM asset_references WHERE movie_id = %s AND position = %s", [movie, position])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use_and_leave, [(connect(), movie) for movie in movies]))
    assert db.count(asset) == (4 * 5, False)


def test_the_last_use_that_goes_and_the_first_that_comes_at_the_same_time(db, connect):
    asset, movie, other = db.asset(), db.movie(), db.movie("Other")
    reference = db.use(asset, movie)
    leaving, coming = connect(), connect()
    leaving.execute("BEGIN")
    leaving.execute("DELETE FROM asset_references WHERE id = %s", [reference])
    with ThreadPoolExecutor(1) as pool:
        arriving = pool.submit(coming.execute, USE, [asset, other, "poster", 0])
        while not db.one("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            pass
        leaving.execute("COMMIT")
        arriving.result(timeout=60)
    assert db.count(asset) == (1, False)


def test_a_content_that_is_used_cannot_be_deleted(db):
    asset = db.asset()
    db.use(asset, db.movie())
    with pytest.raises(errors.RestrictViolation):
        db.run("DELETE FROM cache_assets")
    assert db.count(asset) == (1, False)


def test_a_content_that_goes_leaves_the_films_that_show_it(db):
    asset, movie = db.asset(), db.movie()
    db.run("UPDATE movies SET poster_id = %s", [asset])
    db.run("DELETE FROM cache_assets")
    assert db.one("SELECT poster_id FROM movies WHERE id = %s", movie) is None


@pytest.mark.parametrize("table", ["asset_references", "asset_candidates"])
def test_everything_has_exactly_one_owner(db, table):
    columns, values = {
        "asset_references": ("asset_id, type, source", "%s, 'poster', 'user'"),
        "asset_candidates": ("score, type, provider, url", "%s, 'poster', 'tmdb', 'http://t'"),
    }[table]
    with pytest.raises(errors.CheckViolation, match=f"ck_{table}_one_owner"):
        db.run(f"INSERT INTO {table} ({columns}) VALUES ({values})", [db.asset()])


OF_A_FILM = {
    "movie_files": "(movie_id, library_id, path, size, mtime_ns) SELECT id, library_id, '/m/' || id, 1, 1 FROM movies",
    "video_streams": "(file_id, stream_index, codec, width, height) SELECT id, 0, 'h264', 1, 1 FROM movie_files",
    "audio_streams": "(file_id, stream_index, codec) SELECT id, 1, 'aac' FROM movie_files",
    "subtitle_streams": "(file_id, stream_index, codec) SELECT id, 2, 'subrip' FROM movie_files",
    "movie_actors": "(movie_id, position, actor_id, name) SELECT movies.id, 0, actors.id, '' FROM movies, actors",
    "movie_crew": "(movie_id, position, crew_id, name, job) SELECT movies.id, 0, crew.id, '', '' FROM movies, crew",
    "movie_genres": "(movie_id, position, genre_id) SELECT movies.id, 0, genres.id FROM movies, genres",
    "movie_studios": "(movie_id, position, studio_id) SELECT movies.id, 0, studios.id FROM movies, studios",
    "movie_countries": "(movie_id, position, country_id) SELECT movies.id, 0, countries.id FROM movies, countries",
    "asset_candidates": "(movie_id, score, type, provider, url) SELECT id, 1, 'poster', 'tmdb', 'http://t' FROM movies",
    "library_files": "(movie_id, kind, path, sha256, size, mtime_ns) SELECT id, 'nfo', '/n/' || id, 'x', 1, 1 FROM movies",
}


def test_a_deleted_film_takes_its_files_streams_and_links_along_and_nothing_of_others(db):
    movie, _ = db.movie(), db.movie("Other")
    for table in ("actors", "crew", "genres", "studios", "countries"):
        db.run(f"INSERT INTO {table} (name) VALUES ('one')")
    for table, values in OF_A_FILM.items():
        db.run(f"INSERT INTO {table} {values}")
    assert {table: db.rows(table) for table in OF_A_FILM} == dict.fromkeys(OF_A_FILM, 2)
    db.run("DELETE FROM movies WHERE id = %s", [movie])
    assert {table: db.rows(table) for table in OF_A_FILM} == dict.fromkeys(OF_A_FILM, 1)
    assert [db.rows(table) for table in ("actors", "crew", "genres", "libraries")] == [1, 1, 1, 1]


def test_the_story_of_a_film_outlives_it(db):
    movie = db.movie()
    db.run(
        "INSERT INTO activity_log (event_type, severity, entity_type, entity_id, description)"
        " VALUES ('movie.added', 'info', 'movie', %s, 'Sintel was added')",
        [movie],
    )
    db.run("DELETE FROM movies")
    assert db.rows("activity_log") == 1


def test_a_library_that_holds_films_cannot_be_deleted(db):
    db.movie()
    with pytest.raises(errors.RestrictViolation):
        db.run("DELETE FROM libraries")
