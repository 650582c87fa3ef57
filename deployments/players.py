"""The players' process: follows what players play, and tells them what they missed while they were off or in use."""

from __future__ import annotations

import asyncio

from deployments.leader import lead
from metarr_core.operations import listening, players
from metarr_core.runtime import Runtime
from metarr_core.settings import Settings

ROUND_SECONDS = 2.0


async def run(settings: Settings) -> None:
    """Follow and deliver for ever."""
    await lead(settings, "players", serve)


async def serve(runtime: Runtime) -> None:
    """Whatever ends first ends the others: the lead begins anew."""
    work = [_deliver(runtime), *(listening.follow(runtime, name) for name in runtime.players)]
    tasks = [asyncio.create_task(one) for one in work]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


async def _deliver(runtime: Runtime) -> None:
    while True:
        await players.deliver_due(runtime)
        await asyncio.sleep(ROUND_SECONDS)
