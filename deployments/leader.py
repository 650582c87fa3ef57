"""Processes of which several may run and one leads: the others wait until it is gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from metarr_core.db import locks
from metarr_core.errors import DatabaseUnavailable, LockBusy
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import Settings

logger = logging.getLogger(__name__)

WAIT_FOR_LEAD_SECONDS = 60.0
PAUSE_SECONDS = 1.0


async def lead(settings: Settings, name: str, work: Callable[[Runtime], Awaitable[None]]) -> None:
    """Lead for ever. Work that loses the database, or the lead, begins anew when it has it back."""
    async with open_runtime(settings) as runtime:
        while True:
            try:
                async with locks.held(runtime.database, name, wait_seconds=WAIT_FOR_LEAD_SECONDS):
                    logger.info("this process leads the %s", name)
                    await work(runtime)
            except LockBusy:
                continue
            except DatabaseUnavailable as exc:
                logger.warning("%s", exc)
                await asyncio.sleep(PAUSE_SECONDS)
