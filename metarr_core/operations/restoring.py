"""Brings films back from the trash: the film at once, in the request; what stands beside it, and the players, by a run."""

from __future__ import annotations

import asyncio
from pathlib import Path

from metarr_core.db import movie_files, movies
from metarr_core.db import trash as db
from metarr_core.domain.ids import JobId, MovieId
from metarr_core.domain.jobs import JobType
from metarr_core.errors import StateConflict
from metarr_core.files.fingerprint import is_there
from metarr_core.operations import film_jobs, trash
from metarr_core.runtime import Runtime, now

BY_A_USER = "a user wants it back"


async def ask_for_restore(runtime: Runtime, movie_id: MovieId) -> JobId:
    """Take a film out of the trash and queue the rest, in one transaction. Raises NotFoundError, StateConflict."""
    async with runtime.database.transaction() as session:
        if not await trash.restore(session, movie_id, BY_A_USER, now()):
            raise not_in_the_trash((await movies.get(session, movie_id)).title)
        return await film_jobs.queue(session, movie_id, JobType.RESTORE_MEDIA, {"movie_id": movie_id})


def not_in_the_trash(title: str) -> StateConflict:
    """What to say of a film that cannot be restored."""
    return StateConflict(f"{title} is not in the trash, so there is nothing to restore; the trash shows what is in it")


async def bring_back(runtime: Runtime, movie_id: MovieId, *, must_be_in_trash: bool, why: str = BY_A_USER) -> list[str]:
    """Take a film out of the trash, unless it is out, and look for its missing files; gives those that are there again.

    Raises NotFoundError, StorageUnavailable, and StateConflict where it has to be in the trash and is not.
    """
    if not await trash.restore_movie(runtime, movie_id, why) and must_be_in_trash:
        async with runtime.database.transaction() as session:
            raise not_in_the_trash((await movies.get(session, movie_id)).title)
    async with runtime.database.transaction() as session:
        files = await movie_files.of_movie(session, movie_id)
        missing = [file.path for file in files if file.missing_since is not None]
    found = await asyncio.to_thread(lambda: [path for path in missing if is_there(Path(path))])
    async with runtime.database.transaction() as session:
        await db.find_files_again(session, found)
        await movie_files.mirror_best(session, movie_id)
    return found
