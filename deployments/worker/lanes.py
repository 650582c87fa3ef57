"""The lanes: `critical` and `high`, or the rest, so that no bulk work can take the last slot from a webhook."""

from __future__ import annotations

from typing import Literal

from metarr_core.domain.jobs import Priority
from metarr_core.settings.sections import Worker

Lane = Literal["interactive", "background"]
INTERACTIVE = (Priority.CRITICAL, Priority.HIGH)


def queues_of(lane: Lane) -> list[str]:
    """The work queues of a lane; `default` belongs to the background."""
    urgent = [priority.queue for priority in INTERACTIVE]
    if lane == "interactive":
        return urgent
    return [*(priority.queue for priority in Priority if priority.queue not in urgent), "default"]


def limit_of(lane: Lane, settings: Worker) -> int:
    """How many flow runs of a lane may be under way at once."""
    return settings.interactive if lane == "interactive" else settings.background


def ahead_of(lane: Lane, settings: Worker) -> int:
    """How many children wait for work: a webhook is to find one, and bulk work can wait until the first is born."""
    return limit_of(lane, settings) if lane == "interactive" else 0
