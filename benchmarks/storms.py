"""Many films at once: how fast they are done, and what that costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import pss_mib
from benchmarks.rig import Rig
from deployments.demo.film import Film

SAMPLE_SECONDS = 2.0


@dataclass(frozen=True)
class Cost:
    """Films, the seconds and the CPU seconds that they took, and the most memory meanwhile, in MiB."""

    films: int
    seconds: float
    cpu: float
    peak_mib: float = 0.0

    @property
    def cpu_per_film(self) -> float:
        """CPU seconds for each film."""
        return self.cpu / self.films

    @property
    def per_minute(self) -> float:
        """Films in a minute."""
        return 60 * self.films / self.seconds


async def storm(rig: Rig, films: Sequence[tuple[Film, Path]]) -> Cost:
    """Tell of films all at once. New ones get everything; of known ones there is nothing left to download."""
    async with peak(rig) as samples:
        began, cpu = time.perf_counter(), rig.cpu()
        await rig.all_done(films)
        return Cost(len(films), time.perf_counter() - began, rig.cpu() - cpu, max(samples))


@asynccontextmanager
async def peak(rig: Rig) -> AsyncIterator[list[float]]:
    """The memory of the whole stack, looked at every two seconds while the block lasts, in MiB."""
    samples = [pss_mib(rig.roots)]

    async def watch() -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            samples.append(await asyncio.to_thread(pss_mib, rig.roots))

    watching = asyncio.create_task(watch())
    try:
        yield samples
    finally:
        watching.cancel()
