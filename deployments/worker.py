"""A worker of one lane: `critical` and `high`, or the rest, so that no bulk work can take the last slot from a webhook."""

from __future__ import annotations

import os
import sys
from typing import Literal

from deployments.addresses import client_environment, prefect_api_url
from deployments.bootstrap import POOL
from metarr_core.domain.jobs import Priority
from metarr_core.settings import Settings

Lane = Literal["interactive", "background"]
INTERACTIVE = (Priority.CRITICAL, Priority.HIGH)


def become_worker(settings: Settings, lane: Lane) -> None:
    """Turn this process into Prefect's process worker for a lane."""
    limit = settings.worker.interactive if lane == "interactive" else settings.worker.background
    queues = [argument for queue in queues_of(lane) for argument in ("--work-queue", queue)]
    command = [
        sys.executable,
        "-m",
        "prefect",
        "worker",
        "start",
        "--pool",
        POOL,
        "--type",
        "process",
        "--limit",
        str(limit),
    ]
    environment = client_environment(settings, prefect_api_url(settings))
    os.execve(sys.executable, [*command, "--name", f"metarr-{lane}", *queues], environment)  # noqa: S606 - no shell is wanted


def queues_of(lane: Lane) -> list[str]:
    """The work queues of a lane; `default` belongs to the background."""
    urgent = [priority.queue for priority in INTERACTIVE]
    if lane == "interactive":
        return urgent
    return [*(priority.queue for priority in Priority if priority.queue not in urgent), "default"]
