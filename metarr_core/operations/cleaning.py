"""Takes contents out of the cache that nobody has used for `trash.orphan_days`: first the row, then the file.

So no row is ever without its file, and a clean-up that is killed in between goes on from what it noted. Originals, which
are a user's or another program's, go only where a person asks for it. What is linked at this very moment stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from metarr_core.db import activity
from metarr_core.db import cache as db
from metarr_core.db.cache import Content
from metarr_core.files.cache_shelves import check_there, stale_drafts, take_away
from metarr_core.operations.cache_repair import Repairs
from metarr_core.runtime import Runtime

FORGOTTEN = timedelta(days=1)
"""A draft that is older is nobody's: no download takes that long."""


@dataclass
class Cleaned:
    """What became of the cache; `freed` in bytes."""

    removed: list[str] = field(default_factory=list)
    freed: int = 0
    drafts: int = 0
    repairs: Repairs = field(default_factory=Repairs)

    def add(self, other: Cleaned) -> None:
        """Put what another step did to it."""
        self.removed += other.removed
        self.freed += other.freed
        self.drafts += other.drafts
        self.repairs.add(other.repairs)


async def orphans(runtime: Runtime, at: datetime, *, or_original: bool = False) -> list[Content]:
    """What can go, originals only where asked for. Raises StorageUnavailable where the cache is away."""
    async with runtime.database.transaction() as session:
        if await db.count(session):
            await asyncio.to_thread(check_there, runtime.cache)
        return await db.orphans(session, _before(runtime, at), or_original=or_original)


def _before(runtime: Runtime, at: datetime) -> datetime:
    return at - timedelta(days=runtime.settings.trash.orphan_days)


async def send_off(runtime: Runtime, contents: Sequence[Content], at: datetime, *, or_original: bool = False) -> Cleaned:
    """Take rows away that are still orphans, and their files. Raises StorageUnavailable, DatabaseUnavailable."""
    async with runtime.database.transaction() as session:
        numbers = [one.id for one in contents]
        going = await db.send_off(session, numbers, _before(runtime, at), or_original=or_original)
    await follow(runtime, [one.path for one in going])
    return Cleaned([one.path for one in going], sum(one.size for one in going))


async def follow_all(runtime: Runtime) -> Cleaned:
    """Take away the files that a clean-up left, which was killed. Raises StorageUnavailable, DatabaseUnavailable."""
    async with runtime.database.transaction() as session:
        left = await db.departures(session)
    return Cleaned(await follow(runtime, left))


async def follow(runtime: Runtime, paths: Sequence[str]) -> list[str]:
    """Take away files whose rows are gone, unless they have a row again; gives those that went."""
    return [path for path in paths if await _follow(runtime, path)]


async def _follow(runtime: Runtime, path: str) -> bool:
    content_hash = db.hash_of(path)
    async with runtime.database.transaction() as session:
        if not await db.seize(session, content_hash):  # somebody records it at this moment
            return False
        is_back = await db.is_known(session, content_hash)
        gone = not is_back and await asyncio.to_thread(take_away, runtime.cache, path)
        await db.has_left(session, path)
    return gone


async def drop_drafts(runtime: Runtime, at: datetime, *, is_dry: bool) -> Cleaned:
    """Take away what was on its way into the cache and never came. Raises StorageUnavailable."""
    found = await asyncio.to_thread(stale_drafts, runtime.cache, (at - FORGOTTEN).timestamp())
    for draft in () if is_dry else found:
        await asyncio.to_thread(take_away, runtime.cache, draft.path)
    return Cleaned(freed=sum(draft.size for draft in found), drafts=len(found))


async def tell(runtime: Runtime, done: Cleaned) -> None:
    """Tell what was done, in the story of the whole."""
    repairs = done.repairs
    counts = {"removed": len(done.removed), "bytes": done.freed, "drafts": done.drafts}
    counts |= {name: len(paths) for name, paths in vars(repairs).items()}
    is_bad = bool(repairs.missing or repairs.unreadable)
    async with runtime.database.transaction() as session:
        activity.tell(session, "cache.cleanup", summary(done), severity="warning" if is_bad else "info", details=counts)


def summary(done: Cleaned, *, is_dry: bool = False) -> str:
    """What was done, in a sentence."""
    repairs = done.repairs
    told = [f"{len(done.removed)} unused contents {'would leave' if is_dry else 'left'} the cache, {done.freed:,} bytes"]
    for what, count in (
        ("drafts that never came are gone", done.drafts),
        ("files were copied back from a library", len(repairs.copied_back)),
        ("files are missing and are fetched again where a provider has them", len(repairs.missing)),
        ("rows without file that nothing needed are gone", len(repairs.forgotten)),
        ("files without row have one now", len(repairs.adopted)),
        ("files have other bytes than their name says", len(repairs.unreadable)),
    ):
        told += [f"{count} {what}"] if count else []
    return "; ".join(told)
