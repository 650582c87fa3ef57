"""Prefect's API as the dispatcher needs it. Failures leave as EngineUnavailable: the server may be down for a while."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import Crashed

from metarr_core.domain.jobs import Work
from metarr_core.domain.runs import RunState
from metarr_core.errors import EngineRefused, EngineUnavailable

P = ParamSpec("P")
T = TypeVar("T")

STATES = {
    StateType.SCHEDULED: RunState.SCHEDULED,
    StateType.PENDING: RunState.PENDING,
    StateType.RUNNING: RunState.RUNNING,
    StateType.CANCELLING: RunState.RUNNING,
    StateType.PAUSED: RunState.RUNNING,
    StateType.COMPLETED: RunState.COMPLETED,
    StateType.FAILED: RunState.FAILED,
    StateType.CRASHED: RunState.CRASHED,
    StateType.CANCELLED: RunState.CANCELLED,
}
PAGE = 200
REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
TIMEOUT_SECONDS = 10
BEGUN = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
UNDER_WAY = [StateType.RUNNING, StateType.PENDING, StateType.SCHEDULED]
TASK_LEFT = "its flow run has ended, and how this task ended is not known: its process, or its last word, was lost"


def _may_be_down(call: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    @wraps(call)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await call(*args, **kwargs)
        except (httpx.HTTPError, TimeoutError, RuntimeError, ValueError) as exc:  # ValueError: an answer that is no JSON
            raise EngineUnavailable(f"Prefect does not answer as it should: {_reason(exc)}") from exc

    return guarded


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:300]}"


class Engine:
    """Prefect, through one client."""

    def __init__(self, client: PrefectClient) -> None:
        self._client = client
        self._deployments: dict[str, UUID] = {}

    @_may_be_down
    async def start(self, work: Work) -> str:
        """Ask for a run of the work; gives its id. The same work gives the same run, however often it is asked for."""
        try:
            run = await self._client.create_flow_run_from_deployment(
                await self._deployment(work.job_type),
                name=f"{work.job_type}: {work.title}",
                parameters=work.parameters,
                idempotency_key=work.run_key,
                work_queue_name=work.priority.queue,
            )
        except httpx.HTTPStatusError as exc:
            self._deployments.clear()  # the deployment may have been made anew, under another id
            if exc.response.status_code in REFUSED:
                raise EngineRefused(f"Prefect refuses the run: {_reason(exc)}; run `metarr deploy` and replay") from exc
            raise
        except ObjectNotFound as exc:
            raise EngineUnavailable(f"Prefect has no deployment '{work.job_type}/metarr'; run `metarr deploy`") from exc
        return str(run.id)

    async def _deployment(self, job_type: str) -> UUID:
        if job_type not in self._deployments:
            found = await self._client.read_deployment_by_name(f"{job_type}/metarr")
            self._deployments[job_type] = found.id
        return self._deployments[job_type]

    @_may_be_down
    async def states(self, run_ids: Collection[str]) -> dict[str, RunState]:
        """The states of runs; one that Prefect does not know is gone."""
        found: dict[str, RunState] = dict.fromkeys(run_ids, RunState.GONE)
        ids = [UUID(run_id) for run_id in run_ids]
        for start in range(0, len(ids), PAGE):
            chosen = FlowRunFilter(id=FlowRunFilterId(any_=ids[start : start + PAGE]))
            runs = await self._client.read_flow_runs(flow_run_filter=chosen, limit=PAGE)
            found.update({str(run.id): _state(run) for run in runs})
        return found

    @_may_be_down
    async def crash(self, run_id: str, why: str) -> None:
        """Set a run Crashed, whatever it says of itself; one that Prefect does not know needs no more."""
        state: Any = Crashed(message=why)
        with contextlib.suppress(ObjectNotFound):
            await self._client.set_flow_run_state(UUID(run_id), state, force=True)

    @_may_be_down
    async def under_way(self) -> dict[str, str]:
        """The runs that the dispatcher has asked for and Prefect shows as under way, by id, with their keys."""
        begun = FlowRunFilterState(type=FlowRunFilterStateType(any_=BEGUN))
        runs = await self._client.read_flow_runs(flow_run_filter=FlowRunFilter(state=begun), limit=PAGE)
        return {str(run.id): run.idempotency_key for run in runs if run.idempotency_key}

    @_may_be_down
    async def end_left_tasks(self, before: datetime) -> int:
        """Set tasks Crashed that seem to be under way in flow runs that had ended before; gives how many.

        Prefect hears of tasks by events, which die with the process that sends or the server that reads them.
        """
        left = await self._client.read_task_runs(
            flow_run_filter=FlowRunFilter(end_time=FlowRunFilterEndTime(before_=before)),
            task_run_filter=TaskRunFilter(state=TaskRunFilterState(type=TaskRunFilterStateType(any_=UNDER_WAY))),
            limit=PAGE,
        )
        for task in left:
            state: Any = Crashed(message=TASK_LEFT)
            await self._client.set_task_run_state(task.id, state, force=True)
        return len(left)


@asynccontextmanager
async def open_engine() -> AsyncIterator[Engine]:
    """Prefect. It is asked once: the next round asks again, while the client's own retries would hold it up for a minute."""
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
        async with get_client(httpx_settings={"timeout": TIMEOUT_SECONDS}) as client:
            yield Engine(client)


def _state(run: FlowRun) -> RunState:
    return STATES[run.state_type] if run.state_type else RunState.SCHEDULED
