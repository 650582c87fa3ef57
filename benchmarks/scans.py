"""`library-scan` over films that are new, and over the same films again: the flow itself, from Prefect's page."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.rig import POLL_SECONDS, Rig

FOLDER = "To be scanned"
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass(frozen=True)
class Scans:
    """Films, the seconds of their first scan until all are identified, how many cores were busy, and of the second scan."""

    films: int
    first: float
    cores: float
    again: float

    @property
    def per_minute(self) -> float:
        """New films in a minute."""
        return 60 * self.films / self.first


async def scans(rig: Rig, films: int) -> Scans:
    """Scan a folder of small new films, then scan it again; its enrichment is queued, and is not waited for."""
    folder = rig.house.movies / FOLDER
    folder.mkdir()
    for _, video in rig.new_films(films):
        video.parent.rename(folder / video.parent.name)
    cpu = rig.cpu()
    first = await _run(rig, folder)
    cores = (rig.cpu() - cpu) / first
    return Scans(films, first, cores, await _run(rig, folder))


async def _run(rig: Rig, folder: Path) -> float:
    deployment = (await rig.engine.get("/deployments/name/library-scan/metarr")).raise_for_status().json()
    path = f"/deployments/{deployment['id']}/create_flow_run"
    run = (await rig.engine.post(path, json={"parameters": {"path": str(folder)}})).raise_for_status().json()
    while run["state_type"] not in ENDED:
        await asyncio.sleep(POLL_SECONDS)
        run = (await rig.engine.get(f"/flow_runs/{run['id']}")).raise_for_status().json()
    if run["state_type"] != "COMPLETED":
        raise RuntimeError(f"library-scan ended as {run['state_type']}")
    return (datetime.fromisoformat(run["end_time"]) - datetime.fromisoformat(run["start_time"])).total_seconds()
