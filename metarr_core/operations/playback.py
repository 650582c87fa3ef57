"""Knows who watches what: it asks players, and remembers where they are in our films."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from metarr_core.clients import kodi_playback
from metarr_core.clients.kodi_playback import Screen
from metarr_core.db import playback as db
from metarr_core.db.tables.players import PlaybackState
from metarr_core.domain import paths
from metarr_core.domain.ids import MovieId
from metarr_core.domain.paths import PathMapping
from metarr_core.domain.playback import clock, moved_on
from metarr_core.errors import PlayerUnreachable
from metarr_core.files.fingerprint import is_unchanged
from metarr_core.operations.player_films import group_of, groups_of_film
from metarr_core.runtime import Runtime, now

HEARTBEAT = timedelta(seconds=5)
"""So often the position of what plays is asked for."""
STACK = "stack://"


async def look(runtime: Runtime, player: str, *, is_finished: bool = False) -> Screen | None:
    """What a player shows, remembered where it is a film of ours; None: nothing. Raises PlayerUnreachable.

    `is_finished` tells that what it played before came to its end.
    """
    screen = await kodi_playback.look(runtime.player(player))
    path = _our_path(runtime, player, screen.playing.file) if screen else None
    async with runtime.database.transaction() as session:
        file = await db.file_at(session, path) if path else None
        before = await db.playing_on(session, player)
    if screen is None and before is None:
        return None
    how: db.Ended = "finished" if is_finished else "stopped"
    if screen is None and before is not None and not is_finished and await _is_lost(runtime, before):
        how = "lost"
    async with runtime.database.transaction() as session:
        if before is not None and how == "lost":
            await db.place(session, before.id, _where_it_was(before))
        movie_id = MovieId(file.movie_id) if file else None
        await db.end_others(session, player, movie_id, how, now())
        if screen:
            await db.move_on(session, player, movie_id)
        if screen and file:
            await db.capture(session, player, file, screen.playing, now())
    return screen


async def watchers(runtime: Runtime, movie_id: MovieId) -> list[str]:
    """Who watches a film, each in words; their positions are remembered. Players that are off watch nothing."""
    groups = await groups_of_film(runtime, movie_id)
    names = [player.name for group in groups for player in group.players]
    found = await asyncio.gather(*(_watched_on(runtime, name, movie_id) for name in names))
    return [one for one in found if one is not None]


async def make_way(runtime: Runtime, movie_id: MovieId) -> str:
    """A film's file has gone for its next: who watches is remembered, and stopped if it is to be; gives who, in words."""
    found = names(await watchers(runtime, movie_id))
    if runtime.settings.playback.resume and runtime.settings.playback.stop == "at_delete":
        await stop_for_upgrade(runtime, movie_id)
    return found


async def stop_for_upgrade(runtime: Runtime, movie_id: MovieId) -> None:
    """Stop a film on every player that plays it, to go on with its next file; where it was is remembered."""
    groups = await groups_of_film(runtime, movie_id)
    await asyncio.gather(*(_stop(runtime, player.name, movie_id) for group in groups for player in group.players))


async def _stop(runtime: Runtime, player: str, movie_id: MovieId) -> None:
    try:
        screen = await look(runtime, player)
        if screen is not None and await _plays(runtime, player, movie_id):
            await stop(runtime, player, screen)
    except PlayerUnreachable:
        return


async def stop(runtime: Runtime, player: str, screen: Screen) -> None:
    """Stop what a player plays, for an upgrade. That it was us is remembered first: we may be killed in between."""
    async with runtime.database.transaction() as session:
        await db.end_others(session, player, None, "upgrade", now())
    await kodi_playback.stop(runtime.player(player), screen.player_id)


async def _watched_on(runtime: Runtime, player: str, movie_id: MovieId) -> str | None:
    try:
        screen = await look(runtime, player)
    except PlayerUnreachable:
        return None
    if screen is None or not await _plays(runtime, player, movie_id):
        return None
    return f"{player} at {clock(screen.playing.position)}"


async def _plays(runtime: Runtime, player: str, movie_id: MovieId) -> bool:
    return await film_on(runtime, player) == movie_id


async def film_on(runtime: Runtime, player: str) -> MovieId | None:
    """The film of ours that a player was last seen playing; None: it plays nothing, or something else."""
    async with runtime.database.transaction() as session:
        state = await db.playing_on(session, player)
        return MovieId(state.entity_id) if state else None


def _our_path(runtime: Runtime, player: str, file: str) -> str | None:
    """A player's file as we see it; of one in several parts, the first."""
    first = file.removeprefix(STACK).partition(" , ")[0] if file.startswith(STACK) else file
    mappings = [PathMapping(one.player_path, one.metarr_path) for one in group_of(runtime, player).path_mappings]
    return paths.translate(first, mappings) if first else None


async def _is_lost(runtime: Runtime, state: PlaybackState) -> bool:
    """Whether a player that stopped had no choice: the file that it played is gone, or is another by now."""
    async with runtime.database.transaction() as session:
        file = await db.file_at(session, state.file_path)
    if file is None or file.missing_since is not None or file.file_hash != state.file_hash:
        return True
    return not await asyncio.to_thread(is_unchanged, Path(file.path), file.size, file.mtime_ns)


def _where_it_was(state: PlaybackState) -> float:
    return moved_on(state.position_seconds, state.speed, now() - state.captured_at, 2 * HEARTBEAT)


def names(found: Sequence[str]) -> str:
    """Who watches, in a sentence."""
    return f"{len(found)} {'player' if len(found) == 1 else 'players'} watching ({', '.join(found)})" if found else ""
