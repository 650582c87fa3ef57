"""What the dispatcher makes of a run, from what Prefect says and whether the run holds its title's lock."""

from __future__ import annotations

from enum import Enum


class RunState(Enum):
    """The state of a flow run, as far as it matters to its jobs."""

    SCHEDULED = "scheduled"
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CRASHED = "crashed"
    CANCELLED = "cancelled"
    GONE = "gone"


class Judgement(Enum):
    """What follows for the jobs of a run that have no verdict yet."""

    LEAVE = "leave"
    """It lives, or has not begun: wait."""
    LOST = "lost"
    """It says that it runs, but nobody holds the lock: set it Crashed, try the jobs again."""
    RETRY = "retry"
    """It ended without a verdict: try the jobs again."""
    CANCELLED = "cancelled"
    """A user cancelled it: the jobs have failed."""


PENDING_FACTOR = 4
"""A worker that has taken a run starts a process first, which may take long on a busy machine."""


def judge(state: RunState, unlocked_seconds: float, limit_seconds: float) -> Judgement:
    """What follows, when the run's title has been without a lock for so long."""
    match state:
        case RunState.SCHEDULED:
            return Judgement.LEAVE
        case RunState.PENDING:
            return Judgement.LOST if unlocked_seconds > limit_seconds * PENDING_FACTOR else Judgement.LEAVE
        case RunState.RUNNING:
            return Judgement.LOST if unlocked_seconds > limit_seconds else Judgement.LEAVE
        case RunState.CANCELLED:
            return Judgement.CANCELLED
        case _:
            return Judgement.RETRY
