"""Takes away what we wrote beside a video that is gone, once its successor stands there under another name.

Only bytes that are ours by their hash are removed; what somebody else made of them is his, and stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from metarr_core.db import activity, library_files, movie_files
from metarr_core.db.tables.movies import MovieFile
from metarr_core.domain.ids import MovieId
from metarr_core.domain.verification import Entry
from metarr_core.files.fingerprint import is_there
from metarr_core.files.removing import remove_if_ours
from metarr_core.operations import following
from metarr_core.operations.following import Videos
from metarr_core.runtime import Runtime


async def remove_old_names(runtime: Runtime, movie_id: MovieId, gone: Sequence[Path] = ()) -> list[Path]:
    """Remove what we published under names that no video of the film has any more; gives the paths.

    That is known in the folders in which a video of the film is there, of `gone`: videos that others are known to have
    replaced, and where the film has no video any more: it was moved. A video that is only away with its disk keeps what it
    has. Raises StorageUnavailable.
    """
    async with runtime.database.transaction() as session:
        entries = await library_files.entries_of(session, movie_id)
        files = await movie_files.of_movie(session, movie_id)
    videos = {*(Path(file.path) for file in files), *gone}
    there = await asyncio.to_thread(lambda: {video for video in videos if is_there(video)})
    current = there & {Path(file.path) for file in files if file.missing_since is None}
    away = {Path(file.path) for file in files} - there - {*gone} - _moved(files, current, gone)
    moved = await following.videos_of(runtime, movie_id, files)
    left_over = [entry for entry in entries if current and _is_left_over(entry, there, current, away, moved)]
    outcome = [(entry, await asyncio.to_thread(remove_if_ours, Path(entry.path), entry.sha256)) for entry in left_over]
    absent = [one for one, was_ours in outcome if was_ours is None]
    carried = await asyncio.to_thread(_remove_carried, absent, current, gone, entries)
    await _tell(runtime, movie_id, outcome, carried)
    return [*(Path(entry.path) for entry, was_ours in outcome if was_ours), *carried]


def _moved(files: Sequence[MovieFile], current: set[Path], gone: Sequence[Path]) -> set[Path]:
    """Videos whose folder was renamed before they were: the same bytes are there, and their name is known to have gone."""
    hashes, names = {file.file_hash for file in files if Path(file.path) in current}, {path.name for path in gone}
    return {Path(file.path) for file in files if file.file_hash in hashes and Path(file.path).name in names}


def _remove_carried(
    absent: Sequence[Entry], current: set[Path], gone: Sequence[Path], entries: Sequence[Entry]
) -> list[Path]:
    """Remove files of ours that went along with their video, to another name or with its folder; gives the paths.

    Extras of a kind that Radarr does not know become `<video>.<ext>`, the name of another thing to Kodi.
    """
    ours = {Path(entry.path) for entry in entries}
    renamed = [(video.with_suffix(Path(one.path).suffix), one) for one in absent for video in current]
    places = [(path, one) for path, one in renamed if path.parent == Path(one.path).parent]
    places += [(video.with_name(Path(one.path).name), one) for one in absent for video in gone]
    return [path for path, one in places if path not in ours and remove_if_ours(path, one.sha256)]


def _is_left_over(entry: Entry, there: set[Path], current: set[Path], away: set[Path], moved: Videos) -> bool:
    if any(entry.stands_beside(video) for video in there):
        return False
    folder = Path(entry.path).parent
    if moved.have_left(entry) or any(video.parent == folder for video in current):
        return True
    return not any(entry.stands_beside(video) for video in away)


async def _tell(
    runtime: Runtime, movie_id: MovieId, outcome: Sequence[tuple[Entry, bool | None]], carried: Sequence[Path]
) -> None:
    removed = [*(entry.path for entry, was_ours in outcome if was_ours), *map(str, carried)]
    foreign = [entry.path for entry, was_ours in outcome if was_ours is False]
    async with runtime.database.transaction() as session:
        await library_files.disown(session, [entry.path for entry, _ in outcome])
        if removed:
            told = f"removed under their old names: {_names(removed)}"
            activity.tell(session, "files.removed", told, movie_id=movie_id, details={"paths": removed})
        if foreign:
            told = f"left under their old names, as somebody else changed them: {_names(foreign)}"
            activity.tell(session, "files.left", told, movie_id=movie_id, severity="warning", details={"paths": foreign})


def _names(paths: Sequence[str]) -> str:
    return ", ".join(Path(path).name for path in paths)
