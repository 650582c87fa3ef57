"""Rows and files of the cache that have lost each other: reported, and brought together where that can be done.

A row without file gets it back from a library, where we published it; else the films that use it are asked to fetch it
again; a row that nothing needs goes. A file without row gets a row: nobody uses it, and it goes when its time has come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from metarr_core.db import cache as db
from metarr_core.db.cache import Content
from metarr_core.db.tables.artwork import CacheAsset
from metarr_core.domain.ids import MovieId, Sha256
from metarr_core.domain.jobs import Priority
from metarr_core.errors import ArtworkRejected, StorageUnavailable
from metarr_core.files import library
from metarr_core.files.cache_shelves import Lying, lying_on
from metarr_core.files.images import look_at
from metarr_core.operations.bulk import enqueue_enrichment
from metarr_core.operations.storing import record_content
from metarr_core.runtime import Runtime

ON_ITS_WAY = timedelta(hours=1)
"""A file is in the cache moments before its row; one that is younger may still get it."""


@dataclass
class Repairs:
    """What was found and done, as paths in the cache."""

    copied_back: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Contents that something needs, whose bytes are nowhere to be found here."""
    forgotten: list[str] = field(default_factory=list)
    """Rows without file that nothing needed."""
    adopted: list[str] = field(default_factory=list)
    """Files without row, which have one now."""
    unreadable: list[str] = field(default_factory=list)
    """Files without row whose bytes are not those of their name; they are left where they are."""

    def add(self, other: Repairs) -> None:
        """Put what became of another shelf to it."""
        for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True):
            mine.extend(theirs)


async def repair_shelf(runtime: Runtime, shelf: str, at: datetime, *, is_dry: bool) -> Repairs:
    """Bring together what belongs together on a shelf. Raises StorageUnavailable, DatabaseUnavailable."""
    files = await asyncio.to_thread(lying_on, runtime.cache, shelf)
    async with runtime.database.transaction() as session:
        rows = await db.shard(session, shelf)
    done = Repairs()
    for row in rows:
        if files.pop(row.content_hash, None) is None and not await _is_there(runtime, row):
            await _find_file(runtime, row, done, is_dry=is_dry)
    await _give_rows(runtime, files.values(), at, done, is_dry=is_dry)
    return done


async def _is_there(runtime: Runtime, row: Content) -> bool:
    return await asyncio.to_thread(runtime.cache.path(row.path).exists)


async def _find_file(runtime: Runtime, row: Content, done: Repairs, *, is_dry: bool) -> None:
    async with runtime.database.transaction() as session:
        places = await db.copies(session, row.content_hash)
    data = await asyncio.to_thread(copy_of, places, row.content_hash)
    if data is not None:
        if not is_dry:
            await asyncio.to_thread(runtime.cache.keep_bytes, data, Path(row.path).suffix[1:])
        done.copied_back.append(row.path)
    elif row.is_needed:
        done.missing.append(row.path)
        if not is_dry:
            await _fetch_again(runtime, row)
    elif is_dry or await _forget(runtime, row):
        done.forgotten.append(row.path)


def copy_of(places: Iterable[str], content_hash: str) -> bytes | None:
    """The bytes with this hash at the first of the places that has them."""
    for place in places:
        try:
            data = library.read(Path(place))
        except StorageUnavailable:
            continue
        if data is not None and library.sha256(data) == content_hash:
            return data
    return None


async def _fetch_again(runtime: Runtime, row: Content) -> None:
    """Films fetch what their cache has lost when they are enriched; what a user gave cannot be had again."""
    async with runtime.database.transaction() as session:
        films: list[MovieId] = await db.users_of(session, row.id)
        if films:
            await enqueue_enrichment(session, films, Priority.LOW, force=True)


async def _forget(runtime: Runtime, row: Content) -> bool:
    async with runtime.database.transaction() as session:
        return await db.forget(session, row.id)


async def _give_rows(runtime: Runtime, files: Iterable[Lying], at: datetime, done: Repairs, *, is_dry: bool) -> None:
    async with runtime.database.transaction() as session:
        leaving = set(await db.departures(session))
    for file in files:
        if file.path in leaving or file.changed_at > (at - ON_ITS_WAY).timestamp():
            continue
        asset = await asyncio.to_thread(_asset_of, runtime, file)
        (done.unreadable if asset is None else done.adopted).append(file.path)
        if asset is not None and not is_dry:
            async with runtime.database.transaction() as session:
                await record_content(runtime, session, asset)


def _asset_of(runtime: Runtime, file: Lying) -> CacheAsset | None:
    """The row for a file; None where its bytes are not those of its name."""
    path = runtime.cache.path(file.path)
    if library.sha256_of(path) != file.content_hash:
        return None
    asset = CacheAsset(
        content_hash=Sha256(file.content_hash), file_path=file.path, file_size=file.size, mime="application/octet-stream"
    )
    try:
        picture = look_at(path)
    except ArtworkRejected:  # an NFO of somebody else
        return asset
    asset.mime, asset.width, asset.height = picture.mime, picture.width, picture.height
    asset.perceptual_hash = picture.perceptual_hash
    return asset
