"""Scans a library: what is there is compared with what is known, and the plan is carried out in chunks.

Nothing is removed by mistake: not while the library's disk is away, not where the walk could not look, not unusually much
at once, and never for good: a film whose file is gone goes to the trash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from metarr_core.db import jobs
from metarr_core.db import scans as db
from metarr_core.domain.fingerprint import Fingerprint
from metarr_core.domain.ids import JobId, TitleKey
from metarr_core.domain.jobs import JobType, JobWanted, Priority
from metarr_core.domain.scan_plan import (
    Differences,
    Found,
    Known,
    Plan,
    Seen,
    Walk,
    differences,
    pairs_to_compare,
    why_refused,
)
from metarr_core.errors import FileNotVisibleYet, InvalidFields, NotFoundError, StorageUnavailable
from metarr_core.files import mounts
from metarr_core.files.fingerprint import fingerprint
from metarr_core.files.walk import walk
from metarr_core.runtime import Runtime
from metarr_core.settings.entries import Library

HASHES_AT_ONCE = 4


@dataclass(frozen=True)
class Scope:
    """What is scanned: a library, or a folder in it; `confirmed`: somebody has looked at what would be removed."""

    library: str
    path: str = ""
    confirmed: bool = False


def scopes(runtime: Runtime, library: str, path: str, *, confirmed: bool) -> list[Scope]:
    """What a scan is about: one library, the one that holds a path, or all. Raises NotFoundError, InvalidFields."""
    known = runtime.settings.libraries
    chosen = [one for one in known if library in {"", one.name}]
    if not chosen:
        named = ", ".join(one.name for one in known) or "none"
        raise NotFoundError(f"there is no library '{library}' in the settings; known are: {named}")
    if not path:
        return [Scope(one.name, confirmed=confirmed) for one in chosen]
    inside = [one for one in chosen if Path(path) == one.path or Path(path).is_relative_to(one.path)]
    if not inside:
        raise InvalidFields(
            {"path": f"{path} lies in no library{f' {library}' if library else ''}; give a folder that does"}
        )
    below = "" if Path(path) == inside[0].path else str(Path(path))
    return [Scope(inside[0].name, below, confirmed)]


async def ask_to_scan(runtime: Runtime, library: str, wish: Mapping[str, Any]) -> JobId:
    """Queue the scan of a library; `wish` are parameters of `library-scan`. Raises NotFoundError, InvalidFields."""
    scopes(runtime, library, str(wish.get("path", "")), confirmed=False)
    return await _queue(runtime, library, wish)


async def go_on_later(runtime: Runtime, scope: Scope, due_at: datetime) -> None:
    """Queue a scan for what a provider's silence has left undone. Raises DatabaseUnavailable."""
    await _queue(runtime, scope.library, {"path": scope.path} if scope.path else {}, due_at)


async def _queue(runtime: Runtime, library: str, wish: Mapping[str, Any], due_at: datetime | None = None) -> JobId:
    payload = {"library": library, **wish}
    wanted = JobWanted(JobType.LIBRARY_SCAN, TitleKey(f"scan:{library}"), library, Priority.LOW, payload, due_at)
    async with runtime.database.transaction() as session:
        return await jobs.add(session, wanted)


def _library(runtime: Runtime, name: str) -> Library:
    return next(one for one in runtime.settings.libraries if one.name == name)


async def plan(runtime: Runtime, scope: Scope) -> Plan:
    """What is to be done, without doing it. Raises StorageUnavailable where the library's disk is away."""
    root = Path(_library(runtime, scope.library).path)
    await check_mount(runtime, scope)
    seen = await asyncio.to_thread(walk, root, Path(scope.path) if scope.path else None)
    async with runtime.database.transaction() as session:
        known = await db.known_files(session, scope.library, scope.path)
        ignored = await db.ignored_paths(session)
    found = differences(seen, known, ignored)
    changed, touched = await _compared(found.differing)
    moved, new, gone = await _moves(found)
    await check_mount(runtime, scope)  # it may have gone during the walk
    refusal = "" if scope.confirmed else _refusal(runtime, seen, found, gone)
    return Plan(
        added=tuple(new),
        changed=tuple(changed),
        touched=tuple(touched),
        moved=tuple(moved),
        returned=tuple(one for one in found.returned if not one.known.is_kept),
        removed=() if refusal else tuple(gone),
        skipped=seen.skipped,
        unchanged=found.unchanged,
        refusal=refusal,
    )


def _refusal(runtime: Runtime, seen: Walk, found: Differences, gone: Sequence[Known]) -> str:
    """Films in the trash count for nothing here: their files are expected to be gone."""
    limits = runtime.settings.scan
    still_seen = found.unchanged + len(found.differing) + len(found.returned)
    if gone and not seen.videos:
        return "no video is there at all; is the disk there? If they are gone for good, scan with 'Confirm removal'"
    return why_refused(len(gone), still_seen, limits.max_removal_percent, limits.max_removal_files)


async def check_mount(runtime: Runtime, scope: Scope) -> None:
    """Raises StorageUnavailable where the library's folder is away, or is no mount point although it was one."""
    root = Path(_library(runtime, scope.library).path)
    is_mount = await asyncio.to_thread(_is_mount, root)
    async with runtime.database.transaction() as session:
        if is_mount:
            await db.remember_mount(session, scope.library)
        elif await db.was_mount(session, scope.library) and not scope.confirmed:
            raise StorageUnavailable(root, "it was a mount point and is none now; mount the share again")


def _is_mount(root: Path) -> bool:
    if not root.is_dir():
        raise StorageUnavailable(root, "it is not there; is the share mounted?")
    return mounts.is_mount(root)


async def _compared(differing: Sequence[Found]) -> tuple[list[Found], list[Found]]:
    """Those with other bytes, and those that only have another time."""
    prints = await taken([one.seen.path for one in differing])
    changed: list[Found] = []
    touched: list[Found] = []
    for one in differing:
        found = prints.get(one.seen.path)
        if found is not None:
            (touched if found.file_hash == one.known.file_hash else changed).append(one)
    return changed, touched


async def _moves(found: Differences) -> tuple[list[Found], list[Seen], list[Known]]:
    """Files that are elsewhere now, those that are really new, and those that are really gone."""
    moved: list[Found] = []
    for new, gone in pairs_to_compare(found).values():
        prints = await taken([seen.path for seen in new])
        left = {file.file_hash: file for file in reversed(gone)}
        for seen in new:
            print_ = prints.get(seen.path)
            if print_ is not None and (file := left.pop(print_.file_hash, None)) is not None:
                moved.append(Found(file, seen))
    paths, ids = {one.seen.path for one in moved}, {one.known.id for one in moved}
    new = [seen for seen in found.new if seen.path not in paths]
    return moved, new, [file for file in found.gone if file.id not in ids and not file.in_trash]


async def taken(paths: Sequence[str]) -> dict[str, Fingerprint]:
    """The fingerprints of files, a few at once; those that went meanwhile, or cannot be read, are left out."""
    slots = asyncio.Semaphore(HASHES_AT_ONCE)

    async def take(path: str) -> tuple[str, Fingerprint | None]:
        async with slots:
            try:
                return path, await asyncio.to_thread(fingerprint, Path(path))
            except (FileNotVisibleYet, StorageUnavailable):
                return path, None

    return {path: found for path, found in await asyncio.gather(*map(take, paths)) if found is not None}


def everything(found: Plan, known: Sequence[Known]) -> Plan:
    """The same plan, with every file that is there to be probed again."""
    there = [one for one in known if not one.is_missing and not one.is_kept and not one.in_trash]
    settled = {one.known.id for one in (*found.changed, *found.moved, *found.returned)} | {one.id for one in found.removed}
    again = [Found(one, Seen(one.path, one.size, one.mtime_ns)) for one in there if one.id not in settled]
    return replace(found, changed=(*found.changed, *again), touched=(), unchanged=0)
