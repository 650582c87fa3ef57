"""What a process opens once and keeps: settings, database, HTTP clients. It belongs to one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from metarr_core import logs
from metarr_core.clients.fanart_tv import FanartTv
from metarr_core.clients.guarded_network import open_picture_client
from metarr_core.clients.http import open_client
from metarr_core.clients.kodi import Kodi
from metarr_core.clients.picture_addresses import PictureAddresses
from metarr_core.clients.pictures import MOST_CONNECTIONS, Pictures
from metarr_core.clients.tmdb import Tmdb
from metarr_core.db.engine import Database
from metarr_core.db.location import database_url
from metarr_core.db.providers import StoredProviderMemory
from metarr_core.errors import NotFoundError
from metarr_core.files.cache import Cache
from metarr_core.files.ffprobe import find_ffprobe
from metarr_core.settings import Settings

LEAST_PICTURES = 4
DECODED_AT_ONCE = 2


@dataclass(frozen=True)
class Runtime:
    """The settings, and everything that was opened by them. Providers are None without their keys."""

    settings: Settings
    database: Database
    cache: Cache
    ffprobe: Path
    tmdb: Tmdb | None
    fanart_tv: FanartTv | None
    pictures: Pictures
    players: dict[str, Kodi]
    decoding: asyncio.Semaphore
    """Pictures of people, decoded at a time: each may take some hundred megabytes for a moment."""

    def player(self, name: str) -> Kodi:
        """The client of a player. Raises NotFoundError for one that is no longer in the settings."""
        try:
            return self.players[name]
        except KeyError:
            raise NotFoundError(f"there is no player '{name}' in the settings (any more)") from None


_current: Runtime | None = None


def current_runtime() -> Runtime:
    """The runtime of this process."""
    if _current is None:
        raise RuntimeError("no runtime is open in this process; open it with open_runtime() first")
    return _current


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """Open the runtime of this process; inside an open one, that one is used and left open."""
    global _current  # noqa: PLW0603 - one per process, by design
    if _current is not None:
        yield _current
        return
    async with AsyncExitStack() as stack:
        _current = await _open(settings, stack)
        stack.callback(_forget)
        yield _current


def _forget() -> None:
    global _current  # noqa: PLW0603
    _current = None


async def _open(settings: Settings, stack: AsyncExitStack) -> Runtime:
    logs.prepare(settings)
    logs.conceal([database_url(settings)])
    database = Database(database_url(settings))
    stack.push_async_callback(database.close)
    providers = await stack.enter_async_context(open_client())
    memory = StoredProviderMemory(database)
    processes = settings.worker.interactive + settings.worker.background
    addresses = PictureAddresses(_provider_urls(settings))
    of_pictures = await stack.enter_async_context(open_picture_client(addresses))
    local = await stack.enter_async_context(open_client(through_proxy=False))
    return Runtime(
        settings=settings,
        database=database,
        cache=Cache(settings.paths.cache),
        ffprobe=find_ffprobe(settings.probe.ffprobe),
        tmdb=Tmdb.from_settings(settings.providers.tmdb, providers, memory),
        fanart_tv=FanartTv.from_settings(settings.providers.fanart_tv, providers, memory),
        pictures=Pictures(of_pictures, addresses, at_once=_pictures_at_once(processes)),
        players={player.name: Kodi(player, local) for group in settings.player_groups for player in group.players},
        decoding=asyncio.Semaphore(DECODED_AT_ONCE),
    )


def _pictures_at_once(processes: int) -> int:
    """This process's share of the connections that TMDB's server of pictures allows."""
    return max(MOST_CONNECTIONS // processes, LEAST_PICTURES)


def _provider_urls(settings: Settings) -> list[str]:
    tmdb, fanart_tv = settings.providers.tmdb, settings.providers.fanart_tv
    return [tmdb.base_url, tmdb.image_base_url, fanart_tv.base_url]


def now() -> datetime:
    """The time, with its zone: the one clock that operations read."""
    return datetime.now(UTC)
