"""The whole stack, once: PostgreSQL, a Prefect server, workers, the web shim, and stand-ins that can be disturbed."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import pytest_asyncio

from deployments.demo.clips import write_clip
from deployments.demo.fanart_tv import FanartTvStandIn
from deployments.demo.film import Film
from deployments.demo.films import FILMS
from deployments.demo.house import (
    API_KEY,
    FANART_TV_KEY,
    TMDB_KEY,
    PlayerAccess,
    Providers,
    radarr_download,
    settings_text,
)
from deployments.demo.kodi import KodiStandIn
from deployments.demo.serving import serve
from deployments.demo.tmdb import TmdbStandIn
from deployments.stack.stack import Stack, running_stack
from metarr_core.files.ffprobe import find_ffprobe
from metarr_core.settings import Settings, load_settings

IMPATIENT = """
[dispatcher]
lost_run_seconds = 5.0
retry_seconds = 1.0

[worker]
interactive = 6
background = 1

[probe]
ffprobe = {ffprobe}

[upgrade]
settle_seconds = 2.0
settle_again_seconds = 4.0
awaited_hours = 0.004
"""
STUBBORN_FFPROBE = """\
#!/bin/sh
# Waits while there is a file 'hold' beside the video.
for last; do :; done
folder=$(dirname "${last#file:}")
while [ -e "$folder/hold" ]; do : > "$folder/held"; sleep 0.1; done
exec FFPROBE "$@"
"""
T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/stack" in item.path.as_posix():
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@dataclass(frozen=True)
class LiveHouse:
    """A running stack and the world around it."""

    root: Path
    movies: Path
    settings: Settings
    stack: Stack
    web: httpx.AsyncClient
    tmdb: TmdbStandIn
    fanart_tv: FanartTvStandIn
    kodi: KodiStandIn

    async def import_film(self, film: Film, name: str | None = None) -> tuple[int, Path]:
        """Put a film into the library and send Radarr's webhook; gives the event's id and the video."""
        video = await self.place(film, name)
        return await self.tell(radarr_download(film, f"/data/movies/{video.parent.name}", video)), video

    async def place(self, film: Film, name: str | None = None) -> Path:
        """Put a film into the library; nobody is told."""
        folder = self.movies / (name or f"{film.title} ({film.year})")
        folder.mkdir(exist_ok=True)
        return await asyncio.to_thread(write_clip, folder / f"{folder.name}.mkv", seconds=1, title=film.title)

    async def tell(self, webhook: dict[str, Any]) -> int:
        answer = (await self.web.post("/webhooks/radarr/radarr", json=webhook)).raise_for_status()
        return answer.json()["event_id"]

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        return (await self.web.get(f"/api/v1/{path}", params=params)).raise_for_status().json()

    async def ended(self, event_id: int, seconds: float = 60) -> dict[str, Any]:
        """The event, once it has ended."""

        async def look() -> dict[str, Any] | None:
            event = await self.get(f"webhook-events/{event_id}")
            return event if event["status"] not in {"pending", "running"} else None

        return await until(look, f"event {event_id} has ended", seconds)

    async def movie(self, film: Film) -> dict[str, Any]:
        rows = (await self.get("movies", page_size=500))["items"]
        return await self.get(f"movies/{next(row['id'] for row in rows if row['tmdb_id'] == film.tmdb_id)}")


async def until(look: Callable[[], Awaitable[T | None]], goal: str, seconds: float = 30) -> T:
    """The first answer that is something; fails at the deadline."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (answer := await look()):
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"waited {seconds} s in vain: {goal}")
        await asyncio.sleep(0.1)
    return answer


@pytest.fixture(scope="session")
def own_environment() -> Iterator[None]:
    """Neither settings of the caller nor of Prefect leak in."""
    before = dict(os.environ)
    for name in [
        name for name in os.environ if name.startswith(("METARR_", "PREFECT_")) or name == "PYTHONDONTWRITEBYTECODE"
    ]:
        del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(before)


def stubborn_ffprobe(root: Path) -> Path:
    script = root / "ffprobe"
    script.write_text(STUBBORN_FFPROBE.replace("FFPROBE", f"'{find_ffprobe('')}'"))
    script.chmod(0o755)
    return script


@asynccontextmanager
async def live_house(
    root: Path, films: tuple[Film, ...], movies: Path | None = None, player: PlayerAccess | None = None
) -> AsyncIterator[LiveHouse]:
    """The stack over a library; without a player of its own, a stand-in is the only one."""
    movies = movies or root / "movies"
    movies.mkdir(parents=True, exist_ok=True)
    root.mkdir(exist_ok=True)
    tmdb, fanart_tv, kodi = TmdbStandIn(films, TMDB_KEY), FanartTvStandIn(films, FANART_TV_KEY), KodiStandIn([movies])
    async with serve(tmdb.app) as tmdb_url, serve(fanart_tv.app) as fanart_tv_url, serve(kodi.app) as kodi_url:
        providers = Providers(tmdb_url, fanart_tv_url)
        config = root / "metarr.toml"
        config.write_text(
            settings_text(root, movies, providers, player or PlayerAccess(kodi_url))
            + IMPATIENT.format(ffprobe=json.dumps(str(stubborn_ffprobe(root))))
        )
        os.environ["METARR_CONFIG"] = str(config)
        settings = load_settings()
        async with running_stack(settings) as stack:
            headers = {"X-Api-Key": API_KEY}
            async with httpx.AsyncClient(base_url=stack.web_url, headers=headers, trust_env=False, timeout=30) as web:
                yield LiveHouse(root, movies, settings, stack, web, tmdb, fanart_tv, kodi)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def live(open_folder: Path, own_environment: None) -> AsyncIterator[LiveHouse]:
    async with live_house(open_folder / "live", FILMS) as house:
        yield house


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
