"""What follows from a look at a film's files: it is told, and a film that has had none for long goes to the trash.

Any file that comes, or is there again, cancels that by itself: the look at the end of the time finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, movie_files, scans
from metarr_core.db import trash as db
from metarr_core.domain.ids import FileId, MovieId
from metarr_core.domain.missing import Purpose
from metarr_core.domain.scan_plan import why_refused
from metarr_core.operations import looking_later, players
from metarr_core.operations.checking import Look
from metarr_core.operations.trash import trash_movie
from metarr_core.runtime import Runtime, now

ASKED_AGAIN = timedelta(hours=1)
REASONS = {Purpose.DELETED: "its file was deleted", Purpose.MISSING: "its file is gone"}


async def settle(runtime: Runtime, movie_id: MovieId, found: Look, purpose: Purpose, *, is_told: bool) -> str:
    """Record what a look found; gives it in a sentence. Twice is the same as once.

    `is_told`: somebody tells just now that a file is gone, so its time begins; otherwise it may be over.
    Raises NotFoundError.
    """
    at = now()
    if found.is_in_trash:
        return f"{found.title} is in the trash already"
    async with runtime.database.transaction() as session:
        present = await _record(session, movie_id, found, at)
        begins = (is_told or bool(found.lost)) and not present
        due_at = await _begin(session, runtime, movie_id, purpose, at) if begins else None
        _tell(session, movie_id, found, present, due_at)
    if due_at:
        return f"{found.title} has no file; unless one comes, it goes to the trash at {due_at:%Y-%m-%d %H:%M} UTC"
    if found.lost:
        await players.leave_for_players(runtime, movie_id)
    if present:
        return f"{found.title} has its file: {', '.join(path.name for path in present)}"
    if purpose in REASONS:
        return await _end(runtime, movie_id, found.title, purpose, at)
    return f"{found.title} has no file, and waits for one"


async def _record(session: AsyncSession, movie_id: MovieId, found: Look, at: datetime) -> list[Path]:
    """Record what is gone and what is there again; gives the files that the film has."""
    for file in await movie_files.present(session, movie_id):
        if Path(file.path) in found.lost:
            await movie_files.mark_missing(session, FileId(file.id), at)
    await db.find_files_again(session, [str(path) for path in found.back])
    await movie_files.mirror_best(session, movie_id)
    return [Path(file.path) for file in await movie_files.present(session, movie_id)]


async def _begin(session: AsyncSession, runtime: Runtime, movie_id: MovieId, purpose: Purpose, at: datetime) -> datetime:
    kind = purpose if purpose in REASONS else Purpose.MISSING
    return await looking_later.look_for_missing(session, runtime, movie_id, kind, at)


def _tell(session: AsyncSession, movie_id: MovieId, found: Look, present: Sequence[Path], due_at: datetime | None) -> None:
    if found.lost:
        what_follows = f"unless a file comes, the film goes to the trash at {due_at:%Y-%m-%d %H:%M} UTC" if due_at else ""
        told = f"{_names(found.lost)} is gone; {what_follows or f'the film has {_names(present)}'}"
        details = {"paths": [str(path) for path in found.lost]}
        activity.tell(session, "file.missing", told, movie_id=movie_id, severity="warning", details=details)
    if found.back:
        details = {"paths": [str(path) for path in found.back]}
        activity.tell(session, "file.returned", f"{_names(found.back)} is there again", movie_id=movie_id, details=details)


async def _end(runtime: Runtime, movie_id: MovieId, title: str, purpose: Purpose, at: datetime) -> str:
    """The time of a film without a file may be over."""
    async with runtime.database.transaction() as session:
        files = await movie_files.of_movie(session, movie_id)
        since = max((file.missing_since for file in files if file.missing_since is not None), default=at)
        if since + timedelta(hours=runtime.settings.trash.missing_hours) > at:
            due_at = await looking_later.look_for_missing(session, runtime, movie_id, purpose, since)
            return f"{title} has no file; unless one comes, it goes to the trash at {due_at:%Y-%m-%d %H:%M} UTC"
        if purpose is Purpose.MISSING and (why := await _why_it_stays(session, runtime, movie_id)):
            await looking_later.look_for_missing(session, runtime, movie_id, purpose, at)
            told = f"{title} stays, although its file is gone: {why}"
            activity.tell(session, "file.missing", told, movie_id=movie_id, severity="warning")
            return told
    hours = runtime.settings.trash.missing_hours
    await trash_movie(runtime, movie_id, f"{REASONS[purpose]}, and no other came within {hours:g} hours")
    await players.leave_for_players(runtime, movie_id)
    return f"{title} is in the trash: {REASONS[purpose]}, and no other came within {hours:g} hours"


async def _why_it_stays(session: AsyncSession, runtime: Runtime, movie_id: MovieId) -> str:
    """Why so many films without a file are more likely a disk that is away; empty: this one may go."""
    limits = runtime.settings.scan
    gone, there = await scans.films_without_file(session, movie_id)
    is_usual = gone <= limits.max_removal_files
    if is_usual or not why_refused(gone, there, limits.max_removal_percent, limits.max_removal_files):
        return ""
    return (
        f"{gone} of {gone + there} films of its library are without one, more than scan.max_removal_percent and"
        " scan.max_removal_files allow; is the disk there? If it is gone for good, run check-media with purpose 'deleted'"
    )


async def expire(runtime: Runtime, movie_id: MovieId, since: datetime) -> str:
    """Tell of an announced upgrade whose file has not come; gives a sentence. Nothing else is done."""
    async with runtime.database.transaction() as session:
        if await activity.was_told_since(session, movie_id, "movie.imported", since):
            return f"the file announced at {since:%Y-%m-%d %H:%M} UTC has come"
        if await activity.was_told_since(session, movie_id, "upgrade.expired", since):
            return f"it was told that the file announced at {since:%Y-%m-%d %H:%M} UTC has not come"
        present = await movie_files.present(session, movie_id)
        stays = f"the film keeps {_names([Path(file.path) for file in present])}" if present else "the film waits for a file"
        told = f"the upgrade announced at {since:%Y-%m-%d %H:%M} UTC has not come; nothing was removed, {stays}"
        details = {"announced_at": since.isoformat()}
        activity.tell(session, "upgrade.expired", told, movie_id=movie_id, severity="warning", details=details)
    return told


async def put_off(runtime: Runtime, movie_id: MovieId, purpose: Purpose, **more: str) -> datetime:
    """Queue the same look for later, while a library is away; gives when that is. Raises NotFoundError."""
    due_at = now() + ASKED_AGAIN
    async with runtime.database.transaction() as session:
        await looking_later.look(session, movie_id, purpose, due_at, **more)
    return due_at


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)
