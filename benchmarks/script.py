"""The same operations on such films in one plain process, without Prefect and without a queue: what the work itself costs.

`measured` starts it beside the stack, with a database of its own; run as a module, it is that process.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Coroutine, Sequence
from os import environ
from pathlib import Path

from benchmarks.bulks import recorded
from benchmarks.machine import cpu_seconds
from benchmarks.rig import AT_ONCE, Rig, film_of, postmaster
from benchmarks.storms import Cost
from deployments.demo.film import Film
from metarr_core.db import mirror, schema
from metarr_core.db.embedded import EmbeddedPostgres
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.operations import artwork, enrichment, players, probing, publishing
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings

DATABASE = "script"


async def measured(rig: Rig, how: str, films: int) -> Cost:
    """What so many films cost as a script: `storm` from the import to the player, `bulk` what a chunk does of it."""
    server = EmbeddedPostgres(rig.settings.paths.data_dir)
    await asyncio.to_thread(server.create_database, DATABASE)
    await asyncio.to_thread(schema.upgrade, server.url(DATABASE))
    chosen = [(film.tmdb_id, str(video)) for film, video in rig.new_films(films)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.script", how),
        env={**environ, "METARR__DATABASE__URL": server.url(DATABASE)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate(json.dumps([postmaster(rig.settings), chosen]).encode())
    seconds, cpu = json.loads(output.splitlines()[-1])
    return Cost(films, seconds, cpu)


async def main(how: str, server: int, chosen: Sequence[tuple[int, str]]) -> tuple[float, float]:
    """Seconds and CPU seconds, PostgreSQL's among them."""
    async with open_runtime(load_settings()) as runtime:
        async with runtime.database.transaction() as session:
            await mirror.mirror(session, runtime.settings)
        films = [(film_of(number), Path(video)) for number, video in chosen]
        if how == "bulk":
            known = [await recorded(runtime, film, video) for film, video in films]
            began, cpu = time.perf_counter(), _cpu(server)
            await _at_once([_enriched(runtime, movie_id) for movie_id in known])
        else:
            began, cpu = time.perf_counter(), _cpu(server)
            await _at_once([_imported(runtime, film, video) for film, video in films])
        return time.perf_counter() - began, _cpu(server) - cpu


async def _at_once(films: Sequence[Coroutine[None, None, None]]) -> None:
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(work: Coroutine[None, None, None]) -> None:
        async with slots:
            await work

    await asyncio.gather(*(one(work) for work in films))


async def _imported(runtime: Runtime, film: Film, video: Path) -> None:
    movie_id = await recorded(runtime, film, video, Priority.CRITICAL)
    await asyncio.gather(probing.probe_movie_files(runtime, movie_id), enrichment.enrich_movie(runtime, movie_id))
    await artwork.download_artwork(runtime, movie_id)
    await publishing.publish_movie(runtime, movie_id)
    await players.tell_players(runtime, movie_id)


async def _enriched(runtime: Runtime, movie_id: MovieId) -> None:
    await probing.probe_movie_files(runtime, movie_id)
    await enrichment.enrich_movie(runtime, movie_id)
    await artwork.download_artwork(runtime, movie_id)
    await publishing.publish_movie(runtime, movie_id)
    await players.leave_for_players(runtime, movie_id)


def _cpu(server: int) -> float:
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return cpu_seconds([server]) + sum(one.ru_utime + one.ru_stime for one in own)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], *json.load(sys.stdin)))))
