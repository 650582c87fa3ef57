"""Retry policies by name. Short ones only: everything longer is the job's, so that no run sits and waits."""

from __future__ import annotations

from typing import Any

from prefect import Task
from prefect.client.schemas.objects import State, TaskRun

from metarr_core.errors import DatabaseUnavailable, FileNotVisibleYet, StorageUnavailable


async def _may_pass_soon(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    error = await state.aresult(raise_on_failure=False)
    return isinstance(error, StorageUnavailable | DatabaseUnavailable) and not isinstance(error, FileNotVisibleYet)


SOON: dict[str, Any] = {"retries": 2, "retry_delay_seconds": [2, 5], "retry_condition_fn": _may_pass_soon}
"""A share that hiccups, a database that restarts."""
