"""Prefect's own worker in our workers' place, and Prefect's own command in place of `metarr deploy`: both do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from deployments.bootstrap import deployment_entries
from deployments.demo.clips import write_clip
from deployments.demo.films import SINTEL
from deployments.demo.proof import shortcomings
from metarr_core import errors
from tests.stack.conftest import LiveHouse
from tests.worker.conftest import FINAL, Engine, stock

OURS = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.MetarrError)}


async def test_a_stock_worker_brings_a_film_to_the_screen(live, engine):
    video = await sintel(live)
    async with only_stock(live):
        state = await ended(engine, "new-media", path=str(video), tmdb_id=SINTEL.tmdb_id)
    assert (state["type"], state["message"]) == ("COMPLETED", state["message"])
    assert shortcomings(SINTEL, video, await live.movie(SINTEL), live.kodi) == []


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_stock_worker_runs_every_deployment(live, engine):
    """Each comes to its end, or says in a sentence of ours why it cannot be done; none dies of where it runs."""
    video = await sintel(live)
    async with only_stock(live):
        await ended(engine, "new-media", path=str(video), tmdb_id=SINTEL.tmdb_id)
        given = {"movie_id": (await live.movie(SINTEL))["id"], "dry_run": True, "path": str(video), "artwork_type": "poster"}
        names = [entry["entrypoint"].rsplit(".", 1)[1].replace("_", "-") for entry in deployment_entries()]
        states = await asyncio.gather(*(ended(engine, name, **given) for name in names))
    unexplained = {name: state["message"] for name, state in zip(names, states, strict=True) if not is_explained(state)}
    assert unexplained == {}
    assert {state["type"] for name, state in zip(names, states, strict=True) if name in {"new-media", "delete-media"}} == {
        "COMPLETED"
    }


async def sintel(live: LiveHouse) -> Path:
    folder = live.movies / "Sintel (2010)"
    folder.mkdir(exist_ok=True)
    return await asyncio.to_thread(write_clip, folder / "Sintel (2010).mkv", seconds=1, title=SINTEL.title)


@asynccontextmanager
async def only_stock(live: LiveHouse) -> AsyncIterator[None]:
    """No worker of ours beside it."""
    ours = live.stack.children["worker-background"]
    await ours.stop()
    try:
        async with stock(live):
            yield
    finally:
        ours._stopping = False
        await ours.start()


async def ended(engine: Engine, flow: str, **given: Any) -> dict[str, Any]:
    """How a run of a deployment ended that was given those of these parameters that it has."""
    deployment = (await engine.api.get(f"/deployments/name/{flow}/metarr")).raise_for_status().json()
    known = deployment["parameter_openapi_schema"]["properties"]
    body = {"parameters": {name: value for name, value in given.items() if name in known}}
    created = (await engine.api.post(f"/deployments/{deployment['id']}/create_flow_run", json=body)).raise_for_status()
    return await engine.in_state(created.json()["id"], *FINAL, seconds=400)


def is_explained(state: dict[str, Any]) -> bool:
    named = re.search(r"(?:^|: )([A-Z]\w+): ", state["message"] or "")
    return state["type"] == "COMPLETED" or (state["type"] == "FAILED" and named is not None and named.group(1) in OURS)
