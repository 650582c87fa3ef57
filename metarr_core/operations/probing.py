"""Looks into a film's files and records what is in them and beside them. Twice is the same as once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from metarr_core.db import activity, movie_files
from metarr_core.db.tables.movies import MovieFile
from metarr_core.domain import hdr
from metarr_core.domain.ids import FileId, MovieId
from metarr_core.domain.media_info import MediaInfo
from metarr_core.domain.probe_answer import may_hide_atmos, media_info
from metarr_core.errors import UnreadableMedia
from metarr_core.files import ffprobe
from metarr_core.files.mp4_boxes import atmos_tracks
from metarr_core.files.subtitles import subtitles_beside
from metarr_core.runtime import Runtime, now

log = logging.getLogger(__name__)


async def probe_movie_files(runtime: Runtime, movie_id: MovieId) -> None:
    """Probe the film's files and replace their stored streams. A file that cannot be read is recorded as such.

    Raises StorageUnavailable.
    """
    async with runtime.database.transaction() as session:
        files = await movie_files.present(session, movie_id)
    await probe_files(runtime, movie_id, files)


async def probe_files(runtime: Runtime, movie_id: MovieId, files: Sequence[MovieFile]) -> None:
    """The same for these files of the film."""
    for file in files:
        await _probe_one(runtime, movie_id, FileId(file.id), Path(file.path))


async def _probe_one(runtime: Runtime, movie_id: MovieId, file_id: FileId, path: Path) -> None:
    try:
        found = await look_into(runtime, path)
    except UnreadableMedia as exc:
        async with runtime.database.transaction() as session:
            await movie_files.write_probe_error(session, file_id, exc.reason, now())
            await movie_files.mirror_best(session, movie_id)
            activity.tell(session, "file.unreadable", str(exc), movie_id=movie_id, severity="warning")
        return
    async with runtime.database.transaction() as session:
        await movie_files.write_streams(session, file_id, found, now())
        await movie_files.mirror_best(session, movie_id)


async def look_into(runtime: Runtime, path: Path) -> MediaInfo:
    """What a film is made of, with the subtitles beside it. Raises UnreadableMedia, StorageUnavailable."""
    answer = await ffprobe.probe(runtime.ffprobe, path, timeout_seconds=runtime.settings.probe.timeout_seconds)
    found = media_info(answer, await _frame(runtime, path, answer), await _atmos_tracks(path, answer))
    if not found.video:
        raise UnreadableMedia(path, "there is no video in it")
    beside = await asyncio.to_thread(subtitles_beside, path)
    return replace(found, subtitles=(*found.subtitles, *beside))


async def _atmos_tracks(path: Path, answer: dict[str, Any]) -> frozenset[int]:
    if not may_hide_atmos(answer):
        return frozenset()
    try:
        return await asyncio.to_thread(atmos_tracks, path)
    except OSError as exc:
        log.warning("whether %s has Atmos stays unknown: %s", path, exc)
        return frozenset()


async def _frame(runtime: Runtime, path: Path, answer: dict[str, Any]) -> dict[str, Any]:
    """The frame that tells HDR10+ from HDR10. Without it the film is HDR10: no reason to call it unreadable."""
    index = hdr.stream_to_look_into(answer)
    if index is None:
        return {}
    limit = runtime.settings.probe.timeout_seconds
    try:
        return await ffprobe.first_frame(runtime.ffprobe, path, index, timeout_seconds=limit)
    except UnreadableMedia as exc:
        log.warning("HDR10+ and light levels of %s stay unknown: %s", path, exc.reason)
        return {}
