"""Putting a film into the trash as a step of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.operations import deleting
from metarr_core.operations.deleting import Deletion
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="put into the trash", **SOON)
async def delete(deletion: Deletion, *, dry_run: bool) -> str:
    """Put a film into the trash, where nothing speaks against it; gives a sentence."""
    return await deleting.delete(current_runtime(), deletion, dry_run=dry_run)
