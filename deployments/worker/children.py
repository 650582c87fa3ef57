"""The warm children of a worker: born before anybody waits for them, replaced before they are worn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Self

from deployments.nursery.asking import Nursery
from deployments.worker.child import Child
from metarr_core.settings.sections import Worker

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
QUIET_SECONDS = 30.0


class Children:
    """Children to borrow. The one that came back last goes out first: its memory is warm, and others stay small.

    `most` may be used at once. `ahead` of them are born before anybody asks. While there is work, at least one more than are
    in use is there or on its way; after a while without work, those go again. Whoever is in its last run has its successor
    already.
    """

    def __init__(self, nursery: Nursery, most: int, ahead: int, settings: Worker, on_idle: Callable[[], None]) -> None:
        self._nursery, self._most, self._ahead = nursery, most, ahead
        self._settings, self._on_idle = settings, on_idle
        self._alive: set[Child] = set()
        self._idle: list[Child] = []
        self._has_idle = asyncio.Condition()
        self._asking = 0
        self._quiet: asyncio.TimerHandle | None = None
        self._coming = 0
        self._births: set[asyncio.Task[None]] = set()
        self._watches: set[asyncio.Task[None]] = set()
        self._farewells: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._have_enough()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._hush()
        tasks = [*self._births, *self._watches]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(child.leave() for child in self._alive), *self._farewells)
        await self._nursery.close()

    @property
    def free(self) -> int:
        """How many runs can be taken on now: one for each warm child without work, or one for which the first is born."""
        return len(self._idle) if self._alive or self._ahead else 1

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[Child]:
        """A warm child for one flow run."""
        child = await self._next()
        try:
            yield child
        finally:
            if self._is_worn(child):
                self._dismiss(child)
            else:
                await self._rest(child)

    def _is_worn(self, child: Child) -> bool:
        return child.is_worn(self._settings.runs_per_child, self._settings.child_memory_mb)

    async def _next(self) -> Child:
        self._asking += 1
        self._have_enough()
        try:
            async with self._has_idle:
                await self._has_idle.wait_for(lambda: self._idle)
                child = self._idle.pop()
        finally:
            self._asking -= 1
        child.runs += 1
        self._hush()
        self._have_enough()
        return child

    async def _rest(self, child: Child) -> None:
        async with self._has_idle:
            self._idle.append(child)
            self._has_idle.notify()
        self._hush()
        if len(self._idle) > self._ahead:
            self._quiet = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._thin_out)
        self._on_idle()

    def _hush(self) -> None:
        if self._quiet is not None:
            self._quiet.cancel()

    def _thin_out(self) -> None:
        """Nobody has asked for a while: who is more than enough goes, the largest first."""
        for child in sorted(self._idle, key=lambda one: one.memory_mb)[self._ahead :]:
            self._idle.remove(child)
            self._dismiss(child)

    def _dismiss(self, child: Child) -> None:
        """Let it go, and have another one where that leaves too few."""
        logger.info("child %d goes after %d runs, with %.0f MiB", child.pid, child.runs, child.memory_mb)
        self._alive.discard(child)
        self._keep(child.leave(), self._farewells)
        self._have_enough()

    def _have_enough(self) -> None:
        is_at_work = self._asking or len(self._idle) < len(self._alive)
        wanted = max(self._ahead, 1) if is_at_work else self._ahead
        there = sum(not self._is_worn(child) for child in self._alive)
        missing = min(wanted - len(self._idle), self._most - there) - self._coming
        for _ in range(missing):
            self._coming += 1
            self._keep(self._add(), self._births)

    def _keep(self, work: Coroutine[None, None, None], tasks: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _add(self) -> None:
        """Another child, warm; tried again with growing pauses while none gets that far."""
        pause = FIRST_PAUSE_SECONDS
        while (child := await Child.born(self._nursery)) is None:
            logger.warning("a child ended before it was warm; the next one is started in %g s", pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        self._coming -= 1
        self._alive.add(child)
        self._keep(self._mourn(child), self._watches)
        await self._rest(child)

    async def _mourn(self, child: Child) -> None:
        """Replace a child that dies while it has nothing to do."""
        await child.gone.wait()
        if child in self._idle:
            self._idle.remove(child)
            self._dismiss(child)
