"""Queues later looks at a film's files: when a missing one has been missing for long, when an announced one should be there.

A newer look of the same kind takes the place of one that waits.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import jobs, movies
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import JobType
from metarr_core.domain.missing import Purpose
from metarr_core.operations import film_jobs
from metarr_core.runtime import Runtime

SUPERSEDED = "a newer look takes its place"


async def look_for_missing(
    session: AsyncSession, runtime: Runtime, movie_id: MovieId, purpose: Purpose, since: datetime
) -> datetime:
    """Queue the look at the end of a missing file's time, which begins at `since`; gives when that is."""
    due_at = since + timedelta(hours=runtime.settings.trash.missing_hours)
    await look(session, movie_id, purpose, due_at)
    return due_at


async def look_for_announced(session: AsyncSession, runtime: Runtime, movie_id: MovieId, since: datetime) -> None:
    """Queue the look for the file of an upgrade that is announced now."""
    due_at = since + timedelta(hours=runtime.settings.upgrade.awaited_hours)
    await look(session, movie_id, Purpose.AWAITED, due_at, since=since.isoformat())


async def look(session: AsyncSession, movie_id: MovieId, purpose: Purpose, due_at: datetime, **more: str) -> None:
    """Queue a look at a film's files. Raises NotFoundError."""
    payload = {"movie_id": movie_id, "purpose": purpose.value, **more}
    added = await film_jobs.queue(session, movie_id, JobType.CHECK_MEDIA, payload, due_at)
    key = await movies.title_key_of(session, movie_id)
    await jobs.supersede(session, key, JobType.CHECK_MEDIA, added, SUPERSEDED, like={"purpose": purpose.value})
