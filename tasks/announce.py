"""An upgrade whose file is still on its way, as a step of a flow."""

from __future__ import annotations

from prefect import task

from metarr_core.operations import upgrading
from metarr_core.operations.upgrading import Told
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="upgrade announced", **SOON)
async def announce(told: Told) -> str:
    """Note that an old file has made room; gives a sentence."""
    return await upgrading.announce(current_runtime(), told)
