"""Work that a request starts: its job is in the queue, and the answer says which flow run does it."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.db import jobs
from metarr_core.domain.ids import JobId
from metarr_core.runtime import Runtime

LONGEST_WAIT_SECONDS = 3.0
POLL_SECONDS = 0.05


async def started(request: Request, job_id: JobId, **more: Any) -> JSONResponse:
    """202 with the job, its flow run and that run's page.

    The dispatcher makes the run within moments; where it is away, or the title has a run already, the run is null and the
    job waits.
    """
    run_id = await _flow_run(request.app.state.runtime, job_id)
    ui_url: str = request.app.state.prefect_ui_url
    url = f"{ui_url}/runs/flow-run/{run_id}" if ui_url and run_id else None
    return JSONResponse({**more, "job_id": job_id, "flow_run_id": run_id, "flow_run_url": url}, HTTPStatus.ACCEPTED)


async def _flow_run(runtime: Runtime, job_id: JobId) -> str | None:
    deadline = asyncio.get_running_loop().time() + LONGEST_WAIT_SECONDS
    while True:
        async with runtime.database.transaction() as session:
            run_id = await jobs.flow_run_of(session, job_id)
        if run_id is not None or asyncio.get_running_loop().time() > deadline:
            return run_id
        await asyncio.sleep(POLL_SECONDS)
