"""The life of a warm child: one event loop, everything opened once, then one flow run after another."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import os
import signal
from contextlib import AsyncExitStack
from multiprocessing.connection import Connection

from prefect.context import AsyncClientContext, SyncClientContext
from prefect.logging.handlers import APILogWorker
from sqlalchemy import text

from deployments.processes import die_with_parent, memory_mb
from deployments.worker.isolation import alone, changes_metarr, changes_prefect, end_stray_tasks, own_settings
from deployments.worker.orders import Ended, Halt, Ready, Run
from deployments.worker.running import Running
from metarr_core.errors import DatabaseUnavailable, MetarrError
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings

logger = logging.getLogger(__name__)


def live(connection: Connection) -> None:
    """A child's whole life: until the worker closes the pipe, or lets a run of it be ended."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches us too; the worker decides
    logging.getLogger("metarr_core").setLevel(logging.INFO)
    try:
        with asyncio.Runner() as runner:
            Warmth(connection, runner).last()
    except MetarrError as exc:
        raise SystemExit(f"metarr: {exc}") from exc
    except EOFError:
        return


class Warmth:
    """What a child keeps between runs: the loop, the runtime, and a client of Prefect's API."""

    def __init__(self, connection: Connection, runner: asyncio.Runner) -> None:
        self._connection, self._runner = connection, runner
        self._context = contextvars.copy_context()
        self._runtime, self._client = AsyncExitStack(), AsyncExitStack()

    def last(self) -> None:
        """Warm up, then carry out what the worker asks for. Raises EOFError when the worker is gone, MetarrError."""
        self._runner.run(self._warm_up(), context=self._context)
        self._connection.send(Ready())
        try:
            while (order := self._connection.recv()) is not None and self._carry_out(order):
                pass
        finally:
            self._runner.run(self._cool_down(), context=self._context)

    async def _warm_up(self) -> None:
        """Open everything, and pay now what a first run would pay: connections, and the threads that send logs."""
        await self._open_runtime()
        kept = await self._client.enter_async_context(AsyncClientContext.get_or_create())
        self._client.enter_context(SyncClientContext.get_or_create())  # else each run makes one: 40 ms for its TLS context
        try:
            await kept.client.hello()
        except Exception as exc:  # noqa: BLE001 - whatever keeps the server from answering, the run will find out
            logger.warning("Prefect does not answer yet: %s", exc)
        APILogWorker.instance()

    async def _open_runtime(self) -> None:
        runtime = await self._runtime.enter_async_context(open_runtime(load_settings()))
        try:
            await _first_query(runtime)
        except DatabaseUnavailable as exc:
            logger.warning("the database does not answer yet: %s", exc)

    async def _cool_down(self) -> None:
        await self._client.aclose()
        await self._runtime.aclose()

    def _carry_out(self, order: Run | Halt) -> bool:
        """Carry out a run; gives whether there can be another one in this process."""
        if not isinstance(order, Run):
            return True  # the run that should be ended has ended by itself
        context = contextvars.copy_context() if changes_prefect(order.environment) else self._context.copy()
        with alone(order.environment):
            is_settled, was_halted = self._runner.run(self._run(order), context=context)
        if changes_metarr(order.environment):
            self._runner.run(self._open_runtime(), context=self._context)
        self._connection.send(Ended(is_settled, memory_mb()))
        return not was_halted

    async def _run(self, order: Run) -> tuple[bool, bool]:
        if changes_metarr(order.environment):
            await self._runtime.aclose()  # the flow opens its own
        running, loop = Running(order), asyncio.get_running_loop()
        loop.add_reader(self._connection.fileno(), self._hear, running)
        try:
            with own_settings(order.environment):
                return await running.ended(), running.was_halted
        finally:
            loop.remove_reader(self._connection.fileno())
            await end_stray_tasks()

    def _hear(self, running: Running) -> None:
        """The worker speaks in the middle of a run: it wants it ended, or it has died."""
        try:
            order = self._connection.recv()
        except (EOFError, OSError):
            os._exit(1)
        if isinstance(order, Halt):
            running.halt(order)


async def _first_query(runtime: Runtime) -> None:
    async with runtime.database.transaction() as session:
        await session.execute(text("SELECT 1"))
