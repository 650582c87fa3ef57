"""What only an upgrade needs, as steps of a flow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import old_names, settling
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="remove old names of movie {movie_id}", **SOON)
async def clear(movie_id: MovieId, gone: Sequence[Path]) -> list[Path]:
    """Remove what we wrote beside videos that are gone; gives the paths."""
    return await old_names.remove_old_names(current_runtime(), movie_id, gone)


@task(task_run_name="look again later at movie {movie_id}", **SOON)
async def settle(movie_id: MovieId) -> None:
    """Queue the looks at what was published, after Radarr has cleared up."""
    await settling.look_again_later(current_runtime(), movie_id)
