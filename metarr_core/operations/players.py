"""Tells players of a film, by the sequences that really work, and asks them afterwards whether they show it.

What cannot be told now waits in `player_updates` with the reason why, and is told when the player is back.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from metarr_core.clients.kodi import Kodi, KodiMovie
from metarr_core.db import activity, library_files, movie_files, movies
from metarr_core.db import players as db
from metarr_core.domain import paths
from metarr_core.domain.ids import MovieId
from metarr_core.domain.paths import PathMapping
from metarr_core.errors import ConfigurationError, MetarrError, NotFoundError, PlayerUnreachable
from metarr_core.runtime import Runtime, now
from metarr_core.settings.entries import PlayerGroup

logger = logging.getLogger(__name__)

APPEAR_SECONDS = 8.0
REFRESH_SECONDS = 1.5
POLL_SECONDS = 0.2
LONGEST_DELAY = timedelta(minutes=10)
UPDATE_LIFETIME = timedelta(days=30)


@dataclass(frozen=True)
class Shown:
    """What a player has to show: a film's file as the player names it, and what tells that it is the right film."""

    file: str
    folder: str
    root: str
    title: str
    tmdb_id: str | None
    is_published_since: bool


async def tell_players(runtime: Runtime, movie_id: MovieId) -> list[str]:
    """Tell every player that shows the film's libraries; gives, for each that could not be told, why it waits."""
    names = [player.name for group in await _groups(runtime, movie_id) for player in group.players]
    async with runtime.database.transaction() as session:
        updates = await db.request(session, movie_id, names)
    told = await asyncio.gather(*(deliver(runtime, update_id) for update_id in updates))
    return [why for why in told if why is not None]


async def deliver_due(runtime: Runtime) -> int:
    """Deliver the updates whose time has come; gives how many were tried."""
    async with runtime.database.transaction() as session:
        due = await db.due(session, now())
    for update_id in due:
        await deliver(runtime, update_id)
    return len(due)


async def deliver(runtime: Runtime, update_id: int) -> str | None:
    """Deliver one update; gives why it has to wait, None when the player shows the film."""
    async with runtime.database.transaction() as session:
        update, name = await db.get(session, update_id)
        if update.status != "pending":
            return None
        movie_id, player_id = MovieId(update.movie_id), update.media_player_id
        told_at = await db.last_told(session, movie_id, player_id)
    try:
        for shown in await _shown(runtime, movie_id, name, told_at):
            await show(runtime.player(name), shown)
    except (PlayerUnreachable, ConfigurationError, NotFoundError) as exc:
        logger.warning("%s", exc)
        return await _put_off(runtime, update_id, exc)
    async with runtime.database.transaction() as session:
        update, _ = await db.get(session, update_id)
        update.status, update.why, update.done_at, update.attempts = "done", None, now(), update.attempts + 1
        activity.tell(session, "player.told", f"player '{name}' shows the film", movie_id=movie_id, severity="success")
    return None


async def _put_off(runtime: Runtime, update_id: int, error: MetarrError) -> str:
    async with runtime.database.transaction() as session:
        update, name = await db.get(session, update_id)
        update.attempts += 1
        update.why = str(error)
        update.due_at = now() + min(timedelta(seconds=5 * 2 ** min(update.attempts, 10)), LONGEST_DELAY)
        if now() - update.created_at > UPDATE_LIFETIME:
            update.status = "failed"
        if update.attempts == 1:
            activity.tell(
                session, "player.waiting", f"player '{name}': {error}", movie_id=MovieId(update.movie_id), severity="warning"
            )
    return str(error)


async def _groups(runtime: Runtime, movie_id: MovieId) -> list[PlayerGroup]:
    async with runtime.database.transaction() as session:
        files = [Path(file.path) for file in await movie_files.present(session, movie_id)]
    libraries = {lib.name for lib in runtime.settings.libraries if any(path.is_relative_to(lib.path) for path in files)}
    return [group for group in runtime.settings.player_groups if any(group.shows(name) for name in libraries)]


async def _shown(runtime: Runtime, movie_id: MovieId, player: str, told_at: datetime | None) -> list[Shown]:
    """The film's files in the player's words. Raises ConfigurationError where no path mapping fits."""
    group = next((g for g in runtime.settings.player_groups if any(one.name == player for one in g.players)), None)
    if group is None:
        raise NotFoundError(f"player '{player}' is no longer in the settings")
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        files = [Path(file.path) for file in await movie_files.present(session, movie_id)]
        published_at = await library_files.last_published(session, movie_id)
    is_published_since = told_at is None or (published_at is not None and published_at > told_at)
    tmdb_id = str(movie.tmdb_id) if movie.tmdb_id else None
    return [
        Shown(*_player_paths(group, path, library.path), movie.title, tmdb_id, is_published_since)
        for path in files
        for library in runtime.settings.libraries
        if path.is_relative_to(library.path) and group.shows(library.name)
    ]


def _player_paths(group: PlayerGroup, file: Path, root: Path) -> tuple[str, str, str]:
    """A file, its folder and its library as the players of a group name them; folders end with a slash."""
    mappings = [PathMapping(mapping.metarr_path, mapping.player_path) for mapping in group.path_mappings]
    found = [paths.translate(str(path), mappings) for path in (file, file.parent, root)]
    if found[0] is None or found[1] is None:
        raise ConfigurationError(
            f"player_groups: no path mapping of '{group.name}' fits {file}; add one whose metarr_path is a folder above it"
        )
    return found[0], paths.as_folder(found[1]), paths.as_folder(found[2] or found[1])


async def show(kodi: Kodi, shown: Shown) -> None:
    """Make a Kodi show a film as it is on disk. Raises PlayerUnreachable, also where Kodi says yes and does nothing."""
    known = await _find(kodi, shown)
    if known is None:
        await _add(kodi, shown)
    elif shown.is_published_since or not _is_right(known, shown):
        await _refresh(kodi, known, shown)
    found = await _find(kodi, shown)
    if found is None or not _is_right(found, shown):
        raise PlayerUnreachable(
            kodi.name,
            f"it was told of {shown.file} but does not show it; "
            "is the folder one of its video sources, with 'Local information only' as information provider?",
        )


async def _add(kodi: Kodi, shown: Shown) -> None:
    """A new film. Kodi skips a new folder whose parent's listing it has cached, so the parent is listed afresh first."""
    parent = paths.as_folder(paths.parent(shown.folder))
    for listed, scanned in ((parent, shown.folder), (shown.root, shown.root)):
        await kodi.list_directory(listed)
        await kodi.scan(scanned)
        if await _appears(kodi, shown, APPEAR_SECONDS / 2):
            return


async def _appears(kodi: Kodi, shown: Shown, seconds: float) -> bool:
    deadline = asyncio.get_running_loop().time() + seconds
    while (await _find(kodi, shown)) is None:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(POLL_SECONDS)
    return True


async def _refresh(kodi: Kodi, known: KodiMovie, shown: Shown) -> None:
    """A film that Kodi has. A scan would change nothing; a refresh loses what was watched, so that is put back."""
    await kodi.forget_textures(paths.parts(shown.folder)[-1])
    await kodi.list_directory(shown.folder)
    await kodi.refresh(known)
    deadline = asyncio.get_running_loop().time() + REFRESH_SECONDS
    found = await _find(kodi, shown)
    while (found is None or found.id == known.id) and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(POLL_SECONDS)
        found = await _find(kodi, shown)
    if found is not None and (lost := _lost(known, found)):
        await kodi.set_watched(found, lost)


def _lost(before: KodiMovie, after: KodiMovie) -> dict[str, Any]:
    return {name: value for name, value in before.watched.items() if after.watched.get(name) != value and value}


async def _find(kodi: Kodi, shown: Shown) -> KodiMovie | None:
    return next((movie for movie in await kodi.movies_in(shown.folder) if movie.file == shown.file), None)


def _is_right(movie: KodiMovie, shown: Shown) -> bool:
    if shown.tmdb_id:
        return movie.unique_ids.get("tmdb") == shown.tmdb_id
    return movie.title == shown.title
