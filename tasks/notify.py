"""Telling players as a step of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import players
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="tell players of movie {movie_id}", **SOON)
async def notify(movie_id: MovieId) -> list[str]:
    """Tell every player; gives why some have to wait. A player that is off is told later, by the players process."""
    return await players.tell_players(current_runtime(), movie_id)
