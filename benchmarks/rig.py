"""The stack under measurement: a made-up house, films for it, and our workers or, in their place, Prefect's own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.machine import cpu_seconds
from deployments.addresses import client_environment
from deployments.demo.clips import write_clip
from deployments.demo.film import Film
from deployments.demo.films import TEARS_OF_STEEL
from deployments.demo.house import API_KEY, House, made_up_house, radarr_download
from deployments.stack.child import Child
from deployments.stack.stack import Stack, running_stack
from metarr_core.settings import Settings, load_settings

FIRST_NUMBER = 9000
AT_ONCE = 4
POLL_SECONDS = 0.5
BEGIN_SECONDS = 60
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
PATIENCE_SECONDS = "120"
"""On a busy machine a run of Prefect's own worker takes longer than usual until its first line; it is not lost."""
OUR_WORKERS = ("worker-interactive", "worker-background")


@dataclass
class Rig:
    """The running stack, and the films that it has been given."""

    house: House
    settings: Settings
    stack: Stack
    web: httpx.AsyncClient
    engine: httpx.AsyncClient
    clip: bytes
    others: list[Child] = field(default_factory=list)
    """Processes beside those of the stack."""
    films_made: int = 0

    @property
    def roots(self) -> list[int]:
        """Everything that is measured: our processes, Prefect's server and PostgreSQL; not the stand-ins."""
        processes = [child.process for child in (*self.stack.children.values(), *self.others)]
        nursery = [pid] if (pid := self.stack.nursery.pid) else []
        return [postmaster(self.settings), *nursery, *(one.pid for one in processes if one and one.returncode is None)]

    def cpu(self) -> float:
        """CPU seconds of all of it so far."""
        return cpu_seconds(self.roots)

    def new_films(self, number: int) -> list[tuple[Film, Path]]:
        """Films with their files in the library; the providers know them, nobody else does."""
        return [self._new_film() for _ in range(number)]

    def _new_film(self) -> tuple[Film, Path]:
        number = FIRST_NUMBER + self.films_made
        self.films_made += 1
        film = film_of(number)
        self.house.tmdb.films[number] = self.house.fanart_tv.films[number] = film
        folder = self.house.movies / f"{film.title} ({film.year})"
        folder.mkdir()
        video = folder / f"{folder.name}.mkv"
        video.write_bytes(self.clip)
        return film, video

    async def tell(self, film: Film, video: Path, **more: object) -> dict[str, Any]:
        """Send Radarr's webhook of an import, with what is told beside it; gives the answer."""
        webhook = radarr_download(film, f"/data/movies/{video.parent.name}", video) | more
        answer: dict[str, Any] = (await self.web.post("/webhooks/radarr/radarr", json=webhook)).raise_for_status().json()
        return answer

    async def count(self, what: str, status: str) -> int:
        """How many rows of a list have a status."""
        answer = await self.web.get(f"/api/v1/{what}", params={"status": status, "page_size": 1})
        return int(answer.raise_for_status().json()["total"])

    async def all_done(self, films: Sequence[tuple[Film, Path]]) -> None:
        """Tell of all these films at once, and wait until every one is done."""
        wanted = await self.count("webhook-events", "done") + len(films)
        for film, video in films:
            await self.tell(film, video)
        await self.until_count("webhook-events", "done", wanted)

    async def until_count(self, what: str, status: str, wanted: int) -> None:
        """Wait until so many rows have a status. Raises RuntimeError when something has failed."""
        while await self.count(what, status) < wanted:
            if failed := await self.count("webhook-events", "failed"):
                raise RuntimeError(f"{failed} events have failed; a figure of such a run says nothing")
            await asyncio.sleep(POLL_SECONDS)

    async def run(self, flow: str, **parameters: object) -> float:
        """Run a flow by hand to its end; gives the seconds of the run. Raises RuntimeError where it does not complete.

        It is also raised where nobody begins with it in a minute.
        """
        deployment = (await self.engine.get(f"/deployments/name/{flow}/metarr")).raise_for_status().json()
        path = f"/deployments/{deployment['id']}/create_flow_run"
        run = (await self.engine.post(path, json={"parameters": parameters})).raise_for_status().json()
        deadline = asyncio.get_running_loop().time() + BEGIN_SECONDS
        while run["state_type"] not in ENDED:
            if not run["start_time"] and asyncio.get_running_loop().time() > deadline:
                raise RuntimeError(f"nobody has begun with {flow} in {BEGIN_SECONDS} s; is a worker there?")
            await asyncio.sleep(POLL_SECONDS)
            run = (await self.engine.get(f"/flow_runs/{run['id']}")).raise_for_status().json()
        if run["state_type"] != "COMPLETED":
            raise RuntimeError(f"{flow} ended as {run['state_type']}")
        return (datetime.fromisoformat(run["end_time"]) - datetime.fromisoformat(run["start_time"])).total_seconds()

    async def pause(self, queue: str) -> None:
        """Let nobody take runs from a work queue, as a user does in Prefect's page."""
        found = (await self.engine.get(f"/work_pools/metarr/queues/{queue}")).raise_for_status().json()
        (await self.engine.patch(f"/work_queues/{found['id']}", json={"is_paused": True})).raise_for_status()

    async def until_nothing_runs(self) -> None:
        """Wait until no job is under way, so that it costs nothing in what is measured next."""
        while await self.count("jobs", "running"):  # noqa: ASYNC110 - it is another process's
            await asyncio.sleep(POLL_SECONDS)


def film_of(number: int) -> Film:
    """The film that the providers know under this number."""
    return replace(TEARS_OF_STEEL, tmdb_id=number, imdb_id=f"tt{number:07d}", title=f"Film {number}")


@asynccontextmanager
async def running_rig() -> AsyncIterator[Rig]:
    """The stack, warm: its first films, which pay for everybody's first connections, are through."""
    async with made_up_house() as house:
        os.environ["METARR_CONFIG"] = str(house.config)
        os.environ["METARR__DISPATCHER__LOST_RUN_SECONDS"] = PATIENCE_SECONDS
        settings = load_settings()
        clip = write_clip(house.config.parent / "clip.mkv", seconds=1).read_bytes()
        async with (
            running_stack(settings) as stack,
            httpx.AsyncClient(base_url=stack.web_url, headers={"X-Api-Key": API_KEY}, trust_env=False, timeout=60) as web,
            httpx.AsyncClient(base_url=stack.prefect_api_url, trust_env=False, timeout=60) as engine,
        ):
            os.environ["PREFECT_API_URL"] = stack.prefect_api_url
            rig = Rig(house, settings, stack, web, engine, clip)
            await rig.all_done(rig.new_films(AT_ONCE))
            yield rig


@asynccontextmanager
async def stock_workers(rig: Rig) -> AsyncIterator[None]:
    """Prefect's own process worker in place of ours: the same pool, the same poll, as many runs at once."""
    await asyncio.gather(*(rig.stack.children[name].stop() for name in OUR_WORKERS))
    command = (sys.executable, "-m", "prefect", "worker", "start", "--pool", "metarr", "--limit", str(AT_ONCE))
    environment = client_environment(rig.settings, rig.stack.prefect_api_url)
    stock = Child("stock-worker", command, environment, rig.settings.paths.data_dir / "logs")
    await stock.start()
    rig.others.append(stock)
    try:
        await rig.all_done(rig.new_films(1))
        yield
    finally:
        await stock.stop()


def postmaster(settings: Settings) -> int:
    """The process of the embedded PostgreSQL."""
    return int((settings.paths.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
