"""Probing as a step of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import probing
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="probe movie {movie_id}", **SOON)
async def probe(movie_id: MovieId) -> None:
    """Look into the film's files and record their streams."""
    await probing.probe_movie_files(current_runtime(), movie_id)
