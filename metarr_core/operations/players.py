"""Tells players of a film. What cannot be told now waits in `player_updates`, with the reason, until the player is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from metarr_core.db import activity, locks
from metarr_core.db import players as db
from metarr_core.domain.ids import MovieId
from metarr_core.errors import (
    ConfigurationError,
    LockBusy,
    MetarrError,
    NotFoundError,
    PlayerInUse,
    PlayerUnreachable,
    StorageUnavailable,
)
from metarr_core.operations import playback, showing
from metarr_core.operations.handing_over import watching_goes_on
from metarr_core.operations.player_films import film_of_player, groups_of_film
from metarr_core.runtime import Runtime, now
from metarr_core.settings.entries import PlayerGroup

logger = logging.getLogger(__name__)

FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=10), timedelta(minutes=10)
UPDATE_LIFETIME = timedelta(days=30)
HEAD_START = timedelta(seconds=30)
"""So long the players' process leaves a film to the run that tells of it; then the run may have been killed."""
LOOK_AGAIN = timedelta(seconds=30)
TURN_SECONDS = 20.0
"""So long one who tells a player of a film waits for another who does."""


async def tell_players(runtime: Runtime, movie_id: MovieId) -> list[str]:
    """Tell every player that shows the film's libraries; gives, for each that could not be told, why it waits."""
    groups = await groups_of_film(runtime, movie_id)
    told = await asyncio.gather(*(_tell_group(runtime, movie_id, group) for group in groups))
    return [why for whys in told for why in whys]


async def leave_for_players(runtime: Runtime, movie_id: MovieId) -> None:
    """Let the players' process tell the players of a film: in bulk, nobody waits for a player."""
    groups = await groups_of_film(runtime, movie_id)
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
    by_player = [(player, list(updates)) for player, updates in groupby(due, key=lambda update: update.player)]
    tried = await asyncio.gather(*(_deliver_to_one(runtime, player, updates) for player, updates in by_player))
    return sum(tried)


async def _deliver_to_one(runtime: Runtime, player: str, updates: Sequence[db.Due]) -> int:
    """One player's updates, until it does not answer: then the others need not wait for it too.

    Of hundreds, while somebody watches, only those of the film that plays are looked at; the others wait together.
    """
    waiting = await _waiting(runtime, player, updates) if len(updates) > 1 else set()
    for number, update in enumerate((one for one in updates if one.id not in waiting), 1):
        if await deliver(runtime, update.id) is not None:
            return number + len(waiting)
    return len(updates)


async def _waiting(runtime: Runtime, player: str, updates: Sequence[db.Due]) -> set[int]:
    """Put off those that wait for somebody to stop watching another film; gives them."""
    try:
        screen = await playback.look(runtime, player)
    except (PlayerUnreachable, NotFoundError):
        return set()
    if screen is None:
        return set()
    playing = await playback.film_on(runtime, player)
    waiting = {one.id for one in updates if one.movie_id != playing}
    async with runtime.database.transaction() as session:
        await db.put_off(session, waiting, now() + LOOK_AGAIN, str(PlayerInUse(player, screen.playing.title)))
    return waiting


async def deliver(runtime: Runtime, update_id: int) -> str | None:
    """Deliver one update; gives why it has to wait, None when the player shows the film."""
    async with runtime.database.transaction() as session:
        update, name = await db.get(session, update_id)
        if update.status != "pending":
            return None
        movie_id = MovieId(update.movie_id)
    try:
        async with locks.held(runtime.database, f"player:{name}:{movie_id}", wait_seconds=TURN_SECONDS):
            await _deliver(runtime, update_id, movie_id, name)
    except PlayerInUse as exc:
        return await _leave_alone(runtime, update_id, exc)
    except (PlayerUnreachable, ConfigurationError, NotFoundError, StorageUnavailable, LockBusy) as exc:
        logger.warning("%s", exc)
        return await _put_off(runtime, update_id, exc)
    return None


async def _deliver(runtime: Runtime, update_id: int, movie_id: MovieId, name: str) -> None:
    """What is asked for meanwhile is not done with it: the update then stays due."""
    async with runtime.database.transaction() as session:
        update, _ = await db.get(session, update_id)
        if update.status != "pending":
            return
        asked_for, began_at = update.due_at, now()
    film, kodi = await film_of_player(runtime, movie_id, name), runtime.player(name)
    async with watching_goes_on(runtime, kodi, film):
        before = await showing.show(runtime, kodi, film)
    await showing.settle(runtime, kodi, film, before)
    async with runtime.database.transaction() as session:
        update, _ = await db.get(session, update_id)
        update.why, update.attempts = None, update.attempts + 1
        if update.due_at == asked_for:
            update.status, update.done_at = "done", began_at
        told = f"player '{name}' {'shows the film' if film.shown else 'no longer shows the film'}"
        activity.tell(session, "player.told", told, movie_id=movie_id, severity="success")


async def _leave_alone(runtime: Runtime, update_id: int, error: PlayerInUse) -> str:
    """Somebody watches something: the player is told when that ends, of which it tells us itself, or when we look again."""
    async with runtime.database.transaction() as session:
        update, _ = await db.get(session, update_id)
        update.due_at = now() + LOOK_AGAIN
        if update.why != str(error):
            update.why = str(error)
            activity.tell(session, "player.waiting", str(error), movie_id=MovieId(update.movie_id))
    return str(error)


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
