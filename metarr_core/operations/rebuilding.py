"""Writes NFO files and artwork of whole libraries again, from cache and database: after a disk was lost.

Films whose videos are lost too get theirs all the same, in folders made anew: the videos may come back later. Whatever
stands there already is treated as by every other publishing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from metarr_core.db import activity, artwork, libraries, locks, movie_files, movies
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.errors import LockBusy, NotFoundError, StorageUnavailable
from metarr_core.files import library as library_files
from metarr_core.operations import players
from metarr_core.operations.bulk import enqueue_enrichment
from metarr_core.operations.publishing import publish_movie, wanted_files
from metarr_core.runtime import Runtime


@dataclass(frozen=True)
class Rebuilt:
    """What became of some films: how many were looked at, files written, pictures that the cache has lost, and trouble."""

    films: int = 0
    written: int = 0
    lost_pictures: int = 0
    skipped: tuple[str, ...] = ()

    def __add__(self, other: Rebuilt) -> Rebuilt:
        """Both together."""
        return Rebuilt(
            self.films + other.films,
            self.written + other.written,
            self.lost_pictures + other.lost_pictures,
            (*self.skipped, *other.skipped),
        )


async def lost_films(runtime: Runtime, library: str = "") -> list[MovieId]:
    """The films of a library, or of all. Raises NotFoundError, and StorageUnavailable where its folder is not there."""
    known = [one for one in runtime.settings.libraries if library in {"", one.name}]
    if not known:
        raise NotFoundError(f"there is no library '{library}' in the settings")
    for one in known:
        if not await asyncio.to_thread(Path(one.path).is_dir):
            raise StorageUnavailable(Path(one.path), "the library's folder is not there; mount or make it first")
    async with runtime.database.transaction() as session:
        return await libraries.films(session, library)


async def rebuild_chunk(runtime: Runtime, movie_ids: Sequence[MovieId], *, dry_run: bool = False) -> Rebuilt:
    """Write the files of films again, one film after another, each under its title's lock.

    One that cannot be written keeps no other from it. Films whose pictures the cache has lost are enriched again.
    """
    done, poorer = Rebuilt(), []
    for movie_id in movie_ids:
        try:
            async with runtime.database.transaction() as session:
                title_key = await movies.title_key_of(session, movie_id)
            async with locks.held(runtime.database, title_key):
                one = await rebuild_movie(runtime, movie_id, dry_run=dry_run)
        except (LockBusy, NotFoundError, StorageUnavailable) as exc:
            one = Rebuilt(skipped=(f"film {movie_id}: {exc}",))
        done += one
        poorer += [movie_id] if one.lost_pictures else []
    if poorer and not dry_run:
        async with runtime.database.transaction() as session:
            await enqueue_enrichment(session, poorer, Priority.NORMAL, force=True)
    return done


async def rebuild_movie(runtime: Runtime, movie_id: MovieId, *, dry_run: bool = False) -> Rebuilt:
    """Write a film's files again, under the caller's lock. Raises NotFoundError, StorageUnavailable."""
    async with runtime.database.transaction() as session:
        pictures = await artwork.chosen(session, movie_id)
        folders = {Path(file.path).parent for file in await movie_files.homes(session, movie_id)}
    lost = await asyncio.to_thread(lambda: [one for one in pictures if not runtime.cache.path(one.cache_path).is_file()])
    if dry_run:
        wanted = await wanted_files(runtime, movie_id, without_videos=True)
        missing = await asyncio.to_thread(lambda: [one for one in wanted if not one.path.exists()])
        return Rebuilt(1, len(missing), len(lost))
    for folder in sorted(folders):
        await asyncio.to_thread(library_files.make_folder, folder)
    written = await publish_movie(runtime, movie_id, without_videos=True)
    if written:
        await players.leave_for_players(runtime, movie_id)
        async with runtime.database.transaction() as session:
            told = f"{len(written)} files were written again from the cache"
            activity.tell(session, "movie.rebuilt", told, movie_id=movie_id, details={"lost_pictures": len(lost)})
    return Rebuilt(1, len(written), len(lost))


def summary(done: Rebuilt, *, dry_run: bool) -> str:
    """What was done, in a sentence."""
    told = f"{done.films} films, {done.written} files {'to be written' if dry_run else 'written'}"
    if done.lost_pictures:
        follows = "" if dry_run else "; their films are enriched again"
        told += f", {done.lost_pictures} pictures are no longer in the cache{follows}"
    return f"{told}; passed over: {'; '.join(done.skipped)}" if done.skipped else told
