"""Writes artwork and NFO beside a film's files, the way Kodi wants them.

What is already the same is not written again. Bytes of somebody else at our path go into the cache first, and what others
changed of ours is settled as `artwork.foreign_edit` says. The ledger is written before the files: after a kill, what stands
there is still known to be ours. Pictures of ours that the film has no longer go last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from metarr_core.db import activity, artwork, library_files, movie_files, movies
from metarr_core.domain import kodi_names
from metarr_core.domain.ids import MovieId, Sha256
from metarr_core.domain.locks import EDITABLE
from metarr_core.domain.nfo import NfoMovie, render
from metarr_core.domain.nfo_keeping import keep_foreign
from metarr_core.domain.nfo_values import hashes_of, read_nfo, tags_of
from metarr_core.domain.verification import Entry
from metarr_core.files import library
from metarr_core.files.published import examine
from metarr_core.operations import foreign_edits, foreign_values, leaving, retiring
from metarr_core.runtime import Runtime, now


@dataclass(frozen=True)
class Publication:
    """A file that is to stand in a library."""

    path: Path
    data: bytes
    sha256: Sha256
    artwork_type: str | None
    erased: frozenset[str] = frozenset()
    """Tags of an NFO that a person wants empty, whoever fills them."""


async def publish_movie(runtime: Runtime, movie_id: MovieId, *, without_videos: bool = False) -> list[Path]:
    """Publish a film beside each of its files; gives the paths that were written or removed. Raises StorageUnavailable.

    `without_videos`: also where its files are missing.
    """
    left = await foreign_edits.settle(runtime, movie_id)
    await foreign_values.fill_gaps(runtime, movie_id)
    everything = await wanted_files(runtime, movie_id, without_videos=without_videos)
    wanted = [one for one in everything if str(one.path) not in left]
    for one in everything:
        if one.artwork_type is None and str(one.path) in left:
            await leaving.tell(runtime, movie_id, one.path, one.data, one.erased)
    async with runtime.database.transaction() as session:
        entries = await library_files.entries_of(session, movie_id)
        ours = {entry.path: entry.sha256 for entry in entries}
        ours |= await library_files.hashes(session, [str(one.path) for one in wanted])
        kept = await artwork.kept_nfo(session, movie_id)
    differing = await asyncio.to_thread(_differing, wanted, ours, runtime.cache.path(kept) if kept else None)
    differing = await _where_no_folder_stands(runtime, movie_id, differing)
    for one, there in differing:
        if there and library.sha256(there) not in ours.values():
            await foreign_edits.keep_replaced(runtime, movie_id, one.path, there)
    if differing:
        await _write(runtime, movie_id, [one for one, _ in differing])
    await _confirm_unfinished(runtime, entries, {one.path for one, _ in differing})
    gone = await retiring.retire(runtime, movie_id, [one.path for one in everything])
    return [*(one.path for one, _ in differing), *gone]


async def wanted_files(runtime: Runtime, movie_id: MovieId, *, without_videos: bool = False) -> list[Publication]:
    """What is to stand beside a film's files, as far as the cache has it; `without_videos`: also where they are missing."""
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        metadata = await movies.read_metadata(session, movie)
        pictures = await artwork.chosen(session, movie_id)
        homes = await (movie_files.homes if without_videos else movie_files.present)(session, movie_id)
        files = [(Path(file.path), await movie_files.read_streams(session, file)) for file in homes]
    locked = frozenset(movie.locked_fields)
    erased = tags_of(field for field in locked & {*EDITABLE} if metadata.value(field) is None)
    ids = {**movie.external_ids, "tmdb": str(movie.tmdb_id or ""), "imdb": movie.imdb_id or ""}
    wanted = {}
    for video, media in files:
        nfo = _publication(video, kodi_names.nfo_name(video.name), render(NfoMovie(metadata, ids, media, locked)), None)
        nfo = replace(nfo, erased=erased)
        beside = await asyncio.to_thread(_pictures, runtime, video, pictures)
        wanted.update({one.path: one for one in (nfo, *beside)})  # film.mkv and film.mp4 share theirs: the newest counts
    return list(wanted.values())


def _pictures(runtime: Runtime, video: Path, pictures: Sequence[artwork.Chosen]) -> list[Publication]:
    return [
        _publication(video, name, data, one.type)
        for one in pictures
        if (data := library.read(runtime.cache.path(one.cache_path))) is not None
        and kodi_names.fits(
            name := kodi_names.artwork_name(video.name, one.type, one.position, Path(one.cache_path).suffix[1:])
        )
    ]


def _publication(video: Path, name: str, data: bytes, artwork_type: str | None) -> Publication:
    return Publication(video.with_name(name), data, library.sha256(data), artwork_type)


def _differing(
    wanted: Sequence[Publication], ours: Mapping[str, str], kept_nfo: Path | None
) -> list[tuple[Publication, bytes | None]]:
    """What does not stand there yet, with the bytes that stand there instead. `ours` are the hashes of ours, by path."""
    found = [(one, library.read(one.path)) for one in wanted]
    kept = [(_with_foreign_tags(one, there, ours, kept_nfo), there) for one, there in found]
    return [(one, there) for one, there in kept if there is None or library.sha256(there) != one.sha256]


async def _where_no_folder_stands(
    runtime: Runtime, movie_id: MovieId, differing: Sequence[tuple[Publication, bytes | None]]
) -> list[tuple[Publication, bytes | None]]:
    """Those that can be written. A folder at the path of one is somebody's, and keeps no other from being written."""
    folders = await asyncio.to_thread(lambda: {one.path for one, there in differing if not there and one.path.is_dir()})
    if folders:
        names = ", ".join(sorted(path.name for path in folders))
        async with runtime.database.transaction() as session:
            if not await activity.was_told_since(session, movie_id, "file.in_the_way", now() - timedelta(days=1)):
                told = f"not written, for a folder of that name stands there: {names}"
                details = {"paths": sorted(map(str, folders))}
                activity.tell(session, "file.in_the_way", told, movie_id=movie_id, severity="warning", details=details)
    return [(one, there) for one, there in differing if one.path not in folders]


def _with_foreign_tags(one: Publication, there: bytes | None, ours: Mapping[str, str], kept_nfo: Path | None) -> Publication:
    """An NFO with what others wrote into the one that stands there, or stood there before a manager deleted it."""
    if one.artwork_type is not None:
        return one
    former = there or (library.read(kept_nfo) if kept_nfo else None)
    if not former:
        return one
    is_ours = not there or str(one.path) in ours or library.sha256(former) in ours.values()
    data = keep_foreign(one.data, former, is_ours=is_ours, erased=one.erased)
    return replace(one, data=data, sha256=library.sha256(data))


async def _write(runtime: Runtime, movie_id: MovieId, publications: Sequence[Publication]) -> None:
    async with runtime.database.transaction() as session:
        for one in publications:
            told = {} if one.artwork_type else hashes_of(read_nfo(one.data))
            intent = library_files.Intent(str(one.path), one.sha256, len(one.data), one.artwork_type, told)
            await library_files.intend(session, movie_id, intent)
    mtimes = {}
    for one in publications:
        mtimes[str(one.path)] = await asyncio.to_thread(_write_one, one, runtime.settings.paths.mode)
    async with runtime.database.transaction() as session:
        await library_files.confirm(session, mtimes)
        names = ", ".join(one.path.name for one in publications)
        activity.tell(session, "movie.published", f"written: {names}", movie_id=movie_id, details={"paths": list(mtimes)})


async def _confirm_unfinished(runtime: Runtime, entries: Sequence[Entry], rewritten: AbstractSet[Path]) -> None:
    """A write that was killed between the file and its confirmation is confirmed by the next, which has nothing to write."""
    unfinished = [one for one in entries if not one.mtime_ns and Path(one.path) not in rewritten]
    found = [await asyncio.to_thread(examine, one) for one in unfinished]
    times = {one.entry.path: one.mtime_ns for one in found if one.mtime_ns is not None}
    if times:
        async with runtime.database.transaction() as session:
            await library_files.confirm(session, times)


def _write_one(one: Publication, mode: int) -> int:
    return library.write(one.path, one.data, mode).mtime_ns
