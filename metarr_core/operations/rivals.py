"""Pictures of others that stand beside ours under the same name with another ending: film-poster.png beside film-poster.jpg.

Measured with Kodi 20.1: it shows whichever the file system lists first. So such a picture is a change of ours like any
other, and where it is not adopted, the film's story says that players may show either. None is ever removed.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, artwork, movies
from metarr_core.db.tables.artwork import CacheAsset
from metarr_core.domain.artwork_names import ENDINGS
from metarr_core.domain.verification import Entry
from metarr_core.errors import ArtworkRejected
from metarr_core.files import library
from metarr_core.operations.storing import cached_bytes, cached_picture, record_content
from metarr_core.runtime import Runtime


def beside(entries: Sequence[Entry]) -> dict[str, Entry]:
    """The rivals of what we published, by their paths."""
    ours = {entry.path for entry in entries}
    lines = {os.path.splitext(entry.path)[0]: entry for entry in entries if entry.artwork_type}  # noqa: PTH122 - 25,000 of them
    names: dict[str, list[str]] = defaultdict(list)
    for folder in {os.path.dirname(stem) for stem in lines}:  # noqa: PTH120
        names[folder] = _names(folder)
    paths = (f"{folder}/{name}" for folder, of_folder in names.items() for name in of_folder)
    return {path: lines[stem] for path in paths if path not in ours and (stem := _picture_stem(path)) in lines}


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []


def _picture_stem(path: str) -> str:
    stem, ending = os.path.splitext(path)  # noqa: PTH122
    return stem if ending.lower() in ENDINGS else ""


async def unseen(runtime: Runtime, rivals: Iterable[str]) -> set[str]:
    """Those of which nothing is known so far."""
    paths = set(rivals)
    if not paths:
        return paths
    async with runtime.database.transaction() as session:
        return paths - await artwork.known_paths(session, paths)


async def settle(runtime: Runtime, entries: Sequence[Entry]) -> None:
    """Take rivals in that nobody has seen, as `artwork.foreign_edit` says. Raises StorageUnavailable."""
    found = await asyncio.to_thread(beside, entries)
    for path in sorted(await unseen(runtime, found)):
        data = await asyncio.to_thread(library.read, Path(path))
        if data is not None:
            await _take_in(runtime, found[path], path, data)


async def _take_in(runtime: Runtime, entry: Entry, path: str, data: bytes) -> None:
    try:
        asset, is_picture = await asyncio.to_thread(cached_picture, runtime, data), True
    except ArtworkRejected:
        asset, is_picture = await asyncio.to_thread(cached_bytes, runtime, Path(path), data), False
    is_wanted = is_picture and runtime.settings.artwork.foreign_edit == "adopt"
    async with runtime.database.transaction() as session:
        is_new = not await artwork.is_known(session, asset.content_hash)
        asset_id = await record_content(runtime, session, asset)
        if not (is_wanted and is_new and await _adopt(session, entry, path, asset_id)):
            await _tell(session, entry, path, asset, asset_id)


async def _adopt(session: AsyncSession, entry: Entry, path: str, asset_id: int) -> bool:
    kind = entry.artwork_type or ""
    place = await artwork.place_of(session, entry.movie_id, kind, entry.sha256)
    if place is None or not await movies.lock(session, entry.movie_id, kind):
        return False
    await artwork.choose(session, artwork.of_somebody(entry.movie_id, kind, place, asset_id, path), by_person=True)
    told = f"{PurePath(path).name} was put beside ours by somebody else: it is the film's {kind} now, and locked"
    details = {"path": path, "before": entry.sha256}
    activity.tell(session, "artwork.adopted", told, movie_id=entry.movie_id, details=details)
    return True


async def _tell(session: AsyncSession, entry: Entry, path: str, asset: CacheAsset, asset_id: int) -> None:
    if await artwork.keep_replaced(session, entry.movie_id, asset_id, path):
        both = f"{PurePath(path).name}, which is not ours, stands beside {PurePath(entry.path).name}"
        told = f"{both}: players show either of them; remove the one that is not wanted"
        details = {"path": path, "ours": entry.path, "sha256": asset.content_hash}
        activity.tell(session, "artwork.rival", told, movie_id=entry.movie_id, severity="warning", details=details)
