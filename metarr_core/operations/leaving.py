"""Tells what does not reach players because `artwork.foreign_edit = "leave"` keeps an NFO that somebody else changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, library_files
from metarr_core.domain.ids import MovieId
from metarr_core.domain.nfo_values import hashes_of, read_nfo, tags_of
from metarr_core.domain.verification import Condition, Entry
from metarr_core.errors import StorageUnavailable
from metarr_core.files import library
from metarr_core.files.published import examine, suspicious
from metarr_core.runtime import Runtime

WAY_OUT = "remove it, and it is written anew"


async def note(runtime: Runtime, movie_id: MovieId) -> str | None:
    """What whoever edits a film has to know, in a sentence; None where the edit reaches its NFO files."""
    if runtime.settings.artwork.foreign_edit != "leave":
        return None
    async with runtime.database.transaction() as session:
        entries = [one for one in await library_files.entries_of(session, movie_id) if one.artwork_type is None]
    left = await asyncio.to_thread(lambda: [Path(one.path).name for one in suspicious(entries) if _is_changed(one)])
    if not left:
        return None
    why = "was changed by somebody else and stays as it is (artwork.foreign_edit is 'leave')"
    return f"{', '.join(left)} {why}: it does not tell of this; {WAY_OUT}"


def _is_changed(entry: Entry) -> bool:
    try:
        return examine(entry).condition is Condition.CHANGED
    except StorageUnavailable:
        return False


async def tell(runtime: Runtime, movie_id: MovieId, path: Path, ours: bytes, erased: AbstractSet[str]) -> None:
    """Tell, once each, which values an NFO lacks that is left: those of `ours` that are new since we wrote there.

    `erased` are tags that a person wants empty. Raises StorageUnavailable.
    """
    theirs = await asyncio.to_thread(library.read, path)
    async with runtime.database.transaction() as session:
        told, _ = await library_files.memory_of(session, str(path))
        wanted: dict[str, str | None] = {name: None for name in told if tags_of([name]) & erased}
        wanted |= hashes_of(read_nfo(ours))
        known = (told, hashes_of(read_nfo(theirs or b"")))
        await _tell(session, movie_id, path, {name: one for name, one in wanted.items() if _is_lacking(name, one, known)})


def _is_lacking(name: str, value: str | None, known: Sequence[Mapping[str, str]]) -> bool:
    return all(one.get(name) != value for one in known)


async def _tell(session: AsyncSession, movie_id: MovieId, path: Path, fields: Mapping[str, str | None]) -> None:
    details = {"path": str(path), "fields": fields}
    if fields and not await activity.was_told_with(session, movie_id, "nfo.left", details):
        why = f"{path.name} was changed by somebody else and is left as it is"
        line = f"{why}: it does not tell the film's {', '.join(fields)}; {WAY_OUT}"
        activity.tell(session, "nfo.left", line, movie_id=movie_id, severity="warning", details=details)
