"""How far a bulk has come, as one progress artifact for all its runs. An artifact that fails costs nobody anything else."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.exceptions import ObjectNotFound

from metarr_core.db import bulks
from metarr_core.domain.bulk import Headway
from metarr_core.errors import MetarrError
from metarr_core.runtime import Runtime, now

logger = logging.getLogger(__name__)

SHOWN_EACH_SECONDS = 3.0


@asynccontextmanager
async def progress_shown(runtime: Runtime, bulk_id: int) -> AsyncIterator[None]:
    """Show how far the bulk has come, every few seconds while the block lasts and once at its end."""
    showing = asyncio.create_task(_show_again_and_again(runtime, bulk_id))
    try:
        yield
    finally:
        showing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await showing
        await _show(runtime, bulk_id)


async def _show_again_and_again(runtime: Runtime, bulk_id: int) -> None:
    while True:
        await _show(runtime, bulk_id)
        await asyncio.sleep(SHOWN_EACH_SECONDS)


async def _show(runtime: Runtime, bulk_id: int) -> None:
    try:
        await _create_or_update(runtime, bulk_id)
    except (MetarrError, httpx.HTTPError, ObjectNotFound) as exc:
        logger.warning("the progress could not be shown: %s", exc)


async def _create_or_update(runtime: Runtime, bulk_id: int) -> None:
    async with runtime.database.transaction() as session:
        headway = await bulks.headway(session, bulk_id, now())
        artifact_id = await bulks.artifact_of(session, bulk_id)
    if artifact_id is not None:
        await aupdate_progress_artifact(UUID(artifact_id), headway.percent, description=str(headway))
    elif headway.total > 1:
        await _create(runtime, bulk_id, headway)


async def _create(runtime: Runtime, bulk_id: int, headway: Headway) -> None:
    """The row is held meanwhile, so that of two runs that begin at once, one makes the artifact."""
    async with runtime.database.transaction() as session:
        bulk = await bulks.locked(session, bulk_id)
        if bulk is not None and bulk.artifact_id is None:
            made = await acreate_progress_artifact(headway.percent, key=f"enrichment-{bulk_id}", description=str(headway))
            bulk.artifact_id = str(made)
