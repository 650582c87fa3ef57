"""Follows what players play: by what they tell, and by asking while they play.

One that is back, or no longer in use, is told what waits for it.
"""

from __future__ import annotations

import asyncio
import logging

from metarr_core.clients.kodi_events import KodiEvent, KodiEvents, listen
from metarr_core.db import players as db
from metarr_core.errors import DatabaseUnavailable, PlayerUnreachable
from metarr_core.operations import playback
from metarr_core.runtime import Runtime

logger = logging.getLogger(__name__)

IDLE_SECONDS = 60.0
"""So often a player that plays nothing is asked whether that is so."""
PAUSE_SECONDS = 5.0
WORTH_A_LOOK = frozenset(
    f"Player.{name}"
    for name in ("OnPlay", "OnAVStart", "OnAVChange", "OnPause", "OnResume", "OnSeek", "OnSpeedChanged", "OnStop")
)


async def follow(runtime: Runtime, player: str) -> None:
    """Follow one player, for ever. Where its notifications cannot be heard, it is asked from time to time."""
    follower = _Follower(runtime, player)
    while True:
        try:
            async with listen(player, runtime.player(player).events_url) as events:
                await follower.listen(events)
        except (PlayerUnreachable, DatabaseUnavailable) as exc:
            logger.debug("%s", exc)
        await follower.ask()
        await asyncio.sleep(PAUSE_SECONDS)


class _Follower:
    """What was last seen of a player."""

    def __init__(self, runtime: Runtime, player: str) -> None:
        self._runtime, self._player = runtime, player
        self._is_on = self._plays = False

    async def listen(self, events: KodiEvents) -> None:
        """Look when the player tells of something, and while it plays. Raises PlayerUnreachable when it is gone."""
        await self._look()
        while True:
            event = await events.next(playback.HEARTBEAT.total_seconds() if self._plays else IDLE_SECONDS)
            if event is None or event.method in WORTH_A_LOOK:
                await self._look(event)

    async def ask(self) -> None:
        """Look once, without its notifications."""
        try:
            await self._look()
        except (PlayerUnreachable, DatabaseUnavailable):
            self._is_on = self._plays = False

    async def _look(self, event: KodiEvent | None = None) -> None:
        is_finished = event is not None and event.method == "Player.OnStop" and bool(event.data.get("end"))
        screen = await playback.look(self._runtime, self._player, is_finished=is_finished)
        was_busy_or_off = self._plays or not self._is_on
        self._is_on, self._plays = True, screen is not None
        if was_busy_or_off and not self._plays:
            async with self._runtime.database.transaction() as session:
                await db.wake_player(session, self._player)
