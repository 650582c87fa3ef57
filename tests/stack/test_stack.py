"""From a webhook to the player's screen through all the real parts, and what Prefect knows of us."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from uuid import UUID

import httpx

from deployments.bootstrap import deployment_entries
from deployments.demo.films import BIG_BUCK_BUNNY, NOSFERATU, TEARS_OF_STEEL
from deployments.demo.proof import shortcomings
from metarr_core.domain.jobs import Priority
from tests.stack.conftest import LiveHouse, until

ROOT = Path(__file__).parent.parent.parent


async def prefect(live: LiveHouse, path: str, **body: object) -> object:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        url = f"{live.stack.prefect_api_url}/{path}"
        answer = await (client.post(url, json=body) if body else client.get(url))
        return answer.raise_for_status().json()


async def test_a_film_goes_from_the_webhook_to_the_screen(live):
    event_id, video = await live.import_film(TEARS_OF_STEEL)
    event = await live.ended(event_id)
    assert (event["status"], event["error"]) == ("done", None)
    assert shortcomings(TEARS_OF_STEEL, video, await live.movie(TEARS_OF_STEEL), live.kodi) == []
    run = await prefect(live, f"flow_runs/{UUID(event['flow_run_id'])}")
    assert run["name"] == "new-media: Tears of Steel (2012)"
    assert run["work_queue_name"] == "critical"
    assert run["state"]["type"] == "COMPLETED"


async def test_events_of_a_title_that_wait_together_are_one_run(live):
    await live.ended((await live.import_film(BIG_BUCK_BUNNY))[0])
    rows_before = (await live.get("jobs", page_size=500))["items"]
    first, video = await live.import_film(BIG_BUCK_BUNNY)
    webhook = (await live.get(f"webhook-events/{first}"))["payload"]
    others = [await live.tell({**webhook, "downloadId": str(number)}) for number in range(3)]
    events = [await live.ended(event_id) for event_id in (first, *others)]
    assert {event["status"] for event in events} == {"done"}
    newest = max(row["id"] for row in rows_before)
    rows = (await live.get("jobs", page_size=500))["items"]
    new = [row for row in rows if row["id"] > newest and row["job_type"] == "new-media"]
    assert len(new) == 4
    assert len({row["run_key"] for row in new}) <= 2  # the first may have begun before the others came
    assert shortcomings(BIG_BUCK_BUNNY, video, await live.movie(BIG_BUCK_BUNNY), live.kodi) == []


async def test_the_queues_have_their_priorities_and_default_comes_last(live):
    queues = await prefect(live, "work_pools/metarr/queues/filter", limit=50)
    found = {queue["name"]: queue["priority"] for queue in queues}
    assert {name: found[name] for name in ("critical", "high", "normal", "low", "maintenance")} == {
        priority.queue: int(priority) for priority in Priority
    }
    assert found["default"] > max(Priority)


async def test_what_a_job_may_say_of_itself_is_little_because_prefect_checks_it_for_each_run(live):
    pool = await prefect(live, "work_pools/metarr")
    assert list(pool["base_job_template"]["variables"]["properties"]) == ["env"]


async def test_every_deployment_can_be_run_from_prefects_page(live):
    for entry in deployment_entries():
        flow = entry["entrypoint"].rsplit(".", 1)[1].replace("_", "-")
        deployment = await prefect(live, f"deployments/name/{flow}/{entry['name']}")
        properties = deployment["parameter_openapi_schema"]["properties"]
        assert properties
        assert all(one.get("title") and one.get("description") for one in properties.values())


async def test_a_run_by_hand_needs_only_a_path(live):
    _, video = await live.import_film(NOSFERATU)
    deployment = await prefect(live, "deployments/name/new-media/metarr")
    parameters = {"path": str(video), "tmdb_id": NOSFERATU.tmdb_id}
    created = await prefect(live, f"deployments/{deployment['id']}/create_flow_run", parameters=parameters)

    async def look() -> dict | None:
        run = await prefect(live, f"flow_runs/{created['id']}")
        return run if run["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

    run = await until(look, "the run has ended", 60)
    assert (run["state"]["type"], run["state"]["message"]) == ("COMPLETED", run["state"]["message"])
    assert shortcomings(NOSFERATU, video, await live.movie(NOSFERATU), live.kodi) == []


async def test_prefects_own_deploy_command_works_too(live, tmp_path):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"),
        cwd=ROOT,
        env={"PREFECT_API_URL": live.stack.prefect_api_url, "PREFECT_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    deployment = await prefect(live, "deployments/name/new-media/metarr")
    assert deployment["entrypoint"] == "flows.new_media.new_media"
    assert deployment["work_queue_name"] == "critical"
