"""Films in the trash: `deleted_at` is the day of their purge, `trashed_at` when they went, `trash_reason` why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import library_files, movie_files
from metarr_core.db.tables.artwork import AssetReference, CacheAsset
from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import IgnoredPath, Movie, MovieFile
from metarr_core.domain.ids import MovieId
from metarr_core.errors import NotFoundError


async def locked(session: AsyncSession, movie_id: MovieId) -> Movie:
    """A film as it is now, locked until the end of the transaction. Raises NotFoundError."""
    row = select(Movie).where(Movie.id == movie_id).with_for_update().execution_options(populate_existing=True)
    movie = (await session.execute(row)).scalar_one_or_none()
    if movie is None:
        raise not_there(movie_id)
    return movie


def not_there(movie_id: MovieId) -> NotFoundError:
    """What to say of a film that nobody knows."""
    return NotFoundError(f"there is no film {movie_id}; it may have been deleted for good")


async def locked_films(session: AsyncSession, movie_ids: Sequence[MovieId]) -> dict[MovieId, Movie]:
    """Those of these films that there are, as they are now, locked until the end of the transaction."""
    rows = select(Movie).where(Movie.id.in_(movie_ids)).order_by(Movie.id).with_for_update()
    found = await session.execute(rows.execution_options(populate_existing=True))
    return {MovieId(movie.id): movie for movie in found.scalars()}


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


async def managers(session: AsyncSession, movie_id: MovieId) -> set[str]:
    """The managers that have files of a film, and have not let go of them."""
    files = await movie_files.present(session, movie_id)
    return {file.manager for file in files if file.manager is not None and not file.kept}


async def let_go(session: AsyncSession, movie_id: MovieId, manager: str | None, lost_at: datetime | None) -> None:
    """One of several managers lets go of its files: they are lost, or kept on disk where there is no `lost_at`."""
    mine = (MovieFile.movie_id == movie_id, MovieFile.manager == manager, MovieFile.missing_since.is_(None))
    values = {"kept": lost_at is None, "missing_since": lost_at}
    await session.execute(update(MovieFile).where(*mine).values(**values))


async def find_files_again(session: AsyncSession, paths: Sequence[str]) -> None:
    """Missing files are where they were."""
    await session.execute(update(MovieFile).where(MovieFile.path.in_(paths)).values(missing_since=None))


@dataclass(frozen=True)
class Trashed:
    """A film in the trash: the size of its files in bytes, as last seen, and the hash of its poster."""

    movie: Movie
    library: str
    size: int
    poster: str | None


async def page(session: AsyncSession, limit: int, offset: int) -> tuple[list[Trashed], int]:
    """Films in the trash, those that go first first, and how many there are."""
    in_trash = Movie.trashed_at.is_not(None)
    total = (await session.execute(select(func.count()).select_from(Movie).where(in_trash))).scalar_one()
    size = select(func.coalesce(func.sum(MovieFile.size), 0)).where(MovieFile.movie_id == Movie.id).scalar_subquery()
    rows = await session.execute(
        select(Movie, Library.name, size, CacheAsset.content_hash)
        .join(Library, Library.id == Movie.library_id)
        .outerjoin(CacheAsset, CacheAsset.id == Movie.poster_id)
        .where(in_trash)
        .order_by(Movie.deleted_at, Movie.id)
        .limit(limit)
        .offset(offset)
    )
    return [Trashed(movie, library, int(total_size), poster) for movie, library, total_size, poster in rows], total


async def on_disk(session: AsyncSession, movie_id: MovieId) -> list[dict[str, Any]]:
    """What stood on disk for a film by what we know: its files, and what we wrote beside them."""
    files = await movie_files.present(session, movie_id)
    published = await library_files.of_movie(session, movie_id)
    return [
        *({"path": file.path, "size": file.size, "file_hash": file.file_hash} for file in files),
        *({"path": file.path, "size": file.size, "sha256": file.sha256} for file in published),
    ]


async def due(session: AsyncSession, at: datetime) -> list[MovieId]:
    """Films whose day has come, the first first."""
    rows = select(Movie.id).where(Movie.trashed_at.is_not(None), Movie.deleted_at < at).order_by(Movie.deleted_at, Movie.id)
    return [MovieId(movie_id) for movie_id in (await session.execute(rows)).scalars()]


async def originals(session: AsyncSession, hashes: Sequence[str]) -> set[str]:
    """Those of these contents that came from a user or from another program."""
    rows = select(CacheAsset.content_hash).where(CacheAsset.content_hash.in_(hashes), CacheAsset.is_original)
    return set((await session.execute(rows)).scalars())


async def originals_of(session: AsyncSession, movie_ids: Sequence[MovieId]) -> dict[MovieId, list[dict[str, Any]]]:
    """What users and other programs gave for films, and where the cache keeps it: after the purge, only this tells."""
    rows = await session.execute(
        select(AssetReference.movie_id, AssetReference.type, AssetReference.source, AssetReference.url, CacheAsset.file_path)
        .join(CacheAsset, CacheAsset.id == AssetReference.asset_id)
        .where(AssetReference.movie_id.in_(movie_ids), AssetReference.source.in_(("user", "local")))
        .order_by(AssetReference.id)
    )
    found: dict[MovieId, list[dict[str, Any]]] = {}
    for owner, *told in rows:
        given = dict(zip(("type", "source", "url", "file_path"), told, strict=True))
        if owner is not None:
            found.setdefault(MovieId(owner), []).append(given)
    return found


async def ignore_path(session: AsyncSession, path: str, why: str) -> None:
    """Scans pass a video over that stays on disk."""
    await session.execute(insert(IgnoredPath).values(path=path, why=why).on_conflict_do_nothing())


async def purge(session: AsyncSession, movie_ids: Sequence[MovieId]) -> None:
    """Delete films with all that is known of them. Their pictures stay in the cache until nobody has used them for long."""
    await session.execute(delete(Movie).where(Movie.id.in_(movie_ids)))
