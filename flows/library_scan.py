"""Workflow 3: what is in a library is compared with what is known: new films are recorded, looked into and identified.

Triggered each night, on the queue `low`. A film whose file changed is looked into again, one that moved keeps all, one
whose file is gone goes to the trash: but not while a disk may be away, and not unusually many unasked. Identified films are
enriched in chunks, behind everything more urgent. By hand: a dry run shows the plan and changes nothing. A scan that is
killed goes on where it was; a second one of the same library waits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import parameter
from flows.runs import name_run, this_job, title_lock, with_verdict
from flows.scan_shown import Progress, show_plans
from flows.unidentified import show_unidentified
from metarr_core.db import scans
from metarr_core.domain.ids import TitleKey
from metarr_core.domain.scan_plan import Plan
from metarr_core.errors import ProviderUnavailable, TransientError
from metarr_core.operations import scanning
from metarr_core.operations.scan_steps import Done
from metarr_core.operations.scanning import Scope
from metarr_core.runtime import Runtime, now, open_runtime
from metarr_core.settings import load_settings
from tasks.scan import add, enrich, finish, look, remove, settle, touch

T = TypeVar("T")
CHUNK = 100


@flow(name="library-scan", description=__doc__)
async def library_scan(
    library: str = parameter("", "Library", "Its name in the settings; empty: all libraries."),
    path: str = parameter("", "Folder", "Only this folder, as Metarr sees it; empty: everything."),
    dry_run: bool = parameter(False, "Dry run", "Only show the plan."),  # noqa: FBT001
    force_probe: bool = parameter(False, "Probe all", "Look into every file again, also where nothing changed."),  # noqa: FBT001
    confirm_removal: bool = parameter(  # noqa: FBT001
        False, "Confirm removal", "Films whose files are missing go to the trash, however many they are."
    ),
) -> State[Any]:
    """Scan libraries."""
    async with open_runtime(load_settings()) as runtime:

        async def work() -> str:
            await name_run(f"library-scan: {library or 'every library'}{', dry run' if dry_run else ''}")
            wanted = scanning.scopes(runtime, library, path, confirmed=confirm_removal)
            if dry_run:
                return await _show(wanted, force_probe=force_probe)
            return await _scan_all(runtime, wanted, force_probe=force_probe)

        return await with_verdict(runtime, work)


async def _show(wanted: Sequence[Scope], *, force_probe: bool) -> str:
    plans = [(scope, await look(scope, force_probe=force_probe)) for scope in wanted]
    await show_plans(plans, is_dry=True)
    return "; ".join(f"{scope.library}: {plan}" for scope, plan in plans)


async def _scan_all(runtime: Runtime, wanted: Sequence[Scope], *, force_probe: bool) -> str:
    """One library after another. One that is away keeps none from its scan; the run fails for it all the same.

    A provider that is away fails no scan: this run's job comes back, and a run without one leaves a job behind.
    """
    told, troubles, has_job = [], [], await this_job(runtime) is not None
    for scope in wanted:
        async with title_lock(runtime, TitleKey(f"scan:{scope.library}")):
            try:
                told.append(f"{scope.library}: {await _scan(runtime, scope, force_probe=force_probe)}")
            except TransientError as exc:
                if isinstance(exc, ProviderUnavailable) and not has_job:
                    told.append(await _go_on_later(runtime, scope, exc))
                else:
                    troubles.append(exc)
    await show_unidentified(runtime)
    if troubles:
        raise troubles[0]
    return "; ".join(told)


async def _go_on_later(runtime: Runtime, scope: Scope, error: ProviderUnavailable) -> str:
    due_at = now() + timedelta(seconds=error.retry_after)
    await scanning.go_on_later(runtime, scope, due_at)
    return f"{scope.library}: goes on at {due_at:%H:%M:%S} UTC by itself, for {error}"


async def _scan(runtime: Runtime, scope: Scope, *, force_probe: bool) -> str:
    async with runtime.database.transaction() as session:
        scan_id = await scans.begin(session, scope.library, "folder" if scope.path else "full")
    try:
        plan, trouble = await _carry_out(runtime, scope, scan_id, force_probe=force_probe)
    except BaseException as exc:
        async with runtime.database.transaction() as session:
            await scans.end(session, scan_id, "failed", str(exc) or type(exc).__name__, now())
        raise
    async with runtime.database.transaction() as session:
        status = "refused" if plan.refusal else "completed"
        await scans.end(session, scan_id, status, plan.refusal or None, now())
    if trouble is not None:
        raise trouble
    return str(plan)


async def _carry_out(
    runtime: Runtime, scope: Scope, scan_id: int, *, force_probe: bool
) -> tuple[Plan, TransientError | None]:
    plan = await look(scope, force_probe=force_probe)
    await show_plans([(scope, plan)], is_dry=False)
    steps = Steps(runtime, scan_id, Progress(scope.library, 1))
    await steps.note(total_items=plan.total)
    updated = await steps.each([*plan.moved, *plan.changed, *plan.returned], settle, "files are brought up to date")
    await steps.each(plan.touched, touch, "times are noted")
    added = await steps.each(plan.added, lambda chunk: add(scope, chunk), "new films are recorded")
    removed = await steps.each(plan.removed, lambda chunk: remove(scope, chunk), "missing files are taken out")
    async with runtime.database.transaction() as session:
        await scans.forget_without_files(session, scope.library)
        left = await scans.unfinished(session, scope.library, scope.path)
    await steps.note(added_items=added, updated_items=updated, removed_items=removed)
    await steps.each(left, finish, "films are looked into and identified")
    await enrich(scope)
    async with runtime.database.transaction() as session:
        unidentified = await scans.count_unidentified(session, scope.library)
    await steps.note(unidentified_items=unidentified)
    await steps.finish()
    return plan, steps.trouble


class Steps:
    """The chunks of a scan, one after another, and what became of them."""

    def __init__(self, runtime: Runtime, scan_id: int, progress: Progress) -> None:
        self._runtime, self._scan_id, self._progress = runtime, scan_id, progress
        self.trouble: TransientError | None = None

    async def each(self, items: Sequence[T], step: Callable[[list[T]], Awaitable[Done]], what: str) -> int:
        """Work through items in chunks; gives how many were done."""
        parts = [list(items[start : start + CHUNK]) for start in range(0, len(items), CHUNK)]
        self._progress.expect(len(parts))
        count = 0
        for part in parts:
            done = await step(part)
            count += done.count
            self.trouble = done.trouble or self.trouble
            await self._progress.advance(what)
        return count

    async def finish(self) -> None:
        """Show that there is no more to come."""
        await self._progress.finish()

    async def note(self, **counts: int) -> None:
        """Record counts."""
        async with self._runtime.database.transaction() as session:
            await scans.note(session, self._scan_id, **counts)
