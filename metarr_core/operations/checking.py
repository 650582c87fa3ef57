"""Looks whether a film's files are there, after somebody told that one is not, and when the time of a missing one is over.

What is found out on disk counts, never what was told. While a library is away, or empty, nothing is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from metarr_core.db import events, movie_files, movies
from metarr_core.db.tables.jobs import WebhookEvent
from metarr_core.db.tables.movies import MovieFile
from metarr_core.domain import webhooks
from metarr_core.domain.ids import EventId, MovieId, TitleKey
from metarr_core.domain.intake import display_title, identity_of, title_of, vanished_paths
from metarr_core.domain.metadata import Identity
from metarr_core.domain.missing import Purpose, purpose_of
from metarr_core.errors import ConfigurationError, StorageUnavailable
from metarr_core.files.fingerprint import is_there, is_unchanged
from metarr_core.files.removing import why_unreachable
from metarr_core.operations.importing import Import, import_of_path
from metarr_core.operations.inbox import Source, path_mappings
from metarr_core.operations.newcomers import find_newcomer
from metarr_core.operations.scanning import Scope, check_mount
from metarr_core.runtime import Runtime


@dataclass(frozen=True)
class Doubt:
    """A film of which a manager says that files are not there, or not what they were."""

    title: str
    title_key: TitleKey
    identity: Identity
    paths: tuple[Path, ...]
    purpose: Purpose

    @property
    def path(self) -> str:
        """The last file that was told of; empty: none was."""
        return str(self.paths[-1]) if self.paths else ""


@dataclass(frozen=True)
class Look:
    """What a look found: files that are gone since the last, those that are there again, and one that nobody knew."""

    title: str
    lost: tuple[Path, ...] = ()
    back: tuple[Path, ...] = ()
    newcomer: Import | None = None
    is_in_trash: bool = False


async def doubt_of_events(runtime: Runtime, event_ids: Sequence[EventId]) -> Doubt:
    """What webhooks tell of a film's files; the last one's reason counts. Raises InvalidWebhook, NotFoundError."""
    async with runtime.database.transaction() as session:
        stored = [await events.get(session, event_id) for event_id in sorted(event_ids)]
    told = [_doubt_of(runtime, event) for event in stored]
    last = told[-1]
    return Doubt(last.title, last.title_key, last.identity, tuple(path for one in told for path in one.paths), last.purpose)


def _doubt_of(runtime: Runtime, stored: WebhookEvent) -> Doubt:
    event = webhooks.read_event(webhooks.read_object(stored.body))
    mappings = path_mappings(runtime.settings, Source(stored.manager_type, stored.manager))
    purpose = purpose_of(event.delete_reason) if event.delete_reason else Purpose.LOOK
    paths = tuple(Path(path) for path in vanished_paths(event, mappings))
    return Doubt(display_title(event), title_of(event, mappings), identity_of(event), paths, purpose)


async def look(runtime: Runtime, movie_id: MovieId, purpose: Purpose = Purpose.LOOK, *, goes_on: bool = False) -> Look:
    """Look at all files of a film and for new ones beside them; nothing is changed by it.

    Raises StorageUnavailable where a library is away or empty, ConfigurationError, NotFoundError. An empty library is taken
    for what it is where a person deleted the film's file, and it still lies on the device on which that file was. `goes_on`:
    a look before this one may have died when it had recorded a newcomer; then the film's newest file is taken for one.
    """
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        files = await movie_files.of_movie(session, movie_id)
    if movie.trashed_at is not None:
        return Look(movie.title, is_in_trash=True)
    for library in {_library_of(runtime, Path(file.path)) for file in files}:
        await _check(runtime, library, files if purpose is Purpose.DELETED else ())
    there = await asyncio.to_thread(lambda: {file.path for file in files if is_there(Path(file.path))})
    back = [file for file in files if file.missing_since is not None and file.path in there]
    same = await asyncio.to_thread(lambda: [one for one in back if is_unchanged(Path(one.path), one.size, one.mtime_ns)])
    new = await find_newcomer(runtime, movie_id, movie.identity, dict.fromkeys(Path(file.path).parent for file in files))
    new = new or _come_like_any(runtime, movie.identity, [file for file in back if file not in same])
    if new is None and goes_on:
        present = [file for file in files if file.missing_since is None and file.path in there]
        new = _come_like_any(runtime, movie.identity, present)
    return Look(
        title=movie.title,
        lost=tuple(Path(file.path) for file in files if file.missing_since is None and file.path not in there),
        back=tuple(Path(file.path) for file in same),
        newcomer=new,
    )


def _come_like_any(runtime: Runtime, identity: Identity, files: Sequence[MovieFile]) -> Import | None:
    """The newest of these files, as an import; a missing one whose name is there again, with other bytes, is one too."""
    return import_of_path(runtime, Path(files[-1].path), identity, manager=files[-1].manager) if files else None


def _library_of(runtime: Runtime, path: Path) -> tuple[str, Path]:
    library = next((one for one in runtime.settings.libraries if path.is_relative_to(one.path)), None)
    if library is None:
        raise ConfigurationError(f"libraries: none holds {path}; add its library to metarr.toml again, or delete the film")
    return library.name, library.path


async def _check(runtime: Runtime, library: tuple[str, Path], deleted: Sequence[MovieFile]) -> None:
    """`deleted`: the files that a person deleted; they may have been the library's last."""
    name, root = library
    await check_mount(runtime, Scope(name))
    why = await asyncio.to_thread(why_unreachable, root)
    if why and not await asyncio.to_thread(_is_where_it_was, root, deleted):
        raise StorageUnavailable(root, f"{why} If its films are gone for good, scan it with 'Confirm removal'")


def _is_where_it_was(root: Path, files: Sequence[MovieFile]) -> bool:
    """Whether an empty library lies on the device on which these files were: the mount point of another does not."""
    devices = {(file.inode or "").partition(":")[0] for file in files if Path(file.path).is_relative_to(root)}
    try:
        return devices == {str(root.stat().st_dev)} and not any(root.iterdir())
    except OSError:
        return False
