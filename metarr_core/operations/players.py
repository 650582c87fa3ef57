"""Tells players of a film. What cannot be told now waits in `player_updates`, with the reason, until the player is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, library_files, movie_files, movies
from metarr_core.db import players as db
from metarr_core.domain import paths
from metarr_core.domain.ids import MovieId
from metarr_core.domain.paths import PathMapping
from metarr_core.errors import ConfigurationError, MetarrError, NotFoundError, PlayerUnreachable
from metarr_core.operations.showing import Shown, show
from metarr_core.runtime import Runtime, now
from metarr_core.settings.entries import PlayerGroup

logger = logging.getLogger(__name__)

FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=10), timedelta(minutes=10)
UPDATE_LIFETIME = timedelta(days=30)
HEAD_START = timedelta(seconds=30)
"""So long the players' process leaves a film to the run that tells of it; then the run may have been killed."""


async def tell_players(runtime: Runtime, movie_id: MovieId) -> list[str]:
    """Tell every player that shows the film's libraries; gives, for each that could not be told, why it waits."""
    groups = await _groups(runtime, movie_id)
    told = await asyncio.gather(*(_tell_group(runtime, movie_id, group) for group in groups))
    return [why for whys in told for why in whys]


async def leave_for_players(runtime: Runtime, movie_id: MovieId) -> None:
    """Let the players' process tell the players of a film: in bulk, nobody waits for a player."""
    groups = await _groups(runtime, movie_id)
    async with runtime.database.transaction() as session:
        for group in groups:
            await db.request(session, movie_id, [player.name for player in group.players])


async def _tell_group(runtime: Runtime, movie_id: MovieId, group: PlayerGroup) -> list[str]:
    """Players with a library of their own at once; of those that share one, the first that is on does the work."""
    async with runtime.database.transaction() as session:
        updates = await db.request(session, movie_id, [player.name for player in group.players], HEAD_START)
    if group.library == "own":
        told = await asyncio.gather(*(deliver(runtime, update_id) for update_id in updates))
    else:
        told = [await deliver(runtime, update_id) for update_id in updates]
    return [why for why in told if why is not None]


async def deliver_due(runtime: Runtime) -> int:
    """Deliver the updates whose time has come, players beside each other; gives how many were tried."""
    async with runtime.database.transaction() as session:
        due = await db.due(session, now())
    by_player = [list(updates) for _, updates in groupby(due, key=lambda update: update.player)]
    tried = await asyncio.gather(*(_deliver_to_one(runtime, [one.id for one in updates]) for updates in by_player))
    return sum(tried)


async def _deliver_to_one(runtime: Runtime, update_ids: Sequence[int]) -> int:
    """One player's updates, until it does not answer: then the others need not wait for it too."""
    for number, update_id in enumerate(update_ids, 1):
        if await deliver(runtime, update_id) is not None:
            return number
    return len(update_ids)


async def deliver(runtime: Runtime, update_id: int) -> str | None:
    """Deliver one update; gives why it has to wait, None when the player shows the film."""
    async with runtime.database.transaction() as session:
        update, name = await db.get(session, update_id)
        if update.status != "pending":
            return None
        movie_id = MovieId(update.movie_id)
    try:
        for shown in await _shown(runtime, movie_id, name):
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
        update.due_at = now() + min(FIRST_DELAY * 2 ** min(update.attempts - 1, 10), LONGEST_DELAY)
        if now() - update.created_at > UPDATE_LIFETIME:
            update.status = "failed"
        if update.attempts == 1:
            told = f"player '{name}' is told later: {error}"
            activity.tell(session, "player.waiting", told, movie_id=MovieId(update.movie_id), severity="warning")
    return str(error)


async def _groups(runtime: Runtime, movie_id: MovieId) -> list[PlayerGroup]:
    async with runtime.database.transaction() as session:
        files = [Path(file.path) for file in await movie_files.present(session, movie_id)]
    libraries = {lib.name for lib in runtime.settings.libraries if any(path.is_relative_to(lib.path) for path in files)}
    return [group for group in runtime.settings.player_groups if any(group.shows(name) for name in libraries)]


async def _shown(runtime: Runtime, movie_id: MovieId, player: str) -> list[Shown]:
    """The film's files in the player's words. Raises ConfigurationError where no path mapping fits, NotFoundError."""
    group = next((g for g in runtime.settings.player_groups if any(one.name == player for one in g.players)), None)
    if group is None:
        raise NotFoundError(f"player '{player}' is no longer in the settings")
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        files = [Path(file.path) for file in await movie_files.present(session, movie_id)]
        published_at = await library_files.last_published(session, movie_id)
        told_player, told_library = await _last_told(session, movie_id, player, group)
    return [
        Shown(
            *_player_paths(group, path, library.path),
            title=movie.title,
            tmdb_id=str(movie.tmdb_id) if movie.tmdb_id else None,
            is_new_to_library=_is_later(published_at, told_library),
            is_new_to_player=_is_later(published_at, told_player),
        )
        for path in files
        for library in runtime.settings.libraries
        if path.is_relative_to(library.path) and group.shows(library.name)
    ]


async def _last_told(
    session: AsyncSession, movie_id: MovieId, player: str, group: PlayerGroup
) -> tuple[datetime | None, datetime | None]:
    """When this player was last told of the film, and when its library was: a shared one by any of the group."""
    told_player = await db.last_told(session, movie_id, [player])
    if group.library == "own":
        return told_player, told_player
    return told_player, await db.last_told(session, movie_id, [one.name for one in group.players])


def _is_later(published_at: datetime | None, told_at: datetime | None) -> bool:
    return told_at is None or (published_at is not None and published_at > told_at)


def _player_paths(group: PlayerGroup, file: Path, root: Path) -> tuple[str, str, str]:
    """A file, its folder and its library as the players of a group name them; folders end with a slash."""
    mappings = [PathMapping(mapping.metarr_path, mapping.player_path) for mapping in group.path_mappings]
    found = [paths.translate(str(path), mappings) for path in (file, file.parent, root)]
    if found[0] is None or found[1] is None:
        raise ConfigurationError(
            f"player_groups: no path mapping of '{group.name}' fits {file}; add one whose metarr_path is a folder above it"
        )
    return found[0], paths.as_folder(found[1]), paths.as_folder(found[2] or found[1])
