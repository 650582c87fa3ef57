"""How much there is of everything, by state. Each is one query with few rows in its answer, whatever was sent to us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.artwork import AssetReference, CacheAsset
from metarr_core.db.tables.jobs import Job, WebhookEvent
from metarr_core.db.tables.movies import Movie
from metarr_core.db.tables.players import PlayerUpdate

EVENT_TYPES = (
    *("Test", "Grab", "Download", "Import", "Rename", "MovieAdded", "MovieDelete", "MovieFileDelete"),
    *("SeriesAdd", "SeriesDelete", "EpisodeFileDelete", "Health", "HealthRestored", "ApplicationUpdate"),
    "ManualInteractionRequired",
)
"""Of Radarr and Sonarr; what else a sender invents counts as 'other'."""


@dataclass(frozen=True)
class Waiting:
    """Seconds since the oldest pending job was made, and since the most overdue one could have started; 0: there is none."""

    oldest_seconds: float
    most_overdue_seconds: float


@dataclass(frozen=True)
class CacheSize:
    """Contents in the cache, and their bytes."""

    assets: int
    bytes: int


async def limit_time(session: AsyncSession, seconds: int) -> None:
    """Let no query of this transaction take longer."""
    await session.execute(text(f"SET LOCAL statement_timeout = {seconds * 1000:d}"))


async def webhook_events(session: AsyncSession) -> dict[tuple[str, ...], int]:
    """Webhooks by manager type, event type and status."""
    event_type = case((WebhookEvent.event_type.in_(EVENT_TYPES), WebhookEvent.event_type), else_=literal("other"))
    return await _counted(session, WebhookEvent.manager_type, event_type, WebhookEvent.status)


async def jobs(session: AsyncSession) -> dict[tuple[str, ...], int]:
    """Jobs by type and status."""
    return await _counted(session, Job.job_type, Job.status)


async def player_updates(session: AsyncSession) -> dict[tuple[str, ...], int]:
    """What players were told or are to be told, by status."""
    return await _counted(session, PlayerUpdate.status)


async def movies(session: AsyncSession) -> dict[tuple[str, ...], int]:
    """Films by identification status, those in the trash left out."""
    return await _counted(session, Movie.identification_status, where=Movie.deleted_at.is_(None))


async def waiting(session: AsyncSession) -> Waiting:
    """How long pending jobs have waited."""
    oldest, due = (func.extract("epoch", func.now() - func.min(at)) for at in (Job.created_at, Job.next_retry_at))
    found = (await session.execute(select(oldest, due).where(Job.status == "pending"))).one()
    return Waiting(*(max(float(seconds or 0), 0.0) for seconds in found))


async def cache_size(session: AsyncSession) -> CacheSize:
    """What the cache holds, by its rows."""
    found = await session.execute(select(func.count(), func.coalesce(func.sum(CacheAsset.file_size), 0)))
    return CacheSize(*map(int, found.one()))


async def _counted(
    session: AsyncSession, *columns: Any, where: ColumnElement[bool] | None = None
) -> dict[tuple[str, ...], int]:
    labels = [column.label(f"label_{number}") for number, column in enumerate(columns)]
    query = select(*labels, func.count()).group_by(*(text(label.name) for label in labels))
    rows = await session.execute(query if where is None else query.where(where))
    return {tuple(map(str, row[:-1])): int(row[-1]) for row in rows}


async def movies_with_artwork(session: AsyncSession) -> int:
    """Films that have a picture in the cache."""
    return int((await session.execute(select(func.count(AssetReference.movie_id.distinct())))).scalar_one())
