"""Bulk enrichment: many films, from their ids to the library and the players, beside everything more urgent.

Triggered by library scans, by identification and by users, on the queue `normal`: each job is a chunk of at most a hundred
films, a few of which are worked on at once. What cannot be done now comes back with the job; what is done stays done.
By hand: give films, or a library (none is all of them); the chunks are put into the queue. Enriched films only with `force`.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.artifacts import show_films
from flows.parameters import FilmNumber, parameter
from flows.progress import progress_shown
from flows.runs import title_lock, with_verdict
from metarr_core.domain.bulk import chunk_key
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.operations.bulk import enqueue_enrichment, enqueue_library
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.enrich_chunk import enrich_chunk


@flow(name="enrich-media", description=__doc__)
async def enrich_media(
    movie_ids: list[FilmNumber] = parameter([], "Films", "Numbers of films; none: those of the library."),
    library: str = parameter("", "Library", "All its films that are not enriched yet; empty: those of every library."),
    force: bool = parameter(False, "Again", "Ask the providers again about films that are enriched."),  # noqa: FBT001
    bulk_id: int | None = parameter(None, "Bulk", "Set by Metarr, for a chunk of many; by hand, leave it empty."),
) -> State[Any]:
    """Enrich the films of a chunk, or put chunks into the queue."""
    films = [MovieId(number) for number in movie_ids]
    async with open_runtime(load_settings()) as runtime:
        if bulk_id is not None and films:
            return await with_verdict(runtime, lambda: _enrich(runtime, bulk_id, films))
        return await with_verdict(runtime, lambda: _enqueue(runtime, films, library, force=force))


async def _enrich(runtime: Runtime, bulk_id: int, films: list[MovieId]) -> str:
    async with title_lock(runtime, chunk_key(films)), progress_shown(runtime, bulk_id):
        chunk = await enrich_chunk(bulk_id, films)
    if chunk.done:
        await show_films(runtime, films)
    if chunk.error is not None:
        raise chunk.error
    return f"{chunk.done} films are done"


async def _enqueue(runtime: Runtime, films: list[MovieId], library: str, *, force: bool) -> str:
    async with runtime.database.transaction() as session:
        if films:
            job_ids = await enqueue_enrichment(session, films, Priority.HIGH, force=force)
        else:
            job_ids = await enqueue_library(session, library, force=force)
    return f"{len(job_ids)} chunks of films are in the queue" if job_ids else "there is no film to enrich"
