"""A storm of films, with one part after another killed: when all are back, nothing is missing, double or left over."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Awaitable, Callable

import httpx
import pytest

from deployments.demo.house import radarr_download
from deployments.processes import descendants
from tests.stack.conftest import LiveHouse, until
from tests.stack.test_bad_luck import assert_all_is_well, film, kill_with_children, postmaster

logger = logging.getLogger(__name__)

FILMS = 50
BETWEEN_KILLS = 7
UNDER_WAY = ["RUNNING", "PENDING", "CANCELLING"]


async def kill_child(live: LiveHouse) -> None:
    os.kill(await busy_child(live), signal.SIGKILL)


async def kill_worker(live: LiveHouse) -> None:
    os.kill(live.stack.children["worker-interactive"].process.pid, signal.SIGKILL)


async def kill_worker_and_child(live: LiveHouse) -> None:
    child = await busy_child(live)
    for pid in (live.stack.children["worker-interactive"].process.pid, child):
        os.kill(pid, signal.SIGKILL)


async def kill_dispatcher(live: LiveHouse) -> None:
    kill_with_children(live, "dispatcher")


async def kill_prefect_server(live: LiveHouse) -> None:
    kill_with_children(live, "prefect-server")


async def kill_postgres(live: LiveHouse) -> None:
    os.kill(postmaster(live), signal.SIGKILL)


KILLS = (kill_child, kill_worker, kill_worker_and_child, kill_dispatcher, kill_prefect_server, kill_postgres)


async def busy_child(live: LiveHouse) -> int:
    """The process of a run that is under way now."""

    async def look() -> int | None:
        alive = set(descendants(live.stack.children["worker-interactive"].process.pid))
        runs = await engine(live, "flow_runs/filter", "RUNNING")
        return next((pid for run in runs if (pid := int(run["infrastructure_pid"] or 0)) in alive), None)

    return await until(look, "a run is under way", 60)


async def engine(live: LiveHouse, path: str, *states: str) -> list[dict]:
    """Prefect's runs in these states."""
    runs = path.partition("/")[0]
    async with httpx.AsyncClient(base_url=live.stack.prefect_api_url, trust_env=False, timeout=30) as api:
        body = {runs: {"state": {"type": {"any_": states}}}, "limit": 200}
        return (await api.post(path, json=body)).raise_for_status().json()


async def reached(live: LiveHouse, completed: int) -> None:
    """So many films of the storm are complete."""

    async def look() -> bool:
        try:
            jobs = (await live.get("jobs", status="completed", page_size=500))["items"]
        except httpx.HTTPError:
            return False  # what was killed before is not back yet
        return len([job for job in jobs if job["title"].startswith("Storm ")]) >= completed

    await until(look, f"{completed} films are complete", 120)


@pytest.mark.long
@pytest.mark.timeout(420)
async def test_a_storm_outlives_the_death_of_each_part(live):
    films = [film(live, 7500 + number, f"Storm {number:02}") for number in range(FILMS)]
    videos = {one: await live.place(one) for one in films}
    told = {one: radarr_download(one, f"/data/movies/{video.parent.name}", video) for one, video in videos.items()}
    sent = {one: (await live.tell(webhook), videos[one]) for one, webhook in told.items()}
    await kill_each(live, KILLS)
    await until(lambda: ready(live), "everything is back", 60)
    await assert_all_is_well(live, sent, 240)
    await until(lambda: nothing_under_way(live), "Prefect shows no run as under way", 120)


async def kill_each(live: LiveHouse, kills: tuple[Callable[[LiveHouse], Awaitable[None]], ...]) -> None:
    """One part after another, each while films are under way."""
    for number, kill in enumerate(kills):
        await reached(live, 2 + number * BETWEEN_KILLS)
        await kill(live)


async def ready(live: LiveHouse) -> bool:
    return (await live.web.get("/health/ready")).is_success


async def nothing_under_way(live: LiveHouse) -> bool:
    left = [run for path in ("flow_runs/filter", "task_runs/filter") for run in await engine(live, path, *UNDER_WAY)]
    logger.warning("still under way: %s", [(run["name"], run["state"]["name"]) for run in left])
    return not left
