"""Cleaning the cache, as steps of a flow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prefect import task

from metarr_core.db.cache import Content
from metarr_core.operations import cache_repair, cleaning
from metarr_core.operations.cleaning import Cleaned
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="find what nobody uses", **SOON)
async def find_orphans(at: datetime, *, or_original: bool) -> list[Content]:
    """Contents that can go."""
    return await cleaning.orphans(current_runtime(), at, or_original=or_original)


@task(task_run_name="take a chunk of contents out", **SOON)
async def clean_chunk(contents: Sequence[Content], at: datetime, *, or_original: bool) -> Cleaned:
    """Take contents away that are still unused."""
    return await cleaning.send_off(current_runtime(), contents, at, or_original=or_original)


@task(task_run_name="finish what was left", **SOON)
async def finish(at: datetime, *, is_dry: bool) -> Cleaned:
    """Files whose rows are gone already, and drafts that never came."""
    runtime = current_runtime()
    done = await cleaning.drop_drafts(runtime, at, is_dry=is_dry)
    if not is_dry:
        done.add(await cleaning.follow_all(runtime))
    return done


@task(task_run_name="compare shelves from {shelves[0]}", **SOON)
async def repair_shelves(shelves: Sequence[str], at: datetime, *, is_dry: bool) -> Cleaned:
    """Bring rows and files together that have lost each other."""
    done = Cleaned()
    for shelf in shelves:
        done.repairs.add(await cache_repair.repair_shelf(current_runtime(), shelf, at, is_dry=is_dry))
    return done
