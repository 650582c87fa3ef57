"""What follows from the end of a run: its jobs are done, wait for another try, or have failed; its webhooks with them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, events, jobs
from metarr_core.db.tables.jobs import Job
from metarr_core.domain.ids import EventId
from metarr_core.domain.jobs import Progress, Retry, Wait, after_failure
from metarr_core.errors import MetarrError
from metarr_core.runtime import Runtime, now

logger = logging.getLogger(__name__)


async def begin(runtime: Runtime, run_key: str, flow_run_id: str) -> None:
    """A run has begun: its webhooks are being worked off."""
    async with runtime.database.transaction() as session:
        await jobs.set_flow_run(session, run_key, flow_run_id)
        await events.begin(session, _event_ids(await jobs.of_run(session, run_key)), flow_run_id)


async def succeed(runtime: Runtime, run_key: str) -> None:
    """A run has done its work."""
    async with runtime.database.transaction() as session:
        done = await jobs.of_run(session, run_key)
        await jobs.finish(session, done, "completed", None, now())
        await events.set_status(session, _event_ids(done), "done", at=now())


async def succeed_in_part(runtime: Runtime, event_ids: Collection[EventId]) -> None:
    """The work for these webhooks is done, though their run goes on to wait for others."""
    async with runtime.database.transaction() as session:
        done = await jobs.running_of_events(session, event_ids)
        await jobs.finish(session, done, "completed", None, now())
        await events.set_status(session, _event_ids(done), "done", at=now())


async def fail(runtime: Runtime, run_key: str, error: BaseException) -> datetime | None:
    """A run has failed; gives when its jobs are tried again, None when they have failed for good."""
    async with runtime.database.transaction() as session:
        failed = await jobs.of_run(session, run_key)
        if not failed:
            return None
        return await _judge(session, failed, error, runtime.settings.dispatcher.retry_seconds)


async def _judge(
    session: AsyncSession, failed: Sequence[Job], error: BaseException, retry_seconds: float
) -> datetime | None:
    """Each job by its own wait and retries: one that has just come does not fail with an old one that it was folded into."""
    sentence = str(error) if isinstance(error, MetarrError) else f"{type(error).__name__}: {error}"
    at = now()
    verdicts = [(job, after_failure(error, _progress(job), at, retry_seconds)) for job in failed]
    for job, verdict in verdicts:
        if isinstance(verdict, Retry):
            await jobs.put_back(session, job, sentence, verdict)
            await events.set_status(session, _event_ids([job]), "pending", error=sentence)
    if given_up := [job for job, verdict in verdicts if not isinstance(verdict, Retry)]:
        await _give_up(session, given_up, sentence, at)
    due_at = min((verdict.due_at for _, verdict in verdicts if isinstance(verdict, Retry)), default=None)
    if due_at is not None:
        logger.warning("%s is tried again at %s: %s", failed[0].title, due_at.isoformat(timespec="seconds"), sentence)
    return due_at


def _progress(job: Job) -> Progress:
    wait = Wait(job.awaited, job.waits_since) if job.awaited and job.waits_since else None
    return Progress(job.attempts, job.retry_count, job.max_retries, wait)


async def _give_up(session: AsyncSession, failed: Sequence[Job], sentence: str, at: datetime) -> None:
    await jobs.finish(session, failed, "failed", sentence, at)
    await events.set_status(session, _event_ids(failed), "failed", error=sentence, at=at)
    details = {"job_ids": [job.id for job in failed]}
    activity.tell(session, "job.failed", f"{failed[0].title}: {sentence}", severity="error", details=details)


def _event_ids(rows: Sequence[Job]) -> list[EventId]:
    return [EventId(job.event_id) for job in rows if job.event_id is not None]
