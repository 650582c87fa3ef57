"""Carries out the plan of a scan, a chunk at a time. One file that gives trouble keeps none from the others.

Each step may be killed and done again: what it has recorded is known to the next scan, which goes on with what is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, identifications, locks, movie_files, movies
from metarr_core.db import scans as db
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.metadata import Identity
from metarr_core.domain.release_name import ReleaseName, read_name
from metarr_core.domain.scan_plan import Found, Known, Seen
from metarr_core.errors import FileNotVisibleYet, LockBusy, NotFoundError, StorageUnavailable, TransientError
from metarr_core.files.fingerprint import fingerprint, is_there
from metarr_core.operations import identification, players, trash
from metarr_core.operations.adopting import adopt_sidecars
from metarr_core.operations.bulk import enqueue_enrichment
from metarr_core.operations.old_names import remove_old_names
from metarr_core.operations.probing import probe_files, probe_movie_files
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.scanning import Scope, check_mount, taken
from metarr_core.runtime import Runtime, now

T = TypeVar("T")

AT_ONCE = 4
GONE = "its file is gone from the library"


@dataclass
class Done:
    """What became of a chunk: how many are done, and why others were passed over; `trouble` comes back with the job."""

    count: int = 0
    skipped: list[str] = field(default_factory=list)
    trouble: TransientError | None = None


async def add_chunk(runtime: Runtime, scope: Scope, seen: Sequence[Seen]) -> Done:
    """Record new films, one for each video; which films they are is found out later. Raises DatabaseUnavailable."""
    prints = await taken([one.path for one in seen])
    names = await asyncio.to_thread(lambda: {path: read_name(path) for path in prints})
    done = Done()
    async with runtime.database.transaction() as session:
        known = await movie_files.known_paths(session, list(prints))
        for path, found in prints.items():
            if path in known:  # a webhook was faster
                continue
            movie = await movies.add(session, _identity(names[path], path), scope.library, Priority.NORMAL)
            if await db.add_file(session, movie, path, found):
                details = {"path": path}
                told = f"{names[path]} was found by a scan: {Path(path).name}"
                activity.tell(session, "movie.added", told, movie_id=MovieId(movie.id), severity="success", details=details)
                done.count += 1
            else:
                await session.delete(movie)
    done.skipped = [f"{one.path}: it could not be read" for one in seen if one.path not in prints]
    return done


def _identity(name: ReleaseName, path: str) -> Identity:
    """What is shown of a film until it is identified: its ids are looked up then, for they may be wrong."""
    return Identity(name.title or Path(path).stem, name.year)


async def settle_chunk(runtime: Runtime, found: Sequence[Found]) -> Done:
    """Record files that changed, moved or came back, and bring what stands beside them along. Raises DatabaseUnavailable."""
    async with locks.opened(runtime.database) as titles:
        return await _each(found, lambda one: _settle(runtime, titles, one))


async def touch_chunk(runtime: Runtime, found: Sequence[Found]) -> Done:
    """Record the new time of files whose bytes are the same. Raises DatabaseUnavailable."""
    prints = await taken([one.seen.path for one in found])
    async with runtime.database.transaction() as session:
        for one in found:
            if one.seen.path in prints:
                await db.see_again(session, one.known.id, one.seen.path, prints[one.seen.path])
    return Done(len(prints))


async def remove_chunk(runtime: Runtime, scope: Scope, gone: Sequence[Known]) -> Done:
    """Record that files are gone; films without another file go to the trash. Raises StorageUnavailable."""
    await check_mount(runtime, scope)
    async with locks.opened(runtime.database) as titles:
        return await _each(gone, lambda one: _remove(runtime, titles, one))


async def finish_chunk(runtime: Runtime, movie_ids: Sequence[MovieId]) -> Done:
    """Look into films' files, and find out which films they are. Raises DatabaseUnavailable.

    While one film's file is looked into, another is looked up: neither waits for what the other waits for.
    """
    listings: dict[Path, tuple[str, ...]] = {}
    async with runtime.database.transaction() as session:
        new = set(await db.unprobed(session, movie_ids))
    async with identification.identifying(runtime, movie_ids) as chunk:

        async def finish(movie_id: MovieId) -> bool:
            is_new = await _look_into(runtime, movie_id, listings, is_new=movie_id in new)
            await chunk.take(movie_id)
            return is_new

        done = await _each(movie_ids, finish)
    done.trouble = chunk.done.trouble
    return done


async def enrich_found(runtime: Runtime, scope: Scope) -> None:
    """Queue the enrichment of the films that are identified. Raises DatabaseUnavailable.

    Only now: beside the rest of the scan it would take twice the time until one knows what is in the library.
    """
    async with runtime.database.transaction() as session:
        films = await db.never_enriched(session, scope.library, scope.path)
        await enqueue_enrichment(session, films, Priority.NORMAL)


async def _each(items: Sequence[T], work: Callable[[T], Awaitable[bool]]) -> Done:
    left, done = iter(items), Done()
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(_work_through(left, work, done))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return done


async def _work_through(left: Iterator[T], work: Callable[[T], Awaitable[bool]], done: Done) -> None:
    for item in left:
        try:
            is_done = await work(item)  # not `+= await`: others count meanwhile
            done.count += is_done
        except (LockBusy, NotFoundError, StorageUnavailable) as exc:
            done.skipped.append(str(exc))


async def _settle(runtime: Runtime, titles: locks.Locks, one: Found) -> bool:
    async with runtime.database.transaction() as session:
        key = await movies.title_key_of(session, one.known.movie_id)
    async with titles.held(key):
        return await _settle_held(runtime, one)


async def _settle_held(runtime: Runtime, one: Found) -> bool:
    movie_id, path, old = one.known.movie_id, Path(one.seen.path), Path(one.known.path)
    found = await asyncio.to_thread(fingerprint, path)
    async with runtime.database.transaction() as session:
        if not await db.see_again(session, one.known.id, str(path), found):
            return False
        if one.known.in_trash:
            await trash.restore(session, movie_id, f"{path.name} is there again", now())
        if path != old:  # a better name may tell which film it is
            await identifications.forget(session, movie_id)
        _tell(session, one)
    if found.file_hash != one.known.file_hash or one.known.path == one.seen.path:
        await probe_movie_files(runtime, movie_id)
    async with runtime.database.transaction() as session:
        await movie_files.mirror_best(session, movie_id)
        is_enriched = (await movies.get(session, movie_id)).identification_status == "enriched"
    if is_enriched:
        await publish_movie(runtime, movie_id)
        await remove_old_names(runtime, movie_id, [old] if old != path else [])
        await players.leave_for_players(runtime, movie_id)
    return True


def _tell(session: AsyncSession, one: Found) -> None:
    name, old = Path(one.seen.path).name, one.known.path
    if one.seen.path != old:
        kind, told = "file.moved", f"{Path(old).name} is {name} now; everything that is known of it stays"
    elif one.known.is_missing:
        kind, told = "file.returned", f"{name} is there again"
    else:
        kind, told = "file.changed", f"{name} has changed; it is looked into again, and what is known of the film stays"
    details = {"path": one.seen.path, "before": old}
    activity.tell(session, kind, told, movie_id=one.known.movie_id, details=details)


async def _remove(runtime: Runtime, titles: locks.Locks, file: Known) -> bool:
    """A failed look is no 'gone'."""
    if await asyncio.to_thread(is_there, Path(file.path)):
        return False
    async with runtime.database.transaction() as session:
        key = await movies.title_key_of(session, file.movie_id)
    async with titles.held(key):
        async with runtime.database.transaction() as session:
            present = await movie_files.present(session, file.movie_id)
            if any(one.id != file.id for one in present):
                await movie_files.mark_missing(session, file.id, now())
                await movie_files.mirror_best(session, file.movie_id)
                told = f"{Path(file.path).name} is gone; the film has another file"
                activity.tell(session, "file.missing", told, movie_id=file.movie_id, severity="warning")
                return True
        is_new = await trash.trash_movie(runtime, file.movie_id, GONE, details={"path": file.path})
    await players.leave_for_players(runtime, file.movie_id)
    return is_new


async def _look_into(runtime: Runtime, movie_id: MovieId, listings: dict[Path, tuple[str, ...]], *, is_new: bool) -> bool:
    files = await adopt_sidecars(runtime, movie_id, listings)
    if is_new:
        try:
            await probe_files(runtime, movie_id, files)
        except FileNotVisibleYet:
            return False
    return is_new
