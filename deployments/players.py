"""The players' process: tells players what they missed while they were off."""

from __future__ import annotations

import asyncio

from deployments.leader import lead
from metarr_core.operations import players
from metarr_core.runtime import Runtime
from metarr_core.settings import Settings

ROUND_SECONDS = 2.0


async def run(settings: Settings) -> None:
    """Deliver for ever."""
    await lead(settings, "players", _deliver)


async def _deliver(runtime: Runtime) -> None:
    while True:
        await players.deliver_due(runtime)
        await asyncio.sleep(ROUND_SECONDS)
