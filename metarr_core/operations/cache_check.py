"""Reads the cache byte for byte: is each content what its name says? What is not is had again, from a library or a provider.

Rows without file and files without row are told both ways; `clean-cache` brings those together.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from metarr_core.db import cache as db
from metarr_core.db.cache import Content, Origin
from metarr_core.domain.artwork import LARGEST, USUAL_LARGEST, ArtworkType
from metarr_core.errors import MetarrError
from metarr_core.files import library
from metarr_core.files.cache_shelves import SHELVES, check_there, lying_on
from metarr_core.files.images import fit_for_players, look_at
from metarr_core.operations.cache_repair import ON_ITS_WAY, copy_of
from metarr_core.operations.staging import draft
from metarr_core.runtime import Runtime


@dataclass
class Checked:
    """What was found, as paths in the cache."""

    contents: int = 0
    hashed: int = 0
    damaged: list[str] = field(default_factory=list)
    """Contents whose bytes are not those of their name."""
    missing: list[str] = field(default_factory=list)
    """Contents without file."""
    mended: dict[str, str] = field(default_factory=dict)
    """Which of those were had again, and from where."""
    unused: int = 0
    """Rows that nothing refers to."""
    without_row: list[str] = field(default_factory=list)
    """Files that no row knows."""

    @property
    def lost(self) -> list[str]:
        """What is damaged or missing for good."""
        return [path for path in (*self.damaged, *self.missing) if path not in self.mended]


async def check_cache(runtime: Runtime, dice: random.Random, at: datetime, most: int | None = None) -> Checked:
    """Look at every content; hash all of them, or at most about `most`, and mend what can be mended.

    Raises StorageUnavailable where the cache is away, DatabaseUnavailable.
    """
    checked = Checked()
    async with runtime.database.transaction() as session:
        checked.contents = await db.count(session)
        leaving = set(await db.departures(session))
    if not checked.contents:
        return checked
    await asyncio.to_thread(check_there, runtime.cache)
    look = Look(runtime, dice, 1.0 if most is None else most / checked.contents, leaving, (at - ON_ITS_WAY).timestamp())
    for shelf in SHELVES:
        await _check_shelf(look, shelf, checked)
    return checked


@dataclass(frozen=True)
class Look:
    """How closely is looked: which share of the contents is hashed, and which files without row are still on their way."""

    runtime: Runtime
    dice: random.Random
    share: float
    leaving: set[str]
    old_enough: float


async def _check_shelf(look: Look, shelf: str, checked: Checked) -> None:
    files = await asyncio.to_thread(lying_on, look.runtime.cache, shelf)
    async with look.runtime.database.transaction() as session:
        rows = await db.shard(session, shelf)
    hashed = {row.id for row in rows if look.dice.random() < look.share}
    missing, damaged = await asyncio.to_thread(_bad, look.runtime, rows, hashed)
    checked.hashed += len(hashed)
    checked.unused += sum(not row.is_needed for row in rows)
    checked.missing += [row.path for row in missing]
    checked.damaged += [row.path for row in damaged]
    for row in (*missing, *damaged):
        if (source := await mend(look.runtime, row)) is not None:
            checked.mended[row.path] = source
    known = {row.path for row in rows} | look.leaving
    checked.without_row += [
        file.path for file in files.values() if file.path not in known and file.changed_at < look.old_enough
    ]


def _bad(runtime: Runtime, rows: Sequence[Content], hashed: set[int]) -> tuple[list[Content], list[Content]]:
    """The contents without file, and those that are damaged: by their size, and by their bytes where they are hashed."""
    missing, damaged = [], []
    for row in rows:
        path = runtime.cache.path(row.path)
        if not path.is_file():
            missing.append(row)
        elif path.stat().st_size != row.size or (row.id in hashed and library.sha256_of(path) != row.content_hash):
            damaged.append(row)
    return missing, damaged


async def mend(runtime: Runtime, row: Content, more: Sequence[Origin] = ()) -> str | None:
    """Have a content again, with the very same bytes; gives from where, None where nobody has it.

    `more` are places where it was had before, which nothing in the database tells any more.
    """
    async with runtime.database.transaction() as session:
        places = await db.copies(session, row.content_hash)
        origins = await db.origins(session, row.id)
    data = await asyncio.to_thread(copy_of, places, row.content_hash)
    if data is not None:
        await asyncio.to_thread(runtime.cache.keep_bytes, data, Path(row.path).suffix[1:])
        return "a library"
    for origin in (*origins, *more):
        if await _fetch_again(runtime, row, origin):
            return origin.provider
    return None


async def _fetch_again(runtime: Runtime, row: Content, origin: Origin) -> bool:
    """Fetch a picture from where it came; another one by now is none."""
    fetched = draft(runtime)
    try:
        await runtime.pictures.fetch(origin.provider, origin.url, fetched, is_awaited=True)
        return await asyncio.to_thread(_kept, runtime, row, origin, fetched)
    except MetarrError:
        return False
    finally:
        await asyncio.to_thread(fetched.unlink, missing_ok=True)


def _kept(runtime: Runtime, row: Content, origin: Origin, fetched: Path) -> bool:
    if library.sha256_of(fetched) != row.content_hash:
        largest = LARGEST.get(ArtworkType(origin.type), USUAL_LARGEST)
        fit_for_players(fetched, look_at(fetched), largest)
        if library.sha256_of(fetched) != row.content_hash:
            return False
    runtime.cache.keep(fetched, row.content_hash, Path(row.path).suffix[1:])
    return True
