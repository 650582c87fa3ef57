"""A person's choice of a picture as steps of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.replacement import Source, Wish
from metarr_core.operations import replacing, staging
from metarr_core.operations.replacing import Replaced
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="fetch a {wish.type} for movie {wish.movie_id}", **SOON)
async def stage(wish: Wish) -> Wish:
    """Take the picture of a wish into the cache; gives the wish with its hash."""
    if wish.source is Source.CANDIDATE:
        return await staging.stage_candidate(current_runtime(), wish)
    return await staging.stage_address(current_runtime(), wish)


@task(task_run_name="choose {wish.type} of movie {wish.movie_id}", **SOON)
async def replace(wish: Wish) -> Replaced:
    """Make the picture of a wish the film's, and lock its type."""
    return await replacing.replace_artwork(current_runtime(), wish)
