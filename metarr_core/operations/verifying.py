"""Looks whether what we published is still there with our bytes, and sees to it.

Missing, empty or broken: written again from the cache. Changed by somebody else: as `artwork.foreign_edit` says. A film
whose video is not there is left alone: its disk may only be away.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from metarr_core.db import activity, artwork, library_files, locks, movie_files, movies
from metarr_core.domain.ids import MovieId
from metarr_core.domain.verification import Condition, Entry, Finding
from metarr_core.errors import LockBusy, NotFoundError, StorageUnavailable
from metarr_core.files.fingerprint import is_there
from metarr_core.files.published import altered, examine, suspicious
from metarr_core.operations import following, rivals
from metarr_core.operations.old_names import remove_old_names
from metarr_core.operations.publishing import publish_movie
from metarr_core.runtime import Runtime

READ_AT_ONCE = 4
BESIDE = "put beside ours"
"""What counts the pictures of others that stand beside ours with another ending."""


@dataclass(frozen=True)
class Verified:
    """What was found of a film's files and beside them, and which were written; all empty where all was well."""

    findings: tuple[Finding, ...] = ()
    written: tuple[Path, ...] = ()
    rivals: tuple[str, ...] = ()
    """Pictures of others beside ours, that nobody had seen."""

    @property
    def is_changed(self) -> bool:
        """Whether players have something new to see."""
        return bool(self.written or self.rivals) or any(one.condition is Condition.CHANGED for one in self.findings)


async def verify_movie(runtime: Runtime, movie_id: MovieId, *, by_hash: bool = False, dry_run: bool = False) -> Verified:
    """Verify the published files of a film, under its title's lock. Raises NotFoundError, StorageUnavailable.

    `by_hash` reads every byte; otherwise only files whose size or time differ from the ledger are read.
    """
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        entries = await library_files.entries_of(session, movie_id)
        files = await movie_files.of_movie(session, movie_id)
        adopted = await artwork.adopted(session, movie_id)
        is_trashed = movie.trashed_at is not None
    present = {Path(file.path) for file in files if file.missing_since is None}
    there = await asyncio.to_thread(lambda: {video for video in present if is_there(video)})
    if is_trashed or not there:
        return Verified()
    away, videos = {Path(file.path) for file in files} - there, await following.videos_of(runtime, movie_id, files)
    entries = [entry for entry in entries if videos.have_left(entry) or not _is_away(entry, there, away)]
    looked_at = entries if by_hash else await asyncio.to_thread(suspicious, entries)
    examined = [await asyncio.to_thread(examine, entry) for entry in looked_at]
    findings = tuple(one for one in examined if one.condition is not Condition.INTACT)
    new = tuple(sorted(await rivals.unseen(runtime, await asyncio.to_thread(rivals.beside, entries))))
    if dry_run:
        return Verified(findings, rivals=new)
    await _confirm(runtime, examined)
    is_wanting = bool(findings or new) or bool(await asyncio.to_thread(_gone, adopted))
    written = await publish_movie(runtime, movie_id) if is_wanting else []
    written += await remove_old_names(runtime, movie_id) if is_wanting else []
    await _tell(runtime, movie_id, findings, written)
    return Verified(findings, tuple(written), new)


def _is_away(entry: Entry, there: AbstractSet[Path], away: AbstractSet[Path]) -> bool:
    """Whether a file belongs to a video that is not there: nobody misses it before that is back."""
    return not any(map(entry.stands_beside, there)) and any(map(entry.stands_beside, away))


async def _confirm(runtime: Runtime, examined: Sequence[Finding]) -> None:
    """Files with our bytes that only have another time now are not read again at the next look."""
    times = {one.entry.path: one.mtime_ns for one in examined if one.mtime_ns is not None}
    async with runtime.database.transaction() as session:
        await library_files.confirm(session, times)


async def _tell(runtime: Runtime, movie_id: MovieId, findings: Sequence[Finding], written: Sequence[Path]) -> None:
    if not findings and not written:
        return
    names = [f"{Path(one.entry.path).name} {one.condition}" for one in findings]
    details = {
        "findings": [{"path": one.entry.path, "condition": one.condition} for one in findings],
        "written": [str(path) for path in written],
    }
    async with runtime.database.transaction() as session:
        told = f"verified: {', '.join(names) or 'a picture of others was missing'}; {len(written)} written or removed"
        activity.tell(session, "movie.verified", told, movie_id=movie_id, severity="warning", details=details)


async def suspects(runtime: Runtime, library: str = "", *, by_hash: bool = False) -> list[MovieId]:
    """The films of a library, or of all, whose files are not as they were written: by size and time, or by every byte.

    The bytes are read a few files at a time and without a film's lock: most films need none.
    """
    async with runtime.database.transaction() as session:
        entries = await library_files.entries_in(session, library)
        adopted = await artwork.adopted(session)
    films = {entry.movie_id for entry in entries}
    found = await _altered(entries) if by_hash else await asyncio.to_thread(suspicious, entries)
    gone = await asyncio.to_thread(_gone, [one for one in adopted if one[0] in films])
    beside = await asyncio.to_thread(rivals.beside, entries)
    new = [beside[path].movie_id for path in sorted(await rivals.unseen(runtime, beside))]
    return list(dict.fromkeys([*(entry.movie_id for entry in found), *gone, *new]))


async def _altered(entries: Sequence[Entry]) -> list[Entry]:
    parts = [entries[number::READ_AT_ONCE] for number in range(READ_AT_ONCE)]
    found = await asyncio.gather(*(asyncio.to_thread(altered, part) for part in parts))
    return sorted((entry for part in found for entry in part), key=lambda entry: (entry.movie_id, entry.path))


def _gone(adopted: Sequence[tuple[MovieId, str]]) -> list[MovieId]:
    """The films whose adopted pictures are no longer where they were found. The ledger does not tell: they are not ours."""
    return [movie_id for movie_id, path in adopted if not Path(path).exists()]


@dataclass(frozen=True)
class ChunkVerified:
    """What became of the films of a chunk."""

    changed: tuple[MovieId, ...]
    conditions: dict[str, int]
    written: int
    skipped: tuple[str, ...]
    """Films that could not be looked at, and why."""


async def verify_chunk(
    runtime: Runtime, movie_ids: Sequence[MovieId], *, by_hash: bool = False, dry_run: bool = False
) -> ChunkVerified:
    """Verify films one after another, each under its title's lock. One that cannot be looked at keeps none from it."""
    changed, written, skipped = [], 0, []
    conditions: Counter[str] = Counter()
    for movie_id in movie_ids:
        try:
            async with runtime.database.transaction() as session:
                title_key = await movies.title_key_of(session, movie_id)
            async with locks.held(runtime.database, title_key):
                verified = await verify_movie(runtime, movie_id, by_hash=by_hash, dry_run=dry_run)
        except (LockBusy, NotFoundError, StorageUnavailable) as exc:
            skipped.append(f"film {movie_id}: {exc}")
            continue
        conditions.update(str(one.condition) for one in verified.findings)
        conditions.update({BESIDE: len(verified.rivals)} if verified.rivals else {})
        written += len(verified.written)
        if verified.is_changed and not dry_run:
            changed.append(movie_id)
    return ChunkVerified(tuple(changed), dict(conditions), written, tuple(skipped))
