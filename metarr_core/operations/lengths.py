"""How long a film is on disk: as long as its file, or as all files together of which players make one film (cd1, cd2)."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from metarr_core.db import identifications as db
from metarr_core.domain.ids import MovieId
from metarr_core.domain.probe_answer import media_info
from metarr_core.domain.release_name import read_name
from metarr_core.domain.video_names import further_parts, is_a_part
from metarr_core.errors import StorageUnavailable, UnreadableMedia
from metarr_core.files import ffprobe
from metarr_core.runtime import Runtime

logger = logging.getLogger(__name__)


async def minutes_on_disk(runtime: Runtime, movie_id: MovieId, path: str) -> float | None:
    """How long the film is whose main file this is, in minutes; None where that, or the length of a part, is not known."""
    parts = await asyncio.to_thread(_further_parts, Path(path))
    if not parts and read_name(path).part is not None:
        return None
    async with runtime.database.transaction() as session:
        first = await db.minutes(session, movie_id, path if parts else None)
    if first is None or not parts:
        return first
    lengths = [await _minutes(runtime, part) for part in parts]
    return first + sum(one for one in lengths if one) if all(lengths) else None


def _further_parts(video: Path) -> list[Path]:
    """The files in which the film goes on; none where its folder cannot be read."""
    if not video.is_absolute() or not is_a_part(video.name):
        return []
    try:
        names = sorted(one.name for one in video.parent.iterdir())
    except OSError:
        return []
    return [video.with_name(name) for name, first in further_parts(names).items() if first == video.name]


async def _minutes(runtime: Runtime, part: Path) -> float | None:
    limit = runtime.settings.probe.timeout_seconds
    try:
        found = media_info(await ffprobe.probe(runtime.ffprobe, part, timeout_seconds=limit))
    except (UnreadableMedia, StorageUnavailable) as exc:
        logger.info("how long the film is stays unknown: %s", exc)
        return None
    return found.duration_seconds / 60 if found.duration_seconds else None
