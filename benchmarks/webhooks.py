"""The web shim under load: webhooks that ask for nothing, so that it alone is measured."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from benchmarks.machine import pss_mib
from benchmarks.rig import Rig

AT_ONCE = 20


@dataclass(frozen=True)
class Load:
    """How the shim bore it: seconds until the answers, sorted; the whole time; events lost; memory in MiB."""

    taken: list[float]
    seconds: float
    lost: int
    mib_before: float
    mib_after: float

    def percentile(self, percent: int) -> float:
        """The seconds in which so many percent were answered."""
        return self.taken[min(len(self.taken) * percent // 100, len(self.taken) - 1)]


async def load(rig: Rig, events: int, per_second: float = 0) -> Load:
    """Send events at a steady pace; without one, twenty at once, as fast as they are answered."""
    shim = [rig.stack.children["web"].process]
    roots = [process.pid for process in shim if process]
    stored, mib = await rig.count("webhook-events", "ignored"), pss_mib(roots)
    slots, taken, began = asyncio.Semaphore(AT_ONCE), [], time.perf_counter()

    async def send(number: int) -> None:
        if per_second:
            await asyncio.sleep(began + number / per_second - time.perf_counter())
        async with slots:
            sent = time.perf_counter()
            (await rig.web.post("/webhooks/radarr/radarr", json={"eventType": "Health", "n": number})).raise_for_status()
            taken.append(time.perf_counter() - sent)

    await asyncio.gather(*(send(number) for number in range(events)))
    seconds = time.perf_counter() - began
    lost = events - (await rig.count("webhook-events", "ignored") - stored)
    return Load(sorted(taken), seconds, lost, mib, pss_mib(roots))
