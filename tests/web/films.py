"""Films in the database, put there past the shim."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import artwork, movie_files, movies
from metarr_core.db.engine import Database
from metarr_core.db.tables.artwork import AssetReference, CacheAsset, LibraryFile
from metarr_core.db.tables.movies import Movie
from metarr_core.domain import media_info as mi
from metarr_core.domain.fingerprint import Fingerprint
from metarr_core.domain.ids import FileId, MovieId
from metarr_core.domain.metadata import Credit, Identity, Metadata, Part, Person, Who
from tests.web.shim import Tables

VIDEO = "/movies/Sintel/Sintel.mkv"
HASH = "ab" * 32


async def a_film(tables: Tables, title: str, *, status: str = "unidentified", original_title: str | None = None) -> MovieId:
    """A film of which hardly anything is known."""
    async with _session(tables) as session:
        movie = await movies.add(session, Identity(title), "Movies", 1)
        movie.identification_status, movie.original_title = status, original_title
        return MovieId(movie.id)


async def a_whole_film(tables: Tables) -> MovieId:
    """A film of which everything is known."""
    async with _session(tables) as session:
        movie = await movies.add(session, Identity("Sintel", year=2010, tmdb_id=45745, imdb_id="tt1727587"), "Movies", 1)
        movie.locked_fields = ["poster"]
        await movies.write_metadata(session, movie, METADATA, who=Who.PROVIDER)
        file = await movie_files.record(session, movie, "Movies", "radarr", VIDEO, SEEN)
        await movie_files.write_streams(session, FileId(file.id), MEDIA, datetime.now(UTC))
        await _with_poster(session, movie)
        return MovieId(movie.id)


SEEN = Fingerprint(size=1000, mtime_ns=1, inode="1", file_hash="cd" * 32)
METADATA = Metadata(
    fields={"plot": "A dragon.", "runtime": 15, "rating": 7.5, "release_date": date(2010, 9, 27)},
    genres=("Fantasy",),
    studios=("Blender Foundation",),
    actors=(Part(Person("Halina Reijn", 25), "Sintel"),),
    crew=(Credit(Person("Colin Levy", 26), "Director", "Directing"),),
)


def _stream(kind: Any, **given: Any) -> Any:
    return kind(**{**dict.fromkeys(kind.__annotations__), **given})


MEDIA = mi.MediaInfo(
    duration_seconds=888.0,
    video=(_stream(mi.VideoStream, index=0, codec="h264", width=1920, height=818),),
    audio=(_stream(mi.AudioStream, index=1, codec="ac3", channels=6, is_default=True, is_forced=False),),
    subtitles=(
        _stream(mi.SubtitleStream, index=2, codec="subrip", is_default=False, is_forced=False, is_hearing_impaired=False),
    ),
)


async def _with_poster(session: AsyncSession, movie: Movie) -> None:
    picture = {"file_size": 9, "mime": "image/jpeg", "width": 1000, "height": 1500}
    asset_id = await artwork.keep_content(session, CacheAsset(content_hash=HASH, file_path="assets/ab/ab/x.jpg", **picture))
    place = {"movie_id": movie.id, "type": "poster", "position": 0, "source": "provider", "language": "en"}
    await artwork.choose(session, AssetReference(asset_id=asset_id, **place), by_person=True)
    published = {"path": "/movies/Sintel/poster.jpg", "sha256": HASH, "size": 9, "mtime_ns": 1}
    session.add(LibraryFile(movie_id=movie.id, kind="artwork", artwork_type="poster", **published))


@asynccontextmanager
async def _session(tables: Tables) -> AsyncIterator[AsyncSession]:
    database = Database(tables.url)
    try:
        async with database.transaction() as session:
            yield session
    finally:
        await database.close()
