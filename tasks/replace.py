"""A person's choice of a picture as steps of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import JobId, MovieId
from metarr_core.domain.replacement import Source, Wish
from metarr_core.operations import replacing, staging, undoing
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
async def replace(wish: Wish, job: JobId | None) -> Replaced:
    """Make the picture of a wish the film's, and lock its type."""
    return await replacing.replace_artwork(current_runtime(), wish, job)


@task(task_run_name="undo change {change_id} of movie {movie_id}", **SOON)
async def undo(movie_id: MovieId, artwork_type: ArtworkType, change_id: int, job: JobId | None) -> bool:
    """Choose again what was there before a change; False where that is done."""
    return await undoing.undo(current_runtime(), movie_id, artwork_type, change_id, job)


@task(task_run_name="choose {artwork_type} of movie {movie_id} again", **SOON)
async def choose_again(movie_id: MovieId, artwork_type: ArtworkType, job: JobId | None) -> int:
    """Let Metarr choose; gives how many pictures of the type the film has now."""
    return await undoing.choose_again(current_runtime(), movie_id, artwork_type, job)
