"""Writing the files of many films again, as a step of a flow."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import rebuilding
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="write the files of a chunk of films again", **SOON)
async def rebuild_chunk(movie_ids: Sequence[MovieId], *, dry_run: bool) -> rebuilding.Rebuilt:
    """Write NFO files and artwork of films again."""
    return await rebuilding.rebuild_chunk(current_runtime(), movie_ids, dry_run=dry_run)
