"""One round of the dispatcher: start what is due, then look after what runs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import groupby

from deployments.dispatcher.engine import Engine
from metarr_core.db import jobs, locks
from metarr_core.db.tables.jobs import Job
from metarr_core.domain.ids import EventId, JobId, TitleKey
from metarr_core.domain.jobs import Priority, Work, due_work
from metarr_core.domain.runs import Judgement, RunState, judge
from metarr_core.errors import EngineRefused, EngineUnavailable, MetarrError, RunLost, StateConflict
from metarr_core.logs import ids
from metarr_core.operations import verdicts
from metarr_core.runtime import Runtime, now

logger = logging.getLogger(__name__)

MOST_RUNS = 100
"""So many titles of a queue are handed to Prefect at most; what waits here can still be folded and overtaken."""
ASKED_AT_ONCE = 8
LOOK_SECONDS = 1.0
TIDY_SECONDS = 20.0


class Dispatching:
    """The leader's work. Between rounds it only remembers since when a run has been without its lock, or its job."""

    def __init__(self, runtime: Runtime, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._runtime, self._engine, self._clock = runtime, engine, clock
        self._unlocked_since: dict[str, float] = {}
        self._looked_at = clock() - LOOK_SECONDS
        self._tidied_at = clock()
        self._orphans: set[str] = set()

    async def start_due(self) -> None:
        """Claim what is due and ask Prefect for its runs. Raises DatabaseUnavailable, EngineUnavailable."""
        async with self._runtime.database.transaction() as session:
            busy, under_way = await jobs.busy_titles(session), Counter(await jobs.running_priorities(session))
            claimed = []
            for work in due_work(await jobs.waiting(session), busy, now()):
                if under_way[work.priority] < MOST_RUNS:
                    under_way[work.priority] += 1
                    await jobs.claim(session, work)
                    claimed.append(work)
        await self._ask_for(claimed)

    async def _ask_for(self, works: Sequence[Work]) -> None:
        slots = asyncio.Semaphore(ASKED_AT_ONCE)
        answers = await asyncio.gather(*(self._start(work, slots) for work in works), return_exceptions=True)
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        if failures:
            raise failures[0]

    async def _start(self, work: Work, slots: asyncio.Semaphore) -> None:
        async with slots:
            try:
                run_id = await self._engine.start(work)
            except EngineRefused as exc:
                await verdicts.fail(self._runtime, work.run_key, exc)
                return
        async with self._runtime.database.transaction() as session:
            await jobs.set_flow_run(session, work.run_key, run_id)
        with ids(run_key=work.run_key, flow_run_id=run_id, job_ids=",".join(map(str, work.job_ids))):
            logger.info("%s: %s run for %d jobs", work.title, work.job_type, len(work.job_ids))

    async def look_after(self) -> None:
        """Judge the runs, and ask again for those that were claimed but never confirmed.

        At most once a second. Raises DatabaseUnavailable, EngineUnavailable.
        """
        if self._clock() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = self._clock()
        async with self._runtime.database.transaction() as session:
            rows = await jobs.running(session)
            held = await locks.held_now(session, {row.title_key for row in rows})
        runs = [list(group) for _, group in groupby(rows, key=lambda row: row.run_key)]
        known = [run for run in runs if run[0].flow_run_id is not None]
        states = await self._engine.states([str(run[0].flow_run_id) for run in known])
        for run in known:
            with ids(run_key=run[0].run_key, flow_run_id=run[0].flow_run_id, job_ids=",".join(str(job.id) for job in run)):
                await self._judge(run[0], states[str(run[0].flow_run_id)], is_locked=run[0].title_key in held)
        self._forget({str(run[0].run_key) for run in known})
        await self._ask_for([_work_again(run) for run in runs if run[0].flow_run_id is None])

    async def tidy(self) -> None:
        """Let nothing seem to be under way in Prefect that has ended. Now and then.

        Raises DatabaseUnavailable, EngineUnavailable.
        """
        if self._clock() - self._tidied_at < TIDY_SECONDS:
            return
        self._tidied_at = self._clock()
        await self._end_orphans()
        if left := await self._engine.end_left_tasks(now() - timedelta(seconds=TIDY_SECONDS)):
            logger.info("%d tasks of flow runs that have ended were still shown as under way", left)

    async def _end_orphans(self) -> None:
        """Crash runs that no job waits for any more: twice seen, so that none is hit that is just about to end."""
        under_way = await self._engine.under_way()
        async with self._runtime.database.transaction() as session:
            wanted = {job.run_key for job in await jobs.running(session)}
        orphans = {run_id for run_id, run_key in under_way.items() if run_key not in wanted}
        for run_id in sorted(orphans & self._orphans):
            logger.warning("flow run %s was left behind by its process", run_id)
            await self._engine.crash(run_id, "no job waits for this run any more: its process was lost at its end")
        self._orphans = orphans

    async def _judge(self, job: Job, state: RunState, *, is_locked: bool) -> None:
        run_key = str(job.run_key)
        limit = self._runtime.settings.dispatcher.lost_run_seconds
        match judge(state, self._unlocked_seconds(run_key, state, is_locked=is_locked), limit):
            case Judgement.LEAVE:
                return
            case Judgement.LOST:
                why = f"nobody has held the lock on {job.title_key} for {limit:g} s: the run's process is gone"
                await self._engine.crash(str(job.flow_run_id), why)
                await self._retry(job, RunLost(why))
            case Judgement.CANCELLED:
                await self._retry(job, StateConflict("a user cancelled the run in Prefect; replay the event to try again"))
            case Judgement.RETRY:
                if not is_locked:
                    await self._retry(job, RunLost(f"the run ended as '{state.value}' without a verdict"))

    async def _retry(self, job: Job, error: MetarrError) -> None:
        await verdicts.fail(self._runtime, str(job.run_key), error)

    def _unlocked_seconds(self, run_key: str, state: RunState, *, is_locked: bool) -> float:
        if is_locked or state is RunState.SCHEDULED:
            self._unlocked_since.pop(run_key, None)
            return 0.0
        return self._clock() - self._unlocked_since.setdefault(run_key, self._clock())

    def _forget(self, still_running: set[str]) -> None:
        self._unlocked_since = {key: since for key, since in self._unlocked_since.items() if key in still_running}


def _work_again(run: Sequence[Job]) -> Work:
    """The work that was claimed, exactly as it was: Prefect answers the same key with the run that it may have made."""
    lead = run[0]
    return Work(
        title_key=TitleKey(lead.title_key),
        title=run[-1].title,
        job_type=lead.job_type,
        priority=Priority(lead.priority),
        job_ids=tuple(JobId(job.id) for job in run),
        event_ids=tuple(EventId(job.event_id) for job in run if job.event_id is not None),
        attempt=lead.attempts,
        payload=lead.payload,
    )


async def one_round(dispatching: Dispatching) -> None:
    """Start what is due, look after what runs, tidy up what has ended. What is down is waited for."""
    for step in (dispatching.start_due, dispatching.look_after, dispatching.tidy):
        try:
            await step()
        except EngineUnavailable as exc:
            logger.warning("%s", exc)
