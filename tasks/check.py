"""Looking at a film's files, and what follows from it, as steps of a flow."""

from __future__ import annotations

from datetime import datetime

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.domain.missing import Purpose
from metarr_core.operations import checking, missing
from metarr_core.operations.checking import Look
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="look at the files of movie {movie_id}", **SOON)
async def look(movie_id: MovieId, purpose: Purpose, *, goes_on: bool = False) -> Look:
    """Look at all files of a film, and for new ones beside them."""
    return await checking.look(current_runtime(), movie_id, purpose, goes_on=goes_on)


@task(task_run_name="settle the files of movie {movie_id}", **SOON)
async def settle_files(movie_id: MovieId, found: Look, purpose: Purpose, *, is_told: bool) -> str:
    """Record what was found; a film that has had no file for long goes to the trash. Gives a sentence."""
    return await missing.settle(current_runtime(), movie_id, found, purpose, is_told=is_told)


@task(task_run_name="expire the announced upgrade of movie {movie_id}", **SOON)
async def expire(movie_id: MovieId, since: datetime) -> str:
    """Tell of an announced file that has not come; gives a sentence."""
    return await missing.expire(current_runtime(), movie_id, since)
