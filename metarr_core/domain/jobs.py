"""What is due for which title, what of it one run does together, and what follows when it fails."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from itertools import groupby, takewhile

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


@dataclass(frozen=True)
class Work:
    """What one run does: one job, or several of the same kind that waited for the same title."""

    title_key: TitleKey
    title: str
    job_type: str
    priority: Priority
    job_ids: tuple[JobId, ...]
    event_ids: tuple[EventId, ...]
    attempt: int

    @property
    def run_key(self) -> str:
        """Names the run for ever: title, first job and attempt. A reused key would return the run that crashed."""
        return f"{self.title_key}/{self.job_ids[0]}/{self.attempt}"


def due_work(waiting: Iterable[WaitingJob], busy: AbstractSet[TitleKey], now: datetime) -> list[Work]:
    """What can start now, most urgent first.

    One run per title at a time, in the order in which the jobs came. The jobs of a title's first kind are one run, up to
    the first job of another kind. They start when any of them is due: a new event does not wait for an old one's retry.
    """
    jobs = sorted(waiting, key=lambda job: (job.title_key, job.id))
    groups = (list(group) for key, group in groupby(jobs, key=lambda job: job.title_key) if key not in busy)
    folds = (list(takewhile(lambda job, kind=group[0].job_type: job.job_type == kind, group)) for group in groups)  # type: ignore[misc]
    work = [_as_work(fold) for fold in folds if any(job.due_at <= now for job in fold)]
    return sorted(work, key=lambda item: (item.priority, item.job_ids))


def _as_work(jobs: list[WaitingJob]) -> Work:
    return Work(
        title_key=jobs[0].title_key,
        title=jobs[-1].title,
        job_type=jobs[0].job_type,
        priority=Priority(min(job.priority for job in jobs)),
        job_ids=tuple(job.id for job in jobs),
        event_ids=tuple(job.event_id for job in jobs if job.event_id is not None),
        attempt=max(job.attempts for job in jobs) + 1,
    )


@dataclass(frozen=True)
class Retry:
    """The job is tried again; `counts` says whether this uses up one of its retries."""

    due_at: datetime
    counts: bool


@dataclass(frozen=True)
class GiveUp:
    """The job has failed for good."""


@dataclass(frozen=True)
class Progress:
    """How far a job has come: when it was made, how many runs it had, how many of them used up a retry."""

    created_at: datetime
    attempts: int
    retry_count: int
    max_retries: int


def after_failure(error: BaseException, job: Progress, now: datetime, retry_seconds: float) -> Retry | GiveUp:
    """What follows when a run of a job ends in an error.

    What the outside world keeps from us (a file, a provider) is waited for as long as the error is patient; everything
    else has `max_retries`.
    """
    if isinstance(error, PermanentError):
        return GiveUp()
    if isinstance(error, TransientError) and error.patience is not None:
        if now - job.created_at > error.patience:
            return GiveUp()
        return Retry(now + timedelta(seconds=_growing(error.retry_after or retry_seconds, job.attempts)), counts=False)
    if job.retry_count >= job.max_retries:
        return GiveUp()
    wait = error.retry_after if isinstance(error, TransientError) and error.retry_after else retry_seconds
    return Retry(now + timedelta(seconds=wait), counts=True)


LONGEST_WAIT_SECONDS = 1800.0


def _growing(seconds: float, attempts: int) -> float:
    """The wait, doubled with each attempt; never shorter than what was asked for, and at most half an hour otherwise."""
    return max(seconds, min(seconds * 2.0 ** min(attempts - 1, 20), LONGEST_WAIT_SECONDS))
