"""The queue: what is to be done for which title. Every change of a job's state is here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.jobs import Job, WebhookEvent
from metarr_core.domain.ids import EventId, JobId, TitleKey
from metarr_core.domain.jobs import JobWanted, Retry, WaitingJob, Work

TITLES_AT_ONCE = 500


async def add(session: AsyncSession, wanted: JobWanted, event_id: EventId | None = None) -> JobId:
    """Put a job into the queue."""
    job = Job(
        job_type=wanted.job_type,
        title_key=wanted.title_key,
        title=wanted.title,
        priority=wanted.priority,
        event_id=event_id,
        payload=dict(wanted.payload),
        next_retry_at=wanted.due_at or func.now(),
    )
    session.add(job)
    await session.flush()
    return JobId(job.id)


async def waiting(session: AsyncSession) -> list[WaitingJob]:
    """All pending jobs of the titles that have a job due, as many titles as one round can do, the most urgent ones."""
    due_titles = (
        select(Job.title_key)
        .where(Job.status == "pending", Job.next_retry_at <= func.now())
        .group_by(Job.title_key)
        .order_by(func.min(Job.priority), func.min(Job.id))
        .limit(TITLES_AT_ONCE)
    )
    rows = await session.execute(select(Job).where(Job.status == "pending", Job.title_key.in_(due_titles)).order_by(Job.id))
    return [_waiting(job) for job in rows.scalars()]


def _waiting(job: Job) -> WaitingJob:
    return WaitingJob(
        id=JobId(job.id),
        title_key=TitleKey(job.title_key),
        title=job.title,
        job_type=job.job_type,
        priority=job.priority,
        due_at=job.next_retry_at,
        attempts=job.attempts,
        event_id=EventId(job.event_id) if job.event_id is not None else None,
        payload=job.payload,
    )


async def busy_titles(session: AsyncSession) -> set[TitleKey]:
    """The titles that have a run."""
    rows = await session.execute(select(Job.title_key).where(Job.status == "running"))
    return {TitleKey(key) for key in rows.scalars()}


async def running_priorities(session: AsyncSession) -> list[int]:
    """The priority of every run under way."""
    rows = await session.execute(select(func.min(Job.priority)).where(Job.status == "running").group_by(Job.run_key))
    return list(rows.scalars())


async def claim(session: AsyncSession, work: Work) -> None:
    """Mark the jobs of a run as running, under the run's key, before the run is asked for."""
    values = {
        "status": "running",
        "run_key": work.run_key,
        "flow_run_id": None,
        "attempts": work.attempt,
        "priority": work.priority,
        "started_at": func.now(),
    }
    await session.execute(update(Job).where(Job.id.in_(work.job_ids)).values(**values))


async def set_flow_run(session: AsyncSession, run_key: str, flow_run_id: str) -> None:
    """Record the flow run that does these jobs."""
    await session.execute(update(Job).where(Job.run_key == run_key).values(flow_run_id=flow_run_id))


async def flow_run_of(session: AsyncSession, job_id: JobId) -> str | None:
    """The flow run of a job; None while it has none."""
    return (await session.execute(select(Job.flow_run_id).where(Job.id == job_id))).scalar_one_or_none()


async def is_overtaken(session: AsyncSession, title_key: TitleKey, event_id: EventId, job_types: Sequence[str]) -> bool:
    """Whether work of these types for a title is done that a later event asked for: then this event is outdated."""
    later = (Job.title_key == title_key, Job.job_type.in_(job_types), Job.event_id > event_id, Job.status == "completed")
    return bool((await session.execute(select(exists().where(*later)))).scalar_one())


async def is_open(session: AsyncSession, title_key: TitleKey, job_type: str) -> bool:
    """Whether a job of this type waits or runs for a title."""
    mine = (Job.title_key == title_key, Job.job_type == job_type, Job.status.in_(("pending", "running")))
    return bool((await session.execute(select(exists().where(*mine)))).scalar_one())


async def is_due(session: AsyncSession, job_type: str, at: datetime) -> bool:
    """Whether a job of this type waits for a run, and could have one now."""
    waits = (Job.job_type == job_type, Job.status == "pending", Job.next_retry_at <= at)
    return bool((await session.execute(select(exists().where(*waits)))).scalar_one())


async def running(session: AsyncSession) -> Sequence[Job]:
    """The running jobs, those of a run beside each other."""
    rows = select(Job).where(Job.status == "running").order_by(Job.run_key, Job.id)
    return (await session.execute(rows)).scalars().all()


async def of_run(session: AsyncSession, run_key: str) -> Sequence[Job]:
    """The running jobs of one run, locked against a second verdict."""
    rows = select(Job).where(Job.run_key == run_key, Job.status == "running").order_by(Job.id).with_for_update()
    return (await session.execute(rows)).scalars().all()


async def running_of_events(session: AsyncSession, event_ids: Collection[EventId]) -> Sequence[Job]:
    """The running jobs of these webhooks, locked against a second verdict."""
    rows = select(Job).where(Job.event_id.in_(event_ids), Job.status == "running").order_by(Job.id).with_for_update()
    return (await session.execute(rows)).scalars().all()


async def last_of_run(session: AsyncSession, run_key: str) -> JobId | None:
    """The newest job that a run does."""
    found = (await session.execute(select(func.max(Job.id)).where(Job.run_key == run_key))).scalar_one_or_none()
    return None if found is None else JobId(found)


async def asked_at(session: AsyncSession, job_id: JobId) -> datetime | None:
    """When a job was asked for; None where it is not known any more."""
    return (await session.execute(select(Job.created_at).where(Job.id == job_id))).scalar_one_or_none()


async def finish(session: AsyncSession, jobs: Sequence[Job], status: str, error: str | None, at: datetime) -> None:
    """End jobs for good."""
    for job in jobs:
        job.status, job.error_message, job.completed_at = status, error, at
    await session.flush()


async def put_back(session: AsyncSession, job: Job, error: str, retry: Retry) -> None:
    """Let a job wait for another run."""
    job.status, job.error_message, job.next_retry_at = "pending", error, retry.due_at
    job.awaited, job.waits_since = (retry.wait.awaited, retry.wait.since) if retry.wait else (None, None)
    job.retry_count += int(retry.wait is None)
    await session.flush()


async def supersede(
    session: AsyncSession,
    title_key: TitleKey,
    job_type: str,
    before: JobId,
    why: str,
    like: Mapping[str, Any] | None = None,
) -> int:
    """Complete the jobs of a title that wait although something newer has made them needless; gives how many.

    `like`: only those whose payload has these values.
    """
    waits = [Job.title_key == title_key, Job.job_type == job_type, Job.status == "pending", Job.id < before]
    waits += [Job.payload.contains(like)] if like else []
    values = {"status": "completed", "error_message": why, "completed_at": func.now()}
    done = (await session.execute(update(Job).where(*waits).values(**values).returning(Job.event_id))).scalars().all()
    event_ids = [event_id for event_id in done if event_id is not None]
    if event_ids:
        closed = {"status": "done", "error": why, "finished_at": func.now()}
        await session.execute(update(WebhookEvent).where(WebhookEvent.id.in_(event_ids)).values(**closed))
    return len(done)


async def wake(session: AsyncSession) -> None:
    """Let everything that waits for another try be tried now: whoever restarts has mended something.

    What was put off from the beginning keeps its time: it waits for nothing that could be mended.
    """
    waits = (Job.status == "pending", Job.next_retry_at > func.now(), Job.attempts > 0)
    await session.execute(update(Job).where(*waits).values(next_retry_at=func.now()))


async def page(session: AsyncSession, status: str | None, limit: int, offset: int) -> tuple[list[Job], int]:
    """The newest jobs first, and how many there are."""
    where = [Job.status == status] if status else []
    total = (await session.execute(select(func.count()).select_from(Job).where(*where))).scalar_one()
    rows = select(Job).where(*where).order_by(Job.id.desc()).limit(limit).offset(offset)
    return list((await session.execute(rows)).scalars()), total
