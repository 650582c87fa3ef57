"""Records contents whose files are in the cache, so that no clean-up takes the file before the row is there."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import artwork
from metarr_core.db import cache as db
from metarr_core.db.tables.artwork import CacheAsset
from metarr_core.errors import StorageUnavailable
from metarr_core.runtime import Runtime


async def record_content(runtime: Runtime, session: AsyncSession, asset: CacheAsset) -> int:
    """Record a content whose file was put into the cache just now, or find it where it is known; gives its id.

    Raises StorageUnavailable where a clean-up took the file in between: then the work is to be done once more.
    """
    await db.hold(session, asset.content_hash)
    path = runtime.cache.path(asset.file_path)
    if not await asyncio.to_thread(path.exists):
        raise StorageUnavailable(path, "it was cleaned up at this very moment; it is fetched again")
    return await artwork.keep_content(session, asset)
