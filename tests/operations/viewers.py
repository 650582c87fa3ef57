"""Somebody who watches: a house with one player, films that it shows, and their upgrades."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from deployments.demo.films import TEARS_OF_STEEL
from deployments.demo.serving import serve
from metarr_core.domain.ids import MovieId, TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.metadata import Identity
from metarr_core.operations import importing, players, publishing
from metarr_core.runtime import Runtime
from tests.operations.films import sql
from tests.operations.test_players import player, runtime_with

POSITION = 1234.5


@asynccontextmanager
async def at_home(house, **chosen: Any) -> AsyncIterator[Runtime]:
    """One player, `tv`; `chosen` are settings of playback."""
    settings = house.settings.model_copy(update={"playback": house.settings.playback.model_copy(update=chosen)})
    async with serve(house.kodi.app) as url:
        group = {"name": "home", "players": [player("tv", url)]}
        async with runtime_with(replace(house, settings=settings), [group]) as runtime:
            yield runtime


async def comes(runtime: Runtime, house, name: str, film=TEARS_OF_STEEL, data: bytes = b"a film") -> tuple[MovieId, Path]:
    """A video comes, is recorded, and all that belongs beside it is written; players are not told."""
    video = house.folder(film) / name
    video.write_bytes(data)
    one = importing.import_of_path(runtime, video, Identity(film.title, film.year, tmdb_id=TmdbId(film.tmdb_id)))
    movie_id = await importing.record(runtime, [one], Priority.CRITICAL)
    await publishing.publish_movie(runtime, movie_id)
    return movie_id, video


async def shown(runtime: Runtime, house, name: str = "old.mkv", film=TEARS_OF_STEEL) -> tuple[MovieId, Path]:
    """A film that the player has."""
    movie_id, video = await comes(runtime, house, name, film)
    assert await players.tell_players(runtime, movie_id) == []
    return movie_id, video


async def upgraded(runtime: Runtime, house, old: Path, name: str = "new.mkv") -> tuple[MovieId, Path]:
    old.unlink()
    return await comes(runtime, house, name, data=b"a better film " + name.encode())


async def state(runtime: Runtime) -> Any:
    (row,) = await sql(runtime, "SELECT * FROM playback_state")
    return row


async def story(runtime: Runtime, event_type: str) -> list[str]:
    rows = await sql(runtime, "SELECT description FROM activity_log WHERE event_type = :of ORDER BY id", of=event_type)
    return [row.description for row in rows]
