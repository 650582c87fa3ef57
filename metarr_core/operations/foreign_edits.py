"""What others changed of what we published. Their bytes go into the cache, whatever `artwork.foreign_edit` says then.

A picture of a type that is locked is not adopted: the lock is older. Nor is one that we published before, which came back
with somebody's backup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, artwork, library_files, movies
from metarr_core.db.tables.artwork import CacheAsset
from metarr_core.domain.ids import MovieId
from metarr_core.domain.verification import Condition, Entry, Finding
from metarr_core.files import library
from metarr_core.files.published import examine, suspicious
from metarr_core.operations import following, foreign_values, rivals
from metarr_core.operations.storing import cached_bytes, cached_picture, record_content
from metarr_core.runtime import Runtime


async def settle(runtime: Runtime, movie_id: MovieId) -> set[str]:
    """Do with foreign edits of a film's files as the setting says; gives the paths that are to be left alone.

    Whoever is about to choose something else for the film does this first: what others put there was there before. Films in
    the trash are left as they are. Raises NotFoundError, StorageUnavailable.
    """
    async with runtime.database.transaction() as session:
        is_trashed = (await movies.get(session, movie_id)).trashed_at is not None
        entries = [] if is_trashed else await library_files.entries_of(session, movie_id)
    examined = await _examined(entries)
    gone = [one.entry for one in examined if one.condition is Condition.MISSING]
    if await following.follow(runtime, movie_id, gone):
        async with runtime.database.transaction() as session:
            entries = await library_files.entries_of(session, movie_id)
        examined = await _examined(entries)
    changed = [one.entry for one in examined if one.condition is Condition.CHANGED]
    left = await _settle(runtime, changed)
    await rivals.settle(runtime, entries)
    return left


async def _settle(runtime: Runtime, changed: Sequence[Entry]) -> set[str]:
    match runtime.settings.artwork.foreign_edit:
        case "leave":
            left = [entry for entry in changed if not await _is_chosen_since(runtime, entry)]
            for entry in left:
                await _keep(runtime, entry, "left as it is")
            return {entry.path for entry in left}
        case "adopt":
            for kind in dict.fromkeys(one.artwork_type for one in changed):
                await _adopt(runtime, kind, [one for one in changed if one.artwork_type == kind])
    return set()


async def _examined(entries: Sequence[Entry]) -> list[Finding]:
    return await asyncio.to_thread(lambda: [examine(entry) for entry in suspicious(entries)])


async def _is_chosen_since(runtime: Runtime, entry: Entry) -> bool:
    """Whether a person has chosen another picture since we wrote that one: this word is newer than the edit."""
    if entry.artwork_type is None:
        return False
    async with runtime.database.transaction() as session:
        locked = (await movies.get(session, entry.movie_id)).locked_fields
        place = await artwork.place_of(session, entry.movie_id, entry.artwork_type, entry.sha256)
    return entry.artwork_type in locked and place is None


async def keep_replaced(runtime: Runtime, movie_id: MovieId, path: Path, data: bytes) -> None:
    """Keep bytes of somebody else that ours are about to replace."""
    await keep(runtime, movie_id, path, data, "its bytes are kept in the cache before ours replace it")


async def keep(runtime: Runtime, movie_id: MovieId, path: Path, data: bytes, what_follows: str) -> bool:
    """Keep bytes of somebody else in the cache, once each, and tell of it; False where they are kept already."""
    asset = await asyncio.to_thread(cached_bytes, runtime, path, data)
    async with runtime.database.transaction() as session:
        is_new = await artwork.keep_replaced(session, movie_id, await record_content(runtime, session, asset), str(path))
        if is_new:
            _tell(session, movie_id, path, asset, what_follows)
    return is_new


async def _keep(runtime: Runtime, entry: Entry, what_follows: str) -> None:
    path = Path(entry.path)
    if data := await asyncio.to_thread(library.read, path):
        told = f"its bytes are kept in the cache; it is {what_follows}"
        await keep(runtime, entry.movie_id, path, data, told)


async def _adopt(runtime: Runtime, kind: str | None, entries: Sequence[Entry]) -> None:
    """Make somebody's pictures of one type the film's choice, and lock it: all of them or none.

    The files are theirs from now on, not ours to remove. Of an NFO (no type), it is the values that they changed.
    """
    found = [(entry, data) for entry in entries if (data := await asyncio.to_thread(library.read, Path(entry.path)))]
    if kind is None:
        for entry, data in found:
            await foreign_values.adopt(runtime, entry, data)
        return
    pictures = [(entry, await asyncio.to_thread(cached_picture, runtime, data)) for entry, data in found]
    async with runtime.database.transaction() as session:
        wanted = [
            (entry, asset, place)
            for entry, asset in pictures
            if (place := await artwork.place_of(session, entry.movie_id, kind, entry.sha256)) is not None
            and not await artwork.is_ours(session, asset.content_hash)
        ]
        if wanted and await movies.lock(session, wanted[0][0].movie_id, kind):
            for entry, asset, place in wanted:
                await _choose(runtime, session, entry, asset, place)


async def _choose(runtime: Runtime, session: AsyncSession, entry: Entry, asset: CacheAsset, place: int) -> None:
    """A picture that stands in the place of one that the film still has, and never was ours, is its choice."""
    kind, asset_id = entry.artwork_type or "", await record_content(runtime, session, asset)
    reference = artwork.of_somebody(entry.movie_id, kind, place, asset_id, entry.path)
    await artwork.choose(session, reference, by_person=True)
    await library_files.disown(session, [entry.path])
    description = f"{Path(entry.path).name} was changed by somebody else: it is the film's {kind} now, and locked"
    details = {"path": entry.path, "sha256": asset.content_hash, "before": entry.sha256}
    activity.tell(session, "artwork.adopted", description, movie_id=entry.movie_id, details=details)


def _tell(session: AsyncSession, movie_id: MovieId, path: Path, asset: CacheAsset, what_follows: str) -> None:
    details = {"path": str(path), "sha256": asset.content_hash}
    told = f"{path.name} was somebody else's; {what_follows}"
    activity.tell(session, "file.replaced", told, movie_id=movie_id, severity="warning", details=details)
