"""The story of each film, in words."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.activity import Activity
from metarr_core.domain.ids import EventId, JobId, MovieId

logger = logging.getLogger(__name__)

Severity = Literal["info", "success", "warning", "error"]
LEVELS = {"info": logging.INFO, "success": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def tell(
    session: AsyncSession,
    event_type: str,
    description: str,
    *,
    movie_id: MovieId | None = None,
    severity: Severity = "info",
    details: dict[str, Any] | None = None,
) -> None:
    """Add a line to the story, in the transaction of what it tells of; the log of the flow run tells it too."""
    logger.log(LEVELS[severity], "%s", description)
    session.add(
        Activity(
            event_type=event_type,
            severity=severity,
            entity_type="movie" if movie_id is not None else "system",
            entity_id=movie_id,
            description=description,
            details=details or {},
        )
    )


async def was_told_of_event(session: AsyncSession, movie_id: MovieId, event_type: str, event_id: EventId) -> bool:
    """Whether a line of this type in a film's story came from this webhook: its work is done, whatever followed."""
    return await _was_told(session, movie_id, event_type, Activity.details["event_id"].as_integer() == event_id)


async def was_told_of_job(session: AsyncSession, movie_id: MovieId, event_type: str, job: JobId) -> bool:
    """Whether a line of this type in a film's story came from this job, in an earlier run of it."""
    return await _was_told(session, movie_id, event_type, Activity.details["job"].as_integer() == job)


async def newest_job(session: AsyncSession, movie_id: MovieId, event_type: str) -> JobId:
    """The newest job from which a line of this type in a film's story came; 0 where none did."""
    line = (Activity.entity_type == "movie", Activity.entity_id == movie_id, Activity.event_type == event_type)
    newest = select(func.max(Activity.details["job"].as_integer())).where(*line)
    return JobId((await session.execute(newest)).scalar_one() or 0)


async def film_of_job(session: AsyncSession, event_type: str, job: JobId) -> MovieId | None:
    """The film in whose story a line of this type came from this job; None where there is none."""
    line = (Activity.entity_type == "movie", Activity.event_type == event_type)
    rows = select(Activity.entity_id).where(*line, Activity.details["job"].as_integer() == job).limit(1)
    found = (await session.execute(rows)).scalar_one_or_none()
    return None if found is None else MovieId(found)


async def was_told_since(session: AsyncSession, movie_id: MovieId, event_type: str, since: datetime) -> bool:
    """Whether a line of this type stands in a film's story since then."""
    return await _was_told(session, movie_id, event_type, Activity.created_at >= since)


async def was_told_with(session: AsyncSession, movie_id: MovieId, event_type: str, details: Mapping[str, Any]) -> bool:
    """Whether a line of this type stands in a film's story with these details."""
    return await _was_told(session, movie_id, event_type, Activity.details == details)


async def _was_told(session: AsyncSession, movie_id: MovieId, event_type: str, when: ColumnElement[bool]) -> bool:
    line = (Activity.entity_type == "movie", Activity.entity_id == movie_id, Activity.event_type == event_type)
    return bool((await session.execute(select(exists().where(*line, when)))).scalar_one())


async def was_replaced(session: AsyncSession, movie_id: MovieId, path: str) -> bool:
    """Whether a film's story tells that another file has taken the place of the one at this path."""
    line = (Activity.entity_type == "movie", Activity.entity_id == movie_id, Activity.details.has_key("replaced"))
    names = Activity.details["replaced"].has_key(path)
    return bool((await session.execute(select(exists().where(*line, names)))).scalar_one())


async def moved_from(session: AsyncSession, movie_id: MovieId, since: datetime | None) -> set[str]:
    """Where files of a film were that were found elsewhere since then (None: ever)."""
    line = [Activity.entity_type == "movie", Activity.entity_id == movie_id, Activity.details.has_key("before")]
    line += [Activity.event_type == "file.moved", *([Activity.created_at > since] if since else [])]
    return set((await session.execute(select(Activity.details["before"].as_string()).where(*line))).scalars())


async def page(session: AsyncSession, movie_id: MovieId | None, limit: int, offset: int) -> tuple[list[Activity], int]:
    """The newest lines first, of one film or of all, and how many there are."""
    where = [Activity.entity_type == "movie", Activity.entity_id == movie_id] if movie_id is not None else []
    total = (await session.execute(select(func.count()).select_from(Activity).where(*where))).scalar_one()
    rows = await session.execute(select(Activity).where(*where).order_by(Activity.id.desc()).limit(limit).offset(offset))
    return list(rows.scalars()), total
