"""Looks again after an upgrade: Radarr deletes the old file's sidecars in the background, after ours are written too.

The looks are jobs of their own, a few seconds and some minutes later; a newer upgrade takes the place of those that wait.
"""

from __future__ import annotations

from datetime import timedelta

from metarr_core.db import jobs, movies
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import JobType
from metarr_core.operations import film_jobs
from metarr_core.runtime import Runtime, now

SUPERSEDED = "a newer upgrade is looked at instead"


async def look_again_later(runtime: Runtime, movie_id: MovieId) -> None:
    """Queue the looks at what was published for a film. Raises NotFoundError."""
    upgrade, at = runtime.settings.upgrade, now()
    async with runtime.database.transaction() as session:
        added = []
        for seconds in (upgrade.settle_seconds, upgrade.settle_again_seconds):
            why = f"{seconds:g} s after the upgrade of {at:%Y-%m-%d %H:%M:%S} UTC"
            payload, due_at = {"movie_id": movie_id, "why": why}, at + timedelta(seconds=seconds)
            added.append(await film_jobs.queue(session, movie_id, JobType.VERIFY_MEDIA, payload, due_at))
        key = await movies.title_key_of(session, movie_id)
        await jobs.supersede(session, key, JobType.VERIFY_MEDIA, added[0], SUPERSEDED)
