"""Films in the trash: `deleted_at` is the day of their purge, `trashed_at` when they went, `trash_reason` why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import library_files, movie_files
from metarr_core.db.tables.movies import Movie, MovieFile
from metarr_core.domain.ids import MovieId
from metarr_core.errors import NotFoundError


async def locked(session: AsyncSession, movie_id: MovieId) -> Movie:
    """A film as it is now, locked until the end of the transaction. Raises NotFoundError."""
    row = select(Movie).where(Movie.id == movie_id).with_for_update().execution_options(populate_existing=True)
    movie = (await session.execute(row)).scalar_one_or_none()
    if movie is None:
        raise NotFoundError(f"there is no film {movie_id}; it may have been deleted for good")
    return movie


async def put(session: AsyncSession, movie: Movie, reason: str, at: datetime, purge_at: datetime) -> None:
    """Put a film into the trash."""
    movie.trashed_at, movie.deleted_at, movie.trash_reason = at, purge_at, reason
    await session.flush()


async def take_out(session: AsyncSession, movie: Movie, at: datetime) -> None:
    """Take a film out of the trash. For files that are missing, the grace begins anew."""
    movie.trashed_at = movie.deleted_at = movie.trash_reason = None
    mine = MovieFile.movie_id == movie.id
    await session.execute(update(MovieFile).where(mine, MovieFile.kept).values(kept=False))
    await session.execute(update(MovieFile).where(mine, MovieFile.missing_since.is_not(None)).values(missing_since=at))
    await session.flush()


async def keep_files(session: AsyncSession, movie_id: MovieId) -> None:
    """The film's files stay on disk, although it goes."""
    await session.execute(
        update(MovieFile).where(MovieFile.movie_id == movie_id, MovieFile.missing_since.is_(None)).values(kept=True)
    )


async def lose_files(session: AsyncSession, movie_id: MovieId, at: datetime) -> None:
    """The film's files go with it."""
    mine = update(MovieFile).where(MovieFile.movie_id == movie_id)
    await session.execute(mine.where(MovieFile.missing_since.is_(None)).values(missing_since=at))
    await session.execute(mine.where(MovieFile.kept).values(kept=False))


async def on_disk(session: AsyncSession, movie_id: MovieId) -> list[dict[str, Any]]:
    """What stood on disk for a film by what we know: its files, and what we wrote beside them."""
    files = await movie_files.present(session, movie_id)
    published = await library_files.of_movie(session, movie_id)
    return [
        *({"path": file.path, "size": file.size, "file_hash": file.file_hash} for file in files),
        *({"path": file.path, "size": file.size, "sha256": file.sha256} for file in published),
    ]
