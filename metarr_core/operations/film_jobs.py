"""Queues what is to be done for one film that we know, under its title."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import jobs, movies
from metarr_core.domain.ids import JobId, MovieId
from metarr_core.domain.jobs import JobType, JobWanted, Priority


async def queue(
    session: AsyncSession,
    movie_id: MovieId,
    job_type: JobType,
    payload: Mapping[str, Any],
    due_at: datetime | None = None,
) -> JobId:
    """Queue a job for a film, with the priority of what a person waits for; `due_at`: not before. Raises NotFoundError."""
    movie = await movies.get(session, movie_id)
    key = await movies.title_key_of(session, movie_id)
    return await jobs.add(session, JobWanted(job_type, key, movie.named, Priority.HIGH, payload, due_at))
