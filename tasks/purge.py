"""Deleting films for good, as steps of a flow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import purging
from metarr_core.operations.purging import Purged, Rules
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="find the films whose day has come", **SOON)
async def find_due(at: datetime, *, is_confirmed: bool) -> list[MovieId]:
    """Films that are to be purged; refused where they are unusually many."""
    return await purging.due_films(current_runtime(), at, is_confirmed=is_confirmed)


@task(task_run_name="purge a chunk of films", **SOON)
async def purge_chunk(movie_ids: Sequence[MovieId], rules: Rules) -> Purged:
    """Purge films, or tell what would be done."""
    return await purging.purge_films(current_runtime(), movie_ids, rules)
