"""What a person changes of a film, as a step of a flow."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import task

from metarr_core.domain.editing import Edit
from metarr_core.domain.ids import MovieId
from metarr_core.operations import editing
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="change movie {movie_id}", **SOON)
async def change(
    movie_id: MovieId, wanted: Edit, *, lock: Sequence[str], unlock: Sequence[str], undo: int | None
) -> list[str]:
    """Edit, lock, unlock and undo, in one transaction; gives the fields that changed."""
    changed: list[str] = []
    async with current_runtime().database.transaction() as session:
        if undo is not None:
            changed += await editing.undo(session, movie_id, undo)
        if wanted.fields:
            changed += await editing.edit(session, movie_id, wanted)
        if lock:
            await editing.lock(session, movie_id, lock)
        if unlock:
            await editing.unlock(session, movie_id, unlock)
    return changed
