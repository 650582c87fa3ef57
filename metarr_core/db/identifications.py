"""Films without an id: what was guessed and found, and how a film gets its id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.identifications import Identification
from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import Movie, MovieFile
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId


async def wanted(session: AsyncSession, movie_ids: Sequence[MovieId]) -> list[MovieId]:
    """Those of the films that are unidentified and not in the trash, in the order in which they were given."""
    asked = Movie.id == any_(literal(list(movie_ids), ARRAY(BigInteger)))
    found = set((await session.execute(select(Movie.id).where(asked, *_OPEN))).scalars())
    return [movie_id for movie_id in dict.fromkeys(movie_ids) if movie_id in found]


async def open_film(session: AsyncSession, movie_id: MovieId) -> Movie | None:
    """A film, if it is unidentified and not in the trash."""
    return (await session.execute(select(Movie).where(Movie.id == movie_id, *_OPEN))).scalar_one_or_none()


async def wanted_in(session: AsyncSession, library: str) -> list[MovieId]:
    """The unidentified films of a library, oldest first; of all libraries for an empty name."""
    rows = select(Movie.id).join(Library, Library.id == Movie.library_id).where(*_OPEN, Library.enabled)
    rows = rows.where(Library.name == library) if library else rows
    return [MovieId(movie_id) for movie_id in (await session.execute(rows.order_by(Movie.id))).scalars()]


_OPEN = (Movie.identification_status == "unidentified", Movie.trashed_at.is_(None))


async def minutes(session: AsyncSession, movie_id: MovieId, path: str | None = None) -> float | None:
    """How long the longest of a film's files is, or the one at this path; None where it was not probed."""
    rows = select(MovieFile.duration_seconds).where(MovieFile.movie_id == movie_id, MovieFile.missing_since.is_(None))
    rows = rows if path is None else rows.where(MovieFile.path == path)
    known = [seconds for seconds in (await session.execute(rows)).scalars() if seconds]
    return max(known) / 60 if known else None


async def note(
    session: AsyncSession, movie_id: MovieId, guess: dict[str, Any], candidates: list[dict[str, Any]], why: str
) -> None:
    """Remember the last search for a film, instead of the one before."""
    values = {"guess": guess, "candidates": candidates, "why": why, "searched_at": func.now()}
    statement = insert(Identification).values(movie_id=movie_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=[Identification.movie_id], set_=values))


async def forget(session: AsyncSession, movie_id: MovieId) -> None:
    """Forget the last search for a film, so that a scan looks it up again."""
    await session.execute(delete(Identification).where(Identification.movie_id == movie_id))


async def of_movie(session: AsyncSession, movie_id: MovieId) -> Identification | None:
    """The last search for a film."""
    return await session.get(Identification, movie_id)


async def twin_of(session: AsyncSession, movie_id: MovieId, tmdb_id: TmdbId) -> MovieId | None:
    """Another film with this id; locked until the transaction ends."""
    rows = select(Movie.id).where(Movie.tmdb_id == tmdb_id, Movie.id != movie_id).with_for_update()
    found = (await session.execute(rows)).scalar_one_or_none()
    return MovieId(found) if found is not None else None


async def set_ids(session: AsyncSession, movie_id: MovieId, tmdb_id: TmdbId, imdb_id: ImdbId | None) -> None:
    """A film has its id. What belonged to another id before is asked for again."""
    values = {"tmdb_id": tmdb_id, "imdb_id": imdb_id, "identification_status": "identified", "enriched_at": None}
    await session.execute(update(Movie).where(Movie.id == movie_id).values(**values))


def as_shown(found: Identification) -> dict[str, Any]:
    """A search as the API shows it."""
    at = found.searched_at.isoformat()
    return {"guess": found.guess, "candidates": found.candidates, "why": found.why, "searched_at": at}


@dataclass(frozen=True)
class Unidentified:
    """A film that waits for a person, with what was guessed and found."""

    movie: Movie
    library: str
    search: Identification | None


async def page(session: AsyncSession, limit: int, offset: int) -> tuple[list[Unidentified], int]:
    """Unidentified films, the newest first, and how many there are."""
    total = (await session.execute(select(func.count()).select_from(Movie).where(*_OPEN))).scalar_one()
    rows = await session.execute(
        select(Movie, Library.name, Identification)
        .join(Library, Library.id == Movie.library_id)
        .outerjoin(Identification, Identification.movie_id == Movie.id)
        .where(*_OPEN)
        .order_by(Movie.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Unidentified(movie, library, search) for movie, library, search in rows], total
