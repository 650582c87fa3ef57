"""Follows what we published when somebody, or Radarr, moved it along with its video: it is ours, whatever its name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from metarr_core.db import activity, library_files, movie_files
from metarr_core.db.tables.movies import MovieFile
from metarr_core.domain.ids import MovieId
from metarr_core.domain.kodi_names import ending_of
from metarr_core.domain.verification import Entry
from metarr_core.files import library
from metarr_core.files.removing import why_unreachable
from metarr_core.runtime import Runtime


@dataclass(frozen=True)
class Moved:
    """A line of the ledger whose file stands elsewhere now. `is_certain`: no video that we know of is to have it there."""

    entry: Entry
    path: Path
    is_certain: bool


class Videos:
    """The videos of a film: those that are there, those that may be away, and the names that some no longer have."""

    def __init__(self, files: Sequence[MovieFile], former: AbstractSet[Path]) -> None:
        self.present = [Path(file.path) for file in files if file.missing_since is None]
        self._known, self._former = [Path(file.path) for file in files], former

    def have_left(self, entry: Entry) -> bool:
        """Whether no video has a file of ours at its old path any more, since its own was moved."""
        if any(map(entry.stands_beside, self._former)):
            return not any(map(entry.stands_beside, self.present))
        return not any(map(entry.stands_beside, self._known))


async def videos_of(runtime: Runtime, movie_id: MovieId, files: Sequence[MovieFile]) -> Videos:
    """The videos of a film, of which these are the files."""
    async with runtime.database.transaction() as session:
        told = {Path(path) for path in await activity.moved_from(session, movie_id, None)}
    roots = [Path(one.path) for one in runtime.settings.libraries]
    renamed = await asyncio.to_thread(_renamed, files, roots)
    return Videos(files, (told - {Path(file.path) for file in files}) | renamed)


def _renamed(files: Sequence[MovieFile], roots: Sequence[Path]) -> set[Path]:
    """Where videos were that are known by another name now: by their bytes, and while the disk of the old name is there."""
    hashes = {file.file_hash for file in files if file.missing_since is None} - {None}
    gone = {Path(file.path) for file in files if file.missing_since is not None and file.file_hash in hashes}
    there = [root for root in roots if not why_unreachable(root)] if gone else []
    return {path for path in gone if any(path.is_relative_to(root) for root in there)}


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
    videos = await videos_of(runtime, movie_id, files)
    moved = await asyncio.to_thread(lambda: [one for entry in gone if (one := _found(entry, videos, taken))])
    async with runtime.database.transaction() as session:
        for one in moved:
            await library_files.follow(session, one.entry.path, str(one.path), forget=one.is_certain)
    return bool(moved)


def _found(entry: Entry, videos: Videos, taken: set[str]) -> Moved | None:
    former, is_certain = Path(entry.path), videos.have_left(entry)
    for video in videos.present:
        path = video.with_name(video.stem + ending_of(former.name, entry.artwork_type))
        if str(path) in taken or (data := library.read(path)) is None:
            continue
        if is_certain or library.sha256(data) == entry.sha256:
            taken.add(str(path))
            return Moved(entry, path, is_certain)
    return None
