"""What all flows that work on one title share: the runtime, the title's lock, and the verdict on their jobs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.states import Completed

from metarr_core import logs
from metarr_core.db import jobs, locks, movies
from metarr_core.domain.ids import JobId, MovieId, TitleKey
from metarr_core.errors import DatabaseUnavailable, TransientError
from metarr_core.operations import verdicts
from metarr_core.runtime import Runtime

logger = logging.getLogger(__name__)

LOCK_WAIT_SECONDS = 10.0
VERDICT_ATTEMPTS = 6


async def with_verdict(runtime: Runtime, work: Callable[[], Awaitable[str]]) -> State[Any]:
    """Do the work of this run and pass the verdict on the jobs that it was made for; gives the run's final state.

    What only waits for the outside world ends as 'Postponed'; other errors are raised, and the work says in a sentence
    what it did. A run that was started by hand has no jobs.
    """
    run = this_run()
    with logs.ids(flow_run_id=run.id, run_key=run.idempotency_key):
        return await _judged(runtime, run, work)


async def _judged(runtime: Runtime, run: FlowRun, work: Callable[[], Awaitable[str]]) -> State[Any]:
    run_key = run.idempotency_key
    try:
        if run_key:
            await verdicts.begin(runtime, run_key, str(run.id))
        summary = await work()
        if run_key:
            await verdicts.succeed(runtime, run_key)
        return Completed(message=summary)
    except Exception as exc:
        retry_at = await _fail(runtime, run_key, exc) if run_key else None
        if retry_at is not None and isinstance(exc, TransientError) and exc.patience is not None:
            return Completed(name="Postponed", message=f"tried again at {retry_at:%H:%M:%S} UTC: {exc}")
        raise


def title_lock(runtime: Runtime, title_key: TitleKey) -> AbstractAsyncContextManager[None]:
    """The lock by which a run proves that it lives, and that nobody else works on the title. Raises LockBusy."""
    return locks.held(runtime.database, title_key, wait_seconds=LOCK_WAIT_SECONDS)


@asynccontextmanager
async def movie_lock(runtime: Runtime, movie_id: MovieId) -> AsyncIterator[None]:
    """The lock of a film that we know. Raises LockBusy, NotFoundError."""
    async with runtime.database.transaction() as session:
        title_key = await movies.title_key_of(session, movie_id)
    async with title_lock(runtime, title_key):
        yield


async def _fail(runtime: Runtime, run_key: str, error: Exception) -> datetime | None:
    """The verdict, also while the database comes back; without it, the dispatcher finds the run ended and decides."""
    for attempt in range(1, VERDICT_ATTEMPTS + 1):
        try:
            return await verdicts.fail(runtime, run_key, error)
        except DatabaseUnavailable as exc:
            logger.warning("the verdict has to wait: %s", exc)
            await asyncio.sleep(min(attempt, 3))
    return None


async def name_film_run(runtime: Runtime, movie_id: MovieId, flow_name: str, more: str = "") -> str:
    """Name this run after a film that we know; gives the film's title. Raises NotFoundError."""
    async with runtime.database.transaction() as session:
        title = (await movies.get(session, movie_id)).title
    await name_run(f"{flow_name}: {title}{more}")
    return title


def this_run() -> FlowRun:
    """The flow run that this code is in."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise RuntimeError("this works only inside a flow run")
    return context.flow_run


def may_go_on() -> bool:
    """Whether a run before this one may have died in the middle of the same work. One by hand begins."""
    key = this_run().idempotency_key
    return key is not None and not key.endswith("/1")


async def this_job(runtime: Runtime) -> JobId | None:
    """The newest job that this run was made for; None where it was started by hand."""
    if not (run_key := this_run().idempotency_key):
        return None
    async with runtime.database.transaction() as session:
        return await jobs.last_of_run(session, run_key)


async def name_run(name: str) -> None:
    """Give this run a name that carries the title, where it was started without one."""
    run = this_run()
    if run.name != name:
        async with get_client() as client:
            await client.update_flow_run(run.id, name=name)
