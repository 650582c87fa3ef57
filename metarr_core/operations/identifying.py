"""A film gets its id, by whoever knows it; one that turns out to be another that we know becomes a copy of that."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, movies
from metarr_core.db import identifications as db
from metarr_core.db import trash as trash_db
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId
from metarr_core.operations import trash
from metarr_core.operations.merging import merge
from metarr_core.runtime import now

IDENTIFIED = "movie.identified"


async def give_id(
    session: AsyncSession,
    movie_id: MovieId,
    tmdb_id: TmdbId,
    told: str,
    details: dict[str, Any],
    imdb_id: ImdbId | None = None,
) -> MovieId:
    """Record which film this is; gives the film that has its files from now on.

    Where another film has that id already, its files become further copies of it, with what a person locked and chose; it
    comes back from the trash, and one that a user ignores stays ignored. Raises NotFoundError.
    """
    await trash_db.locked(session, movie_id)
    twin = await db.twin_of(session, movie_id, tmdb_id)
    story = {**details, "tmdb_id": tmdb_id}
    if twin is None:
        await db.set_ids(session, movie_id, tmdb_id, imdb_id)
        activity.tell(session, IDENTIFIED, told, movie_id=movie_id, severity="success", details=story)
        return movie_id
    name = (await movies.get(session, movie_id)).title
    await trash.restore(session, twin, f"a file of it was found: {name}", now())
    carried = await merge(session, movie_id, twin)
    told = f"{told}; film {movie_id} is the same as this one, its files are copies of it now"
    activity.tell(session, IDENTIFIED, told, movie_id=twin, severity="success", details=story | carried)
    return twin
