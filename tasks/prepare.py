"""Preparing for an upgrade as a step of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import preparing
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="prepare the upgrade of movie {movie_id}", **SOON)
async def prepare(movie_id: MovieId, release: str) -> str:
    """Keep what others have beside a film's files, and tell of the upgrade; gives a sentence."""
    return await preparing.prepare(current_runtime(), movie_id, release)
