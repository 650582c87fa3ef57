"""Values that others wrote into an NFO: those that they changed become the film's and are locked; others fill gaps."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, library_files, movie_files, movies
from metarr_core.domain import kodi_names
from metarr_core.domain.ids import MovieId
from metarr_core.domain.manual import ManualMetadata
from metarr_core.domain.metadata import Who
from metarr_core.domain.nfo_keeping import LONGEST_BYTES
from metarr_core.domain.nfo_values import changed, read_nfo
from metarr_core.domain.verification import Entry
from metarr_core.files import library
from metarr_core.runtime import Runtime


async def adopt(runtime: Runtime, entry: Entry, data: bytes) -> list[str]:
    """Take over what somebody changed in our NFO, and lock it; gives the fields. What is locked already stays as it is.

    Values are compared with those that we wrote there, not with those that we know by now. Bytes that we wrote there
    before came back with somebody's backup, and are nobody's edit.
    """
    async with runtime.database.transaction() as session:
        told, former = await library_files.memory_of(session, entry.path)
        if library.sha256(data) in former or not told:
            return []
        edited = changed(read_nfo(data), told)
        fields = await take_over(session, entry.movie_id, edited)
        taken = [field for field in fields if await movies.lock(session, entry.movie_id, field)]
        if taken:
            name = Path(entry.path).name
            line = f"{name} was changed by somebody else: {', '.join(taken)} are the film's now, and locked"
            details = {"path": entry.path, "fields": taken, "before": entry.sha256}
            activity.tell(session, "nfo.adopted", line, movie_id=entry.movie_id, details=details)
    return taken


async def fill_gaps(runtime: Runtime, movie_id: MovieId) -> list[str]:
    """Where nothing is known of a film, take the values of NFO files beside it that are not ours; gives the fields."""
    async with runtime.database.transaction() as session:
        files = [Path(file.path) for file in await movie_files.present(session, movie_id)]
        paths = {str(file.with_name(kodi_names.nfo_name(file.name))) for file in files}
        ours = await library_files.hashes(session, sorted(paths))
    fields: list[str] = []
    for path in sorted(paths - ours.keys()):
        data = await asyncio.to_thread(library.read_small, Path(path), LONGEST_BYTES)
        if data and (values := read_nfo(data)):
            async with runtime.database.transaction() as session:
                fields += await take_over(session, movie_id, values, only_gaps=True)
    return fields


async def take_over(
    session: AsyncSession, movie_id: MovieId, values: Mapping[str, Any], *, only_gaps: bool = False
) -> tuple[str, ...]:
    """Write values of somebody's NFO through the gateway; gives the fields that they are about, changed or not.

    Raises NotFoundError.
    """
    told = ManualMetadata.model_validate(dict(values))
    movie = await movies.get(session, movie_id)
    metadata = told.metadata(await movies.read_metadata(session, movie))
    await movies.write_metadata(session, movie, metadata, who=Who.NFO, only_gaps=only_gaps)
    return told.given
