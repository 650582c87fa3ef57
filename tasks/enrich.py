"""Enrichment as a step of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import enrichment
from metarr_core.operations.enrichment import Enriched, NotEnriched
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="enrich movie {movie_id}", **SOON)
async def enrich(movie_id: MovieId) -> Enriched | NotEnriched:
    """Ask the providers about the film."""
    return await enrichment.enrich_movie(current_runtime(), movie_id)
