"""Follows what we published when somebody, or Radarr, moved it along with its video: it is ours, whatever its name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from metarr_core.db import library_files, movie_files
from metarr_core.domain.ids import MovieId
from metarr_core.domain.kodi_names import ending_of
from metarr_core.domain.verification import Entry
from metarr_core.files import library
from metarr_core.runtime import Runtime


@dataclass(frozen=True)
class Moved:
    """A line of the ledger whose file stands elsewhere now. `is_certain`: no video that we know of is to have it there."""

    entry: Entry
    path: Path
    is_certain: bool


async def follow(runtime: Runtime, movie_id: MovieId, gone: Sequence[Entry]) -> bool:
    """Follow files of a film that are gone from where the ledger has them; whether any was found.

    Where their video is known by another name, whatever stands in their place is what became of them. Where it may only be
    away, only our very bytes are. Raises StorageUnavailable.
    """
    if not gone:
        return False
    async with runtime.database.transaction() as session:
        files = await movie_files.of_movie(session, movie_id)
        taken = {entry.path for entry in await library_files.entries_of(session, movie_id)}
    known = [Path(file.path) for file in files]
    present = [Path(file.path) for file in files if file.missing_since is None]
    moved = await asyncio.to_thread(lambda: [one for entry in gone if (one := _found(entry, known, present, taken))])
    async with runtime.database.transaction() as session:
        for one in moved:
            await library_files.follow(session, one.entry.path, str(one.path), forget=one.is_certain)
    return bool(moved)


def _found(entry: Entry, known: Sequence[Path], present: Sequence[Path], taken: set[str]) -> Moved | None:
    former = Path(entry.path)
    is_certain = not any(entry.stands_beside(video) for video in known)
    for video in present:
        path = video.with_name(video.stem + ending_of(former.name, entry.artwork_type))
        if str(path) in taken or (data := library.read(path)) is None:
            continue
        if is_certain or library.sha256(data) == entry.sha256:
            taken.add(str(path))
            return Moved(entry, path, is_certain)
    return None
