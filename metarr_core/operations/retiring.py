"""Removes pictures that we published and that are none of the film's any more: another format, another film, fewer places.

Only where our own bytes still stand, beside a video that is there, and only once all that the film has now is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from metarr_core.db import activity, artwork, library_files, movie_files
from metarr_core.db.tables.artwork import LibraryFile
from metarr_core.domain.ids import MovieId
from metarr_core.domain.kodi_names import is_artwork_of
from metarr_core.files import library
from metarr_core.runtime import Runtime


async def retire(runtime: Runtime, movie_id: MovieId, wanted: Iterable[Path]) -> list[Path]:
    """Remove what is not among the wanted; gives what is gone. Raises StorageUnavailable. Twice is once.

    While the cache lacks a picture of a type, nothing of that type goes: better an old picture than none.
    """
    stays = {str(path) for path in wanted}
    async with runtime.database.transaction() as session:
        ledger = await library_files.of_movie(session, movie_id)
        videos = [Path(file.path) for file in await movie_files.present(session, movie_id)]
        chosen = await artwork.chosen(session, movie_id)
    former = [one for one in ledger if one.path not in stays and _is_beside(one, videos)]
    if not former:
        return []
    lacking = {one.type for one in chosen if not runtime.cache.path(one.cache_path).is_file()}
    former = [one for one in former if one.artwork_type not in lacking]
    gone = [Path(one.path) for one in former if await _remove(runtime, one)]
    async with runtime.database.transaction() as session:
        await library_files.disown(session, [one.path for one in former])
        if gone:
            told = f"removed, for the film has it no longer: {', '.join(path.name for path in gone)}"
            details = {"paths": [str(path) for path in gone]}
            activity.tell(session, "artwork.retired", told, movie_id=movie_id, details=details)
    return gone


def _is_beside(one: LibraryFile, videos: Sequence[Path]) -> bool:
    """Whether it is a picture of a video that is there; those of a video that is gone are none of ours to judge here."""
    path = Path(one.path)
    return one.artwork_type is not None and any(
        video.parent == path.parent and is_artwork_of(video.name, one.artwork_type, path.name) for video in videos
    )


async def _remove(runtime: Runtime, one: LibraryFile) -> bool:
    """Remove a file where it has bytes that we wrote; what somebody else put there stays, and is theirs."""
    data = await asyncio.to_thread(library.read, Path(one.path))
    if data is None:
        return False
    content_hash = library.sha256(data)
    if content_hash != one.sha256 and not await _was_written_before(runtime, one, content_hash):
        return False
    await asyncio.to_thread(library.remove, Path(one.path))
    return True


async def _was_written_before(runtime: Runtime, one: LibraryFile, content_hash: str) -> bool:
    """Whether a write that was killed left a provider's picture standing, which the cache has."""
    if one.mtime_ns:
        return False
    async with runtime.database.transaction() as session:
        return await artwork.is_ours(session, content_hash)
