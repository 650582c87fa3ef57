"""The enrichment of many films as one step of a flow: a task for each film would cost Prefect more than its work."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import bulk_enrichment
from metarr_core.operations.bulk_enrichment import Chunk
from metarr_core.runtime import current_runtime


@task(task_run_name="enrich a chunk of bulk {bulk_id}")
async def enrich_chunk(bulk_id: int, movie_ids: list[MovieId]) -> Chunk:
    """Probe, enrich and publish films, a few beside each other. What cannot be done now comes back with the job."""
    return await bulk_enrichment.enrich_chunk(current_runtime(), bulk_id, movie_ids)
