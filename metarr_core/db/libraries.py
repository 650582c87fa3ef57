"""Libraries as rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import Movie, MovieFile
from metarr_core.domain.ids import MovieId
from metarr_core.errors import NotFoundError


async def every(session: AsyncSession) -> Sequence[Library]:
    """All libraries, by name, the disabled ones included."""
    return (await session.execute(select(Library).order_by(Library.name))).scalars().all()


async def name_of(session: AsyncSession, library_id: int) -> str:
    """The name of a library that is in the settings. Raises NotFoundError."""
    rows = select(Library.name).where(Library.id == library_id, Library.enabled)
    if (name := (await session.execute(rows)).scalar_one_or_none()) is None:
        raise NotFoundError(f"there is no library {library_id} in the settings")
    return name


async def films(session: AsyncSession, library: str = "") -> list[MovieId]:
    """The films of a library, or of all, that have or had a file and are not in the trash."""
    rows = select(Movie.id).join(Library, Library.id == Movie.library_id)
    rows = rows.where(Movie.trashed_at.is_(None), exists().where(MovieFile.movie_id == Movie.id)).order_by(Movie.id)
    chosen = rows.where(Library.name == library) if library else rows
    return [MovieId(number) for number in (await session.execute(chosen)).scalars()]
