"""What is due for which title, what of it one run does together, and what follows when it fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from itertools import groupby
from typing import Any

from metarr_core.domain.ids import EventId, JobId, TitleKey
from metarr_core.errors import PermanentError, TransientError


class Priority(IntEnum):
    """How urgent a job is; each priority has a work queue of its own."""

    CRITICAL = 1
    HIGH = 2
    NORMAL = 5
    LOW = 7
    MAINTENANCE = 10

    @property
    def queue(self) -> str:
        """The name of its work queue."""
        return self.name.lower()


class JobType(StrEnum):
    """What a job asks for: the flow of the same name."""

    NEW_MEDIA = "new-media"
    UPGRADE = "upgrade"
    ENRICH_MEDIA = "enrich-media"
    DELETE_MEDIA = "delete-media"
    RESTORE_MEDIA = "restore-media"
    PURGE_EXPIRED = "purge-expired"
    VERIFY_LIBRARY = "verify-library"
    LIBRARY_SCAN = "library-scan"
    IDENTIFY_MEDIA = "identify-media"
    EDIT_MEDIA = "edit-media"
    REPLACE_ARTWORK = "replace-artwork"
    VERIFY_MEDIA = "verify-media"
    CHECK_MEDIA = "check-media"
    PREPARE_UPGRADE = "prepare-upgrade"
    RESTORE_LIBRARY = "restore-library"


@dataclass(frozen=True)
class JobWanted:
    """Work that something asks for: a webhook, a user, or a flow that wants to look again later."""

    job_type: JobType
    title_key: TitleKey
    title: str
    priority: Priority
    payload: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the flow, beside the events."""
    due_at: datetime | None = None
    """Not before; None is now."""


@dataclass(frozen=True)
class WaitingJob:
    """A pending job."""

    id: JobId
    title_key: TitleKey
    title: str
    job_type: str
    priority: int
    due_at: datetime
    attempts: int
    event_id: EventId | None
    payload: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the flow, beside the events."""


@dataclass(frozen=True)
class Work:
    """What one run does: one job, or several with the same flow and payload that waited for the same title."""

    title_key: TitleKey
    title: str
    job_type: str
    priority: Priority
    job_ids: tuple[JobId, ...]
    event_ids: tuple[EventId, ...]
    attempt: int
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of the run."""
        return {**self.payload, "event_ids": list(self.event_ids)} if self.event_ids else dict(self.payload)

    @property
    def run_key(self) -> str:
        """Names the run for ever: title, first job and attempt. A reused key would return the run that crashed."""
        return f"{self.title_key}/{self.job_ids[0]}/{self.attempt}"


def due_work(waiting: Iterable[WaitingJob], busy: AbstractSet[TitleKey], now: datetime) -> list[Work]:
    """What can start now, most urgent first.

    One run per title at a time, in the order in which its jobs became due by their age: what waits for a retry, or for its
    time, holds up nothing else. The run takes along what waits for the same flow with the same payload, due or not: a new
    event does not wait for an old one's retry. Events stay in their order: up to a due job of another kind.
    """
    jobs = sorted(waiting, key=lambda job: (job.title_key, job.id))
    groups = (list(group) for key, group in groupby(jobs, key=lambda job: job.title_key) if key not in busy)
    work = [_as_work(fold) for group in groups if (fold := _fold(group, now))]
    return sorted(work, key=lambda item: (item.priority, item.job_ids))


def _fold(jobs: list[WaitingJob], now: datetime) -> list[WaitingJob]:
    """What the next run of a title does together."""
    first = next((job for job in jobs if job.due_at <= now), None)
    if first is None:
        return []
    fold = []
    for job in jobs:
        if _is_alike(job, first):
            fold.append(job)
        elif job.due_at <= now:
            break
    return fold


def _is_alike(job: WaitingJob, other: WaitingJob) -> bool:
    return (job.job_type, job.payload) == (other.job_type, other.payload)


def _as_work(jobs: list[WaitingJob]) -> Work:
    return Work(
        title_key=jobs[0].title_key,
        title=jobs[-1].title,
        job_type=jobs[0].job_type,
        priority=Priority(min(job.priority for job in jobs)),
        job_ids=tuple(job.id for job in jobs),
        event_ids=tuple(job.event_id for job in jobs if job.event_id is not None),
        attempt=max(job.attempts for job in jobs) + 1,
        payload=jobs[0].payload,
    )


@dataclass(frozen=True)
class Wait:
    """What the outside world keeps from a job (`TransientError.awaited`), and since when it does."""

    awaited: str
    since: datetime


@dataclass(frozen=True)
class Retry:
    """The job is tried again; it waits for something, or this uses up one of its retries."""

    due_at: datetime
    wait: Wait | None = None


@dataclass(frozen=True)
class GiveUp:
    """The job has failed for good."""


@dataclass(frozen=True)
class Progress:
    """How far a job has come: how many runs it had, how many of them used up a retry, what the last one waited for."""

    attempts: int
    retry_count: int
    max_retries: int
    wait: Wait | None = None


def after_failure(error: BaseException, job: Progress, now: datetime, retry_seconds: float) -> Retry | GiveUp:
    """What follows when a run of a job ends in an error.

    What the outside world keeps from us (a file, a provider) is waited for as long as the error is patient, from the first
    time on that it was missing: how old the job is counts for nothing. Everything else has `max_retries`.
    """
    if isinstance(error, PermanentError):
        return GiveUp()
    if isinstance(error, TransientError) and error.patience is not None:
        wait = job.wait if job.wait and job.wait.awaited == error.awaited else Wait(error.awaited, now)
        if now - wait.since > error.patience:
            return GiveUp()
        return Retry(now + timedelta(seconds=_growing(error.retry_after or retry_seconds, job.attempts)), wait)
    if job.retry_count >= job.max_retries:
        return GiveUp()
    seconds = error.retry_after if isinstance(error, TransientError) and error.retry_after else retry_seconds
    return Retry(now + timedelta(seconds=seconds))


LONGEST_WAIT_SECONDS = 1800.0


def _growing(seconds: float, attempts: int) -> float:
    """The wait, doubled with each attempt; never shorter than what was asked for, and at most half an hour otherwise."""
    return max(seconds, min(seconds * 2.0 ** min(attempts - 1, 20), LONGEST_WAIT_SECONDS))
