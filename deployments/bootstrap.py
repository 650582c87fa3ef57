"""`metarr deploy`: the work pool, its queues with their priorities, and every deployment of prefect.yaml. Twice is once."""

from __future__ import annotations

import logging
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from prefect import Flow
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker

from metarr_core.domain.jobs import Priority
from metarr_core.errors import ConfigurationError
from metarr_core.settings import Settings

logger = logging.getLogger(__name__)

POOL = "metarr"
JOB_TEMPLATE: dict[str, Any] = {
    "job_configuration": {"env": "{{ env }}"},
    "variables": {
        "type": "object",
        "properties": {
            "env": {
                "title": "Environment",
                "description": "Environment variables of the run, such as METARR__… for settings of its own.",
                "type": "object",
                "additionalProperties": {"type": "string"},
            }
        },
    },
}
"""What may be said of a job. Prefect checks this schema anew for each run; its own, larger one made it a tenth dearer."""
PREFECT_YAML = Path(__file__).parent.parent / "prefect.yaml"
DEFAULT_QUEUE_PRIORITY = 100
SCAN = "flows.library_scan.library_scan"


async def deploy(settings: Settings) -> list[str]:
    """Make everything that Prefect needs to know of us; gives the names of the deployments. Raises ConfigurationError."""
    entries = [scheduled(entry, settings) for entry in deployment_entries()]
    async with get_client() as client:
        await _make_pool(client)
        await _make_queues(client)
        return [await _make_deployment(client, entry) for entry in entries]


def scheduled(entry: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """A deployment with the time that the settings give for it. Raises ConfigurationError where that is no cron."""
    if entry["entrypoint"] != SCAN:
        return entry
    (schedule,) = entry["schedules"]
    changed = {**schedule, "cron": settings.scan.schedule}
    try:
        _schedule(changed)
    except ValueError as exc:
        raise ConfigurationError(f"scan.schedule: '{settings.scan.schedule}' is no cron, such as 0 3 * * *") from exc
    return {**entry, "schedules": [changed]}


def deployment_entries() -> list[dict[str, Any]]:
    """The deployments as prefect.yaml has them."""
    entries: list[dict[str, Any]] = yaml.safe_load(PREFECT_YAML.read_text("utf-8"))["deployments"]
    return entries


async def _make_pool(client: PrefectClient) -> None:
    pool = WorkPoolCreate(
        name=POOL,
        type=ProcessWorker.type,
        description="Metarr's flows. Queues by urgency; any process worker serves them.",
        base_job_template=JOB_TEMPLATE,
    )
    try:
        await client.create_work_pool(pool)
    except ObjectAlreadyExists:
        await client.update_work_pool(POOL, WorkPoolUpdate(base_job_template=JOB_TEMPLATE))


def queue_priorities() -> dict[str, int]:
    """The queues by name. `default` comes with the pool at priority 1; it has to make room first."""
    return {"default": DEFAULT_QUEUE_PRIORITY} | {priority.queue: int(priority) for priority in Priority}


async def _make_queues(client: PrefectClient) -> None:
    for name, priority in queue_priorities().items():
        try:
            queue = await client.read_work_queue_by_name(name, work_pool_name=POOL)
        except ObjectNotFound:
            queue = await client.create_work_queue(name=name, work_pool_name=POOL, priority=priority)
        if queue.priority != priority:
            await client.update_work_queue(queue.id, priority=priority)


async def _make_deployment(client: PrefectClient, entry: dict[str, Any]) -> str:
    flow = load(entry["entrypoint"])
    await client.create_deployment(
        flow_id=await client.create_flow(flow),
        name=entry["name"],
        entrypoint=entry["entrypoint"],
        description=entry["description"],
        tags=entry.get("tags", []),
        parameters=entry.get("parameters", {}),
        schedules=[_schedule(schedule) for schedule in entry.get("schedules", [])],
        work_pool_name=POOL,
        work_queue_name=entry["work_pool"]["work_queue_name"],
        parameter_openapi_schema=parameter_schema(flow).model_dump_for_openapi(),
        enforce_parameter_schema=True,
        pull_steps=[],
    )
    return f"{flow.name}/{entry['name']}"


def load(entrypoint: str) -> Flow[..., Any]:
    """The flow behind an entry point in dotted form."""
    module, _, name = entrypoint.rpartition(".")
    flow: Flow[..., Any] = getattr(import_module(module), name)
    return flow


def _schedule(entry: dict[str, Any]) -> DeploymentScheduleCreate:
    return DeploymentScheduleCreate(schedule=CronSchedule(cron=entry["cron"], timezone=entry.get("timezone", "UTC")))
