"""The dispatcher's process: wait to be the leader, then a round whenever the queue changes, and at least each second."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import psycopg

from deployments.dispatcher.dispatching import Dispatching, one_round
from deployments.dispatcher.engine import open_engine
from metarr_core.db import locks
from metarr_core.errors import DatabaseUnavailable, LockBusy
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import Settings

logger = logging.getLogger(__name__)

LEADER = "dispatcher"
WAIT_FOR_LEAD_SECONDS = 60.0
PAUSE_SECONDS = 1.0


async def run(settings: Settings) -> None:
    """Dispatch for ever. Another dispatcher may run beside this one: it waits until the leader is gone."""
    async with open_runtime(settings) as runtime:
        while True:
            try:
                async with locks.held(runtime.database, LEADER, wait_seconds=WAIT_FOR_LEAD_SECONDS):
                    logger.info("this dispatcher leads")
                    await _lead(runtime)
            except LockBusy:
                continue
            except DatabaseUnavailable as exc:
                logger.warning("%s", exc)
                await asyncio.sleep(PAUSE_SECONDS)


async def _lead(runtime: Runtime) -> None:
    async with open_engine() as engine:
        dispatching = Dispatching(runtime, engine)
        bell = await runtime.database.connect()
        try:
            await bell.execute("LISTEN metarr_jobs")
            while True:
                await one_round(dispatching)
                await _wait(bell, runtime.settings.dispatcher.poll_seconds)
        except psycopg.OperationalError as exc:
            raise DatabaseUnavailable(str(exc)) from exc
        finally:
            with contextlib.suppress(psycopg.Error):
                await bell.close()


async def _wait(bell: psycopg.AsyncConnection, seconds: float) -> None:
    """Until the queue changes, or the time is over."""
    async for _ in bell.notifies(timeout=seconds, stop_after=1):
        return
