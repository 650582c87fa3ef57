"""Prefect as the doctor finds it: does it answer, and does it have pool, queues, workers and deployments."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import WorkerStatus, WorkQueue
from prefect.exceptions import ObjectNotFound

from deployments.addresses import prefect_api_url
from deployments.bootstrap import POOL, deployment_entries, load, queue_priorities
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient

DEPLOY = "run `metarr deploy`; `metarr up` does it by itself"


async def look(about: Subject, patient: Patient) -> list[Finding]:
    """Whether flows can run."""
    try:
        return await _look(about, patient)
    except (httpx.HTTPError, RuntimeError) as exc:
        return [_away(about, patient, exc)]


async def _look(about: Subject, patient: Patient) -> list[Finding]:
    async with get_client() as client:
        if (error := await client.api_healthcheck()) is not None:
            return [_away(about, patient, error)]
        answers = about.ok(f"Prefect {await client.api_version()} answers at {prefect_api_url(patient.settings)}")
        try:
            pool = await client.read_work_pool(POOL)
        except ObjectNotFound:
            return [answers, about.problem(f"it has no work pool '{POOL}'", DEPLOY)]
        paused = [about.warning(f"the work pool '{POOL}' is paused: nothing runs", "resume it on Prefect's page")]
        return [
            answers,
            *(paused if pool.is_paused else []),
            *await _queues(about, client),
            *await _deployments(about, client),
            await _workers(about, patient, client),
        ]


def _away(about: Subject, patient: Patient, error: Exception) -> Finding:
    url, api_url = prefect_api_url(patient.settings), patient.settings.prefect.api_url
    sentence = f"Prefect does not answer at {url} ({type(error).__name__})"
    if api_url:
        return about.problem(sentence, "start that Prefect server, or correct prefect.api_url")
    if patient.is_up:
        return about.problem(sentence, f"see {patient.settings.paths.data_dir / 'logs' / 'prefect-server.log'}")
    return about.warning(f"{sentence}, as Metarr is not up", "start it: `metarr up`")


async def _queues(about: Subject, client: PrefectClient) -> list[Finding]:
    there = {queue.name: queue for queue in await client.read_work_queues(work_pool_name=POOL)}
    wrong = [fault for name, priority in queue_priorities().items() if (fault := _fault(there, name, priority)) is not None]
    if wrong:
        return [about.problem(fault, DEPLOY) for fault in wrong]
    paused = [queue.name for queue in there.values() if queue.is_paused]
    return [
        about.ok("work pool and queues are there, with their priorities"),
        *(about.warning(f"the queue '{name}' is paused", "resume it on Prefect's page") for name in paused),
    ]


def _fault(there: Mapping[str, WorkQueue], name: str, priority: int) -> str | None:
    if name not in there:
        return f"there is no queue '{name}'"
    found = there[name].priority
    return None if found == priority else f"the queue '{name}' has the priority {found} instead of {priority}"


async def _deployments(about: Subject, client: PrefectClient) -> list[Finding]:
    names = [f"{load(entry['entrypoint']).name}/{entry['name']}" for entry in deployment_entries()]
    missing = [name for name in names if not await _is_deployed(client, name)]
    if missing:
        return [about.problem(f"the deployment '{name}' is missing", DEPLOY) for name in missing]
    return [about.ok(f"all {len(names)} deployments are there")]


async def _is_deployed(client: PrefectClient, name: str) -> bool:
    try:
        await client.read_deployment_by_name(name)
    except ObjectNotFound:
        return False
    return True


async def _workers(about: Subject, patient: Patient, client: PrefectClient) -> Finding:
    workers = await client.read_workers_for_work_pool(POOL)
    online = sorted(worker.name for worker in workers if worker.status == WorkerStatus.ONLINE)
    if online:
        return about.ok(f"workers are online: {', '.join(online)}")
    judge = about.problem if patient.is_up else about.warning
    return judge("no worker is online: runs wait", "start them: `metarr up`, or `metarr worker --lane …`")
