"""A thousand films at once: deleted by a thousand webhooks, restored as they were, and purged with what we wrote."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from metarr_core.domain.ids import MovieId
from metarr_core.files.library import sha256
from metarr_core.operations import deleting, inbox, restoring
from metarr_core.operations.purging import Rules, due_films, purge_films
from metarr_core.runtime import now
from tests.operations.films import sql

MANY = 1000
FILES = ("nfo", "poster.jpg", "fanart.jpg", "clearlogo.png")
KNOWN = """
INSERT INTO movies (library_id, title, year, tmdb_id, locked_fields, plot)
SELECT l.id, 'Film ' || n, 2000, 5000 + n, '{poster}', 'What happens in ' || n FROM libraries l, generate_series(1, :many) n
"""
COPIES = """
INSERT INTO movie_files (movie_id, library_id, manager, path, size, mtime_ns)
SELECT m.id, m.library_id, 'radarr', l.path || '/' || m.title || ' (2000)/' || m.title || ' (2000).mkv', 1, 1
FROM movies m JOIN libraries l ON l.id = m.library_id
"""
LEDGER = """
INSERT INTO library_files (movie_id, kind, artwork_type, path, sha256, size, mtime_ns)
SELECT m.id, CASE WHEN f = 'nfo' THEN 'nfo' ELSE 'artwork' END, NULLIF(split_part(f, '.', 1), 'nfo'),
    l.path || '/' || m.title || ' (2000)/' || m.title || ' (2000)' || CASE f WHEN 'nfo' THEN '.nfo' ELSE '-' || f END,
    :sha256, 5, 1
FROM movies m JOIN libraries l ON l.id = m.library_id, unnest(CAST(:names AS text[])) f
"""
STATE = (
    "SELECT id, title, locked_fields, plot, trashed_at, deleted_at, trash_reason FROM movies ORDER BY id",
    "SELECT movie_id, path, manager, kept, missing_since FROM movie_files ORDER BY id",
    "SELECT movie_id, path, sha256 FROM library_files ORDER BY id",
)


@pytest.fixture
async def library(runtime, house) -> Path:
    """A thousand films that are known, with what we published; the disk has all of it."""
    await sql(runtime, KNOWN, many=MANY)
    await sql(runtime, COPIES)
    await sql(runtime, LEDGER, sha256=sha256(b"bytes"), names=list(FILES))
    for row in await sql(runtime, "SELECT path FROM movie_files UNION ALL SELECT path FROM library_files"):
        path = Path(row.path)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"bytes")
    return house.movies


async def state(runtime) -> list[Any]:
    return [await sql(runtime, statement) for statement in STATE]


async def told(runtime, number: int) -> int:
    movie = {"title": f"Film {number}", "year": 2000, "tmdbId": 5000 + number, "folderPath": f"/data/movies/{number}"}
    body = json.dumps({"eventType": "MovieDelete", "movie": movie, "deletedFiles": True}).encode()
    return await inbox.receive(runtime, inbox.Source("radarr", "radarr"), body)


async def count(runtime, what: str) -> int:
    ((number,),) = await sql(runtime, f"SELECT count(*) FROM {what}")
    return int(number)


@pytest.mark.long
async def test_a_thousand_films_are_deleted_by_a_thousand_webhooks_and_come_back_as_they_were(runtime, library):
    before = await state(runtime)
    events = [await told(runtime, number) for number in range(1, MANY + 1)]
    assert await count(runtime, "(SELECT DISTINCT title_key FROM job_queue WHERE job_type = 'delete-media') jobs") == MANY
    for event_id in events:
        (deletion,) = await deleting.deletions_of_events(runtime, [event_id])
        assert "is in the trash" in await deleting.delete(runtime, deletion)
    assert await count(runtime, "movies WHERE deleted_at = trashed_at + interval '30 days'") == MANY
    assert await count(runtime, "activity_log WHERE event_type = 'movie.deleted' AND metadata ? 'payload'") == MANY
    for row in before[0]:
        await restoring.ask_for_restore(runtime, MovieId(row.id))
        await restoring.bring_back(runtime, MovieId(row.id), must_be_in_trash=False)
    assert await state(runtime) == before
    assert await count(runtime, "activity_log WHERE event_type = 'movie.restored'") == MANY
    assert len(list(library.rglob("*.*"))) == MANY * (len(FILES) + 1)


@pytest.mark.long
async def test_a_thousand_films_are_purged_and_what_others_wrote_stays(runtime, library):
    (library / "Another (1999)").mkdir()
    theirs = library / "Film 7 (2000)" / "Film 7 (2000)-poster.jpg"
    theirs.write_bytes(b"theirs")
    for video in library.rglob("*.mkv"):
        video.unlink()
    await sql(runtime, "UPDATE movies SET trashed_at = now(), deleted_at = now() + interval '30 days', trash_reason = 'x'")
    await sql(runtime, "UPDATE movie_files SET missing_since = now()")
    then = Rules(now() + timedelta(days=31))
    found = await due_films(runtime, then.at, is_confirmed=True)
    done = await purge_films(runtime, found, then)
    assert (len(done.purged), done.waiting, done.skipped) == (MANY, [], [])
    assert [await count(runtime, table) for table in ("movies", "movie_files", "library_files")] == [0, 0, 0]
    assert await count(runtime, "activity_log WHERE event_type = 'movie.permanently_deleted'") == MANY
    assert sorted(path.name for path in library.iterdir()) == ["Another (1999)", "Film 7 (2000)"]
    assert [path.read_bytes() for path in theirs.parent.iterdir()] == [b"theirs"]
