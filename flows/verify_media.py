"""Is what we published for a film still there, with our bytes? What is missing is written again from the cache.

Triggered by jobs that an upgrade leaves behind, on the queue `high`: Radarr deletes the old file's sidecars in the
background, after ours are written too. Every byte is read. By hand: give the number of a film.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import FilmNumber, parameter
from flows.runs import movie_lock, name_film_run, with_verdict
from metarr_core.domain.ids import MovieId
from metarr_core.operations.verifying import BESIDE
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.notify import notify
from tasks.verify import verify_one


@flow(name="verify-media", description=__doc__)
async def verify_media(
    movie_id: FilmNumber = parameter(..., "Film", "The number of the film to look at."),
    why: str = parameter("", "Why", "What the look is for; only to be read."),
    dry_run: bool = parameter(False, "Dry run", "Only tell what would be done."),  # noqa: FBT001
) -> State[Any]:
    """Look at what was published for a film, and repair it."""
    async with open_runtime(load_settings()) as runtime:
        return await with_verdict(runtime, lambda: _verify(runtime, MovieId(movie_id), why, dry_run=dry_run))


async def _verify(runtime: Runtime, movie_id: MovieId, why: str, *, dry_run: bool) -> str:
    await name_film_run(runtime, movie_id, "verify-media")
    async with movie_lock(runtime, movie_id):
        verified = await verify_one(movie_id, dry_run=dry_run)
        if verified.is_changed and not dry_run:
            await notify(movie_id)
    news = [
        *(f"{one.entry.path} {one.condition}" for one in verified.findings),
        *(f"{path} {BESIDE}" for path in verified.rivals),
    ]
    found = ", ".join(news) or "everything is there"
    return f"{why + ': ' if why else ''}{found}; {len(verified.written)} written again"
