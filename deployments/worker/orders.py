"""What the worker and a child say to each other, over a pipe."""

from __future__ import annotations

from dataclasses import dataclass

from prefect.client.schemas.objects import FlowRun


@dataclass(frozen=True)
class Run:
    """Carry out a flow run. `environment` is its own: what Prefect says of it, and the job variable `env`."""

    flow_run: FlowRun
    entrypoint: str
    environment: dict[str, str]


@dataclass(frozen=True)
class Halt:
    """End the flow run that is under way, because a user cancelled it or because the worker cannot let it go on."""

    why: str
    is_cancelled: bool = False


@dataclass(frozen=True)
class Ready:
    """The child is warm."""


@dataclass(frozen=True)
class Ended:
    """A flow run has ended. `is_settled` says that Prefect knows how; `memory_mb` is the child's resident memory."""

    is_settled: bool
    memory_mb: float


@dataclass(frozen=True)
class Gone:
    """The child is no more. It did not say so itself: its end of the pipe closed."""


Order = Run | Halt | None
"""None: there will be no more; leave."""
Answer = Ready | Ended | Gone
