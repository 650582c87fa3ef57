"""What others changed of what we published. Their bytes go into the cache, whatever `artwork.foreign_edit` says then.

A picture of a type that is locked is not adopted: the lock is older. Nor is one that we published before, which came back
with somebody's backup.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, artwork, library_files, movies
from metarr_core.db.tables.artwork import AssetReference, CacheAsset
from metarr_core.domain.ids import MovieId
from metarr_core.domain.verification import Condition, Entry
from metarr_core.files import library
from metarr_core.files.images import look_at
from metarr_core.files.published import examine, suspicious
from metarr_core.operations import foreign_values
from metarr_core.operations.storing import record_content
from metarr_core.runtime import Runtime

MIME_BY_SUFFIX = {".nfo": "text/xml", ".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


async def settle(runtime: Runtime, movie_id: MovieId) -> set[str]:
    """Do with foreign edits of a film's files as the setting says; gives the paths that are to be left alone.

    Raises StorageUnavailable.
    """
    async with runtime.database.transaction() as session:
        entries = await library_files.entries_of(session, movie_id)
    changed = [entry for entry in await asyncio.to_thread(suspicious, entries) if await _is_changed(entry)]
    match runtime.settings.artwork.foreign_edit:
        case "leave":
            left = [entry for entry in changed if not await _is_chosen_since(runtime, entry)]
            for entry in left:
                await _keep(runtime, entry, "left as it is")
            return {entry.path for entry in left}
        case "adopt":
            for entry in changed:
                await _adopt(runtime, entry)
    return set()


async def _is_changed(entry: Entry) -> bool:
    return (await asyncio.to_thread(examine, entry)).condition is Condition.CHANGED


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
    asset = await asyncio.to_thread(_cached, runtime, path, data)
    async with runtime.database.transaction() as session:
        if await artwork.keep_replaced(session, movie_id, await record_content(runtime, session, asset), str(path)):
            _tell(session, movie_id, path, asset, "its bytes are kept in the cache before ours replace it")


async def _keep(runtime: Runtime, entry: Entry, what_follows: str) -> None:
    path = Path(entry.path)
    data = await asyncio.to_thread(library.read, path)
    if not data:
        return
    asset = await asyncio.to_thread(_cached, runtime, path, data)
    async with runtime.database.transaction() as session:
        asset_id = await record_content(runtime, session, asset)
        if await artwork.keep_replaced(session, entry.movie_id, asset_id, entry.path):
            _tell(session, entry.movie_id, path, asset, f"its bytes are kept in the cache; it is {what_follows}")


async def _adopt(runtime: Runtime, entry: Entry) -> None:
    """Make somebody's picture the film's choice, and lock its type. The file is theirs from now on, not ours to remove.

    Of an NFO, it is the values that they changed.
    """
    path = Path(entry.path)
    data = await asyncio.to_thread(library.read, path)
    if not data:
        return
    if entry.artwork_type is None:
        await foreign_values.adopt(runtime, entry, data)
        return
    asset = await asyncio.to_thread(cached_picture, runtime, data)
    async with runtime.database.transaction() as session:
        former = await artwork.place_of(session, entry.movie_id, entry.artwork_type, entry.sha256)
        if former is None or await artwork.is_ours(session, asset.content_hash):
            return
        if not await movies.lock(session, entry.movie_id, entry.artwork_type):
            return
        reference = AssetReference(
            asset_id=await record_content(runtime, session, asset),
            movie_id=entry.movie_id,
            type=entry.artwork_type,
            position=former,
            source="local",
            url=f"{artwork.FILE}{entry.path}",
        )
        await artwork.choose(session, reference, by_person=True)
        await library_files.disown(session, [entry.path])
        description = f"{path.name} was changed by somebody else: it is the film's {entry.artwork_type} now, and locked"
        details = {"path": entry.path, "sha256": asset.content_hash, "before": entry.sha256}
        activity.tell(session, "artwork.adopted", description, movie_id=entry.movie_id, details=details)


def cached_picture(runtime: Runtime, data: bytes) -> CacheAsset:
    """Somebody's picture in the cache. Raises ArtworkRejected where it is none, StorageUnavailable."""
    content_hash = library.sha256(data)
    draft = runtime.cache.draft(f"adopt {content_hash}")
    draft.write_bytes(data)
    picture = look_at(draft)
    return CacheAsset(
        content_hash=content_hash,
        file_path=runtime.cache.keep(draft, content_hash, picture.extension),
        file_size=len(data),
        mime=picture.mime,
        width=picture.width,
        height=picture.height,
        perceptual_hash=picture.perceptual_hash,
    )


def _cached(runtime: Runtime, path: Path, data: bytes) -> CacheAsset:
    suffix = path.suffix.lower()
    content_hash, cache_path = runtime.cache.keep_bytes(data, suffix[1:] or "bin")
    mime = MIME_BY_SUFFIX.get(suffix, "application/octet-stream")
    return CacheAsset(content_hash=content_hash, file_path=cache_path, file_size=len(data), mime=mime)


def _tell(session: AsyncSession, movie_id: MovieId, path: Path, asset: CacheAsset, what_follows: str) -> None:
    details = {"path": str(path), "sha256": asset.content_hash}
    told = f"{path.name} was somebody else's; {what_follows}"
    activity.tell(session, "file.replaced", told, movie_id=movie_id, severity="warning", details=details)
