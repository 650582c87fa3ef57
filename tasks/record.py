"""Recording an import as a step of a flow."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.operations import importing
from metarr_core.operations.importing import Import
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="record", **SOON)
async def record(imports: Sequence[Import]) -> MovieId:
    """Record the film and its file."""
    return await importing.record(current_runtime(), imports, Priority.CRITICAL)
