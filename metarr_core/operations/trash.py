"""Puts films into the trash and takes them out again. Nothing on disk is touched, nothing that is known of them is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity
from metarr_core.db import trash as db
from metarr_core.domain.ids import MovieId
from metarr_core.errors import InvalidFields, StateConflict
from metarr_core.runtime import Runtime, now

MOST_DAYS = 3650


async def trash_movie(
    runtime: Runtime,
    movie_id: MovieId,
    reason: str,
    *,
    files_stay: bool = False,
    details: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> bool:
    """Put a film into the trash, until `trash.grace_days` from now; False where it is there already, and its date stays.

    `reason` is a sentence for people. With `files_stay` its files are kept on disk, at the purge too; otherwise they count
    as missing. `details` go into the activity log, beside what stood on disk. Raises NotFoundError.
    """
    at = at or now()
    async with runtime.database.transaction() as session:
        movie = await db.locked(session, movie_id)
        on_disk = await db.on_disk(session, movie_id)
        if files_stay:
            await db.keep_files(session, movie_id)
        else:
            await db.lose_files(session, movie_id, at)
        if movie.trashed_at is not None:
            return False
        days = runtime.settings.trash.grace_days
        await db.put(session, movie, reason, at, at + timedelta(days=days))
        told = f"{movie.title} is in the trash for {days} days: {reason}"
        story = {**(details or {}), "reason": reason, "files_stay": files_stay, "on_disk": on_disk}
        activity.tell(session, "movie.deleted", told, movie_id=movie_id, severity="warning", details=story)
    return True


async def keep_longer(runtime: Runtime, movie_id: MovieId, days: int, *, at: datetime | None = None) -> datetime:
    """Let a film stay in the trash for so many days from now, at most MOST_DAYS; gives the new day of its purge.

    Raises NotFoundError, InvalidFields, StateConflict where it is not in the trash.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidFields(
            {"days": f"must be 1 to {MOST_DAYS}; to delete the film for good at once, empty the trash of it"}
        )
    async with runtime.database.transaction() as session:
        movie = await db.locked(session, movie_id)
        if movie.trashed_at is None:
            raise StateConflict(f"{movie.title} is not in the trash, so it has no day of its purge")
        before, movie.deleted_at = movie.deleted_at, (at or now()) + timedelta(days=days)
        told = f"{movie.title} stays in the trash for {days} more days, until {movie.deleted_at:%Y-%m-%d}"
        story = {"before": before.isoformat() if before else None, "deleted_at": movie.deleted_at.isoformat()}
        activity.tell(session, "movie.kept_longer", told, movie_id=movie_id, details=story)
        return movie.deleted_at


async def restore_movie(runtime: Runtime, movie_id: MovieId, why: str, *, at: datetime | None = None) -> bool:
    """Take a film out of the trash, with all that is known of it; False where it is not there. Raises NotFoundError.

    `why` is a sentence for people. What stands beside the film is published again, and players are told, by whoever asks.
    """
    async with runtime.database.transaction() as session:
        return await restore(session, movie_id, why, at or now())


async def restore(session: AsyncSession, movie_id: MovieId, why: str, at: datetime) -> bool:
    """The same as a part of a transaction."""
    movie = await db.locked(session, movie_id)
    if movie.trashed_at is None:
        return False
    story = {"why": why, "trashed_at": movie.trashed_at.isoformat(), "reason": movie.trash_reason}
    await db.take_out(session, movie, at)
    told = f"{movie.title} is back from the trash: {why}"
    activity.tell(session, "movie.restored", told, movie_id=movie_id, severity="success", details=story)
    return True
