"""Asks for the enrichment of many films: they are cut into chunks, each a job of its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import bulks, jobs, movies
from metarr_core.domain.bulk import chunk_key, chunks
from metarr_core.domain.ids import JobId, MovieId
from metarr_core.domain.jobs import JobType, JobWanted, Priority
from metarr_core.runtime import now


async def enqueue_enrichment(
    session: AsyncSession, movie_ids: Sequence[MovieId], priority: Priority = Priority.NORMAL, *, force: bool = False
) -> list[JobId]:
    """Put the enrichment of films into the queue, in chunks, most important film first; gives the jobs, if any.

    Left out are films in the trash, ignored ones, those without an id of a provider, and enriched ones unless forced.
    What a user asks for goes with `Priority.HIGH`.
    """
    wanted = await bulks.wanted(session, movie_ids, force=force)
    if not wanted:
        return []
    bulk_id = await bulks.add(session, wanted, priority, now(), force=force)
    return [await _enqueue(session, bulk_id, chunk, len(wanted), priority) for chunk in chunks(wanted)]


async def enqueue_library(
    session: AsyncSession, library: str, priority: Priority = Priority.NORMAL, *, force: bool = False
) -> list[JobId]:
    """The same for all films of a library that are not enriched yet, by force for all; of every library without a name."""
    return await enqueue_enrichment(session, await bulks.wanted_in(session, library, force=force), priority, force=force)


async def _enqueue(session: AsyncSession, bulk_id: int, chunk: list[MovieId], total: int, priority: Priority) -> JobId:
    title = f"{len(chunk)} of {total} films"
    if total == 1:
        movie = await movies.get(session, chunk[0])
        title = movie.named
    payload = {"bulk_id": bulk_id, "movie_ids": chunk}
    return await jobs.add(session, JobWanted(JobType.ENRICH_MEDIA, chunk_key(chunk), title, priority, payload))
