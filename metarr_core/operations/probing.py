"""Looks into a film's files and records what is in them. Twice is the same as once."""

from __future__ import annotations

from pathlib import Path

from metarr_core.db import activity, movie_files
from metarr_core.domain.ids import FileId, MovieId
from metarr_core.domain.media_info import media_info
from metarr_core.errors import UnreadableMedia
from metarr_core.files import ffprobe
from metarr_core.runtime import Runtime, now


async def probe_movie_files(runtime: Runtime, movie_id: MovieId) -> None:
    """Probe the film's files and replace their stored streams. A file that cannot be read is recorded as such.

    Raises StorageUnavailable.
    """
    async with runtime.database.transaction() as session:
        files = [(FileId(file.id), Path(file.path)) for file in await movie_files.present(session, movie_id)]
    for file_id, path in files:
        await _probe_one(runtime, movie_id, file_id, path)


async def _probe_one(runtime: Runtime, movie_id: MovieId, file_id: FileId, path: Path) -> None:
    try:
        answer = await ffprobe.probe(runtime.ffprobe, path, timeout_seconds=runtime.settings.probe.timeout_seconds)
    except UnreadableMedia as exc:
        async with runtime.database.transaction() as session:
            await movie_files.write_probe_error(session, file_id, exc.reason, now())
            activity.tell(session, "file.unreadable", str(exc), movie_id=movie_id, severity="warning")
        return
    async with runtime.database.transaction() as session:
        await movie_files.write_streams(session, file_id, media_info(answer), now())
