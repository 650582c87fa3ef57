"""Publishing as a step of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import publishing
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="write artwork and NFO of movie {movie_id}", **SOON)
async def write(movie_id: MovieId) -> list[str]:
    """Write artwork and NFO beside the film; gives the paths that changed."""
    return [str(path) for path in await publishing.publish_movie(current_runtime(), movie_id)]
