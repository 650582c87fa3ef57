"""The worker: takes flow runs that are due, gives each to a warm child, and sees to it that Prefect knows how it ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import Self
from uuid import UUID

import anyio
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import Abort, ObjectNotFound
from prefect.states import Pending
from prefect.utilities.engine import propose_state
from prefect.workers.base import BaseWorker
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker, ProcessWorkerResult
from websockets.exceptions import WebSocketException

from deployments.bootstrap import POOL
from deployments.nursery.asking import Nursery
from deployments.worker.child import Child
from deployments.worker.children import Children
from deployments.worker.configuration import WarmConfiguration
from deployments.worker.lanes import Lane, ahead_of, limit_of, queues_of
from deployments.worker.listening import CANCELLING, announced
from deployments.worker.orders import Answer, Ended, Halt, Run
from deployments.worker.polling import ENGINE_ERRORS, again_and_again, cancelling, due_runs, until
from deployments.worker.settling import CANCELLED, STOPPED, UNTOLD, note_process, settle
from metarr_core.settings.sections import Worker

logger = logging.getLogger(__name__)

CANCEL_POLL_SECONDS = 2.0
LISTEN_AGAIN_SECONDS = 2.0
ASK_AGAIN_SECONDS = 0.2


class WarmWorker(ProcessWorker):
    """Prefect's process worker, but for how a run is carried out. What is not ours, it leaves to the original."""

    job_configuration = WarmConfiguration

    def __init__(self, nursery: Nursery, lane: Lane, settings: Worker) -> None:
        limit = limit_of(lane, settings)
        super().__init__(
            work_pool_name=POOL,
            work_queues=queues_of(lane),
            name=f"metarr-{lane}",
            limit=limit,
            create_pool_if_not_found=False,
        )
        self._settings, self._most = settings, limit
        self._in_hand: dict[UUID, asyncio.Task[None]] = {}
        self._busy: dict[UUID, Child] = {}
        self._cancelled: set[UUID] = set()
        self._asides: set[asyncio.Task[None]] = set()
        self._something_is_due, self._somebody_cancels = asyncio.Event(), asyncio.Event()
        self._children = Children(nursery, limit, ahead_of(lane, settings), settings, self._something_is_due.set)
        self._is_draining = False

    @classmethod
    def __dispatch_key__(cls) -> str:
        """Not `process` in Prefect's table of worker classes: that stays the original's."""
        return "metarr-process"

    async def __aenter__(self) -> Self:
        await self._children.__aenter__()
        return await BaseWorker.__aenter__(self)  # the original would open a runner for runs that we do not have

    async def __aexit__(self, *exc_info: object) -> None:
        await BaseWorker.__aexit__(self, *exc_info)
        await self._children.__aexit__()

    async def serve(self, poll_seconds: float) -> None:
        """Work until cancelled. Prefect's server may come and go meanwhile."""
        rounds = (
            (self.get_and_submit_flow_runs, partial(until, self._something_is_due, poll_seconds)),
            (self.sync_with_backend, lambda: asyncio.sleep(self.heartbeat_interval_seconds if self._work_pool else 1)),
            (self._cancel, partial(until, self._somebody_cancels, CANCEL_POLL_SECONDS)),
            (self._listen, partial(asyncio.sleep, LISTEN_AGAIN_SECONDS)),
        )
        async with asyncio.TaskGroup() as loops:
            for step, pause in rounds:
                loops.create_task(again_and_again(step, pause))

    async def _listen(self) -> None:
        """Ask at once when Prefect announces something, instead of at the next poll. Raises one of ENGINE_ERRORS."""
        try:
            async for what, run_id in announced(self._work_queues):
                if what == CANCELLING:
                    self._somebody_cancels.set()
                else:
                    self._something_is_due.set()
                    asyncio.get_running_loop().call_later(ASK_AGAIN_SECONDS, self._ask_again, run_id)
        except WebSocketException as exc:
            raise ConnectionError(f"the announcements broke off: {exc}") from exc

    def _ask_again(self, run_id: UUID) -> None:
        if run_id not in self._in_hand:
            self._something_is_due.set()

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Take on what is due, as far as there are slots; without one, nobody is asked. Raises one of ENGINE_ERRORS."""
        if self._is_draining or self._work_pool is None or not self._room:
            return []
        due = await due_runs(self.client, POOL, self._work_queues)
        new = [run for run in due if run.id not in self._in_hand][: self._room]
        for run in new:
            self._in_hand[run.id] = asyncio.create_task(self._take_on(run))
            self._in_hand[run.id].add_done_callback(partial(self._let_go, run.id))
        return new

    @property
    def _room(self) -> int:
        """How many runs can start now: what is taken on before a child is warm would only wait here instead of elsewhere."""
        without_child = len(self._in_hand) - len(self._busy)
        return max(0, min(self._most - len(self._in_hand), self._children.free - without_child))

    def _let_go(self, run_id: UUID, _: asyncio.Task[None]) -> None:
        self._in_hand.pop(run_id, None)
        self._cancelled.discard(run_id)
        self._something_is_due.set()

    async def _take_on(self, flow_run: FlowRun) -> None:
        try:
            configuration = await self._claimed(flow_run)
            if configuration is not None:
                await self.run(flow_run, configuration)
        except ENGINE_ERRORS as exc:
            logger.warning("%s: %s: %.300s", flow_run.name, type(exc).__name__, exc)

    async def _claimed(self, flow_run: FlowRun) -> WarmConfiguration | None:
        """How to carry it out, if it is ours now: of two workers that see a run, Prefect lets one have it."""
        resolving = asyncio.create_task(
            self.job_configuration.resolve_for_flow_run(
                flow_run, client=self.client, work_pool=self.work_pool, worker_name=self.name, worker_id=self.backend_id
            )
        )
        try:
            flow_run.state = await propose_state(self.client, Pending(), flow_run_id=flow_run.id)
            return await resolving if flow_run.state.is_pending() else None
        except (Abort, ObjectNotFound) as exc:
            logger.info("%s is not for us: %s", flow_run.name, exc)
            return None
        finally:
            resolving.cancel()

    async def run(
        self,
        flow_run: FlowRun,
        configuration: ProcessJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> ProcessWorkerResult:
        """Carry out a flow run in a warm child, or as the original does where it is none of ours."""
        if not isinstance(configuration, WarmConfiguration) or not configuration.is_ours:
            return await super().run(flow_run, configuration, task_status)
        order = Run(flow_run, configuration.entrypoint, configuration.own_environment)
        async with self._children.borrowed() as child:
            if task_status is not None:
                task_status.started(child.pid)
            return await self._in_child(child, order)

    async def _in_child(self, child: Child, order: Run) -> ProcessWorkerResult:
        run_id = order.flow_run.id
        self._busy[run_id] = child
        self._keep(note_process(self.client, run_id, child.pid))
        try:
            end = await child.carry_out(order, self._settings.run_timeout_seconds)
        finally:
            self._busy.pop(run_id, None)
        if not (isinstance(end, Ended) and end.is_settled):
            await settle(self.client, order.flow_run, await self._why(child, end, run_id))
        return ProcessWorkerResult(status_code=0 if isinstance(end, Ended) else 1, identifier=str(child.pid))

    async def _why(self, child: Child, end: Answer | None, run_id: UUID) -> str:
        if isinstance(end, Ended):
            return UNTOLD
        if end is None:
            late = Halt(f"the run took longer than {self._settings.run_timeout_seconds:g} s (worker.run_timeout_seconds)")
            await child.halt(late)
            return late.why
        await child.killed()
        if run_id in self._cancelled:
            return CANCELLED.why
        return STOPPED.why if self._is_draining else f"the run's process is gone: {child.last_words}"

    def _keep(self, aside: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(aside)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _cancel(self) -> None:
        """End what users want cancelled. Raises one of ENGINE_ERRORS."""
        if watched := set(self._busy) - self._cancelled:
            for run_id in await cancelling(self.client, watched):
                if child := self._busy.get(run_id):
                    self._cancelled.add(run_id)
                    self._keep(child.halt(CANCELLED))

    async def drain(self, seconds: float) -> None:
        """Take on nothing new, let go on what is under way, and end what still is after so many seconds."""
        self._is_draining = True
        if self._in_hand:
            await asyncio.wait(self._in_hand.values(), timeout=seconds)
        await asyncio.gather(*(child.halt(STOPPED) for child in list(self._busy.values())))
        if self._in_hand:
            await asyncio.wait(self._in_hand.values(), timeout=seconds)
