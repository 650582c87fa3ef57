"""The players' process: tells players what they missed while they were off."""

from __future__ import annotations

import asyncio
import logging

from metarr_core.db import locks
from metarr_core.errors import DatabaseUnavailable, LockBusy
from metarr_core.operations import players
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import Settings

logger = logging.getLogger(__name__)

LEADER = "players"
WAIT_FOR_LEAD_SECONDS = 60.0
ROUND_SECONDS = 2.0


async def run(settings: Settings) -> None:
    """Deliver for ever. Another process may run beside this one: it waits until the leader is gone."""
    async with open_runtime(settings) as runtime:
        while True:
            try:
                async with locks.held(runtime.database, LEADER, wait_seconds=WAIT_FOR_LEAD_SECONDS):
                    await _lead(runtime)
            except LockBusy:
                continue
            except DatabaseUnavailable as exc:
                logger.warning("%s", exc)
                await asyncio.sleep(ROUND_SECONDS)


async def _lead(runtime: Runtime) -> None:
    while True:
        await players.deliver_due(runtime)
        await asyncio.sleep(ROUND_SECONDS)
