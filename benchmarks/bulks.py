"""Bulk enrichment: films that are recorded and identified, enriched in chunks by the flow of that name."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.rig import Rig
from benchmarks.steps import steps
from benchmarks.storms import Cost
from deployments.demo.film import Film
from metarr_core.domain.bulk import CHUNK
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.metadata import Identity
from metarr_core.operations import importing
from metarr_core.runtime import Runtime, open_runtime

FILMS_BEHIND = 2 * CHUNK
"""What the background lane has to do meanwhile: a chunk for each of its children."""


async def bulk(rig: Rig, films: int) -> Cost:
    """Enrich so many films that have only been recorded, from Prefect's page."""
    wanted = await prepared(rig, films)
    began, cpu = time.perf_counter(), rig.cpu()
    await asked_for(rig)
    await rig.until_count("movies", "enriched", wanted)
    return Cost(films, time.perf_counter() - began, rig.cpu() - cpu)


async def steps_during_bulk(rig: Rig, films: int) -> dict[str, list[float]]:
    """As `steps`, while the background lane enriches as many films as it takes, with every child of it busy.

    Raises RuntimeError when the bulk ended too soon.
    """
    wanted = await prepared(rig, FILMS_BEHIND)
    await asked_for(rig)
    await rig.until_count("jobs", "running", rig.settings.worker.background)
    taken = await steps(rig, films)
    if await rig.count("movies", "enriched") >= wanted + films:
        raise RuntimeError("the bulk was over before the films were; give it more of its own")
    await rig.until_count("movies", "enriched", wanted + films)
    await rig.until_nothing_runs()
    return taken


async def prepared(rig: Rig, films: int) -> int:
    """Record films; gives how many will be enriched when these are."""
    async with open_runtime(rig.settings) as runtime:
        for film, video in rig.new_films(films):
            await recorded(runtime, film, video)
    return await rig.count("movies", "enriched") + films


async def asked_for(rig: Rig) -> None:
    """Ask for the enrichment of all that is recorded, as a user does in Prefect's page."""
    deployment = (await rig.engine.get("/deployments/name/enrich-media/metarr")).raise_for_status().json()
    path = f"/deployments/{deployment['id']}/create_flow_run"
    (await rig.engine.post(path, json={"parameters": {}})).raise_for_status()


async def recorded(runtime: Runtime, film: Film, video: Path, priority: Priority = Priority.NORMAL) -> MovieId:
    """A film that has a file and an id, and nothing else so far."""
    identity = Identity(film.title, film.year, tmdb_id=TmdbId(film.tmdb_id), imdb_id=ImdbId(film.imdb_id))
    imports: Sequence[importing.Import] = [importing.import_of_path(runtime, video, identity)]
    return await importing.record(runtime, imports, priority)
