"""What happened to a film, step by step, as the people's own eyes would see it: seconds since Radarr's webhook."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, TaskRun
from prefect.client.schemas.sorting import TaskRunSort

POLL_SECONDS = 0.25
RECORDED_WITHIN_POLLS = 20


@dataclass(frozen=True)
class Step:
    """A step: when it began, in seconds since the webhook, and how many it took."""

    name: str
    began: float
    took: float | None = None


async def timeline(sent_at: datetime, answered: float, flow_run_id: str) -> list[Step]:
    """The steps of a film's flow run, as Prefect recorded them."""
    run, tasks = await _recorded(UUID(flow_run_id))
    steps = [
        Step("webhook answered", 0.0, answered),
        *([Step("run created", _since(sent_at, run.created))] if run.created else []),
        *([Step("flow began", _since(sent_at, run.start_time))] if run.start_time else []),
        *(_step(sent_at, task) for task in tasks if task.start_time),
        *([Step("flow ended", _since(sent_at, run.end_time))] if run.end_time else []),
    ]
    return sorted(steps, key=lambda step: step.began)


async def _recorded(run_id: UUID) -> tuple[FlowRun, list[TaskRun]]:
    """The run and its tasks; Prefect records the tasks a moment after they have ended."""
    chosen = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    async with get_client() as client:
        for _ in range(RECORDED_WITHIN_POLLS):
            run = await client.read_flow_run(run_id)
            tasks = await client.read_task_runs(flow_run_filter=chosen, sort=TaskRunSort.ID_DESC, limit=50)
            if run.end_time and tasks and all(task.end_time for task in tasks):
                break
            await asyncio.sleep(POLL_SECONDS)
    return run, tasks


def _step(sent_at: datetime, task: TaskRun) -> Step:
    began = task.start_time or sent_at
    return Step(task.name, _since(sent_at, began), _since(began, task.end_time) if task.end_time else None)


def _since(start: datetime, moment: datetime) -> float:
    return (moment - start).total_seconds()


def told(steps: list[Step]) -> str:
    """The steps as a small table."""
    return "\n".join(
        f"    {step.began:7.2f} s  {step.name}" + (f"  ({step.took:.2f} s)" if step.took is not None else "")
        for step in steps
    )
