"""Looking at what was published, as steps of a flow."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import task

from metarr_core.domain.ids import MovieId
from metarr_core.operations import players, verifying
from metarr_core.runtime import current_runtime
from tasks.retries import SOON


@task(task_run_name="look at what was published", **SOON)
async def find_suspects(library: str, *, by_hash: bool) -> list[MovieId]:
    """The films whose files have to be looked at."""
    return await verifying.suspects(current_runtime(), library, by_hash=by_hash)


@task(task_run_name="verify a chunk of films", **SOON)
async def verify_chunk(movie_ids: Sequence[MovieId], *, by_hash: bool, dry_run: bool) -> verifying.ChunkVerified:
    """Verify films, and let players know of those that changed."""
    runtime = current_runtime()
    done = await verifying.verify_chunk(runtime, movie_ids, by_hash=by_hash, dry_run=dry_run)
    for movie_id in done.changed:
        await players.leave_for_players(runtime, movie_id)
    return done


@task(task_run_name="verify movie {movie_id}", **SOON)
async def verify_one(movie_id: MovieId, *, dry_run: bool) -> verifying.Verified:
    """Verify a film, byte for byte, under its title's lock."""
    return await verifying.verify_movie(current_runtime(), movie_id, by_hash=True, dry_run=dry_run)
