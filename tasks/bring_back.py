"""Taking a film out of the trash as a step of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import restoring
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="bring movie {movie_id} back", **SOON)
async def bring_back(movie_id: MovieId, *, must_be_in_trash: bool, why: str = restoring.BY_A_USER) -> list[str]:
    """Take a film out of the trash and look for its files; gives those that are there again."""
    return await restoring.bring_back(current_runtime(), movie_id, must_be_in_trash=must_be_in_trash, why=why)
