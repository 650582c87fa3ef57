"""Fetching artwork as a step of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import artwork
from metarr_core.operations.artwork import Downloads
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="download artwork of movie {movie_id}", **SOON)
async def download(movie_id: MovieId) -> Downloads:
    """Fetch the film's best pictures into the cache."""
    return await artwork.download_artwork(current_runtime(), movie_id)
