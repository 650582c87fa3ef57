"""The ledger of what we wrote into libraries. A row is made before its file: what has no row is not ours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.artwork import LibraryFile
from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import Movie, MovieFile
from metarr_core.domain.ids import MovieId, Sha256
from metarr_core.domain.verification import Entry

FORMER_KEPT = 20
"""So many hashes of what we wrote at a path before are kept, to know it again."""


async def of_movie(session: AsyncSession, movie_id: MovieId) -> list[LibraryFile]:
    """Everything that we published for a film."""
    rows = select(LibraryFile).where(LibraryFile.movie_id == movie_id).order_by(LibraryFile.path)
    return list((await session.execute(rows)).scalars())


async def hashes(session: AsyncSession, paths: list[str]) -> dict[str, str]:
    """The hash of what we wrote, or meant to write, at each of these paths."""
    rows = await session.execute(select(LibraryFile.path, LibraryFile.sha256).where(LibraryFile.path.in_(paths)))
    return {path: sha256 for path, sha256 in rows}  # noqa: C416 - rows are no pairs to dict()


_ENTRY = (
    *(LibraryFile.movie_id, LibraryFile.path, LibraryFile.artwork_type),
    *(LibraryFile.sha256, LibraryFile.size, LibraryFile.mtime_ns),
)


def _entry(row: Any) -> Entry:
    return Entry(*row)


async def entries_of(session: AsyncSession, movie_id: MovieId) -> list[Entry]:
    """The lines of a film."""
    rows = select(*_ENTRY).where(LibraryFile.movie_id == movie_id).order_by(LibraryFile.path)
    return [_entry(row) for row in await session.execute(rows)]


async def entries_of_films(session: AsyncSession, movie_ids: Sequence[MovieId]) -> list[Entry]:
    """The lines of films."""
    rows = select(*_ENTRY).where(LibraryFile.movie_id.in_(movie_ids)).order_by(LibraryFile.movie_id, LibraryFile.path)
    return [_entry(row) for row in await session.execute(rows)]


async def entries_in(session: AsyncSession, library: str = "") -> list[Entry]:
    """The lines of all films of a library, or of all, that are not in the trash and have a file."""
    has_file = exists().where(MovieFile.movie_id == Movie.id, MovieFile.missing_since.is_(None))
    rows = (
        select(*_ENTRY)
        .join(Movie, Movie.id == LibraryFile.movie_id)
        .join(Library, Library.id == Movie.library_id)
        .where(Movie.trashed_at.is_(None), has_file)
        .order_by(LibraryFile.movie_id, LibraryFile.path)
    )
    chosen = rows.where(Library.name == library) if library else rows
    return [_entry(row) for row in await session.execute(chosen)]


async def disown(session: AsyncSession, paths: Sequence[str]) -> None:
    """What stands at these paths is somebody else's from now on."""
    await session.execute(delete(LibraryFile).where(LibraryFile.path.in_(paths)))


async def disown_left(session: AsyncSession, movie_id: MovieId, sha256: str, left: Collection[str]) -> None:
    """Where these bytes of ours were changed, and left so, what stands there is in the way of them from now on."""
    mine = (LibraryFile.movie_id == movie_id, LibraryFile.sha256 == sha256, LibraryFile.path.in_(left))
    await session.execute(delete(LibraryFile).where(*mine))


async def follow(session: AsyncSession, former: str, path: str, *, forget: bool) -> None:
    """A file of ours stands at another path now; what is told of the former is forgotten, unless it may come back."""
    columns = [column for column in LibraryFile.__table__.columns if column.name not in {"id", "path"}]
    line = select(literal(path).label("path"), *columns).where(LibraryFile.path == former)
    statement = insert(LibraryFile).from_select(["path", *(column.name for column in columns)], line)
    await session.execute(statement.on_conflict_do_nothing(index_elements=[LibraryFile.path]))
    if forget:
        await disown(session, [former])


@dataclass(frozen=True)
class Intent:
    """Bytes that are about to be written at a path; `told` are the hashes of an NFO's values."""

    path: str
    sha256: Sha256
    size: int
    artwork_type: str | None
    told: Mapping[str, str]


async def intend(session: AsyncSession, movie_id: MovieId, one: Intent) -> None:
    """Record that these bytes are about to be written."""
    kind = "artwork" if one.artwork_type else "nfo"
    values = {**vars(one), "movie_id": movie_id, "kind": kind, "mtime_ns": 0, "published_at": func.now()}
    statement = insert(LibraryFile).values(values)
    before = func.array_prepend(LibraryFile.sha256, LibraryFile.former[1 : FORMER_KEPT - 1])
    former = case((LibraryFile.sha256 == one.sha256, LibraryFile.former), else_=before)
    set_ = {**values, "former": former}
    await session.execute(statement.on_conflict_do_update(index_elements=[LibraryFile.path], set_=set_))


async def memory_of(session: AsyncSession, path: str) -> tuple[dict[str, str], list[str]]:
    """What we told in the NFO at a path, by hashes, and the hashes of what we wrote there before; empty where nothing."""
    rows = await session.execute(select(LibraryFile.told, LibraryFile.former).where(LibraryFile.path == path))
    found = rows.one_or_none()
    return (found.told, found.former) if found else ({}, [])


async def confirm(session: AsyncSession, mtimes: Mapping[str, int]) -> None:
    """Record that files are written, with their modification times in ns."""
    for path, mtime_ns in mtimes.items():
        await session.execute(update(LibraryFile).where(LibraryFile.path == path).values(mtime_ns=mtime_ns))


async def last_published(session: AsyncSession, movie_id: MovieId) -> datetime | None:
    """When something was last published for a film."""
    newest = select(func.max(LibraryFile.published_at)).where(LibraryFile.movie_id == movie_id)
    return (await session.execute(newest)).scalar_one()


@dataclass(frozen=True)
class PublishedFilm:
    """A film in the library, with its video."""

    title: str
    path: str


async def newest_film(session: AsyncSession, library: str) -> PublishedFilm | None:
    """The film of a library whose NFO was written last."""
    rows = await session.execute(
        select(Movie.title, MovieFile.path)
        .join(MovieFile, MovieFile.movie_id == Movie.id)
        .join(LibraryFile, LibraryFile.movie_id == Movie.id)
        .join(Library, Library.id == MovieFile.library_id)
        .where(Library.name == library, LibraryFile.kind == "nfo", Movie.deleted_at.is_(None))
        .where(MovieFile.missing_since.is_(None))
        .order_by(LibraryFile.published_at.desc())
        .limit(1)
    )
    found = rows.one_or_none()
    return PublishedFilm(*found) if found else None
