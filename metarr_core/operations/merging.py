"""A film turns out to be another that we know: its files are copies of that one, and what a person decided goes along."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import merging as db
from metarr_core.db import movie_files, movies
from metarr_core.db import trash as trash_db
from metarr_core.db.tables.movies import Movie
from metarr_core.domain.ids import MovieId
from metarr_core.domain.locks import EDITABLE
from metarr_core.domain.metadata import Who


async def merge(session: AsyncSession, movie_id: MovieId, into: MovieId) -> dict[str, Any]:
    """Make a film's files, locks and chosen pictures another's, and remove it; gives what changed there, for the history.

    What is locked on the other film stays as it is there: of two words of a person, the one about the film that was known
    counts. Raises NotFoundError.
    """
    movie, other = await trash_db.locked(session, movie_id), await trash_db.locked(session, into)
    pictures = await db.move_pictures(session, movie, other)
    locked = [field for field in movie.locked_fields if field not in other.locked_fields]
    left = sorted(set(movie.locked_fields) - set(locked))
    await _carry_fields(session, movie, other, {field for field in locked if field in EDITABLE})
    for field in locked:
        await movies.lock(session, into, field)
    await db.move_files(session, movie_id, into)
    await movie_files.mirror_best(session, into)
    await db.remove(session, movie_id)
    return {"was": movie_id, "locks": locked, "pictures": pictures, "locks_of_both": left}


async def _carry_fields(session: AsyncSession, movie: Movie, other: Movie, fields: set[str]) -> None:
    """The locked values of a film are the other's; a film keeps a title."""
    if fields:
        known = await movies.read_metadata(session, movie)
        await movies.write_metadata(session, other, known.only(fields), who=Who.USER)
