"""A stack whose interactive lane is served by worker processes that the tests start, kill and stop themselves."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from deployments.addresses import client_environment
from deployments.demo.films import FILMS
from deployments.processes import descendants
from deployments.stack.child import Child
from deployments.stack.stack import METARR
from tests.stack.conftest import LiveHouse, is_alive, live_house, own_environment, until

__all__ = ["own_environment"]

FLOWS = ("look", "leave_traces", "wait", "hang", "grow", "began")
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
WARM = "submitted no run yet"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/worker" in item.path.as_posix():
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@dataclass(frozen=True)
class Engine:
    """Prefect's API, as a user's browser speaks it, with deployments of the tests' flows."""

    api: httpx.AsyncClient
    deployments: dict[str, str]

    async def start(self, flow: str, env: dict[str, str] | None = None, queue: str = "high", **parameters: Any) -> str:
        body = {
            "parameters": parameters,
            "job_variables": {"env": env} if env else {},
            "work_queue_name": queue,
        }
        answer = await self.api.post(f"/deployments/{self.deployments[flow]}/create_flow_run", json=body)
        return answer.raise_for_status().json()["id"]

    async def start_deployment(self, flow: str, **parameters: Any) -> str:
        """Start one of the product's flows, as the button in Prefect's page does."""
        deployment = (await self.api.get(f"/deployments/name/{flow}/metarr")).raise_for_status().json()
        body = {"parameters": parameters}
        answer = await self.api.post(f"/deployments/{deployment['id']}/create_flow_run", json=body)
        return answer.raise_for_status().json()["id"]

    async def run(self, run_id: str) -> dict[str, Any]:
        return (await self.api.get(f"/flow_runs/{run_id}")).raise_for_status().json()

    async def in_state(self, run_id: str, *states: str, seconds: float = 30) -> dict[str, Any]:
        """The run's state, once it is one of these."""

        async def look() -> dict[str, Any] | None:
            state = (await self.run(run_id))["state"]
            return state if state["type"] in states else None

        return await until(look, f"run {run_id} is {states}", seconds)

    async def told(
        self, flow: str, env: dict[str, str] | None = None, queue: str = "high", **parameters: Any
    ) -> dict[str, Any]:
        """What a run of one of the tests' flows says."""
        state = await self.in_state(await self.start(flow, env, queue, **parameters), *FINAL, seconds=60)
        assert state["type"] == "COMPLETED", state
        return json.loads(state["message"])

    async def cancel(self, run_id: str) -> None:
        """As the button in Prefect's page does."""
        body = {"state": {"type": "CANCELLING", "name": "Cancelling"}}
        (await self.api.post(f"/flow_runs/{run_id}/set_state", json=body)).raise_for_status()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def live(open_folder: Path, own_environment: None) -> AsyncIterator[LiveHouse]:
    async with live_house(open_folder / "worker", FILMS) as house:
        await house.stack.children["worker-interactive"].stop()
        yield house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(live: LiveHouse) -> AsyncIterator[Engine]:
    async with httpx.AsyncClient(base_url=live.stack.prefect_api_url, trust_env=False, timeout=30) as api:
        yield Engine(api, {name: await _deployed(api, name) for name in FLOWS})


async def _deployed(api: httpx.AsyncClient, name: str) -> str:
    flow = (await api.post("/flows/", json={"name": name.replace("_", "-")})).raise_for_status().json()
    body = {
        "name": "test",
        "flow_id": flow["id"],
        "entrypoint": f"tests.worker.flows.{name}",
        "work_pool_name": "metarr",
        "work_queue_name": "high",
    }
    return (await api.post("/deployments/", json=body)).raise_for_status().json()["id"]


@asynccontextmanager
async def working(live: LiveHouse, name: str = "worker", **settings: object) -> AsyncIterator[Child]:
    """A worker of the interactive lane with settings of its own, and with its children warm."""
    own = {f"METARR__WORKER__{key.upper()}": str(value) for key, value in settings.items()}
    environment = client_environment(live.settings, live.stack.prefect_api_url) | own
    arguments = (*METARR, "worker", "--lane", "interactive")
    child = Child(name, arguments, environment, live.settings.paths.data_dir / "logs")
    await child.start()
    try:
        yield child
    finally:
        if child.process is not None and child.process.returncode is None:
            await child.stop()


@asynccontextmanager
async def stock(live: LiveHouse) -> AsyncIterator[None]:
    """Prefect's own worker, as its documentation starts it."""
    arguments = (sys.executable, "-m", "prefect", "worker", "start", "--pool", "metarr", "--limit", "3")
    environment = client_environment(live.settings, live.stack.prefect_api_url)
    child = Child("stock-worker", arguments, environment, live.settings.paths.data_dir / "logs")
    await child.start()
    try:
        yield
    finally:
        await child.stop()


async def flow_run_of(live, event_id: int) -> str:
    async def look() -> str | None:
        return (await live.get(f"webhook-events/{event_id}"))["flow_run_id"]

    return await until(look, "the event has a run", 30)


def pid_of(worker: Child) -> int:
    assert worker.process is not None
    return worker.process.pid


async def ended(worker: Child) -> int:
    """Its exit status, once it has ended by itself."""
    assert worker.process is not None
    return await asyncio.wait_for(worker.process.wait(), 60)


def terminate(worker: Child) -> None:
    os.kill(pid_of(worker), signal.SIGTERM)


async def nothing_left(pids: list[int]) -> None:
    async def look() -> bool:
        return not any(is_alive(pid) for pid in pids)

    await until(look, "all these processes are gone", 15)


def below(worker: Child) -> list[int]:
    return descendants(pid_of(worker))
