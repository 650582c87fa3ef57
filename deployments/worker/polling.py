"""What Prefect has for this worker: flow runs that are due, and flow runs that a user wants cancelled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.context import SettingsContext, get_settings_context
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, Settings

logger = logging.getLogger(__name__)

ENGINE_ERRORS = (httpx.HTTPError, TimeoutError, OSError, RuntimeError)
"""What Prefect's client raises while its server is away, starts, or is busy."""


def asked_once() -> SettingsContext:
    """A context in which Prefect's client leaves trying again to the next round."""
    return SettingsContext(profile=get_settings_context().profile, settings=_without_retries())


@cache
def _without_retries() -> Settings:
    """Once for the process: Prefect reads all its settings anew to change one, which was most of what a worker cost."""
    return get_settings_context().settings.copy_with_update(updates={PREFECT_CLIENT_MAX_RETRIES: 0})


async def due_runs(client: PrefectClient, pool: str, queues: Collection[str]) -> list[FlowRun]:
    """The flow runs that are due, most urgent first. Raises one of ENGINE_ERRORS at once: the next round asks again."""
    with asked_once():
        found = await client.get_scheduled_flow_runs_for_work_pool(
            work_pool_name=pool, work_queue_names=list(queues), scheduled_before=datetime.now(UTC)
        )
    return [entry.flow_run for entry in found]


async def cancelling(client: PrefectClient, run_ids: Collection[UUID]) -> list[UUID]:
    """Which of these runs a user wants cancelled. Raises one of ENGINE_ERRORS at once."""
    wanted = FlowRunFilter(
        id=FlowRunFilterId(any_=list(run_ids)),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.CANCELLING])),
    )
    with asked_once():
        return [run.id for run in await client.read_flow_runs(flow_run_filter=wanted)]


async def again_and_again(step: Callable[[], Awaitable[object]], pause: Callable[[], Awaitable[object]]) -> None:
    """Take a step for ever, with pauses; what Prefect's server cannot do now, it can in a later round."""
    is_well = True
    while True:
        try:
            await step()
            is_well = True
        except ENGINE_ERRORS as exc:
            if is_well:
                logger.warning("Prefect does not answer as it should; asking on: %s: %.300s", type(exc).__name__, exc)
            is_well = False
        await pause()


async def until(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so long, and take it."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
    event.clear()
