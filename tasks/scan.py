"""The steps of a scan. In bulk there is one task for a chunk of files or films."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import task

from metarr_core.db import scans
from metarr_core.domain.ids import MovieId
from metarr_core.domain.scan_plan import Found, Known, Plan, Seen
from metarr_core.operations import scan_steps, scanning
from metarr_core.operations.scan_steps import Done
from metarr_core.operations.scanning import Scope
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="look through {scope.library}", **SOON)
async def look(scope: Scope, *, force_probe: bool) -> Plan:
    """What is to be done in a library."""
    runtime = current_runtime()
    plan = await scanning.plan(runtime, scope)
    if not force_probe:
        return plan
    async with runtime.database.transaction() as session:
        return scanning.everything(plan, await scans.known_files(session, scope.library, scope.path))


@task(task_run_name="record a chunk of new films", **SOON)
async def add(scope: Scope, seen: Sequence[Seen]) -> Done:
    """Record new films."""
    return await scan_steps.add_chunk(current_runtime(), scope, seen)


@task(task_run_name="settle a chunk of files", **SOON)
async def settle(found: Sequence[Found]) -> Done:
    """Record files that changed, moved or came back."""
    return await scan_steps.settle_chunk(current_runtime(), found)


@task(task_run_name="note the times of a chunk of files", **SOON)
async def touch(found: Sequence[Found]) -> Done:
    """Record files that only have another time."""
    return await scan_steps.touch_chunk(current_runtime(), found)


@task(task_run_name="take out a chunk of files", **SOON)
async def remove(scope: Scope, gone: Sequence[Known]) -> Done:
    """Record files that are gone."""
    return await scan_steps.remove_chunk(current_runtime(), scope, gone)


@task(task_run_name="look into and identify a chunk of films", **SOON)
async def finish(movie_ids: Sequence[MovieId]) -> Done:
    """Probe and identify films."""
    return await scan_steps.finish_chunk(current_runtime(), movie_ids)


@task(task_run_name="queue the enrichment", **SOON)
async def enrich(scope: Scope) -> None:
    """Queue the enrichment of the films that are identified."""
    await scan_steps.enrich_found(current_runtime(), scope)
