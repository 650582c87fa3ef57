"""What was published is repaired by a run from Prefect's page, through all the real parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from deployments.demo.films import SINTEL
from tests.stack.conftest import LiveHouse, until


async def prefect(live: LiveHouse, path: str, **body: Any) -> Any:
    async with httpx.AsyncClient(base_url=f"{live.stack.prefect_api_url}/", trust_env=False) as client:
        answer = await (client.post(path, json=body) if body else client.get(path))
        return answer.raise_for_status().json()


async def ran(live: LiveHouse, **parameters: Any) -> dict[str, Any]:
    """A run of verify-library that has ended."""
    deployment = await prefect(live, "deployments/name/verify-library/metarr")
    created = await prefect(live, f"deployments/{deployment['id']}/create_flow_run", parameters=parameters)

    async def look() -> dict[str, Any] | None:
        run = await prefect(live, f"flow_runs/{created['id']}")
        return run if run["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

    return await until(look, "the run has ended", 60)


def posters(video: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in video.parent.glob("*-poster.*")}


async def test_a_lost_nfo_and_a_broken_poster_are_back_after_a_run_and_a_dry_run_only_tells(live):
    event_id, video = await live.import_film(SINTEL, "Sintel (2010) to verify")
    await live.ended(event_id)
    nfo, pictures = video.with_suffix(".nfo").read_bytes(), posters(video)
    video.with_suffix(".nfo").unlink()
    (video.parent / next(iter(pictures))).write_bytes(b"")
    told = (await ran(live, library="Movies", dry_run=True))["state"]
    assert (told["type"], told["message"]) == ("COMPLETED", "1 damaged, 1 missing; nothing is touched in a dry run")
    assert not video.with_suffix(".nfo").exists()
    told = (await ran(live))["state"]
    assert (told["type"], told["message"]) == ("COMPLETED", "1 damaged, 1 missing; 2 written again")
    assert (video.with_suffix(".nfo").read_bytes(), posters(video)) == (nfo, pictures)
    told = (await ran(live))["state"]
    assert told["message"] == "every published file is there, with our bytes"


async def test_a_library_that_nobody_knows_fails_with_a_sentence(live):
    state = (await ran(live, library="Music"))["state"]
    assert state["type"] == "FAILED"
    assert "there is no library 'Music' in the settings" in state["message"]
