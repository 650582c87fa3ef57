"""Finds the video that has come into a film's folder without anybody telling of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from metarr_core.db import scans
from metarr_core.domain import metadata as md
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId
from metarr_core.domain.release_name import read_name
from metarr_core.files.fingerprint import is_there
from metarr_core.files.walk import walk
from metarr_core.operations import importing
from metarr_core.operations.importing import Import
from metarr_core.runtime import Runtime
from metarr_core.settings.entries import Library


async def find_newcomer(
    runtime: Runtime, movie_id: MovieId, identity: md.Identity, folders: Iterable[Path]
) -> Import | None:
    """The one video in these folders that nobody knows, as an import of the film. Raises StorageUnavailable.

    A folder counts only where it is the film's own: no library's root, and without a file of another film. Of several
    new videos none is taken: which is the film is for a scan to find out.
    """
    if not (identity.tmdb_id or identity.imdb_id):
        return None
    found = {path for folder in folders for path in await _new_videos(runtime, movie_id, folder)}
    fitting = [path for path in found if _may_be(str(path), identity)]
    if len(fitting) != 1:
        return None
    return importing.import_of_path(runtime, fitting[0], identity)


async def _new_videos(runtime: Runtime, movie_id: MovieId, folder: Path) -> list[Path]:
    library = next((one for one in runtime.settings.libraries if folder.is_relative_to(one.path)), None)
    if library is None or folder == library.path:
        return []
    async with runtime.database.transaction() as session:
        known = await scans.known_files(session, library.name, str(folder))
        ignored = await scans.ignored_paths(session)
    if any(file.movie_id != movie_id for file in known):
        return []
    passed_over = {*ignored, *(file.path for file in known)}
    return [path for path in await asyncio.to_thread(_videos, library, folder) if str(path) not in passed_over]


def _videos(library: Library, folder: Path) -> list[Path]:
    return [Path(seen.path) for seen in walk(library.path, folder).videos] if is_there(folder) else []


def _may_be(path: str, identity: md.Identity) -> bool:
    """Whether a file's name does not say that it is another film."""
    name = read_name(path)
    told: list[tuple[TmdbId | ImdbId | None, TmdbId | ImdbId | None]] = [
        (name.tmdb_id, identity.tmdb_id),
        (name.imdb_id, identity.imdb_id),
    ]
    return all(said is None or known is None or said == known for said, known in told)
