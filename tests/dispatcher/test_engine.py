"""Prefect's API through its own client: whatever it answers, the dispatcher hears of a run, or that Prefect is away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deployments.demo.faults import Fault, Faults, Reset
from deployments.demo.serving import serve
from deployments.dispatcher.engine import Engine, open_engine
from metarr_core.domain.ids import EventId, JobId, TitleKey
from metarr_core.domain.jobs import Priority, Work
from metarr_core.domain.runs import RunState
from metarr_core.errors import EngineRefused, EngineUnavailable

WORK = Work(TitleKey("movie:tmdb:1"), "Sintel (2010)", "new-media", Priority.HIGH, (JobId(1),), (EventId(7),), 1)
FLOW = str(uuid4())
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


class PrefectStandIn:
    """The few answers of Prefect's server that the dispatcher lives on."""

    def __init__(self) -> None:
        self.deployment_id = str(uuid4())
        self.runs: dict[str, dict[str, Any]] = {}
        self.tasks: dict[str, dict[str, Any]] = {}
        self.asked_for_tasks: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.faults = Faults()
        app = Starlette(
            routes=[
                Route("/api/deployments/name/new-media/metarr", self._deployment),
                Route("/api/deployments/{id}/create_flow_run", self._create, methods=["POST"]),
                Route("/api/flow_runs/filter", self._filter, methods=["POST"]),
                Route("/api/flow_runs/{id}/set_state", self._set_state, methods=["POST"]),
                Route("/api/task_runs/filter", self._filter_tasks, methods=["POST"]),
                Route("/api/task_runs/{id}/set_state", self._set_task_state, methods=["POST"]),
            ]
        )
        self.app = self._noting(self.faults.wrap(app))

    def _noting(self, app: Any) -> Any:
        async def noted(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                self.asked.append(scope["path"])
            await app(scope, receive, send)

        return noted

    async def _deployment(self, _: Request) -> Response:
        return JSONResponse({"id": self.deployment_id, "name": "metarr", "flow_id": FLOW})

    async def _create(self, request: Request) -> Response:
        if request.path_params["id"] != self.deployment_id:
            return JSONResponse({"detail": "Deployment not found"}, 404)
        wanted = await request.json()
        run = {"id": str(uuid4()), "flow_id": FLOW, "state_type": "SCHEDULED", **wanted, "state": None}
        return JSONResponse(self.runs.setdefault(wanted["idempotency_key"], run), 201)

    async def _filter(self, request: Request) -> Response:
        wanted = (await request.json())["flow_runs"]
        if wanted.get("state"):
            states = wanted["state"]["type"]["any_"]
            return JSONResponse([run for run in self.runs.values() if run["state_type"] in states])
        return JSONResponse([run for run in self.runs.values() if run["id"] in wanted["id"]["any_"]])

    async def _set_state(self, request: Request) -> Response:
        known = [run for run in self.runs.values() if run["id"] == request.path_params["id"]]
        if not known:
            return JSONResponse({"detail": "Flow run not found"}, 404)
        body = await request.json()
        known[0] |= {"state_type": body["state"]["type"], "forced": body["force"]}
        return JSONResponse({"state": None, "status": "ACCEPT", "details": {"type": "accept_details"}})

    async def _filter_tasks(self, request: Request) -> Response:
        self.asked_for_tasks.append(await request.json())
        return JSONResponse(list(self.tasks.values()))

    async def _set_task_state(self, request: Request) -> Response:
        body = await request.json()
        self.tasks[request.path_params["id"]] |= {"state_type": body["state"]["type"], "forced": body["force"]}
        return JSONResponse({"state": None, "status": "ACCEPT", "details": {"type": "accept_details"}})


@asynccontextmanager
async def engine_of(server: PrefectStandIn) -> AsyncIterator[Engine]:
    async with serve(server.app) as url:
        with temporary_settings({PREFECT_API_URL: f"{url}/api"}):
            async with open_engine() as engine:
                yield engine


CALLS = {
    "start": lambda engine: engine.start(WORK),
    "states": lambda engine: engine.states([str(uuid4())]),
    "crash": lambda engine: engine.crash(str(uuid4()), "lost"),
    "under_way": lambda engine: engine.under_way(),
    "end_left_tasks": lambda engine: engine.end_left_tasks(NOON),
}
calls = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())


async def test_the_same_work_gives_the_same_run_with_its_name_events_queue_and_key():
    server = PrefectStandIn()
    async with engine_of(server) as engine:
        run_id = await engine.start(WORK)
        assert await engine.start(WORK) == run_id
    (run,) = server.runs.values()
    assert run["id"] == run_id
    assert (run["name"], run["parameters"]) == ("new-media: Sintel (2010)", {"event_ids": [7]})
    assert (run["work_queue_name"], run["idempotency_key"]) == ("high", WORK.run_key)


async def test_states_are_told_in_our_words_and_what_prefect_does_not_know_is_gone():
    server, unknown = PrefectStandIn(), str(uuid4())
    async with engine_of(server) as engine:
        run_id = await engine.start(WORK)
        for said, meant in (("SCHEDULED", RunState.SCHEDULED), ("PAUSED", RunState.RUNNING), ("CRASHED", RunState.CRASHED)):
            server.runs[WORK.run_key]["state_type"] = said
            assert await engine.states([run_id, unknown]) == {run_id: meant, unknown: RunState.GONE}
        assert await engine.states([]) == {}


async def test_a_run_is_set_crashed_whatever_it_says():
    server = PrefectStandIn()
    async with engine_of(server) as engine:
        run_id = await engine.start(WORK)
        await engine.crash(run_id, "its process is gone")
    (run,) = server.runs.values()
    assert (run["state_type"], run["forced"]) == ("CRASHED", True)


async def test_a_run_that_prefect_does_not_know_needs_no_crash():
    server = PrefectStandIn()
    async with engine_of(server) as engine:
        await engine.crash(str(uuid4()), "its process is gone")
    assert server.asked[-1].endswith("/set_state")


async def test_runs_that_have_begun_are_told_with_their_keys_and_those_that_users_started_are_not():
    server, by_hand = PrefectStandIn(), str(uuid4())
    server.runs["by hand"] = {"id": by_hand, "flow_id": FLOW, "state_type": "RUNNING", "state": None}
    async with engine_of(server) as engine:
        run_id = await engine.start(WORK)
        assert await engine.under_way() == {}
        server.runs[WORK.run_key]["state_type"] = "RUNNING"
        assert await engine.under_way() == {run_id: WORK.run_key}


async def test_tasks_that_seem_to_be_under_way_in_flow_runs_that_have_ended_are_set_crashed():
    server, task_id = PrefectStandIn(), str(uuid4())
    server.tasks[task_id] = {"id": task_id, "task_key": "probe", "dynamic_key": "0", "state_type": "RUNNING"}
    async with engine_of(server) as engine:
        assert await engine.end_left_tasks(NOON) == 1
    assert (server.tasks[task_id]["state_type"], server.tasks[task_id]["forced"]) == ("CRASHED", True)
    (asked,) = server.asked_for_tasks
    assert asked["flow_runs"]["end_time"]["before_"].startswith("2026-11-01T12:00:00")
    assert set(asked["task_runs"]["state"]["type"]["any_"]) == {"RUNNING", "PENDING", "SCHEDULED"}


@pytest.mark.parametrize("status", [400, 409, 422])
async def test_a_run_that_prefect_refuses_is_no_outage(status):
    server = PrefectStandIn()
    server.faults.add("create_flow_run", Fault(status=status, body=b'{"detail": "no"}'))
    async with engine_of(server) as engine:
        with pytest.raises(EngineRefused, match="metarr deploy"):
            await engine.start(WORK)


@pytest.mark.parametrize("status", [401, 500, 503])
async def test_an_error_of_the_server_means_that_it_is_away_and_it_is_asked_only_once(status):
    """The next round asks again; a client that does so itself would hold up all titles."""
    server = PrefectStandIn()
    server.faults.add("/", Fault(status=status, body=b'{"detail": "no"}'))
    async with engine_of(server) as engine:
        failures = await asyncio.gather(*(call(engine) for call in CALLS.values()), return_exceptions=True)
    assert [type(failure) for failure in failures] == [EngineUnavailable] * len(CALLS)
    assert all(str(status) in str(failure) for failure in failures)
    assert len(server.asked) == len(CALLS)


@calls
async def test_a_broken_connection_means_that_it_is_away(call):
    server = PrefectStandIn()
    server.faults.add("/", Reset())
    async with engine_of(server) as engine:
        with pytest.raises(EngineUnavailable):
            await call(engine)


@calls
async def test_a_page_of_somebody_else_means_that_it_is_away(call):
    server = PrefectStandIn()
    for body in (b"<html>a proxy is sorry</html>", json.dumps({"not": "ours"}).encode()):
        server.faults.clear()
        server.faults.add("/", Fault(status=200, body=body))
        async with engine_of(server) as engine:
            with pytest.raises(EngineUnavailable):
                await call(engine)


@calls
async def test_nobody_at_the_address_means_that_it_is_away(call):
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        async with open_engine() as engine:
            with pytest.raises(EngineUnavailable):
                await call(engine)


async def test_a_missing_deployment_says_what_to_do_and_is_found_once_it_is_there():
    server = PrefectStandIn()
    server.faults.add("/name/", Fault(status=404, body=b"{}", times=1))
    async with engine_of(server) as engine:
        with pytest.raises(EngineUnavailable, match="metarr deploy"):
            await engine.start(WORK)
        assert UUID(await engine.start(WORK))


async def test_a_deployment_that_was_made_anew_is_found_under_its_new_id():
    server = PrefectStandIn()
    async with engine_of(server) as engine:
        first = await engine.start(WORK)
        server.deployment_id = str(uuid4())
        server.runs.clear()
        with pytest.raises(EngineUnavailable, match="404"):
            await engine.start(WORK)
        assert await engine.start(WORK) != first
