"""The process of `metarr worker`: works until it is asked to stop, then lets what is under way come to its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from multiprocessing.connection import Connection

from prefect.settings import PREFECT_WORKER_QUERY_SECONDS

from deployments.nursery.asking import Nursery
from deployments.nursery.process import forked
from deployments.processes import take_only_spare_cpu
from deployments.worker.lanes import Lane
from deployments.worker.worker import WarmWorker
from metarr_core.settings import Settings

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 30.0


def run(settings: Settings, lane: Lane) -> None:
    """Serve a lane until SIGTERM or Ctrl-C. Others may serve the same lane beside this one."""
    if lane == "background":
        take_only_spare_cpu()
    line = forked()  # before there is a thread
    asyncio.run(_serve(settings, lane, line))


async def _serve(settings: Settings, lane: Lane, line: Connection | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    worker = WarmWorker(Nursery(line), lane, settings.worker)
    async with worker:
        await _until(stop, worker)
    logger.info("stopped")


async def _until(stop: asyncio.Event, worker: WarmWorker) -> None:
    serving = asyncio.create_task(worker.serve(PREFECT_WORKER_QUERY_SECONDS.value()))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if serving.done():
        serving.result()
    logger.info("stopping: nothing new is taken on, what is under way has %g s", DRAIN_SECONDS)
    await worker.drain(DRAIN_SECONDS)
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
