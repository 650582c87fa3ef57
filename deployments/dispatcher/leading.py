"""The dispatcher's process: a round whenever the queue changes, and at least each second."""

from __future__ import annotations

import contextlib

import psycopg

from deployments.dispatcher.dispatching import Dispatching, one_round
from deployments.dispatcher.engine import open_engine
from deployments.leader import lead
from metarr_core.errors import DatabaseUnavailable
from metarr_core.runtime import Runtime
from metarr_core.settings import Settings


async def run(settings: Settings) -> None:
    """Dispatch for ever."""
    await lead(settings, "dispatcher", _dispatch)


async def _dispatch(runtime: Runtime) -> None:
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
