"""Identification as a step of a flow: many films in one task, or the one that a flow is about."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.ids import JobId, MovieId, TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.manual import ManualMetadata
from metarr_core.operations import choosing, identification
from metarr_core.operations.bulk import enqueue_enrichment
from metarr_core.operations.identification import Identified
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="identify a chunk of films")
async def identify_chunk(movie_ids: list[MovieId]) -> Identified:
    """Identify films and queue the enrichment of those that were. What cannot be asked now comes back with the job."""
    runtime = current_runtime()
    done = await identification.identify(runtime, movie_ids)
    async with runtime.database.transaction() as session:
        await enqueue_enrichment(session, done.identified, Priority.NORMAL)
    return done


@task(task_run_name="identify movie {movie_id}", **SOON)
async def identify_one(movie_id: MovieId) -> MovieId:
    """Identify a film that has no id; gives the film that has its files from now on."""
    return await identification.identify_held(current_runtime(), movie_id) or movie_id


@task(task_run_name="movie {movie_id} is TMDB {tmdb_id}", **SOON)
async def choose(movie_id: MovieId, tmdb_id: TmdbId, job: JobId | None) -> MovieId | None:
    """Record which film a person says this is; gives the film that has its files from now on, None: it is another by now."""
    return await choosing.choose_film(current_runtime(), movie_id, tmdb_id, job)


@task(task_run_name="enter metadata of movie {movie_id}", **SOON)
async def enter(movie_id: MovieId, metadata: ManualMetadata, job: JobId | None) -> None:
    """Write what a person knows of a film, and lock it."""
    await choosing.enter_metadata(current_runtime(), movie_id, metadata, job)
