"""Puts files of others into the cache, and records contents, so that no clean-up takes the file before the row is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import artwork
from metarr_core.db import cache as db
from metarr_core.db.tables.artwork import CacheAsset
from metarr_core.errors import StorageUnavailable
from metarr_core.files import library
from metarr_core.files.images import look_at
from metarr_core.runtime import Runtime

MIME_BY_SUFFIX = {".nfo": "text/xml", ".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


async def record_content(runtime: Runtime, session: AsyncSession, asset: CacheAsset) -> int:
    """Record a content whose file was put into the cache just now, or find it where it is known; gives its id.

    Raises StorageUnavailable where a clean-up took the file in between: then the work is to be done once more.
    """
    await db.hold(session, asset.content_hash)
    path = runtime.cache.path(asset.file_path)
    if not await asyncio.to_thread(path.exists):
        raise StorageUnavailable(path, "it was cleaned up at this very moment; it is fetched again")
    return await artwork.keep_content(session, asset)


def cached_picture(runtime: Runtime, data: bytes) -> CacheAsset:
    """Somebody's picture in the cache. Raises ArtworkRejected where it is none, StorageUnavailable."""
    content_hash = library.sha256(data)
    draft = runtime.cache.draft(f"adopt {content_hash}")
    try:
        draft.write_bytes(data)
    except OSError as exc:
        raise StorageUnavailable(draft, f"{exc.strerror}; paths.cache_dir must be writable") from exc
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


def cached_bytes(runtime: Runtime, path: Path, data: bytes) -> CacheAsset:
    """Somebody's file in the cache, whatever it is. Raises StorageUnavailable."""
    suffix = path.suffix.lower()
    content_hash, cache_path = runtime.cache.keep_bytes(data, suffix[1:] or "bin")
    mime = MIME_BY_SUFFIX.get(suffix, "application/octet-stream")
    return CacheAsset(content_hash=content_hash, file_path=cache_path, file_size=len(data), mime=mime)
