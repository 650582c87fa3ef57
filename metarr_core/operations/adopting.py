"""What stands beside a film that is new to us: pictures become the film's, and the values of an NFO may win.

Both were made by a person or by another program, so their bytes go into the cache, and nothing of them is ever lost.
"""

from __future__ import annotations

import asyncio
import stat
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from metarr_core.db import activity, artwork, library_files, movie_files, movies
from metarr_core.db.tables.artwork import CacheAsset
from metarr_core.db.tables.movies import MovieFile
from metarr_core.domain import kodi_names
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.artwork_names import artwork_beside
from metarr_core.domain.ids import MovieId
from metarr_core.domain.nfo_keeping import LONGEST_BYTES as LONGEST_NFO_BYTES
from metarr_core.domain.nfo_values import read_nfo
from metarr_core.domain.video_names import has_other_films
from metarr_core.errors import ArtworkRejected, StorageUnavailable
from metarr_core.files import library
from metarr_core.operations.foreign_values import take_over
from metarr_core.operations.storing import cached_picture, record_content
from metarr_core.runtime import Runtime

LARGEST_BYTES = 50 * 1024 * 1024
ONE_OF_EACH = {*ArtworkType} - {ArtworkType.FANART}


@dataclass(frozen=True)
class Surroundings:
    """The folder of a video: its files, and whether no other film lies in it; else only those named after the video."""

    video: Path
    names: tuple[str, ...]
    is_own: bool


async def adopt_sidecars(runtime: Runtime, movie_id: MovieId, listings: dict[Path, tuple[str, ...]]) -> Sequence[MovieFile]:
    """Take what stands beside a film that is not enriched yet; gives its files. Twice is the same as once.

    `listings` are folders that were read for other films just now: there may be thousands in one. Raises
    NotFoundError, StorageUnavailable.
    """
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        files = await movie_files.present(session, movie_id)
        if movie.identification_status == "enriched":
            return files
        has = {(one.type, one.position) for one in await artwork.chosen(session, movie_id)}
    for around in await surroundings(runtime, [Path(file.path) for file in files], listings):
        await _adopt_nfo(runtime, movie_id, around)
        await _adopt_artwork(runtime, movie_id, around, has)
    return files


async def adopt_artwork(runtime: Runtime, movie_id: MovieId) -> None:
    """Take pictures beside a film of types that it has none of. Raises StorageUnavailable."""
    async with runtime.database.transaction() as session:
        videos = [Path(file.path) for file in await movie_files.present(session, movie_id)]
        has = {(one.type, one.position) for one in await artwork.chosen(session, movie_id)}
    without = {kind for kind, _ in has}
    for around in await surroundings(runtime, videos, {}):
        await _adopt_artwork(runtime, movie_id, around, has, without=without)


async def surroundings(
    runtime: Runtime, videos: Sequence[Path], listings: dict[Path, tuple[str, ...]]
) -> list[Surroundings]:
    """What stands beside each video of a film; `listings` are folders that were read already. Raises StorageUnavailable."""
    roots = {Path(one.path) for one in runtime.settings.libraries}
    mine, found = {video.name for video in videos}, []
    for video in videos:
        if video.parent not in listings:
            listings[video.parent] = await asyncio.to_thread(_names, video.parent)
        names = listings[video.parent]
        is_own = video.parent not in roots and not has_other_films(names, mine)
        found.append(Surroundings(video, names if is_own else _named_after(video, names), is_own))
    return found


def _named_after(video: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    """Of sorted names, those that begin with the video's own."""
    stem = video.stem
    return names[bisect_left(names, stem) : bisect_right(names, stem, key=lambda name: name[: len(stem)])]


def _names(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(path.name for path in folder.iterdir()))
    except OSError as exc:
        raise StorageUnavailable(folder, exc.strerror or str(exc)) from exc


async def _adopt_nfo(runtime: Runtime, movie_id: MovieId, around: Surroundings) -> None:
    """Values of an NFO that is not ours win over the providers', if `scan.trust_nfo`: what it says is locked."""
    wanted = [kodi_names.nfo_name(around.video.name), *(["movie.nfo"] if around.is_own else [])]
    paths = [str(around.video.with_name(name)) for name in wanted if name in around.names]
    if not paths:
        return
    async with runtime.database.transaction() as session:
        ours = await library_files.hashes(session, paths)
    for path in (path for path in paths if path not in ours):
        data = await asyncio.to_thread(library.read_small, Path(path), LONGEST_NFO_BYTES)
        values = read_nfo(data) if data else {}
        if values and runtime.settings.scan.trust_nfo:
            async with runtime.database.transaction() as session:
                fields = await take_over(session, movie_id, values)
                locked = [field for field in fields if await movies.lock(session, movie_id, field)]
                if locked:
                    told = f"{Path(path).name} says {', '.join(locked)}: that is the film's now, and locked"
                    details = {"path": path, "fields": locked}
                    activity.tell(session, "nfo.adopted", told, movie_id=movie_id, details=details)
        return


async def _adopt_artwork(
    runtime: Runtime,
    movie_id: MovieId,
    around: Surroundings,
    has: set[tuple[str, int]],
    without: AbstractSet[str] = frozenset(),
) -> None:
    """`without` are the types that are not taken."""
    beside = artwork_beside(around.video.name, around.names, is_own_folder=around.is_own)
    found = {kind: names for kind, names in beside.items() if kind not in without}
    paths = [str(around.video.with_name(name)) for names in found.values() for name in names]
    if not paths:
        return
    async with runtime.database.transaction() as session:
        ours = await library_files.hashes(session, paths)
    theirs = {
        kind: [path for name in names if str(path := around.video.with_name(name)) not in ours]
        for kind, names in found.items()
    }
    for kind, place, path in _places(theirs):
        if (kind, place) not in has and await _adopt_picture(runtime, movie_id, kind, place, path):
            has.add((kind, place))


def _places(found: Mapping[ArtworkType, Sequence[Path]]) -> list[tuple[ArtworkType, int, Path]]:
    """Of most types a film has one picture: the first. Of fanart it has several."""
    return [
        (kind, place, path)
        for kind, paths in found.items()
        for place, path in enumerate(paths[:1] if kind in ONE_OF_EACH else paths)
    ]


async def _adopt_picture(runtime: Runtime, movie_id: MovieId, kind: ArtworkType, place: int, path: Path) -> bool:
    try:
        asset = await asyncio.to_thread(_picture, runtime, path)
    except ArtworkRejected as exc:
        async with runtime.database.transaction() as session:
            told = f"{path.name} is left as it is: {exc}"
            activity.tell(session, "artwork.not_adopted", told, movie_id=movie_id, severity="warning")
        return False
    if asset is None:
        return False
    async with runtime.database.transaction() as session:
        asset_id = await record_content(runtime, session, asset)
        reference = artwork.of_somebody(movie_id, kind, place, asset_id, str(path))
        if not await artwork.choose(session, reference):
            return False
        details = {"path": str(path), "sha256": asset.content_hash}
        told = f"{path.name} was there already: it is the film's {kind}"
        activity.tell(session, "artwork.adopted", told, movie_id=movie_id, details=details)
    return True


def _picture(runtime: Runtime, path: Path) -> CacheAsset | None:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # whoever opens a pipe waits for ever
            return None
        if found.st_size > LARGEST_BYTES:
            raise ArtworkRejected(f"it is larger than {LARGEST_BYTES:,} bytes")
    except OSError as exc:
        raise StorageUnavailable(path, exc.strerror or str(exc)) from exc
    data = library.read(path)
    return cached_picture(runtime, data) if data else None
