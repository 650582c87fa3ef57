"""`metarr doctor` while everything is up, and what it says of Prefect when something there is missing."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from prefect.client.orchestration import PrefectClient

from deployments.bootstrap import POOL, queue_priorities
from metarr_core.domain.jobs import Priority
from tests.stack.conftest import until


async def metarr(live, *arguments: str) -> tuple[int, str]:
    """The exit status of the command, and what it prints."""
    port = live.stack.web_url.rpartition(":")[2]
    environment = {**os.environ, "PREFECT_API_URL": live.stack.prefect_api_url, "METARR__WEB__PORT": port}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deployments", *arguments), env=environment, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def examined(live) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """The doctor's exit status, and his findings by subject."""
    status, output = await metarr(live, "doctor", "--json")
    findings: dict[str, list[dict[str, Any]]] = {}
    for finding in json.loads(output)["findings"]:
        findings.setdefault(finding["subject"], []).append(finding)
    return status, findings


async def test_a_stack_that_is_up_has_no_problem(live):
    async def well() -> dict[str, list[dict[str, Any]]] | None:
        status, findings = await examined(live)
        return findings if status == 0 else None

    findings = await until(well, "the doctor finds no problem, once the workers have come up")
    assert findings["Metarr"][0]["severity"] == "ok"
    assert "deployments are there" in " ".join(found["sentence"] for found in findings["Prefect"])
    assert "workers are online" in " ".join(found["sentence"] for found in findings["Prefect"])


async def test_a_queue_with_another_priority_is_told_and_deploying_again_cures_it(live):
    async with PrefectClient(api=live.stack.prefect_api_url) as client:
        queue = await client.read_work_queue_by_name(Priority.MAINTENANCE.queue, work_pool_name=POOL)
        await client.update_work_queue(queue.id, priority=queue_priorities()[Priority.MAINTENANCE.queue] + 1)
    status, findings = await examined(live)
    (bad,) = [found for found in findings["Prefect"] if found["severity"] == "problem"]
    assert status == 1
    assert f"'{Priority.MAINTENANCE.queue}' has the priority" in bad["sentence"]
    assert "metarr deploy" in bad["cure"]
    assert (await metarr(live, "deploy"))[0] == 0
    _, findings = await examined(live)
    assert "queues are there, with their priorities" in " ".join(found["sentence"] for found in findings["Prefect"])
