"""A scan as the flow does it, without Prefect."""

from __future__ import annotations

from metarr_core.db import scans
from metarr_core.domain.scan_plan import Plan
from metarr_core.operations import scan_steps, scanning
from metarr_core.operations.scanning import Scope
from metarr_core.runtime import Runtime

MOVIES = Scope("Movies")


async def scan(runtime: Runtime, scope: Scope = MOVIES) -> Plan:
    plan = await scanning.plan(runtime, scope)
    await scan_steps.settle_chunk(runtime, [*plan.moved, *plan.changed, *plan.returned])
    await scan_steps.touch_chunk(runtime, plan.touched)
    await scan_steps.add_chunk(runtime, scope, plan.added)
    await scan_steps.remove_chunk(runtime, scope, plan.removed)
    async with runtime.database.transaction() as session:
        await scans.forget_without_files(session, scope.library)
        left = await scans.unfinished(session, scope.library, scope.path)
    await scan_steps.finish_chunk(runtime, left)
    await scan_steps.enrich_found(runtime, scope)
    return plan


def counts(plan: Plan) -> dict[str, int]:
    """Only what is not nothing."""
    names = ("added", "changed", "touched", "moved", "returned", "removed")
    return {name: len(getattr(plan, name)) for name in names if getattr(plan, name)}
