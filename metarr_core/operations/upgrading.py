"""Upgrades: a new file takes the place of a film's old one, and everything else of the film stays as it was.

Radarr tells of it by a `Download` that names the replaced files, by a `MovieFileDelete` before it, in any order, or not at
all. What was removed is found out on disk, never believed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from metarr_core.db import activity, events, movie_files, movies
from metarr_core.db.tables.jobs import WebhookEvent
from metarr_core.db.tables.movies import MovieFile
from metarr_core.domain import webhooks
from metarr_core.domain.ids import EventId, FileId, MovieId, TitleKey
from metarr_core.domain.intake import display_title, identity_of, imported_file, is_upgrade_announced, replaced_paths
from metarr_core.domain.metadata import Identity
from metarr_core.files.fingerprint import is_there, is_unchanged
from metarr_core.operations import importing, looking_later, playback
from metarr_core.operations.importing import Import
from metarr_core.operations.inbox import Source, path_mappings
from metarr_core.runtime import Runtime, now


@dataclass(frozen=True)
class Told:
    """What webhooks tell of an upgrade: the files that have come, and those that are gone, oldest first."""

    title: str
    title_key: TitleKey
    identity: Identity
    imports: tuple[Import, ...]
    gone: tuple[Path, ...]


async def told_by_events(runtime: Runtime, event_ids: Sequence[EventId]) -> Told:
    """What webhooks tell of an upgrade. Raises InvalidWebhook, ConfigurationError, NotFoundError."""
    async with runtime.database.transaction() as session:
        stored = [await events.get(session, event_id) for event_id in sorted(event_ids)]
    told = [_told_by(runtime, event) for event in stored]
    return Told(
        title=told[-1].title,
        title_key=told[-1].title_key,
        identity=told[-1].identity,
        imports=tuple(one for each in told for one in each.imports),
        gone=tuple(path for each in told for path in each.gone),
    )


def _told_by(runtime: Runtime, stored: WebhookEvent) -> Told:
    event = webhooks.read_event(webhooks.read_object(stored.body))
    mappings = path_mappings(runtime.settings, Source(stored.manager_type, stored.manager))
    return Told(
        title=display_title(event),
        title_key=imported_file(event, mappings).title_key,
        identity=identity_of(event),
        imports=() if is_upgrade_announced(event) else tuple(importing.arrivals_of_event(runtime, stored)),
        gone=tuple(Path(path) for path in replaced_paths(event, mappings)),
    )


async def is_upgrade(runtime: Runtime, imports: Sequence[Import], gone: Sequence[Path] = ()) -> bool:
    """Whether the last import takes a file's place in a film that is known well: then no provider is asked again.

    Where nobody tells of a replaced file, another one in the same folder, or other bytes under the same name, tell of it.
    """
    last = imports[-1]
    async with runtime.database.transaction() as session:
        movie = await movies.find(session, last.identity, str(last.path))
        if movie is None or movie.identification_status != "enriched":
            return False
        files = {
            Path(file.path): (file.size, file.mtime_ns) for file in await movie_files.of_movie(session, MovieId(movie.id))
        }
    former = files.pop(last.path, None)
    if gone or any(path.parent == last.path.parent for path in files):
        return True
    return former is not None and not await asyncio.to_thread(is_unchanged, last.path, *former)


async def announce(runtime: Runtime, told: Told) -> str:
    """An old file has gone, and its successor has not come yet; gives a sentence. Raises StorageUnavailable.

    Nothing is removed, and nothing is written into a folder in which Radarr is at work.
    """
    async with runtime.database.transaction() as session:
        movie = await movies.find(session, told.identity, str(told.gone[-1]) if told.gone else "")
        if movie is None:
            return f"{told.title} is not known yet; its file is awaited"
        movie_id = MovieId(movie.id)
        files = {Path(file.path): FileId(file.id) for file in await movie_files.present(session, movie_id)}
    named = [path for path in files if path in told.gone]
    lost = await asyncio.to_thread(lambda: [path for path in named if not is_there(path)])
    if not lost:
        return f"{told.title} has its next file already"
    watching = await playback.make_way(runtime, movie_id)
    await _make_room(runtime, movie_id, {path: files[path] for path in lost}, watching)
    return f"{', '.join(path.name for path in lost)} made room; the next file is awaited"


async def _make_room(runtime: Runtime, movie_id: MovieId, lost: Mapping[Path, FileId], watching: str) -> None:
    """Record that files are gone for one that comes; whether it does is looked at later. `watching` says who watches."""
    at = now()
    async with runtime.database.transaction() as session:
        for file_id in lost.values():
            await movie_files.mark_missing(session, file_id, at)
        await movie_files.mirror_best(session, movie_id)
        names, story = ", ".join(path.name for path in lost), {"paths": [str(path) for path in lost]}
        told = f"upgrade announced: {names} made room{', ' if watching else ''}{watching}"
        activity.tell(session, "upgrade.announced", told, movie_id=movie_id, details=story)
        await looking_later.look_for_announced(session, runtime, movie_id, at)


async def tell_of_upgrade(runtime: Runtime, movie_id: MovieId, told: Sequence[Import], gone: Sequence[Path]) -> None:
    """Write into the film's story what took the place of what; the same bytes under another name are no other file."""
    new, old = told[-1].path, [path for path in gone if path != told[-1].path]
    former = f" instead of {', '.join(path.name for path in old)}" if old else ""
    kind, what = "movie.upgraded", f"upgraded: {new.name}{former}; metadata, locks and artwork stay"
    async with runtime.database.transaction() as session:
        if (before := _same_file(await movie_files.of_movie(session, movie_id), new)) is not None:
            kind, what = "file.moved", f"{before.name} is {new.name} now; everything that is known of it stays"
        details = {"path": str(new), "replaced": [str(path) for path in gone]}
        activity.tell(session, kind, what, movie_id=movie_id, severity="success", details=details)


def _same_file(files: Sequence[MovieFile], new: Path) -> Path | None:
    """Where the bytes of a file stood before, under a name that is gone."""
    hashes = {file.path: file.file_hash for file in files}
    gone = [file for file in files if file.missing_since is not None and file.path != str(new)]
    return next((Path(file.path) for file in reversed(gone) if file.file_hash == hashes.get(str(new))), None)
