"""What a Kodi tells by itself, over its WebSocket: that something plays, stands still, or has ended.

Kodi 20.1 answers a WebSocket's ping with a frame that is no answer, which ends the connection (measured). So it is asked in
its own words whether it is there.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from metarr_core.errors import PlayerUnreachable

OPEN_SECONDS = 5.0
PING = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "JSONRPC.Ping"})
"""A connection that has broken without a word breaks when something is sent on it."""


@dataclass(frozen=True)
class KodiEvent:
    """A notification: its method, such as `Player.OnStop`, and what it says."""

    method: str
    data: dict[str, Any] = field(default_factory=dict)


class KodiEvents:
    """An open connection on which a Kodi tells."""

    def __init__(self, player: str, connection: ClientConnection) -> None:
        self._player, self._connection = player, connection

    async def next(self, seconds: float) -> KodiEvent | None:
        """The next event; None if none comes within so many seconds. Raises PlayerUnreachable when the player is gone."""
        try:
            return await self._next(seconds)
        except (OSError, WebSocketException) as exc:
            raise _gone(self._player, exc) from exc

    async def _next(self, seconds: float) -> KodiEvent | None:
        try:
            async with asyncio.timeout(seconds):
                while (event := _event(await self._connection.recv())) is None:
                    pass
                return event
        except TimeoutError:
            await self._connection.send(PING)
            return None


@asynccontextmanager
async def listen(player: str, url: str) -> AsyncIterator[KodiEvents]:
    """Let a Kodi tell; Kodi asks for no password here. Raises PlayerUnreachable."""
    try:
        connection = await connect(url, open_timeout=OPEN_SECONDS, ping_interval=None, proxy=None)
    except (OSError, WebSocketException, TimeoutError) as exc:
        raise _gone(player, exc) from exc
    try:
        yield KodiEvents(player, connection)
    finally:
        await connection.close()


def _gone(player: str, error: Exception) -> PlayerUnreachable:
    return PlayerUnreachable(player, f"its notifications cannot be heard ({type(error).__name__})")


def _event(message: str | bytes) -> KodiEvent | None:
    """None for what is no notification of Kodi's."""
    try:
        told = json.loads(message)
        data = (told.get("params") or {}).get("data")
        return KodiEvent(str(told["method"]), data if isinstance(data, dict) else {})
    except (ValueError, KeyError, AttributeError):
        return None
